; System calls by sysenter, and the IPC that needs nothing but registers.
;
; sysenter loads cs, ss, eip and esp from MSRs, clears IF, and saves nothing (Intel SDM vol. 2,
; SYSENTER). The caller says where it goes on: ecx is its esp, edx its eip. The MSR's esp points at
; CPU_ENTRY of this CPU's struct cpu, which holds the address of tf.esp of the env that runs:
; one load, and its registers go where an interrupt would put them. There is no stack until
; the slow path takes the kernel's; memory is reached through ss or, after ds is set, as usual.
;
; The fast path: a call, or a reply with the wait for the next request, of words alone, whose
; partner waits for it. It does what ipc_call (kernel/ipc/ipc.c) would do, and has one way out to
; there for all else, before anything is changed. kernel/ipc/ipc.h has the table of what must hold;
; `fast_partner` says most of it in one word.
;
;	esp   the caller's struct env          ecx   offset of the partner's in envs
;	edx   struct cpu, then scratch         esi, edi, ebp   the words, never touched
;	eax   whom the caller waits for        ebx   number of words
;
; An env that comes out of here finds other values in eax, ebx, ecx, edx and the arithmetic flags;
; it comes out by sysexit, which restores no flags: so those that matter must be clear on the way
; in.

%include "constants.inc"
%include "nasm/cpu/lock.inc"
%include "nasm/env/state.inc"
%include "nasm/sched/switch.inc"

	section .text align=4
	global sysenter_entry, sysenter_traced, sysenter_end
	extern cpu_count, cpus, envs, lock_holder, lock_next, lock_serving, lock_wake_next
	extern faultcall_answer_fast, ipc_pass_page, resume, syscall_calls, trap_run
	extern trap_syscall, trap_syscall_locked

CALL_FLAGS equ SYS_IPC | IPC_SEND | IPC_RECV
FAULT_CALL_FLAGS equ CALL_FLAGS | IPC_FAULT_CALL
REPLY_FLAGS equ CALL_FLAGS | IPC_REPLY
CALL_PAGE_FLAGS equ CALL_FLAGS | IPC_PAGES
REPLY_PAGE_FLAGS equ REPLY_FLAGS | IPC_PAGES
REPLY_WINDOW_FLAGS equ REPLY_FLAGS | IPC_WINDOW
WORDS equ IPC_WORDS_MASK << IPC_WORDS_SHIFT

; What may be set in eflags for the fast path: the arithmetic flags, and what is always set.
FLAGS_USUAL equ (FL_USER & ~FL_DF) | FL_FIXED | FL_IF

; ecx: where env number ebx is, or was.
%macro PLACE_PARTNER 0
	mov	ecx, ebx
	and	ecx, NENV - 1
	imul	ecx, ecx, ENV_SIZE
%endmacro

; CPU edx has nothing that a switch must see to, and the partner lives, here.
%macro PARTNER_HERE_OR 1
	cmp	dword [edx + CPU_SWITCH_WORK], 0
	jne	%1
	cmp	[envs + ecx + ENV_ID], ebx
	jne	%1
	cmp	[envs + ecx + ENV_CPU], edx
	jne	%1
%endmacro

; Debug builds: ipc_check_hand_over(env esp, env ecx, eax). Clobbers edx.
%macro DEBUG_CHECK_HAND_OVER 0
%if DEBUG
	extern ipc_check_hand_over
	mov	edx, [esp + ENV_CPU]
	mov	edx, [edx + CPU_KSTACK]
	xchg	edx, esp
	pusha
	push	eax
	push	ecx
	push	edx
	call	ipc_check_hand_over
	add	esp, 3 * 4
	popa
	mov	esp, edx
%endif
%endmacro

; Env ecx, of which eax is the wait, runs instead of env esp. Afterwards edx is this CPU, and eax
; and ebx are what the receiver finds there.
%macro HAND_OVER 0
	DEBUG_CHECK_HAND_OVER
	STATE_HAND_OVER esp, ecx, eax, edx
	mov	edx, [esp + ENV_CPU]
	SWITCH_TO
	mov	eax, ebx
	mov	ebx, [esp + ENV_ID]
%endmacro

sysenter_entry:
	mov	esp, [esp]
	pushfd
.save:
	lea	esp, [esp - (TF_EFLAGS - TF_VECTOR)]
	pusha
	mov	[esp + TF_EIP], edx
	mov	[esp + TF_ESP], ecx
	mov	ecx, SEL_UDATA
	mov	ds, ecx
	mov	es, ecx
	test	dword [esp + TF_EFLAGS], ~FLAGS_USUAL
	jnz	.unusual
	mov	ecx, eax
	and	ecx, ~WORDS
	cmp	ecx, CALL_FLAGS
	je	.call
	cmp	ecx, REPLY_FLAGS
	je	.reply
	cmp	ecx, FAULT_CALL_FLAGS
	je	.fault_call
	test	eax, eax
	jnz	.other_number
	mov	eax, [esp + ENV_ID]	; SYS_SELF needs no lock: the answer never changes
