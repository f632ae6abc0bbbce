"""`bench`: the program checks its own results; the host reads what it prints."""

import os
import re
import subprocess
from xml.etree import ElementTree

import pytest

from conftest import ROOT, run_app
from parley import faults_table, toolchain
from parley.bench import command as bench
from parley.bench import baseline, breakdown, document, guest, linux, page, scaling, table, trace


@pytest.mark.parametrize("smp", (1, 2, 4))
@pytest.mark.parametrize("path", ("pager", "self"))
def test_bench_results_are_right(path, smp):
    line = guest.command_line([path], "-r 1")
    result = run_app(line, smp=smp, timeout=120, tests=False)
    assert result.status == 0, result
    run = guest.check(result.output.encode(), 1, line)
    assert run.paths() == [path]
    assert {figure.row for figure in run.order} >= {"B4", "B5", "B6", "B7"}


def test_bench_counts_instructions_with_icount():
    result = run_app("bench calibrate", icount=True, tests=False)
    assert result.status == 0, result
    run = guest.check(result.output.encode(), 1, "bench calibrate")
    assert run.medians()["pager", "calibration", 0] == pytest.approx(1, abs=0.001)


def test_fork_costs_nothing_for_memory_given_back():
    result = run_app("bench B4 after", icount=True, tests=False)
    assert result.status == 0, result
    costs = guest.check(result.output.encode(), 1, "bench B4 after").medians()
    assert costs["pager", "after", 0] < 1.1 * costs["pager", "B4", 0]


def test_bench_refuses_what_it_does_not_know():
    result = run_app("bench -x", smp=1, tests=False)
    assert result.status == 1 and "usage: bench" in result.output, result


def test_a_bench_that_ended_early_is_a_failure():
    with pytest.raises(guest.Failure):
        guest.check(b"path pager\nfigure B1 0 10 900\nbench: wrong: own id\n", 3, "bench")


# ---- the host's part ----

class FakeKernel:
    """Places of events at addresses that a made-up trace has."""
    cr3_writes, cr3_flushes, invlpg = {0xF0000010, 0xF0000014}, {0xF0000014}, {0xF0000018}
    rep_movs, rep_stos, ipis = {0xF0000020}, {0xF0000024}, {0xF0000028}

    @staticmethod
    def entry_kind(address):
        return "page_faults" if address == 0xF0000E00 else "system_calls"


def work_of(*pcs):
    work = trace.Work()
    work.pcs = list(pcs)
    return work


def test_events_are_counted_from_addresses():
    user = 0x00880000
    events = work_of(user, 0xF0000E00, *[0xF0000020] * 1025, 0xF0000010, 0xF0000014, 0xF0000018,
                     user, user + 2, 0xF0000300, *[0xF0000024] * 12, 0xF0000028, 0xF0000028,
                     user).events(FakeKernel)
    assert events == {"kernel_entries": 2, "system_calls": 1, "page_faults": 1, "interrupts": 0,
                      "address_space_switches": 1, "tlb_flushes": 2, "tlb_pages_flushed": 1,
                      "ipis": 1, "pages_copied": 1, "pages_cleared": 0}


def test_events_of_two_cpus_are_kept_apart():
    other = 1 << 32
    events = work_of(0x00880000, 0xF0000010 | other, 0xF0000300).events(FakeKernel)
    assert events["kernel_entries"] == 1 and events["address_space_switches"] == 1


def line_of(pc, digits=8):
    return b"Trace 0: 0x7f00 [%0*x/%0*x/00400ab3/ff020201] name\n" % (digits, 0, digits, pc)


@pytest.mark.parametrize("digits", (8, 16))
@pytest.mark.parametrize("step", (1, 3, 1000))
def test_reader_finds_boot_and_work(step, digits):
    """Whatever QEMU writes an address with."""
    pcs = [0xE0000, 0x100000, 0xF0100000, 0xF0100004, 0x00A00000, 0x00880010, 0x00880000,
           0x00880002, 0xF0100000, 0x00880020, 0x00880024]
    reader = trace.Reader(0x100000, 0x00880000, 0x00880020)
    lines = [line_of(pc, digits) for pc in pcs]
    for i in range(0, len(lines), step):
        reader.feed(b"".join(lines[i:i + step]))
    assert reader.boot == 3  # up to the server's first instruction
    assert [work.pcs for work in reader.done] == [[0x00880002, 0xF0100000]]


