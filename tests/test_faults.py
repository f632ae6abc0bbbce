"""`faults` of the shell: how many page faults, of which kind, and what they cost."""

import re

import pytest

from conftest import run_app

PROGRAM = "fault_counts_by_kind"  # at least 60 zero pages, 8 of the stack, 5 loads, 16 copies, 4 kept
COLUMNS = ("pid", "path", "faults", "cow", "zero", "stack", "load", "other", "ipcs", "copied", "undone",
           "kernel", "handler", "pager", "name")


def tables(output):
    """The rows of each `faults` in the output, as dictionaries."""
    found = []
    for line in output.split("\n"):
        words = line.split()
        if words[:2] == ["PID", "PATH"]:
            found.append([])
        elif found and re.match(r"^ +(\d+|-) (pager|self|ipc|kernel) ", line):
            found[-1].append({name: int(word) if word.isdigit() else word
                              for name, word in zip(COLUMNS, words)})
    return found


def ended(rows, path):
    return next(row for row in rows if row["name"] == "(ended)" and row["path"] == path)


@pytest.mark.parametrize("smp", [1, 2, 4])
def test_faults_counts_are_right_on_each_path(smp):
    paths = ("pager", "self", "ipc")
    result = run_app("; ".join(f"run -f {path} {PROGRAM}" for path in paths) + "; faults", smp=smp)
    assert result.status == 0, result
    rows = tables(result.output)[0]
    for path in paths:
        row = ended(rows, path)
        assert 60 <= row["zero"] < 70 and 8 <= row["stack"] < 14, row
        assert row["load"] == 0 if path == "self" else 5 <= row["load"] < 12, row
        assert 16 <= row["copied"] < 36 and 4 <= row["undone"] < 20, row
        assert row["cow"] == row["copied"] + row["undone"] and row["other"] == 0, row
        assert row["faults"] == row["cow"] + row["zero"] + row["stack"] + row["load"], row
        assert row["ipcs"] == (0 if path == "self" else 2 * row["faults"]), row
        assert row["kernel"] == row["handler"] == row["pager"] == "-", row


@pytest.mark.parametrize("path", ["pager", "self", "ipc"])
def test_faults_of_the_programs_handlers_are_others(path):
    result = run_app(f"run -f {path} fault_handlers_of_programs; faults")
    assert result.status == 0 and ended(tables(result.output)[0], path)["other"] > 0, result


def test_faults_says_what_costs_need():
    result = run_app("faults; trace on; hello; faults")
    before, after = re.findall(r"^KERNEL, HANDLER, PAGER(.*)$", result.output, re.M)
    assert "measured while a trace is on: trace on" in before, result
    assert "time-stamp counts a fault" in after, result


def test_first_fault_of_a_trace_is_measured_at_the_pager():
    """It waited for that fault when the trace was switched on."""
    result = run_app("faults -r; trace on; hello; faults", icount=True)
    row = ended(tables(result.output)[0], "pager")
    assert row["kernel"] > 500 and row["pager"] > 50, result


def test_faults_shows_times_under_a_trace():
    """And they repeat: no path's order depends on chance."""
    line = f"trace on 1; {PROGRAM}; run -f self {PROGRAM}; run -f ipc {PROGRAM}; faults"
    result = run_app(line, icount=True)
    assert result.status == 0, result
    rows = tables(result.output)[0]
    pager, own, ipc = (ended(rows, path) for path in ("pager", "self", "ipc"))
    assert 1000 < pager["kernel"] < 4000 and 0 < pager["handler"] < 500 and 50 < pager["pager"] < 1000
    assert own["pager"] == 0 and own["handler"] > 50 and own["kernel"] > 1000
    assert ipc["handler"] == 0 and ipc["pager"] > 50 and ipc["kernel"] > 1000
    again = run_app(line, icount=True)
    assert tables(again.output) == tables(result.output)


def test_faults_of_living_processes_and_of_one():
    result = run_app("sleep 9 & sleep 0.3; faults; faults 2; kill 2; wait; faults; faults 2", smp=2)
    everything, one, later = tables(result.output)[:3]
    assert [row["pid"] for row in everything if row["name"] == "sh"] == [1, 2], result
    assert [row["pid"] for row in one] == [2] and one[0]["cow"] > 0
    assert ended(later, "pager")["cow"] >= one[0]["cow"]
    assert result.status == 1 and "faults: 2: no such" in result.output, result


def test_faults_can_begin_anew():
    result = run_app(f"{PROGRAM}; faults -r; faults; {PROGRAM}; faults")
    assert result.status == 0, result
    fresh, after = tables(result.output)
    assert [row["name"] for row in fresh] == ["sh"]
    assert fresh[0]["faults"] < 10, fresh
    assert 60 <= ended(after, "pager")["zero"] < 70, after


def test_faults_refuses_nonsense():
    result = run_app("faults x")
    assert result.status == 1 and "not a process number" in result.output, result
