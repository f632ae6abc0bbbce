#!/bin/bash
# Guess:   -MD, like that of a C compiler, assembles and writes a rule that names every file that
#          was read.
# Seen:    The rule names the source and what INCBIN read, but not one of the files of %include;
#          -M, which only prints the rule, names them.
# Version: NASM 2.16.01 (Debian 2.16.01-1).
# Matters: A kernel whose assembly includes generated constants (offsets of structures) is not
#          assembled again when they change: the entry code keeps the old offsets, and the failure
#          looks like corrupt memory.
# Instead: Make the rule by a second run with -M (or -M -MF), or name the included files as
#          prerequisites by hand.
set -u

absent() { # something that the script needs
	echo "$(basename "$0"): $1" >&2
	exit 2
}

folder=$(mktemp -d) || absent "no temporary folder"
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' HUP INT TERM
cd "$folder" || absent "no temporary folder"

# Unpacks these packages, and what they need and the machine does not have.
packages() {
	local plan deb
	plan=$(apt-get -s install --no-install-recommends "$@" 2>&1) ||
		absent "apt-get does not know one of these (apt-get update?): $*"
	plan=$(sed -n 's/^Inst \([^ ]*\) .*/\1/p' <<<"$plan" |
		grep -vxF "$(printf '%s\n' "${@%%=*}")")
	# shellcheck disable=SC2086
	apt-get -qq download "$@" $plan >download.log 2>&1 ||
		absent "apt-get download: $(grep -m1 ^E: download.log)"
	for deb in *.deb; do
		dpkg -x "$deb" unpacked || absent "cannot unpack $deb"
	done
	libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
	export LD_LIBRARY_PATH=$libraries:$folder/unpacked/lib/x86_64-linux-gnu
}

compare() { # what, file with the output expected, file with the output seen
	touch "$3"
	echo "$1:"
	cat "$3"
	cmp -s "$2" "$3" && return
	echo "$(basename "$0"): $1: expected was:" >&2
	cat "$2" >&2
	exit 1
}

packages nasm=2.16.01-1

cat >entry.asm <<'END'
%include "first.inc"
%include "constants.inc"
	incbin "font.bin"
END
echo "	bits 32" >first.inc
echo "OFFSET equ 4" >constants.inc
echo font >font.bin

cat >expected <<'END'
-MD: entry.bin : entry.asm font.bin
-M: entry.bin : entry.asm first.inc constants.inc font.bin
END
nasm=unpacked/usr/bin/nasm
$nasm -f bin -MD rule -o entry.bin entry.asm && echo "-MD: $(tr -s '\n' <rule)" >seen
echo "-M: $($nasm -M -o entry.bin entry.asm | tr -s '\n')" >>seen
compare "NASM 2.16.01" expected seen
