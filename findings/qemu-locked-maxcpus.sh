#!/bin/bash
# Guess:   A virtual machine with one CPU pays nothing for a LOCK prefix, whether or not a second
#          CPU could be plugged in later.
# Seen:    -smp 1,maxcpus=2 makes LOCK XADD some 3 to 6 times as slow as with -smp 1, with the
#          same one CPU: TCG compiles code for possible CPUs, not for those there are. XADD
#          without LOCK costs the same in both.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG.
# Matters: The price of a spinlock on one CPU depends on an option that adds no CPU. Two kernels
#          compared under different -smp options differ by this alone.
# Instead: Keep maxcpus the same in all runs that are compared, and take the figures of locks
#          relative to a plain loop in the same run.
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
%macro show 1
	mov eax, %1
	call number
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

ROUNDS	equ 500
CELL	equ 0x50000
%macro best 1+	; prints the least ticks of ROUNDS rounds of 1000 times the instruction
	mov edi, ROUNDS
	mov ebp, -1
%%round:	mov ecx, 1000
	rdtsc
	mov esi, eax
%%next:	%1
	dec ecx
	jnz %%next
	rdtsc
	sub eax, esi
	cmp eax, ebp
	jae %%slower
	mov ebp, eax
%%slower:	dec edi
	jnz %%round
	show ebp
%endmacro
main:	best xadd [CELL], ebx
	say " "
	best lock xadd [CELL], ebx
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

# Prints how many hundredths the second loop takes of the first one, at best.
ratio() { # what, options
	qemu output -drive file=kernel.img,format=raw,if=floppy "${@:2}"
	read -r plain locked <output || exit 1
	percent=$((16#$locked * 100 / 16#$plain))
	echo "$1: LOCK XADD takes $percent % of XADD"
	rm output
}
ratio "-smp 1" -smp 1
one=$percent
ratio "-smp 1,maxcpus=2" -smp 1,maxcpus=2
[ "$one" -lt 150 ] && [ "$percent" -gt 200 ]
