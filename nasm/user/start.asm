; Where every user program and server begins.

%include "constants.inc"
%include "nasm/user/words.inc"

extern fault_refused
extern fault_upcall
extern fault_xupcall
extern init_main
extern process_manager
extern program_name
extern self_start

section .resident progbits alloc exec nowrite align=16 ; see libsys/user.ld

; _Noreturn void _start(void);
;
;	 +4  argv     (argc + 1 pointers, the last one NULL; NULL itself if argc is 0)
;	 +0  argc     <- esp
;
; With a pager the upcalls are set first, by immediate stores into the env page, which is always
; there: nothing before them can fault, everything after them may. Where the kernel sees to page
; faults, their upcall is for those that are nobody's. Without a pager everything is present: this
; is a server, which has no arguments and must not fault, or a program on fault path `self`, which
; sees to its faults itself. The env page names the controller only of the env that it belongs to,
; so its id is kept for copies of this process that somebody else controls.
global _start
_start:
	mov	eax, [ENVPAGE + EP_CONTROLLER]
	mov	[MANAGER], eax
	cmp	dword [ENVPAGE + EP_PAGER], 0
	je	.loaded
	mov	dword [ENVPAGE + EP_XUPCALL], fault_xupcall
	mov	dword [ENVPAGE + EP_UPCALL], fault_refused
	cmp	dword [ENVPAGE + EP_FAULT_PATH], FAULTS_UPCALL
	jne	.loaded
	mov	dword [ENVPAGE + EP_UPCALL], fault_upcall
.loaded:
	mov	ebx, [esp]
	mov	esi, [esp + 4]
	mov	[process_manager], eax
	test	ebx, ebx
	jz	.run
	mov	eax, [esi]
	mov	[program_name], eax
	xor	ebp, ebp	; ends every backtrace
	and	esp, -16	; the ABI's alignment at a call
	cmp	dword [ENVPAGE + EP_PAGER], 0
	jne	.run
	call	self_start
.run:
	xor	ebp, ebp
	and	esp, -16
	sub	esp, 8
	push	esi
	push	ebx
	call	init_main	; does not return
