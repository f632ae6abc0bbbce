"""Independent work side by side: on N CPUs against the same work on one."""

import statistics

from benchmark import guest

PARTS = {"pairs": "pairs that send messages", "forks": "loops of fork, exit, wait",
         "cow": "loops of writes to shared pages"}


def seconds(smp, loops):
    """({part: seconds for all loops}, {part: per mille waiting for the lock}), medians, in a boot."""
    run = guest.run(["pager"], f"-n {loops}", " ".join(PARTS), SMP=smp, MEM=128)
    scale = run.ns_per_count["pager"] / 1e9
    times = {part: statistics.median(figure.counts for figure in run.order if figure.row == part)
             * scale for part in PARTS}
    return times, {part: run.notes["pager", part] for part in PARTS}


def measure(cpus):
    """{part: {"one": seconds, "many": seconds, "ratio": times as fast, "lock": share}} of `cpus` loops."""
    one, _ = seconds(1, cpus)
    many, lock = seconds(cpus, cpus)
    return {"cpus": cpus,
            "parts": {part: {"one": round(one[part], 3), "many": round(many[part], 3),
                             "ratio": round(one[part] / many[part], 2),
                             "lock": lock[part] / 1000} for part in PARTS}}


def lines(found):
    """As text cells, the heading first."""
    cpus = found["cpus"]
    text = [("", "", "1 CPU", f"{cpus} CPUs", "times as fast", "waiting for the lock")]
    for part, values in found["parts"].items():
        text.append((part, f"{cpus} {PARTS[part]}", f"{values['one']:.3f} s",
                     f"{values['many']:.3f} s", f"{values['ratio']:.2f}",
                     f"{values['lock'] * 100:.1f}%"))
    return text
