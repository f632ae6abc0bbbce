"""Servers that die: killed at the prompt and started again, under load, or broken from the start."""

import re

import pytest

from conftest import run_app
from test_kernels import built

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])
BROKEN = pytest.mark.parametrize("broken", ["dies_at_request", "dies_at_start"])


@pytest.fixture(params=[1, 4], ids=["smp1", "smp4"])
def session(request, shell):
    return shell(SMP=request.param)


def restarts(session, server):
    """How often ps says that a server is started again."""
    row = re.search(rf"^ +- +- +server.* {server}(?: \(started again (\d+) times?\))?$",
                    session.run("ps"), re.M)
    return int(row.group(1) or 0)


def test_killed_pager_is_started_again(session):
    for count in range(1, 4):
        text = session.run("kill pager")
        if "pager was killed and is started again" not in text:  # it may come behind the prompt
            session.expect("pager was killed and is started again")
        assert restarts(session, "pager") == count
        assert "I am '1'" in session.run("forktree 1")
        assert re.search(r"all \d+ checks passed", session.run("cowtest"))


def test_killed_console_is_started_again(session):
    session.run("spin 1 &")
    for count in range(1, 4):
        session.send("kill console\r")
        session.expect("console was killed and is started again")
        session.expect("parley$ ")
        assert restarts(session, "console") == count
        assert "ello" in session.run("hello")


def test_reader_goes_on_with_the_new_console(shell):
    """The shell waits for a line when the console dies under it."""
    session = shell(SMP=2, BOOTARGS="killservers", TESTS=1)
    session.send("killer 300 console &\r")
    session.expect("console was killed and is started again", 20)
    session.expect("parley$ ")
    assert "ello" in session.run("hello")


def test_jos_reader_goes_on_with_the_new_console(shell):
    session = shell(SMP=2, BOOTARGS="killservers", TESTS=1)
    session.send("killer 300 console & jos/chat\r")
    session.expect("you: ")
    session.expect("console was killed and is started again", 20)
    session.send("still there\r")
    session.expect("11 characters: still there")
    session.send("\x03")
    session.expect("parley$ ")


def test_ctrl_c_reaches_the_foreground_of_a_new_console(shell):
    session = shell(SMP=2, BOOTARGS="killservers", TESTS=1)
    session.send("killer 300 console & spin\r")
    session.expect("console was killed and is started again", 20)
    session.send("\x03")
    session.expect("parley$ ")
    assert "ello" in session.run("hello")


def test_only_the_first_process_kills_servers(shell):
    session = shell(SMP=2, TESTS=1)
    assert "kill: pager: not permitted" in session.run("sh -c 'kill pager console'")
    assert restarts(session, "pager") == 0 and restarts(session, "console") == 0


@CPUS
@BROKEN
@pytest.mark.parametrize("path", ["pager", "ipc"])
def test_pager_that_crashes_in_a_loop_is_given_up(smp, broken, path):
    result = run_app("hello", smp=smp, PAGER=f"build/tests/servers/{broken}.elf", FAULTS=path)
    assert re.search(r"^sh\[1\]: fault at 0x[0-9a-f]+ \((read|write), ip .*\): peer died$",
                     result.output, re.M), result
    assert result.status == 98, result


def test_last_lines_come_once():
    """When the machine ends the console may just have accepted them: now and then they were printed again."""
    for _ in range(12):
        result = run_app("hello", smp=4, PAGER="build/tests/servers/dies_at_request.elf")
        assert result.output.count("procmgr: pager is started again") == 5, result
        assert result.output.count("pager crashed too often and stays dead") == 1, result


@CPUS
@pytest.mark.parametrize("path", ["ipc", "kernel"])
@pytest.mark.parametrize("program", ["restart_pager_is_replaced", "restart_under_load",
                                     "restart_random_kills"])
def test_pager_restarts_on_other_paths(smp, program, path):
    options = built("KFAULT=1") if path == "kernel" else {}
    result = run_app(program, smp=smp, bootargs="killservers", FAULTS=path, timeout=120, **options)
    assert result.status == 0, result


@CPUS
def test_jos_fork_is_a_transaction(smp):
    result = run_app("jos/failfork", smp=smp, **built("FAILHOOK=1"))
    assert result.status == 0 and "sfork: " in result.output, result


@CPUS
def test_lines_come_once_while_the_console_is_killed(smp):
    result = run_app("restart_console_under_load", smp=smp, bootargs="killservers")
    assert result.status == 0, result
    assert result.output.count("console was killed and is started again") == 60, result
    for writer in range(3):
        lines = re.findall(rf"^<writer {writer} line (\d+) of (\d+)>$", result.output, re.M)
        assert [int(line) for line, _ in lines] == list(range(int(lines[0][1]))), lines


@CPUS
def test_byte_sent_and_not_counted_comes_once(smp):
    """The console stops for good between port and memory (QEMU from 8 on does that now and then by itself)."""
    result = run_app("hello", smp=smp, FAULTS="self", CONSOLE="build/tests/servers/stops_in_doubt.elf")
    assert re.search(r"^B$", result.output, re.M) and "AB" not in result.output, result


@CPUS
@BROKEN
def test_console_that_crashes_in_a_loop_is_given_up(smp, broken):
    result = run_app("hello; forktree 1", smp=smp, CONSOLE=f"build/tests/servers/{broken}.elf")
    assert result.output.count("procmgr: console is started again") == 5, result
    assert "console crashed too often and stays dead: output goes" in result.output, result
    assert "ello" in result.output and "I am '1'" in result.output, result
    assert result.status == 0, result


def test_shell_without_console_ends():
    result = run_app("sh", smp=2, CONSOLE="build/tests/servers/dies_at_request.elf")
    assert result.status == 1 and "there is no console" in result.output, result
