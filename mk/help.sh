#!/bin/bash
# What `make help` prints.
cat <<'TEXT'
Commands
  make                 build everything (below build/); programs that do not compile are an error at the end
  make setup           install missing Debian packages (as root); silent when none is missing. With test, race, model,
                       check, iso, gdb or fresh behind it also what only these need
  make run             build what it needs and boot to a shell; leave with `poweroff` or Ctrl-a x
  make run APP="..."   run a shell line instead, print its output, end with 0 if it did; `scripts/run APP="..."` runs
                       what is built and ends with its status
  make trace APP="..." run it with the kernel's trace on, write build/trace.json (ui.perfetto.dev)
  make test            build and run all tests; T="-k shell" passes options to pytest
  make fuzz            look for faults by chance, on all kernels and fault paths: SEED=N CALLS=N SMP=N (1, 200000, 4
                       unless said). What fails is made as small as it goes on failing, and printed
  make race            the kernel's rules, native, on two and three CPUs in every order up to a bound (tests/host/race.h):
                       some minutes; with LONG=1 some hours
  make model           the models of the kernel's protocols (models/), by Spin: each state, and that each can fail
  make check           formatting, layers, headers, sizes; names and links in documents
  make bench           what system calls, messages, forks and faults cost, beside other systems:
                       a table, build/bench.json, build/bench.html (several minutes)
  make bench SMP=N     independent work on N CPUs (2 to 16) against the same on one, five boots of each
  make bench-check     fails when a cost is more than 3% above tools/parley/bench/baseline.json, or no longer
                       within its target; make bench-baseline writes that file.
                       With another compiler than the file is for: only the targets count
  make bench-linux     Debian's Linux kernel beside us, fetched into build/
  make performance     measures all of that and writes docs/performance.md
  make faults-table    measure the fault paths again and print the tables of docs/faults.md (some minutes);
                       with WRITE=1 put them there
  make transcript      print the session of README.md as it goes today; with WRITE=1 put it there
  make abi-document    write docs/abi.md, all calls and requests, as the headers have them today
  make fresh           prove on a minimal Debian (RELEASE=bookworm or trixie) that README's commands work:
                       builds and runs `hello`; with LONG=1 all tests and commands (as root)
  make iso             build/parley.iso, bootable with GRUB
  make gdb             QEMU stopped at reset, gdb attached, with Parley's own commands
  make clean           remove build/

Options of run (and gdb): on make's command line, or in the environment as PARLEY_NAME (PARLEY_SMP=4)
  SMP=N       CPUs, 1..16 (default 2; 1 with ICOUNT)
  MEM=N       memory in MiB, 16..3072 (default 128)
  APP="..."   e.g. APP="forktree 3", APP="yield & yield & yield"
  FAULTS=...  pager (default); ipc: the kernel asks the pager, the programs know nothing of it; kernel
              (with KFAULT=1); self: programs handle their page faults and fork by themselves;
              those of APP then run without a shell
  JOSLOG=1    print what JOS prints about envs
  TIMEOUT=N   seconds until a run is stopped (default 60 with APP, else none); while the host has no CPU for
              it they do not count, up to 20 times as long
  ACCEL=...   tcg (default, software) or kvm
  ICOUNT=1    one instruction, one nanosecond (2: two, 4, 8 .. 128): runs repeat exactly
  TESTS=1     with the test programs in the archive
  ISO=1       boot build/parley.iso from CD
  TRACE=FILE  where `trace save` of the shell puts the kernel's trace
  BOOTARGS="..."  more words for the kernel's command line: around=N, deadline=MS, noacpi, nomp, killservers, panic
  DEBUG=1     a kernel that checks its lock in every function that needs it
  BARE=1      a kernel without the files that only help people look
  NCPU=1      a kernel for one CPU, without a lock, to compare with
  FAILHOOK=1  a kernel with a call that makes allocations fail (kernel/look/failhook.c), for tests
  PAGER=FILE, CONSOLE=FILE  boot this module in the server's place
  KFAULT=1    a kernel that handles page faults itself, for FAULTS=kernel or run -f kernel
  V=1         show each command of the build
  CROSS=x-    build with x-gcc, for 32 bits or with -m32, and its tools (or PARLEY_CROSS in the environment)

Exit statuses of scripts/run (make run ends with 0, or with 2 and names it)
  0..100 the program's (96: of programs without a shell all that are left wait for ever); 123 output cannot be written;
  124 TIMEOUT; 125 kernel panic; 126 QEMU ended by itself; 2 bad option.
TEXT
