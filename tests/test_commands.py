"""The commands that people rely on: options, messages and exit statuses of make and scripts/run."""

import fnmatch
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from conftest import ROOT, Shell, Terminal, boot_with, clean_environment, own_errors, run_app, run_command
from parley import cli, programs, qemu
from parley.fairclock import FairClock
from parley.options import BUILD_NAMES, NAMES


def test_help_names_every_command():
    result = run_command(["make", "help"])
    assert result.status == 0
    for command in ("setup", "run", "test", "check", "iso", "gdb", "clean"):
        assert f"make {command}" in result.output
    for option in NAMES + BUILD_NAMES:
        assert f"{option}=" in result.output


@pytest.mark.parametrize("option, says", [
    ("SMP=0", "from 1 to 16"), ("SMP=99", "from 1 to 16"), ("SMP=abc", "from 1 to 16"),
    ("SMP=-1", "from 1 to 16"), ("MEM=4", "from 16 to 3072"), ("MEM=1G", "from 16 to 3072"),
    ("TIMEOUT=x", "TIMEOUT=x"), ("ACCEL=fast", "tcg or kvm"), ("ICOUNT=yes", "1, 2, 4"), ("ICOUNT=3", "1, 2, 4"),
    ("APP=nosuch", "no program 'nosuch'"), ("APP=hello & nosuch 3", "no program 'nosuch'"),
    ("APP=hello; time nosuch", "no program 'nosuch'"), ("APP=hello 'x", "quote"), ("APP=hello | cat", "APP: |: there are no pipes"),
    ("APP=hello >x", "APP: >: input and output cannot"), ("APP=cat<README", "APP: <: input and output cannot"),
    ("APP=hello && hello", "APP: &&: there are no conditions"), ("APP=hello||hello", "APP: ||: there are no cond"),
    ("APP=hello ;; hello", "APP: no command before ;"), ("APP=& hello", "APP: no command before &"),
])
def test_bad_value_gets_one_line(option, says):
    result = run_command(["make", "run", option])
    assert result.status != 0
    lines = result.errors.splitlines()
    assert len(lines) == 1 and "make run: " in lines[0] and says in lines[0], result
    assert result.output == "", result


OTHERS_VARIABLES = ["PAGER=less", "DEBUG=1", "NCPU=1", "SMP=99", "APP=nosuch", "TRACE=/nosuch/x", "ISO=1", "V=1", "Q=x",
                    "T=--nosuch", "CPATH=/usr/include", "NASMENV=-DNOSUCH -i/nosuch"]


@pytest.mark.parametrize("command", [["make", "run"], ["make", "-e", "run"], ["scripts/run"]])
def test_what_others_export_is_no_option(command):
    result = run_command(["env", *OTHERS_VARIABLES, *command, "APP=hello", "SMP=1"])
    assert result.status == 0 and result.output.startswith("hello, world\n") and own_errors(result) == "", result


def test_options_by_the_name_parley():
    """What make's command line says counts more."""
    result = run_command(["env", "PARLEY_APP=hello", "PARLEY_SMP=99", "make", "run", "SMP=1"])
    assert result.status == 0 and "hello, world" in result.output, result
    result = run_command(["env", "PARLEY_SMP=99", "make", "run", "APP=hello"])
    assert result.status == 2 and "SMP=99: must be a number" in result.errors, result


@pytest.mark.parametrize("command, says", [
    (["make", "SMPP=3"], "no option SMPP= (did you mean SMP?)"), (["make", "run", "mem=64"], "did you mean MEM?"),
    (["make", "check", "Q="], "no option Q="), (["env", "PARLEY_TIMEOT=3", "make"], "did you mean TIMEOUT?"),
    (["scripts/run", "SMPP=3"], "did you mean SMP?"), (["scripts/run", "hello"], "options are NAME=VALUE"),
    (["scripts/trace", "--run", "SMPP=3"], "did you mean SMP?"), (["scripts/gdb", "SMPP=3"], "did you mean SMP?"),
    (["make", "run", "APP=helo"], "no program 'helo' (did you mean hello?)"),
    (["make", "run", "APP=ipc_stress"], "TESTS=1"), (["make", "run", "PAGER=less"], "PAGER=less: no such file"),
    (["make", "run", "PAGER=README.md"], "PAGER=README.md: not a program"),
    (["make", "run", "BOOTARGS=wrong=1"], "no boot word 'wrong=1'"), (["make", "run", "BOOTARGS=quite"], "mean quiet?"),
    (["make", "run", "BOOTARGS=around=many"], "must be a number"),
    (["make", "run", "BOOTARGS=around=99"], "must be a number from 1 to 64"),
    (["make", "run", "BOOTARGS=deadline=4294968"], "must be a number from 0 to 4294967"),
    (["make", "bench-check", "SMP=3"], "bench-check takes no SMP="), (["make", "bench", "B99"], "no goal B99 (one row: make run"),
    (["make", "gdb", "SMP=99"], "make gdb: SMP=99"), (["make", "run", "BOOTARGS=app=hello"], "use APP="),
    (["make", "run", "BOOTARGS=faults=ipc"], "use FAULTS="), (["scripts/bench", "B99"], "B99"),
    (["make", "run", "BOOTARGS=" + "quiet " * 180], "at most 1023"),
])
def test_unknown_is_one_line(command, says):
    result = run_command(command)
    assert result.status == 2 and result.output == "", result
    assert says in result.errors and own_errors(result).count("\n") == 1, result


