"""The shell through its prompt: commands, jobs and line editing."""

import re
import time

import pytest

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
CTRL_A = "\x01\x01"  # QEMU's own escape key: typed twice it reaches the guest
CTRL_C, CTRL_D, CTRL_E, CTRL_U, CTRL_W, DEL = "\x03", "\x04", "\x05", "\x15", "\x17", "\x7f"


@pytest.fixture(params=[1, 4], ids=["smp1", "smp4"])
def session(request, shell):
    return shell(SMP=request.param)


def processes(session):
    """The pids that ps lists."""
    return {int(pid) for pid in re.findall(r"^\s*(\d+)\s", session.run("ps"), re.M)}


def test_help_and_files(session):
    text = session.run("help")
    for name in ("ps", "kill", "wait", "time", "sleep", "ls", "cat", "poweroff"):
        assert name in text
    files = session.run("ls")
    assert "hello" in files and "forktree" in files and "README" in files
    session.send("cat README\r")
    assert "# Parley" in session.expect("MIT licence")
    session.expect("parley$ ")
    assert "cat: nosuch: not found" in session.run("cat nosuch")


def test_program_with_arguments(session):
    text = session.run("forktree 1")
    assert len(re.findall(r"I am '", text)) == 3, text


def test_unknown_command_and_bad_input(session):
    assert 'nosuch: no such program (try "help")' in session.run("nosuch 1 2")
    assert session.run("") == ""
    assert session.run("   ") == ""
    assert "quote" in session.run("hello 'abc")
    assert "ello" in session.run("nosuch; hello")


def test_background_kill_and_wait(session):
    before = processes(session)
    pid = int(re.search(r"\[(\d+)\]", session.run("spin &")).group(1))
    assert processes(session) == before | {pid}
    session.run(f"kill {pid}")
    session.run(f"wait {pid}")
    assert processes(session) == before


def test_wait_for_all_jobs(session):
    before = processes(session)
    text = session.run("spin 1 &") + session.run("spin 2 &") + session.run("wait")
    pids = re.findall(r"^\[(\d+)\] spin$", text, re.M)
    assert len(pids) == 2 and all(f"[{pid}] spin: exit 0" in text for pid in pids), text
    assert processes(session) == before


def test_ended_job_is_reported_before_a_prompt(session):
    text = session.run("hello &")
    pid = re.search(r"\[(\d+)\] hello", text).group(1)
    text += session.run("sleep 0.5") + session.run("")
    assert f"[{pid}] hello: exit 0" in text, text


def test_kill_messages(session):
    assert "kill: abc: " in session.run("kill abc")
    assert "kill: 77: no such env or process" in session.run("kill 77")
    assert "usage" in session.run("kill")


def test_time_and_sleep(session):
    match = re.search(r"real (\d+) ms", session.run("time spin 1"))
    assert match and 900 <= int(match.group(1)) < 10000
    match = re.search(r"real (\d+) ms", session.run("time sleep 0.3"))
    assert match and 250 <= int(match.group(1)) < 5000


def test_line_editing(session):
    assert "ello" in session.run("helxx" + DEL + DEL + "lo")
    assert "ello" in session.run("garbage words" + CTRL_U + "hello")
    assert "ello" in session.run("hell nosuch" + CTRL_W + DEL + "o")
    assert "ello" in session.run("ello" + CTRL_A + "h" + CTRL_E)
    assert "ello" in session.run("hllo" + LEFT * 3 + "e" + RIGHT)


def test_history(session):
    session.run("forktree 0")
    session.run("hello")
    assert "I am ''" in session.run(UP + UP)
    assert "ello" in session.run(UP + UP)
    assert "I am ''" in session.run(UP + UP + UP + DOWN)


def test_ctrl_c_ends_the_foreground_process(session):
    before = processes(session)
    session.send("spin\r")
    session.expect("\n")
    time.sleep(0.7)  # nothing visible says that spin runs
    session.send(CTRL_C)
    session.expect("parley$ ")
    assert processes(session) == before
    assert "ello" in session.run("hello")


def test_ctrl_c_drops_the_line(session):
    session.send("some words" + CTRL_C)
    session.expect("parley$ ")
    assert "ello" in session.run("hello")


def test_type_ahead(session):
    session.send("spin 1\rhello\r")
    session.expect("parley$ ")
    assert "ello" in session.expect("parley$ ")


def test_ctrl_d_leaves(session):
    session.send(CTRL_D)
    assert session.end() == 0


def test_ps_shows_pages_and_runs(session):
    row = re.search(r"^ *1 +0 +\w+ +\d+ +(\d+) +(\d+) pager +sh$", session.run("ps"), re.M)
    assert row and int(row.group(1)) > 4 and int(row.group(2)) > 0


def figures(session):
    """Free pages and envs in use, once all that died is torn down."""
    text = session.run("memstat")
    return re.findall(r"^(?:free|envs) +(\d+)", text, re.M), processes(session)


def test_hundred_forktrees_leave_nothing(session):
    session.run("forktree 3")
    before = figures(session)
    for _ in range(10):
        session.run("forktree 3; " * 9 + "forktree 3", timeout=120)
    assert figures(session) == before


def test_fault_is_shown_and_the_shell_goes_on(shell):
    session = shell(SMP=2, TESTS=1)
    text = session.run("fault_ends_only_its_process")
    assert re.search(r"^fault_ends_only_its_process\[\d+\]: fault at 0x00000010 "
                     r"\(write, ip 0x[0-9a-f]{8} main\+0x[0-9a-f]+\)$", text, re.M), text
    assert "ello" in session.run("hello")
