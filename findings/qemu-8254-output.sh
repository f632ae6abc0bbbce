#!/bin/bash
# Guess:   The 8254 is the oldest and plainest timer of a PC; an emulator has it right.
# Seen:    The output of channel 2 (port 0x61, bit 5) is upside down in modes 1 and 2: high while
#          the one shot runs and low after it, low all the period of the rate generator but for
#          one tick. In mode 0 the counter runs on with the gate closed. A counter programmed for
#          BCD counts in binary, though its status says BCD, and the status never says that a
#          count is not loaded yet (null count). Bochs does all five as the data sheet says.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG; Bochs 2.7 (2.7+dfsg-4+deb12u1).
# Matters: A calibration of the TSC or of the local APIC timer by the one shot of mode 1 waits for
#          OUT2 to rise: in QEMU it ends at once, with a count near 0; one that waits for the fall
#          works in QEMU only.
# Instead: Calibrate with channel 2 in mode 0, gate open before the count is written, and wait for
#          OUT2 to rise.
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
%macro say 1+
	call print
	db %1, 0
%endmacro
%macro put 2	; port, byte
	mov al, %2
	mov dx, %1
	out dx, al
%endmacro
%macro get 1	; port
	mov dx, %1
	in al, dx
	movzx eax, al
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

wait_a_bit:	; 40 to 1000 microseconds
	mov ecx, 20000
	loop $
	ret
out2:	in al, 0x61
	movzx eax, al
	shr eax, 5
	and eax, 1
	jmp number
status0:	put 0x43, 0xE2	; read back the status of channel 0
	get 0x40
	ret

main:	put 0x61, 0	; gate 2 low, speaker off
	put 0x43, 0xB2	; channel 2, mode 1: one shot
	put 0x42, 0
	put 0x42, 0xFF
	put 0x61, 1	; the gate starts it
	call wait_a_bit
	say "mode 1, running: OUT2 "
	call out2
	put 0x61, 0
	put 0x43, 0xB2
	put 0x42, 10
	put 0x42, 0
	put 0x61, 1
	call wait_a_bit
	say ", over: OUT2 "
	call out2

	put 0x43, 0xB4	; channel 2, mode 2: low for one tick of each period
	put 0x42, 0
	put 0x42, 0
	xor ebx, ebx
	mov ecx, 1000
.low:	in al, 0x61
	test al, 0x20
	jz .next
	inc ebx
.next:	loop .low
	say 10, "mode 2: OUT2 mostly "
	xor eax, eax
	cmp ebx, 500
	seta al
	call number

	put 0x61, 0
	put 0x43, 0xB0	; channel 2, mode 0, gate low: must not count
	put 0x42, 0
	put 0x42, 0x80
	call wait_a_bit
	put 0x43, 0x80
	in al, 0x42
	mov bl, al
	in al, 0x42
	mov bh, al
	call wait_a_bit
	put 0x43, 0x80
	in al, 0x42
	mov cl, al
	in al, 0x42
	mov ch, al
	say 10, "mode 0, gate low: counts "
	xor eax, eax
	cmp bx, cx
	setne al
	call number

	put 0x43, 0x34	; channel 0, mode 2: a count of two bytes
	put 0x40, 0
	call status0
	say 10, "null count, one byte of two written: "
	shr eax, 6
	and eax, 1
	call number

	put 0x43, 0x35	; the same, BCD
	put 0x40, 0
	put 0x40, 0x10	; 1000
	call status0
	say 10, "status says BCD: "
	and eax, 1
	call number
	mov esi, 2000
	xor ebx, ebx
.read:	put 0x43, 0
	in al, 0x40
	call digits
	in al, 0x40
	call digits
	dec esi
	jnz .read
	say ", digits A to F seen: "
	xor eax, eax
	test ebx, ebx
	setnz al
	call number
	say 10
	jmp end
digits:	mov ah, al
	and al, 15
	shr ah, 4
	cmp al, 9
	ja .hex
	cmp ah, 9
	ja .hex
	ret
.hex:	inc ebx
	ret
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >qemu.expected <<'END'
mode 1, running: OUT2 00000001, over: OUT2 00000000
mode 2: OUT2 mostly 00000000
mode 0, gate low: counts 00000001
null count, one byte of two written: 00000000
status says BCD: 00000001, digits A to F seen: 00000001
END
cat >bochs.expected <<'END'
mode 1, running: OUT2 00000000, over: OUT2 00000001
mode 2: OUT2 mostly 00000001
mode 0, gate low: counts 00000000
null count, one byte of two written: 00000001
status says BCD: 00000001, digits A to F seen: 00000000
END
# With -icount a busy host changes nothing.
qemu qemu.seen -icount shift=0,sleep=off -drive file=kernel.img,format=raw,if=floppy
compare "QEMU 7.2" qemu.expected qemu.seen
bochs bochs.seen
compare "Bochs 2.7, to compare" bochs.expected bochs.seen
