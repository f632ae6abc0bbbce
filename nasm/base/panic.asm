; Where a panic begins.

%include "constants.inc"

	section .text align=1
	global panic_here
	extern panic_handler

; void panic_here(const char *format, ...);
; The frame that an interrupt of the caller, in the kernel, would leave; then
; _Noreturn void (*panic_handler)(const struct trapframe *frame, const char *format, va_list args);
panic_here:
	pushf
	push	cs
	push	dword [esp + 8]		; eip: where it was called
	push	0			; err
	push	VEC_PANIC
	pusha
	mov	eax, esp
	dec	dword [eax + TF_EIP]	; in the call: what comes after it may be another function
	lea	ecx, [eax + TF_ESP + 8]	; past return address and format
	push	ecx
	push	dword [ecx - 4]
	push	eax
	call	[panic_handler]		; does not return
