"""`faults` of the shell: how many page faults, of which kind, and what they cost."""

import re

import pytest

from conftest import run_app

PROGRAM = "fault_counts_by_kind"  # 40 writes and 20 reads of absent pages, 16 copies, 4 kept
COLUMNS = ("pid", "path", "read", "write", "cow", "prot", "asked", "copied", "kept", "kernel",
           "handler", "pager", "name")


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
        assert 40 <= row["write"] < 60 and 20 <= row["read"] < 40, row
        assert 20 <= row["cow"] < 40 and row["prot"] == 0, row
        assert 16 <= row["copied"] < 36 and 4 <= row["kept"] < 20, row
        assert row["cow"] == row["copied"] + row["kept"], row
        total = row["read"] + row["write"] + row["cow"] + row["prot"]
        assert row["asked"] == (0 if path == "self" else total), row
        assert row["kernel"] == row["handler"] == row["pager"] == "-", row


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
    assert all(fresh[0][name] < 5 for name in ("read", "write", "cow")), fresh
    assert 40 <= ended(after, "pager")["write"] < 60, after


def test_faults_refuses_nonsense():
    result = run_app("faults x")
    assert result.status == 1 and "not a process number" in result.output, result
