"""The scheduler seen from outside: hints and `ps` in the shell, an idle machine, a machine that stood still."""

import json
import os
import re
import signal
import time

from conftest import run_command



def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_rows(text):
    """CPU -> (queued, longest ms, breaches, ticks), of `ps -s`."""
    rows = re.findall(r"^ +(\d+) +(\d+) +([\d.]+) +(\d+) +(\d+)(?: \(last by [^)]+\))?$", text, re.M)
    return {int(cpu): (int(queued), float(longest), int(breaches), int(ticks))
            for cpu, queued, longest, breaches, ticks in rows}


def process_row(text, pid):
    """The words of a process's row of `ps -s`."""
    return re.search(rf"^ +{pid} \D.*$", text, re.M).group().split()


def test_hint_and_ps(shell):
    session = shell(SMP=2)
    session.run("spin &")
    session.run("spin &")
    text = session.run("hint 2 weight=3 cpu=1 next; ps -s")
    assert set(cpu_rows(text)) == {0, 1}, text
    row = process_row(text, 2)
    assert row[3:6] == ["1", "3", "yes"] and row[-1] == "spin", text
    assert process_row(text, 3)[3:6] == ["-", "1", "-"], text
    assert "no such" in session.run("hint 77 next")
    assert "no hint named" in session.run("hint 2 ms=100")
    assert "not permitted" in session.run("hint 1 weight=2")  # oneself
    for wrong in ("weight=5", "weight=", "cpu=-1", "nice=1", "ms=0", "ms=99999"):
        assert "not weight=1..4" in session.run(f"hint 2 {wrong}"), wrong
    assert "invalid" in session.run("hint 2 cpu=9")
    session.run("hint 3 weight=2 ms=100")
    time.sleep(1)
    assert process_row(session.run("ps -s"), 3)[4] == "1"


def test_help_tells_how_to_call_a_command(shell):
    session = shell(SMP=1)
    assert "usage: hint PID [weight=1..4]" in session.run("help hint")
    assert "not a command" in session.run("help nothing")


def test_ps_again_and_again(shell):
    session = shell(SMP=2)
    session.send("ps -w 0.2\r")
    for _ in range(3):
        session.expect("\x1b[H\x1b[J")
        session.expect("IGNORED")
    session.send("\x03")
    session.expect("parley$ ")
    session.send("ps -w 30\r")
    session.expect("IGNORED")
    session.send("q")  # any key, long before the next refresh, and it is not typed to the shell
    session.expect("parley$ ", timeout=10)
    assert "sh" in session.run("ps")
    assert "usage" in session.run("ps -w x")


def test_idle_machine_is_idle(shell):
    """At the prompt nothing runs: no ticks but those around a command, and next to no time of the host's."""
    session = shell(SMP=4)
    session.run("hello")
    qemu = children(session.child.pid)[0]
    before = cpu_rows(session.run("ps -s"))
    time.sleep(0.5)
    used = cpu_seconds(qemu)
    time.sleep(4)
    used = cpu_seconds(qemu) - used
    after = cpu_rows(session.run("ps -s"))
    ticks = {cpu: after[cpu][3] - before[cpu][3] for cpu in before}
    assert len(ticks) == 4 and all(count < 60 for count in ticks.values()), ticks
    assert used < 0.6, used


def test_standstill_is_a_breach_and_no_more(shell, tmp_path):
    """QEMU stops for a moment while envs wait: the kernel sees who had the CPU, forgets hints, goes on."""
    session = shell(SMP=1, TRACE=tmp_path / "records")
    for _ in range(3):
        session.run("spin &")
    session.run("hint 2 weight=4")
    session.run("trace on")
    qemu = children(session.child.pid)[0]
    for _ in range(10):  # it may happen in the turn of one before whom nobody waits for long
        os.kill(qemu, signal.SIGSTOP)
        time.sleep(1.5)
        os.kill(qemu, signal.SIGCONT)
        text = session.run("ps -s", timeout=60)
        rows = cpu_rows(text)
        if rows[0][2]:
            break
    assert rows[0][2] >= 1 and rows[0][1] > 1000, text
    culprit = re.search(r"last by ([0-9a-f]{8})(?:, (\d+) (\S+))?\)", text)
    if culprit.group(2):
        assert process_row(text, culprit.group(2))[-1] == culprit.group(3), text
    culprit = int(culprit.group(1), 16)
    first = [int(process_row(text, pid)[6]) for pid in (2, 3, 4)]
    time.sleep(1)
    text = session.run("ps -s")
    assert all(int(process_row(text, pid)[6]) > was for pid, was in zip((2, 3, 4), first)), text
    session.run("trace off; trace save", timeout=60)
    session.send("poweroff\r")
    session.end()
    result = run_command(["scripts/trace", str(tmp_path / "records"), str(tmp_path / "json")])
    assert result.status == 0, result
    breaches = [event for event in json.loads((tmp_path / "json").read_text())["traceEvents"]
                if event["name"] == "breach"]
    assert culprit in [int(event["args"]["a"], 16) for event in breaches], breaches


