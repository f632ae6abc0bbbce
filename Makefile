# Parley's build. Everything is written below build/; a new source file is found by itself.
# `make help` lists the commands, V=1 shows each compiler line.

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
python := python3
pytest = $(shell scripts/tools python pytest pexpect)
test_workers = $(shell $(pytest) -c 'import xdist' 2>/dev/null && echo ' -n 2')

# ---- Options: of the machine, which scripts/machine.py checks and knows the defaults of, and of make alone. They are
# what make's command line says, or the environment as PARLEY_NAME: nothing else there (PAGER=less) is meant for us.
OPTIONS := SMP MEM APP TRACE BARE FAULTS JOSLOG TIMEOUT ACCEL ICOUNT TESTS ISO BOOTARGS DEBUG NCPU \
	FAILHOOK KFAULT PAGER CONSOLE
BUILD_OPTIONS := V T CROSS WRITE RELEASE LONG SEED CALLS
commanded = $(filter command,$(firstword $(origin $(1))))
$(foreach o,$(OPTIONS) $(BUILD_OPTIONS),$(if $(call commanded,$(o)),,$(eval override $(o) := $$(value PARLEY_$(o)))))
quoted = '$(subst ','\'',$(1))'
given := $(foreach o,$(OPTIONS),$(if $($(o)),$(call quoted,$(o)=$($(o)))))
unknown := $(filter-out $(OPTIONS) $(BUILD_OPTIONS),$(patsubst PARLEY_%,%,$(filter PARLEY_%,$(.VARIABLES))) \
	$(foreach v,$(.VARIABLES),$(if $(call commanded,$(v)),$(v))))
# Wrong ones end make here with one line, before anything is done; so do goals that do not exist.
GOALS := all setup run trace test fuzz race check iso gdb clean help ready bench bench-check bench-baseline bench-linux performance \
	faults-table transcript fresh
wrong_goal := $(firstword $(filter-out $(GOALS) ready-% build/%,$(MAKECMDGOALS)))
$(if $(wrong_goal),$(error make: no goal $(wrong_goal)$(if $(filter bench,$(MAKECMDGOALS)), (one row: make run APP='bench \
	$(wrong_goal)')); see make help))
$(if $(SMP),$(foreach g,$(filter bench-%,$(MAKECMDGOALS)),$(error make: $g takes no SMP=: its figures are of fixed numbers of CPUs)))
ifneq ($(unknown)$(filter run trace gdb,$(MAKECMDGOALS)),)
$(if $(shell [ ! -d /dev/stdin ] || echo yes),$(error make: standard input is a directory))
wrong := $(if $(shell command -v $(python)),$(shell scripts/run --check $(given) $(foreach o,$(unknown),$(call quoted,$(o)=)) 2>&1))
wrong := $(subst make run:,make$(addprefix $() ,$(firstword $(filter run trace gdb,$(MAKECMDGOALS)))):,$(wrong))
$(if $(wrong)$(unknown),$(error $(or $(wrong),make: no option $(firstword $(unknown))=; see make help)))
endif
given_fuzz := $(given) $(foreach o,SEED CALLS,$(if $($(o)),$(call quoted,$(o)=$($(o)))))
ifneq ($(filter fuzz,$(MAKECMDGOALS)),)
wrong := $(if $(shell command -v $(python)),$(shell scripts/fuzz --check $(given_fuzz) 2>&1))
$(if $(wrong),$(error $(wrong)))
endif

dry_run := $(findstring n,$(filter-out -%,$(firstword $(MAKEFLAGS))))$(findstring q,$(filter-out -%,$(firstword $(MAKEFLAGS))))
# `setup` before all else, even before anything is looked for: what it installs is for the goals behind it.
ifeq ($(dry_run)$(filter setup,$(MAKECMDGOALS)),setup)
set_up := $(shell scripts/setup $(filter-out setup clean,$(MAKECMDGOALS)) $(if $(ISO),iso) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error make setup failed)
endif
endif
# One make at a time builds here, and only where it may write; with -n and -q, none does. Goals that boot the machine let
# the next one go on, see below.
ifeq ($(dry_run)$(if $(filter-out help setup fresh,$(or $(MAKECMDGOALS),all)),,nothing is built),)
refused := $(shell scripts/claim take $$PPID)
$(if $(refused),$(error $(refused)))
endif
build_no_more = scripts/claim free $$PPID

