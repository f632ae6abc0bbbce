#!/bin/bash
# Guess:   O32 before a far jump in 16-bit code is the same as JMP DWORD: the jump into protected
#          mode with a 32-bit offset. O16 in 32-bit code is likewise JMP WORD.
# Seen:    The prefix byte 66 is there, but the offset keeps the size of the section's bits: two
#          bytes too short with O32, two too long with O16. The processor takes the selector from
#          the wrong place. NASM does not say a word, not even with -Wall.
# Version: NASM 2.16.01 (Debian 2.16.01-1).
# Matters: This is the one instruction between real and protected mode in a boot sector or the
#          trampoline of a second CPU. It ends in a general protection fault without a handler: a
#          reset with nothing to see.
# Instead: Write JMP DWORD selector:offset in 16-bit code, JMP WORD in 32-bit code; look at
#          ndisasm's output once.
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

cat >jumps.asm <<'END'
	bits 16
	jmp dword 8:there
	o32 jmp 8:there
	call dword 8:there
	o32 call 8:there
	bits 32
	jmp word 8:there
	o16 jmp 8:there
there:
END
cat >expected <<'END'
messages: 0 lines
jmp dword 8:there 66EA2A0000000800
o32 jmp 8:there 66EA2A000800
call dword 8:there 669A2A0000000800
o32 call 8:there 669A2A000800
jmp word 8:there 66EA2A000800
o16 jmp 8:there 66EA2A0000000800
END
echo "messages: $(unpacked/usr/bin/nasm -Wall -f bin -o jumps.bin -l jumps.lst jumps.asm 2>&1 |
	wc -l) lines" >seen
sed -n 's/^ *[0-9]* [0-9A-F]* *\([][()0-9A-F]*\)[[:space:]]*\(.*there\)$/\2 \1/p' jumps.lst |
	tr -d '[]()' >>seen
compare "NASM 2.16.01" expected seen