def test_stages_fit_the_kernels_parts():
    assert breakdown.stage("kernel", "kernel/cpu/lock.h", "lock_release") == "lock"
    assert breakdown.stage("kernel", "kernel/ipc/ipc.c", "check_call") == "checks"
    assert breakdown.stage("kernel", "nasm/entry/trap.asm", "trap_run.resume") == "exit"
    assert breakdown.stage("kernel", "nasm/memory/pages.asm", "pages_share.next") == "pages"
    assert breakdown.stage("kernel", "nasm/cpu/lock.inc", "sysenter_entry.call") == "lock"
    assert breakdown.stage("pager", "servers/pager/main.c", "serve") == "servers"
    assert set(breakdown.STAGES) == set(breakdown.MEANING)


MESSAGE = {"entry", "checks", "lock", "work", "switch", "exit", "library"}
STAGES = {"B1": {"entry", "exit", "library"}, "B2": MESSAGE,
          "B3": {"entry", "lock", "switch", "exit", "library"}, "B9_map": MESSAGE | {"pages"}}


@pytest.fixture(scope="module", name="traced")
def traced_messages():
    """{row: breakdown} and {row: counts per operation} of the last round of a traced run."""
    run, reader = trace.record(["pager"], parts="B1 B2 B3 B9", MEM=128, SMP=1)
    places = breakdown.Places(trace.Kernel("build/kernel.elf"))
    small = [(figure, work) for figure, work in zip(run.order, reader.done) if figure.size <= 1]
    return ({figure.row: places.per_operation(work, figure.ops) for figure, work in small},
            {figure.row: figure.counts / figure.ops for figure, _ in small})


@pytest.mark.parametrize("row", STAGES)
def test_stages_of_a_row_are_told_apart(traced, row):
    parts, counts = traced
    assert set(parts[row]["stages"]) == STAGES[row]
    assert sum(parts[row]["stages"].values()) == pytest.approx(counts[row], rel=0.01)


def test_stages_that_are_another_rounds_are_said():
    assert "(12, not 101)" in table.traced_otherwise(RESULTS, DETAILS)
    same = {"breakdown": {"B2": {"sum": 101.2}}}
    assert "No row" in table.traced_otherwise(RESULTS, same)


RESULTS = {
    "calibration": 1.0,
    "icount": {row.key: 100.0 + i for i, row in enumerate(table.ROWS)},
    "events": {"B2": dict.fromkeys(trace.EVENTS, 1.0)},
    "free_running_ns": {row.key: 1000.0 for row in table.ROWS},
    "shapes": {shape.key: 50.0 for shape in table.SHAPES},
    "text_bytes": 20000, "look_bytes": 4000, "init_bytes": 5000, "kernel_lines": 3000,
}
DETAILS = {
    "commit": "0123abc", "qemu": "7.2", "boot": 1000000, "one_cpu": {"B2": 90.0},
    "notes": {"B4_pages_mapped pager": 11}, "free_by_size": {},
    "by_size": {"B2 pager": {"1": 200.0, "64": 260.0}, "B5 self": {"16": 30000.0, "1024": 90000.0}},
    "breakdown": {"B2": {"sum": 12.0, "stages": {"entry": 12.0}, "functions": {"kernel: send": 12.0}}},
    "linux": {"package": "linux-image", "icount": {"B2": 10000.0},
              "init_on_alloc_off": {"B4": 1.0, "B6_kernel": 2.0}, "free_running_ns": {"B2": 9.0}},
    "side_by_side": {"cpus": 2, "boots": 5, "rounds": 8, "parts": dict.fromkeys((part.key for part in scaling.PARTS), {
        "one": {"p10": 1.9, "median": 2.0}, "many": {"p10": 0.9, "median": 1.0}, "ratio": {"p10": 2.1, "median": 2.0},
        "waits": 0.01, "takes": 0.3})},
}


def test_page_is_well_formed_and_by_itself(tmp_path):
    page.write(tmp_path / "bench.html", RESULTS, DETAILS)
    text = (tmp_path / "bench.html").read_text(encoding="utf-8")
    assert "<svg" in text and "src=" not in text and "href=" not in text
    for chart in re.findall(r"<svg.*?</svg>", text, re.S):
        ElementTree.fromstring(chart)
    for block in re.findall(r"<table>.*?</table>", text, re.S):
        ElementTree.fromstring(re.sub(r"class=(\w+)", r'class="\1"', block))


