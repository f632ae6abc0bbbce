; Descriptor tables, and the stack of start-up.

%include "constants.inc"

	section .bss
	global cpu_boot_stack_cpu, cpu_boot_stack_top
	alignb KSTACK_STRIDE
	resb KSTACK_STRIDE - 4
cpu_boot_stack_cpu:			; the word that this_cpu() reads
	resb 4
cpu_boot_stack_top:

	section .init.text progbits alloc exec nowrite align=1

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
