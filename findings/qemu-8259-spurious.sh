#!/bin/bash
# Guess:   An edge that goes away before the CPU takes the interrupt gives a spurious IRQ 7, as on
#          every 8259A, so the kernel's check of the in-service register is exercised in an
#          emulator, too.
# Seen:    QEMU keeps the request of a line that fell again and delivers it as IRQ 0. IRQ 7 never
#          comes this way. Bochs drops the request and delivers IRQ 7 with bit 7 of the in-service
#          register clear.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG; Bochs 2.7 (2.7+dfsg-4+deb12u1).
# Matters: A kernel that sends an EOI for a spurious IRQ 7, or that counts a tick whose line has
#          fallen, looks right in QEMU for ever.
# Instead: Test the path in Bochs: let channel 0 of the 8254 raise its output with interrupts
#          disabled, write its control word again, enable interrupts.
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
%macro show 1
	mov eax, %1
	call number
%endmacro
%macro put 2	; port, byte
	mov al, %2
	mov dx, %1
	out dx, al
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

timer:	inc dword [timers]
	push eax
	mov al, 0x20
	out 0x20, al
	pop eax
	iret
seventh:	inc dword [sevenths]
	iret
timers:	dd 0
sevenths:	dd 0
request:	put 0x43, 0x30	; channel 0, mode 0: OUT0, and IRQ 0, rise after 100 ticks and stay
	put 0x40, 100
	put 0x40, 0
.wait:	put 0x20, 0x0A
	in al, 0x20
	test al, 1
	jz .wait
	ret
main:	gate 0x20, timer
	gate 0x27, seventh
	put 0x20, 0x11
	put 0x21, 0x20
	put 0x21, 4
	put 0x21, 1
	put 0x21, 0xFE	; only IRQ 0

	call request
	put 0x43, 0x30	; OUT0 falls again, before the interrupt is taken
	say "line fell: IRR0 "
	put 0x20, 0x0A
	in al, 0x20
	movzx eax, al
	and eax, 1
	call number
	sti
	mov ecx, 10000
	loop $
	cli
	say ", taken as IRQ 0: "
	show [timers]
	say ", as IRQ 7: "
	show [sevenths]
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >qemu.expected <<'END'
line fell: IRR0 00000001, taken as IRQ 0: 00000001, as IRQ 7: 00000000
END
cat >bochs.expected <<'END'
line fell: IRR0 00000000, taken as IRQ 0: 00000000, as IRQ 7: 00000001
END
# With -icount a busy host changes nothing.
qemu qemu.seen -icount shift=0,sleep=off -drive file=kernel.img,format=raw,if=floppy
compare "QEMU 7.2" qemu.expected qemu.seen
bochs bochs.seen
compare "Bochs 2.7, to compare" bochs.expected bochs.seen