def test_scaling_shows_tenth_percentiles_and_medians(monkeypatch):
    boots = iter(range(2 * scaling.BOOTS))  # of 1 CPU and of 2 in turn

    def boot(smp, loops):
        number = next(boots)
        assert loops == 2 and smp == 1 + number % 2
        keys = [part.key for part in scaling.PARTS]
        rounds = [(40 if smp == 1 else 20) + number // 2 + i for i in range(10)]
        return dict.fromkeys(keys, rounds), dict.fromkeys(keys, (100 * smp + number, 2000 + 10 * number))

    monkeypatch.setattr(scaling, "boot", boot)
    found = scaling.measure(2)
    assert found["parts"]["cow pager"] == {
        "one": {"p10": 42, "median": 46.5}, "many": {"p10": 22, "median": 26.5}, "ratio": {"p10": 1.91, "median": 1.75},
        "waits": 0.205, "takes": 2.05}
    assert scaling.lines(found)[4][3:] == ("42.0 (46.5)", "22.0 (26.5)", "1.91 (1.75)", "20.5%", "2.05")


@pytest.mark.parametrize("loops, ops", [(1, 20000), (2, 20400), (3, 40400)])
def test_operations_of_mixed_loops_are_counted(loops, ops):
    result = run_app(f"bench -r 1 -n {loops} mixed", smp=1, tests=False)
    assert result.status == 0, result
    assert [figure.ops for figure in guest.check(result.output.encode(), 1, "bench").order] == [ops]


@pytest.mark.parametrize("smp", (1, 2))
def test_work_side_by_side_is_measured(smp):
    for path in ("", "run -f self "):
        result = run_app(f"{path}bench -r 1 -n 2 pairs pages forks cow mixed", smp=smp, tests=False)
        assert result.status == 0, result
        run = guest.check(result.output.encode(), 1, "bench")
        assert {figure.row for figure in run.order} == {"pairs", "pages", "forks", "cow", "mixed"}
        notes = {name: value for (_, name), value in run.notes.items()}
        assert all(notes[f"{name}_takes"] > 0 for name in ("pairs", "pages", "forks", "cow", "mixed"))


def test_shapes_stand_beside_their_rows():
    head, *lines = table.shapes(RESULTS)
    assert [line[0] for line in lines] == [shape.key for shape in table.SHAPES]
    assert ("call_bounded", "50", "B2", "101", "0.50") == tuple(
        cell for i, cell in enumerate(lines[4]) if i != 1) and len(head) == 6
    assert not {shape.key for shape in table.SHAPES} & set(baseline.TARGETS)


@pytest.mark.parametrize("smp", (1, 2))
def test_shapes_are_measured(smp):
    result = run_app("bench -r 1 shapes", smp=smp, tests=False)
    assert result.status == 0, result
    rows = {figure.row for figure in guest.check(result.output.encode(), 1, "bench shapes").order}
    assert rows == {shape.figure[1] for shape in table.SHAPES if not shape.figure[1].startswith("B9")}


def test_document_keeps_what_is_written_by_hand(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "PATH", tmp_path / "performance.md")
    monkeypatch.setattr(document, "ROOT", tmp_path)
    document.write(RESULTS, DETAILS)
    with document.PATH.open("a", encoding="utf-8") as file:
        file.write("Tried: nothing.\n")
    document.write({**RESULTS, "calibration": 0.5}, DETAILS)
    text = document.PATH.read_text(encoding="utf-8")
    assert text.endswith("Tried: nothing.\n") and text.count(document.BY_HAND) == 1
    assert "0.5 per instruction" in text and "0123abc" in text


GOOD = {"B1": 80, "B3": 199, "text_bytes": 26000}  # the last is above its target


def complaints(**changed):
    return baseline.complaints(GOOD, {**GOOD, **changed})


@pytest.mark.parametrize("changed", ({}, {"B1": 82.4}, {"B1": 40}, {"B3": 200}, {"text_bytes": 26700}))
def test_check_lets_pass(changed):
    assert complaints(**changed) == []


@pytest.mark.parametrize("changed, why", (
    ({"B1": 82.5}, "B1 was 80 and is 82.5 (+3.1%)"),
    ({"B3": 201}, "B3 was 199 and is 201 (+1.0%): no longer within its target of 200"),
    ({"text_bytes": 27000}, "text_bytes was 26,000 and is 27,000 (+3.8%)"),
    ({"B1": None}, "could not be measured"),
    ({"B1": float("nan")}, "no figure"),
    ({"B1": 0}, "no figure"),
    ({"B2": 100}, "B2 is measured and not in the baseline")))
def test_check_fails_with_one_line(changed, why):
    (line,) = complaints(**changed)
    assert why in line


@pytest.mark.parametrize("value", (float("nan"), float("inf"), 0, -5, "80", None, True, [80]))
def test_check_fails_without_a_figure_to_compare_with(value):
    (line,) = baseline.complaints({**GOOD, "B1": value}, GOOD)
    assert "B1 in the baseline is" in line and "no figure" in line


def test_check_fails_when_a_figure_is_measured_no_more():
    (line,) = baseline.complaints({**GOOD, "B99": 5}, GOOD)
    assert line.startswith("B99 is in the baseline and nobody measures it")


@pytest.mark.parametrize("text", (None, "", "{}", "[1]", "3", "{\"B1\": 45}", "{\"compiler\": \"gcc 12\"}", "{\"B1\": ", "\xff"))
def test_check_fails_without_a_baseline(tmp_path, monkeypatch, capsys, text):
    monkeypatch.setattr(bench, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(bench, "figures", lambda: dict(GOOD))
    monkeypatch.setattr("sys.argv", ["bench", "--check"])
    if text is not None:
        bench.BASELINE.write_bytes(text.encode("latin-1"))
    assert bench.main() == 1
    error = capsys.readouterr().err
    assert error.startswith("bench: baseline.json") and error.count("\n") == 1


def test_check_says_what_is_worse(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(bench, "figures", lambda: {**GOOD, "B1": 100})
    bench.write(bench.BASELINE, {"compiler": toolchain.compiler_name(), **GOOD})
    assert bench.check() == 1
    assert "bench-check: B1 was 80 and is 100 (+25.0%)" in capsys.readouterr().out


def test_another_compiler_is_held_to_the_targets(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "BASELINE", tmp_path / "baseline.json")
    bench.write(bench.BASELINE, {"compiler": "gcc 12", **GOOD})
    monkeypatch.setattr(toolchain, "compiler_name", lambda: "gcc 14")
    monkeypatch.setattr(bench, "figures", lambda: {**GOOD, "B1": 85, "text_bytes": 24000})
    assert bench.check() == 0
    assert "the baseline is gcc 12's; gcc 14 has to hold the targets only" in capsys.readouterr().out
    monkeypatch.setattr(bench, "figures", lambda: {**GOOD, "B1": 95, "text_bytes": 24000})
    assert bench.check() == 1
    assert "B1 is 95, above its target of 90" in capsys.readouterr().out


def test_a_tool_that_fails_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench", "--check"])
    for command in ["nowhere-to-be-found"], ["ls", "/nowhere/to/be/found"]:
        monkeypatch.setattr(bench, "check", lambda command=command: subprocess.run(
            command, check=True, capture_output=True))
        assert bench.main() == 1
        error = capsys.readouterr().err
        assert command[0] in error and "/".join(command[1:]) in error and error.count("\n") == 1


@pytest.mark.parametrize("number", ("0", "1", "17", "-1", "two", ""))
def test_cpus_that_cannot_be_are_refused(monkeypatch, capsys, number):
    monkeypatch.setattr("sys.argv", ["bench", f"--smp={number}"])
    assert bench.main() == 1
    assert capsys.readouterr().err == f"bench: SMP={number}: must be a number from 2 to 16\n"


def test_the_baseline_holds_what_is_measured():
    _, committed = baseline.load(ROOT / "tools/parley/bench/baseline.json")
    assert set(committed) == {row.key for row in table.ROWS} | {"text_bytes", "boot"}
    assert set(committed) | {"kernel_lines"} == set(baseline.TARGETS)
    assert all(map(baseline.is_figure, committed.values()))


def make_package(folder, content):
    """A package of the kernel's name, with that as its kernel."""
    (folder / "DEBIAN").mkdir(parents=True)
    (folder / "boot").mkdir()
    (folder / "DEBIAN/control").write_text("Package: linux-image\nVersion: 1\nArchitecture: i386\n"
                                           "Maintainer: nobody <nobody@localhost>\nDescription: none\n")
    (folder / "boot/vmlinuz-1").write_bytes(content)
    package = folder.with_suffix(".deb")
    subprocess.run(["dpkg-deb", "--build", str(folder), str(package)], check=True, capture_output=True)
    return package.read_bytes()


def test_linux_that_is_not_whole_is_fetched_again(tmp_path, monkeypatch, capsys):
    whole = make_package(tmp_path / "made", os.urandom(100000))
    place = tmp_path / "linux"
    place.mkdir()
    package = place / "linux-image-1_1_i386.deb"
    monkeypatch.setattr(linux, "PLACE", place)
    monkeypatch.setattr(linux, "download", lambda: package.write_bytes(whole))
    for size in 0, 50, len(whole) // 2, len(whole) - 1000:
        package.write_bytes(whole[:size])
        assert linux.fetch() == package.stem
        assert "is not whole" in capsys.readouterr().out
        assert (place / "vmlinuz").stat().st_size == 100000 and package.read_bytes() == whole
    assert linux.fetch() == package.stem and not capsys.readouterr().out


def test_linux_comes_from_debian_whatever_the_release(tmp_path, monkeypatch):
    """Other archives are not asked, and Debian 13's apt, which has no kernel for 32-bit PCs, is asked for 12's."""
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho 'http://other.example/ trixie Other /other.gpg'\n"
                   "echo 'http://debian.example/s/ trixie-security Debian '\n"
                   "echo 'http://debian.example/d/ trixie Debian '\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(linux, "PLACE", tmp_path / "linux")
    text = (linux.configuration().parent / "etc/sources.list").read_text()
    assert "http://debian.example/d/ bookworm main" in text and "other" not in text, text


def test_first_process_of_linux_is_packed_by_ourselves(tmp_path, monkeypatch):
    """No cpio is needed."""
    monkeypatch.setattr(linux, "PLACE", tmp_path)
    (tmp_path / "init").write_bytes(b"\x7fELF and so on")
    (tmp_path / "init").chmod(0o755)
    (tmp_path / "bin").mkdir()
    for tool in "env", "python3":
        (tmp_path / "bin" / tool).symlink_to(f"/usr/bin/{tool}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    linux.initial_files()
    archive = (tmp_path / "init.cpio").read_bytes()
    assert archive[:6] == b"070701" and archive[110:115] == b"init\0"
    assert int(archive[14:22], 16) == 0o100755 and archive[4096:4100] == b"\x7fELF"


def test_linux_that_cannot_be_had_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(linux, "PLACE", tmp_path / "linux")
    monkeypatch.setattr(linux, "mirror", lambda: "http://127.0.0.1:9/")
    assert linux.measure() is None
    assert "cannot be had" in capsys.readouterr().out


def test_faults_table_edits_nothing_unasked(tmp_path, monkeypatch, capsys):
    """It prints the tables, says how far it is, and changes docs/faults.md only with --write."""
    document_file = tmp_path / "faults.md"
    document_file.write_text(f"before\n{faults_table.BEGIN}old\n{faults_table.END}after\n", encoding="utf-8")
    row = dict.fromkeys(faults_table.COLUMNS, 1.0)
    monkeypatch.setattr(faults_table, "DOCUMENT", document_file)
    monkeypatch.setattr(faults_table.qemu, "check_built", lambda options: None)  # nothing boots
    monkeypatch.setattr(faults_table, "measure", lambda path: {"B6": {**row, "path": path}})
    assert faults_table.BEGIN in (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    for arguments, written in (([], False), (["--write"], True)):
        monkeypatch.setattr("sys.argv", ["faults-table", *arguments])
        assert faults_table.main() == 0
        said = capsys.readouterr()
        progress = said.err.splitlines()
        assert [line.split()[2] for line in progress] == list(faults_table.PARTS), progress
        assert all(f"({n} of {len(progress)})" in line for n, line in enumerate(progress, 1)), progress
        assert ("| kernel | 1 |" in said.out) != written, said.out
        text = document_file.read_text(encoding="utf-8")
        assert text.startswith("before\n") and text.endswith("after\n")
        assert ("| kernel | 1 |" in text) == written and ("old\n" in text) != written, text
    monkeypatch.setattr("sys.argv", ["faults-table", "--wirte"])
    assert faults_table.main() == 2