.exit:	mov	ecx, [esp + TF_ESP]
	sti
	sysexit

.other_number:
	cmp	al, SYS_IPC
	jne	.call_in_c
	cmp	ecx, REPLY_WINDOW_FLAGS
	je	.reply_window
	cmp	ecx, CALL_PAGE_FLAGS
	je	.call_page
	cmp	ecx, REPLY_PAGE_FLAGS
	jne	.slow

.reply_page:
	LOCK_OR	.slow, esp
	mov	edx, [esp + ENV_CPU]
	PLACE_PARTNER
	PARTNER_HERE_OR .locked
.answer_fault:				; the partner waits for a page, if for anything
	cmp	byte [envs + ecx + ENV_IN_FAULT_CALL], 0
	je	.locked
	LOCK_NOTE edx
	mov	ebx, esp
	mov	esp, [edx + CPU_KSTACK]
	add	ecx, envs
	xor	ebp, ebp
	push	ecx
	push	ebx
	call	faultcall_answer_fast
	mov	edx, [ebx + ENV_CPU]
	mov	ecx, eax
	test	eax, eax
	jnz	trap_run
	mov	esp, ebx
	jmp	.locked

.reply_window:				; as check_window in kernel/ipc/ipc.c
	mov	ecx, [esp + ENV_PAGE]
	mov	eax, [ecx + EP_RECV_VA]
	test	eax, (PGSIZE - 1) & ~(PTE_W | PTE_SOFT)
	jnz	.slow
	and	eax, -PGSIZE
	mov	edx, UTOP
	sub	edx, eax
	jbe	.slow
	shr	edx, PGSHIFT
	cmp	[ecx + EP_RECV_NPAGES], edx
	ja	.slow
	cmp	dword [ecx + EP_RECV_NPAGES], IPC_PAGES_MAX
	ja	.slow

.reply:
	PLACE_PARTNER
	cmp	byte [envs + ecx + ENV_IN_FAULT_CALL], 0
	jne	.reply_page		; or so it seems, without a lock
	mov	edx, [esp + ENV_CPU]
	OWN_LOCK_OR .slow
	PARTNER_HERE_OR .not_here
	mov	eax, [esp + ENV_ID]
	cmp	[envs + ecx + ENV_FAST_PARTNER], eax
	jne	.not_here
	cmp	dword [esp + ENV_PENDING], 0
	jne	.not_here
	cmp	dword [esp + ENV_SENDERS], 0
	jne	.not_here
	xor	eax, eax
	jmp	.deliver

	; with a bound it must be in a list, once a tick (kernel/ipc/deadline.c)
.fault_call:
	mov	edx, [esp + ENV_CPU]
	OWN_LOCK_OR .slow
	cmp	byte [esp + ENV_UNDATED], 0
	jne	.find_callee
	cmp	dword [esp + ENV_FAULT_US], 0
	jne	.not_here
	jmp	.find_callee

.call:
	mov	edx, [esp + ENV_CPU]
	OWN_LOCK_OR .slow
.find_callee:
	PLACE_PARTNER
	PARTNER_HERE_OR .not_here
	mov	eax, [envs + ecx + ENV_FAST_PARTNER]
	test	eax, eax
	jz	.callee_open
	cmp	eax, [esp + ENV_ID]
	jne	.not_here
.callee_open:
	mov	eax, ebx
	STATE_NOTE_AWAITED envs + ecx

.deliver:
	mov	ebx, [esp + TF_EAX]
	shr	ebx, IPC_WORDS_SHIFT
	cmp	ebx, 3
	ja	.more_words
	add	ecx, envs
; ---- commit: nothing below can fail ----
.commit:
	HAND_OVER
	OWN_UNLOCK
.resume:
	mov	edx, [ecx + TF_EIP]
	mov	ecx, [ecx + TF_ESP]
	sti				; takes effect after sysexit (SDM vol. 2, STI)
	sysexit

.call_page:
	test	eax, WORDS & ~(3 << IPC_WORDS_SHIFT)
	jnz	.slow		; more than three
	LOCK_OR	.slow, esp
	mov	edx, [esp + ENV_CPU]
	PLACE_PARTNER
	PARTNER_HERE_OR .locked
	mov	eax, [envs + ecx + ENV_FAST_PARTNER]
	test	eax, eax
	jz	.page_callee_open
	cmp	eax, [esp + ENV_ID]
	jne	.locked
