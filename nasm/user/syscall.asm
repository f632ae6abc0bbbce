; The one way from C into the kernel (register convention: kernel/abi/syscall.h).

%include "constants.inc"
%include "nasm/user/syscall.inc"

; struct syscall_regs of libsys/syscall.h; libsys/syscall.c asserts this layout.
struc syscall_regs
.ebx:	resd 1
.esi:	resd 1
.edi:	resd 1
.ebp:	resd 1
endstruc

section .text

; int syscall_raw(uint32_t eax, struct syscall_regs *regs);
;
;	+24  regs
;	+20  eax
;	+16  return address
;	+12  ebp
;	 +8  edi
;	 +4  esi
;	 +0  ebx      <- esp while in the kernel
;
; Clobbers eax, ecx, edx. The pointer is read again after the call: ecx is undefined then. Results
; are stored in user mode, so a store that faults is an ordinary page fault.
global syscall_raw
syscall_raw:
	push	ebp
	push	edi
	push	esi
	push	ebx
	mov	ecx, [esp + 24]
	mov	eax, [esp + 20]
	mov	ebx, [ecx + syscall_regs.ebx]
	mov	esi, [ecx + syscall_regs.esi]
	mov	edi, [ecx + syscall_regs.edi]
	mov	ebp, [ecx + syscall_regs.ebp]
	SYSCALL
	mov	ecx, [esp + 24]
	mov	[ecx + syscall_regs.ebx], ebx
	mov	[ecx + syscall_regs.esi], esi
	mov	[ecx + syscall_regs.edi], edi
	mov	[ecx + syscall_regs.ebp], ebp
	pop	ebx
	pop	esi
	pop	edi
	pop	ebp
	ret
