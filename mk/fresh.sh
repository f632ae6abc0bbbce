#!/bin/bash
# Proves on a fresh machine what README promises: makes a minimal Debian, clones HEAD of this tree into it, and runs
# README's commands there as they are written. `make fresh [RELEASE=bookworm|trixie] [LONG=1]`, as root.
#
# The short form builds and runs `hello` at the shell and at SMP=2; LONG=1 runs all that make has. Packages come from
# where the machine's own apt gets Debian's; other archives that it knows are not used. The minimal system is kept as
# build/fresh/RELEASE.tar for the next run. What runs, runs in namespaces of its own: with this script all of it is gone,
# mounts and processes, however the script ends.
set -eu
export LC_ALL=C
umask 022
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

die() {
	echo "make fresh: $*" >&2
	exit 1
}

# ---- Before anything is done

own=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME-}") || true
case $own in bookworm | trixie) ;; *) own=bookworm ;; esac
release=${RELEASE:-$own}
long=${LONG:-0}
case $release in
bookworm | trixie) ;;
*) die "RELEASE=$release: must be bookworm or trixie" ;;
esac
case $long in
0 | 1) ;;
*) die "LONG=$long: must be 0 or 1" ;;
esac
[[ $(id -u) -eq 0 ]] || die "needs root, to make a system and to mount in it"
for tool in mmdebstrap git apt-get; do
	command -v $tool >/dev/null || die "$tool is missing; run 'make setup fresh' to install it"
done
unshare --mount --pid --fork true 2>/dev/null || die "this machine does not let root have namespaces and mounts"
git rev-parse -q --verify HEAD >/dev/null 2>&1 || die "$top is not a Git repository with a commit to clone"
[[ -z $(git status --porcelain) ]] || echo "make fresh: what is not committed is left out" >&2

place=$top/build/fresh
mkdir -p "$place"
exec 9>"$place/lock"
flock -n 9 || die "another one runs in this tree"

work= child=
finish() {
	status=$?
	trap '' INT TERM HUP
	[[ -z $child ]] || kill -KILL $child 2>/dev/null || true
	# Mounts were in a namespace, and went with it; who was killed may still be about to write.
	for _ in 1 2 3 4 5; do
		[[ -n $work && -e $work ]] || break
		rm -rf --one-file-system "$work" 2>/dev/null || sleep 1
	done
	exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
rm -rf --one-file-system "$place"/*.??????/ # of one that was killed
work=$(mktemp -d "$place/$release.XXXXXX")
chmod 755 "$work"

# Runs a command with mounts and processes of its own, which are gone when it ends or we do.
alone() {
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@" 9>&- </dev/null &
	child=$!
	local status=0
	wait $child || status=$?
	child=
	return $status
}

# ---- The minimal system

# "URI SUITE" of each of Debian's own archives that apt knows, for the release: the suites of the machine's are
# renamed. What apt has no index of yet is judged by its keyring.
sources() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) origin=$(ORIGIN) key=$(SIGNED_BY)' \
		'Identifier: Packages' | while read -r uri suite component origin key; do
		case $origin$key in origin=Debian* | origin=key=*debian-archive*) ;; *) continue ;; esac
		case $component:$suite in
		main:*-updates) suite=$release-updates ;;
		main:*-security) suite=$release-security ;;
		main:*-*) continue ;; # backports, proposed updates
		main:*) suite=$release ;;
		*) continue ;;
		esac
		echo "$uri $suite"
	done | sort -u
}

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
bootstrap() {
	local lines first include=make,git
	first=$(sources | awk -v r="$release" '$2 == r { print $1; exit }')
	[[ -n $first ]] || die "apt on this machine knows no archive of Debian's (run apt-get update?)"
	lines=$(sources | sed 's/.*/deb & main/')
	echo "make fresh: a minimal $release from $first"
	printf '%s\n' "$lines" | sed "s|^deb |deb [signed-by=$keyring] |" >"$work/sources.list"
	[[ $lines != *https:* ]] || include+=,ca-certificates
	mkdir "$work/tmp"
	TMPDIR=$work/tmp alone mmdebstrap --quiet --variant=minbase --include=$include --mode=root "$release" \
		"$work/base.tar" "$work/sources.list" >"$work/log" 2>&1 ||
		die "the minimal system could not be made: $(grep -m 1 -E '^(E|Err)' "$work/log" || tail -n 1 "$work/log")"
	mv "$work/base.tar" "$place/$release.tar"
}

