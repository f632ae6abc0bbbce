"""Independent work side by side: on N CPUs against the same work on one.

The host has other things to do, so one boot says little: each side is booted several times, in turn, and
what is shown is the median and how far the boots are apart.
"""

import statistics
from collections import defaultdict

from parley.bench import guest

PARTS = {"pairs": "pairs that send messages", "forks": "loops of fork, exit, wait",
         "cow": "loops of writes to shared pages"}
BOOTS = 5  # of each side


def seconds(smp, loops):
    """({part: seconds for all loops}, {part: share of the time that CPUs wait for the lock}) of a boot."""
    run = guest.run(["pager"], f"-r 1 -n {loops}", " ".join(PARTS), SMP=smp, MEM=128)
    scale = run.ns_per_count["pager"] / 1e9
    times = {figure.row: figure.counts * scale for figure in run.order}
    return times, {part: run.notes["pager", part] / 1000 for part in PARTS}


def summary(values):
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def measure(cpus):
    """{part: {"one", "many": seconds, "lock": share, each with median, low and high, "ratio": times as
    fast, of the medians}} of `cpus` loops."""
    one, many, lock = defaultdict(list), defaultdict(list), defaultdict(list)
    for _ in range(BOOTS):
        for smp, times in (1, one), (cpus, many):
            took, waits = seconds(smp, cpus)
            for part in PARTS:
                times[part].append(took[part])
                if smp == cpus:
                    lock[part].append(waits[part])
    parts = {part: {"one": summary(one[part]), "many": summary(many[part]),
                    "lock": summary(lock[part])} for part in PARTS}
    for found in parts.values():
        found["ratio"] = round(found["one"]["median"] / found["many"]["median"], 2)
    return {"cpus": cpus, "boots": BOOTS, "parts": parts}


def spread(found, form):
    """As text: the median, and in brackets the lowest and the highest."""
    return f"{found['median']:{form}} ({found['low']:{form}} to {found['high']:{form}})"


def lines(found):
    """As text cells, the heading first."""
    cpus = found["cpus"]
    text = [("", "", "1 CPU, s", f"{cpus} CPUs, s", "times as fast", "waiting for the lock")]
    for part, values in found["parts"].items():
        text.append((part, f"{cpus} {PARTS[part]}", spread(values["one"], ".3f"),
                     spread(values["many"], ".3f"), f"{values['ratio']:.2f}",
                     spread(values["lock"], ".1%")))
    return text


def explained(found):
    return (f"Medians of {found['boots']} boots of each, in turn; in brackets the lowest and the highest. Times as fast: "
            "of the medians.")
