"""`make fuzz`: its options, and how it makes a failure small. The fuzzers themselves are tests/guest/fuzz/fuzz_*.c, of which
test_guest.py runs a short form."""

import re

import pytest

from conftest import ROOT, run_app, run_command
from parley import fuzz


@pytest.mark.parametrize("bad", ["SEED=x", "SEED=-1", "CALLS=0", "CALLS=1e9", "SMP=17", "MEM=64", "SEED=1000001"])
def test_bad_options_are_one_line(bad):
    result = run_command(["make", "fuzz", bad])
    assert result.status == 2 and result.errors.count("\n") == 1, result
    assert f"{bad.partition('=')[0]}=" in result.errors, result


class Fails:
    """A boot that fails while all of `needed` are kept, and counts how often it was asked."""

    def __init__(self, needed):
        self.needed, self.kept = needed, None

    def line(self):
        return ""

    def run(self, _timeout):
        return 1 if self.needed <= set(self.kept) else 0


@pytest.mark.parametrize("needed", [{0}, {1999}, {3, 4, 1000}, {593}, set(range(0, 2000, 250))])
def test_what_is_left_is_what_is_needed(needed, capsys):
    boot = Fails(needed)

    def told(boot, kept):
        boot.kept = kept
        return boot

    assert set(fuzz.without(boot, list(range(2000)), told)) == needed


def test_ranges_are_as_the_guest_takes_them():
    assert fuzz.ranges([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8"
    assert fuzz.ranges([4]) == "4"


def test_steps_are_those_of_the_sources():
    for program in fuzz.PROGRAMS:
        text = (ROOT / f"tests/guest/fuzz/{program.name}.c").read_text(encoding="utf-8")
        if program.lane_steps:
            assert re.search(rf"\bSTEPS = {program.lane_steps}\b", text), program.name
    header = (ROOT / "tests/guest/fuzz/fuzz.h").read_text(encoding="utf-8")
    assert f"FUZZ_LANES = {fuzz.LANES // 2}," in header and "FUZZ_ALL_LANES = 2 * FUZZ_LANES" in header


def test_list_of_calls_is_a_program(tmp_path):
    """What a failure shrinks to compiles, and has a call for each step."""
    result = run_app("fuzz_calls list=1 round=3 lanes=0x2020 keep=1-9,700,1990-1999")
    assert result.status == 0 and result.output.count(".way = ") == 40, result
    source = tmp_path / "again.c"
    source.write_text(result.output)
    compiled = run_command(["i686-linux-gnu-gcc", "-std=gnu11", "-ffreestanding", "-fsyntax-only", "-Wall", "-Werror",
                            "-mno-sse", "-I.", str(source)])
    assert compiled.status == 0, compiled
