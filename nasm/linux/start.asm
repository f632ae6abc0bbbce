; What the first process of the Linux measurements (apps/bench/linux/) needs beside C: it has no
; library.

	section .text
	global _start, linux_call, linux_call_fast, signal_return
	extern init_main

; void _start(void);
;
;	 ...  auxiliary vector: pairs (type, value), after the environment's NULL
;	      environment, NULL
;	 +4   argv, NULL
;	 +0   argc     <- esp
;
; _Noreturn void init_main(const uint32_t *stack) gets that stack.
_start:
	xor	ebp, ebp
	mov	eax, esp
	and	esp, -16
	sub	esp, 12
	push	eax
	call	init_main

; int linux_call(int number, uint32_t a, b, c, d, e, f);
;
;	+44  f          +28  b
;	+40  e          +24  a
;	+36  d          +20  number
;	+32  c          +16  return address, then ebp, edi, esi, ebx   <- esp in the call
;
; Result or negative error number. Clobbers eax, ecx, edx.
linux_call:
	push	ebp
	push	edi
	push	esi
	push	ebx
	mov	eax, [esp + 20]
	mov	ebx, [esp + 24]
	mov	ecx, [esp + 28]
	mov	edx, [esp + 32]
	mov	esi, [esp + 36]
	mov	edi, [esp + 40]
	mov	ebp, [esp + 44]
	int	0x80
	pop	ebx
	pop	esi
	pop	edi
	pop	ebp
	ret

; int linux_call_fast(int number, void (*entry)(void));
;
; A call without arguments through the kernel's own entry code (AT_SYSINFO: sysenter where there is
; one), which keeps all registers but eax.
linux_call_fast:
	mov	eax, [esp + 4]
	jmp	[esp + 8]

; void signal_return(void);	where a signal handler returns to: ends the handler (rt_sigreturn)
signal_return:
	mov	eax, 173
	int	0x80
