; Upcalls of JOS programs: what runs on the exception stack. The kernel has pushed a struct
; UTrapframe (libsys/jos/inc/trap.h), below one scratch word if it interrupted a handler:
;
;	+48  esp        of the interrupted code
;	+44  eflags
;	+40  eip
;	 +8  edi esi ebp (oesp) ebx edx ecx eax, in popad's order
;	 +4  err
;	 +0  fault_va   <- esp
;
; Where one nests, a frame stands at any multiple of 4: ebx keeps it while the stack is aligned for
; C.
;
; Both ways back put every register and flag in place, whichever stack the interrupted code was on.

%include "constants.inc"

extern jos_exception
extern jos_page_fault

UTF_REGS equ UTF_EDI

; The word of the env page through which a page fault returns: present, writable and private
; whatever happens to other memory, so that the return neither faults nor writes to the stack that
; it returns to, which may be full or no stack at all.
FAULT_RETURN equ ENVPAGE + EP_USER

section .text

; void _pgfault_upcall(void);		entered by the kernel on a page fault
;
; void jos_page_fault(struct UTrapframe *utf) decides; what it changes in the frame counts.
global _pgfault_upcall
_pgfault_upcall:
	mov	ebx, esp
	and	esp, -16	; the ABI's alignment at a call
	sub	esp, 16
	mov	[esp], ebx
	call	jos_page_fault
	mov	esp, ebx
.return:
	mov	eax, [esp + UTF_EIP]
	mov	[FAULT_RETURN], eax
	add	esp, UTF_REGS
	popad
	add	esp, UTF_EFLAGS - UTF_EIP
	popfd			; nothing from here on changes the flags
	pop	esp
	jmp	[FAULT_RETURN]

; _Noreturn void jos_resume(struct UTrapframe *utf);
;
;	 +4  utf
;	 +0  return address   <- esp
global jos_resume
jos_resume:
	mov	esp, [esp + 4]
	jmp	_pgfault_upcall.return

; void jos_xupcall(void);		entered by the kernel on another exception
;
; void jos_exception(struct UTrapframe *utf) decides. The way back is `iret` from the interrupted
; stack, which sets eip and eflags in one step: so a handler may set FL_TF and see every single
; instruction. Where that stack is the exception stack, the three words lie in the scratch word and
; in the part of our frame that was read before.
;
;	esp - 4   eflags       <- esp of the interrupted code is above
;	esp - 8   cs
;	esp - 12  eip
;
; The interrupted code may itself be about to return through FAULT_RETURN (single-stepped), and page
; faults in the handler or in the stores below use that word: it is kept until they are done.
;
;	ebx      utf
;	ebx - 4  FAULT_RETURN as it was
;	esp      aligned, with the argument; around the call
global jos_xupcall
jos_xupcall:
	mov	ebx, esp
	push	dword [FAULT_RETURN]
	and	esp, -16
	sub	esp, 16
	mov	[esp], ebx
	call	jos_exception
	mov	eax, [ebx + UTF_ESP]
	mov	ecx, [ebx + UTF_EIP]
	mov	edx, [ebx + UTF_EFLAGS]
	mov	esi, cs
	sub	eax, 12
	mov	[eax + 8], edx
	mov	[eax + 4], esi
	mov	[eax], ecx
	mov	ecx, [ebx - 4]
	mov	[FAULT_RETURN], ecx
	mov	[ebx + UTF_EIP], eax
	lea	esp, [ebx + UTF_REGS]
	popad
	pop	esp
	iretd
