"""Boots Parley in QEMU: `scripts/run [NAME=VALUE...]`, or through `make run`, which hands its options on.

Without APP the terminal becomes the machine's console; Ctrl-a x leaves, Ctrl-C goes to the guest.
With APP only the program's output appears, and the exit status is the program's (0..100), or 124
past TIMEOUT, 125 after a kernel panic, 126 when QEMU ended in another way, 123 when the output cannot be written.
`--check` only checks the options.
"""

import errno
import os
import re
import selectors
import signal
import subprocess
import sys
import termios
import time
from contextlib import nullcontext, suppress

from parley import cli, fairclock, qemu, symbols, toolchain
from parley.options import Options
from parley.toolchain import ROOT

END_OF_INPUT = b"\x04"
LOOK_SECONDS = 0.25  # between two looks at the time


def start(options):
    if options.app:
        serial = ["-serial", "stdio", "-monitor", "none"]
    else:
        serial = ["-chardev", "stdio,id=console,mux=on,signal=off"]
        serial += ["-serial", "chardev:console", "-mon", "chardev=console"]
    stdin = subprocess.DEVNULL if options.app else subprocess.PIPE
    command = qemu.command_line(options, *serial)
    try:
        return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, bufsize=0, start_new_session=True,
                                env=qemu.environment(), preexec_fn=qemu.die_with_parent)
    except FileNotFoundError:
        cli.fail(f"{toolchain.qemu()} is missing; run 'make setup' to install it")


class Terminal:
    """Standard input as a console: every key goes to the guest. Restored on exit."""

    def __enter__(self):
        self.saved = None
        if sys.stdin.isatty():
            self.saved = termios.tcgetattr(0)
            raw = termios.tcgetattr(0)
            raw[0] &= ~(termios.IXON | termios.ICRNL | termios.INLCR | termios.ISTRIP)
            raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
            termios.tcsetattr(0, termios.TCSADRAIN, raw)
        return self

    def __exit__(self, *error):
        if self.saved:
            with suppress(termios.error):  # the terminal may be gone
                termios.tcsetattr(0, termios.TCSADRAIN, self.saved)


def write_all(data):
    """To standard output, which may be a terminal that somebody made non-blocking."""
    while data:
        try:
            data = data[os.write(1, data):]
        except BlockingIOError:
            time.sleep(0.01)


class Pump:
    """Moves bytes between the console and QEMU until QEMU ends or time is up."""

    def __init__(self, child, options):
        self.child = child
        self.symboliser = symbols.Symboliser(options.kernel)
        self.strip = bool(options.app)
        self.typed = b""
        self.last = b"\n"
        self.errors, self.shown = b"", 0
        self.selector = selectors.PollSelector()  # unlike epoll it takes regular files
        self.selector.register(child.stdout, selectors.EVENT_READ, self.output)
        self.selector.register(child.stderr, selectors.EVENT_READ, self.complaint)
        if child.stdin:
            os.set_blocking(child.stdin.fileno(), False)
            self.selector.register(0, selectors.EVENT_READ, self.input)

    def output(self):
        data = self.child.stdout.read(65536)
        if not data:
            return False
        data = self.symboliser.feed(data)
        write_all(data.replace(b"\r", b"") if self.strip else data)
        return True

    def complaint(self):
        data = self.child.stderr.read(65536)
        if not data:
            self.selector.unregister(self.child.stderr)
            return True
        self.errors += data
        self.show_complaints(self.errors.rfind(b"\n") + 1)  # QEMU writes a line in pieces
        return True

    def show_complaints(self, end):
        if end > self.shown:
            cli.complain(self.errors[self.shown:end].decode(errors="replace").rstrip("\n"))
            self.shown = end

    def failed_to_start(self):
        """Whether QEMU itself, which then ends with 1 like a program with status 0, gave up."""
        self.errors += self.child.stderr.read() or b""
        self.show_complaints(len(self.errors))
        return re.search(rb"^qemu[\w-]*: (?!warning:|info:)", self.errors, re.M)

    @staticmethod
    def read_input():
        try:
            return os.read(0, 4096)
        except OSError as error:
            if error.errno != errno.EIO:  # as a terminal that is gone says
                cli.fail(f"standard input: {error.strerror}")
            return b""

    def input(self):
        self.typed = self.read_input()
        self.selector.unregister(0)
        self.at_end = not self.typed
        if self.at_end:  # the end of a file or pipe: what Ctrl-D says at a terminal
            self.typed = END_OF_INPUT if self.last == b"\n" else b"\n" + END_OF_INPUT
        self.last = self.typed[-1:]
        self.forward()
        return True

    def forward(self):
        """Types into the guest as fast as QEMU takes it, then listens again."""
        try:
            self.typed = self.typed[os.write(self.child.stdin.fileno(), self.typed):]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.typed = b""
        waiting = self.child.stdin in self.selector.get_map()
        if self.typed and not waiting:
            self.selector.register(self.child.stdin, selectors.EVENT_WRITE, self.forward)
        elif not self.typed:
            if waiting:
                self.selector.unregister(self.child.stdin)
            if not self.at_end:
                self.selector.register(0, selectors.EVENT_READ, self.input)
        return True

    def run(self, timeout):
        """True when QEMU closed its output, False when time was up, which goes on only while the host has a CPU
        for us (fairclock.py)."""
        clock = fairclock.FairClock(os.getpid(), self.child.pid)
        look = time.monotonic() + LOOK_SECONDS
        while True:
            events = self.selector.select(max(0, look - time.monotonic()) if timeout else None)
            for key, _ in events:
                if not key.data():
                    write_all(self.symboliser.finish() if not self.strip else b"")
                    return True
            if timeout and time.monotonic() >= look:
                if clock.is_over(timeout):
                    return False
                look = time.monotonic() + LOOK_SECONDS


def result(code, options):
    """This script's exit status for QEMU's: odd ones are 2 * status + 1 from the guest."""
    if code == 2 * qemu.PANIC_STATUS + 1:
        cli.fail("kernel panic", cli.EXIT_PANIC)
    if code > 0 and code % 2 and code // 2 <= 100:
        return code // 2
    if code == 0 and not options.app:
        return 0
    how = f"by signal {-code}" if code < 0 else f"with status {code}"
    cli.fail(f"QEMU ended {how}, not the guest (reset or triple fault?)", cli.EXIT_QEMU)


def stop(number, _frame):
    sys.exit(128 + number)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    options = Options(arguments, before_build="--check" in sys.argv)
    if "--check" in sys.argv:
        return 0
    os.chdir(ROOT)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    child = start(options)
    try:
        with nullcontext() if options.app else Terminal():  # Ctrl-C ends a run that reads no keys
            pump = Pump(child, options)
            ended = pump.run(options.timeout)
        code = child.wait(100) if ended else None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if not ended:
        cli.fail(f"still running after {options.timeout} s, stopped (see TIMEOUT)",
                     cli.EXIT_TIMEOUT)
    if code == 1 and pump.failed_to_start():
        cli.fail("QEMU could not start", cli.EXIT_QEMU)
    return result(code, options)
