; Start of the kernel: Multiboot 1 header (Multiboot Specification 0.6.96, 3.1), first page directory, jump to C.
;
; The loader leaves us at the physical address, paging off, flat 32-bit segments, eax = magic,
; ebx = information structure, bss cleared. Until paging is on, every symbol is used minus KERNBASE.

%include "constants.inc"

MB_MAGIC equ 0x1BADB002
MB_FLAGS equ 3			; modules page aligned, memory map wanted

	section .multiboot align=4
	dd MB_MAGIC, MB_FLAGS, -(MB_MAGIC + MB_FLAGS)

	section .bss
	global kmap_pgdir, boot_stack_cpu, boot_stack_top
	alignb 4096
kmap_pgdir:
	resb 4096
	alignb KSTACK_STRIDE
boot_stack:
	resb KSTACK_STRIDE - 4
boot_stack_cpu:				; the word that this_cpu() reads
	resb 4
boot_stack_top:

	section .init.text progbits alloc exec nowrite align=1
	global boot_entry
	extern boot_main

; 4 MiB pages: physical 0..256 MiB at KERNBASE, and 0..4 MiB at 0 for as long as we run there.
boot_entry:
	cli
	cld
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
	mov	esp, boot_stack_top - 16
	xor	ebp, ebp
	push	boot_stack_top
	push	ebx
	push	eax
	call	boot_main

; void cpu_load_gdt(const struct descriptor_ptr *gdt);
; Clobbers eax. Every segment register becomes the kernel's flat one.
	global cpu_load_gdt
cpu_load_gdt:
	mov	eax, [esp + 4]
	lgdt	[eax]
	jmp	SEL_KCODE:.code
.code:
	mov	eax, SEL_KDATA
	mov	ss, eax
	mov	eax, SEL_UDATA
	mov	ds, eax
	mov	es, eax
	mov	fs, eax
	mov	gs, eax
	ret
