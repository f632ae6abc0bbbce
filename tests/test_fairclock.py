"""Time limits do not run while the host has no CPU for what they limit (tools/parley/fairclock.py)."""

import os
import subprocess
import time

import pytest

from conftest import ROOT, clean_environment
from parley import cli
from parley.fairclock import PATIENCE, FairClock, communicate, counted


@pytest.mark.parametrize("ran, waited, cpus, counts", [
    (0, 0, 2, 10),     # it sleeps
    (10, 0, 2, 10),    # it runs
    (1, 9, 2, 1),      # a tenth of the CPU that it asks for
    (1, 4, 2, 6),      # sleeps for half of the time, waits for most of the other
    (20, 20, 2, 10),   # four threads have two CPUs for themselves
    (4, 36, 2, 2),     # four threads, and a tenth of two CPUs
    (20, 0, 2, 10),
])
def test_what_counts(ran, waited, cpus, counts):
    assert counted(10, ran, waited, cpus) == pytest.approx(counts)


def test_without_numbers_every_second_counts(monkeypatch):
    monkeypatch.setattr("parley.fairclock.thread_times", lambda pids: {})
    clock = FairClock(os.getpid())
    time.sleep(0.2)
    assert clock.seconds() == pytest.approx(clock.looked - clock.started)


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr("parley.fairclock.counted", lambda *numbers: 0)
    clock = FairClock(os.getpid())
    assert not clock.is_over(1)
    clock.started -= PATIENCE
    assert clock.is_over(1)


class Crowd:
    """One CPU of the host for this process and all that it starts, and for many that only burn it."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.cpus = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(self.cpus)})
        self.burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"], start_new_session=True)
                        for _ in range(self.size)]  # a session each: else they share one share of the CPU

    def __exit__(self, *error):
        os.sched_setaffinity(0, self.cpus)
        for burner in self.burners:
            burner.kill()
            burner.wait()


def start(app, **options):
    return subprocess.Popen(["scripts/run"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=clean_environment(APP=app, SMP=1, **options), start_new_session=True)


def test_limit_is_the_guests_in_a_crowd():
    """In real seconds the program takes longer than its limit; one that sleeps for ever there is ended in time."""
    def work(limit):
        start_of, begin = os.times(), time.monotonic()
        child = start("cowtest; cowtest", TIMEOUT=limit)
        output, errors = communicate(child, 60)
        assert child.returncode == 0 and output.count("checks passed") == 2, errors
        end = os.times()
        used = sum(end[2:4]) - sum(start_of[2:4])  # by what it started, in seconds of a CPU
        return used, time.monotonic() - begin

    limit = int(work(60)[0]) + 2
    with Crowd(12):
        assert work(limit)[1] > limit, "no crowd"
        child = start("sleep 1000", TIMEOUT=2)
        communicate(child, 60)
        assert child.returncode == cli.EXIT_TIMEOUT
