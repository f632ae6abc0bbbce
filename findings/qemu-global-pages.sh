#!/bin/bash
# Guess:   With CR4.PGE, a load of CR3 leaves translations of global pages alone; a kernel that
#          changes such a page and forgets INVLPG reads the old frame, and a test sees it.
# Seen:    QEMU keeps a stale translation until INVLPG or a load of CR3, but that load drops the
#          global ones, too. In Bochs the stale global translation survives it.
# Version: QEMU 7.2 (Debian 1:7.2+dfsg-7+deb12u18+b3), TCG; Bochs 2.7 (2.7+dfsg-4+deb12u1).
# Matters: The manual allows both. So each forgotten INVLPG of a kernel page is hidden by the next
#          address space switch in QEMU, and global pages cannot be measured there: they save
#          nothing.
# Instead: Test unmapping and remapping of kernel pages in Bochs, with loads of CR3 in between; or
#          check a page table entry's G bit in asserts.
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

DIRECTORY	equ 0x60000
TABLE	equ 0x61000
load_cr3:	mov eax, cr3
	mov cr3, eax
	ret
main:	mov edi, DIRECTORY
	mov ecx, 1024
	xor eax, eax
	rep stosd
	mov dword [DIRECTORY], TABLE + 3
	mov eax, 3	; the first 4 MiB, each page at its own address
.page:	stosd
	add eax, 0x1000
	cmp eax, 0x400003
	jb .page
	mov dword [0x50000], 1
	mov dword [0x51000], 2
	mov eax, DIRECTORY
	mov cr3, eax
	mov eax, cr0
	or eax, 0x80000000
	mov cr0, eax
	mov eax, cr4
	or al, 0x80	; PGE
	mov cr4, eax

	or dword [TABLE + 0x50 * 4], 0x100
	invlpg [0x50000]
	mov eax, [0x50000]
	mov dword [TABLE + 0x50 * 4], 0x51103
	say "after a store into the table: page "
	show [0x50000]
	call load_cr3
	say 10, "after a load of CR3: page "
	show [0x50000]
	invlpg [0x50000]
	say 10, "after INVLPG: page "
	show [0x50000]
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >qemu.expected <<'END'
after a store into the table: page 00000001
after a load of CR3: page 00000002
after INVLPG: page 00000002
END
cat >bochs.expected <<'END'
after a store into the table: page 00000001
after a load of CR3: page 00000001
after INVLPG: page 00000002
END
# With -icount a busy host changes nothing.
qemu qemu.seen -icount shift=0,sleep=off -drive file=kernel.img,format=raw,if=floppy
compare "QEMU 7.2" qemu.expected qemu.seen
bochs bochs.seen
compare "Bochs 2.7, to compare" bochs.expected bochs.seen
