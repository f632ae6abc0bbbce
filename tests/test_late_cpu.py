"""A CPU that comes after it was left out: its host runs it only then. QEMU's gdb stub runs one CPU alone."""

import re
import socket
import subprocess
import time

import pytest

from conftest import ROOT, run_process
from parley import qemu, toolchain
from parley.options import Options

TRAMPOLINE = 0x8000
PROCMGR_START = 0xA00000
ONLY_BOOT_CPU, ONLY_OTHER_CPU, BOTH = "vCont;c:p1.1", "vCont;c:p1.2", "vCont;c"


class Stub:
    """QEMU's end of gdb's remote protocol, on a local socket."""

    def __init__(self, path, machine):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        while machine.poll() is None:
            try:
                self.socket.connect(str(path))
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(machine.communicate())

    def send(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) & 0xFF:02x}".encode())

    def ask(self, text):
        """The answer; to what lets CPUs run, how they stopped."""
        self.send(text)
        said = b""
        while not re.search(rb"\$[^#]*#..", said):
            more = self.socket.recv(4096)
            assert more, (text, said)
            said += more
        self.socket.sendall(b"+")
        return said.decode().partition("$")[2].partition("#")[0]

    def run_to(self, address, cpus):
        assert self.ask(f"Z1,{address:x},1") == "OK"
        stop = self.ask(cpus)
        assert stop.startswith("T05"), stop
        assert self.ask(f"z1,{address:x},1") == "OK"


def symbols(kernel):
    listing = run_process([toolchain.cross("nm"), kernel]).stdout.splitlines()
    return {name: int(address, 16) for address, _, name in map(str.split, listing)}


@pytest.mark.parametrize("words, status, said", [("", 1, "hello, world"), ("panic", qemu.PANIC_STATUS << 1 | 1, "kernel panic")])
def test_cpu_that_comes_late_halts(tmp_path, words, status, said):
    """It once ran start-up's code, which others had by then: a reset. A panic's NMI leaves it halted, too."""
    path = tmp_path / "gdb"
    options = Options(["SMP=2", "APP=hello", "BOOTARGS=" + words], {})
    command = qemu.command_line(options, "-S", "-chardev", f"socket,path={path},server=on,wait=off,id=gdb",
                                "-gdb", "chardev:gdb", "-serial", "stdio", "-monitor", "none")
    place = symbols(options.kernel)
    halt = TRAMPOLINE + place["left_out.halt"] - place["trampoline_code"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, preexec_fn=qemu.die_with_parent) as machine:
        try:
            stub = Stub(path, machine)
            stub.run_to(place["boot_main"], BOTH)  # the BIOS waits for all CPUs
            stub.run_to(place["panic_here"] if words else PROCMGR_START, ONLY_BOOT_CPU)
            stub.run_to(halt, ONLY_OTHER_CPU)
            stub.send(BOTH)
            output, _ = machine.communicate(timeout=60)
        finally:
            machine.kill()
    assert "CPU with APIC id 1 does not answer: left out" in output and said in output, output
    assert machine.returncode == status, output