def test_kernel_refuses_a_line_over_its_limit():
    status, output = boot_with("quiet " * 180 + "app=hello")
    assert status == 2 * qemu.PANIC_STATUS + 1 and "a line of more than 1023 characters" in output, output
    status, output = boot_with("quiet " * 160 + "app=hello")
    assert status == 1 and "hello, world" in output, output


def test_guest_names_boot_words_that_nobody_reads():
    status, output = boot_with("quiet faults=slef around=4 wrong=1 app=hello wrong=2")
    assert status == 1 and "hello, world" in output, output
    assert re.findall(r"no boot word '(.*)'", output) == ["faults=slef", "wrong=1"], output


def test_bench_names_a_part_that_it_has_not():
    result = run_app("bench B1 B99", tests=False)
    assert result.status == 1 and result.output.count("\n") == 1, result
    assert "bench: no part B99 (have: calibrate B1" in result.output, result


def test_end_of_input_ends_the_session():
    result = run_command(["bash", "-c", "printf 'hello\\npoweroff 4' | scripts/run"])
    assert result.status == 4 and "hello, world" in result.output, result
    assert run_command(["scripts/run"]).status == 0  # no input at all


@pytest.mark.parametrize("files, status, says", [
    ("<&-", 5, ""), (">&-", 5, ""), ("2>&-", 5, ""), ("<&- >&- 2>&-", 5, ""), ("2>/dev/full", 5, ""),
    (">/dev/full", 123, "make run: standard output: No space left on device\n"),
])
def test_standard_files_that_are_closed_or_full(files, status, says):
    result = run_command(["bash", "-c", f"exec scripts/run {files}"], APP="cat README; exit 5", SMP=1)
    assert (result.status, own_errors(result)) == (status, says), result


