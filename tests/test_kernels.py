"""The other kernels: the one that checks more (DEBUG=1), and the one for a single CPU (NCPU=1); and what the
compiler is to refuse."""

import itertools
import subprocess

import pytest

from conftest import ROOT, clean_environment, own_errors, run_app, run_command


def built(option):
    """Builds that kernel, if another test does not right now; the option for run_app()."""
    folder = {"DEBUG=1": "debug", "NCPU=1": "up", "KFAULT=1": "kfault",
              "FAILHOOK=1": "fail", "BARE=1": "bare"}[option]
    subprocess.run(["make", "-s", f"build/{folder}/kernel.elf"], cwd=ROOT, env=clean_environment(), check=True)
    return dict([option.split("=")])


@pytest.mark.parametrize("smp", [1, 2, 4])
@pytest.mark.parametrize("program", ["stress_forktrees", "ipc_stress", "pager_two_fault_at_once",
                                     "tlb_unshare_reaches_other_cpu", "env_stop_and_kill_take_hold",
                                     "hint_queries_are_no_hints"])
def test_no_function_lacks_the_lock(program, smp):
    result = run_app(program, smp=smp, **built("DEBUG=1"))
    assert result.status == 0, result


@pytest.mark.parametrize("program, smp", [("stress_forktrees", 1), ("ipc_stress", 1), ("memstat", 2)])
def test_kernel_for_one_cpu_works(program, smp):
    """On a machine with more CPUs it leaves the others alone."""
    result = run_app(program, smp=smp, **built("NCPU=1"))
    assert result.status == 0, result


@pytest.mark.parametrize("one, other", itertools.combinations(["DEBUG", "NCPU", "KFAULT", "FAILHOOK", "BARE"], 2))
def test_two_kernels_at_once_are_refused(one, other):
    """By make, whatever is to be made, and by scripts/run; none of the two is dropped."""
    text = f"{one}=1 {other}=1 are a kernel each: one at a time"
    for command in (["make", f"{one}=1", f"{other}=1"], ["make", "run", f"{one}=1", f"{other}=1", "APP=hello"]):
        result = run_command(command)
        assert result.status == 2 and text in result.errors, result
        assert own_errors(result).count("\n") == 1, result
    result = run_command(["scripts/run", "--check"], **{one: 1, other: 1})
    assert result.status == 2 and text in result.errors, result


def test_cd_has_one_kernel():
    for option in ({"KFAULT": 1}, {"BARE": 1}, {"PAGER": "build/pager.elf"}):
        result = run_command(["scripts/run", "--check"], ISO=1, **option)
        assert result.status == 2 and "ISO=1 boots what is on the CD" in result.errors, result


@pytest.mark.parametrize("behind", ["", "X(SELF, ", "X(TRACE, ", "X(HINT, "])
def test_system_call_without_a_function_is_a_build_error(behind, tmp_path):
    """A new name in the list of system calls, at its begin, in its middle or near its end, and nothing else."""
    header = tmp_path / "kernel/abi/syscall.h"
    header.parent.mkdir(parents=True)
    text = (ROOT / "kernel/abi/syscall.h").read_text(encoding="utf-8")
    assert text.count(behind) == 1 or not behind
    added = f'X(FORGOTTEN, "in", "out", "who", "errors", "cost") {behind}'
    header.write_text(text.replace(behind, added) if behind else text, encoding="utf-8")
    result = run_command(["i686-linux-gnu-gcc", "-std=gnu11", "-ffreestanding", "-fsyntax-only",
                          "-mno-80387", "-I", str(tmp_path), "-I.", "kernel/call/syscall.c"])
    assert result.status == (1 if behind else 0), result
    assert ("static assertion failed" in result.errors) == bool(behind), result
