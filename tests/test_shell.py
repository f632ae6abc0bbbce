"""The shell through its prompt: commands, jobs and line editing."""

import re
import time

import pytest
from conftest import PROMPT, Shell, run_app

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
CTRL_A = "\x01\x01"  # QEMU's own escape key: typed twice it reaches the guest
CTRL_C, CTRL_D, CTRL_E, CTRL_U, CTRL_W, DEL = "\x03", "\x04", "\x05", "\x15", "\x17", "\x7f"


@pytest.fixture(params=[1, 4], ids=["smp1", "smp4"])
def session(request, shell):
    return shell(SMP=request.param)


@pytest.fixture(scope="module")
def line_session():
    """One session for what leaves nothing behind."""
    opened = Shell(SMP=2)
    yield opened
    opened.close()


def processes(session):
    """The pids that ps lists."""
    return {int(pid) for pid in re.findall(r"^\s*(\d+)\s", session.run("ps"), re.M)}


def test_help_and_files(session):
    text = session.run("help")
    for name in ("ps", "kill", "wait", "time", "sleep", "ls", "cat", "poweroff"):
        assert name in text
    programs = text.partition("Programs:")[2].split()
    assert "hello" in programs and "README" not in programs, text
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


@pytest.mark.parametrize("line, says", [
    ("hello | hello", "sh: |: there are no pipes"), ("hello|cat", "sh: |: there are no pipes"),
    ("hello > file", "sh: >: input and output cannot be redirected"),
    ("hello >> file", "sh: >: input and output cannot be redirected"),
    ("cat<README", "sh: <: input and output cannot be redirected"),
    ("hello && hello", "sh: &&: there are no conditions"), ("hello&&hello", "sh: &&: there are no conditions"),
    ("hello || hello", "sh: ||: there are no conditions"), ("hello; hello || yield", "sh: ||: there are no conditions"),
    ("; hello", "sh: no command before ;"), ("hello ;; hello", "sh: no command before ;"),
    ("& hello", "sh: no command before &"), ("hello & & hello", "sh: no command before &"),
])
def test_what_is_not_possible_is_said(line_session, line, says):
    """In one line, and nothing of the line runs."""
    text = line_session.run(line)
    assert text.startswith(says) and text.count("\n") == 1, text
    assert "hello, world" in line_session.run("hello")


def test_comments_and_quotes(line_session):
    assert line_session.run("# nothing | at all") == ""
    assert "argument 1" not in line_session.run("hello # | & ; > x")
    assert "argument 1: 'a#b'" in line_session.run("hello a#b #c")
    for word in ("|", "&&", "||", "<", ">", ";", "&", "#", "a|b", "# x"):
        for quote in "'\"":
            text = line_session.run(f"hello {quote}{word}{quote} last")
            assert f"argument 1: '{word}'\nargument 2: 'last'\n" in text, text
    assert "usage" not in line_session.run("run -p 'logpager -q' hello")
    assert "nothing else" in line_session.run("run -p 'logpager | cat' hello")


def test_line_of_another_shell_has_a_status():
    result = run_app("sh -c 'hello | yield'", tests=False)
    assert result.status == 1 and result.output.startswith("sh: |: there are no pipes"), result


def test_long_line_is_refused(line_session):
    limit = 243
    text = line_session.run("hello " + "x" * (limit - 6))
    assert f"argument 1: '{'x' * (limit - 6)}'" in text or "too big" in text, text
    text = line_session.run("hello " + "y" * (limit - 5))
    assert f"sh: the line is too long, nothing of it is run (at most {limit} characters)" in text, text
    assert "hello, world" not in text, text
    text = line_session.run("hello" + " " * limit + DEL * (limit + 10) + "hello")
    assert "hello, world" in text, text
    result = run_app("sh -c 'sh -c \"hello " + "z" * 150 + "\"'", tests=False)
    assert result.status == 0 and "z" * 150 in result.output, result


def test_what_was_typed_too_far_ahead_is_refused(line_session):
    line_session.send("spin 2\r")
    line_session.expect("\n")
    line_session.send(("hello " + "x" * 230 + "\r") * 17 + "forktree 0 " * 10 + "\r")  # more than 4096 keys
    line_session.expect("forktree 0", timeout=120)
    line_session.send("\r")
    line_session.expect("too long", timeout=60)
    line_session.expect(PROMPT)
    assert "hello, world" in line_session.run("hello")


@pytest.mark.parametrize("pager", ["zeropager", "logpager", "zippager"])
def test_pager_alone_says_how_it_is_used(line_session, pager):
    assert f"run -p {pager} PROGRAM" in line_session.run(pager)
    assert "hello, world" in line_session.run(f"run -p {pager} hello")


