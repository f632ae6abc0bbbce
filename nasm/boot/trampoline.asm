; Where another CPU starts, in real mode, cs = TRAMPOLINE >> 4. smp.c copies this code to
; TRAMPOLINE, below 1 MiB, but it is linked with the kernel above KERNBASE: each address here is
; computed as the place in the copy, HERE(label).

%include "constants.inc"

	section .init.text progbits alloc exec nowrite align=8
	global trampoline_code, trampoline_end, trampoline_mail

%define HERE(label) (TRAMPOLINE + (label - trampoline_code))

	bits 16
trampoline_code:
	cli
	cld
	xor	ax, ax
	mov	ds, ax
	o32 lgdt [HERE(gdt_pointer)]
	mov	eax, cr0
	or	al, CR0_PE
	mov	cr0, eax
	jmp	dword SEL_KCODE:HERE(protected)

	bits 32
protected:
	mov	eax, SEL_KDATA
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	mov	edx, [HERE(trampoline_mail) + MAIL_LAPIC_ID]
	mov	eax, [edx]
	shr	eax, 24
	mov	edx, STARTS_NOBODY
	lock cmpxchg [HERE(trampoline_mail) + MAIL_STARTS], edx
	jne	left_out
	mov	eax, CR4_PSE | CR4_PGE
	mov	cr4, eax
	mov	eax, [HERE(trampoline_mail) + MAIL_PGDIR]
	mov	cr3, eax
	mov	eax, CR0_PE | CR0_NE | CR0_WP | CR0_PG	; caches on: CD and NW are set after INIT
	mov	cr0, eax
	mov	esp, [HERE(trampoline_mail) + MAIL_STACK]
	xor	ebp, ebp
	mov	eax, [HERE(trampoline_mail) + MAIL_ENTRY]
	push	ebp			; no return
	jmp	eax

; Nobody waits for this CPU any more. The NMI that a panic sends to all others ends no halt; its
; frame, the same for all who are here, lies at the end of this page.
left_out:
	mov	esp, TRAMPOLINE + PGSIZE
	lidt	[HERE(idt_pointer)]
.halt:
	hlt
	jmp	.halt

ignore_nmi:
	iret

	align 8
idt:
	dd 0, 0, 0, 0
	dw HERE(ignore_nmi), SEL_KCODE, 0x8E00, 0
idt_pointer:
	dw $ - idt - 1
	dd HERE(idt)

	align 8
gdt:
	dd 0, 0
	dd 0x0000FFFF, 0x00CF9A00	; SEL_KCODE
	dd 0x0000FFFF, 0x00CF9200	; SEL_KDATA
gdt_pointer:
	dw $ - gdt - 1
	dd HERE(gdt)

	align 4
trampoline_mail:
	times MAIL_SIZE db 0
trampoline_end:
