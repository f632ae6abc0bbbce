"""Machines that lack something: they say so, on the serial line and on the screen, and nothing waits for ever."""

import json
import re
import shutil
import struct
import subprocess
import time

import pytest

from conftest import ROOT
from parley import qemu
from parley.options import Options

CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Wno-pointer-to-int-cast",
          "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I", "."]
ACPI_SOURCES = ["tests/host/acpi_test.c", "kernel/boot/acpi.c", "servers/procmgr/machine/acpi.c"]
STOPPED = 2 * qemu.PANIC_STATUS + 1  # QEMU's exit status
STAYS_ON = "procmgr: the machine does not power off by itself; it may be switched off now"
TIMEOUT = 60


def command(hardware, cpu, words, *more, debug_exit=True):
    """QEMU for this kind of machine and CPU; the kernel's command line is `words`."""
    line = qemu.command_line(Options(["SMP=1"]), *more)
    line[line.index("-cpu") + 1] = cpu
    line[line.index("-append") + 1] = words
    if not debug_exit:
        at = line.index("-device")
        del line[at:at + 2]
    return line + ["-machine", hardware]


def boot(hardware, cpu, words, *more, debug_exit=True):
    """(QEMU's exit status, what the serial line said)."""
    line = command(hardware, cpu, words, "-serial", "stdio", "-monitor", "none", *more, debug_exit=debug_exit)
    result = subprocess.run(line, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            timeout=TIMEOUT, check=False)
    return result.returncode, result.stdout


class Watched:
    """A machine without a serial line, and QEMU's monitor to look at its screen."""

    def __init__(self, folder, hardware, cpu, words, *more, debug_exit=False):
        self.dump = folder / "screen"
        line = command(hardware, cpu, words, "-serial", "none", "-qmp", "stdio", *more, debug_exit=debug_exit)
        self.child = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.child.stdout.readline()
        self.ask("qmp_capabilities")

    def ask(self, name, **arguments):
        """What the monitor answers."""
        print(json.dumps({"execute": name, "arguments": arguments}), file=self.child.stdin, flush=True)
        for line in self.child.stdout:
            answer = json.loads(line)
            if "event" not in answer:
                return answer["return"]
        raise EOFError("QEMU has ended")

    def screen(self, rows=25):
        """The text in so many rows from the start of the screen's memory: there the kernel, and a console that has not scrolled,
        put theirs."""
        self.ask("pmemsave", val=0xB8000, size=rows * 160, filename=str(self.dump))
        cells = self.dump.read_bytes()
        text = [cells[at:at + 160:2].decode("cp437").rstrip() for at in range(0, len(cells), 160)]
        return "\n".join(text).rstrip() + "\n"

    def wait_for(self, text, times=1, rows=25):
        """Waits until this is shown so often; all that is shown."""
        end = time.monotonic() + TIMEOUT
        while self.screen(rows).count(text) < times:
            assert time.monotonic() < end, self.screen(rows)
            time.sleep(0.1)
        return self.screen(rows)


@pytest.fixture
def watched(tmp_path):
    """A function that starts a machine to be watched."""
    machines = []

    def start(*arguments, **options):
        machines.append(Watched(tmp_path, *arguments, **options))
        return machines[-1]

    yield start
    for one in machines:
        one.child.kill()
        one.child.wait()


# ---- what is missing ----

LACKS = "Parley cannot run here: the processor lacks "


@pytest.mark.parametrize("hardware, cpu, line", [
    ("pc", "486", LACKS + "TSC MSR APIC PGE CMOV FXSR"),
    ("isapc", "486", LACKS + "TSC MSR APIC PGE CMOV FXSR"),
    ("pc", "pentium", LACKS + "PGE CMOV FXSR"),
    ("q35", "max,-fxsr", LACKS + "FXSR"),
    ("pc", "max,-apic", LACKS + "APIC"),
    ("pc", "max,-fpu,-tsc,-pse", LACKS + "FPU PSE TSC"),
    ("isapc", "max", "Parley cannot run here: no I/O APIC at 0xfec00000 (MP tables)"),
    ("isapc", "max,noacpi,nomp", "Parley cannot run here: no I/O APIC at 0xfec00000 (no tables)"),
])
def test_what_is_missing_is_named(hardware, cpu, line):
    words = " ".join(word for word in cpu.split(",") if word.startswith("no"))
    cpu = ",".join(part for part in cpu.split(",") if not part.startswith("no"))
    status, output = boot(hardware, cpu, words)
    assert output.endswith(line + "\n"), output
    assert output.count("Parley cannot") == 1 and status == STOPPED, output


def test_what_is_missing_is_on_the_screen(watched):
    assert watched("pc", "486", "").wait_for("FXSR") == LACKS + "TSC MSR APIC PGE CMOV FXSR\n"
    assert watched("isapc", "max", "").wait_for("I/O APIC").startswith("Parley\nmemory:")


