"""Fault path `self`: the same programs fork and handle their page faults by themselves.

What such a process does inside is tested by tests/guest/family/.
"""

import re
import time

import pytest

from conftest import run_app, run_command

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])


def run_self(app, smp=1, timeout=60, **options):
    """Runs programs on path self, without a shell; how that ended."""
    return run_command(["scripts/run"], timeout + 15, APP=app, SMP=smp, TIMEOUT=timeout,
                       FAULTS="self", **options)


def check(app, smp, **options):
    result = run_self(app, smp, **options)
    assert result.status == 0, result
    return result.output


@CPUS
def test_hello(smp):
    output = check("hello one 'and two'", smp)
    assert "hello, world" in output and "argument 2: 'and two'" in output


@CPUS
def test_yield_three_at_once(smp):
    output = check("yield & yield & yield", smp)
    assert sorted(re.findall(r"All done in process (\d+)", output)) == ["1", "2", "3"], output
    assert len(re.findall(r"Back in process \d+, iteration \d+", output)) == 15, output


@CPUS
def test_forktree_has_every_node(smp):
    names = re.findall(r"I am '([01]*)'", check("forktree 4", smp))
    expected = {format(value, f"0{depth}b") if depth else ""
                for depth in range(5) for value in range(2 ** depth)}
    assert sorted(names) == sorted(expected)


@CPUS
def test_pingpong_counts_up(smp):
    got = [int(n) for n in re.findall(r"got (\d+) from", check("pingpong 10", smp))]
    assert sorted(got) == list(range(11)), got


@CPUS
def test_primes_up_to_100(smp):
    output = check("primes 100", smp)
    primes = [n for n in range(2, 101) if all(n % d for d in range(2, n))]
    assert [int(line) for line in output.split()] == primes, output


@CPUS
def test_cowtest(smp):
    assert re.search(r"cowtest: all \d+ checks passed", check("cowtest", smp, timeout=90))


@CPUS
@pytest.mark.parametrize("program", ["constructors_run", "fault_handlers_of_programs", "handlers_may_use_sse",
                                     "ipc_untouched_pages_are_sent", "output_before_the_end all",
                                     "malloc_blocks_stay_apart", "cow_last_sharer_copies_nothing",
                                     "cow_many_writers", "hostile_stack_overflow", "ipc_stress",
                                     "stress_forktrees"])
def test_same_binary_as_on_path_pager(program, smp):
    check(program, smp, TESTS=1)


@CPUS
def test_ids_are_those_of_jos(smp):
    output = check("hello & forktree 1 & hello", smp, JOSLOG=1)
    for number in range(3):
        assert f"[00000000] new env 0000100{number}\n" in output
    children = re.findall(r"\[00001001\] new env (\w+)", output)
    assert len(children) == 2 and "exiting gracefully" in output
    assert output.endswith("No runnable environments in the system!\n")


@CPUS
def test_machine_ends_with_the_first_program_but_after_all(smp):
    result = run_self("self_family_lasts child & hello", smp, TESTS=1)
    assert result.status == 7 and "hello, world" in result.output, result
    result = run_self("hello & self_family_lasts child", smp, TESTS=1)
    assert result.status == 0 and "hello, world" in result.output, result


@CPUS
def test_fault_has_its_line(smp):
    result = run_self("self_faults fault", smp, TESTS=1)
    assert result.status == 98, result
    assert re.search(r"^self_faults\[1\]: fault at 0xdeadb000 \(write, ip 0x\w+ fault\+0x\w+\)$",
                     result.output, re.M), result


@CPUS
def test_nothing_is_lost_over_forktrees(smp):
    result = run_app("memstat; " + "run -f self forktree 4; " * 6 + "memstat", smp=smp)
    free = re.findall(r"free\D*(\d+)", result.output)
    envs = re.findall(r"envs\D*(\d+)", result.output)
    assert result.status == 0 and len(free) == 2, result
    assert free[0] == free[1] and envs[0] == envs[1], result


@CPUS
def test_shell_runs_on_either_path(smp):
    result = run_app("run -f self hello; run -f pager hello; run -f self pingpong 2 & ps", smp=smp)
    assert result.status == 0 and result.output.count("hello, world") == 2, result
    assert "got 2 from" in result.output, result


def test_shell_on_self():
    result = run_command(["scripts/run"], 60, FAULTS="self", SMP=2, TIMEOUT=30,
                         APP="sh -c 'hello & sleep 0.1; time hello & ps; sh -c hello'")
    assert result.status == 0 and result.output.count("hello, world") == 3, result
    assert re.search(r"^ +1 +0 run .* self +sh \(\d envs?\)$", result.output, re.M), result


def test_session(shell):
    session = shell(SMP=4, TESTS=1)
    text = session.run("run -f self self_kill_ends_family tree &")
    pid = int(re.search(r"\[(\d+)\] self_kill", text).group(1))
    for _ in range(50):
        row = re.search(rf"^ *{pid} +1 run .* self +self_kill_ends_family \((\d+) envs?\)$",
                        session.run("ps"), re.M)
        assert row
        if row.group(1) == "40":
            break
        time.sleep(0.1)
    assert row.group(1) == "40"
    session.run(f"kill {pid}")
    session.run("")
    assert " self " not in session.run("ps")
    session.send("run -f self spin\r")
    session.expect("\n")
    time.sleep(0.7)  # nothing visible says that spin runs
    session.send("\x03")
    session.expect("killed")
    session.expect("parley$ ")
    assert "usage: run [-f PATH]" in session.run("run -f nosuch hello")
    assert "usage: run [-f PATH]" in session.run("run")
    assert "nosuch: no such program" in session.run("run -f self nosuch")
    assert "sleep: no such program" in session.run("run -f self sleep 1")


def test_options_are_checked():
    for options, text in [({"FAULTS": "user"}, "must be self, pager, ipc or kernel"),
                          ({"JOSLOG": "2"}, "must be 0 or 1"),
                          ({"FAULTS": "self", "APP": "hello; hello"}, "join them with &"),
                          ({"FAULTS": "self", "APP": "sleep 1"}, "'sleep' is not possible"),
                          ({"FAULTS": "self", "ISO": "1"}, "not possible"),
                          ({"APP": "run -f self nosuch"}, "no program 'nosuch'")]:
        result = run_command(["scripts/run", "--check"], **options)
        assert result.status == 2 and text in result.errors, result
        assert result.errors.count("\n") == 1
