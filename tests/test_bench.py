"""`bench`: the program checks its own results; the host reads what it prints."""

import pytest

from benchmark import guest
from conftest import run_app


@pytest.mark.parametrize("smp", (1, 2, 4))
@pytest.mark.parametrize("path", ("pager", "self"))
def test_bench_results_are_right(path, smp):
    line = guest.command_line([path], "-r 1")
    result = run_app(line, smp=smp, timeout=120, tests=False)
    assert result.status == 0, result
    run = guest.check(result.output.encode(), 1, line)
    assert run.paths() == [path]
    assert {figure.row for figure in run.order} >= {"B4", "B5", "B6", "B7"}


def test_bench_counts_instructions_with_icount():
    result = run_app("bench calibrate", icount=True, tests=False)
    assert result.status == 0, result
    run = guest.check(result.output.encode(), 1, "bench calibrate")
    assert run.medians()["pager", "calibration", 0] == pytest.approx(1, abs=0.001)


def test_bench_refuses_what_it_does_not_know():
    result = run_app("bench -x", smp=1, tests=False)
    assert result.status == 1 and "usage: bench" in result.output, result


def test_a_bench_that_ended_early_is_a_failure():
    with pytest.raises(guest.Failure):
        guest.check(b"path pager\nfigure B1 0 10 900\nbench: wrong: own id\n", 3, "bench")
