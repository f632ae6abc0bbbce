"""Boots the machine, has it run `bench` on one fault path after the other, and reads what that prints
(apps/bench/main.c)."""

import re
import statistics
import subprocess
from collections import defaultdict
from typing import NamedTuple

from parley import fairclock, qemu
from parley.options import NAMES, Options
from parley.toolchain import ROOT

PARTS = {  # what is measured on which fault path
    "pager": "calibrate B1 B2 B3 B4 B5 B6 B7 B8 B9",
    "self": "B4 B5 B6 B7",
    "ipc": "B4 B5 B6 B7",
    "kernel": "B4 B5 B6 B7",
}
SHIPPED_PATHS = ("pager", "self", "ipc")  # `kernel` takes another kernel


class Failure(Exception):
    """A run that did not end well; the text says how."""


def in_a_line(error):
    """What a Failure, OSError or SubprocessError says: a tool that failed by its name and its last words."""
    if not isinstance(error, subprocess.SubprocessError):
        return str(error)
    said = (getattr(error, "stderr", None) or b"")
    said = (said if isinstance(said, str) else said.decode(errors="replace")).strip()
    command = error.cmd if isinstance(error.cmd, str) else error.cmd[0]
    ended = f"ended with {error.returncode}" if isinstance(error, subprocess.CalledProcessError) \
        else f"still running after {error.timeout} s"
    return f"{command}: {ended}" + (f": {said.splitlines()[-1]}" if said else "")


class Figure(NamedTuple):
    """One measurement: `ops` operations of a row took so many counts."""
    path: str
    row: str
    size: int
    ops: int
    counts: int


class Run:
    """What bench printed in one boot, on all paths."""

    def __init__(self, output):
        self.order = []  # every Figure, as they were made
        self.by_key = defaultdict(list)  # (path, row, size): counts per operation
        self.notes = {}  # (path, name): value
        self.ns_per_count = {}  # by path
        path = None
        for line in output.splitlines():
            words = line.split()
            if len(words) == 2 and words[0] == "path":
                path = words[1]
            elif len(words) == 5 and words[0] == "figure":
                figure = Figure(path, words[1], *map(int, words[2:]))
                self.order.append(figure)
                self.by_key[path, figure.row, figure.size].append(figure.counts / figure.ops)
            elif len(words) == 3 and words[0] == "note":
                self.notes[path, words[1]] = int(words[2])
            elif len(words) == 3 and words[0] == "clock":
                self.ns_per_count[path] = int(words[2]) * 1000 / int(words[1])

    def paths(self):
        """Those on which bench ran, in order."""
        return list(dict.fromkeys(path for path, _, _ in self.by_key))

    def medians(self):
        return {key: statistics.median(values) for key, values in self.by_key.items()}


def options(line, **given):
    """Checked options of the machine, none of them from the environment."""
    return Options([f"APP={line}", *(f"{name}={value}" for name, value in given.items())], {})


def has_kernel_path():
    return "KFAULT" in NAMES


def command_line(paths, flags="", parts=None):
    """The shell line that runs bench on each of the paths."""
    commands = []
    for path in paths:
        bench = " ".join(f"bench {flags} {parts or PARTS[path]}".split())
        commands.append(bench if path == "pager" else f"run -f {path} {bench}")
    return "; ".join(commands)


def check(output, code, line):
    """A Run of that output, if QEMU ended well and so did every bench that began."""
    text = output.decode(errors="replace").replace("\r", "")
    begun = len(re.findall(r"^path ", text, re.M))
    if code % 2 != 1 or begun == 0 or len(re.findall(r"^clock ", text, re.M)) != begun:
        raise Failure(f"{line}: QEMU ended with {code}:\n{text}")
    return Run(text)


def run(paths, flags="", parts=None, timeout=300, **given):
    """Runs bench on these paths in one boot; a Run. A path that this system does not have is
    missing in it."""
    line = command_line(paths, flags, parts)
    command = qemu.command_line(options(line, **given), "-serial", "stdio", "-monitor", "none")
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             preexec_fn=qemu.die_with_parent)
    try:
        output, _ = fairclock.communicate(child, timeout)
    except subprocess.TimeoutExpired:
        raise Failure(f"{line}: still running after {timeout} s") from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    return check(output, child.returncode, line)