@pytest.mark.parametrize("command", ["make run", "make -j1 run"])
@pytest.mark.parametrize("files", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_standard_files_of_make_that_are_closed_or_full(command, files):
    result = run_command(["bash", "-c", f"exec {command} {files}"], APP="cat README", SMP=1)
    assert (result.status, own_errors(result)) == (0, ""), result


def test_session_without_input_ends():
    assert run_command(["bash", "-c", "exec scripts/run <&-"]).status == 0


# What every script ends by.
PRINTS = "python3 -B -c 'import time; from parley import cli; time.sleep(0.2); cli.open_standard_files(); cli.run_main(lambda: print() or 7)'"


@pytest.mark.parametrize("command, status", [
    (f"{PRINTS} >/dev/full", 123), (f"{PRINTS} | true", 141), (f"{PRINTS} >&-", 7), ("scripts/run SMP=0 2>/dev/full", 2),
    ("scripts/trace no-such-file", 1),
])
def test_scripts_end_without_a_traceback(command, status):
    result = run_command(["bash", "-o", "pipefail", "-c", command], PYTHONPATH="tools")
    assert result.status == status and result.errors.count("\n") <= 1 and "Trace" not in result.errors, result


def test_closed_output_is_no_traceback():
    result = run_command(["bash", "-c", "scripts/run | head -n 1"], APP="cat README; cat README")
    assert result.errors == "", result


def test_ctrl_c_ends_a_run_at_a_terminal():
    child = Terminal(["scripts/run"], clean_environment(APP="hello; spin", SMP=1), timeout=1500, encoding="utf-8")
    child.expect_exact("hello, world")  # by now the terminal is as it stays
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130  # TIMEOUT would be 124


def test_bad_value_lists_the_programs():
    assert "hello" in run_command(["make", "run", "APP=nosuch"]).errors


def test_builtins_are_those_of_the_shell(shell):
    text = shell(SMP=1).run("help")
    for name in programs.BUILTINS:
        assert re.search(rf"\b{name}\b", text), text


def path_without(tool, folder):
    """A PATH in which all tools are but one, or those whose names begin with `tool` up to a `*`."""
    for place in ("/usr/bin", "/bin"):
        for name in os.listdir(place):
            link = folder / name
            if not fnmatch.fnmatch(name, tool) and not link.is_symlink():
                link.symlink_to(f"{place}/{name}")
    return str(folder)


@pytest.mark.parametrize("goal, tool", [
    ("all", "nasm"), ("all", "i686-linux-gnu-gcc"), ("gdb", "gdb"),
    ("check", "clang-format"), ("iso", "grub-mkrescue"),
])
def test_missing_tool_names_setup(goal, tool, tmp_path):
    result = run_command(["/usr/bin/make", goal], PATH=path_without(tool, tmp_path))
    assert result.status != 0
    setup = "make setup " + goal if tool in ("gdb", "clang-format", "grub-mkrescue") else "make setup"
    assert f"{tool} is missing; run '{setup}'" in result.errors, result


def test_missing_qemu_names_setup(tmp_path):
    path = path_without("qemu-system-*", tmp_path)
    result = run_command(["/usr/bin/make", "run", "APP=hello"], PATH=path)
    assert "qemu-system-i386 is missing; run 'make setup'" in result.errors, result
    result = run_command(["scripts/run"], PATH=path)
    assert "qemu-system-i386 is missing; run 'make setup'" in result.errors, result


def test_qemu_for_64_bits_serves(tmp_path):
    result = run_command(["scripts/run"], PATH=path_without("qemu-system-i386", tmp_path), APP="hello", SMP=2)
    assert result.status == 0 and "hello, world" in result.output, result


def fake(folder, name, text):
    """A tool: what `text` does, a shell script."""
    tool = folder / name
    tool.unlink(missing_ok=True)
    tool.write_text(f"#!/bin/sh\n{text}\n")
    tool.chmod(0o755)


def found_tools(path, **options):
    result = run_command(["mk/tools.sh"], PATH=path, **options)
    assert result.status == 0, result
    return dict(line.split("=", 1) for line in result.output.splitlines())


def fake_compiler(folder, prefix, machine_name, libgcc="echo 32.a"):
    """Only what mk/tools.sh asks a compiler, and where its 32-bit library is."""
    fake(folder, prefix + "objcopy", "exit 0")
    fake(folder, prefix + "gcc", f"""case "$*" in -dumpmachine) echo {machine_name} ;;
*-m32*) {libgcc} ;; *) echo 64.a ;; esac""")


@pytest.mark.parametrize("prefix, machine_name, m32", [
    ("i686-elf-", "i686-elf", ""), ("x86_64-elf-", "x86_64-elf", "-m32"), ("", "x86_64-linux-gnu", "-m32"),
])
def test_another_compiler_is_found(prefix, machine_name, m32, tmp_path):
    path = path_without("*gcc", tmp_path)
    fake_compiler(tmp_path, prefix, machine_name)
    tools = found_tools(path)
    assert (tools["cross"], tools["m32"]) == (prefix, m32)


def test_half_a_compiler_is_not_taken(tmp_path):
    """Most compilers for 64 bits have no library for 32; the others are of another machine."""
    path = path_without("*gcc", tmp_path)
    fake_compiler(tmp_path, "x86_64-elf-", "x86_64-elf", "echo 64.a")
    fake_compiler(tmp_path, "", "aarch64-linux-gnu")
    assert found_tools(path)["cross"] == "i686-linux-gnu-"


def test_cross_chooses_the_compiler(tmp_path):
    """On the command line of make, for the compiler and for what the scripts use; not from the environment."""
    for name in ("gcc", "ar", "objcopy", "addr2line"):
        fake(tmp_path, f"x-{name}", f'echo "{name} $*" >>{tmp_path}/used; exec i686-linux-gnu-{name} "$@"')
    path = f"{tmp_path}:{os.environ['PATH']}"
    result = run_command(["make", "-n", "-B", "CROSS=x-", "build/libsys/string.o"], PATH=path)
    assert "x-gcc" in result.output and "i686-linux-gnu-" not in result.output, result
    assert "x-gcc" not in run_command(["make", "-n", "-B", "build/libsys/string.o"], PATH=path, CROSS="x-").output
    result = run_command(["scripts/run"], PATH=path, PARLEY_CROSS="x-", APP="hello", BOOTARGS="panic")
    assert "boot_main kernel/boot/boot.c" in result.output, result
    assert "addr2line -f" in (tmp_path / "used").read_text()
    result = run_command(["make", "CROSS=nosuch-"])
    assert result.status == 2 and "nosuch-gcc is missing: CROSS=nosuch-" in result.errors, result


def compile_like(target, text, folder, *more):
    """Compiles text with the command that makes `target`, an object."""
    source = folder / "program.c"
    source.write_text(text)
    made = run_command(["make", "-n", "-B", target]).output
    file = target.replace("build/", "").replace(".o", ".c")
    line = next(line for line in made.splitlines() if f" -c -o {target} {file}" in line)
    words = shlex.split(line[:line.index(f" -o {target}")].replace("$FILE_PREFIX_MAP", f"-ffile-prefix-map={ROOT}=."))
    words = [word for word in words if word not in ("-MMD", "-MP")]
    return run_command([*words, *(more or ("-o", "/dev/null")), str(source)])


@pytest.mark.parametrize("program, header, found", [
    ("apps/hello", "stdio.h", "libsys/stdio.h"), ("apps/hello", "limits.h", "libsys/limits.h"),
    ("apps/hello", "unistd.h", None), ("apps/hello", "linux/types.h", None), ("apps/hello", "bits/types.h", None),
    ("apps/jos/hello", "inc/stdio.h", "libsys/jos/inc/stdio.h"), ("apps/jos/hello", "unistd.h", None),
    ("kernel/cpu/lock", "stdio.h", None), ("kernel/cpu/lock", "stdint.h", "stdint-gcc.h"),
])
def test_no_header_of_a_c_library_is_found(program, header, found, tmp_path):
    """Parley's own, the compiler's own, or a clear error; whatever host and compiler brought along."""
    result = compile_like(f"build/{program}.o", f"#include <{header}>\n", tmp_path)
    if found is None:
        assert f"{header}: No such file or directory" in result.errors, result
    else:
        assert result.status == 0, result
        names = compile_like(f"build/{program}.o", f"#include <{header}>\n", tmp_path, "-M").output
        assert found in names and "/usr/include" not in names, names


def test_python_is_one_that_has_the_modules(tmp_path):
    path = path_without("python3*", tmp_path)
    fake(tmp_path, "python3", "exit 1")
    result = run_command(["mk/tools.sh", "python", "pytest", "pexpect"], PATH=path)
    assert result.output.strip() == "/usr/bin/python3", result
    assert run_command(["mk/tools.sh", "python", "no_such_module"]).output == ""
    fake(tmp_path, "python3", 'exec /usr/bin/python3 "$@"')
    result = run_command(["scripts/run", "--check"], PATH=path)
    assert result.status == 0, result  # no script has a fixed path
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True,
                               check=True).stdout.splitlines():
        with open(ROOT / name, "rb") as file:
            assert not file.readline().startswith(b"#!/usr/bin/python"), name