@pytest.mark.parametrize("cpu, enabled", [("pentium2", False), ("pentium3", True)])
def test_sse_exceptions_are_asked_for_where_there_is_sse(watched, cpu, enabled):
    one = watched("pc", cpu, "")
    one.wait_for("parley$")
    registers = one.ask("human-monitor-command", **{"command-line": "info registers"})
    cr4 = int(re.search(r"CR4=([0-9a-f]+)", registers)[1], 16)
    assert bool(cr4 & 0x400) == enabled, registers


# ---- the screen of a machine without a serial line ----

def test_start_up_is_on_the_screen_and_stays(watched):
    text = watched("pc", "max", "").wait_for("parley$")
    lines = text.splitlines()
    assert lines[0] == "Parley" and lines[1].startswith("memory: ") and lines[2].startswith("clock: "), text
    assert lines[3] == "1 CPUs (ACPI)" and lines[4].startswith("Parley. "), text


def test_panic_at_start_up_is_on_the_screen(watched):
    text = watched("pc", "max", "panic").wait_for("#1 0x")
    assert text.startswith("Parley\nmemory: "), text
    assert "\n\nkernel panic on CPU 0: asked for on the command line\n  eax " in text, text


def test_panic_takes_the_screen_from_the_console(watched):
    """What the console showed stays above, though it had scrolled."""
    one = watched("pc", "max", "app=ls; ls; spin")
    one.wait_for("zippager", times=2, rows=200)
    one.ask("inject-nmi")
    text = one.wait_for("#0 0x")
    assert re.search(r"\d+ zippager\n\nkernel panic on CPU 0: ", text), text


def test_programs_without_a_console_are_on_the_screen(watched):
    text = watched("pc,acpi=off", "max", "app=jos/hello").wait_for(STAYS_ON)
    assert "\nhello, world\ni am environment 00001000\n" + STAYS_ON in text, text


def test_a_server_that_cannot_start_is_on_the_screen(watched):
    one = watched("pc,acpi=off", "max", "app=", "-initrd", "build/procmgr.elf procmgr,build/apps.cpio apps")
    assert "procmgr: a boot module is missing" in one.wait_for(STAYS_ON)


# ---- tables ----

@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a gcc for the host")
def test_acpi_tables_on_host(tmp_path):
    program = tmp_path / "acpi_test"
    subprocess.run(["gcc", *CFLAGS, "-o", str(program), *ACPI_SOURCES], cwd=ROOT, check=True)
    result = subprocess.run([str(program)], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and "passed" in result.stdout


def test_xsdt_without_rsdt():
    """QEMU's microvm has no RSDT."""
    status, output = boot("microvm", "max", "app=hello")
    assert status == 1 and "\n1 CPUs (ACPI)\n" in output, output


# ---- power-off ----

@pytest.mark.parametrize("hardware", ["pc", "q35"])
def test_machine_powers_off_without_a_word(hardware):
    for _ in range(4):
        assert boot(hardware, "max", "quiet app=hello", debug_exit=False) == (0, "hello, world\ni am process 2\n")


def test_machine_that_stays_on_says_so_after_a_second(watched):
    one = watched("pc,acpi=off", "max", "quiet app=hello")
    text = one.wait_for(STAYS_ON)
    assert text == f"hello, world\ni am process 2\n{STAYS_ON}\n", text


def test_power_off_port_and_type_are_read_from_the_tables(tmp_path):
    """A FADT that names another port, where a device ends QEMU with twice what is written and 1, and a DSDT."""
    dsdt_at, port = 0x94000, 0xB004  # SeaBIOS leaves this memory alone
    aml = b"\x08_S5_\x12\x06\x04\x0a\x05\x0a\x05"
    dsdt = b"DSDT" + struct.pack("<I", 36 + len(aml)) + bytes(28) + aml
    dsdt = dsdt[:9] + bytes([-sum(dsdt) % 256]) + dsdt[10:]
    (tmp_path / "dsdt").write_bytes(dsdt)
    fadt = bytearray(80)  # without the header
    struct.pack_into("<I", fadt, 40 - 36, dsdt_at)
    struct.pack_into("<I", fadt, 64 - 36, port)
    (tmp_path / "fadt").write_bytes(fadt)
    status, output = boot("pc", "max", "quiet app=hello",
                          "-acpitable", f"sig=FACP,data={tmp_path / 'fadt'}",
                          "-device", f"loader,file={tmp_path / 'dsdt'},addr={dsdt_at},force-raw=on",
                          "-device", f"isa-debug-exit,iobase={port},iosize=4", debug_exit=False)
    assert status == (2 * (0x2000 | 5 << 10) + 1) % 256 and STAYS_ON not in output, output
