# gdb commands for Parley: envs, queues, pt VA. Loaded by scripts/gdb.
# Kernel memory (0xf0000000 and up) is readable as soon as paging is on.

set confirm off
set pagination off
set print pretty on
set disassembly-flavor intel

define envs
	printf "id       life ipc stopped cpu partner  pending  pages  eip\n"
	set $i = 0
	while $i < sizeof(envs) / sizeof(envs[0])
		set $e = &envs[$i]
		if $e->life != LIFE_FREE
			printf "%08x  %d    %d     %d     ", $e->id, $e->life, $e->info->waits, $e->stopped
			if $e->cpu
				printf "%2d  ", $e->cpu->index
			else
				printf " -  "
			end
			printf "%08x %08x %5d  ", $e->info->partner, $e->pending, $e->space.pages
			output/a $e->tf.eip
			printf "\n"
		end
		set $i = $i + 1
	end
end
document envs
Every env in use. life: 1 alive, 2 dead. ipc: 0 none, 1 to send, 2 to receive (from partner).
end

define queues
	set $i = 0
	while $i < cpu_count
		set $c = &cpus[$i]
		printf "cpu %d: runs ", $i
		if $c->env
			printf "%08x", $c->env->id
		else
			printf "nothing "
		end
		printf "  ready:"
		set $r = $c->queue->ring.next
		while $r != &$c->queue->ring
			if $r != &$c->queue->ghost
				printf " %08x", ((struct env *)((char *)$r - (unsigned)&((struct env *)0)->runner))->id
			end
			set $r = $r->next
		end
		printf "\n"
		set $i = $i + 1
	end
	printf "waiting to send:\n"
	set $i = 0
	while $i < sizeof(envs) / sizeof(envs[0])
		set $e = envs[$i].senders_head
		if envs[$i].life != LIFE_FREE && $e
			printf "  to %08x:", envs[$i].id
			while $e
				printf " %08x", $e->id
				set $e = $e->sender_next
			end
			printf "\n"
		end
		set $i = $i + 1
	end
end
document queues
What each CPU runs, who is ready there, and who waits to send to whom.
end

define pt
	set $va = (unsigned)($arg0)
	set $pde = ((unsigned *)(0xf0000000 + ((unsigned)$cr3 & 0xfffff000)))[$va >> 22]
	printf "directory %08x, entry %d: %08x\n", (unsigned)$cr3 & 0xfffff000, $va >> 22, $pde
	if ($pde & 0x81) == 0x81
		printf "4 MiB page at %08x\n", $pde & 0xffc00000
	end
	if ($pde & 0x81) == 1
		set $pte = ((unsigned *)(0xf0000000 + ($pde & 0xfffff000)))[($va >> 12) & 1023]
		printf "table %08x, entry %d: %08x", $pde & 0xfffff000, ($va >> 12) & 1023, $pte
		if $pte & 1
			printf "  frame %08x", $pte & 0xfffff000
		end
		if ($pte & 3) == 3
			printf " W"
		end
		if ($pte & 5) == 5
			printf " U"
		end
		if $pte & 0x800
			printf " COW"
		end
		if $pte & 0x400
			printf " SHARE"
		end
		printf "\n"
	end
end
document pt
pt VA: the page-directory and page-table entry of an address on the current CPU.
end
