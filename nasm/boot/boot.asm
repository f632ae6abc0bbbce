; Start of the kernel: Multiboot 1 header (Multiboot Specification 0.6.96, 3.1), first page
; directory, jump to C.
;
; The loader leaves us at the physical address, paging off, flat 32-bit segments, eax = magic,
; ebx = information structure, bss cleared. Until paging is on, every symbol is used minus KERNBASE.

%include "constants.inc"

MB_MAGIC equ 0x1BADB002
MB_FLAGS equ 3			; modules page aligned, memory map wanted

	section .multiboot align=4
	dd MB_MAGIC, MB_FLAGS, -(MB_MAGIC + MB_FLAGS)

	section .init.text progbits alloc exec nowrite align=1

; What the kernel uses of the processor: bits of CPUID's leaf 1, edx (SDM vol. 2, CPUID), and CPUID
; itself, in a bit that is reserved there. Bit, name, 0; a byte over 127 ends them, and then comes
; the end of the line.
%define HAS_CPUID 10
%assign NEEDED 0
%macro need 2
	db %1, %2, 0
%assign NEEDED NEEDED | (1 << %1)
%endmacro
needed:
	need HAS_CPUID, " CPUID"
	need 0, " FPU"
	need 3, " PSE"
	need 4, " TSC"
	need 5, " MSR"
	need 9, " APIC"
	need 13, " PGE"
	need 15, " CMOV"
	need 24, " FXSR"
	db 0xFF, 13, 10, 0
lacks:
	db "Parley cannot run here: the processor lacks", 0
; Low byte of the port, value: no interrupts; divisor access; 115,200 baud; 8 data bits, no parity,
; one stop bit; DTR, RTS, interrupt gate. The FIFOs stay: what was typed is kept.
uart:
	db 0xF9, 0, 0xFB, 0x80, 0xF8, 1, 0xF9, 0, 0xFB, 0x03, 0xFC, 0x0B
UART_WRITES equ ($ - uart) / 2

	global boot_entry
	extern boot_main, kmap_pgdir, cpu_boot_stack_top

boot_entry:
	cli
	cld
	mov	esp, cpu_boot_stack_top - KERNBASE - 16
	push	ebx
	push	eax
	mov	esi, uart - KERNBASE
	mov	ecx, UART_WRITES
	mov	dh, COM1 >> 8
.set_up:
	lodsw
	mov	dl, al
	mov	al, ah
	out	dx, al
	loop	.set_up

	mov	ebp, NEEDED & ~(1 << HAS_CPUID)
	pushfd
	pop	ecx
	mov	eax, ecx
	xor	eax, FL_ID
	push	eax
	popfd
	pushfd
	pop	eax
	cmp	eax, ecx
	je	.look		; who cannot change this flag has no CPUID
	mov	eax, 1
	cpuid
	mov	ebp, edx
	bts	ebp, HAS_CPUID
.look:
	mov	edx, ebp
	not	edx
	test	edx, NEEDED
	jz	map_memory

; Nothing works yet: no paging, no compiled code, which uses CMOV. The line goes to the screen and
; the serial line.
	mov	edi, SCREEN_ADDR
	mov	eax, SCREEN_BLANKS
	mov	ecx, SCREEN_CELLS / 2
	rep stosd
	mov	edi, SCREEN_ADDR
	mov	esi, lacks - KERNBASE
	call	print
	mov	esi, needed - KERNBASE
.next:
	xor	eax, eax
	lodsb
	test	al, al
	js	.end
	bt	ebp, eax
	jc	.skip
	call	print
	jmp	.next
.skip:
	lodsb
	test	al, al
	jnz	.skip
	jmp	.next
.end:
	call	print
	mov	al, PANIC_STATUS
	out	DEBUG_EXIT, al
.halt:
	hlt
	jmp	.halt

; Prints the text at esi, and puts esi behind the 0 that ends it. Clobbers eax, ecx, edx.
print:
	lodsb
	test	al, al
	jz	.end
	mov	ah, al
	cmp	al, ' '
	jb	.send
	mov	[edi], al
	add	edi, 2
.send:
	mov	ecx, SPIN_MAX
	mov	dx, LINE_STATUS
.wait:
	in	al, dx
	test	al, CAN_SEND
	loopz	.wait
	mov	dl, COM1 & 0xFF
	mov	al, ah
	out	dx, al
	jmp	print
.end:
	ret

; 4 MiB pages: physical 0..256 MiB at KERNBASE, and 0..4 MiB at 0 for as long as we run there.
map_memory:
	mov	edi, kmap_pgdir - KERNBASE
	mov	edx, PTE_P | PTE_W | PTE_PS
	mov	[edi], edx
	or	edx, PTE_G
	mov	ecx, KERNBASE >> PTSHIFT
.next:
	mov	[edi + ecx * 4], edx
	add	edx, PTSIZE
	inc	ecx
	cmp	ecx, 1024
	jb	.next
	pop	eax
	pop	ebx

	mov	ecx, cr4
	or	ecx, CR4_PSE | CR4_PGE
	mov	cr4, ecx
	mov	cr3, edi
	mov	ecx, cr0
	or	ecx, CR0_PG | CR0_WP
	mov	cr0, ecx
	mov	ecx, .high
	jmp	ecx
.high:
	mov	esp, cpu_boot_stack_top - 16
	xor	ebp, ebp
	push	cpu_boot_stack_top
	push	ebx
	push	eax
	call	boot_main
