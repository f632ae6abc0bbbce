"""The console under floods from the keyboard: pastes, rubbish, Ctrl-C storms, hundreds of jobs, while programs print. The shell
answers afterwards, what is promised is kept (protocols/console.h), and no process stays."""

import os
import random
import re
import threading

import pytest
from conftest import PROMPT

CTRL_A, CTRL_C, CTRL_D, CTRL_U = "\x01", "\x03", "\x04", "\x15"
TOO_LONG = "sh: the line is too long, nothing of it is run"


@pytest.fixture(params=[1, 4], ids=["smp1", "smp4"])
def session(request, shell):
    return shell(SMP=request.param, timeout=60)


@pytest.fixture(params=[2], ids=["smp2"])
def one_session(request, shell):
    """For what takes long."""
    return shell(SMP=request.param, timeout=60)


class Typist(threading.Thread):
    """Types while somebody else reads: who did both in turn would stand when the terminals are full."""

    def __init__(self, session, keys):
        super().__init__(daemon=True)
        self.file = os.dup(session.child.fileno())
        self.keys = keys if isinstance(keys, bytes) else keys.encode("latin-1")
        self.start()

    def run(self):
        keys = self.keys
        try:
            while keys:
                keys = keys[os.write(self.file, keys[:1024]):]
        except OSError:  # the session is over
            pass
        finally:
            os.close(self.file)


def settle(session):
    """Behind all that was typed: Ctrl-C voids what still waits, and the shell answers a line of its own."""
    session.send(CTRL_C)
    session.ask("settled")
    session.expect(PROMPT)


def check_only_the_shell_is_left(session):
    session.run("wait")
    listed = re.findall(r"^ *(\d+) .*$", session.run("ps"), re.M)
    assert listed == ["1"], listed
    assert "hello, world" in session.run("hello")


def numbered_lines(size):
    """Lines of different lengths that the shell does not know and so prints, whole."""
    lines, length = [], 0
    while length < size:
        lines.append(f"L{len(lines):05}" + "abcdefghij"[: len(lines) % 10] * (1 + len(lines) % 12))
        length += len(lines[-1]) + 1
    return lines


def check_lines(text, lines):
    """What was run is what was typed, in that order, each line whole and at most once. How many."""
    ran = re.findall(r"^(L\d\S*): no such program", text.replace("\r", ""), re.M)
    numbers = {line: number for number, line in enumerate(lines)}
    unknown = [line for line in ran if line not in numbers]
    assert not unknown, unknown[:5]
    order = [numbers[line] for line in ran]
    assert order == sorted(set(order)), [pair for pair in zip(order, order[1:]) if pair[0] >= pair[1]][:5]
    return len(ran)


def test_paste_of_100_kilobytes(one_session):
    """While the shell reads. What does not fit is lost, but no line is run in part."""
    session = one_session
    lines = numbered_lines(100_000)
    typist = Typist(session, "\r".join(lines) + "\r")
    text = ""
    while typist.is_alive():
        session.wait_for([r"\n", PROMPT])
        text += session.child.before + "\n"
    text += session.ask("last")
    session.expect(PROMPT)
    ran = check_lines(text, lines)
    assert ran > 20, text[-2000:]
    assert ran == len(lines) or TOO_LONG in text, ran
    check_only_the_shell_is_left(session)


def test_paste_while_a_program_prints(one_session):
    """Nobody reads meanwhile: the first 4,095 keys wait, the others are lost."""
    session = one_session
    lines = numbered_lines(100_000)
    session.run("forktree 3 &")
    session.send("spin 2\r")
    session.expect("\n")
    typist = Typist(session, "\r".join(lines) + "\r")
    while typist.is_alive():
        session.wait_for([r"\n", PROMPT, "\a"])
    text = session.ask("last")
    session.expect(PROMPT)
    check_lines(text, lines)
    check_only_the_shell_is_left(session)


def rubbish(seed, size):
    """All bytes, and escape sequences cut anywhere; without a Ctrl-D on an empty line, which leaves the shell, and with
    QEMU's own escape key as a key."""
    chance = random.Random(seed)
    pieces = [bytes([i]) for i in range(256)]
    pieces += [b"\x1b", b"\x1b[", b"\x1b[1", b"\x1b[1;5", b"\x1b[A", b"\x1b[3~", b"\x1bO", b"\x1b[999999999999D",
               b"\xf0\x9f", b"\x1b]0;"]
    data = bytes(range(256)) + b"".join(chance.choice(pieces) for _ in range(size))
    return data.replace(b"\x04", b"xxxx\x04").replace(b"\x01", b"\x01\x01")


@pytest.mark.parametrize("seed", [1, 2])
def test_binary_rubbish(session, seed):
    """At the prompt, and at a program that prints and does not read."""
    session.run("forktree 4 &")
    for _ in range(2):
        typist = Typist(session, rubbish(seed, 10_000))
        while typist.is_alive():
            session.wait_for([r"\n", PROMPT, "\a"])
        session.send("x" + CTRL_U + CTRL_C)
        settle(session)
        session.send("spin 1\r")
    settle(session)
    check_only_the_shell_is_left(session)


def test_hundreds_of_jobs(session):
    """That print, while more are started; Ctrl-C ends the wait for them, and none of them."""
    for _ in range(15):
        session.send("hello & " * 20 + "\r")
    text = session.ask("started")
    text += session.expect(PROMPT)  # who ended meanwhile is reported before it
    session.send("wait\r" + CTRL_C)
    text += session.ask("waited")
    text += session.expect(PROMPT)
    text += session.run("wait")
    text += session.run("wait")
    assert "too many" not in text, text[:2000]
    assert len(re.findall("hello, world", text)) == 300, text[-3000:]
    assert len(re.findall(r"hello: exit 0", text)) == 300, text[-3000:]
    check_only_the_shell_is_left(session)


def test_hundreds_of_sleepers(session):
    """All are there, and all end."""
    for _ in range(10):
        session.send("sleep 9999 & " * 18 + "\r")
    text = session.ask("started")
    session.expect(PROMPT)
    pids = re.findall(r"\[(\d+)\] sleep", text)
    assert len(pids) == 180, text[-2000:]
    Typist(session, CTRL_C * 50).join()
    settle(session)
    assert len(re.findall(r"^ *\d+ +1 ", session.run("ps"), re.M)) == 180
    for i in range(0, 180, 30):
        session.run("kill " + " ".join(pids[i:i + 30]))
    check_only_the_shell_is_left(session)


def test_ctrl_c_storms(session):
    """At the prompt, at a program that calculates, at one that prints and forks, amid lines."""
    session.run("forktree 3 &")
    for line in ("", "spin 60\r", "forktree 5\r", "wait\r", "hello; hello; spin 60\r", "half a li"):
        session.send(line)
        typist = Typist(session, CTRL_C * 300)
        while typist.is_alive():
            session.wait_for([r"\n", PROMPT])
        settle(session)
    assert "hello, world" in session.run("hello")
    check_only_the_shell_is_left(session)


def test_ctrl_c_between_lines(session):
    """A Ctrl-C after each of many lines: the shell goes on, whatever it was doing."""
    typist = Typist(session, "".join(f"hello {i}\r{CTRL_C}spin 9\r{CTRL_C}" for i in range(100)))
    text = ""
    while typist.is_alive():
        session.wait_for([r"\n", PROMPT])
        text += session.child.before + "\n"
    assert "no such program" not in text, text  # no line is run in part
    settle(session)
    check_only_the_shell_is_left(session)
