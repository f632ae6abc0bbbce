"""The other kernels: the one that checks more (DEBUG=1), and the one for a single CPU (NCPU=1)."""

import fcntl
import subprocess

import pytest

from conftest import ROOT, run_app


def built(option):
    """Builds that kernel, one test at a time; the option for run_app()."""
    folder = {"DEBUG=1": "debug", "NCPU=1": "up", "KFAULT=1": "kfault",
              "FAILHOOK=1": "fail", "BARE=1": "bare"}[option]
    with open(ROOT / "build/kernels.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["make", "-s", f"build/{folder}/kernel.elf"], cwd=ROOT, check=True)
    return dict([option.split("=")])


@pytest.mark.parametrize("smp", [1, 2, 4])
@pytest.mark.parametrize("program", ["stress_forktrees", "ipc_stress", "pager_two_fault_at_once",
                                     "tlb_unshare_reaches_other_cpu", "env_stop_and_kill_take_hold"])
def test_no_function_lacks_the_lock(program, smp):
    result = run_app(program, smp=smp, **built("DEBUG=1"))
    assert result.status == 0, result


@pytest.mark.parametrize("program, smp", [("stress_forktrees", 1), ("ipc_stress", 1), ("memstat", 2)])
def test_kernel_for_one_cpu_works(program, smp):
    """On a machine with more CPUs it leaves the others alone."""
    result = run_app(program, smp=smp, **built("NCPU=1"))
    assert result.status == 0, result
