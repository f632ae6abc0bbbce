"""Fault paths `ipc` and `kernel`: the programs that know nothing of them do what they do on path `pager`.

What the kernel promises on path `ipc` is tested by tests/guest/fault/; path `self` by test_self.py.
"""

import re

import pytest

from conftest import run_app, run_command
from parley.programs import guest_sources
from test_kernels import built

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])
PATHS = pytest.mark.parametrize("path", ["ipc", "kernel"])
PROGRAMS = ["constructors_run", "cowtest", "cow_many_writers", "cow_last_sharer_copies_nothing",
            "cow_untouched_reads_zero", "pager_two_fault_at_once", "pager_says_when_memory_ends",
            "pager_leaves_the_rest_to_us", "fault_handlers_of_programs",
            "fault_deadline_names_who", "handlers_may_use_sse", "hostile_stack_overflow",
            "ipc_untouched_pages_are_sent", "output_before_the_end all",
            "malloc_blocks_stay_apart", "proc_exec_keeps_pid", "stress_forktrees"]
LOADING = [path.stem for path in guest_sources("load_*")]
# What of these is true also where programs do not come on demand: contents, privacy, nothing lost.
WHOLE = ["load_data_is_private", "load_ends_without_a_trace", "load_fork_keeps_untouched",
         "load_odd_programs", "load_text_is_shared"]


def run_on(path, app, smp=2, **options):
    """Runs the line in a shell on that path."""
    if path == "kernel" and "FAILHOOK" not in options:
        options.update(built("KFAULT=1"))
    return run_command(["scripts/run"], 105, APP=app, SMP=smp, TIMEOUT=90, TESTS=1, FAULTS=path,
                       **options)


@PATHS
@CPUS
@pytest.mark.parametrize("program", PROGRAMS)
def test_same_binary(program, path, smp):
    result = run_on(path, program, smp)
    assert result.status == 0, result


@PATHS
@CPUS
@pytest.mark.parametrize("program", LOADING)
def test_loading_on_demand(program, path, smp):
    """On path `pager` test_guest.py runs them."""
    result = run_on(path, program, smp, MEM=16 if program == "load_goes_on_without_memory" else 128)
    assert result.status == 0, result


@CPUS
@pytest.mark.parametrize("program", WHOLE)
def test_loaded_whole_on_path_self(program, smp):
    result = run_on("self", program, smp)
    assert result.status == 0, result


def test_all_pages_are_there_from_the_start_on_path_self():
    result = run_on("self", "load_starts_with_few_pages")
    assert re.search(r"^(\d+) of \1 pages at start$", result.output, re.M), result


@CPUS
def test_ends_of_processes_on_path_ipc(smp):
    """On path `kernel` one of them does not end: a process without a pager needs none."""
    result = run_on("ipc", "fault_ends_process_with_reason", smp)
    assert result.status == 0, result


@pytest.mark.parametrize("path", ["pager", "ipc", "kernel"])
def test_ps_shows_the_path_and_children_inherit_it(path):
    result = run_on(path, "sh -c 'sleep 0.3 & ps'")
    rows = re.findall(rf"^ *\d+ +\d+ (?:run|wait) .* {path} +sh$", result.output, re.M)
    assert result.status == 0 and len(rows) == 3, result


def test_path_is_chosen_per_program():
    result = run_on("pager", "run -f ipc sh -c 'sleep 0.5' & run -f pager sh -c 'sleep 0.5' & ps")
    assert re.search(r" ipc +sh$", result.output, re.M), result
    result = run_on("ipc", "run -f pager sh -c ps; run -f self sh -c ps")
    assert re.search(r" pager +sh$", result.output, re.M), result
    assert re.search(r" self +sh \(1 env\)$", result.output, re.M), result


def test_kernel_path_asks_no_pager():
    result = run_on("kernel", "cowtest; ps")
    runs = re.search(r" server +\d+ +\d+ +(\d+) - +pager$", result.output, re.M)
    assert result.status == 0 and int(runs.group(1)) < 10, result


@pytest.mark.parametrize("path", ["pager", "ipc"])
def test_deadline_of_the_command_line_and_of_run(path):
    result = run_on(path, "fault_deadline_of_a_child; run -d 300 fault_deadline_of_a_child",
                    BOOTARGS="deadline=500")
    assert re.findall(r"no answer from fault_deadline_of_a_child\[\d+\] in (\d+) ms",
                      result.output) == ["500", "300"], result


def test_path_kernel_needs_its_kernel():
    result = run_app("run -f kernel hello")
    assert result.status == 1 and "KFAULT=1" in result.output, result
    result = run_command(["scripts/run", "--check"], FAULTS="kernel")
    assert result.status == 2 and "KFAULT=1" in result.errors, result


# Messages are the same on each path, and zippager's clients are on two of them in any case.
FAILING = [path.stem for path in guest_sources("fail_*")
           if path.stem not in ("fail_ipc_pages_lose_none", "fail_zippager_loses_no_page")]


@CPUS
@pytest.mark.parametrize("path, program", [
    *((path, program) for path in ("ipc", "kernel") for program in FAILING if "_self_" not in program),
    ("self", "fail_exec_is_a_transaction"), ("self", "fail_spawn_is_a_transaction")])
def test_failing_allocations(path, program, smp):
    """On path `pager` test_guest.py runs them, and for fork on `self` the one that is made for it."""
    result = run_on(path, program, smp, BOOTARGS="killservers", **built("FAILHOOK=1"))
    assert result.status == 0, result
