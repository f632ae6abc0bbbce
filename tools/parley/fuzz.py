"""Looks for the next fault: `make fuzz SEED=7 CALLS=10000000 SMP=4`.

Boots the programs tests/guest/fuzz/fuzz_*.c one after another, on each kernel and fault path, with random numbers that SEED
says: CALLS system calls, a hundredth of that of requests to servers, of which a hundredth are kills of servers, and a
fiftieth of page operations. When a run fails, its
output is shown, and it is run again with less and less: one round, fewer lanes, fewer steps, as long as it still
fails. What is left is printed as a program that does only that (fuzz_calls), or as the line that starts it.
PLANT=1 plants a fault (tests/guest/fuzz/fuzz.h), to see that. `--check` only checks the options.
"""

import re
import signal
import subprocess
import sys
import time

from parley import cli, qemu
from parley.options import APP_MAX, SMP_MAX
from parley.options import Options as MachineOptions
from parley.toolchain import ROOT

SMP_DEFAULT, CALLS_DEFAULT, SEED_DEFAULT = 4, 200000, 1
CALLS_MAX, SEED_MAX = 10**9, 10**6
TRIES = 3  # a race does not fail each time
SHRINK_SECONDS = 20  # of a boot with one round at most
LANES = 16  # of a round, tests/guest/fuzz/fuzz.h

# Kernel, fault path. The kernel whose allocations fail checks as the one of DEBUG=1 does, and has path `kernel`.
KINDS = [("", "pager"), ("DEBUG", "ipc"), ("", "self"), ("KFAULT", "kernel"),
         ("DEBUG", "pager"), ("", "ipc"), ("DEBUG", "self"), ("FAILHOOK", "kernel")]


def fail(text):
    cli.complain(f"make fuzz: {text}")
    sys.exit(cli.EXIT_USAGE)


def number(given, name, low, high, default):
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        fail(f"{name}={text}: must be a number from {low} to {high}")
    return int(text)


class Program:
    """A fuzzer: one of its steps for so many calls; so many at most in one boot; the steps of a lane in a round, as its
    source has them (0: it has no lanes), and what it boots with."""

    def __init__(self, name, calls, boot_steps, lane_steps, bootargs=""):
        self.name, self.calls, self.boot_steps, self.lane_steps = name, calls, boot_steps, lane_steps
        self.bootargs = bootargs


PROGRAMS = [Program("fuzz_calls", 1, 500000, 2000),
            Program("fuzz_servers", 100, 20000, 250, "killservers"),
            Program("fuzz_pages", 50, 20000, 0)]


class Options:
    def __init__(self, arguments):
        given = dict(argument.partition("=")[::2] for argument in arguments)
        for name in given:
            if name not in ("SEED", "CALLS", "SMP", "PLANT"):
                fail(f"no option {name}= (have: SEED CALLS SMP)")
        self.seed = number(given, "SEED", 0, SEED_MAX, SEED_DEFAULT)
        self.calls = number(given, "CALLS", 1, CALLS_MAX, CALLS_DEFAULT)
        self.smp = number(given, "SMP", 1, SMP_MAX, SMP_DEFAULT)
        self.plant = number(given, "PLANT", 0, 1, 0)


