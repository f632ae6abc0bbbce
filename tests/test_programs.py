"""How programs are linked, and what the linker refuses."""

import subprocess

import pytest

from conftest import ROOT

CC = "i686-linux-gnu-gcc"
FLAGS = ["-std=gnu11", "-ffreestanding", "-march=i686", "-O2", "-fno-pic", "-fno-stack-protector",
         "-fno-asynchronous-unwind-tables", "-mno-sse", "-I.", "-Wall", "-Wextra", "-Werror"]
LINK = ["-static", "-nostdlib", "-Wl,--build-id=none", "-Wl,-z,noexecstack", "-Wl,-z,max-page-size=4096",
        "-Wl,--fatal-warnings", "-Wl,--gc-sections", "-T", "libsys/user.ld", "build/nasm/user/start.o"]
MAIN = "int main(void) { return 0; }\n"


def build(tmp_path, source, *link):
    """Compiles and links one file as a program; what the tools say, "" if they say nothing."""
    file = tmp_path / "program.c"
    file.write_text(source)
    result = subprocess.run([CC, *FLAGS, *LINK, *link, "-o", str(tmp_path / "program"), str(file),
                             "build/libsys.a", "-lgcc"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode == 0) == (result.stderr == ""), result.stderr
    return result.stderr


@pytest.mark.parametrize("section", [".ctors", ".ctors.65000", ".dtors"])
def test_old_constructors_are_refused(tmp_path, section):
    pointer = f'__attribute__((section("{section}"), used)) static void *p = main;\n'
    assert "use .init_array and .fini_array" in build(tmp_path, MAIN + pointer)


@pytest.mark.parametrize("kind", ["constructor", "destructor", "constructor(101)"])
def test_servers_have_no_constructors(tmp_path, kind):
    source = f"volatile int ran; __attribute__(({kind})) static void f(void) {{ ran = 1; }}\n" + MAIN
    assert build(tmp_path, source) == ""
    wrong = build(tmp_path, source, "-Wl,--defsym=no_constructors=1")
    assert "call them from main" in wrong
    assert build(tmp_path, MAIN, "-Wl,--defsym=no_constructors=1") == ""


def test_servers_are_linked_so():
    """The symbol that makes the linker refuse them."""
    for server in ("procmgr", "pager", "console"):
        symbols = subprocess.run(["i686-linux-gnu-nm", f"build/{server}.elf"], cwd=ROOT, capture_output=True,
                                 text=True, check=True).stdout
        assert " no_constructors\n" in symbols


@pytest.mark.parametrize("call", ['printf("%s", 5)', 'printf("%d", 5LL)', 'printf("%e", E_PERM)',
                                  'snprintf(text, 9, "%s", 5)', 'panic("%s", 5)', 'printf("%d")'])
def test_wrong_formats_do_not_compile(tmp_path, call):
    source = ('#include "libsys/assert.h"\n#include "libsys/status.h"\n#include "libsys/stdio.h"\n'
              f"char text[9];\nint main(void) {{ {call}; return 0; }}\n")
    assert "Werror=format" in build(tmp_path, source)
    assert build(tmp_path, source.replace(call, 'printf("%s %f", STATUS(E_PERM), 1.5)')) == ""