start=$SECONDS
[[ -f $place/$release.tar ]] || bootstrap
root=$work/root
mkdir "$root"
tar -xf "$place/$release.tar" -C "$root" --exclude='./dev/*'
# The network as this machine has it: names, and how apt goes out.
cat /etc/resolv.conf >"$root/etc/resolv.conf" 2>/dev/null || true
cat /etc/hosts >"$root/etc/hosts"
apt-config dump | grep -E '^Acquire::(http|https|Check-|Retries|Languages)' >"$root/etc/apt/apt.conf.d/50host" || true
[[ ! -f $root/etc/ssl/certs/ca-certificates.crt ]] ||
	cat /etc/ssl/certs/ca-certificates.crt >"$root/etc/ssl/certs/ca-certificates.crt"
git clone -q --no-local "$top" "$root/srv/parley"
git -C "$root/srv/parley" checkout -q --detach "$(git rev-parse HEAD)"
made=$((SECONDS - start))

# ---- What is run in it

# The two commands of README, as they stand there.
mapfile -t commands < <(sed -n '/^## Two commands/,/^## /s/^\(make [^#]*[^# ]\) *#.*/\1/p' README.md)
[[ ${#commands[@]} -eq 2 ]] || die "README has ${#commands[@]} commands under 'Two commands', not 2"

cat >"$root/srv/inside" <<'INSIDE'
set -eu
cd /srv/parley
say() { echo "make fresh: $*"; }
expect() { # TEXT COMMAND: runs the command; its output is shown, and has the text
	say "$2"
	eval "$2" 2>&1 | tee /tmp/output
	[ "${PIPESTATUS[0]}" -eq 0 ] || { say "this failed: $2"; return 1; }
	grep -qF "$1" /tmp/output || { say "'$1' is not in what this printed: $2"; return 1; }
}
INSIDE
if [[ $long == 1 ]]; then
	cat >>"$root/srv/inside" <<'INSIDE'
# First as somebody who is not root: what they are told to run is run as it is printed.
useradd -m -s /bin/bash student
cp -r /srv/parley ~student/parley
chown -R student: ~student/parley
say "make setup, not as root"
su student -c 'cd ~/parley && make setup' >/tmp/output 2>&1 && { say "it did nothing"; exit 1; }
cat /tmp/output
line=$(sed -n 's/.*not root; run this, then try again: //p' /tmp/output)
expect Setting "$line"
printf 'hello\npoweroff\n' >/tmp/typed
expect 'hello, world' "su student -c 'cd ~/parley && $1' </tmp/typed"
INSIDE
fi
cat >>"$root/srv/inside" <<'INSIDE'
printf 'hello\npoweroff\n' >/tmp/typed
expect 'hello, world' "$1 </tmp/typed"
expect 'hello, world' 'make run APP=hello SMP=2 </dev/null'
INSIDE
if [[ $long == 1 ]]; then
	cat >>"$root/srv/inside" <<'INSIDE'
# None of these needs another: all are tried.
failed=
try() {
	expect "$@" || failed+=", $2"
}
try passed "$2 </dev/null"
try 'all good' 'make setup check'
try ISO 'rm build/parley.iso && make setup iso'
try kernel.elf 'make setup gdb </dev/null'
try 'is ready' 'make build/linux/init && scripts/bench --linux-parts'
[ -z "$failed" ] || { say "failed: ${failed#, }"; exit 1; }
INSIDE
fi

# A machine of its own: /proc of a new process tree, /dev with what QEMU and terminals need.
cat >"$work/enter" <<'ENTER'
set -eu
root=$1
shift
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null zero full random urandom tty; do
	touch "$root/dev/$node"
	mount --bind /dev/$node "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do
	ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"
done
exec chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	bash -o pipefail /srv/inside "$@"
ENTER

start=$SECONDS
alone bash "$work/enter" "$root" "${commands[@]}" || die "$release: failed (see above)"
echo "make fresh: $release: all good; $made s for the minimal system, $((SECONDS - start)) s in it"
