"""Independent work side by side: on N CPUs against the same work on one.

A host's core has more than one speed, and other things to do. So each side is booted several times, in turn, and does
many short rounds in each boot; what is shown is the tenth percentile of all its rounds, which is what the faster speed
makes of it, and the median.
"""

import statistics
from collections import defaultdict
from typing import NamedTuple

from parley.bench import guest

BOOTS, ROUNDS = 5, 8  # of each side; in each boot


class Part(NamedTuple):
    path: str
    name: str  # of bench
    what: str

    @property
    def key(self):
        return f"{self.name} {self.path}"


PARTS = [Part(*words) for words in (
    ("pager", "pairs", "pairs that send messages"), ("pager", "pages", "loops of pages that come, are mapped twice, go"),
    ("pager", "forks", "loops of fork, exit, wait"), ("pager", "cow", "loops of writes to shared pages"),
    ("pager", "mixed", "loops: a pair that sends messages beside one that forks"),
    ("self", "forks", "loops of fork, exit, wait"), ("self", "cow", "loops of writes to shared pages"))]


def boot(smp, loops):
    """({key: ms that all loops took, a list of rounds}, {key: (per mille of the time that CPUs wait for the lock, of
    the operations how often it is taken), of the last round}) of a boot for each path."""
    times, lock = {}, {}
    for path in dict.fromkeys(part.path for part in PARTS):
        parts = [part for part in PARTS if part.path == path]
        run = guest.run([path], f"-r {ROUNDS} -n {loops}", " ".join(part.name for part in parts), SMP=smp, MEM=128)
        ms = run.ns_per_count[path] / 1e6
        for part in parts:
            times[part.key] = [figure.counts * ms for figure in run.order if figure.row == part.name]
            lock[part.key] = (run.notes[path, part.name], run.notes[path, f"{part.name}_takes"])
    return times, lock


def summary(values):
    ordered = sorted(values)
    return {"p10": ordered[len(ordered) // 10], "median": statistics.median(ordered)}


def measure(cpus):
    """{key: {"one", "many": summaries of ms, "ratio": times as fast, likewise, "waits", "takes": medians, of `cpus`
    CPUs}} of `cpus` loops."""
    one, many, lock = defaultdict(list), defaultdict(list), defaultdict(list)
    for _ in range(BOOTS):
        for smp, times in (1, one), (cpus, many):
            took, locks = boot(smp, cpus)
            for key, rounds in took.items():
                times[key] += rounds
                if smp == cpus:
                    lock[key].append(locks[key])
    parts = {}
    for key in one:
        found = {"one": summary(one[key]), "many": summary(many[key])}
        found["ratio"] = {name: round(found["one"][name] / found["many"][name], 2) for name in found["one"]}
        found["waits"], found["takes"] = (statistics.median(values) / 1000 for values in zip(*lock[key]))
        parts[key] = found
    return {"cpus": cpus, "boots": BOOTS, "rounds": ROUNDS, "parts": parts}


def lines(found):
    """As text cells, the heading first."""
    cpus = found["cpus"]
    text = [("", "path", "", "1 CPU, ms", f"{cpus} CPUs, ms", "times as fast", "waiting for the lock", "lock per operation")]
    for part in PARTS:
        values = found["parts"][part.key]
        text.append((part.name, part.path, f"{cpus} {part.what}",
                     *("{p10:.1f} ({median:.1f})".format(**values[side]) for side in ("one", "many")),
                     "{p10:.2f} ({median:.2f})".format(**values["ratio"]), f"{values['waits']:.1%}",
                     f"{values['takes']:.2f}"))
    return text


def explained(found):
    return (f"Tenth percentiles, in brackets medians, of {found['boots']} boots of each side, in turn, and "
            f"{found['rounds']} rounds in each boot. Lock per operation: how often the kernel lock is taken, by whomever.")
