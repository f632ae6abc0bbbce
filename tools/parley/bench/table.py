"""The rows of the table: what each is, its targets, and what other systems need for the same.

Numbers are instructions that the guest executes, all taken in the same way in the same emulator:
JOS lab 4, xv6 (x86), Linux 6.1 686-pae with mitigations off, and the microkernel that is best at it
of those measured.
"""

import re
from typing import NamedTuple

from parley.bench import breakdown


class Row(NamedTuple):
    key: str  # in bench.json
    what: str
    figure: tuple  # (path, row, size) of the measurement, None: measured in another way
    target: int
    second: int = 0  # the target after that, 0: none
    jos: int = 0  # 0: it has nothing like it
    xv6: int = 0
    linux: int = 0
    best: int = 0
    best_name: str = ""
    note: str = ""


TRACE_TOLERANCE = 0.01

ROWS = (
    Row("B1", "system call", ("pager", "B1", 0), 90, 55, 441, 1398, 334, 59, "NOVA, 64 bits",
        "Linux: int; 353 by sysenter. seL4: 105"),
    Row("B2", "IPC round trip", ("pager", "B2", 1), 240, 200, 11308, 27425, 13060, 216,
        "L4Ka::Pistachio", "JOS: 1,821 with a table of 16 envs. xv6: pipes. Linux: eventfd; "
        "16,203 by pipes. NOVA: 286, seL4: 512, its SMP build: 833"),
    Row("B3", "yield between two envs", ("pager", "B3", 0), 200, 120, 5053, 0, 1886, 124,
        "L4Ka::Pistachio", "JOS: 411 with a table of 16. seL4: 321"),
    Row("B4", "fork, exit, wait", ("pager", "B4", 0), 30000, 20000, 133192, 1973450, 107521, 0, "",
        "JOS at its leanest: 112,919. Linux without init_on_alloc: 97,635"),
    Row("B5_256", "the same, 256 dirty pages more", ("pager", "B5", 256), 36000, 26000, 568251,
        5785474, 222025),
    Row("B5_1024", "the same, 1,024 dirty pages more", ("pager", "B5", 1024), 60000, 42000,
        1827884, 17244171, 558635),
    Row("B6_self", "copy on write, in the process", ("self", "B6", 256), 1600, 0, 4707),
    Row("B6_pager", "copy on write, pager server", ("pager", "B6", 256), 1900, 0, 0, 0, 18099,
        note="Linux: userfaultfd copy, other process"),
    Row("B6_ipc", "copy on write, fault as message", ("ipc", "B6", 256), 1650),
    Row("B6_kernel", "copy on write, in the kernel", ("kernel", "B6", 256), 1300, 0, 0, 0, 5835,
        note="Linux without init_on_alloc: 4,706"),
    Row("B7_self", "zero page, in the process", ("self", "B7", 256), 1500, 0, 2208, 0, 17927,
        note="Linux: SIGSEGV and mprotect; 28,900 with mmap"),
    Row("B7_pager", "zero page, pager server", ("pager", "B7", 256), 1850, 0, 0, 0, 12179,
        note="Linux: userfaultfd zeropage, other process"),
    Row("B7_ipc", "zero page, fault as message", ("ipc", "B7", 256), 1650),
    Row("B7_kernel", "zero page, in the kernel", ("kernel", "B7", 256), 1350, 0, 0, 0, 3825),
    Row("B8_ipc", "fault to another space, page resident", ("pager", "B8", 256), 650, 500, 0, 0, 0,
        1437, "L4Ka::Pistachio", "NOVA: 1,516, seL4: 2,354"),
    Row("B9_map", "page mapped by IPC, answered", ("pager", "B9_map", 1), 420, 0, 11595, 0, 17913,
        2650, "seL4", "JOS: 2,108 with a table of 16. Linux: 4 KiB copied; 42,274 by memfd and mmap"),
    Row("B9_grant", "page granted by IPC, answered", ("pager", "B9_grant", 1), 420, 0, 12227,
        note="JOS: emulated"),
)

BUILD_ROWS = (
    Row("text_bytes", "bytes of kernel .text", None, 24576, 0, 24847, 29144, 9649920, 39690,
        "L4Ka::Pistachio", "seL4: 42,353. Ours has look_bytes and init_bytes beside it, which the others count in"),
    Row("look_bytes", "bytes of monitor, JOS lines, trace: optional", None, 0),
    Row("init_bytes", "bytes of start-up code, freed after boot", None, 0),
    Row("kernel_lines", "lines of kernel source", None, 3500, 0, 4380, 4433, 0, 14000, "NOVA"),
    Row("boot", "kernel entry to first user instruction", None, 2000000, 0, 10660000, 66000000),
)


class Shape(NamedTuple):
    """Work like a row's, of a shape in which it might cost much more; without a target."""
    key: str  # in bench.json, under "shapes"
    what: str
    figure: tuple  # (path, row, size) of the measurement
    beside: str  # the key of the row, or shape, that it is like


SHAPES = (
    Shape("fork_again", "1,024 pages, forked before and not written since", ("pager", "fork_again", 1024),
          "B5_1024"),
    Shape("fork_reserved", "1,024 pages of heap reserved and never touched",
          ("pager", "fork_reserved", 1024), "B4"),
    Shape("exit_plain", "from a child's exit to the end of its parent's wait", ("pager", "exit_plain", 0), ""),
    Shape("exit_called", "the same of a child that was called once by IPC", ("pager", "exit_called", 0),
          "exit_plain"),
    Shape("call_bounded", "IPC round trip, the caller bounds both its waits", ("pager", "call_bounded", 1),
          "B2"),
    Shape("map_2", "two pages mapped by IPC, answered", ("pager", "B9_map", 2), "B9_map"),
    Shape("map_4", "four pages mapped by IPC, answered", ("pager", "B9_map", 4), "B9_map"),
    Shape("grant_2", "two pages granted by IPC, answered", ("pager", "B9_grant", 2), "B9_grant"),
    Shape("grant_4", "four pages granted by IPC, answered", ("pager", "B9_grant", 4), "B9_grant"),
)
SHAPES_ARE = ("Other shapes of the same work, to show where a cost jumps. They have no targets, and "
              "`make bench-check` does not hold them.")