.page_callee_open:
	LOCK_NOTE edx
	mov	ebx, esp
	mov	esp, [edx + CPU_KSTACK]
	add	ecx, envs
	push	ecx
	push	ecx
	push	ebx
	call	ipc_pass_page
	mov	ecx, [esp + 8]
	mov	esp, ebx
	test	al, al
	jz	.locked
	STATE_NOTE_AWAITED ecx
	mov	ebx, [esp + TF_EAX]
	shr	ebx, IPC_WORDS_SHIFT
	or	ebx, 1 << 8		; IPC_GOT_PAGES
	mov	eax, [esp + TF_EBX]
; ---- commit: nothing below can fail ----
	HAND_OVER
	UNLOCK_OR edx, .wake_next
	jmp	.resume

; Words 3.. go from env page to env page, an instruction each.
.more_words:
	cmp	ebx, IPC_WORDS_MAX
	ja	.not_here
	mov	edx, ecx
	mov	esi, [esp + ENV_PAGE]
	mov	edi, [envs + ecx + ENV_PAGE]
	lea	esi, [esi + EP_MSG + 3 * 4]
	lea	edi, [edi + EP_MSG + 3 * 4]
	lea	ecx, [ebx - 3]
	rep movsd
	lea	ecx, [envs + edx]
	mov	esi, [esp + TF_ESI]
	mov	edi, [esp + TF_EDI]
	jmp	.commit

; Somebody waits for the lock, and perhaps sleeps.
.wake_next:
	mov	edx, [ecx + ENV_CPU]
	mov	esp, [edx + CPU_KSTACK]
	push	eax
	push	ecx
	call	lock_wake_next
	pop	ecx
	pop	eax
	jmp	.resume

; A call that goes on in its caller (syscall_calls has it), from C and back.
.call_in_c:
	movzx	esi, al
	cmp	esi, SYS_TRACE
	jae	.slow
	mov	edx, [esp + ENV_CPU]
	test	dword [edx + CPU_SWITCH_WORK], SWITCH_HOOK
	jnz	.slow
	LOCK_OR	.slow, esp
	LOCK_NOTE edx
	mov	ebx, esp
	mov	esp, [edx + CPU_KSTACK]
	xor	ebp, ebp
	push	ebx
	call	[syscall_calls + esi * 4]
.return: mov	edx, [ebx + ENV_CPU]
	mov	[ebx + TF_EAX], eax
	mov	ecx, [edx + CPU_ENV]
	cmp	ecx, ebx
	jne	.switched
	UNLOCK_OR eax, .wake_next_after_c
.resume_after_c:
	mov	esp, ebx
	popa				; ecx and edx are what sysexit wants: as they came
	sti
	sysexit

.wake_next_after_c:
	call	lock_wake_next
	jmp	.resume_after_c

.switched:				; it yielded, or stopped or destroyed itself (then ecx is 0)
	mov	dword [ebx + TF_VECTOR], VEC_SYSENTER
	mov	ebx, ecx
	jecxz	.leave
	cmp	dword [ecx + TF_VECTOR], VEC_SYSENTER
	jne	.leave
	cmp	byte [ecx + ENV_ON_RESUME], ON_RESUME_NOTHING
	jne	.leave
	UNLOCK_OR eax, .wake_next_after_c
	jmp	.resume_after_c
.leave:
	push	ecx
	push	edx
	call	resume		; does not return

; ---- the slow path: as if by `int` ----

.unusual:				; whatever the flags do, they do it to the caller alone
	mov	ebx, esp
	mov	dword [ebx + TF_VECTOR], SYSCALL_VECTOR
	mov	eax, trap_syscall
	mov	edx, [ebx + ENV_CPU]
	mov	esp, [edx + CPU_KSTACK]
	push	dword FL_FIXED
	popfd
	jmp	.on_stack
.not_here:				; more than the lock of this CPU is needed
	mov	edx, [esp + ENV_CPU]
	OWN_UNLOCK
.slow:
	mov	eax, trap_syscall
	jmp	.usual
.locked:
	mov	eax, trap_syscall_locked
.usual:
	mov	dword [esp + TF_VECTOR], VEC_SYSENTER
	mov	ebx, esp
	mov	edx, [ebx + ENV_CPU]
	mov	esp, [edx + CPU_KSTACK]
.on_stack:
	xor	ebp, ebp
	push	ebx
	call	eax			; does not return

; The debug trap of a caller that single-steps hits the first instruction above, in the kernel:
; trap_kernel goes on here, with TF for the caller only.
sysenter_traced:
	mov	esp, [esp]
	pushfd
	or	dword [esp], FL_TF
	jmp	sysenter_entry.save
sysenter_end:
