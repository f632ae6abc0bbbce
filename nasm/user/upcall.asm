; Upcalls: what runs on the exception stack when this process faults.
;
; The kernel has pushed a struct utrapframe (kernel/abi/env.h) with every register in it, so the
; code here is free to use them all:
;
;	+48  esp        of the faulting code
;	+44  eflags
;	+40  eip
;	 +8  edi esi ebp (oesp) ebx edx ecx eax, in popad's order
;	 +4  err
;	 +0  fault_va   <- esp
;
; A fault in here (on a copy-on-write page that a handler touches, say) nests: the kernel pushes the
; next frame below esp, after one scratch word. So a frame stands at any multiple of 4, and who
; calls C aligns the stack first: ebx keeps the frame, which C gives back.

%include "constants.inc"
%include "nasm/user/syscall.inc"
%include "nasm/user/words.inc"

extern fault_exception
extern fault_ops
extern fault_unhandled
extern process_manager
extern self_fault

; Of fault_ops: the operation to ask the pager for, the one to ask procmgr for when the pager did
; not help, and the status of who ends by a fault.
OP_FAULT equ 0
OP_NO_PAGER equ 4
STATUS_FAULT equ 8

NO_PAGER_CALL equ SYS_IPC | IPC_SEND | IPC_RECV | (3 << IPC_WORDS_SHIFT)
FAULT_CALL equ NO_PAGER_CALL | IPC_FAULT_CALL
UTF_REGS equ UTF_EDI

; FAULT_RETURN: fault_upcall returns through it, so that returning cannot fault and leaves the stack
; of the faulting code alone. It is written just before the jump through it; only a debug trap can
; come between the two, therefore fault_xupcall keeps it.

; Back into the interrupted code; esp is at the frame's UTF_REGS, and FAULT_RETURN is set.
%macro GO_BACK 0
	popad
	add	esp, UTF_EFLAGS - UTF_EIP
	popfd			; nothing from here on changes the flags
	pop	esp
	jmp	[FAULT_RETURN]
%endmacro

section .resident progbits alloc exec nowrite align=16 ; see libsys/user.ld

; void fault_refused(void);		entered by the kernel on a page fault that the pager refused
;
; On paths `ipc` and `kernel`, where nobody is asked again: the program's handler is next, or its
; end. Without any pager not even that can be had: then the kernel ends the env, and says of what.
global fault_refused
fault_refused:
	cmp	dword [ENVPAGE + EP_PAGER], 0
	jne	.pager
	mov	dword [ENVPAGE + EP_UPCALL], 0
	jmp	fault_upcall.return
.pager:
	mov	eax, -MINUS_E_FAULT
	jmp	fault_upcall.unhandled

; void fault_know_manager(envid_t manager);
global fault_know_manager
fault_know_manager:
	mov	eax, [esp + 4]
	mov	[MANAGER], eax
	ret

