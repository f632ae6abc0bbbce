"""The race explorer (tests/host/race.h): builds the kernel's rules for the host, and executes them in every order up to a
bound. `make race`: every departure from its schedules twice; LONG=1: three times, which takes hours. Options go to the explorer:

    scripts/race [--deviations N] [--ticks N] [--random EXECUTIONS] [--world NAME] [--list]
"""

import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from parley.toolchain import ROOT

KERNEL = [f"kernel/{name}.c" for name in (
    "base/hook", "base/list", "machine/time", "machine/calibrate", "cpu/cpu", "cpu/lock", "env/env",
    "sched/runqueue", "sched/sched", "sched/switch", "sched/clock", "ipc/ipc", "ipc/faultcall", "ipc/deadline", "life/life", "fault/fault", "call/hint",
    "call/envcall", "call/syscall", "entry/trap", "entry/resume")]
OWN = [f"tests/host/race_{name}.c" for name in ("explore", "machine", "world", "test")]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
# Addresses are cut to 32 bits where the processor would read them. For functions that do not return, the address sanitizer
# asks the host's kernel each time; here a CPU that leaves is told to it anyway.
CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Wno-pointer-to-int-cast", "-Wno-int-to-pointer-cast",
          "-Wno-implicit-fallthrough", "-D_Noreturn=", "-DDEBUG=1", "-I", "tests/host/race_fake", "-I", ".", *SANITIZERS]


def unable():
    """Why this host cannot; None."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return "the kernel's headers are for x86"
    return None if shutil.which("gcc") else "needs a gcc for the host"


def compile_object(source, folder, path=None):
    """`path`: where the text of `source` is."""
    target = folder / (source.replace("/", "_") + ".o")
    subprocess.run(["gcc", *CFLAGS, "-c", str(path or source), "-o", str(target)], cwd=ROOT, check=True)
    return target


def link(objects, program):
    """No position-independent program: its static data lies between two symbols."""
    subprocess.run(["gcc", *SANITIZERS, "-no-pie", "-Wl,--wrap=lock_acquire", "-o", str(program),
                    *map(str, objects.values())], check=True)
    return program


def build_objects(folder):
    folder.mkdir(parents=True, exist_ok=True)
    sources = KERNEL + OWN
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(sources, pool.map(lambda source: compile_object(source, folder), sources)))


def main():
    reason = unable()
    if reason:
        print(f"race: {reason}", file=sys.stderr)
        return 2
    folder = ROOT / "build" / "race"
    program = link(build_objects(folder), folder / "race_test")
    return subprocess.run([str(program), *sys.argv[1:]], check=False).returncode
