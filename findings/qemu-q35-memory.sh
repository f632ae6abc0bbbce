#!/bin/bash
# Guess:   More -m is more memory, also below 4 GiB, where a 32-bit kernel without PAE finds it,
#          until the hole for devices is reached.
# Seen:    One MiB more makes the memory below 4 GiB shrink: on q35 from 2815 MiB to 2048 at -m
#          2816, on pc from 3583 MiB to 3072 at -m 3584 (and the firmware's tables take the last
#          of them). The rest goes above 4 GiB.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), machines pc and q35.
# Matters: A 32-bit kernel without PAE that is tested with -m 4G has a gigabyte less than with -m
#          3500M on pc, and less than with -m 2815M on q35. A test for large memory with a round
#          number misses the large case.
# Instead: Test the most low memory with -m 3583 on pc and -m 2815 on q35, and trust only the
#          memory map.
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

packages qemu-system-x86=1:7.2+dfsg-7+deb12u18+b3 qemu-system-common=1:7.2+dfsg-7+deb12u18+b3 \
	qemu-system-data=1:7.2+dfsg-7+deb12u18 seabios=1.16.2-1 nasm=2.16.01-1

qemu() { # file for the serial line, options
	local serial=$1
	shift
	timeout --foreground 300 unpacked/usr/libexec/qemu-system-i386 -L unpacked/usr/share/qemu \
		-L unpacked/usr/share/seabios -display none -nic none -no-reboot \
		-serial "file:$serial" -device isa-debug-exit,iobase=0xf4 "$@" 2>qemu.log
	[ -s "$serial" ] || sed -n '1s/^/qemu: /p' qemu.log >&2
}

cat >kernel.asm <<'END'
	bits 32
	org 0x100000
header:	dd 0x1BADB002, 0x10000, -(0x1BADB002 + 0x10000), header, header, 0, 0, start
start:	cld
	mov edi, [ebx + 48]	; the map
	mov ebp, edi
	add ebp, [ebx + 44]
	xor esi, esi
.next:	cmp edi, ebp
	jae .done
	cmp dword [edi + 20], 1	; available
	jne .skip
	cmp dword [edi + 8], 0	; below 4 GiB
	jne .skip
	cmp dword [edi + 4], 0x100000
	jne .skip
	mov esi, [edi + 12]
.skip:	add edi, [edi]
	add edi, 4
	jmp .next
.done:	add esi, 0x100000
	shr esi, 20
	mov eax, esi
	mov ecx, 10	; print MiB in decimal
	mov edi, text_end
.digit:	xor edx, edx
	div ecx
	add dl, '0'
	dec edi
	mov [edi], dl
	test eax, eax
	jnz .digit
	mov dx, 0x3F8
.out:	mov al, [edi]
	out dx, al
	inc edi
	cmp al, 10
	jne .out
	mov al, 0
	out 0xF4, al
	hlt
text:	times 10 db 0
text_end:	db 10
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1

cat >expected <<'END'
pc 3583: 3582
pc 3584: 3071
q35 2815: 2814
q35 2816: 2047
END
for options in "pc 3583" "pc 3584" "q35 2815" "q35 2816"; do
	read -r machine size <<<"$options"
	qemu output -machine "$machine" -m "$size" -kernel kernel.img
	echo "$options: $(cat output)" >>seen
	rm -f output
done
compare "QEMU 7.2: machine, -m, where the memory below 4 GiB ends, in whole MiB" expected seen