def test_setup_is_silent_and_fast_when_complete():
    start = os.times()
    result = run_command(["mk/setup.sh", "test"])
    assert (result.status, result.output, result.errors) == (0, "", "")
    end = os.times()
    assert end.children_user + end.children_system - start.children_user - start.children_system < 1


def setup_with(folder, *goals, **tools):
    """Runs mk/setup.sh with fakes of what it asks: by default on a machine that has nothing of Debian's packages, as
    root, with an apt that says how much it would bring and notes what it is told to do in `done`."""
    apt = f"""echo "apt-get $*" >>{folder}/done
case "$*" in *--assume-no*) echo 'Need to get 42.8 MB/74.4 MB of archives.'
echo 'After this operation, 1,311 MB of additional disk space will be used.'; exit 1 ;; esac"""
    for name, text in {"dpkg-query": "exit 1", "dpkg": "echo amd64", "apt-get": apt, "id": "echo 0",
                       "sudo": 'exec "$@"', **{name.replace("_", "-"): text for name, text in tools.items()}}.items():
        fake(folder, name, text)
    done = folder / "done"
    done.unlink(missing_ok=True)
    result = run_command(["mk/setup.sh", *goals], PATH=f"{folder}:{os.environ['PATH']}")
    result.done = done.read_text() if done.exists() else ""
    return result


def packages_of(result):
    """What it says that it installs, without how much that is."""
    return set(re.search(r"to install: ([^(\n]*)", result.output)[1].split())


BASE = {"make", "gcc-i686-linux-gnu", "nasm", "qemu-system-x86", "python3"}
HOST = {"gcc", "libc6-dev"}
ISO = {"grub-pc-bin", "grub-common", "xorriso", "mtools"}


@pytest.mark.parametrize("goals, more", [
    ([], set()), (["run"], set()), (["bench-check"], set()), (["check"], {"clang-format"}), (["gdb"], {"gdb"}),
    (["iso"], ISO), (["build/parley.iso"], ISO), (["fresh"], {"mmdebstrap", "git"}),
    (["race"], HOST), (["model"], HOST | {"spin"}),
    (["check", "test"], ISO | HOST | {"clang-format", "gdb", "spin", "python3-pytest", "python3-pexpect", "python3-pytest-xdist"}),
])
def test_setup_brings_what_the_goals_need(goals, more, tmp_path):
    result = setup_with(tmp_path, *goals)
    assert result.status == 0 and packages_of(result) == BASE | more, result
    lines = result.done.splitlines()
    assert lines[0].startswith("apt-get update") and lines[-1].startswith("apt-get install -y"), lines
    assert set(lines[-1].split()) >= BASE | more


def test_make_sees_what_setup_brought(tmp_path):
    """The goals behind `setup` are told to it, and are made with the tools that it installed: all in one make."""
    path = path_without("i686-linux-gnu-gcc", tmp_path)
    for name, text in (("dpkg-query", "exit 1"), ("id", "echo 0"),
                       ("apt-get", f"""case "$*" in *-y*clang-format*grub*)
echo '#!/bin/sh' >{tmp_path}/i686-linux-gnu-gcc
echo 'exec /usr/bin/i686-linux-gnu-gcc "$@"' >>{tmp_path}/i686-linux-gnu-gcc
chmod +x {tmp_path}/i686-linux-gnu-gcc ;; esac""")):
        fake(tmp_path, name, text)
    result = run_command(["/usr/bin/make", "-o", "check", "setup", "build/libsys/string.o", "check", "ISO=1"], timeout=600, PATH=path)
    assert result.status == 0, result
    assert "clang-format grub-common" in result.errors, result


def test_setup_says_how_much_before_it_installs(tmp_path):
    result = setup_with(tmp_path)
    assert "python3 (42.8 MB to download, 1,311 MB of disk)\n" in result.output, result
    assert "qemu-system-x86 python3\n" in setup_with(tmp_path, apt_get="exit 0").output


@pytest.mark.parametrize("sudo", [True, False])
def test_line_for_those_who_are_not_root_works_when_copied(sudo, tmp_path):
    """With sudo and without: as printed it renews the lists, then installs."""
    path = path_without("sudo", tmp_path)
    for name, text in (("dpkg-query", "exit 1"), ("id", "echo 1000"), ("sudo", 'exec "$@"'),
                       ("su", f'echo "su $1 $2" >>{tmp_path}/done; eval "$3"'),
                       ("apt-get", f'echo "apt-get $*" >>{tmp_path}/done')):
        if sudo or name != "sudo":
            fake(tmp_path, name, text)
    result = run_command(["mk/setup.sh"], PATH=path)
    line = re.search(r"not root; run this, then try again: (.*)\n$", result.errors)[1]
    assert result.status == 1 and line.startswith("sudo " if sudo else "su - -c "), result
    (tmp_path / "done").unlink()
    subprocess.run(["/bin/sh", "-c", line], env={"PATH": path}, check=True)
    did = [text for text in (tmp_path / "done").read_text().splitlines() if text != "su - -c"]
    assert did[0] == "apt-get update" and did[1].startswith("apt-get install -y --no-install-recommends"), did