; void fault_upcall(void);		entered by the kernel on a page fault
;
; Asks the pager: page address and operation in esi, the entry as it is in edi (0 if there is no
; page table, or the address is not the process's own), the error code in ebp. Three register words
; and no window: a fault while the process prepares a message disturbs nothing of it.
global fault_upcall
fault_upcall:
	mov	eax, [ENVPAGE + EP_PAGER]
	test	eax, eax
	jz	.own
	mov	ebx, eax
	mov	esi, [esp + UTF_VA]
	xor	edi, edi
	cmp	esi, UTOP
	jae	.ask
	mov	eax, esi
	shr	eax, PTSHIFT
	test	byte [UVPD + eax * 4], PTE_P
	jz	.ask
	mov	eax, esi
	shr	eax, PGSHIFT
	mov	edi, [UVPT + eax * 4]
.ask:
	and	esi, -PGSIZE
	or	esi, [fault_ops + OP_FAULT]
	mov	ebp, [esp + UTF_ERR]
	mov	eax, FAULT_CALL
	SYSCALL
	test	eax, eax
	js	.no_help
	mov	eax, esi
	test	eax, eax
	jnz	.refused
.return:
	mov	eax, [esp + UTF_EIP]
	mov	[FAULT_RETURN], eax
	add	esp, UTF_REGS
	GO_BACK

; Not the pager's business: the program's. All else that the pager refuses is the process's end. It
; comes in C, which has something to do first; but if what it needs is refused too, procmgr is told
; of the fault that was first.
.refused:
	cmp	eax, -MINUS_E_FAULT
	je	.unhandled
	cmp	dword [ENDING], 0
	jne	.no_help
	mov	[ENDING], esp
	mov	[ENDING_WHY], eax
	jmp	.unhandled

; The pager did not answer, or cannot give a page that the end needs; eax is why. procmgr is told,
; and where the frame is: if the pager is dead, it answers when another one stands, and the
; instruction runs again; nothing of the old call is kept. Else it ends the process, and says what
; the frame says. From here to that end nothing is touched that might need the pager, which would be
; asked again, and waited for again: this code and fault_ops are present, and who started here has
; MANAGER in its env page; who is a copy has `process_manager` where fork() has just read it, until
; fork() has returned.
.no_help:
	cmp	dword [ENDING], 0
	je	.tell
	mov	esp, [ENDING]
	mov	eax, [ENDING_WHY]
.tell:
	mov	ebp, eax
	mov	ebx, [MANAGER]
	test	ebx, ebx
	jnz	.ask_manager
	mov	ebx, [process_manager]
.ask_manager:
	mov	esi, [fault_ops + OP_NO_PAGER]
	mov	edi, esp
	mov	eax, NO_PAGER_CALL	; without a bound: no clock runs while no pager stands
	SYSCALL
	test	eax, eax
	js	.end
	test	esi, esi
	jz	.return

; procmgr does not help who is none of its processes.
.end:
	mov	eax, SYS_ENV_DESTROY
	xor	ebx, ebx
	mov	esi, [fault_ops + STATUS_FAULT]
	SYSCALL
	jmp	.end

; There is nobody to ask: int self_fault(const struct utrapframe *utf), which takes utf in eax. The
; kernel has cleared DF.
.own:
	mov	ebx, esp
	mov	eax, esp
	and	esp, -16	; the ABI's alignment at a call
	call	self_fault
	test	eax, eax
	jnz	.own_unhandled
	mov	eax, [ebx + UTF_EIP]
	mov	[FAULT_RETURN], eax
	lea	esp, [ebx + UTF_REGS]
	GO_BACK
.own_unhandled:
	mov	esp, ebx

; eax is why nobody helped: void fault_unhandled(int status, struct utrapframe *utf).
; It returns if the program's own handler took care; what that handler changed in the frame counts.
.unhandled:
	mov	ebx, esp
	and	esp, -16
	sub	esp, 16
	mov	[esp], eax
	mov	[esp + 4], ebx
	call	fault_unhandled
	mov	esp, ebx
	jmp	.return

; void fault_xupcall(void);		entered by the kernel on another exception
;
; void fault_exception(struct utrapframe *utf) decides. The way back goes over the trapped stack:
; eip is pushed there, and `ret` takes it. (If that is the exception stack, the scratch word is
; there.) The push may fault; FAULT_RETURN is put back after it, for it may be in use by the code
; trapped.
;
;	ebx      utrapframe
;	ebx - 4  FAULT_RETURN as it was
;	esp      aligned, with the argument; around the call
global fault_xupcall
fault_xupcall:
	cld
	mov	ebx, esp
	push	dword [FAULT_RETURN]
	and	esp, -16
	sub	esp, 16
	mov	[esp], ebx
	call	fault_exception
	mov	eax, [ebx + UTF_ESP]
	mov	ecx, [ebx + UTF_EIP]
	sub	eax, 4
	mov	[ebx + UTF_ESP], eax
	mov	[eax], ecx
	mov	eax, [ebx - 4]
	mov	[FAULT_RETURN], eax
	lea	esp, [ebx + UTF_REGS]
	popad
	add	esp, UTF_EFLAGS - UTF_EIP
	popfd
	pop	esp
	ret
