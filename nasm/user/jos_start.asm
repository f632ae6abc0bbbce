; Where a JOS program begins (libsys/jos/), and the names it has for what the kernel shows to all.

%include "constants.inc"

extern jos_process_manager
extern libmain

global envs
global thisenv
global uvpt
global uvpd
envs	equ UTOP	; UENVS: libsys/jos/layout.c asserts that it is the same
thisenv	equ ENVPAGE + EP_RECORD
uvpt	equ UVPT
uvpd	equ UVPD

section .text

; _Noreturn void _start(void);
;
;	 +4  argv     (argc + 1 pointers, the last one NULL; NULL itself if argc is 0)
;	 +0  argc     <- esp
;
; As on JOS there is no upcall yet and no exception stack. Who controls this env is who started it:
; procmgr, whose id is kept for the children, which have other controllers.
global _start
_start:
	mov	eax, [esp]
	mov	edx, [esp + 4]
	mov	ecx, [ENVPAGE + EP_CONTROLLER]
	mov	[jos_process_manager], ecx
	xor	ebp, ebp	; ends every backtrace
	and	esp, -16	; the ABI's alignment at a call
	sub	esp, 8
	push	edx
	push	eax
	call	libmain		; does not return
