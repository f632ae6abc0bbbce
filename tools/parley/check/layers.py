"""The layers of the kernel: which object refers to which, and what points upward.

A folder of kernel/ or nasm/ is a layer. A file refers to its own layer and to those before it in LAYERS; `look` sees all
and is seen by nobody. Looked at are the symbols that objects ask for, not includes: a header may name what nobody calls.
"""

import re
import subprocess
from bisect import bisect_right
from collections import namedtuple

from parley import toolchain
from parley.toolchain import ROOT

LAYERS = ("base", "machine", "cpu", "memory", "env", "sched", "ipc", "life", "fault", "call", "entry", "boot", "look")
# Files of one layer that refer to each other, with a reason: docs/design/layers.md.
CYCLES = {("cpu/cpu", "cpu/lock"), ("entry/resume", "entry/sysenter", "entry/trap"), ("memory/frame", "memory/kmap"),
          ("ipc/deadline", "ipc/faultcall", "ipc/ipc"), ("sched/runqueue", "sched/sched")}
OBJECTS = "build/fail"  # every file, compiled without link-time optimisation

Arrow = namedtuple("Arrow", "source function target symbol")  # function of a file -> symbol of another file


def layer(file):
    """kernel/LAYER/x.c, nasm/LAYER/x.asm: LAYER."""
    return file.split("/")[1]


def dump(path, option):
    run = subprocess.run([toolchain.cross("objdump"), option, path], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


class Object:
    """What an object defines, and what each of its functions asks for."""

    def __init__(self, path):
        self.file = str(path.relative_to(ROOT / OBJECTS).with_suffix(""))
        self.defines = set()
        self.asks = set()  # (function, symbol)
        starts = {}  # by section: [(offset, name)]
        for line in dump(path, "-t"):
            match = re.match(r"([0-9a-f]{8}) (.{7}) (\S+)\t[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
            if match and match[3] not in ("*UND*", "*ABS*") and "d" not in match[2]:
                starts.setdefault(match[3], []).append((int(match[1], 16), match[4]))
                if match[2][0] in "gw" or match[2][1] == "w":
                    self.defines.add(match[4])
        for places in starts.values():
            places.sort()
        self.read_asks(path, starts)

    def read_asks(self, path, starts):
        section = None
        for line in dump(path, "-r"):
            match = re.match(r"RELOCATION RECORDS FOR \[(.*)\]", line)
            section = match[1] if match else section
            match = re.match(r"([0-9a-f]{8}) R_386_\S+ +(\S+)", line)
            if match and not section.startswith(".debug"):
                places = starts.get(section, [])
                at = bisect_right(places, (int(match[1], 16), "\xff")) - 1
                self.asks.add((places[at][1] if at >= 0 else section, match[2]))


def arrows():
    """All references between files."""
    objects = [Object(path) for folder in ("kernel", "nasm") for path in sorted((ROOT / OBJECTS / folder).rglob("*.o"))
               if path.relative_to(ROOT / OBJECTS).parts[1] in LAYERS and any(
                   (ROOT / path.relative_to(ROOT / OBJECTS)).with_suffix(suffix).is_file() for suffix in (".c", ".asm"))]
    owner = {symbol: each.file for each in objects for symbol in each.defines}
    return [Arrow(each.file, function, owner[symbol], symbol) for each in objects for function, symbol in sorted(each.asks)
            if owner.get(symbol, each.file) != each.file]


def upward(found):
    """Those that point to a later layer."""
    return [arrow for arrow in found if LAYERS.index(layer(arrow.target)) > LAYERS.index(layer(arrow.source))]


def cycles(found):
    """Files of one layer that refer to each other, round about or at once: sorted tuples. A C file and the assembly of the same
    name are one."""
    graph = {}
    for arrow in found:
        source, target = (file.split("/", 1)[1] for file in (arrow.source, arrow.target))
        if source != target and layer(arrow.source) == layer(arrow.target):
            graph.setdefault(source, set()).add(target)
    reach = {file: reachable(graph, file) for file in graph}
    return sorted({tuple(sorted(other for other in reach[file] if file in reach.get(other, ()))) for file in reach
                   if file in reach[file]})


def reachable(graph, start):
    seen, todo = set(), list(graph.get(start, ()))
    while todo:
        file = todo.pop()
        if file not in seen:
            seen.add(file)
            todo += graph.get(file, ())
    return seen


def complaints():
    """What `make check` has to say of the objects that are there."""
    found = arrows()
    if not found:
        return [f"{OBJECTS}/ has no objects (build first)"]
    return [f"{one.source}: {one.function} refers upward, to {one.symbol} of {one.target}" for one in upward(found)] + [
        f"these refer to each other: {' '.join(files)}" for files in cycles(found) if files not in CYCLES]
