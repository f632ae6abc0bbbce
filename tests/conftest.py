"""Boots Parley for the tests: run_app() for one shell line, shell() for a session at the prompt.

Both go through scripts/run, which ends QEMU with itself. Nothing a test starts outlives it.
Limits in seconds are for what hangs: they count only while the host has a CPU for it (tools/parley/fairclock.py).
"""

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pexpect
import pexpect.fdpexpect
import pytest

ROOT = Path(__file__).resolve().parent.parent
PROMPT = "parley$ "
sys.path.insert(0, str(ROOT / "tools"))
# What the scripts find as python3 is this very Python, and no wrapper that takes half a second to choose one.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]

from parley import qemu  # noqa: E402 (from tools)
from parley.fairclock import LOOK_SECONDS, FairClock, communicate  # noqa: E402
from parley.options import ENVIRONMENT, NAMES, Options  # noqa: E402

def run_process(command, timeout=60, **more):
    """As subprocess.run(), likewise, of a command at the root of the repository. Its output is text."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, **more) as child:
        try:
            output, errors = communicate(child, timeout)
        except BaseException:
            child.kill()
            raise
    return subprocess.CompletedProcess(command, child.returncode, output, errors)


class Result:
    """How a run ended."""

    def __init__(self, status, output, errors):
        self.status = status
        self.output = output
        self.errors = errors

    def __repr__(self):
        return f"status {self.status}\n{self.output}\n--- stderr ---\n{self.errors}"


def clean_environment(**given):
    """The environment without what an outer `make` put there, and with these; options by the name PARLEY_NAME."""
    foreign = (ENVIRONMENT, "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    for name, value in given.items():
        environment[ENVIRONMENT + name if name in NAMES else name] = str(value)
    return environment


def run_command(command, timeout=60, cwd=ROOT, **options):
    """Runs a command, at the root of the repository if nowhere else; ends all it started when time is up."""
    child = subprocess.Popen(command, cwd=cwd, env=clean_environment(**options),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
    try:
        output, errors = communicate(child, timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGTERM)
        output, errors = child.communicate()
    return Result(child.returncode, output.decode(errors="replace"),
                  errors.decode(errors="replace"))


def own_errors(result):
    """Standard error without the line of a make that had to wait for one of another test."""
    return re.sub(r"^make: another make .*\n", "", result.errors, flags=re.M)


def run_app(app, smp=1, mem=128, timeout=60, icount=False, tests=True, bootargs="", **more):
    """Runs a shell line as the only program; .status is its status, or 124..126 (scripts/run)."""
    return run_command(["scripts/run"], timeout + 15, APP=app, SMP=smp, MEM=mem, TIMEOUT=timeout,
                       ICOUNT=int(icount), TESTS=int(tests), BOOTARGS=bootargs, **more)


def boot_with(line):
    """Boots with this very line, as another loader may give it; QEMU's status and output."""
    command = qemu.command_line(Options(["SMP=1"], {}), "-serial", "stdio", "-monitor", "none")
    command[command.index("-append") + 1] = line
    run = run_process(command)
    return run.returncode, run.stdout


class Terminal(pexpect.fdpexpect.fdspawn):
    """A command on a terminal of its own. (pexpect.spawn would fork, and pytest-xdist has threads: Python 3.12 and later
    warn of that.)"""

    def __init__(self, command, environment, **how):
        mine, its = os.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.process = subprocess.Popen(["setsid", "--ctty", *command], cwd=ROOT, env=environment,
                                        stdin=its, stdout=its, stderr=its)
        os.close(its)
        super().__init__(mine, **how)
        self.pid = self.process.pid

    def isalive(self):
        return self.process.poll() is None

    def kill(self, number):
        self.process.send_signal(number)

    def close(self):
        super().close()
        try:
            self.exitstatus = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.exitstatus = self.process.wait()


class Shell:
    """A session at the prompt, through a terminal. What it said is shown when a test fails."""

    def __init__(self, timeout=30, command=("scripts/run",), **options):
        self.timeout = timeout
        self.child = Terminal(command, clean_environment(TIMEOUT=600, **options), timeout=LOOK_SECONDS,
                              encoding="utf-8", codec_errors="replace")
        self.child.logfile_read = sys.stdout
        self.expect(PROMPT)

    def send(self, keys):
        self.child.send(keys)

    def wait_for(self, patterns, timeout=None, exact=False):
        """Until one of them comes."""
        clock, limit = FairClock(os.getpid(), self.child.pid), timeout or self.timeout
        expect = self.child.expect_exact if exact else self.child.expect
        while True:
            try:
                return expect(patterns)
            except pexpect.TIMEOUT:
                if clock.is_over(limit):
                    raise

    def expect(self, text, timeout=None):
        """Waits for this very text; what came before it."""
        self.wait_for(text, timeout, exact=True)
        return self.child.before.replace("\r", "")

    def expect_re(self, pattern, timeout=None):
        """Waits for a regular expression; its match."""
        self.wait_for(pattern, timeout)
        return self.child.match

    def run(self, line, timeout=None):
        """Types a line; what is printed up to the next prompt, without the echo."""
        self.send(line + "\r")
        output = self.expect(PROMPT, timeout)
        return output.partition("\n")[2]

    def ask(self, word):
        """The shell's answer to a line that nobody typed before; what came before it. Asked again where it may have been
        lost: the keys that wait were too many, or what prints through the kernel came into the midst of it."""
        for attempt in range(60):
            self.send(f"\r{word}{attempt}\r")
            try:
                return self.expect(f"{word}{attempt}: no such program", timeout=2)
            except pexpect.TIMEOUT:  # what came is looked through again
                pass
        raise AssertionError(f"the shell does not answer: {self.child.before[-2000:]}")

    def end(self, timeout=20):
        """Waits for QEMU to end; the exit status."""
        self.wait_for(pexpect.EOF, timeout)
        self.child.close()
        return self.child.exitstatus

    def close(self):
        if self.child.isalive():
            self.child.kill(signal.SIGTERM)
        self.child.close()


@pytest.fixture
def shell():
    """A function that boots to the prompt: shell(SMP=2, MEM=128, ...) -> Shell."""
    opened = []

    def boot(**options):
        opened.append(Shell(**options))
        return opened[-1]

    yield boot
    for session in opened:
        session.close()


def pytest_sessionstart():
    """`make test` builds first; pytest by itself needs a hint, before it imports what reads build/abi.json."""
    for name in ("kernel.elf", "abi.json", "apps.cpio", "tests.cpio"):
        if not (ROOT / "build" / name).is_file():
            pytest.exit(f"build/{name} is missing: run `make test`, or `make` first", 3)
