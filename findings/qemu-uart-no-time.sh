#!/bin/bash
# Guess:   A 16550 set to 300 baud and five bits sends 30 or 40 characters of five bits a second.
#          A driver that does not wait for the transmitter loses almost all it writes.
# Seen:    QEMU has sent a character when the OUT instruction ends: the holding register and the
#          transmitter are empty each time, 100 of 100 bytes arrive, with all their eight bits; a
#          byte looped back can be read at once. In Bochs two of the 100 arrive, cut to five bits.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG, -serial file; Bochs 2.7
#          (2.7+dfsg-4+deb12u1).
# Matters: A console that never looks at the line status register, never sets the word length, or
#          whose interrupt for an empty transmitter comes while the write still runs, works in
#          QEMU and loses text on a machine.
# Instead: Run the serial driver in Bochs once, with a low baud rate: its UART takes the time that
#          the divisor says.
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
%macro show 1
	mov eax, %1
	call number
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

main:	put 0x3FB, 0x80	; divisor 384: 300 baud
	put 0x3F8, 0x80
	put 0x3F9, 1
	put 0x3FB, 0	; five bits
	put 0x3FA, 0	; no FIFOs
	xor esi, esi
	xor edi, edi
	mov ecx, 100
.next:	put 0x3F8, 'u'
	get 0x3FD
	test al, 0x20
	jz .full
	inc esi
.full:	test al, 0x40
	jz .busy
	inc edi
.busy:	loop .next
.wait:	get 0x3FD
	test al, 0x40
	jz .wait
	put 0x3FB, 0x83
	put 0x3F8, 1
	put 0x3F9, 0
	put 0x3FB, 3
	say 10, "100 bytes without a wait at 300 baud; holding register empty: "
	show esi
	say ", transmitter empty: "
	show edi
	say 10
	; receive: loop back at 300 baud
	put 0x3FB, 0x80
	put 0x3F8, 0x80
	put 0x3F9, 1
	put 0x3FB, 3
	put 0x3FC, 0x10
	put 0x3F8, 0x5A
	get 0x3FD
	mov ebx, eax
	put 0x3FC, 0
.wait2:	get 0x3FD
	test al, 0x40
	jz .wait2
	put 0x3FB, 0x83
	put 0x3F8, 1
	put 0x3F9, 0
	put 0x3FB, 3
	say "loop back: received at once: "
	and ebx, 1
	show ebx
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >qemu.expected <<'END'
100 bytes came, the first: 75
100 bytes without a wait at 300 baud; holding register empty: 00000064, transmitter empty: 00000064
loop back: received at once: 00000001
END
cat >bochs.expected <<'END'
2 bytes came, the first: 15
100 bytes without a wait at 300 baud; holding register empty: 00000001, transmitter empty: 00000000
loop back: received at once: 00000000
END
readable() { # replaces the first line, the characters sent, by their number and code
	local first
	first=$(head -n 1 "$1")
	sed -i "1s/.*/${#first} bytes came, the first: $(printf %x "'$first")/" "$1"
}

# With -icount a busy host changes nothing.
qemu qemu.seen -icount shift=0,sleep=off -drive file=kernel.img,format=raw,if=floppy
readable qemu.seen
compare "QEMU 7.2" qemu.expected qemu.seen
bochs bochs.seen
readable bochs.seen
compare "Bochs 2.7, to compare" bochs.expected bochs.seen