def number(value):
    """With commas; figures of a few hundred keep a digit after the point if they have one."""
    if not value:
        return "-"
    return f"{value:,.1f}" if value % 1 and value < 1000 else f"{value:,.0f}"


def ratio(value, other):
    """How many times `other` the value is."""
    if not value or not other:
        return "-"
    return f"{value / other:.2f}" if value / other >= 0.1 else f"{value / other:.3f}"


def heading(linux):
    return ("", "", "Parley", "target", "of it", "then", "JOS", "xv6",
            "Linux, here" if linux else "Linux", "microkernels", "of Linux")


def cells(row, value, linux=None):
    """What the table shows in the row's line. `linux`: measured beside us, in place of the table's."""
    other = linux or row.linux
    best = f"{number(row.best)} {row.best_name}" if row.best else "-"
    return (row.key, row.what, number(value), number(row.target), ratio(value, row.target),
            number(row.second), number(row.jos), number(row.xv6), number(other), best,
            ratio(value, other))


def table(results, linux=None):
    """All rows as text cells, the heading first. `results` and `linux` by key."""
    linux = linux or {}
    lines = [heading(bool(linux))]
    for row in ROWS + BUILD_ROWS:
        lines.append(cells(row, results.get(row.key), linux.get(row.key)))
    return lines


def left(lines):
    """Columns that hold words."""
    def has_words(column):
        return any(line[column][-1:].isalpha() and not re.fullmatch(r"[\d.,]+ u?s", line[column])
                   for line in lines[1:])

    return {0, *filter(has_words, range(len(lines[0])))}


def plain(lines):
    """Cells as text in columns: the first and those of words to the left."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = []
    for line in lines:
        shown = (cell.ljust(width) if i in left(lines) else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(line, widths)))
        text.append("  ".join(shown).rstrip())
    return "\n".join(text)


def markdown(lines):
    rule = "|".join("---" if i in left(lines) else "---:" for i in range(len(lines[0])))
    rows = ["| " + " | ".join(cell or " " for cell in line) + " |" for line in lines]
    return "\n".join([rows[0], f"|{rule}|", *rows[1:]])


def values(results, details):
    """{key: value} of all rows, from what was written to files."""
    found = dict(results["icount"])
    found.update({key: results[key] for key in ("text_bytes", "look_bytes", "init_bytes", "kernel_lines")})
    found["boot"] = details["boot"]
    return found


def shapes(results):
    """The shapes beside the rows that they are like, as text cells, the heading first."""
    lines = [("", "", "Parley", "beside", "which is", "times")]
    known = {**results["icount"], **results["shapes"]}
    for shape in SHAPES:
        value, other = known.get(shape.key), known.get(shape.beside)
        lines.append((shape.key, shape.what, number(value), shape.beside or "-", number(other),
                      ratio(value, other)))
    return lines


EVENT_HEADINGS = {
    "kernel_entries": "entries", "system_calls": "calls", "page_faults": "faults",
    "interrupts": "interrupts", "address_space_switches": "switches", "tlb_flushes": "flushes",
    "tlb_pages_flushed": "invlpg", "ipis": "IPIs", "ipis_of_two_cpus": "2 CPUs",
    "pages_copied": "copied", "pages_cleared": "cleared",
}


def events(results):
    """Events and time per operation as text cells, the heading first."""
    lines = [("", *EVENT_HEADINGS.values(), "free running")]
    for key, counts in results["events"].items():
        ns = results["free_running_ns"].get(key)
        shown = (f"{counts[name]:.2f}".rstrip("0").rstrip(".") if name in counts else "-"
                 for name in EVENT_HEADINGS)
        lines.append((key, *shown, f"{ns / 1000:,.1f} us" if ns else "-"))
    return lines


def stages(details):
    """Where the instructions of each row go, as text cells, the heading first."""
    names = breakdown.STAGES
    lines = [("", *names, "sum")]
    for key, parts in details["breakdown"].items():
        lines.append((key, *(number(parts["stages"].get(name)) for name in names), number(parts["sum"])))
    return lines


def traced_otherwise(results, details):
    """A sentence on the round that was traced, and which rows it differs in from the measured numbers."""
    icount = results["icount"]
    others = [f"{key} ({number(parts['sum'])}, not {number(icount[key])})"
              for key, parts in details["breakdown"].items()
              if icount.get(key) and abs(parts["sum"] / icount[key] - 1) > TRACE_TOLERANCE]
    text = "It is one round, not the first, traced by itself; what it took is the sum. "
    if not others:
        return text + f"No row differs from the number measured without a trace by more than {TRACE_TOLERANCE:.0%}."
    return text + f"More than {TRACE_TOLERANCE:.0%} off the number measured without a trace: {', '.join(others)}."


def free_running(results, linux):
    """Time beside Linux's as text cells, the heading first."""
    lines = [("", "Parley", "Linux", "of Linux")]
    for key, other in linux["free_running_ns"].items():
        own = results["free_running_ns"].get(key)
        if own:
            lines.append((key, f"{own / 1000:,.1f}", f"{other / 1000:,.1f}", ratio(own, other)))
    return lines