verbose := $(filter-out 0,$(V))
Q := $(if $(verbose),,@)
say = $(if $(verbose),,@printf '  %-7s %s\n' '$(1)' '$(2)'$(if $(APP), >&2))

# What the environment would have the tools do: other headers, libraries, flags.
unexport CPATH C_INCLUDE_PATH LIBRARY_PATH COMPILER_PATH GCC_EXEC_PREFIX DEPENDENCIES_OUTPUT SUNPRO_DEPENDENCIES NASMENV \
	GREP_OPTIONS BASH_ENV CDPATH

# ---- Tools: scripts/tools finds them. CROSS=PREFIX chooses another compiler, here and in the scripts.
export PARLEY_CROSS := $(CROSS)
$(foreach tool,$(shell PARLEY_CROSS='$(CROSS)' scripts/tools 2>/dev/null),$(eval tool_$(tool)))
cc := $(tool_cross)gcc $(tool_m32)
ar := $(tool_cross)ar
objcopy := $(tool_cross)objcopy
nm := $(tool_cross)nm
build_tools := $(firstword $(cc)) $(ar) $(objcopy) $(nm) nasm $(python)

# The compiler's own headers, and no others: neither the host's nor the cross compiler's C library's are ever found.
no_libc := -nostdinc -isystem $(shell $(cc) -print-file-name=include 2>/dev/null)
# No path of this machine is in what is built; GCC 14 hands the option to link-time optimisation by a shell, so not where the
# path has a character that a shell knows (scripts/symbols.py leaves it out then).
export FILE_PREFIX_MAP := $(shell case "$$PWD" in (*[!A-Za-z0-9_./+-]*) ;; (*) echo "-ffile-prefix-map=$$PWD=." ;; esac)
cflags := $(no_libc) -std=gnu11 -ffreestanding -march=i686 -O2 -g -fno-pic -fno-stack-protector \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -mno-sse -mno-mmx \
	-Wall -Wextra -I. $$FILE_PREFIX_MAP
# No padding; passes left out that make this code larger, and no faster: what is worth a copy at each call says `inline`.
# Conditions are branches, which takes the fewest instructions.
kernel_cflags := $(cflags) -Werror -mno-80387 -flto -mpreferred-stack-boundary=2 -falign-functions=1 \
	-falign-jumps=1 -falign-loops=1 -falign-labels=1 -fno-inline-functions -fno-partial-inlining \
	-fno-tree-sra -fno-if-conversion -fno-code-hoisting -fno-reorder-functions -mbranch-cost=1