def test_setup_without_a_network_says_so_in_one_line(tmp_path):
    apt = "case \"$*\" in *--assume-no*) exit 1 ;; esac; echo 'W: nothing here' >&2; echo 'E: no such host' >&2; exit 100"
    result = setup_with(tmp_path, apt_get=apt)
    assert result.status == 1 and "is there a network? (nothing here)" in result.errors, result
    assert result.errors.count("\n") == 1 and result.output.count("\n") == 1, result


def test_setup_goes_on_when_one_archive_of_several_does_not_answer(tmp_path):
    result = setup_with(tmp_path, apt_get="""case "$*" in update*) echo "E: other archive" >&2; exit 100 ;;
*-y*python3) echo installing ;; esac""")
    assert result.status == 0 and "installing" in result.output and "(other archive)" in result.errors, result


def test_setup_on_another_kind_of_machine_has_no_grub_for_the_bios(tmp_path):
    result = setup_with(tmp_path, "iso", dpkg="echo arm64")
    assert result.status == 0 and packages_of(result) == BASE | ISO - {"grub-pc-bin"}, result


def test_setup_takes_the_compiler_that_is_there(tmp_path):
    """gcc-multilib does not go together with Debian's cross compiler, and need not."""
    path = path_without("*gcc", tmp_path)
    fake_compiler(tmp_path, "", "x86_64-linux-gnu")
    for name, text in (("dpkg-query", "echo 'ii  gcc-multilib'"), ("id", "echo 1000")):
        fake(tmp_path, name, text)
    result = run_command(["mk/setup.sh"], PATH=path)
    assert packages_of(result) == BASE - {"gcc-i686-linux-gnu"}, result


def test_setup_names_the_conflict_with_multilib(tmp_path):
    """Where its compiler was taken away."""
    result = setup_with(tmp_path, dpkg_query="echo 'ii  gcc-multilib'")
    assert result.status == 1 and "apt-get remove gcc-multilib" in result.errors


def copy_tree(place, *without):
    """A copy of the tree without these paths; nothing in it is older or newer than here."""
    left = {ROOT / name for name in (".git", *without)}
    shutil.copytree(ROOT, place, ignore=lambda folder, names: [name for name in names if Path(folder) / name in left])
    return place


@pytest.fixture(scope="module", name="tree")
def odd_tree(tmp_path_factory):
    """A tree to break, whose path has what shells and makes take for theirs."""
    place = tmp_path_factory.mktemp("tree") / "it's a \"$HOME\" & more, or 100% #1"
    return copy_tree(place, "build/debug", "build/fail", "build/iso", "build/up", "build/bare", "build/linux")


