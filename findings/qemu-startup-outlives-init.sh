#!/bin/bash
# Guess:   An INIT puts a CPU back where it waits for a STARTUP, so a STARTUP sent before the INIT is
#          gone: the way to give up a CPU that does not answer.
# Seen:    A STARTUP that the CPU has not taken yet outlives the INIT: the CPU is initialised, and
#          then starts. It has not taken it while its host thread got no time, which may last a
#          second on a busy host. An INIT that comes while the CPU runs stops it as it should.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG.
# Matters: A kernel that gives a CPU up after a time-out, sends it INIT and frees its start-up code
#          is reset later, when that CPU is run and executes what lies there by then.
# Instead: Let the CPU claim its parameters by a compare-and-exchange, take the claim back before
#          giving it up, and keep the code that halts who has none.
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
ICR	equ 0xFEE00300
CODE	equ 0x8000	; where the other CPU starts
ROUNDS	equ 0x9000
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
	lgdt [gdtr]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp 8:flat
	align 8
gdt:	dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF, 0x00CFFA000000FFFF, 0x00CFF2000000FFFF, 0, 0
gdtr:	dw $ - gdt - 1
	dd gdt
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
end:	mov dx, 0x3FD
	in al, dx
	test al, 0x40
	jz end
	out 0xF4, al
	hlt
	times 510 - ($ - $$) db 0
	dw 0xAA55

%macro send 1	; to all other CPUs
	mov dword [ICR], 0xC0000 | %1
%%wait:	test dword [ICR], 0x1000
	jnz %%wait
%endmacro
%macro init 0
	send 0x4500
%endmacro
%macro startup 0
	send 0x4600 | CODE >> 12
%endmacro
pause_long:	; a second at least: each CPU has the host thread for 0.1 in turn
	call .second
.second:
	call read_second
	mov bl, al
.next:	call read_second
	cmp al, bl
	je .next
	ret
read_second:
	mov al, 0	; register 0 of the real-time clock
	out 0x70, al
	in al, 0x71
	ret
goes_round:	; whether the other CPU does, and the end of the line
	push dword [ROUNDS]
	call pause_long
	pop ebx
	xor eax, eax
	cmp ebx, [ROUNDS]
	setne al
	call number
	say 10
	ret

	bits 16
other:	xor ax, ax
	mov ds, ax
.next:	inc dword [ROUNDS]
	jmp .next
other_end:
	bits 32

main:	cld
	mov esi, other
	mov edi, CODE
	mov ecx, other_end - other
	rep movsb
	init
	call pause_long

	startup
	call pause_long
	say "STARTUP: runs "
	call goes_round

	init
	call pause_long
	say "STARTUP, later INIT: runs "
	call goes_round

	startup
	init
	call pause_long
	say "STARTUP, at once INIT: runs "
	call goes_round
	jmp end
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >expected <<'END'
STARTUP: runs 00000001
STARTUP, later INIT: runs 00000000
STARTUP, at once INIT: runs 00000001
END
# One host thread for both CPUs: so the other one has no time between STARTUP and INIT.
qemu seen -smp 2,sockets=2 -accel tcg,thread=single -drive file=kernel.img,format=raw,if=floppy
compare "QEMU 7.2" expected seen
