# gdb commands for Parley: envs, queues, pt VA [ENV]. Loaded by scripts/gdb, which sets $KERNBASE and
# $PTE_... to what build/abi.json says.
# Kernel memory (0xf0000000 and up) is readable as soon as paging is on.

set confirm off
set pagination off
set print pretty on
set disassembly-flavor intel

define envs
	printf "id          life ipc stopped cpu partner    pending  pages  eip\n"
	set $i = 0
	while $i < sizeof(envs) / sizeof(envs[0])
		set $e = &envs[$i]
		if $e->life != LIFE_FREE
			printf "0x%08x  %d    %d     %d     ", $e->id, $e->life, $e->info->waits, $e->stopped
			if $e->space.cpu
				printf "%2d  ", $e->space.cpu->index
			else
				printf " -  "
			end
			printf "0x%08x %08x %5d  ", $e->info->partner, $e->pending, $e->info->pages
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
			printf "0x%08x", $c->env->id
		else
			printf "nothing "
		end
		printf "  ready:"
		set $r = $c->queue->ring.next
		while $r != &$c->queue->ring
			if $r != &$c->queue->ghost
				printf " 0x%08x", ((struct env *)((char *)$r - (unsigned)&((struct env *)0)->runner))->id
			end
			set $r = $r->next
		end
		printf "\n"
		set $i = $i + 1
	end
	printf "waiting to send:\n"
	set $i = 0
	while $i < sizeof(envs) / sizeof(envs[0])
		set $n = envs[$i].senders.first
		if envs[$i].life != LIFE_FREE && $n
			printf "  to 0x%08x:", envs[$i].id
			while $n
				printf " 0x%08x", ((struct env *)((char *)$n - (unsigned)&((struct env *)0)->sender_node))->id
				set $n = $n->next
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
	if $argc == 0 || $argc > 2
		printf "usage: pt VA [ENV]\n"
	else
		set $va = (unsigned)($arg0)
		set $directory = (unsigned)$cr3 & 0xfffff000
		if $argc == 2
			set $e = &envs[(unsigned)($arg1) & (sizeof(envs) / sizeof(envs[0]) - 1)]
			set $directory = 0
			if $e->life == LIFE_ALIVE && $e->id == (unsigned)($arg1)
				set $directory = $e->space.cr3
			end
		end
		if $directory
			pt_entries $va $directory
		else
			printf "no env 0x%08x: `envs` lists all\n", (unsigned)($arg1)
		end
	end
end
document pt
pt VA [ENV]: the page-directory and page-table entry of an address, in the space that the current CPU has
loaded, or in that of the env with this id, e.g. pt 0x800000 0x00001005.
end

define pt_entries
	set $pde = ((unsigned *)($KERNBASE + $arg1))[$arg0 >> 22]
	printf "directory %08x, entry %d: %08x\n", $arg1, $arg0 >> 22, $pde
	if ($pde & ($PTE_PS | $PTE_P)) == ($PTE_PS | $PTE_P)
		printf "4 MiB page at %08x\n", $pde & 0xffc00000
	end
	if ($pde & ($PTE_PS | $PTE_P)) == $PTE_P
		set $pte = ((unsigned *)($KERNBASE + ($pde & 0xfffff000)))[($arg0 >> 12) & 1023]
		printf "table %08x, entry %d: %08x", $pde & 0xfffff000, ($arg0 >> 12) & 1023, $pte
		if $pte & $PTE_P
			printf "  frame %08x", $pte & 0xfffff000
		end
		if ($pte & ($PTE_P | $PTE_W)) == ($PTE_P | $PTE_W)
			printf " W"
		end
		if ($pte & ($PTE_P | $PTE_U)) == ($PTE_P | $PTE_U)
			printf " U"
		end
		if $pte & $PTE_COW
			printf " COW"
		end
		if $pte & $PTE_SHARE
			printf " SHARE"
		end
		printf "\n"
	end
end
document pt_entries
What `pt` prints, of an address and the physical address of a page directory.
end
