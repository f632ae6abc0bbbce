#!/bin/bash
# Guess:   An emulator whose CPUID has SSE computes as MXCSR says: rounding up gives another
#          result than rounding down, flags are set, denormals are flushed with FTZ.
# Seen:    v86 rounds to nearest whatever MXCSR says, sets no flag, and flushes nothing. LDMXCSR
#          and STMXCSR keep the value. QEMU computes as the manual says. x87 has rounding and the
#          flag for a division by zero in v86, too.
# Version: v86 0.5.462 (npm) with the BIOS of Debian's seabios 1.16.2-1; QEMU 7.2 (Debian
#          1:7.2+dfsg-7+deb12u18+b3), TCG.
# Matters: A kernel that forgets MXCSR at a context switch, or gives a new thread its parent's
#          rounding, passes each test of results in v86. Only a test that reads the register back
#          fails.
# Instead: In v86, test MXCSR by STMXCSR; test results of arithmetic in QEMU.
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

command -v node >/dev/null && command -v npm >/dev/null || absent "needs Node.js and npm"
npm install --silent --no-audit --no-fund --cache npm-cache v86@0.5.462 >npm.log 2>&1 ||
	absent "npm cannot install v86@0.5.462"

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

one:	dd 1.0
three:	dd 3.0
huge:	dd 3.0e38
control:	dd 0
%macro set 1	; MXCSR
	mov dword [control], %1
	ldmxcsr [control]
%endmacro
%macro flags 0
	stmxcsr [control]
	mov eax, [control]
	and eax, 0x3F
	call number
%endmacro
third:	movss xmm0, [one]
	divss xmm0, [three]
	movd eax, xmm0
	jmp number
main:	mov eax, cr0
	and al, ~12
	or al, 2	; MP
	mov cr0, eax
	mov eax, cr4
	or eax, 0x600	; OSFXSR, OSXMMEXCPT
	mov cr4, eax

	say "1/3, down: "
	set 0x3F80
	call third
	say ", up: "
	set 0x5F80
	call third
	say 10, "MXCSR read back: "
	stmxcsr [control]
	mov eax, [control]
	and eax, 0xFFC0
	call number
	say 10, "flags after an overflow: "
	set 0x1F80
	movss xmm0, [huge]
	mulss xmm0, xmm0
	flags
	say 10, "smallest normal number / 2, flush to zero: "
	set 0x9F80
	mov eax, 0x00800000
	movd xmm0, eax
	mov eax, 0x3F000000	; 0.5
	movd xmm1, eax
	mulss xmm0, xmm1
	movd eax, xmm0
	call number
	say 10
	jmp end
	times 18 * 512 - ($ - $$) db 0
END
unpacked/usr/bin/nasm -f bin -o kernel.img kernel.asm || exit 1
truncate -s 1440K kernel.img

cat >run.mjs <<'END'
import { readFileSync } from "node:fs";
import { V86 } from "./node_modules/v86/build/libv86.mjs";

const file = (name) => ({ buffer: new Uint8Array(readFileSync(name)).buffer });
const machine = new V86({
	wasm_path: "node_modules/v86/build/v86.wasm",
	memory_size: 32 << 20,
	bios: file("unpacked/usr/share/seabios/bios.bin"),
	vga_bios: file("unpacked/usr/share/seabios/vgabios-stdvga.bin"),
	fda: file("kernel.img"),
	autostart: true,
});
let line = 0;
machine.add_listener("serial0-output-byte", (byte) => {
	process.stdout.write(String.fromCharCode(byte));
	if (byte === 10 && ++line === 4) process.exit(0);
});
END
cat >v86.expected <<'END'
1/3, down: 3EAAAAAB, up: 3EAAAAAB
MXCSR read back: 00005F80
flags after an overflow: 00000000
smallest normal number / 2, flush to zero: 00400000
END
cat >qemu.expected <<'END'
1/3, down: 3EAAAAAA, up: 3EAAAAAB
MXCSR read back: 00005F80
flags after an overflow: 00000028
smallest normal number / 2, flush to zero: 00000000
END
timeout --foreground 300 node run.mjs >v86.seen 2>v86.log
compare "v86 0.5.462" v86.expected v86.seen
qemu qemu.seen -drive file=kernel.img,format=raw,if=floppy
compare "QEMU 7.2, as the manual says" qemu.expected qemu.seen
