"""baseline.json: what each figure was when it was last looked at. `make bench-check` holds today's
against it, and against the first targets, which a figure that holds its own must go on holding.

Instructions are counted for what one compiler made of the sources: the file says which. What another makes is held
against the targets alone.

In it is what the table has a target for, but the lines of source, which `make check` counts; so not the bytes of code
that is freed after boot, nor of that which helps people look.
"""

import json
import math

from parley.bench import guest, table

TOLERANCE = 0.03
TARGETS = {row.key: row.target for row in table.ROWS + table.BUILD_ROWS if row.target}
WRITE = "make bench-baseline writes it"


def is_figure(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and \
        math.isfinite(value) and value > 0


def load(path):
    """(compiler, {key: figure}) of the file. guest.Failure: one line that says what is wrong with it."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise guest.Failure(f"{path.name}: {error.strerror}; {WRITE}") from None
    except ValueError as error:
        raise guest.Failure(f"{path.name} is not JSON: {error}; {WRITE}") from None
    compiler = found.pop("compiler", None) if isinstance(found, dict) else None
    if not isinstance(found, dict) or not found:
        raise guest.Failure(f"{path.name} has no figures; {WRITE}")
    if not compiler:
        raise guest.Failure(f"{path.name} does not say for which compiler it holds; {WRITE}")
    return compiler, found


def is_better(old, new):
    return is_figure(old) and new is not None and new < old * (1 - TOLERANCE)


def complaint(key, old, new):
    """What is wrong with a figure that is `new` (None: not to be had) and was `old`, or None."""
    if not is_figure(old):
        return f"{key} in the baseline is {old!r}, which is no figure; {WRITE}"
    if new is None:
        return f"{key} was {table.number(old)} and could not be measured"
    if not is_figure(new):
        return f"{key} was {table.number(old)} and is {new!r}, which is no figure"
    change = f"{key} was {table.number(old)} and is {table.number(new)} ({(new / old - 1) * 100:+.1f}%)"
    if new > old * (1 + TOLERANCE):
        return change
    target = TARGETS.get(key, math.inf)
    if old <= target < new:
        return f"{change}: no longer within its target of {table.number(target)}"
    return None


def complaints(baseline, now):
    """A line for each thing that is wrong. `now`: {key: figure or None}."""
    lines = [f"{key} is measured and not in the baseline; {WRITE}"
             for key in now if key not in baseline]
    lines += [f"{key} is in the baseline and nobody measures it; {WRITE}"
              for key in baseline if key not in now]
    lines += [complaint(key, baseline[key], now[key]) for key in now if key in baseline]
    return [line for line in lines if line]


def above_target(now):
    """A line for each figure that does not hold its target."""
    return [f"{key} is {table.number(now[key])}, above its target of {table.number(target)}"
            for key, target in TARGETS.items() if is_figure(now.get(key)) and now[key] > target]
