"""Deadlines of page faults: a pager that hangs costs one process its life, after one deadline, with one line.

A second deadline would be waited for if anything between the time-out and the process's end needed the pager.
"""

import re

import pytest

from conftest import run_app

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])
PATHS = pytest.mark.parametrize("path", ["pager", "ipc"])
HANGS = "build/tests/servers/hangs_at_request.elf"


@CPUS
@PATHS
def test_hanging_pager_ends_the_program_after_one_deadline(smp, path):
    """65 deadlines, as it once took, would be more than the time-out."""
    result = run_app("hello", smp=smp, timeout=40, bootargs="deadline=1000", PAGER=HANGS, FAULTS=path)
    lines = re.findall(r"^(.*): no answer from the pager in 1000 ms$", result.output, re.M)
    assert result.status == 98 and len(lines) == 1, result
    place = re.match(r"sh\[1\]: fault at 0x([0-9a-f]+) \((?:read|write), ip 0x[0-9a-f]+ (\S+)\+", lines[0])
    assert place and not re.search(r"fault|give_up", place.group(2)), result


def test_path_self_needs_no_pager():
    result = run_app("hello", timeout=40, bootargs="deadline=1000", PAGER=HANGS, FAULTS="self")
    assert result.status == 0 and "hello, world" in result.output, result


@CPUS
@PATHS
def test_hanging_pager_of_ones_own_ends_its_client_alone(shell, smp, path):
    session = shell(SMP=smp)
    session.send(f"run -f {path} -d 300 -p spin cowtest &\r")
    session.expect("parley$ ")
    for _ in range(20):
        text = session.run("sleep 0.3")
        if "no answer" in text:
            break
    assert re.search(r"^cowtest\[\d+\]: fault at 0x[0-9a-f]+ \(\w+, ip 0x[0-9a-f]+ (?!fault|process_fault)\S+\+"
                     r"\w+\): no answer from spin\[\d+\] in 300 ms$", text, re.M), text
    processes = session.run("ps")
    assert " spin" in processes and "cowtest" not in processes, processes
    assert "hello, world" in session.run("hello")


@CPUS
@pytest.mark.parametrize("line", ["run -d 300 -p spin cowtest", "run -d 300 -p spin cowtest &"])
def test_status_is_that_of_the_program_that_waited(smp, line):
    result = run_app(line, smp=smp, timeout=30, tests=False)
    assert result.status == 98 and "no answer from spin" in result.output, result
