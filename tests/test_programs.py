"""How programs are linked, what the linker refuses, and how they end."""

import re
import subprocess

import pytest

from conftest import ROOT, run_app
from test_kernels import built
from parley import symbols, toolchain

CC, NM = toolchain.cross("gcc"), toolchain.cross("nm")
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
        symbols = subprocess.run([NM, f"build/{server}.elf"], cwd=ROOT, capture_output=True,
                                 text=True, check=True).stdout
        assert " no_constructors\n" in symbols


@pytest.mark.parametrize("call", ['printf("%s", 5)', 'printf("%d", 5LL)', 'printf("%e", E_PERM)',
                                  'snprintf(text, 9, "%s", 5)', 'panic("%s", 5)', 'printf("%d")'])
def test_wrong_formats_do_not_compile(tmp_path, call):
    source = ('#include "libsys/assert.h"\n#include "libsys/status.h"\n#include "libsys/stdio.h"\n'
              f"char text[9];\nint main(void) {{ {call}; return 0; }}\n")
    assert "Werror=format" in build(tmp_path, source)
    assert build(tmp_path, source.replace(call, 'printf("%s %f", STATUS(E_PERM), 1.5)')) == ""


def test_an_assertion_that_is_the_last_call_names_its_line(tmp_path, monkeypatch):
    """Its return address is the next function's first."""
    source = ("_Noreturn void ends(void);\n"
              "__attribute__((noinline)) void first(void)\n{\n\tends();\n}\n"
              "__attribute__((noinline)) _Noreturn void ends(void) { for (;;) { } }\n"
              "int main(void) { first(); return 0; }\n")
    assert build(tmp_path, source, "-g", "-falign-functions=1", "-fno-toplevel-reorder", "-fno-function-sections",
                 "-fno-omit-frame-pointer") == ""
    program = tmp_path / "program"
    names = subprocess.run([NM, "-S", str(program)], capture_output=True, text=True, check=True).stdout
    start, size = re.search(r"^(\w+) (\w+) T first$", names, re.M).groups()
    after = int(start, 16) + int(size, 16)
    assert f"{after:08x} " in re.search(r"^.* T ends$", names, re.M).group()
    monkeypatch.setattr(symbols, "program_file", lambda name, kernel: program)
    assert symbols.locate("program", 0, after).split()[0] == "first"
    assert symbols.locate("program", 0, after).endswith("program.c:4")


PATHS = [{}, {"FAULTS": "ipc"}, {"FAULTS": "self"}, {"FAULTS": "kernel"}]
ENDS = {"null": r"fault at 0x00000000 \(write, ip 0x\w+ end_by\+0x\w+\): null pointer",
        "overflow": r"fault at 0x\w+ \(write, ip 0x\w+ recurse[.\w]*\+0x\w+\): stack overflow",
        "divide": r"divide error at ip 0x\w+ \(end_by\+0x\w+\)",
        "breakpoint": r"breakpoint at ip 0x\w+ \(end_by\+0x\w+\)"}


@pytest.mark.parametrize("options", PATHS, ids=["pager", "ipc", "self", "kernel"])
@pytest.mark.parametrize("end", ENDS)
def test_no_text_is_lost_at_the_end(end, options):
    kernel = built("KFAULT=1") if options.get("FAULTS") == "kernel" else {}
    result = run_app(f"output_before_the_end {end}", smp=2, **options, **kernel)
    assert result.status == 98, result
    assert result.output.count(f"text before {end}|") == 1, result
    assert re.search(ENDS[end], result.output), result


def test_no_text_is_lost_for_want_of_memory():
    """The end itself may need pages, and gets none: it is said why, in any case."""
    result = run_app("output_before_the_end limit", smp=1)
    assert result.status == 98 and result.output.count("text before limit|") == 1, result
    assert re.search(r"fault at 0x\w+ \(write, ip 0x\w+ memset\+0x\w+\): limit reached", result.output), result