def test_killing_the_first_process_is_refused(line_session):
    assert line_session.run("kill 1") == "kill: 1: the machine would end with this process: `poweroff` does that\n"
    assert "hello, world" in line_session.run("hello")


def test_keys_are_not_a_background_programs(shell):
    """It reads when it is brought to the foreground; every line typed before is the shell's."""
    session = shell(SMP=2, TESTS=1)
    session.send("jos/chat & jos/chat &\r")  # whose first words come in the midst of the shell's: the kernel prints them
    session.ask("started")
    session.expect(PROMPT)
    for number in range(6):
        assert f"argument 1: '{number}'" in session.run(f"hello {number}")
    pids = processes(session)
    session.send("fg\r")
    session.expect("jos/chat")
    session.send("hi there\r")
    session.expect("8 characters: hi there")
    session.send(CTRL_C)
    session.expect(PROMPT)
    assert len(processes(session)) == len(pids) - 1
    assert "fg: 77: no such child" in session.run("fg 77")
    assert "no such child" in session.run("wait 77")
    session.run(f"kill {max(processes(session))}")
    session.run("")
    assert "there is no background program" in session.run("fg")


def test_shell_in_a_shell_has_the_keys(shell):
    session = shell(SMP=2)
    session.send("sh\r")
    session.expect("lists the commands")
    session.expect(PROMPT)
    assert "argument 1: 'inner'" in session.run("hello inner")
    session.run("spin &")
    session.send("some words" + CTRL_C)
    session.expect(PROMPT)
    assert "hello, world" in session.run("hello")
    session.send("spin\r")
    session.expect("\n")
    time.sleep(0.7)  # nothing visible says that spin runs
    session.send(CTRL_C)
    session.expect("killed")
    session.expect(PROMPT)
    session.send("exit\r")
    session.expect("exit")
    session.expect(PROMPT)
    assert "argument 1: 'outer'" in session.run("hello outer")
    # What a shell in the background runs is in the background, too.
    session.run("sh -c 'spin & spin' &")
    session.run("sleep 0.3")
    assert "hello, world" in session.run("hello")
    session.send(CTRL_C)
    session.expect(PROMPT)
    assert session.run("ps").count(" spin\n") == 3


@pytest.mark.parametrize("smp", [1, 4])
def test_keys_go_when_a_process_ends(shell, smp):
    session = shell(SMP=smp, TESTS=1)
    session.send("keys_follow_the_terminal keys\r")
    for key in "123":
        session.expect(f"type {key}")
        session.send(key)
    session.expect("the keys are whose they should be")
    session.expect(PROMPT)


def test_wait_ends_at_one_ctrl_c(session):
    before = processes(session)
    pids = {int(re.search(r"\[(\d+)\]", session.run("spin &")).group(1)) for _ in range(3)}
    for command in ("wait", f"wait {min(pids)}"):
        session.send(command + "\r")
        session.expect("\n")
        time.sleep(0.5)  # nothing visible says that it waits
        session.send(CTRL_C)
        session.expect(PROMPT)
        assert processes(session) == before | pids
    for pid in pids:
        session.run(f"kill {pid}")
    session.run("wait")
    assert processes(session) == before


def test_wait_tells_of_each(session):
    session.run("hello &")
    text = session.run("sh -c 'exit 3' &") + session.run("wait")
    assert "sh: exit 3" in text, text
    assert run_app("sh -c 'sh -c \"exit 3\" & hello & wait'").status == 3


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
    assert match and 900 <= int(match.group(1)) < 60000
    match = re.search(r"real (\d+) ms", session.run("time sleep 0.3"))
    assert match and 250 <= int(match.group(1)) < 60000


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


def test_nobody_takes_ctrl_c_away(shell):
    session = shell(SMP=2, TESTS=1)
    session.run("console_foreground_has_an_owner without-end &")
    session.send("spin\r")
    session.expect("\n")
    time.sleep(0.7)  # nothing visible says that spin runs
    session.send(CTRL_C)
    session.expect("parley$ ")
    session.send("abc" + CTRL_C)  # the line, not the shell
    session.expect("parley$ ")
    assert " spin" not in session.run("ps")
    session.send("sh\r")  # a shell in the shell has the terminal, too, but not the machine
    session.expect("parley$ ")
    assert "only the first shell may" in session.run("poweroff")
    session.send("spin\r")
    session.expect("\n")
    time.sleep(0.7)
    session.send(CTRL_C)
    session.expect("parley$ ")
    assert session.run("ps").count(" sh") >= 2
    session.send("exit\r")
    session.expect("parley$ ")
    session.send("poweroff\r")
    assert session.end() == 0


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
                     r"\(write, ip 0x[0-9a-f]{8} main\+0x[0-9a-f]+\): null pointer$", text, re.M), text
    assert "ello" in session.run("hello")