# The files that the measured paths run through; all others are made small, with one more pass left out.
kernel_small_cflags := -Os -fno-tree-dominator-opts
kernel_fast := fault frame kfault pagecall place resume runqueue sched switch
# What only helps people look, and may be left out (BARE=1): counted apart, so its code is in a section of its own,
# .look, and link-time optimisation does not mix it with the rest.
kernel_look := $(filter-out kernel/look/failhook.c,$(wildcard kernel/look/*.c))
look_sections := .text .text.unlikely
# Programs find libsys by the standard names, too: #include <stdio.h> is libsys/stdio.h.
user_cflags := $(cflags) -Werror -idirafter libsys -ffunction-sections -fdata-sections
# What is wrong in one program must not stop all others, and some do on purpose what compilers warn of: warnings are
# shown, `make check` refuses them, and low addresses are addresses as others are.
program_cflags := $(filter-out -Werror,$(user_cflags)) --param=min-pagesize=0
jos_cflags := $(cflags) --param=min-pagesize=0 -O1 -Ilibsys/jos -fno-strict-aliasing -fnon-call-exceptions \
	-fno-delete-null-pointer-checks -fwrapv -fwrapv-pointer -fno-tree-ch -Wno-extra -Wno-format -Wno-unused
nasm_flags := -f elf32 -g -F dwarf -Werror
link_flags := -static -nostdlib -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,-z,max-page-size=4096 -Wl,--fatal-warnings

# ---- What is there
kernel_kinds := DEBUG/debug NCPU/up KFAULT/kfault FAILHOOK/fail BARE/bare
kernel_kind := $(foreach k,$(kernel_kinds),$(if $(filter 1,$($(patsubst %/,%,$(dir $(k))))),$(k)))
$(if $(word 2,$(kernel_kind)),$(error make: $(patsubst %/,%=1,$(dir $(kernel_kind))) are a kernel each: one at a time))
kernel_folder := build$(addprefix /,$(notdir $(kernel_kind)))
kernel_file := $(kernel_folder)/kernel.elf
object = $(patsubst %,build/%.o,$(basename $(1)))
name = $(basename $(notdir $(1)))

servers := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard servers/*/*.c)))))
# Programs; a file with a name that make cannot handle, or that is a folder below build/, is none, and scripts/pack says so.
program_sources := $(filter-out apps/jos.c $(addprefix tests/guest/,jos.c guest.c servers.c),$(sort $(shell find apps tests/guest tests/servers tests/jos/outsider -maxdepth 2 \
	-regextype posix-extended -regex '([A-Za-z0-9_.+-]+/)+[A-Za-z0-9_+-][A-Za-z0-9_.+-]*\.c')))
in_folder = $(call name,$(foreach f,$(program_sources),$(if $(filter $(1)/,$(dir $(f))),$(f))))
single_apps := $(call in_folder,apps)
folder_apps := $(sort $(filter-out jos,$(foreach f,$(filter apps/%,$(program_sources)),$(word 2,$(subst /, ,$(dir $(f)))))))
apps := $(sort $(single_apps) $(folder_apps))
tests := $(call in_folder,tests/guest)
jos_apps := $(call in_folder,apps/jos)
jos_tests := $(call in_folder,tests/jos/outsider)
test_servers := $(call in_folder,tests/servers)

