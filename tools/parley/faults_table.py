"""Measures what a page fault costs on each fault path, for the tables of docs/faults.md.

`scripts/faults-table` prints them, and on standard error how far it is; `scripts/faults-table --write` puts them into
the file. The same program, bench, runs on all paths; one boot without a watcher says what each fault costs, one
that is traced says where that goes (tools/parley/bench).
"""

import subprocess
import sys

from parley import qemu
from parley.bench import guest, trace
from parley.options import Options
from parley.toolchain import ROOT

DOCUMENT = ROOT / "docs/faults.md"
BEGIN, END = "<!-- figures: make faults-table WRITE=1 -->\n", "<!-- end of figures -->\n"
ROWS = {"B6": "Copy on write: the first write to a page that a fork shares",
        "B7": "Zero fill: the first write to a page of fresh memory",
        "B8": "The page is there, and zero, at the pager: what the way there and back costs"}
PARTS = {"self": "B6 B7", "pager": "B6 B7", "ipc": "B6 B7 B8", "kernel": "B6 B7"}
SIZE = {"B6": 256, "B7": 256, "B8": 256}  # pages, of the figure that counts
COLUMNS = ("path", "instructions", "kernel", "copy or clear", "process", "pager", "kernel entries",
           "space switches", "TLB flushes")


def kernel_of(path):
    """The option and the file of the kernel that has the path."""
    return ({"KFAULT": 1}, "build/kfault/kernel.elf") if path == "kernel" else (
        {}, "build/kernel.elf")


def parts_of(histogram, events, pager):
    """Instructions by where they are, those that copy or clear pages apart."""
    pages = events["pages_copied"] + events["pages_cleared"]
    words = pages * trace.PAGE_WORDS
    count = {"kernel": -words, "copy or clear": words, "process": 0, "pager": 0}
    for address, times in histogram.items():
        if address >= trace.KERNBASE:
            count["kernel"] += times
        else:
            count["pager" if pager.low <= address < pager.high else "process"] += times
    return count


def measure(path):
    """{row: {column: value per fault}} of one path."""
    given, trace.PROGRAMS["kernel"] = kernel_of(path)
    kernel = trace.Kernel(trace.PROGRAMS["kernel"])
    pager = trace.Image("pager", trace.PROGRAMS["pager"])
    total = guest.run([path], parts=PARTS[path], ICOUNT=1, **given).medians()
    run, reader = trace.record([path], parts=PARTS[path], **given)
    found = {}
    for figure, work in zip(run.order, reader.done):
        events = work.events(kernel)
        row = {"path": f"`{path}`",
               "instructions": total[path, figure.row, SIZE[figure.row]],
               "kernel entries": events["kernel_entries"] / figure.ops,
               "space switches": events["address_space_switches"] / figure.ops,
               "TLB flushes": events["tlb_flushes"] / figure.ops}
        row.update({name: times / figure.ops
                    for name, times in parts_of(work.histogram(), events, pager).items()})
        if figure.row == "B8":  # there the program is its own client's pager
            row["process"] = row["pager"] = None
        found[figure.row] = row
    return found


def cell(column, value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if column in COLUMNS[1:6]:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0")


def table(rows):
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
    for row in rows:
        lines.append("| " + " | ".join(cell(name, row[name]) for name in COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def figures():
    """The text between the marks."""
    measured = {}
    for number, path in enumerate(PARTS, 1):
        print(f"faults-table: path {path} ({number} of {len(PARTS)}): one boot that counts, one that is traced",
              file=sys.stderr, flush=True)
        measured[path] = measure(path)
    revision = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude", "*"],
                              cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    text = f"\nMeasured at {revision or 'an unknown revision'}.\n"
    for row, title in ROWS.items():
        rows = [measured[path][row] for path in PARTS if row in measured[path]]
        text += f"\n**{title}** ({row}):\n\n{table(rows)}"
    return text + "\n"


def main():
    if sys.argv[1:] not in ([], ["--write"]):
        print("usage: faults-table [--write]", file=sys.stderr)
        return 2
    for kernel in ([], ["KFAULT=1"]):
        qemu.check_built(Options(kernel, {}))
    try:
        text = figures()
    except guest.Failure as failure:
        print(f"faults-table: {failure}", file=sys.stderr)
        return 1
    if "--write" not in sys.argv:
        print(text, end="")
        return 0
    document = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = document.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(before + BEGIN + text + END + after, encoding="utf-8")
    return 0