@contextmanager
def files_in(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        for name in files:
            (folder / name).unlink()


def test_path_of_the_tree_may_have_any_character(tree):
    result = run_command(["make", "run", "APP=hello", "SMP=1"], cwd=tree)
    assert result.status == 0 and "hello, world" in result.output and result.errors == "", result  # all is built
    (tree / "kernel/boot/boot.c").touch()
    (tree / "apps/forktree.c").touch()
    result = run_command(["make", "run", "APP=hello", "BOOTARGS=panic"], timeout=120, cwd=tree)
    assert re.search(r"^  #0 0x\w+ boot_main kernel/boot/boot.c:\d+$", result.output, re.M), result
    result = run_command(["scripts/gdb", "APP=forktree", "-batch", "-ex", "info line boot_main", "-ex", "info line main"],
                         cwd=tree)
    assert re.search(r'kernel/boot/boot.c" starts.*apps/forktree.c" starts', result.output, re.S), result
    result = run_command(["make", "trace", "APP=hello", f"PAGER={tree}/build/pager.elf"], cwd=tree)
    assert result.status == 2 and "space in its path" in result.errors, result
    result = run_command(["make", "trace", "APP=hello"], cwd=tree)
    assert result.status == 0 and (tree / "build/trace.json").is_file(), result
    result = run_command([sys.executable, "-B", "-m", "pytest", "-q", "-k", "app_prints_only", "tests/test_commands.py"],
                         cwd=tree)
    assert result.status == 0, result


def test_change_to_a_program_builds_only_that(tree):
    (tree / "apps/hello.c").touch()
    result = run_command(["make", "run", "APP=hello", "SMP=1"], cwd=tree)
    assert result.status == 0, result
    lines = [line.split() for line in result.errors.splitlines()]
    assert lines == [["CC", "apps/hello.c"], ["LD", "build/apps/hello"], ["PACK", "build/apps.cpio"]], result


LONG = "a" * 32
BROKEN = {"broken.c": "int main(void) { return missing; }\n", "unlinked.c": "int f(void);\nint main(void) { return f(); }\n",
          f"{LONG}.c": "int main(void) { return 0; }\n", "help.c": "int main(void) { return 0; }\n",
          "two words.c": "int main(void) { return 0; }\n", "jos.c": "int main(void) { return 0; }\n"}


def test_bad_program_stops_no_other(tree):
    with files_in(tree / "apps", BROKEN):
        result = run_command(["make", "run", "APP=hello", "SMP=1"], cwd=tree)
        assert result.status == 0 and result.output.startswith("hello, world\n"), result
        for name, why in (("broken", "does not build"), ("unlinked", "does not build"), ("help", "of the shell's own"),
                          (LONG, "32 characters long, at most 31"), ("two words", "letters, digits"), ("jos", "not jos")):
            assert re.search(rf"^make: build/apps.cpio goes without {name}: .*{why}", result.errors, re.M), result
        assert "apps/broken.c:1:" in result.errors and "undefined reference to `f'" in result.errors, result
        result = run_command(["make", "run", "APP=hello & broken"], cwd=tree)
        assert result.status == 2 and "make run: broken cannot run: it does not build (apps/broken.c:1:25: error: " in result.errors, result
        result = run_command(["make", "all"], timeout=200, cwd=tree)
        assert result.status == 2, result
        for name in (LONG, "broken", "help", "jos", "two words", "unlinked"):
            assert f"make: not built: {name}: " in result.errors, result
        result = run_command(["make", "all"], timeout=200, cwd=tree)  # what was not compiled again is said again
        assert "make: not built: broken: it does not build (apps/broken.c:1:25: error: " in result.errors, result
        assert re.search(r"make: not built: unlinked: it does not build \(apps/unlinked\.c:2:\S* undefined reference to `f'\)", result.errors), result
        result = run_command(["scripts/check"], cwd=tree, timeout=120)
        assert result.status == 1 and "check: apps.cpio goes without unlinked: it does not build" in result.output, result
    result = run_command(["make", "all"], timeout=200, cwd=tree)
    assert result.status == 0 and "goes without" not in result.errors, result


def test_two_programs_of_one_name_are_said(tmp_path):
    result = run_command(["scripts/pack", str(tmp_path / "small.cpio"), "build/packed/apps/hello", "build/packed/tests/hello"])
    assert result.status == 0 and b"hello" in (tmp_path / "small.cpio").read_bytes(), result
    assert re.fullmatch(r"make: .*/small.cpio goes without tests/hello: there is another .*\n", result.errors), result


WARNS = """#include "libsys/stdio.h"
static int deep(int n)
{
	volatile char room[256];
	room[0] = (char)n;
	return deep(n + 1) + room[0];
}
int main(int argc, char *argv[])
{
	int unused;
	(void)argv;
	if (argc > 1) {
		return deep(argc);
	}
	*(volatile int *)4 = 1;
	return 0;
}
"""


def test_warning_of_a_program_is_shown_and_fails_only_the_check(tree):
    with files_in(tree / "apps", {"warns.c": WARNS}):
        result = run_command(["make", "run", "APP=warns; warns deep", "SMP=1"], cwd=tree)
        assert result.status == 2 and "unused variable" in result.errors and "run] Error 98" in result.errors, result
        assert "array-bounds" not in result.errors and len(re.findall(r"^warns\[\d+\]: ", result.output, re.M)) == 2, result
        result = run_command(["scripts/check"], cwd=tree, timeout=120)
        assert result.status == 1 and re.search("^check: apps/warns.c:10:.*unused variable", result.output, re.M), result
    (tree / "build/apps/warns.o.said").unlink()


def test_check_without_clang_format_says_so_and_goes_on(tmp_path):
    result = run_command(["scripts/check"], timeout=120, PATH=path_without("clang-format", tmp_path))
    lines = [line for line in result.output.splitlines() if not line.startswith(("check: (look) ", "check: kernel: "))]
    assert lines == ["check: clang-format is missing; run 'make setup check' to install it", "check: 1 failures"]
    assert result.status == 1 and "check: kernel: " in result.output, result


def test_make_waits_for_another(tree):
    """The claim of a make that ends, whatever ends it, holds nobody up; nor does one of those who started us."""
    with subprocess.Popen(["sleep", "100"]) as other:
        subprocess.run([tree / "mk/claim.sh", "take", str(other.pid)], check=True)
        with subprocess.Popen(["make", "build/flags"], cwd=tree, env=clean_environment(), stderr=subprocess.PIPE,
                              text=True) as waiting:
            line = waiting.stderr.readline()
            assert line == f"make: another make (process {other.pid}) builds in this folder; waiting until it has built\n"
            assert waiting.poll() is None
            other.kill()
            other.wait()
            assert waiting.wait(30) == 0 and waiting.stderr.read() == ""
    result = run_command(["bash", "-c", "mk/claim.sh take $$; make build/flags; make clean -n"], cwd=tree)
    assert result.status == 0 and result.errors == "", result


def test_two_makes_at_once_build_once(tree):
    (tree / "libsys/string.c").touch()
    command = ["make", "build/libsys.a"]
    both = [subprocess.Popen(command, cwd=tree, env=clean_environment(), stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.DEVNULL) for _ in range(2)]
    output = "".join(make.communicate(timeout=60)[0] for make in both)
    assert [make.returncode for make in both] == [0, 0] and output.count("string.c") == 1, output


def test_a_guest_that_runs_holds_no_make_up():
    session = Shell(command=("make", "run", "SMP=1"), timeout=120)
    try:
        result = run_command(["make", "build/flags"])
        assert result.status == 0 and f"make (process {session.child.pid})" not in result.errors, result
    finally:
        session.close()


@pytest.mark.parametrize("built, says", [(True, r"build\S* is \w+'s and not yours to write; 'sudo chown -R"),
                                         (False, r"cannot make build/ here: the folder \S+ is \w+'s")])
def test_tree_of_another_user_is_one_line(built, says):
    """As a user who may only read: one who is not root, or who makes the folder so."""
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_tree(Path(folder) / "tree", "build")
        (tree / "build").mkdir() if built else None
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        Path(folder).chmod(0o755)
        for place in (tree / "build" if built else tree, tree):
            place.chmod(0o555)
        result = run_command([*user, "make", "run", "APP=hello"], cwd=tree)
        tree.chmod(0o755)
    assert result.status == 2 and result.errors.count("\n") == 1 and re.search(says, result.errors), result


def test_run_before_anything_is_built(tmp_path):
    tree = copy_tree(tmp_path / "tree", "build")
    assert run_command(["scripts/run", "--check", "PAGER=build/tests/servers/x.elf"], cwd=tree).status == 0  # for make
    for command in (["scripts/run"], ["scripts/run", "APP=hello"], ["scripts/gdb"], ["scripts/trace", "--run", "APP=hello"],
                    ["scripts/fuzz"], ["scripts/faults-table"], ["scripts/transcript"]):
        result = run_command(command, cwd=tree)
        assert result.status == 2 and " is not built: make run builds what it needs" in result.errors, result
        assert result.errors.count("\n") == 1 and result.output == "", result


@pytest.mark.parametrize("name", ["qemu", "qemu-system-i386", "qemu-system-x86_64"])
@pytest.mark.parametrize("app", ["", "hello"])
def test_qemu_that_does_not_start_is_no_success(name, app, tmp_path):
    tool = tmp_path / "qemu-system-i386"
    tool.write_text(f"#!/bin/sh\necho \"{name}: could not open kernel file 'x': No such file\" >&2\nexit 1\n")
    tool.chmod(0o755)
    result = run_command(["scripts/run"], PATH=f"{tmp_path}:{os.environ['PATH']}", APP=app)
    assert result.status == 126 and "QEMU could not start" in result.errors, result


def test_second_make_builds_nothing():
    result = run_command(["make"], timeout=120)
    assert result.status == 0 and result.output == "", result
    result = run_command(["make", "build/libsys/string.o", "build/apps/jos/hello.o"])  # whichever asks for the flags first
    assert result.status == 0 and "  CC " not in result.output + result.errors, result


@pytest.mark.parametrize("smp, mem", [(1, 16), (16, 128), (4, 3072), (16, 16)])
def test_extremes_of_cpus_and_memory(smp, mem):
    result = run_app("hello", smp=smp, mem=mem, tests=False)
    assert result.status == 0 and "ello" in result.output, result


def test_app_prints_only_its_output():
    result = run_app("hello", tests=False)
    assert "\r" not in result.output
    assert result.output.count("\n") <= 3, result


@pytest.mark.parametrize("status", [0, 1, 37, 100])
def test_status_of_the_program_comes_out(status):
    assert run_app(f"exit {status}").status == status
    assert run_app(f"poweroff {status}").status == status


def test_make_run_says_the_status():
    """make's own is 2 whatever a recipe ended with."""
    result = run_command(["make", "run", "APP=exit 3", "SMP=1"])
    assert result.status == 2 and re.fullmatch(r"make: \*\*\* \[Makefile:\d+: run\] Error 3\n", own_errors(result)), result


def test_timeout_ends_a_run():
    start = time.monotonic()
    result = run_app("spin", timeout=4)
    assert result.status == cli.EXIT_TIMEOUT and "TIMEOUT" in result.errors, result
    assert time.monotonic() - start >= 4


@pytest.mark.parametrize("smp", [1, 4])
def test_panic_has_its_own_status_and_symbols(smp):
    result = run_app("hello", smp=smp, bootargs="panic")
    assert result.status == cli.EXIT_PANIC and "kernel panic" in result.errors, result
    frames = re.findall(r"^  #(\d+) 0x[0-9a-f]{8} (\w+) (\S+):(\d+)$", result.output, re.M)
    assert frames, result
    assert any(place.startswith(("kernel/", "nasm/")) for _, _, place, _ in frames), result


def test_panic_in_a_session_ends_with_the_input():
    result = run_command(["scripts/run", "BOOTARGS=panic"], timeout=30)
    assert result.status == cli.EXIT_PANIC and result.output.rstrip().endswith("kernel>"), result


def test_panic_names_the_line_that_called_it():
    lines = (ROOT / "kernel/boot/boot.c").read_text(encoding="utf-8").splitlines()
    line = 1 + next(i for i, text in enumerate(lines) if 'panic("asked for' in text)
    result = run_app("hello", bootargs="panic")
    assert re.search(rf"^  #0 0x[0-9a-f]+ boot_main kernel/boot/boot.c:{line}$", result.output, re.M), result


def qemu_children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_qemu_ends_with_the_script(shell):
    session = shell(SMP=1)
    qemu = qemu_children(session.child.pid)
    assert qemu
    session.child.kill(9)
    clock = FairClock(*qemu)
    while any(is_running(pid) for pid in qemu) and not clock.is_over(5):
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in qemu)


