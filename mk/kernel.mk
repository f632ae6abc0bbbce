# The kernel, in all its kinds. Each is in a folder of its own: build/ has the one that is shipped.

# ---- Kinds: OPTION/FOLDER, of which at most one may be 1 (tools/parley/options.py reads this, too). What a kind has of its
# own: flags of the compiler, flags of the linker, sources more, sources less.
kernel_kinds := DEBUG/debug NCPU/up KFAULT/kfault FAILHOOK/fail BARE/bare
# Checks what costs time in each call.
flags_debug := -DDEBUG=1
# For one CPU, without a lock.
flags_up := -DONE_CPU=1
# With fault path `kernel`.
more_kfault := kernel/fault/kfault.c
# Allocations that fail, by --wrap, which link-time optimisation would not see.
flags_fail := -DDEBUG=1 -fno-lto
link_fail := $(foreach f,frame_alloc life_create syscall_dispatch kfault_page,-Wl$(comma)--wrap=$(f))
more_fail := kernel/look/failhook.c kernel/fault/kfault.c
# What only helps people look, and may be left out: counted apart, so its code is in a section of its own, .look, and
# link-time optimisation does not mix it with the rest.
kernel_look := $(filter-out kernel/look/failhook.c,$(wildcard kernel/look/*.c))
less_bare := $(kernel_look)

kernel_kind := $(foreach k,$(kernel_kinds),$(if $(filter 1,$($(patsubst %/,%,$(dir $(k))))),$(k)))
$(if $(word 2,$(kernel_kind)),$(error make: $(patsubst %/,%=1,$(dir $(kernel_kind))) are a kernel each: one at a time))
kernel_file := build$(addprefix /,$(notdir $(kernel_kind)))/kernel.elf

# ---- Flags
# A stack of words: 0.5% of a fork (B4), 0.8% of a fault (B8), 1.6% of .text. Conditions stay branches, which takes fewer
# instructions: 1% of a fork, 3% of a fault. Code stays where it is written: 0.3% of a fault, for 16 bytes more. Of ten more
# that were here none bought 0.6% of any row, and without -fno-inline-functions a fault takes 1% less.
kernel_cflags := $(cflags) -Werror -mno-80387 -flto -mpreferred-stack-boundary=2 -fno-if-conversion \
	-fno-code-hoisting
# The files that the measured paths run through: -O2 takes 9% from a fault in the process, 4% from a fork, and adds 1,652
# bytes. All others are made small.
kernel_small_cflags := -Os
kernel_fast := fault frame kfault pagecall place resume runqueue sched switch
look_sections := .text .text.unlikely

# ---- Sources
kernel_assembly := $(filter-out nasm/user/% nasm/linux/%,$(wildcard nasm/*/*.asm nasm/*/*.inc))
kernel_sources := $(filter-out kernel/look/failhook.c kernel/fault/kfault.c,$(wildcard kernel/*/*.c)) $(filter %.asm,$(kernel_assembly))
nasm_files := $(kernel_assembly) $(wildcard nasm/user/*.asm nasm/user/*.inc)

# ---- Rules. $(call kernel,FOLDER,KIND); link-time optimisation looks through the files' borders.
define kernel
$(1)_objects := $$(patsubst %,$(1)/%.o,$$(basename $$(filter-out $(less_$(2)),$(kernel_sources)) $(more_$(2))))
$$(filter $(1)/kernel/%,$$($(1)_objects)): $(1)/%.o: %.c build/flags
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(cc) $$(kernel_cflags) $$(if $$(filter $(kernel_fast),$$(*F)),-O2,$(kernel_small_cflags)) \
		$$(if $$(filter $(kernel_look),$$<),-fno-lto) $(flags_$(2)) -MMD -MP -c -o $$@ $$<
	$$(Q)$$(if $$(filter $(kernel_look),$$<),$(objcopy) $(look_sections:%=--rename-section %=.look) $$@)

$(1)/nasm/%.o: nasm/%.asm $(1)/constants.inc build/flags
	$$(call assemble,$(1))

# Constants and struct offsets of the C headers for NASM: lines "->NAME NUMBER" in the
# compiler's assembly output. Any other "->" line is an error (a negative number, a symbol).
$(1)/constants.inc: nasm/offsets.c $(nasm_files) mk/nasm_names.py build/flags
	$$(call say,OFFSETS,$$<)
	$$(Q)mkdir -p $(1)/nasm
	$$(Q)$(cc) $$(kernel_cflags) -fno-lto $(flags_$(2)) -MMD -MP -MT $$@ -MF $(1)/nasm/offsets.d \
		-DALL_OTHERS="$$$$(mk/nasm_names.py $$< $(nasm_files))" -S -o $(1)/nasm/offsets.s $$<
	$$(Q)sed -n -E -e 's/^->([A-Za-z_0-9]+) \$$$$?([0-9]+)$$$$/%define \1 \2/p;t' -e '/^->/{p;q1}' \
		$(1)/nasm/offsets.s >$$@ || { tail -n 1 $$@ | sed 's|^|$$<: not a constant: |' >&2; exit 1; }

$(1)/kernel.elf: $$($(1)_objects) kernel/kernel.ld build/sources
	$$(call say,LD,$$@)
	$$(Q)$(cc) $$(kernel_cflags) $(flags_$(2)) $(link_flags) $(link_$(2)) -T kernel/kernel.ld -o $$@ $$($(1)_objects) -lgcc

-include $$($(1)_objects:.o=.d) $(1)/nasm/offsets.d
endef
$(eval $(call kernel,build,))
$(foreach k,$(notdir $(kernel_kinds)),$(eval $(call kernel,build/$(k),$(k))))

# The ABI for those who do not compile C: numbers by the same means, and the texts of the lists. The same for all kinds.
abi := build/abi.json
$(abi): protocols/abi.c mk/abi.py build/flags
	$(call say,ABI,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(cc) $(kernel_cflags) -fno-lto -g0 -MMD -MP -MT $@ -MF build/abi.d -S -o build/abi.s $<
	$(Q)mk/abi.py build/abi.s $@
-include build/abi.d
