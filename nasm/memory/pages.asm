; Runs of page-table entries: what fork and exit cost for each page, in registers.
;
; The frame table is indexed by frame number without looking: entries of frames beyond it have
; PTE_PCD (SYS_PAGE_PHYS sees to that), and go another way.

%include "constants.inc"

	section .text align=4
	global pages_share, pages_put
	extern frame_counts, frame_drop, frame_table, frame_table_size

; uint32_t pages_share(pte_t *source, pte_t *slot, uint32_t n, pte_t keep, pte_t mark, uint32_t
; *pages);
;
;	+40  pages
;	+36  mark		ebp   mark, and present
;	+32  keep		ebx   bits that are 0 in one's own pages, once P and W are inverted
;	+28  n, less absent ones	ecx   -n .. 0
;	+24  slot		edi   end of the slots
;	+20  source		esi   end of the source
;	+16  return address	edx   frame_table
;	 +0  ebx esi edi ebp
;
; Entries that are present, writable and not to be kept lose W and gain the mark, and empty slots
; get the same; all others go there as they are. Stops at a slot that is not empty, but for an entry
; of 0, and at PTE_PCD. How many it did; *pages grows by those present.
pages_share:
	push	ebp
	push	edi
	push	esi
	push	ebx
	mov	ecx, [esp + 28]
	mov	esi, [esp + 20]
	mov	edi, [esp + 24]
	lea	esi, [esi + ecx * 4]
	lea	edi, [edi + ecx * 4]
	mov	ebx, [esp + 32]
	or	ebx, PTE_P | PTE_W | PTE_PCD
	mov	ebp, [esp + 36]
	or	ebp, PTE_P
	mov	edx, [frame_table]
	neg	ecx
	jz	.end
.next:
	mov	eax, [esi + ecx * 4]
	xor	eax, PTE_P | PTE_W
	test	eax, ebx
	jnz	.other
	cmp	dword [edi + ecx * 4], 0
	jne	.end
	and	eax, ~(PTE_A | PTE_D)
	or	eax, ebp
	mov	[esi + ecx * 4], eax
.put:
	mov	[edi + ecx * 4], eax
	shr	eax, PGSHIFT
	inc	dword [edx + eax * FRAME_SIZE + FRAME_REFS]
.done:
	inc	ecx
	jnz	.next
.end:
	mov	eax, [esp + 28]
	add	eax, ecx
	add	[frame_counts + COUNTS_SHARED], eax
	mov	edx, [esp + 40]
	add	[edx], eax
	lea	eax, [esi + ecx * 4]
	sub	eax, [esp + 20]
	shr	eax, 2
	pop	ebx
	pop	esi
	pop	edi
	pop	ebp
	ret

.other:
	xor	eax, PTE_P | PTE_W
	jz	.absent
	cmp	dword [edi + ecx * 4], 0
	jne	.end
	test	al, PTE_P
	jz	.mark
	and	eax, ~(PTE_A | PTE_D)
	test	al, PTE_PCD
	jz	.put
	jmp	.end
.mark:
	mov	[edi + ecx * 4], eax
.absent:
	dec	dword [esp + 28]
	jmp	.done

; uint32_t pages_put(pte_t *entries, uint32_t n);
;
;	+20  n			ebx   present entries
;	+16  entries		ecx   -n .. 0
;	+12  return address	esi   end of the entries
;	 +0  ebx esi edi	edx   frame_table
;
; Takes the mappings of present entries away, and makes all entries 0. How many were present.
pages_put:
	push	edi
	push	esi
	push	ebx
	mov	ecx, [esp + 20]
	mov	esi, [esp + 16]
	lea	esi, [esi + ecx * 4]
	mov	edx, [frame_table]
	mov	ebx, ecx
	neg	ecx
	jz	.end
.next:
	mov	eax, [esi + ecx * 4]
	mov	dword [esi + ecx * 4], 0
	xor	eax, PTE_P
	test	eax, PTE_P | PTE_PCD
	jnz	.other
	shr	eax, PGSHIFT
.put:
	dec	dword [edx + eax * FRAME_SIZE + FRAME_REFS]
	jz	.drop
.done:
	inc	ecx
	jnz	.next
.end:
	sub	[frame_counts + COUNTS_SHARED], ebx
	mov	eax, ebx
	pop	ebx
	pop	esi
	pop	edi
	ret

.other:
	test	eax, PTE_P
	jnz	.absent
	shr	eax, PGSHIFT
	cmp	eax, [frame_table_size]
	jb	.put
	inc	dword [frame_counts + COUNTS_SHARED]	; not counted
	jmp	.done

.absent:
	dec	ebx
	jmp	.done

.drop:					; it was the only mapping
	inc	dword [frame_counts + COUNTS_SHARED]
	mov	edi, ecx
	push	eax
	call	frame_drop
	add	esp, 4
	mov	ecx, edi
	mov	edx, [frame_table]
	jmp	.done
