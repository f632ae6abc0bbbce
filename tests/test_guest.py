"""The programs of tests/guest: each checks one thing inside the machine and ends with 0.

A program can say how it wants to run in comments of its source: `smp: 4` or `smp: 1 4` for the
numbers of CPUs (else 1, 2 and 4), `mem: 16` or `mem: 16 128` in MiB, `timeout: 120` in seconds, `args: x y`,
`icount: 16` for nanoseconds per instruction,
`boot: x` for words of the kernel's command line, `faults: self` for the fault path of all, `failhook: 1` for the kernel whose allocations fail,
`status: 98` for another status that is right.
"""

import re
from itertools import product

import pytest

from conftest import run_app
from parley.programs import guest_sources
from test_kernels import built


def cases():
    for path in guest_sources():
        wish = dict(re.findall(r"^[ */]*(smp|mem|timeout|args|icount|boot|faults|failhook|status): *(.*?)(?: *\*/)?$",
                               path.read_text(encoding="utf-8"), re.M))
        for smp, mem in product(wish.get("smp", "1 2 4").split(), wish.get("mem", "128").split()):
            name = f"{path.stem}-smp{smp}" + (f"-{mem}M" if " " in wish.get("mem", "") else "")
            yield pytest.param(path.stem, int(smp), int(mem), wish, id=name)


@pytest.mark.parametrize("program, smp, mem, wish", cases())
def test_guest(program, smp, mem, wish):
    line = f"{program} {wish.get('args', '')}".strip()
    result = run_app(line, smp=smp, mem=mem,
                     timeout=int(wish.get("timeout", 60)), bootargs=wish.get("boot", ""),
                     icount=wish.get("icount", 0), FAULTS=wish.get("faults", ""),
                     **(built("FAILHOOK=1") if "failhook" in wish else {}))
    assert result.status == int(wish.get("status", 0)), result
