#!/bin/bash
# Guess:   With -icount shift=0 the time stamp counter counts instructions, one nanosecond each.
#          REP MOVSD is one instruction: the processor's own counter of retired instructions says
#          1 for it.
# Seen:    Each repetition counts as one, and there is one more at the end, except that a count of
#          0 costs just 1. 1000 dwords moved cost 1001, and 4000 bytes moved cost 4001.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG with -icount shift=0.
# Matters: Benchmarks that count instructions this way say that REP MOVSB is four times REP MOVSD,
#          and that a clear of a page by REP STOSD is 1025 instructions; neither is so on a
#          machine. A copy's share in a path is overrated.
# Instead: Report copies apart from control flow, always move dwords, and never compare REP with
#          an unrolled loop by this clock.
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
; A boot sector: it reads the rest of its track and goes on in protected mode at main.
%macro say 1+
	call print
	db %1, 0
%endmacro
IDT	equ 0x70000
	org 0x7C00
	bits 16
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7C00
	mov ax, 0x0200 + 17
	mov bx, 0x7E00
	mov cx, 2
	mov dh, 0
	int 0x13
	cli
	mov al, 0xFF
	out 0x21, al
	out 0xA1, al
	lidt [idtr]
	lgdt [gdtr]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp 8:flat
	align 8
gdt:	dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF, 0x00CFFA000000FFFF, 0x00CFF2000000FFFF, 0, 0
gdtr:	dw $ - gdt - 1
	dd gdt
idtr:	dw 256 * 8 - 1
	dd IDT
	bits 32
flat:	mov ax, 16
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov esp, 0x7C00
	mov al, 3	; eight bits
	mov dx, 0x3FB
	out dx, al
	jmp main
byte_out:	; al to COM1
	push edx
	push eax
	mov dx, 0x3FD
.wait:	in al, dx
	test al, 0x20
	jz .wait
	pop eax
	mov dx, 0x3F8
	out dx, al
	pop edx
	ret
print:	xchg esi, [esp]	; the text after the call
	push eax
.next:	lodsb
	test al, al
	jz .end
	call byte_out
	jmp .next
.end:	pop eax
	xchg esi, [esp]
	ret
number:	pushad	; eax, in hexadecimal
	mov ecx, 8
.next:	rol eax, 4
	push eax
	and eax, 15
	mov al, [.digits + eax]
	call byte_out
	pop eax
	loop .next
	popad
	ret
.digits:	db "0123456789ABCDEF"
end:	mov dx, 0x3FD	; both emulators stop here
	in al, dx
	test al, 0x40
	jz end
	out 0xF4, al
	mov esi, .bye
	mov ecx, 8
	mov dx, 0x8900
	rep outsb
	hlt
.bye:	db "Shutdown"
	times 510 - ($ - $$) db 0
	dw 0xAA55

; With -icount shift=0 the time stamp counter counts instructions.
SOURCE	equ 0x40000
TARGET	equ 0x50000
%macro measure 2+	; ECX, instruction
	mov esi, SOURCE
	mov edi, TARGET
	mov ecx, %1
	rdtsc
	mov ebx, eax
	%2
	rdtsc
	sub eax, ebx
	sub eax, [frame]
%endmacro
frame:	dd 0
main:	cld
	measure 1, nop	; one instruction: the rest is the frame
	mov [frame], eax
	dec dword [frame]
	say "nop: "
	measure 1, nop
	call number
	say 10, "rep movsd, ECX 0: "
	measure 0, rep movsd
	call number
	say 10, "rep movsd, ECX 1: "
	measure 1, rep movsd
	call number
	say 10, "rep movsd, ECX 1000: "
	measure 1000, rep movsd
	call number
	say 10, "rep movsb, ECX 4000: "
	measure 4000, rep movsb
	call number
	say 10, "rep stosd, ECX 1000: "
	measure 1000, rep stosd
	call number
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >expected <<'END'
nop: 1
rep movsd, ECX 0: 1
rep movsd, ECX 1: 2
rep movsd, ECX 1000: 1001
rep movsb, ECX 4000: 4001
rep stosd, ECX 1000: 1001
END
qemu output -icount shift=0 -drive file=kernel.img,format=raw,if=floppy
while read -r line; do
	echo "${line% *} $((16#${line##* }))"
done <output >seen
compare "QEMU 7.2, instructions by RDTSC" expected seen
