"""Runs the session that README.md shows, and prints it as it went; with --write puts it into README.md.

The commands are those of README's block, typed one after the other, each when the prompt is there. A line that comes from
the system by itself, just behind a prompt, is shown before it. tests/test_transcript.py holds the block against a
run: the same text but for numbers, and the order of lines that several CPUs print at once.
"""

import os
import re
import selectors
import subprocess
import sys

from parley import cli, qemu
from parley.fairclock import FairClock
from parley.options import ENVIRONMENT, Options
from parley.toolchain import ROOT

DOCUMENT = ROOT / "README.md"
PROMPT = "parley$ "
FIRST = "$ make run SMP=4"
BLOCK = re.compile(rf"^```\n{re.escape(FIRST)}\n.*?^```\n", re.M | re.S)
LIMIT, QUIET = 60, 0.5  # seconds: for a command; without a word behind a prompt


def shown():
    """The block as README has it."""
    found = BLOCK.search(DOCUMENT.read_text(encoding="utf-8"))
    if not found:
        cli.fail(f"README.md has no block that begins with {FIRST}")
    return found[0]


def commands(block):
    return [line[len(PROMPT):] for line in block.splitlines() if line.startswith(PROMPT)]


class Session:
    """Parley, and what it said since the last command."""

    def __init__(self):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(ENVIRONMENT)}
        self.child = subprocess.Popen(["scripts/run", "SMP=4"], cwd=ROOT, env=environment, bufsize=0,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.child.stdout, selectors.EVENT_READ)
        self.text = ""

    def listen(self, seconds):
        """What comes next: False if nothing did, or nothing ever will."""
        data = self.child.stdout.read(65536) if self.selector.select(seconds) else b""
        self.text += data.decode(errors="replace").replace("\r", "")
        return bool(data)

    def answer(self):
        """All that is said up to the next prompt, and what comes just behind it; None if it ended."""
        clock = FairClock(os.getpid(), self.child.pid)
        while PROMPT not in self.text:
            if not self.listen(QUIET) and (self.child.poll() is not None or clock.is_over(LIMIT)):
                return None
        while self.listen(QUIET):
            pass
        text, self.text = self.text.replace(PROMPT, ""), ""
        return text

    def type(self, line):
        self.child.stdin.write(line.encode() + b"\r")

    def end(self):
        """The rest."""
        clock = FairClock(os.getpid(), self.child.pid)
        while self.child.poll() is None and not clock.is_over(LIMIT):
            self.listen(QUIET)
        while self.listen(0):
            pass
        self.child.kill()
        self.child.wait()
        return self.text


def run(lines):
    """The block of a session with these commands, of which the last ends it."""
    session = Session()
    block = f"```\n{FIRST}\n"
    try:
        for line in lines:
            said = session.answer()
            if said is None:
                cli.fail(f"no prompt for {line!r} after:\n{block}{session.text}")
            block += said + PROMPT  # what was said begins with the echo of the command before
            session.type(line)
        return block + session.end() + "$\n```\n"
    finally:
        session.child.kill()
        session.child.wait()


def main():
    qemu.check_built(Options((), {}))
    block = run(commands(shown()))
    if "--write" not in sys.argv:
        print(block, end="")
        return 0
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(BLOCK.sub(lambda _: block, text, count=1), encoding="utf-8")
    return 0
