#!/bin/bash
# Guess:   FNSTENV and FXSAVE, one after the other in the handler of #MF, give the same
#          instruction and operand pointers, and FXRSTOR gives a thread its own pointers back.
# Seen:    FNSTENV has the addresses of the instruction and of its operand (not the opcode);
#          FXSAVE writes 0 for all of them and FXRSTOR does not load them: FNSTENV then shows
#          those of whoever ran before.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG; Bochs 2.7 (2.7+dfsg-4+deb12u1).
# Matters: A handler that reports the failing instruction from the saved FXSAVE area prints 0 in
#          QEMU. A test that a context switch keeps the FPU state fails when it compares all of
#          FNSTENV's image.
# Instead: Read the pointers with FNSTENV in the handler, before any other x87 instruction (it
#          masks all errors: reload the control word). In tests compare the registers, control,
#          status and tag words only.
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
	qemu-system-data=1:7.2+dfsg-7+deb12u18 seabios=1.16.2-1 bochs=2.7+dfsg-4+deb12u1 \
	bochs-term=2.7+dfsg-4+deb12u1 bochsbios=2.7+dfsg-4+deb12u1 vgabios=0.8a+ds-2 nasm=2.16.01-1

qemu() { # file for the serial line, options
	local serial=$1
	shift
	timeout --foreground 300 unpacked/usr/libexec/qemu-system-i386 -L unpacked/usr/share/qemu \
		-L unpacked/usr/share/seabios -display none -nic none -no-reboot \
		-serial "file:$serial" -device isa-debug-exit,iobase=0xf4 "$@" 2>qemu.log
	[ -s "$serial" ] || sed -n '1s/^/qemu: /p' qemu.log >&2
}

# Bochs without a screen. Its debugger waits at reset until "c".
bochs() { # file for the serial line
	echo c >commands
	cat >bochsrc <<-END
		display_library: term
		romimage: file=unpacked/usr/share/bochs/BIOS-bochs-latest
		vgaromimage: file=unpacked/usr/share/vgabios/vgabios.bin
		floppya: 1_44=kernel.img, status=inserted
		boot: floppy
		com1: enabled=1, mode=file, dev=$1
		cpu: model=core2_penryn_t9600, ips=50000000
		clock: sync=none
		sound: waveoutdrv=dummy
		panic: action=fatal
		log: bochs.log
	END
	TERM=dumb LTDL_LIBRARY_PATH=$libraries/bochs/plugins timeout --foreground 300 \
		unpacked/usr/bin/bochs-bin -q -f bochsrc -rc commands </dev/null >bochs.out 2>&1
}

cat >kernel.asm <<'END'
; A boot sector: it reads the rest of its track and goes on in protected mode at main.
%macro gate 2	; vector, handler
	mov eax, %2
	mov [IDT + %1 * 8], eax
	mov [IDT + %1 * 8 + 4], eax
	mov dword [IDT + %1 * 8 + 2], 0x8E000008
%endmacro
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

; #MF: keeps what FNSTENV and FXSAVE say of the instruction and the operand.
seen_mf:	fnstenv [env]
	fxsave [area]
	fnclex
	iret
	align 16
area:	times 512 db 0
env:	times 28 db 0
zero:	dd 0.0
control:	dw 0x037B	; a division by zero traps

main:	gate 16, seen_mf
	mov eax, cr0
	and al, ~12
	or al, 0x22	; NE, MP
	mov cr0, eax
	mov eax, cr4
	or eax, 0x200	; OSFXSR
	mov cr4, eax
	fninit
	fldcw [control]
	fld1
divide:	fdiv dword [zero]
	fwait
	say "FNSTENV has the instruction: "
	xor eax, eax
	cmp dword [env + 12], divide
	sete al
	call number
	say ", its opcode: "
	movzx eax, word [env + 18]
	call number
	say ", the operand: "
	xor eax, eax
	cmp dword [env + 20], zero
	sete al
	call number
	say 10, "FXSAVE has the instruction: "
	xor eax, eax
	cmp dword [area + 8], divide
	sete al
	call number
	say ", its opcode: "
	movzx eax, word [area + 6]
	call number
	say ", the operand: "
	xor eax, eax
	cmp dword [area + 16], zero
	sete al
	call number
	mov dword [area + 8], 0x12345678
	fxrstor [area]
	fnstenv [env]
	say 10, "FXRSTOR of another pointer, which FNSTENV has then: "
	xor eax, eax
	cmp dword [env + 12], 0x12345678
	sete al
	call number
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >qemu.expected <<'END'
FNSTENV has the instruction: 00000001, its opcode: 00000000, the operand: 00000001
FXSAVE has the instruction: 00000000, its opcode: 00000000, the operand: 00000000
FXRSTOR of another pointer, which FNSTENV has then: 00000000
END
cat >bochs.expected <<'END'
FNSTENV has the instruction: 00000001, its opcode: 00000035, the operand: 00000001
FXSAVE has the instruction: 00000001, its opcode: 00000035, the operand: 00000001
FXRSTOR of another pointer, which FNSTENV has then: 00000001
END
# With -icount a busy host changes nothing.
qemu qemu.seen -icount shift=0,sleep=off -drive file=kernel.img,format=raw,if=floppy
compare "QEMU 7.2" qemu.expected qemu.seen
bochs bochs.seen
compare "Bochs 2.7, to compare" bochs.expected bochs.seen
