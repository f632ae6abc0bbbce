"""Every program, on one, two and four CPUs."""

import re

import pytest

from conftest import run_app

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])


def check(app, smp, **options):
    """Runs an app that must end with 0; its output."""
    result = run_app(app, smp=smp, tests=False, **options)
    assert result.status == 0, result
    return result.output


@CPUS
def test_hello(smp):
    assert "ello" in check("hello", smp)


@CPUS
def test_yield_three_at_once(smp):
    output = check("yield & yield & yield", smp)
    greeted = set(re.findall(r"I am process (\d+)", output))
    ended = set(re.findall(r"All done in process (\d+)", output))
    assert len(greeted) == 3 and greeted == ended, output
    assert len(re.findall(r"Back in process \d+, iteration \d+", output)) == 15, output


@CPUS
def test_forktree_has_every_node(smp):
    names = re.findall(r"I am '([01]*)'", check("forktree 3", smp))
    expected = {format(value, f"0{depth}b") if depth else ""
                for depth in range(4) for value in range(2 ** depth)}
    assert sorted(names) == sorted(expected)


@CPUS
def test_forktree_default_depth(smp):
    assert "I am '000'" in check("forktree", smp)


@CPUS
def test_pingpong_counts_up(smp):
    got = [int(n) for n in re.findall(r"got (\d+) from", check("pingpong 10", smp))]
    assert sorted(got) == list(range(min(got), max(got) + 1)) and max(got) >= 10, got


@CPUS
def test_primes_up_to_100(smp):
    output = check("primes 100", smp)
    primes = [n for n in range(2, 101) if all(n % d for d in range(2, n))]
    assert [int(word) for word in re.findall(r"^\D*(\d+)\s*$", output, re.M)] == primes, output


@CPUS
def test_spin_ends_by_itself(smp):
    check("spin 1", smp)


@CPUS
def test_spinning_child_does_not_stop_others(smp):
    result = run_app("spin 3 & spin 3 & spin 3 & spin 3 & spin 3 & hello; exit 7", smp=smp)
    assert "ello" in result.output and result.status == 7, result


@CPUS
def test_cowtest(smp):
    assert re.search(r"cowtest: all \d+ checks passed", check("cowtest", smp, timeout=90))


@CPUS
def test_memstat_shows_figures(smp):
    output = check("memstat", smp)
    free = re.search(r"free\D*(\d+)", output)
    assert free and 0 < int(free.group(1)) < 128 * 256, output


@pytest.mark.parametrize("smp", [1, 4])
def test_nothing_is_lost_over_forktrees(smp):
    output = check("memstat; " + "forktree 2; " * 5 + "memstat", smp)
    free = re.findall(r"free\D*(\d+)", output)
    assert len(free) == 2 and free[0] == free[1], output