kernel_assembly := $(filter-out nasm/user/% nasm/linux/%,$(wildcard nasm/*/*.asm nasm/*/*.inc))
kernel_sources := $(filter-out kernel/look/failhook.c kernel/fault/kfault.c,$(wildcard kernel/*/*.c)) $(filter %.asm,$(kernel_assembly))
nasm_files := $(kernel_assembly) $(wildcard nasm/user/*.asm nasm/user/*.inc)
library_objects := $(call object,$(wildcard libsys/*.c) \
	$(filter-out nasm/user/start.asm nasm/user/jos_%,$(wildcard nasm/user/*.asm)))
jos_library_objects := $(call object,$(wildcard libsys/jos/*.c) nasm/user/jos_upcall.asm)
jos_program_objects := $(call object,$(filter apps/jos/% tests/jos/%,$(program_sources)))
server_objects = $(call object,$(wildcard servers/$(1)/*.c))
folder_app_objects = $(patsubst apps/%.c,build/parts/%.o,$(filter apps/$(1)/%,$(program_sources)))
folder_objects := $(foreach a,$(folder_apps),$(call folder_app_objects,$(a)))
program_objects := $(jos_program_objects) $(folder_objects) \
	$(single_apps:%=build/apps/%.o) $(tests:%=build/tests/guest/%.o) $(test_servers:%=build/tests/servers/%.o)
user_start := build/nasm/user/start.o
jos_start := build/nasm/user/jos_start.o
objects := $(library_objects) $(user_start) $(jos_library_objects) $(jos_start) \
	$(foreach s,$(servers),$(call server_objects,$(s))) $(program_objects)

server_files := $(servers:%=build/%.elf)
test_server_files := $(test_servers:%=build/tests/servers/%.elf)
app_files := $(apps:%=build/apps/%)
test_files := $(tests:%=build/tests/%)
jos_app_files := $(jos_apps:%=build/apps/jos/%)
jos_test_files := $(jos_tests:%=build/tests/jos/%)
# Those for machines with less than 32 MiB, for which all of them are too big.
small_test_files := $(addprefix build/tests/,$(call name,$(shell grep -lE 'mem: (1.|2.)( |$$)' tests/guest/*.c)))
archives := build/apps.cpio build/tests.cpio build/small.cpio
packed = $(patsubst build/%,build/packed/%,$(1))

# ---- Commands
.PHONY: $(GOALS)
# All there is. A program that does not build stops no other; at the end it is an error.
all: $(kernel_file) $(server_files) $(test_server_files) $(archives)
	@left=$$({ cat $(archives:%=%.left); for f in $(test_server_files); do [ -e $$f ] || echo "$$f: it does not build"; done; } | \
		sort -u | sed 's/^/make: not built: /'); [ -z "$$left" ] || { echo "$$left" >&2; exit 1; }

help:
	@scripts/help

# It was done when this file was read.
setup:
	@:

# make ends with 2 whatever a recipe ended with. As the last goal, `run` makes it become scripts/run,
# where the host has a compiler for that.
ifeq ($(lastword $(MAKECMDGOALS))$(dry_run),run)
-load build/become.so
endif
build/become.so: scripts/become.c
	$(Q)mkdir -p $(@D)
	$(Q)! command -v gcc >/dev/null || gcc -O2 -Wall -Wextra -shared -fPIC -o $@ $<

run: ready-run
	$(if $(filter build/become.so,$(.LOADED)),$(shell $(build_no_more))$(become scripts/run),@$(build_no_more); scripts/run $(given))

trace: ready-run
	@$(build_no_more); scripts/trace --run $(given)

gdb: ready-gdb
	@$(build_no_more); scripts/gdb $(given)

test: ready-test
	@$(build_no_more); $(pytest) -B -m pytest $(test_workers) --maxfail=20 $(T) tests

fuzz: ready-run
	@$(build_no_more); scripts/fuzz $(given_fuzz)

race: | ready
	@$(build_no_more); scripts/race.py --deviations $(if $(filter-out 0,$(LONG)),3,2)

bench: ready-run
	@$(build_no_more); scripts/bench $(if $(SMP),--smp $(SMP))

bench-check: ready-run
	@$(build_no_more); scripts/bench --check

bench-baseline: ready-run
	@$(build_no_more); scripts/bench --baseline

bench-linux: ready-run
	@$(build_no_more); scripts/bench --linux

performance: ready-run
	@$(build_no_more); scripts/bench --document

faults-table: ready-run
	@$(build_no_more); scripts/faults-table $(if $(filter-out 0,$(WRITE)),--write)

transcript: ready-run
	@$(build_no_more); scripts/transcript $(if $(filter-out 0,$(WRITE)),--write)

# What these need; of several that are named, each begins when all of them, and whatever else is named, are built.
# bench has three kernels: the one that is shipped, one with fault path `kernel`, one for a single CPU.
needs_run := $(kernel_file) $(server_files) $(filter build/tests/servers/%,$(PAGER) $(CONSOLE)) \
	$(if $(filter 1,$(TESTS)),build/tests.cpio build/small.cpio,build/apps.cpio) $(if $(filter 1,$(ISO)),build/parley.iso)
needs_trace := $(needs_run)
needs_gdb := $(needs_run)
# A machine of another kind than a PC has no GRUB for the BIOS: no CD is made there.
iso_possible := $(filter x86_64 i%86,$(shell uname -m))$(wildcard /usr/lib/grub/i386-pc)
needs_test := all $(if $(iso_possible),build/parley.iso)
needs_fuzz := $(foreach k,/ /debug/ /kfault/ /fail/,build$(k)kernel.elf) $(server_files) build/tests.cpio
needs_bench := build/kernel.elf $(needs_run) build/kfault/kernel.elf build/up/kernel.elf
needs_bench-check := $(needs_bench)
needs_bench-baseline := $(needs_bench)
needs_bench-linux := $(needs_bench) build/linux/init
needs_performance := $(needs_bench-linux)
needs_transcript := $(needs_run)
needs_faults-table := build/kernel.elf $(needs_run) build/kfault/kernel.elf
boots := $(patsubst needs_%,%,$(filter needs_%,$(.VARIABLES)))
$(foreach b,$(boots),$(eval $(b): $(needs_$(b))))
now_boot := $(filter $(boots),$(MAKECMDGOALS))
$(now_boot): | $(filter-out $(boots) setup clean help,$(MAKECMDGOALS)) $(foreach b,$(now_boot),$(needs_$(b)))

iso: build/parley.iso

# On a minimal Debian of its own: nothing that is installed or built here plays a part.
fresh: | $(earlier)
	@RELEASE=$(call quoted,$(RELEASE)) LONG=$(call quoted,$(LONG)) scripts/fresh

check: all build/fail/kernel.elf ready-check
	@scripts/check

clean:
	$(call say,RM,build)
	$(Q)scripts/claim clean $$PPID $(filter-out clean,$(MAKECMDGOALS))

# ---- Before anything else: `clean`, if named too, then the tools and the options.
earlier = $(filter clean,$(MAKECMDGOALS))

# $(call need,COMMAND...,GOAL): one clear line when a tool is missing; GOAL if only that goal of make needs it.
need = @for tool in $(1); do command -v $$tool >/dev/null || { \
	case $$tool in $(or $(CROSS),/)*) echo "make: $$tool is missing: CROSS=$(CROSS) asks for it" >&2; exit 1 ;; esac; \
	echo "make: $$tool is missing; run 'make setup$(addprefix $() ,$(2))' to install it" >&2; exit 1; }; done

ready: | $(earlier)
	$(call need,$(build_tools))
ifneq ($(filter run trace gdb,$(MAKECMDGOALS)),)
	$(call need,$(python))
endif

.PHONY: ready-run ready-gdb ready-test ready-check ready-iso
ready-run: | ready
	$(call need,$(tool_qemu))
ready-gdb: | ready
	$(call need,$(tool_qemu))
	$(call need,gdb,gdb)
ready-test: | ready
	$(call need,$(tool_qemu))
	$(Q)test -n "$(pytest)" || { echo "make: no Python here has pytest and pexpect; run 'make setup test' to install them" >&2; exit 1; }
ready-check: | ready
	$(call need,clang-format,check)
ready-iso: | ready
	$(call need,grub-mkrescue xorriso mformat,iso)
	$(Q)$(if $(iso_possible),,echo "make: GRUB's BIOS image (grub-pc-bin) is missing, and only PCs' Debian has it" >&2; exit 1)

# ---- Remembering what built the objects: a file changes only when its text does.
# $(call remember,TEXT)
remember = @mkdir -p $(@D); new=$@.$$$$; printf '%s\n' '$(subst ','\'',$(1))' >$$new; \
	if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi
.PHONY: always
always: | ready
build/flags: always
	$(call remember,$(cc) $(kernel_cflags) $(kernel_small_cflags) $(kernel_fast) $(kernel_look) $(user_cflags) -mno-80387 $(program_cflags) $(jos_cflags) $(nasm_flags) $(jos_link_flags))
build/sources: always
	$(call remember,$(kernel_sources) $(filter-out $(program_objects),$(objects)))
build/programs: always
	$(call remember,$(program_sources))
$(objects): build/flags

comma := ,
# ---- Kernels, each in a folder of its own: build/, build/debug/ (DEBUG=1: checks what costs time in
# each call), build/up/ (NCPU=1: for one CPU, without a lock), build/kfault/ (KFAULT=1: with fault path
# `kernel`), build/fail/ (FAILHOOK=1: allocations that fail, by --wrap, which LTO would not see). LTO looks through the files' borders.
# build/bare/ (BARE=1) has none of the files that only help people look.
# $(call kernel,FOLDER,FLAGS,MORE SOURCES,LINK FLAGS,SOURCES LEFT OUT)
define kernel
$(1)_objects := $$(patsubst %,$(1)/%.o,$$(basename $$(filter-out $(5),$(kernel_sources)) $(3)))
$$(filter $(1)/kernel/%,$$($(1)_objects)): $(1)/%.o: %.c build/flags
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(cc) $$(kernel_cflags) $$(if $$(filter $(kernel_fast),$$(*F)),-O2,$(kernel_small_cflags)) \
		$$(if $$(filter $(kernel_look),$$<),-fno-lto) $(2) -MMD -MP -c -o $$@ $$<
	$$(Q)$$(if $$(filter $(kernel_look),$$<),$(objcopy) $(look_sections:%=--rename-section %=.look) $$@)

# -M in a pass of its own: beside -o, NASM leaves out the files that %include names.
$(1)/nasm/%.o: nasm/%.asm $(1)/constants.inc build/flags
	$$(call say,NASM,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)nasm $(nasm_flags) -I $(1)/ -M -MP -MT $$@ $$< >$$(@:.o=.d)
	$$(Q)nasm $(nasm_flags) -I $(1)/ -o $$@ $$<

# Constants and struct offsets of the C headers for NASM: lines "->NAME NUMBER" in the
# compiler's assembly output. Any other "->" line is an error (a negative number, a symbol).
$(1)/constants.inc: nasm/offsets.c $(nasm_files) scripts/nasm-names build/flags
	$$(call say,OFFSETS,$$<)
	$$(Q)mkdir -p $(1)/nasm
	$$(Q)$(cc) $$(kernel_cflags) -fno-lto $(2) -MMD -MP -MT $$@ -MF $(1)/nasm/offsets.d \
		-DALL_OTHERS="$$$$(scripts/nasm-names $$< $(nasm_files))" -S -o $(1)/nasm/offsets.s $$<
	$$(Q)sed -n -E -e 's/^->([A-Za-z_0-9]+) \$$$$?([0-9]+)$$$$/%define \1 \2/p;t' -e '/^->/{p;q1}' \
		$(1)/nasm/offsets.s >$$@ || { tail -n 1 $$@ | sed 's|^|$$<: not a constant: |' >&2; exit 1; }

$(1)/kernel.elf: $$($(1)_objects) kernel/kernel.ld build/sources
	$$(call say,LD,$$@)
	$$(Q)$(cc) $$(kernel_cflags) $(2) $(link_flags) $(4) -T kernel/kernel.ld -o $$@ $$($(1)_objects) -lgcc

-include $$($(1)_objects:.o=.d) $(1)/nasm/offsets.d
endef
$(eval $(call kernel,build,))
$(eval $(call kernel,build/debug,-DDEBUG=1))
$(eval $(call kernel,build/up,-DONE_CPU=1))
$(eval $(call kernel,build/kfault,,kernel/fault/kfault.c))
$(eval $(call kernel,build/bare,,,,$(kernel_look)))
$(eval $(call kernel,build/fail,-DDEBUG=1 -fno-lto,kernel/look/failhook.c kernel/fault/kfault.c,\
	$(foreach f,frame_alloc life_create syscall_dispatch kfault_page,-Wl$(comma)--wrap=$(f))))

# ---- Objects
# `private` below: else the flags of whichever object asked first would be those that build/flags remembers.
# The library never touches the FPU, not even to print its numbers: what it would cost, programs pay that use it.
$(library_objects): private user_cflags += -mno-80387
$(filter-out build/nasm/% $(program_objects),$(objects)): build/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(cc) $(user_cflags) -MMD -MP -c -o $@ $<

# A file of a program that does not compile leaves no object, and the others go on. What the compiler said stays beside
# the object, for `make check`.
$(jos_program_objects): private program_cflags := $(jos_cflags)
define compile_program
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(cc) $(program_cflags) $(if $(MAKE_TERMERR),-fdiagnostics-color=always) -MMD -MP -c -o $@ $< 2>$@.said || rm -f $@; \
		cat $@.said >&2
endef
$(filter-out $(folder_objects),$(program_objects)): build/%.o: %.c
	$(compile_program)

# Not below build/apps/: the program apps/NAME/ becomes stands there as NAME.
$(folder_objects): build/parts/%.o: apps/%.c
	$(compile_program)

# -M in a pass of its own: beside -o, NASM leaves out the files that %include names.
$(filter build/nasm/%,$(objects)): build/%.o: %.asm build/constants.inc
	$(call say,NASM,$<)
	$(Q)mkdir -p $(@D)
	$(Q)nasm $(nasm_flags) -I build/ -M -MP -MT $@ $< >$(@:.o=.d)
	$(Q)nasm $(nasm_flags) -I build/ -o $@ $<

# ---- Programs
build/libsys.a: $(library_objects) build/sources
	$(call say,AR,$@)
	$(Q)rm -f $@.new && $(ar) rcsD $@.new $(library_objects) && mv $@.new $@

# The library of JOS programs is one object, with what it needs of libsys, and calls itself libjos.NAME throughout: so a
# program may define any name, and the library keeps its own. names.ld gives programs JOS's names, and no others.
build/libjos.o: $(jos_library_objects) build/libsys.a libsys/jos/names.ld build/sources
	$(call say,LD,$@)
	$(Q)$(cc) -r -nostdlib -Wl,-z,noexecstack $$(sed -n 's/^PROVIDE(\(.*\) = libjos.*/-Wl,-u,\1/p' libsys/jos/names.ld) \
		-o $@.all $(jos_library_objects) build/libsys.a
	$(Q)$(nm) -g --defined-only $@.all | sed -n 's/.* [A-Z] \(.*\)/\1 libjos.\1/p' | \
		grep -vw _pgfault_handler >$@.names
	$(Q)$(objcopy) --redefine-syms=$@.names --weaken-symbol=_pgfault_handler $@.all $@

# Servers, and what is measured beside them, have addresses of their own, all under one page table: so
# an address in a trace, a panic or gdb names one program. $(call text_at,NAME)
text_bench := 0x00880000
text_pager := 0x00900000
text_procmgr := 0x00a00000
text_console := 0x00b00000
text_at = $(if $(text_$(1)),-Wl$(comma)--defsym=text_at=$(text_$(1)))
comma := ,

link_user = $(cc) $(link_flags) -Wl,--gc-sections $(call text_at,$(call name,$@)) -T libsys/user.ld -o $@ $(user_start) $(1) build/libsys.a -lgcc

no_constructors := -Wl,--defsym=no_constructors=1
# $(eval $(call server,NAME))
define server
build/$(1).elf: $(call server_objects,$(1)) $(user_start) build/libsys.a libsys/user.ld \
		build/sources
	$$(call say,LD,$$@)
	$$(Q)$$(call link_user,$$(no_constructors) $(call server_objects,$(1)))
endef
$(foreach s,$(servers),$(eval $(call server,$(s))))

# A program of these objects, by this command; none where one of them is missing, or they do not fit together.
# $(call link_program,OBJECT...,COMMAND)
define link_program
	$(Q)rm -f $@; for object in $(1); do [ -e $$object ] || exit 0; done; \
		$(if $(verbose),,printf '  %-7s %s\n' LD $@$(if $(APP), >&2);) mkdir -p $(@D); \
		$(2) 2>$@.said || rm -f $@; cat $@.said >&2
endef

$(single_apps:%=build/apps/%): build/apps/%: build/apps/%.o $(user_start) build/libsys.a \
		libsys/user.ld
	$(call link_program,$<,$(call link_user,$<))

# $(eval $(call folder_app,NAME))
define folder_app
build/apps/$(1): $(call folder_app_objects,$(1)) $(user_start) build/libsys.a libsys/user.ld \
		build/programs
	$$(call link_program,$(call folder_app_objects,$(1)),$$(call link_user,$(call folder_app_objects,$(1))))
endef
$(foreach a,$(folder_apps),$(eval $(call folder_app,$(a))))

$(test_files): build/tests/%: build/tests/guest/%.o $(user_start) build/libsys.a libsys/user.ld
	$(call link_program,$<,$(call link_user,$<))

# Modules for tests, to boot with instead of a server.
$(test_server_files): build/tests/servers/%.elf: build/tests/servers/%.o $(user_start) \
		build/libsys.a libsys/user.ld
	$(call link_program,$<,$(call link_user,$(no_constructors) $<))

# JOS programs (docs/jos.md): a start and a library of their own. What a program defines itself comes first: it may bring
# its own fork.
jos_link_flags := $(link_flags) -Wl,--gc-sections -Wl,--defsym=all_writable=1 \
	-Wl,--no-warn-rwx-segments
link_jos = $(cc) $(jos_link_flags) $(jos_inside) -T libsys/user.ld -o $@ $(jos_start) $< libsys/jos/names.ld \
	build/libjos.o -lgcc
# A test that makes the kernel's calls.
build/tests/jos/failfork: private jos_inside := $(foreach f,kernel_call syscall_stub,-Wl$(comma)--defsym=$(f)=libjos.$(f))
jos_parts := $(jos_start) build/libjos.o libsys/jos/names.ld libsys/user.ld
$(jos_app_files): build/apps/jos/%: build/apps/jos/%.o $(jos_parts)
	$(call link_program,$<,$(link_jos))

$(jos_test_files): build/tests/jos/%: build/tests/jos/outsider/%.o $(jos_parts)
	$(call link_program,$<,$(link_jos))

# ---- Archives: the programs without debug data (the symbols stay) on page boundaries, and the README
# to read. Of a program that was not built, build/packed/ has none either, and scripts/pack says that.
archived_apps := $(call packed,$(app_files) $(jos_app_files))
archived_tests := $(call packed,$(test_files) $(jos_test_files))
archived_small := $(call packed,$(small_test_files))
$(archived_apps) $(archived_tests): build/packed/%: build/%
	$(Q)rm -f $@; [ ! -e $< ] || { mkdir -p $(@D); $(objcopy) --strip-debug $< $@; }

build/odd.made: build/packed/tests/load_odd_programs tests/odd/make.py
	$(Q)rm -rf build/odd; mkdir -p build/odd; [ ! -e $< ] || tests/odd/make.py $< build/odd; touch $@

build/apps.cpio: $(archived_apps)
build/tests.cpio: $(archived_apps) $(archived_tests) build/odd.made
build/small.cpio: $(archived_apps) $(archived_small)
$(archives): README.md scripts/pack build/programs apps/sh/builtin.c
	$(call say,PACK,$@)
	$(Q)scripts/pack $@ README=README.md $(filter build/packed/%,$^) $(if $(filter %.made,$^),build/odd)

# ---- What Linux runs beside us (make bench-linux): C and a start, without a library
build/linux/init: $(wildcard apps/bench/linux/*.[ch]) nasm/linux/start.asm build/flags
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm $(nasm_flags) -o build/linux/start.o nasm/linux/start.asm
	$(Q)$(cc) $(user_cflags) $(link_flags) -o $@ $(filter %.c,$^) build/linux/start.o -lgcc

# ---- CD image
build/parley.iso: build/kernel.elf $(server_files) build/apps.cpio scripts/grub.cfg | ready-iso
	$(call say,ISO,$@)
	$(Q)rm -rf build/iso && mkdir -p build/iso/boot/grub
	$(Q)cp build/kernel.elf $(server_files) build/apps.cpio build/iso/boot/
	$(Q)cp scripts/grub.cfg build/iso/boot/grub/
	$(Q)grub-mkrescue -o $@ build/iso >build/iso.log 2>&1 || { cat build/iso.log >&2; exit 1; }

-include $(objects:.o=.d)
