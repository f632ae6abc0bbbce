"""The kernel's trace, from the shell's `trace on` to the JSON that scripts/trace makes of it."""

import json
import re
import subprocess
from collections import defaultdict

import pytest

from conftest import ROOT, run_app, run_command
from test_kernels import built
from parley.check import size

PROGRAM = "fault_counts_by_kind"


def convert(source):
    """The JSON of a saved trace."""
    target = source.with_suffix(".json")
    subprocess.run([ROOT / "scripts/trace", source, target], check=True)
    return json.loads(target.read_text())


def record(folder, line, smp, **options):
    """Runs a line under the trace: what it printed, and the JSON."""
    saved = folder / "trace.bin"
    result = run_app(f"trace on; {line}; trace off; trace save", smp=smp, TRACE=saved, **options)
    assert result.status == 0, result
    return result.output, convert(saved)


def slices(trace):
    """By track: its slices as (begin, end, name) in whole nanoseconds."""
    tracks = defaultdict(list)
    for event in trace["traceEvents"]:
        if event["ph"] == "X":
            begin = round(event["ts"] * 1000)
            end = begin + round(event["dur"] * 1000)
            assert begin <= end, event
            tracks[event["pid"], event["tid"]].append((begin, end, event["name"]))
    return tracks


def check_nesting(trace):
    """Of two slices of a track one contains the other, or they do not overlap."""
    for track, found in slices(trace).items():
        stack = []
        for begin, end, name in sorted(found, key=lambda s: (s[0], -s[1])):
            while stack and stack[-1][1] <= begin:
                stack.pop()
            assert not stack or end <= stack[-1][1], (track, name, begin, end, stack[-1])
            stack.append((begin, end, name))


def flows(trace):
    """By id: the points of each arrow."""
    found = defaultdict(list)
    for event in trace["traceEvents"]:
        if event["ph"] in "stf":
            found[event["id"]].append(event)
    return found


def check_flows(trace):
    """Each arrow begins once, ends once, goes forward in time, and each point lies on a slice."""
    where = slices(trace)
    for points in flows(trace).values():
        points.sort(key=lambda event: (event["ts"], "stf".index(event["ph"])))
        assert [event["ph"] for event in points] == ["s"] + ["t"] * (len(points) - 2) + ["f"], points
        for event in points:
            time = round(event["ts"] * 1000)
            assert any(begin <= time <= end for begin, end, _ in where[event["pid"], event["tid"]]), event


def faults_by_env(output):
    return {env: int(count) for env, count in re.findall(r"^env ([0-9a-f]+) (\d+)$", output, re.M)}


@pytest.mark.parametrize("smp", [1, 2, 4])
@pytest.mark.parametrize("path", ["pager", "ipc", "self", "kernel"])
def test_trace_shows_every_fault(tmp_path, path, smp):
    options = built("KFAULT=1") if path == "kernel" else {}
    output, trace = record(tmp_path, f"run -f {path} {PROGRAM}", smp, **options)
    check_nesting(trace)
    check_flows(trace)
    other = trace["otherData"]
    assert other["dropped"] == 0
    counted = faults_by_env(output)
    assert len(counted) == 2
    if path == "self":  # the parent, which prints last, says its dead child's too
        child, parent = counted
        counted[parent] -= counted[child]
    for env, count in counted.items():
        assert other["faults by env"][env] == count
    arrows = [points for points in flows(trace).values() if points[0]["name"] == "fault"]
    assert len(arrows) == other["faults"] - other["faults nested"] - other["faults unanswered"]


@pytest.mark.parametrize("path, stations", [("pager", 4), ("ipc", 4), ("self", 3)])
def test_trace_follows_a_fault(tmp_path, path, stations):
    """Process, kernel, pager if there is one, and back."""
    _, trace = record(tmp_path, f"run -f {path} {PROGRAM}", 2)
    names = {(event["pid"], event["tid"]): event["args"]["name"] for event in trace["traceEvents"]
             if event["name"] == "thread_name"}
    seen = 0
    for points in flows(trace).values():
        who = [names[event["pid"], event["tid"]] for event in points]
        if points[0]["name"] == "fault" and who[0].startswith(PROGRAM[:15]):
            assert len(who) == stations and who[0] == who[-1] and who[1].startswith("CPU "), who
            assert stations == 3 or who[2] == "pager"
            seen += 1
    assert seen > 70


def test_trace_names_processes(tmp_path):
    _, trace = record(tmp_path, "hello; run -f self hello", 2)
    names = {event["args"]["name"] for event in trace["traceEvents"] if event["ph"] == "M"}
    assert {"CPUs", "envs", "CPU 0", "CPU 1", "procmgr", "pager", "console", "sh[1]", "hello[2]",
            "hello[3] self"} <= names


