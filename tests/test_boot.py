"""How the machine is found and how it stops: CPU discovery, topologies, panics of a running system."""

import pytest

from conftest import boot_with, run_app, run_process
from parley import cli, qemu
from parley.options import Options


def cpus(output):
    return int(output.split("cpus")[1].split()[0])


@pytest.mark.parametrize("words, found", [("", 4), ("noacpi", 4), ("noacpi nomp", 1)])
def test_cpus_are_found_in_each_table(words, found):
    """ACPI's MADT, the MP tables, or none."""
    result = run_app("memstat", smp=4, bootargs=words)
    assert result.status == 0 and cpus(result.output) == found, result


@pytest.mark.parametrize("word, right", [
    ("deadline=x", "0 to 4294967; 5000"), ("deadline=-5", "0 to 4294967; 5000"), ("deadline=", "0 to 4294967; 5000"),
    ("around=0", "1 to 64; 8"), ("around=65", "1 to 64; 8"), ("around=8x", "1 to 64; 8")])
def test_bad_boot_words_are_said_and_defaults_hold(word, right):
    """Also those that scripts/run refuses: another loader may give them."""
    status, output = boot_with(f"quiet {word} app=hello")
    assert status == 1 and "hello, world" in output, output
    assert f"procmgr: {word}: must be a number from {right} is used\n" in output.replace("\r", ""), output


@pytest.mark.parametrize("topology", ["4", "4,cores=4", "4,cores=2,threads=2"])
def test_cpus_are_found_in_each_topology(topology):
    """Also without the options that `make run` gives."""
    options = Options(["APP=memstat", "SMP=4"])
    command = qemu.command_line(options, "-serial", "stdio", "-monitor", "none")
    command[command.index("-smp") + 1] = topology
    result = run_process(command)
    assert result.returncode == 1 and cpus(result.stdout) == 4, result


def run_on(cpu, app):
    """A shell line of one program on this model of a CPU: its status, what it printed."""
    options = Options([f"APP={app}", "SMP=2", "TESTS=1"])
    command = qemu.command_line(options, "-serial", "stdio", "-monitor", "none")
    command[command.index("-cpu") + 1] = cpu
    result = run_process(command)
    return result.returncode >> 1, result.stdout


# One program a boot: a line of several has the status of its last.
WITHOUT_SYSENTER = (
    "ipc_same_by_both_ways", "ipc_pages_same_by_both_ways", "fault_answers_by_every_way", "cowtest",
    "run -f self cowtest", "run -f ipc cowtest", "bench -b B1 B2 B3 B4 B9", "run -f self bench -b B4 B6",
    "run -f ipc bench -b B4 B6")


@pytest.mark.parametrize("app", WITHOUT_SYSENTER)
@pytest.mark.parametrize("cpu", ["max,-sep", "pentium3,-sep"])
def test_processors_without_sysenter_use_int(cpu, app):
    status, output = run_on(cpu, app)
    assert status == 0, output


def test_panic_of_a_running_system_stops_all_and_can_be_looked_at(shell):
    """A non-maskable interrupt while programs run on every CPU, then the monitor's commands."""
    session = shell(SMP=4)
    session.run("spin & spin & spin &")
    session.send("\x01c")
    session.expect("(qemu)")
    session.send("nmi\r\x01c")
    session.expect("kernel panic on CPU")
    assert "esp" in session.expect("kernel> ")
    assert session_command(session, "help").count(",") >= 5
    assert "running" in session_command(session, "envs")
    assert session_command(session, "cpus").count("apic") == 4
    assert "free" in session_command(session, "memory")
    assert "pde" in session_command(session, "pt 0 0xf0100000")
    assert "#0 0x" in session_command(session, "backtrace")
    session.send("quit\r")
    assert session.end() == cli.EXIT_PANIC


def session_command(session, line):
    """Types a line at the monitor's prompt; what it answers."""
    session.send(line + "\r")
    return session.expect("kernel> ").partition("\n")[2]
