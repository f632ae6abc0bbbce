"""docs/performance.md: the tables of a measurement. What is written by hand in it, below a line that
says so, stays."""

from parley.bench import breakdown, scaling, table
from parley.toolchain import ROOT

PATH = ROOT / "docs/performance.md"
BY_HAND = "<!-- By hand from here on: the command that writes this page keeps it. -->"

FUNCTIONS = 14

HEAD = """# Performance

Written by `make performance`, which measures all that `make bench`, `make bench-linux` and `make bench SMP=2` do:
commit {commit}, QEMU {qemu}. Numbers are instructions that the guest executes (`-icount`, where the counter
`rdtsc` counts instructions: {calibration} per instruction in a loop of known length); they repeat from run to run.
They are of the shipped build; the rows `kernel` of one with `KFAULT=1`. Pages are copied and cleared
inside the timed part with `rep movsd` and `rep stosd`, which makes about 1,025 of each such row.

What the columns of other systems say was measured in the same way in the same emulator.
"Of it" and "of Linux" divide Parley's number by the target and by Linux's.
"""


def paragraphs(results, details):
    linux = details.get("linux")
    text = [HEAD.format(commit=details["commit"], qemu=details["qemu"],
                        calibration=results["calibration"])]
    values = table.values(results, details)
    text.append(table.markdown(table.table(values, linux and linux["icount"])))
    text.append("Notes on the columns of others:\n\n" + "\n".join(f"- {row.key}: {row.note}." for row in table.ROWS if row.note))
    if linux:
        lean = linux["init_on_alloc_off"]
        text.append(f"Linux, here: `{linux['package']}`, `mitigations=off`, measured beside us by "
                    f"`make bench-linux`; with `init_on_alloc=0`: B4 {table.number(lean['B4'])}, "
                    f"B6 in the kernel {table.number(lean['B6_kernel'])}. Free running, in "
                    "microseconds:")
        text.append(table.markdown(table.free_running(results, linux)))
    mapped = details["notes"].get("B4_pages_mapped pager")
    text.append(f"B4 is the fork of a process with {mapped} mapped pages; of these the parent writes "
                f"{details['notes'].get('B4_faults_parent pager')} and the child "
                f"{details['notes'].get('B4_faults_child pager')} again before the child is gone.")
    if details.get("one_cpu"):
        both = results["icount"]["B2"], details["one_cpu"]["B2"]
        text.append(f"A kernel for one CPU (`NCPU=1`: no lock) needs {table.number(both[1])} for B2: "
                    f"the SMP build pays {(both[0] / both[1] - 1) * 100:.1f}% more.")
    return text


def stages(results, details):
    """Paragraphs on where the instructions go."""
    functions = []
    for key, parts in details["breakdown"].items():
        shown = ", ".join(f"{name.removeprefix('kernel: ')} {table.number(count)}"
                          for name, count in list(parts["functions"].items())[:FUNCTIONS])
        functions.append(f"- **{key}**: {shown}")
    return ["## Where the instructions go",
            "From a trace of every instruction executed between the marks, each put to the function "
            "that it comes from (inlined or not), per operation. " + table.traced_otherwise(results, details),
            "\n".join(f"- **{name}**: {breakdown.MEANING[name]}" for name in breakdown.STAGES),
            table.markdown(table.stages(details)),
            f"The {FUNCTIONS} functions that take most (of the kernel, unless a program is named):",
            "\n".join(functions)]


def by_hand():
    """What stands in the page below the line."""
    if not PATH.is_file():
        return ""
    return PATH.read_text(encoding="utf-8").partition(BY_HAND)[2]


def write(results, details):
    """Writes the page from what was measured."""
    text = paragraphs(results, details)
    text += ["## Other shapes", table.SHAPES_ARE + ' "Times" divides by the row beside.',
             table.markdown(table.shapes(results))]
    text += ["## Per operation: events, and time free running",
             "Flushes are loads of the page directory; invlpg is one page. IPIs: interrupts from one CPU "
             "to another; a second run had two CPUs. Copied and cleared are whole pages.",
             table.markdown(table.events(results)), *stages(results, details)]
    if "side_by_side" in details:
        text += ["## Side by side", scaling.explained(details["side_by_side"]),
                 table.markdown(scaling.lines(details["side_by_side"]))]
    page = "\n\n".join([*text, BY_HAND]) + (by_hand() or "\n")
    PATH.write_text(page, encoding="utf-8")
    print(f"{PATH.relative_to(ROOT)} written")
