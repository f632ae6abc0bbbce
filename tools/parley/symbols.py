"""Turns the addresses of backtrace lines into function, file and line.

    "  #2 0xf0101234"          an address in the kernel
    "  #2 0x00801234 NAME"     an address in the program or server NAME
"""

import re
import subprocess

from parley import toolchain
from parley.options import SERVERS
from parley.toolchain import ROOT

LINE = re.compile(rb"^  #(\d+) 0x([0-9a-f]{8})(?: (\S+))?$")


def program_file(name, kernel):
    """The ELF file with debug data of a program, or None."""
    if name in (None, "kernel"):
        return ROOT / kernel
    if name in SERVERS:
        return ROOT / f"build/{name}.elf"
    for folder in ("apps", "tests"):
        path = ROOT / "build" / folder / name
        if path.is_file():
            return path
    return None


def addr2line(path, address):
    """(function, "file:line") of an address; "??" for what is unknown."""
    command = [toolchain.cross("addr2line"), "-f", "-e", str(path), hex(address)]
    try:
        out = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "??", "??:0"
    function, place = (out.splitlines() + ["??", "??:0"])[:2]
    place = re.sub(r" \(discriminator \d+\)$", "", place)
    place = place.rpartition("//")[2]  # NASM names the folder twice
    return function, place.removeprefix(f"{ROOT}/").removeprefix("./")


def locate(name, depth, address, kernel="build/kernel.elf"):
    """Text for one frame. Programs print return addresses alone, the kernel as all but the first. Such an
    address may lie past the end of the caller, if the call does not return: so the byte before it is looked up."""
    path = program_file(name, kernel)
    if not path or not path.is_file():
        return "??"
    before = addr2line(path, address - 1)
    exact = before if depth or name else addr2line(path, address)
    return " ".join(before if exact[0] == "??" else exact)


class Symboliser:
    """Passes a byte stream through at once, adding to each backtrace line where it points."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.line = b""  # what was passed on of the current line
        self.held = b""  # a carriage return that may belong to the line's end

    def feed(self, data):
        out = []
        for part in (self.held + data).splitlines(keepends=True):
            out.append(self.pass_on(part))
        return b"".join(out)

    def pass_on(self, part):
        text = part.rstrip(b"\r\n")
        ending = part[len(text):]
        self.line += text
        self.held = b""
        if ending == b"\r":
            self.held = ending
            return text
        if not ending:
            return text
        match = LINE.match(self.line)
        self.line = b""
        if match:
            depth, address, name = match.groups()
            where = locate(name and name.decode(errors="replace"), int(depth), int(address, 16),
                           self.kernel)
            text += b" " + where.encode()
        return text + ending

    def finish(self):
        held, self.held = self.held, b""
        return held
