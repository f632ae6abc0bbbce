"""The clock's calibration on a host that stops the machine, and with clocks that are missing."""

import re
import shutil
import signal
import subprocess
import time

import pytest

from conftest import ROOT, run_process
from parley import qemu
from parley.options import Options

CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all", "-I", "."]
SOURCES = ["tests/host/calibrate_test.c", "kernel/machine/calibrate.c"]
STALL_S = 0.08  # longer than the 8254's count takes to go round
STALLS = 10  # few enough that the kernel does not give up


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a gcc for the host")
def test_calibration_on_host(tmp_path):
    """Simulated clocks, on hosts that stall at random and on purpose."""
    program = tmp_path / "calibrate_test"
    subprocess.run(["gcc", *CFLAGS, "-o", str(program), *SOURCES], cwd=ROOT, check=True)
    result = run_process([str(program)], 120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and "passed" in result.stdout


def command(hardware, words=""):
    """QEMU, for a machine of this kind that boots, says what it found, and ends with a panic that was asked for."""
    line = qemu.command_line(Options(["SMP=1"]), "-serial", "stdio", "-monitor", "none")
    line[line.index("-append") + 1] = f"panic {words}"
    return line + ["-machine", hardware]


def clocks(output):
    """(TSC, timer) counts that were measured."""
    found = re.search(r"^clock: (\d+) TSC counts per ms, (\d+) timer counts per tick", output, re.M)
    assert found, output
    return int(found[1]), int(found[2])


def boot(hardware, words=""):
    """(QEMU's exit status, what was printed) of a boot that nobody disturbs."""
    result = run_process(command(hardware, words))
    return result.returncode, result.stdout


def run_for(seconds):
    """Does nothing, and no sleep, which would take longer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def stalled_boot(hardware, slices):
    """A boot whose host stops the machine again and again, for longer than the 8254's count takes to go round, from the line before
    the clock's on; in between it runs for so many seconds."""
    child = subprocess.Popen(command(hardware), cwd=ROOT, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, bufsize=0)
    try:
        output = b""
        while b"unused" not in output:
            part = child.stdout.read(1)
            assert part, output
            output += part
        for seconds in slices:
            child.send_signal(signal.SIGSTOP)
            time.sleep(STALL_S)
            child.send_signal(signal.SIGCONT)
            run_for(seconds)
        output += child.stdout.read()
        child.wait(60)
    finally:
        child.kill()
        child.wait()
    return output.decode()


@pytest.mark.parametrize("hardware, clock", [("pc", "8254"), ("q35,pit=off", "ACPI timer")])
def test_clock_is_right_though_the_host_stalls(hardware, clock):
    right = boot(hardware)[1]
    assert f"per tick ({clock})\n" in right, right
    for slice_us in range(0, 400, 40):
        output = stalled_boot(hardware, [slice_us / 1e6] * STALLS)
        for stalled, undisturbed in zip(clocks(output), clocks(right)):
            assert abs(stalled - undisturbed) < undisturbed / 20, right + output


@pytest.mark.parametrize("hardware, words, lines", [
    ("pc,pit=off", "noacpi", "the 8254 stands still, and no ACPI timer is named"),
    ("microvm,pit=off", "", "the 8254 stands still, and no ACPI timer is named")])
def test_missing_clocks_are_named(hardware, words, lines):
    status, output = boot(hardware, words)
    assert output.endswith(f"Parley cannot run here: {lines}\n"), output
    assert status == 2 * qemu.PANIC_STATUS + 1, output
