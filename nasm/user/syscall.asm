; The one way from C into the kernel (register convention: kernel/abi/syscall.h).

%include "constants.inc"
%include "nasm/user/syscall.inc"

section .text

; Called by syscall_raw in libsys/enter.h, not by C: all registers are as the kernel wants and
; leaves them, but ecx is in ebp's place, which C keeps for itself. Clobbers edx.
;
;	 +4  return address
;	 +0  ebp      <- esp while in the kernel
global syscall_stub
syscall_stub:
	push	ebp
	mov	ebp, ecx
	SYSCALL
	mov	ecx, ebp
	pop	ebp
	ret
