; Trap entry and exit.
;
; From user mode the processor loads esp from the TSS: it points at the end of the frame of the
; env that runs, so the env's registers are saved where they stay, by the pushes themselves:
;
;        | ss, esp, eflags, cs, eip |  pushed by the processor
;        | err, vector              |  by the stub and no_error (err by the processor for some)
;        | eax .. edi               |  pusha
; esp -> +--------------------------+  = struct env *, its first member is this frame
;
; From kernel mode (an idle CPU, or a defect) the same lands on the stack in use, without ss and
; esp. Segment registers are not saved: ds and es are set flat here; the kernel uses no others, and
; what a program finds in fs and gs is what anybody left there.

%include "constants.inc"
%include "nasm/cpu/lock.inc"
%include "nasm/env/state.inc"
%include "nasm/sched/switch.inc"

	section .text align=4
	global trap_exceptions, trap_page_fault, trap_interrupts
	global trap_resume, trap_run, trap_halt, trap_give_way
	extern trap_user, trap_kernel, sysenter_entry, sysenter_end, fault_page
	extern cpu_count, cpus, resume, give_way_halt
	extern lock_holder, lock_next, lock_serving, lock_wake_next

; Exceptions for which the processor pushes an error code (SDM vol. 3, 6.15).
%define HAS_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21)

; Stubs of VEC_STRIDE bytes each for the vectors from %1 to %2: short jumps, so they stand close to
; where they go.
%macro STUBS 2
	align VEC_STRIDE
%assign v %1
%rep %2 - %1 + 1
	push	byte v
%if HAS_ERROR(v)
	jmp	short trap_common
%else
	jmp	short no_error
%endif
%assign v v + 1
%endrep
%endmacro

entry_code:
; A page fault of a program, when nothing else is going on; else trap_user sees to it.
trap_page_fault:
	push	byte VEC_PAGE_FAULT
	pusha
	mov	ebx, esp
	mov	eax, SEL_UDATA
	mov	ds, eax
	mov	es, eax
	cld
	test	byte [ebx + TF_CS], 3
	jz	from_kernel
	mov	edx, [ebx + ENV_CPU]
	test	dword [edx + CPU_SWITCH_WORK], SWITCH_HOOK
	jnz	trap_common.from_user
	LOCK_OR	trap_common.from_user, ebx
	LOCK_NOTE edx
	mov	esp, [edx + CPU_KSTACK]
	xor	ebp, ebp
	mov	eax, cr2
	push	eax
	push	ebx
	call	fault_page
.return: cmp	eax, ebx
	jne	.another_env
	UNLOCK_OR eax, .wake_next
.resume:
	mov	esp, ebx
	popa
	add	esp, 8			; vector, err
	iret

.wake_next:
	call	lock_wake_next
	jmp	.resume

.another_env:
	mov	edx, [ebx + ENV_CPU]
	mov	ecx, eax
	jecxz	trap_run.slow
	cmp	[ecx + ENV_CPU], edx
	jne	trap_run.slow
	cmp	dword [edx + CPU_SWITCH_WORK], 0
	jne	trap_run.slow

; Leaves the kernel for env eax and ecx, which is another than before, on this CPU, edx, where it
; ran last and a switch has nothing more to see to; the lock is held.
trap_run:
	cmp	byte [ecx + ENV_ON_RESUME], ON_RESUME_NOTHING
	jne	.slow
	cmp	byte [ecx + ENV_NPORTS], 0
	jne	.slow
	mov	eax, [ecx + ENV_INFO]
	STATE_RUN eax
	SWITCH_TO
	UNLOCK_OR edx, .wake_next
.resume:
	mov	esp, ecx
	or	dword [esp + TF_EFLAGS], FL_IF
	popa
	add	esp, 8			; vector, err
	iret

.wake_next:
	push	ecx
	call	lock_wake_next
	pop	ecx
	jmp	.resume

.slow:
	push	eax
	push	edx
	call	resume		; does not return

	align VEC_STRIDE
trap_exceptions:
	STUBS 0, VEC_LAST_EXCEPTION

no_error:				; the vector stands where the error code belongs
	push	dword [esp]
	mov	dword [esp + 4], 0
trap_common:
	pusha
	mov	ebx, esp
	mov	eax, SEL_UDATA
	mov	ds, eax
	mov	es, eax
	cld
	test	byte [ebx + TF_CS], 3
	jz	from_kernel
.from_user:
	mov	eax, [ebx + ENV_CPU]
	mov	esp, [eax + CPU_KSTACK]
	xor	ebp, ebp
	push	ebx
	call	trap_user		; does not return

	align VEC_STRIDE
trap_interrupts:
	STUBS SYSCALL_VECTOR, VEC_TIMER
	STUBS VEC_SPURIOUS, VEC_POKE

from_kernel:
	mov	eax, [ebx + TF_EIP]
	sub	eax, entry_code
	cmp	eax, entry_code_end - entry_code
	jb	.no_stack
	cmp	dword [ebx + TF_EIP], sysenter_end
	jae	.on_stack
	cmp	dword [ebx + TF_EIP], sysenter_entry
	jb	.on_stack
.no_stack:
	; esp was an env's frame, or CPU_ENTRY: both have room for this
	sub	esp, 8
	sgdt	[esp]
	mov	eax, [esp + 2]
	mov	esp, [eax - CPU_GDT + CPU_KSTACK]
.on_stack:
	push	ebx
	call	trap_kernel
	; a poke while we waited for the lock, or TF at sysenter: go on
	mov	esp, ebx
	popa
	add	esp, 8			; vector, err
	iret

; void trap_resume(struct trapframe *frame);
trap_resume:
	mov	esp, [esp + 4]
	or	dword [esp + TF_EFLAGS], FL_IF	; sysenter cleared it
	popa
	add	esp, 8			; vector, err
	iret
entry_code_end:

; void trap_give_way(vaddr_t stack_top);
; One instruction at least runs with interrupts on. trap_kernel does not return here.
trap_give_way:
	mov	esp, [esp + 4]
	xor	ebp, ebp
	sti
	nop
	nop
	cli
	call	give_way_halt		; does not return

; void trap_halt(vaddr_t stack_top);
; The interrupt that ends the halt comes in right after sti's one-instruction delay (SDM vol. 2,
; STI), so none can slip in between. trap_kernel does not return here.
trap_halt:
	mov	esp, [esp + 4]
	xor	ebp, ebp
.again:
	sti
	hlt
	jmp	.again
