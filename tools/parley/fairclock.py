"""A clock for time limits that stands still while the host has no CPU for what is limited.

A limit in seconds says "this hangs". On a busy host a guest that does not hang may get a tenth of a CPU, and what
it has not been given is no time that it used. Linux says for each thread how long it ran and how long it was
runnable but waited for a CPU (/proc/PID/task/TID/schedstat). Of each stretch of time the clock counts what was
neither: all of it while a guest sleeps, or runs on a free CPU, and a tenth of it where it got a tenth of the CPU that
it asked for. A guest may ask for more CPUs than the host has (SMP=4 on two): that is no reason to stand
still. Where the kernel does not keep these numbers every second counts.
"""

import os
import subprocess
import time
from pathlib import Path

# Whatever the host does, so many times a limit in seconds of a real clock are enough.
PATIENCE = 20
LOOK_SECONDS = 0.5  # between two looks at the time


def children(pid):
    """The processes that it started and those that they started."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text(encoding="ascii").split():
                found += [int(child), *children(int(child))]
    except OSError:  # it has ended, or the kernel does not say
        pass
    return found


def thread_times(pids):
    """{thread: (ran, waited)} of these processes, in nanoseconds."""
    times = {}
    for pid in pids:
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except OSError:  # it has ended
            continue
        for thread in threads:
            try:
                text = Path(f"/proc/{pid}/task/{thread}/schedstat").read_text(encoding="ascii")
                ran, waited, _ = text.split()
            except (OSError, ValueError):
                continue
            times[thread] = int(ran), int(waited)
    return times


def counted(seconds, ran, waited, cpus):
    """How much of a stretch of time counts, in which threads ran and waited for so long together."""
    asked = min(ran + waited, seconds * cpus)
    if asked <= 0:
        return seconds
    share = min(1.0, ran / asked)
    return max(0.0, seconds - asked) + min(seconds, asked) * share


class FairClock:
    """Counts from now on, for processes and all that they start; looks whenever it is asked.

    It is to be asked every second or so: what began and ended in between is not seen."""

    def __init__(self, *pids):
        self.pids = pids
        self.cpus = len(os.sched_getaffinity(0))
        self.started = self.looked = time.monotonic()
        self.times = thread_times(self.all_pids())
        self.fair = 0.0

    def all_pids(self):
        me = os.getpid()
        return {each for pid in self.pids for each in ([pid] if pid == me else [pid, *children(pid)])}

    def seconds(self):
        now, times = time.monotonic(), thread_times(self.all_pids())
        gone = [(ran - before[0], waited - before[1]) for thread, (ran, waited) in times.items()
                for before in [self.times.get(thread, (0, 0))]]
        ran, waited = (max(0, sum(each[i] for each in gone)) / 1e9 for i in (0, 1))
        self.fair += counted(now - self.looked, ran, waited, self.cpus)
        self.looked, self.times = now, times
        return self.fair

    def is_over(self, limit):
        """Whether `limit` seconds have gone, here, or very many on a real clock."""
        return self.seconds() >= limit or self.looked - self.started >= PATIENCE * limit


def communicate(child, timeout):
    """As child.communicate(timeout=...), in seconds that the host had a CPU for it."""
    clock = FairClock(os.getpid(), child.pid)
    while True:
        try:
            return child.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if clock.is_over(timeout):
                raise