class Boot:
    """One boot of a fuzzer: what it is told, and how it ended."""

    def __init__(self, program, kernel, path, smp, **said):
        self.program, self.kernel, self.path, self.smp, self.said = program, kernel, path, smp, said

    def but(self, **said):
        return Boot(self.program, self.kernel, self.path, self.smp, **{**self.said, **said})

    def line(self):
        start = "" if self.path == "pager" else f"run -f {self.path} "
        return start + " ".join([self.program.name, *(f"{name}={value}" for name, value in self.said.items())])

    def arguments(self, timeout):
        arguments = ["TESTS=1", f"SMP={self.smp}", f"APP={self.line()}", f"TIMEOUT={timeout}"]
        return arguments + ([f"{self.kernel}=1"] if self.kernel else []) + (
            [f"BOOTARGS={self.program.bootargs}"] if self.program.bootargs else [])

    def command(self):
        return "make run " + " ".join(f'"{word}"' if " " in word else word for word in self.arguments(600))

    def run(self, timeout):
        start = time.monotonic()
        done = subprocess.run([sys.executable, "-B", "scripts/run", *self.arguments(timeout)], cwd=ROOT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.status, self.output = done.returncode, done.stdout.decode(errors="replace")
        self.seconds = time.monotonic() - start
        return self.status

    def round(self):
        """The round that it was in, or the first."""
        rounds = re.findall(r"^round (\d+):", self.output, re.M)
        return int(rounds[-1]) if rounds else 0


def still_fails(boot):
    """Whether it fails as a run must not; a time-out is a failure as others are."""
    return any(boot.run(SHRINK_SECONDS) not in (0, cli.EXIT_USAGE) for _ in range(TRIES))


def ranges(steps):
    """Steps as the guest takes them: A-B,C-D."""
    found = []
    for step in steps:
        if found and found[-1][1] == step - 1:
            found[-1][1] = step
        else:
            found.append([step, step])
    return ",".join(f"{low}-{high}" if low < high else str(low) for low, high in found)


def without(boot, items, told):
    """The fewest of the items, found by leaving out chunks, with which told(boot, items) still fails."""
    size = (len(items) + 1) // 2
    while size:
        at = 0
        while at < len(items):
            fewer = items[:at] + items[at + size:]
            if fewer and len(told(boot, fewer).line()) <= APP_MAX and still_fails(told(boot, fewer)):
                items = fewer
                print(f"  {len(items)} left", flush=True)
            else:
                at += size
        size //= 2
    return items


def with_lanes(boot, lanes):
    return boot.but(lanes=f"{sum(1 << lane for lane in lanes):#x}")


def with_steps(boot, steps):
    return boot.but(keep=ranges(steps))


def shrink(boot):
    """What is left of a boot that failed."""
    said = dict(boot.said)
    said.pop("calls")
    alone = Boot(boot.program, boot.kernel, boot.path, boot.smp, **said, round=boot.round())
    print(f"again with round {boot.round()} alone", flush=True)
    if not still_fails(alone):
        print("that does not fail: it needs the rounds before it, or luck; all of it again:", boot.command())
        return
    if boot.program.lane_steps:
        lanes = without(alone, list(range(LANES)), with_lanes)
        alone = with_lanes(alone, lanes)
        print(f"lanes {lanes}", flush=True)
        every = list(range(boot.program.lane_steps))
        steps = without(alone, every, with_steps)
        alone = with_steps(alone, steps) if len(steps) < len(every) else alone
    print("this fails:", alone.command())
    if boot.program.name == "fuzz_calls":
        listed = alone.but(list=1)
        listed.run(SHRINK_SECONDS)
        print(f"and does the same as this program of tests/guest/:\n\n{listed.output}")


def plan(options):
    """The boots: equal shares for each kind."""
    for program in PROGRAMS:
        share = -(-options.calls // program.calls // len(KINDS))
        for i, (kernel, path) in enumerate(KINDS):
            for n, begin in enumerate(range(0, share, program.boot_steps)):
                said = {"seed": options.seed * 1000 + i * 100 + n, "calls": min(program.boot_steps, share - begin)}
                yield Boot(program, kernel, path, options.smp, **said, **({"plant": 1} if options.plant else {}))


def summary(output):
    """How many steps a boot did, and what it said at its end."""
    done = re.search(r"^\W*(\d+) in \d+ rounds.*", output, re.M)
    restarts = re.search(r"^restarts: .*", output, re.M)
    return int(done[1]), done[0].lstrip(".") + ("; " + restarts[0] if restarts else "")


def stop(number, _frame):
    sys.exit(128 + number)


def main():
    options = Options([argument for argument in sys.argv[1:] if argument != "--check"])
    if "--check" in sys.argv:
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    for kernel in ([], ["DEBUG=1"], ["KFAULT=1"], ["FAILHOOK=1"]):
        qemu.check_built(MachineOptions(["TESTS=1", *kernel], {}))
    totals, start = dict.fromkeys((program.name for program in PROGRAMS), 0), time.monotonic()
    for boot in plan(options):
        status = boot.run(60 + boot.said["calls"] * boot.program.calls // 4000)
        kind = f"{boot.program.name}, kernel {boot.kernel or 'as shipped'}, path {boot.path}, seed {boot.said['seed']}"
        if status != 0:
            print(f"{kind}: ended with {status}\n{boot.output[-3000:]}", flush=True)
            shrink(boot)
            cli.complain(f"make fuzz: {kind}: ended with {status}")
            return 1
        done, text = summary(boot.output)
        totals[boot.program.name] += done
        print(f"{kind}: {text}; {boot.seconds:.0f} s", flush=True)
    print(f"{totals['fuzz_calls']} system calls, {totals['fuzz_servers']} requests to servers, {totals['fuzz_pages']} page "
          f"operations in {time.monotonic() - start:.0f} s, seed {options.seed}, SMP={options.smp}: nothing found")
    return 0
