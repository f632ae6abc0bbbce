#!/bin/bash
# Installs what is missing of the Debian packages that building and running Parley needs; silent when all is there.
# `mk/setup.sh GOAL...` brings also what only these goals of make need: test, race, model, check, iso, gdb, fresh.
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
cd "$(dirname "$0")/.."

die() {
	echo "make setup: $*" >&2
	exit 1
}

# ---- Which packages

packages=(make nasm qemu-system-x86 python3)
host_compiler=(gcc libc6-dev) # the rules of the kernel, and other parts, run on the host in tests
arch=$(dpkg --print-architecture 2>/dev/null || uname -m)
needs_iso() {
	packages+=(grub-common xorriso mtools)
	case $arch in amd64 | i386) packages+=(grub-pc-bin) ;; esac # no other Debian has GRUB for the BIOS
}
for goal; do
	case $goal in
	test) packages+=("${host_compiler[@]}" spin python3-pytest python3-pexpect python3-pytest-xdist gdb) && needs_iso ;;
	race) packages+=("${host_compiler[@]}") ;;
	model) packages+=("${host_compiler[@]}" spin) ;;
	check) packages+=(clang-format) ;;
	gdb) packages+=(gdb) ;;
	iso | *.iso) needs_iso ;;
	fresh) packages+=(mmdebstrap git) ;;
	esac
done

# A compiler that is there will do, whoever it is from: gcc-multilib's, which does not go together with Debian's cross
# compiler, too.
cross=$(mk/tools.sh cross)
if [[ $cross == i686-linux-gnu- ]]; then
	packages=(make gcc-i686-linux-gnu "${packages[@]:1}")
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	die "needs Debian's apt; install the equivalents of: ${packages[*]}"
fi

have=" $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" gcc-multilib 2>/dev/null |
	sed -n 's/^ii *//p' | tr '\n' ' ')"
missing=()
for package in "${packages[@]}"; do
	[[ "$have ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $have == *" gcc-multilib "* && " ${missing[*]} " == *" gcc-i686-linux-gnu "* ]]; then
	die "gcc-multilib is installed and conflicts with gcc-i686-linux-gnu; remove it first: apt-get remove gcc-multilib"
fi

# ---- How much, and who

install=(apt-get install -y --no-install-recommends --no-remove "${missing[@]}")

# "118 MB to download, 555 MB of disk", from apt itself; nothing if apt cannot say.
how_much() {
	apt-get install -o Debug::NoLocking=1 --assume-no --no-install-recommends "${missing[@]}" 2>/dev/null |
		sed -n -e 's/^Need to get \([0-9.,]* [kMG]\?B\).* of archives.*/\1 to download/p' \
			-e 's/^After this operation, \(.*\) of additional disk space.*/\1 of disk/p' |
		paste -s -d, | sed 's/,/, /' || true
}

announce() {
	local size
	size=$(how_much)
	echo "make setup: to install: ${missing[*]}${size:+ ($size)}"
}

if [[ $(id -u) -ne 0 ]]; then
	announce
	line="apt-get update && ${install[*]}"
	if command -v sudo >/dev/null; then
		line="sudo sh -c '$line'"
	else
		line="su - -c '$line'"
	fi
	die "not root; run this, then try again: $line"
fi

# ---- Install

errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# The first thing that apt complained of.
complaint() {
	sed -n 's/^[EW]: //p' "$errors" | head -n 1
}

if apt-get update -qq --error-on=any >/dev/null 2>"$errors"; then
	announce
	"${install[@]}"
	exit
fi
# No network, or one of several archives does not answer: what is needed may be there all the same.
said=$(complaint)
announce
"${install[@]}" --download-only -qq >/dev/null 2>"$errors" ||
	die "package lists could not be renewed, nor packages fetched; is there a network? (${said:-$(complaint)})"
echo "make setup: package lists could not be renewed (${said:-no reason given}); the old ones do" >&2
"${install[@]}"
