# Parley's commands: `make help` says what each does. How things are built is in mk/, and all that is built is below build/;
# a new source file is found by itself. V=1 shows each command.

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

GOALS := all setup run trace test fuzz race model check iso gdb clean help ready bench bench-check bench-baseline bench-linux performance \
	faults-table transcript abi-document fresh
include mk/options.mk mk/tools.mk mk/kernel.mk mk/user.mk mk/archives.mk

.PHONY: $(GOALS)
# All there is. A program that does not build stops no other; at the end it is an error.
all: $(kernel_file) $(abi) $(server_files) $(test_server_files) $(archives)
	@left=$$({ cat $(archives:%=%.left); for f in $(test_server_files); do [ -e $$f ] || echo "$$f: it does not build"; done; } | \
		sort -u | sed 's/^/make: not built: /'); [ -z "$$left" ] || { echo "$$left" >&2; exit 1; }

help:
	@mk/help.sh

# It was done when this file was read.
setup:
	@:

# make ends with 2 whatever a recipe ended with: a program's own status is that of scripts/run.
run: ready-run
	@$(build_no_more); exec scripts/run $(given)

trace: ready-run
	@$(build_no_more); exec scripts/trace --run $(given)

gdb: ready-gdb
	@$(build_no_more); exec scripts/gdb $(given)

test: ready-test
	@$(build_no_more); $(pytest) -B -m pytest $(test_workers) --maxfail=20 $(T) tests

fuzz: ready-run
	@$(build_no_more); scripts/fuzz $(given_fuzz)

race: | ready
	@$(build_no_more); scripts/race --deviations $(if $(filter-out 0,$(LONG)),3,2)

model: | ready
	@$(build_no_more); scripts/model

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
needs_run := $(kernel_file) $(abi) $(server_files) $(filter build/tests/servers/%,$(PAGER) $(CONSOLE)) \
	$(if $(filter 1,$(TESTS)),build/tests.cpio build/small.cpio,build/apps.cpio) $(if $(filter 1,$(ISO)),build/parley.iso)
needs_trace := $(needs_run)
needs_gdb := $(needs_run)
needs_test := all build/fail/kernel.elf $(if $(iso_possible),build/parley.iso)
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

abi-document: $(abi)
	@$(build_no_more); scripts/abi-document --write

iso: build/parley.iso

# On a minimal Debian of its own: nothing that is installed or built here plays a part.
fresh: | $(earlier)
	@RELEASE=$(call quoted,$(RELEASE)) LONG=$(call quoted,$(LONG)) mk/fresh.sh

check: all build/fail/kernel.elf ready-check
	@scripts/check

clean:
	$(call say,RM,build)
	$(Q)mk/claim.sh clean $$PPID $(filter-out clean,$(MAKECMDGOALS))