def test_trace_names_servers_that_were_started_again(tmp_path):
    _, trace = record(tmp_path, "kill pager; hello; kill console; hello", 2)
    names = [event["args"]["name"] for event in trace["traceEvents"] if event["name"] == "thread_name"]
    assert names.count("pager") == 2 and names.count("console") == 2, names


def test_trace_shows_shootdowns(tmp_path):
    _, trace = record(tmp_path, "tlb_unmap_reaches_other_cpu", 2)
    assert trace["otherData"]["shootdowns"] > 0
    check_nesting(trace)


def test_trace_that_lost_records_still_holds_together(tmp_path):
    """A ring of one page, filled up in the middle of things."""
    saved = tmp_path / "trace.bin"
    result = run_app("trace on 1; forktree 2; trace off; trace save", smp=2, TRACE=saved)
    assert result.status == 0, result
    trace = convert(saved)
    assert trace["otherData"]["dropped"] > 0
    check_nesting(trace)
    check_flows(trace)


def test_trace_can_be_saved_in_parts(tmp_path):
    saved = tmp_path / "trace.bin"
    result = run_app("trace on; hello; trace save; hello; trace save; trace off; trace save; trace clear; trace stat",
                     smp=2, TRACE=saved)
    assert result.status == 0, result
    assert "off, 0 of 0 records, 0 dropped" in result.output
    counts = [int(count) for count in re.findall(r"^(\d+) records saved", result.output, re.M)]
    trace = convert(saved)
    assert trace["otherData"]["records"] == sum(counts)
    check_nesting(trace)
    check_flows(trace)


def test_trace_counts_instructions_under_icount(tmp_path):
    """Two runs agree to the instruction, and so do their traces."""
    def durations():
        saved = tmp_path / "trace.bin"
        result = run_app("trace on; hello; trace off; trace save", icount=True, TRACE=saved)
        assert result.status == 0, result
        target = saved.with_suffix(".json")
        subprocess.run([ROOT / "scripts/trace", "--instructions", saved, target], check=True)
        return [(event["name"], event["dur"]) for event in
                json.loads(target.read_text())["traceEvents"] if event["ph"] == "X"]

    first = durations()
    assert len(first) > 100 and first == durations()


def test_damaged_trace_is_refused(tmp_path):
    saved = tmp_path / "trace.bin"
    result = run_app("trace on; hello; trace off; trace save", TRACE=saved)
    assert result.status == 0, result
    data = bytearray(saved.read_bytes())
    data[len(data) // 2] ^= 1
    for content in (data, data[:len(data) // 3], b""):
        saved.write_bytes(content)
        run = subprocess.run([ROOT / "scripts/trace", saved], capture_output=True, text=True, check=False)
        assert run.returncode == 1 and run.stderr.startswith("trace: "), run


def test_save_says_when_nobody_listens():
    result = run_app("trace on; trace save")
    assert result.status == 1 and "nobody listens" in result.output, result


def test_make_trace_writes_json():
    result = run_command(["make", "trace"], APP="hello & hello", SMP=2, FAULTS="self")
    assert result.status == 0, result
    trace = json.loads((ROOT / "build/trace.json").read_text())
    assert trace["otherData"]["cpus"] == 2
    check_nesting(trace)


def test_make_trace_wants_a_program():
    result = run_command(["make", "trace"])
    assert result.status != 0 and "APP=" in result.errors, result


def test_trace_off_costs_nothing():
    """The kernel without the files that only help people look needs as many instructions for everything. But the
    compiler, which sees the whole kernel, may put a move elsewhere: 2 in 1,000 (GCC 12: 1.0, GCC 14: 1.17)."""
    def figures(**options):
        result = run_app("bench -b B1 B2 B3 B4 B6 B7 B8", icount=True, timeout=120, **options)
        assert result.status == 0, result
        return {name: int(count) for name, count
                in re.findall(r"^figure (.*) (\d+)$", result.output, re.M)}

    bare, traceable = figures(**built("BARE=1")), figures()
    assert len(bare) > 10 and traceable.keys() == bare.keys()
    for name, count in bare.items():
        assert abs(traceable[name] - count) * 1000 <= 2 * count, (name, traceable[name], count)


def test_text_holds_nothing_that_only_helps_people_look():
    """Without those files .text is as long, but for what calls them (1%), and .look is not there."""
    built("BARE=1")
    bare, shipped = [[size.section_bytes(section, elf) for section in (".text", ".look")]
                     for elf in ("build/bare/kernel.elf", "build/kernel.elf")]
    assert bare[1] == 0 and shipped[1] > 1000
    assert bare[0] <= shipped[0] <= bare[0] * 1.01, (bare, shipped)


def test_trace_leaves_jos_lines_alone():
    """Two that look at once."""
    result = run_app("trace on; hello; trace off", smp=2, JOSLOG=1)
    assert result.status == 0, result
    assert result.output.count("new env") == 2, result  # the shell and hello
    assert re.search(r"hello, world.*\n.*\n\[00000000\] destroying", result.output), result
