; A copy of the calling env, for path `self` (libsys/self.c).

%include "constants.inc"
%include "nasm/user/syscall.inc"

section .text

; int fork_env(uint32_t eax, int (*complete)(envid_t child));
;
;	+24  complete
;	+20  eax        SYS_ENV_FORK
;	+16  return address
;	+12  ebp
;	 +8  edi
;	 +4  esi
;	 +0  ebx      <- esp in the kernel, and of the child when it starts
;
; Makes a child that continues here with the result 0, has it completed (memory, upcalls) and
; started by complete(child), and returns what that returns; or the kernel's error. Until the child
; has its memory, everything from its esp up must stay as it is. So the caller may not be left,
; and this is no C: what complete() does to the stack lies below.
; Clobbers eax, ecx, edx.
global fork_env
fork_env:
	push	ebp
	push	edi
	push	esi
	push	ebx
	mov	eax, [esp + 20]
	xor	ebx, ebx	; copy the caller
	xor	esi, esi	; half of its page limit, if it has one
	SYSCALL
	test	eax, eax
	jle	.out
	sub	esp, 8		; the ABI's alignment at a call
	push	eax
	call	[esp + 12 + 24]
	add	esp, 12
.out:
	pop	ebx
	pop	esi
	pop	edi
	pop	ebp
	ret
