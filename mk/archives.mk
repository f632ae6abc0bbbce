# What is booted: archives of programs, a CD; and the programs that Linux runs beside us.

# ---- Archives: the programs without debug data (the symbols stay) on page boundaries, and the README
# to read. Of a program that was not built, build/packed/ has none either, and scripts/pack says that.
# Those for machines with less than 32 MiB, for which all of them are too big.
small_test_files := $(addprefix build/tests/,$(call name,$(shell grep -lE 'mem: (1.|2.)( |$$)' $(guest_sources))))
archives := build/apps.cpio build/tests.cpio build/small.cpio
packed = $(patsubst build/%,build/packed/%,$(1))
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
$(archives): README.md scripts/pack build/programs apps/sh/builtin.c $(abi)
	$(call say,PACK,$@)
	$(Q)scripts/pack $@ README=README.md $(filter build/packed/%,$^) $(if $(filter %.made,$^),build/odd)

# ---- What Linux runs beside us (make bench-linux): C and a start, without a library
build/linux/init: $(wildcard apps/bench/linux/*.[ch]) nasm/linux/start.asm build/flags
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)nasm $(nasm_flags) -o build/linux/start.o nasm/linux/start.asm
	$(Q)$(cc) $(user_cflags) $(link_flags) -o $@ $(filter %.c,$^) build/linux/start.o -lgcc

# ---- CD image
build/parley.iso: build/kernel.elf $(server_files) build/apps.cpio mk/grub.cfg | ready-iso
	$(call say,ISO,$@)
	$(Q)rm -rf build/iso && mkdir -p build/iso/boot/grub
	$(Q)cp build/kernel.elf $(server_files) build/apps.cpio build/iso/boot/
	$(Q)cp mk/grub.cfg build/iso/boot/grub/
	$(Q)grub-mkrescue -o $@ build/iso >build/iso.log 2>&1 || { cat build/iso.log >&2; exit 1; }
