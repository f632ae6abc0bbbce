"""Measures the system, and says how it stands against its targets and against others.

    scripts/bench              all of it: instructions, events, time; build/bench.json, bench.html
    scripts/bench --smp N      how work on N CPUs compares with the same work on one
    scripts/bench --check      instructions and size only, against tools/parley/bench/baseline.json
    scripts/bench --baseline   writes that file
    scripts/bench --linux      Linux beside us, in the same emulator
    scripts/bench --linux-parts  gets and makes what that boots, and boots nothing
    scripts/bench --document   all of these but the check; writes docs/performance.md
"""

import argparse
import json
import statistics
import subprocess
import sys

from parley import cli, toolchain
from parley.bench import baseline, breakdown, document, guest, linux, page, scaling, table, trace
from parley.check import size
from parley.options import SMP_MAX
from parley.toolchain import ROOT

BASELINE = ROOT / "tools/parley/bench/baseline.json"
RESULTS = ROOT / "build/bench.json"
DETAILS = ROOT / "build/bench-details.json"
FREE_RUNS, FREE_ROUNDS = 3, 3


def boots():
    """(fault paths, options) of each boot that the measurements take."""
    yield guest.SHIPPED_PATHS, {}
    if guest.has_kernel_path():
        yield ("kernel",), {"KFAULT": 1}


def instructions():
    """The medians of all measurements under -icount, by (path, row, size), and the notes."""
    medians, notes = {}, {}
    for paths, options in boots():
        run = guest.run(paths, ICOUNT=1, MEM=128, **options)
        medians.update(run.medians())
        notes.update(run.notes)
    return medians, notes


def shapes(medians):
    """{key: value} of the shapes; the medians have those that are rows at another size."""
    medians = {**medians, **guest.run(["pager"], parts="shapes", ICOUNT=1, MEM=128).medians()}
    return {shape.key: rounded(medians[shape.figure]) for shape in table.SHAPES}


def rows(medians):
    """{key of bench.json: value} of what was measured; None where this system has no such path."""
    return {row.key: rounded(medians.get(row.figure)) for row in table.ROWS}


def rounded(value):
    return None if value is None else round(value, 1)


def sizes():
    return {"text_bytes": size.text_bytes(), "look_bytes": size.look_bytes(),
            "init_bytes": size.init_bytes(), "kernel_lines": sum(size.lines()[:2])}


def free_running():
    """Nanoseconds per operation, the median over several boots, by (path, row, size)."""
    samples = {}
    for _ in range(FREE_RUNS):
        for paths, options in boots():
            run = guest.run(paths, f"-r {FREE_ROUNDS}", SMP=1, MEM=128, **options)
            for key, values in run.by_key.items():
                scale = run.ns_per_count[key[0]]
                samples.setdefault(key, []).extend(value * scale for value in values)
    return {key: statistics.median(values) for key, values in samples.items()}


def traced():
    """Events and breakdown per operation by (path, row, size), and the instructions of boot."""
    events, parts, boot = {}, {}, 0
    for paths, options in boots():
        run, reader = trace.record(paths, MEM=128, SMP=1, **options)
        kernel = trace.Kernel(guest.options("", **options).kernel)
        boot = boot or reader.boot
        places = breakdown.Places(kernel)
        for figure, work in zip(run.order, reader.done):
            key = figure.path, figure.row, figure.size
            events[key] = {name: round(count / figure.ops, 3)
                           for name, count in work.events(kernel).items()}
            parts[key] = places.per_operation(work, figure.ops)  # the last round's stays
    count_ipis(events)
    return events, parts, boot


def count_ipis(events):
    """Adds to the events what one CPU sends to the other, where there are two."""
    run, reader = trace.record(["pager"], parts=trace.SMP_PARTS, SMP=2, MEM=128)
    kernel = trace.Kernel("build/kernel.elf")
    for figure, work in zip(run.order, reader.done):
        ipis = work.events(kernel)["ipis"] / figure.ops
        events[figure.path, figure.row, figure.size]["ipis_of_two_cpus"] = round(ipis, 3)


def one_cpu():
    """B2 on a kernel without a lock, for one CPU."""
    run = guest.run(["pager"], "-r 1", "B2", ICOUNT=1, MEM=128, NCPU=1)
    return {"B2": rounded(run.medians()["pager", "B2", 1])}


def commit():
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    return git.stdout.strip() or "unknown"


def by_size(values):
    """{row of the table or other name: {size: value}} of what was measured at several sizes."""
    series = {}
    for (path, row, of_size), value in values.items():
        series.setdefault(f"{row} {path}", {})[of_size] = rounded(value)
    return series


def chosen(keys, traced_values):
    """{key: value} of the rows; a trace has some of them at another size only."""
    found = {}
    for key, figure in keys.items():
        same = [other for other in traced_values if figure and other[:2] == figure[:2]]
        if same:
            found[key] = traced_values[figure if figure in same else same[0]]
    return found