@pytest.mark.parametrize("leave, status", [
    ("poweroff\r", 0), ("poweroff 5\r", 5), ("exit\r", 0), ("\x01x", 0),
])
def test_ways_to_leave(shell, leave, status):
    session = shell(SMP=2)
    session.send(leave)
    assert session.end() == status


def test_make_run_is_interactive():
    session = Shell(command=("make", "run", "SMP=2"), timeout=120)
    try:
        assert "ello" in session.run("hello")
        session.send("poweroff\r")
        assert session.end() == 0
    finally:
        session.close()


@pytest.mark.skipif(not (platform.machine() in ("x86_64", "i686") or os.path.isdir("/usr/lib/grub/i386-pc")),
                    reason="GRUB for the BIOS is only in PCs' Debian")
def test_iso_boots_from_cd(shell):
    assert (ROOT / "build/parley.iso").is_file(), "make iso"
    session = shell(ISO=1, SMP=2, timeout=60)
    assert "ello" in session.run("hello")
    session.send("poweroff\r")
    assert session.end() == 0


def gdb(*commands, **options):
    """What gdb prints for these commands, which must not complain."""
    arguments = [word for command in commands for word in ("-ex", command)]
    result = run_command(["scripts/gdb", "-batch", *arguments], 120, **options)
    complaints = [line for line in result.errors.splitlines() if not line.startswith("warning: ")]
    # At its end gdb kills the machine. QEMU answers and goes, and gdb acknowledges that: to nobody.
    if complaints[-1:] == ["Remote communication error.  Target disconnected.: Broken pipe."]:
        complaints.pop()
    assert result.status == 0 and not complaints, result
    return result.output


