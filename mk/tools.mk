# Before anything is built: what `setup` installs, who may build here, which tools there are, and the flags of all C.

dry_run := $(findstring n,$(filter-out -%,$(firstword $(MAKEFLAGS))))$(findstring q,$(filter-out -%,$(firstword $(MAKEFLAGS))))
# `setup` before all else, even before anything is looked for: what it installs is for the goals behind it.
ifeq ($(dry_run)$(filter setup,$(MAKECMDGOALS)),setup)
set_up := $(shell mk/setup.sh $(filter-out setup clean,$(MAKECMDGOALS)) $(if $(ISO),iso) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error make setup failed)
endif
endif
# One make at a time builds here, and only where it may write; with -n and -q, none does. Goals that boot the machine let
# the next one go on: $(build_no_more).
ifeq ($(dry_run)$(if $(filter-out help setup fresh,$(or $(MAKECMDGOALS),all)),,nothing is built),)
refused := $(shell mk/claim.sh take $$PPID)
$(if $(refused),$(error $(refused)))
endif
build_no_more = mk/claim.sh free $$PPID

# What the environment would have the tools do: other headers, libraries, flags.
unexport CPATH C_INCLUDE_PATH LIBRARY_PATH COMPILER_PATH GCC_EXEC_PREFIX DEPENDENCIES_OUTPUT SUNPRO_DEPENDENCIES NASMENV \
	GREP_OPTIONS BASH_ENV CDPATH
# mk/tools.sh finds the tools. CROSS=PREFIX chooses another compiler, here and in the scripts.
export PARLEY_CROSS := $(CROSS)
$(foreach tool,$(shell PARLEY_CROSS='$(CROSS)' mk/tools.sh 2>/dev/null),$(eval tool_$(tool)))
cc := $(tool_cross)gcc $(tool_m32)
ar := $(tool_cross)ar
objcopy := $(tool_cross)objcopy
nm := $(tool_cross)nm
build_tools := $(firstword $(cc)) $(ar) $(objcopy) $(nm) nasm $(python)
pytest = $(shell mk/tools.sh python pytest pexpect)
test_workers = $(shell $(pytest) -c 'import xdist' 2>/dev/null && echo ' -n 3')

# $(call need,COMMAND...,GOAL): one clear line when a tool is missing; GOAL if only that goal of make needs it.
need = @for tool in $(1); do command -v $$tool >/dev/null || { \
	case $$tool in $(or $(CROSS),/)*) echo "make: $$tool is missing: CROSS=$(CROSS) asks for it" >&2; exit 1 ;; esac; \
	echo "make: $$tool is missing; run 'make setup$(addprefix $() ,$(2))' to install it" >&2; exit 1; }; done

# `clean`, if it is named too, comes first.
earlier = $(filter clean,$(MAKECMDGOALS))
.PHONY: ready ready-run ready-gdb ready-test ready-check ready-iso
ready: | $(earlier)
	$(call need,$(build_tools))
ifneq ($(booting),)
	$(call need,$(python))
endif
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
# A machine of another kind than a PC has no GRUB for the BIOS: no CD is made there.
iso_possible := $(filter x86_64 i%86,$(shell uname -m))$(wildcard /usr/lib/grub/i386-pc)
ready-iso: | ready
	$(call need,grub-mkrescue xorriso mformat,iso)
	$(Q)$(if $(iso_possible),,echo "make: GRUB's BIOS image (grub-pc-bin) is missing, and only PCs' Debian has it" >&2; exit 1)

# ---- What built the objects is remembered: such a file changes only when its text does. $(call remember,TEXT)
remember = @mkdir -p $(@D); new=$@.$$$$; printf '%s\n' '$(subst ','\'',$(1))' >$$new; \
	if cmp -s $$new $@; then rm $$new; else mv $$new $@; fi
.PHONY: always
always: | ready
build/flags: always
	$(call remember,$(cc) $(kernel_cflags) $(kernel_small_cflags) $(kernel_fast) $(kernel_look) $(user_cflags) -mno-80387 $(program_cflags) $(jos_cflags) $(nasm_flags) $(jos_link_flags))

# ---- Flags of all C
# The compiler's own headers, and no others: neither the host's nor the cross compiler's C library's are ever found.
no_libc := -nostdinc -isystem $(shell $(cc) -print-file-name=include 2>/dev/null)
# No path of this machine is in what is built; GCC 14 hands the option to link-time optimisation by a shell, so not where the
# path has a character that a shell knows (tools/parley/symbols.py leaves it out then).
export FILE_PREFIX_MAP := $(shell case "$$PWD" in (*[!A-Za-z0-9_./+-]*) ;; (*) echo "-ffile-prefix-map=$$PWD=." ;; esac)
cflags := $(no_libc) -std=gnu11 -ffreestanding -march=i686 -O2 -g -fno-pic -fno-stack-protector \
	-fno-omit-frame-pointer -fno-asynchronous-unwind-tables -mno-sse -mno-mmx \
	-Wall -Wextra -I. $$FILE_PREFIX_MAP
nasm_flags := -f elf32 -g -F dwarf -Werror
link_flags := -static -nostdlib -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,-z,max-page-size=4096 -Wl,--fatal-warnings
comma := ,
# kernel/env/env.c: build/kernel/env/env.o, and env
object = $(patsubst %,build/%.o,$(basename $(1)))
name = $(basename $(notdir $(1)))

# $(call assemble,FOLDER): $< with the constants in that folder. -M in a pass of its own: beside -o, NASM leaves out the
# files that %include names.
define assemble
	$(call say,NASM,$<)
	$(Q)mkdir -p $(@D)
	$(Q)nasm $(nasm_flags) -I $(1)/ -M -MP -MT $@ $< >$(@:.o=.d)
	$(Q)nasm $(nasm_flags) -I $(1)/ -o $@ $<
endef
