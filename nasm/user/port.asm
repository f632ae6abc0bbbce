; Output to a port that is counted without a doubt (servers/console/ports.h).

section .text

; void port_send(uint16_t port, uint8_t value, uint32_t *count);
;
; Writes value to the port and adds 1 to *count. Who is stopped between the two stands at port_sent,
; and nobody else ever does: so whoever stops an env here can see that, and count for it.
;
;	+12  count
;	+8   value
;	+4   port
;	+0   return address   <- esp
;
; Clobbers eax, ecx, edx.
global port_send, port_sent
port_send:
	mov	edx, [esp + 4]
	mov	eax, [esp + 8]
	mov	ecx, [esp + 12]
	out	dx, al
port_sent:
	inc	dword [ecx]
	ret
