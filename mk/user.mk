# What runs at user level: libsys, the servers, programs, and those of JOS.

# ---- Flags
# Programs find libsys by the standard names, too: #include <stdio.h> is libsys/stdio.h.
user_cflags := $(cflags) -Werror -idirafter libsys -ffunction-sections -fdata-sections
# What is wrong in one program must not stop all others, and some do on purpose what compilers warn of: warnings are
# shown, `make check` refuses them, and low addresses are addresses as others are.
program_cflags := $(filter-out -Werror,$(user_cflags)) --param=min-pagesize=0
jos_cflags := $(cflags) --param=min-pagesize=0 -O1 -Ilibsys/jos -fno-strict-aliasing -fnon-call-exceptions \
	-fno-delete-null-pointer-checks -fwrapv -fwrapv-pointer -fno-tree-ch -Wno-extra -Wno-format -Wno-unused

# ---- Sources, objects and files
servers := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard servers/*/*.c)))))
# Programs; a file with a name that make cannot handle, or that is a folder below build/, is none, and scripts/pack says so.
program_sources := $(filter-out apps/jos.c $(foreach n,jos guest servers,tests/guest/$(n).c tests/guest/%/$(n).c),\
	$(sort $(shell find apps tests/guest tests/servers tests/jos/outsider \
	-maxdepth 2 -regextype posix-extended -regex '([A-Za-z0-9_.+-]+/)+[A-Za-z0-9_+-][A-Za-z0-9_.+-]*\.c')))
in_folder = $(call name,$(foreach f,$(program_sources),$(if $(filter $(1)/,$(dir $(f))),$(f))))
single_apps := $(call in_folder,apps)
folder_apps := $(sort $(filter-out jos,$(foreach f,$(filter apps/%,$(program_sources)),$(word 2,$(subst /, ,$(dir $(f)))))))
apps := $(sort $(single_apps) $(folder_apps))
# A test has a name of its own, whichever room it is in.
guest_sources := $(filter tests/guest/%,$(program_sources))
tests := $(call name,$(guest_sources))
$(foreach t,$(sort $(tests)),$(if $(word 2,$(filter $(t),$(tests))),$(error make: tests/guest has two tests $(t))))
jos_apps := $(call in_folder,apps/jos)
jos_tests := $(call in_folder,tests/jos/outsider)
test_servers := $(call in_folder,tests/servers)

library_objects := $(call object,$(wildcard libsys/*.c) \
	$(filter-out nasm/user/start.asm nasm/user/jos_%,$(wildcard nasm/user/*.asm)))
jos_library_objects := $(call object,$(wildcard libsys/jos/*.c) nasm/user/jos_upcall.asm)
jos_program_objects := $(call object,$(filter apps/jos/% tests/jos/%,$(program_sources)))
server_objects = $(call object,$(wildcard servers/$(1)/*.c servers/$(1)/*/*.c))
folder_app_objects = $(patsubst apps/%.c,build/parts/%.o,$(filter apps/$(1)/%,$(program_sources)))
folder_objects := $(foreach a,$(folder_apps),$(call folder_app_objects,$(a)))
program_objects := $(jos_program_objects) $(folder_objects) \
	$(single_apps:%=build/apps/%.o) $(call object,$(guest_sources)) $(test_servers:%=build/tests/servers/%.o)
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

# Their lists: what goes makes what it was in anew.
build/sources: always
	$(call remember,$(kernel_sources) $(filter-out $(program_objects),$(objects)))
build/programs: always
	$(call remember,$(program_sources))
$(objects): build/flags

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

$(filter build/nasm/%,$(objects)): build/%.o: %.asm build/constants.inc
	$(call assemble,build)

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

link_user = $(cc) $(link_flags) -Wl,--gc-sections $(call text_at,$(call name,$@)) -T libsys/user.ld -o $@ \
	$(user_start) $(1) build/libsys.a -lgcc

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

$(foreach f,$(guest_sources),$(eval build/tests/$(call name,$(f)): $(call object,$(f))))
$(test_files): $(user_start) build/libsys.a libsys/user.ld
	$(call link_program,$(filter build/tests/guest/%,$^),$(call link_user,$(filter build/tests/guest/%,$^)))

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

-include $(objects:.o=.d)
