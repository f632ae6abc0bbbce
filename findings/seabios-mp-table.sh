#!/bin/bash
# Guess:   The MP table and the ACPI MADT of one firmware describe the same machine; a small
#          kernel may read just the simpler one and finds all its CPUs.
# Seen:    SeaBIOS lists one CPU a package (socket) in the MP table, as if there were neither
#          cores nor threads: with -smp 4, which gives one socket with four cores, the MP table
#          has 1 CPU and the MADT 4.
# Version: SeaBIOS 1.16.2 (Debian 1.16.2-1) in QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), machine
#          pc.
# Matters: A kernel that knows only the MP tables runs on one CPU under -smp 4, without an error,
#          and its tests for races pass. The same kernel finds four with -smp 4,sockets=4.
# Instead: Read the MADT first. For a kernel with MP tables only, start QEMU with -smp
#          N,sockets=N, and test how many CPUs answered.
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
start:	mov esp, stack
	cld
	; MP floating pointer in F0000..FFFFF
	mov esi, 0xF0000
.scan:	cmp dword [esi], '_MP_'
	je .found
	add esi, 16
	cmp esi, 0x100000
	jb .scan
	mov al, '-'
	call out1
	jmp acpi
.found:	mov esi, [esi + 4]
	movzx ecx, word [esi + 34]
	add esi, 44
	xor ebx, ebx
.entry:	cmp byte [esi], 0
	jne .small
	test byte [esi + 3], 1
	jz .off
	inc ebx
.off:	add esi, 12
.small:	add esi, 8
	loop .entry
	mov eax, ebx
	call digit
acpi:	mov esi, 0xE0000
.scan:	cmp dword [esi], 'RSD '
	jne .no
	cmp dword [esi + 4], 'PTR '
	je .found
.no:	add esi, 16
	cmp esi, 0x100000
	jb .scan
	jmp fin
.found:	mov esi, [esi + 16]	; RSDT
	mov ebp, [esi + 4]
	add ebp, esi
	add esi, 36
.table:	mov edi, [esi]
	cmp dword [edi], 'APIC'
	je .madt
	add esi, 4
	cmp esi, ebp
	jb .table
	jmp fin
.madt:	mov ebp, [edi + 4]
	add ebp, edi
	add edi, 44
	xor ebx, ebx
.item:	cmp byte [edi], 0
	jne .other
	test byte [edi + 4], 1
	jz .other
	inc ebx
.other:	movzx eax, byte [edi + 1]
	add edi, eax
	cmp edi, ebp
	jb .item
	mov al, ' '
	call out1
	mov eax, ebx
	call digit
fin:	mov al, 10
	call out1
	mov al, 0
	out 0xF4, al
	hlt
digit:	add al, '0'
out1:	mov dx, 0x3F8
	out dx, al
	ret
	times 256 db 0
stack:
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1

cat >expected <<'END'
-smp 1: 1 1
-smp 4: 1 4
-smp 4,cores=2,threads=2: 1 4
-smp 4,sockets=2: 2 4
-smp 4,sockets=4: 4 4
END
for smp in 1 4 4,cores=2,threads=2 4,sockets=2 4,sockets=4; do
	qemu output -smp "$smp" -kernel kernel.img
	echo "-smp $smp: $(cat output)" >>seen
	rm -f output
done
compare "SeaBIOS 1.16.2: CPUs in the MP table, in the MADT" expected seen