def test_gdb_attaches_with_symbols():
    # At procmgr's first instruction its address space is the current one; later, on a busy host, the timer may
    # find any server running.
    output = gdb("thbreak *0xa00000", "continue", "pt 0xa00000", "info symbol 0xa00000",
                 "tbreak trap_user", "continue", "backtrace", "pt 0xf0100000", SMP=2)
    for pattern in (r"#0 +trap_user .* at kernel/[\w/]+\.c:\d+", r"4 MiB page at 00000000\n",
                    r"table [0-9a-f]{8}, entry 512: .* U\n",
                    r"_start in section \.text of .*/?procmgr\.elf"):
        assert re.search(pattern, output), (pattern, output)


def test_gdb_is_not_started_without_qemu():
    result = run_command(["scripts/gdb", "TRACE=/proc/nosuch", "-batch"], 120)
    assert result.status == 126 and result.output == "" and "/proc/nosuch" in result.errors, result
    assert len(result.errors.splitlines()) <= 2, result


DETACHED = "[Inferior 1 (process 1) detached]\n"
ENV = r"0x0000(?:10|13)[0-9a-f]{2}"
# Each command of tools/parley.gdb with all the lines that it prints where six envs wait to send.
GDB_COMMANDS = {
    "envs": r"id          life ipc stopped cpu partner    pending  pages  eip\n"
            rf"(?:{ENV}  [12]    [012]     [01]     (?: 0|- )  0x\w{{8}} [0-9a-f]{{8}} +\d+  0x\w+(?: <.*>)?\n){{9,}}",
    "queues": rf"cpu 0: runs {ENV}  ready:(?: {ENV})*\nwaiting to send:\n(?:  to {ENV}:(?: {ENV})+\n)+",
    "pt &main 0x1003": r"directory [0-9a-f]{8}, entry 2: [0-9a-f]{8}\n"
                       r"table [0-9a-f]{8}, entry 0: [0-9a-f]{8}  frame [0-9a-f]{8} U\n",
    "pt 0xeebfd000 0x1000": r"directory [0-9a-f]{8}, entry 954: [0-9a-f]{8}\n"
                            r"table [0-9a-f]{8}, entry 1021: [0-9a-f]{8}  frame [0-9a-f]{8} W U\n",
    "pt 0 0x1003": r"directory [0-9a-f]{8}, entry 0: 00000000\n",
    "pt 0 0x7f003": r"no env 0x0007f003: `envs` lists all\n",
    "pt": r"usage: pt VA \[ENV\]\n",
    "pt_entries 0xf0000000 (unsigned)$cr3&~0xfff": r"directory [0-9a-f]{8}, entry 960: [0-9a-f]{8}\n4 MiB page at 00000000\n",
}


def test_gdb_commands_print_whole_lines():
    """`envs` once stopped in the middle of its first line."""
    known = set(re.findall(r"^define (\w+)", (ROOT / "tools/parley.gdb").read_text(encoding="utf-8"), re.M))
    assert known == {command.split()[0] for command in GDB_COMMANDS}
    parts = [word for command in GDB_COMMANDS for word in ("echo == \\n", command)]
    output = gdb("thbreak recv_word", "continue", *parts, SMP=1, TESTS=1, FAULTS="self",
                 APP="ipc_senders_queue_in_order")
    for (command, pattern), said in zip(GDB_COMMANDS.items(), output.split("== \n")[1:]):
        assert re.match(pattern, said) and re.sub(pattern, "", said, count=1) in ("", DETACHED), (command, said, output)
    waiting = re.search(rf"^  to ({ENV}):((?: {ENV}){{6}})$", output, re.M)
    assert waiting and f"cpu 0: runs {waiting.group(1)} " in output, output
    for env in waiting.group(2).split():
        assert re.search(rf"^{env}  1    1     0 .* {waiting.group(1)} 00000000 ", output, re.M), output


def test_gdb_has_the_programs_symbols():
    output = gdb("list hello.c:5,5", "thbreak hello.c:8", "continue", "backtrace 1",
                 APP="hello & yield", FAULTS="self", SMP=1)
    assert re.search(r"^5\tint main\(int argc, char \*argv\[\]\)$", output, re.M), output
    assert re.search(r"^#0  main \(argc=1, argv=0x\w+\) at apps/hello.c:8$", output, re.M), output
    assert "for build/apps/yield instead: remove-symbol-file build/apps/hello, add-symbol-file build/apps/yield\n" \
        in output
    assert "apps/sh/main.c" in gdb("info line run_interactive")
    assert "apps/jos/" in gdb("info line umain", APP="jos/hello")