def measure():
    """Everything; prints the table, writes the files."""
    medians, notes = instructions()
    events, parts, boot = traced()
    free = free_running()
    keys = {row.key: row.figure for row in table.ROWS}
    results = {
        "calibration": round(medians["pager", "calibration", 0], 3),
        "icount": rows(medians),
        "events": chosen(keys, events),
        "free_running_ns": rows(free),
        **sizes(),
        "shapes": shapes(medians),
    }
    details = {
        "commit": commit(),
        "qemu": ".".join(map(str, trace.qemu_release())),
        "boot": boot,
        "one_cpu": one_cpu(),
        "notes": {f"{name} {path}": value for (path, name), value in notes.items()},
        "by_size": by_size(medians),
        "free_by_size": by_size(free),
        "breakdown": chosen(keys, parts),
    }
    write(RESULTS, results)
    write(DETAILS, {**read(DETAILS), **details})
    show()


def write(path, data):
    path.write_text(json.dumps(data, indent="\t") + "\n", encoding="utf-8")


def read(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def show():
    """Prints the table of the last measurement and draws it."""
    results, details = read(RESULTS), read(DETAILS)
    values = table.values(results, details)
    print(table.plain(table.table(values, details.get("linux", {}).get("icount"))))
    print(f"calibration {results['calibration']} (1: the counter counts instructions), "
          f"commit {details['commit']}")
    print(f"\n{table.SHAPES_ARE}")
    print(table.plain(table.shapes(results)), end="\n\n")
    print(table.plain(table.events(results)))
    page.write(ROOT / "build/bench.html", results, details)
    print("build/bench.json, build/bench.html")


def figures():
    """{key: figure} of what the baseline holds; None for what this system has not."""
    medians, _ = instructions()
    return {**rows(medians), "text_bytes": size.text_bytes(), "boot": trace.boot()}


def check():
    """Figures against the baseline; how many things are wrong."""
    compiler, before = baseline.load(BASELINE)
    now = figures()
    if compiler == toolchain.compiler_name():
        wrong = baseline.complaints(before, now)
    else:
        print(f"bench-check: the baseline is {compiler}'s; {toolchain.compiler_name()} has to hold the targets only")
        before, wrong = {}, baseline.above_target(now)
    for line in wrong:
        print(f"bench-check: {line}")
    better = sum(baseline.is_better(before.get(key), new) for key, new in now.items())
    print(f"bench-check: {len(now)} figures, {len(wrong)} complaints, {better} better"
          + (" (make bench-baseline keeps what is gained)" if better else ""))
    return len(wrong)


def save_baseline():
    now = figures()
    write(BASELINE, {"compiler": toolchain.compiler_name(),
                     **{key: value for key, value in now.items() if value is not None}})
    for line in baseline.above_target(now):
        print(f"bench-baseline: {line}")
    print(f"{BASELINE.relative_to(ROOT)} written")


def compare_with_linux():
    found = linux.measure()
    if found is None:
        return 1
    write(DETAILS, {**read(DETAILS), "linux": found})
    measure()
    return 0


def make_linux_parts():
    package = linux.parts()
    if package:
        print(f"bench-linux: {package} is ready to boot")
    return 0 if package else 1


def write_document():
    """Measures all there is, and writes the page. Without Linux it has the known numbers of Linux."""
    write(DETAILS, {"linux": found} if (found := linux.measure()) else {})
    measure()
    scale(2)
    document.write(read(RESULTS), read(DETAILS))


def scale(cpus):
    found = scaling.measure(cpus)
    write(DETAILS, {**read(DETAILS), "side_by_side": found})
    print(table.plain(scaling.lines(found)))
    print(scaling.explained(found))


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(cli.EXIT_USAGE, f"bench: {message} (see scripts/bench --help)\n")


def arguments():
    parser = Parser(description=__doc__, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--smp", metavar="N")
    for name in ("check", "baseline", "linux", "linux-parts", "document"):
        group.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


def number_of_cpus(text):
    if not (text.isascii() and text.isdigit() and 2 <= int(text) <= SMP_MAX):
        raise guest.Failure(f"SMP={text}: must be a number from 2 to {SMP_MAX}")
    return int(text)


def main():
    chosen = arguments()
    try:
        if chosen.check:
            return 1 if check() else 0
        if chosen.baseline:
            return save_baseline()
        if chosen.linux:
            return compare_with_linux()
        if chosen.linux_parts:
            return make_linux_parts()
        if chosen.document:
            return write_document()
        cpus = 1 if chosen.smp is None else number_of_cpus(chosen.smp)
        return scale(cpus) if cpus > 1 else measure()
    except (guest.Failure, OSError, subprocess.SubprocessError) as failure:
        print(f"bench: {guest.in_a_line(failure)}", file=sys.stderr)
        return 1
