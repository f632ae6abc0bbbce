# Options: of the machine, which tools/parley/options.py checks and knows the defaults of, and of make alone. They are what
# make's command line says, or the environment as PARLEY_NAME: nothing else there (PAGER=less) is meant for us.
OPTIONS := SMP MEM APP TRACE BARE FAULTS JOSLOG TIMEOUT ACCEL ICOUNT TESTS ISO BOOTARGS DEBUG NCPU \
	FAILHOOK KFAULT PAGER CONSOLE
BUILD_OPTIONS := V T CROSS WRITE RELEASE LONG SEED CALLS
commanded = $(filter command,$(firstword $(origin $(1))))
$(foreach o,$(OPTIONS) $(BUILD_OPTIONS),$(if $(call commanded,$(o)),,\
	$(eval override $(o) := $$(value PARLEY_$(o)))))
quoted = '$(subst ','\'',$(1))'
given := $(foreach o,$(OPTIONS),$(if $($(o)),$(call quoted,$(o)=$($(o)))))
given_fuzz := $(given) $(foreach o,SEED CALLS,$(if $($(o)),$(call quoted,$(o)=$($(o)))))
unknown := $(filter-out $(OPTIONS) $(BUILD_OPTIONS),\
	$(patsubst PARLEY_%,%,$(filter PARLEY_%,$(.VARIABLES))) \
	$(foreach v,$(.VARIABLES),$(if $(call commanded,$(v)),$(v))))

# Wrong ones end make here with one line, before anything is done; so do goals that do not exist.
wrong_goal := $(firstword $(filter-out $(GOALS) ready-% build/%,$(MAKECMDGOALS)))
one_row := $(if $(filter bench,$(MAKECMDGOALS)), (one row: make run APP='bench $(wrong_goal)'))
$(if $(wrong_goal),$(error make: no goal $(wrong_goal)$(one_row); see make help))
$(if $(SMP),$(foreach g,$(filter bench-%,$(MAKECMDGOALS)),\
	$(error make: $g takes no SMP=: its figures are of fixed numbers of CPUs)))
booting := $(firstword $(filter run trace gdb,$(MAKECMDGOALS)))
# $(call checked,COMMAND): what it complains of. Without Python nothing is checked here; `ready` says that.
checked = $(if $(shell command -v $(python)),$(shell $(1) 2>&1))
ifneq ($(unknown)$(booting),)
$(if $(shell [ ! -d /dev/stdin ] || echo yes),$(error make: standard input is a directory))
wrong := $(call checked,scripts/run --check $(given) $(foreach o,$(unknown),$(call quoted,$(o)=)))
wrong := $(subst make run:,make$(addprefix $() ,$(booting)):,$(wrong))
$(if $(wrong)$(unknown),$(error $(or $(wrong),make: no option $(firstword $(unknown))=; see make help)))
endif
ifneq ($(filter fuzz,$(MAKECMDGOALS)),)
wrong := $(call checked,scripts/fuzz --check $(given_fuzz))
$(if $(wrong),$(error $(wrong)))
endif

verbose := $(filter-out 0,$(V))
Q := $(if $(verbose),,@)
say = $(if $(verbose),,@printf '  %-7s %s\n' '$(1)' '$(2)'$(if $(APP), >&2))
