"""The models of the kernel's protocols (models/*.pml), checked by Spin: each as it is, which must find no error, and with each
of the faults that its head names, which must find one. `make model`. Names of models choose some.

    scripts/model [NAME...]
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from parley.toolchain import ROOT

MODELS = ROOT / "models"
DEPTH, MEMORY_MB = 100_000, 3000
FAULTS_BEGIN = "With one of these it must fail:"


def unable():
    """Why this host cannot; None."""
    missing = [tool for tool in ("spin", "gcc") if not shutil.which(tool)]
    return f"needs {' and '.join(missing)}: make setup model" if missing else None


def names():
    return sorted(path.stem for path in MODELS.glob("*.pml"))


def faults(name):
    """Those that the model's head says can be put into it."""
    head = (MODELS / f"{name}.pml").read_text(encoding="utf-8").partition("*/")[0]
    return re.findall(r"^ \*   ([A-Z_]+) ", head.partition(FAULTS_BEGIN)[2], re.M)


def verdict(text):
    """What a search says, of which pan's exit status says nothing: "no error", "an error", or why it proves nothing."""
    errors = re.search(r"errors: (\d+)$", text, re.M)
    if not errors:
        return "no verdict"
    if errors.group(1) != "0":
        return "an error"
    for cut in ("max search depth too small", "out of memory", "Search not completed"):
        if cut in text:
            return cut
    unreached = re.findall(r"^unreached in (?:proctype|init).*\n((?:\t.*\n)+)", text, re.M)
    dead = [line for lines in unreached for line in lines.splitlines()
            if re.match(r"\t\S+:\d+, state \d+", line) and "-end-" not in line]
    return f"never reached: {dead[0].strip()}" if dead else "no error"


def search(name, fault=None):
    """The text of a full search of the states."""
    with tempfile.TemporaryDirectory() as folder:
        define = [f"-D{fault}"] if fault else []
        for command in (["spin", *define, "-a", str(MODELS / f"{name}.pml")],
                        ["gcc", "-O2", "-w", "-DSAFETY", f"-DMEMLIM={MEMORY_MB}", "-o", "pan", "pan.c"]):
            done = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                return done.stdout
        return subprocess.run([Path(folder) / "pan", f"-m{DEPTH}"], cwd=folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout


def states(text):
    found = re.search(r"^ *([\d.e+]+) states, stored", text, re.M)
    return int(float(found.group(1))) if found else 0


def main():
    reason = unable()
    chosen = sys.argv[1:] or names()
    unknown = [name for name in chosen if name not in names()]
    if reason or unknown:
        print(f"model: {reason or f'no model {unknown[0]}; there are: ' + ', '.join(names())}", file=sys.stderr)
        return 2
    wrong = 0
    for name in chosen:
        for fault, wanted in [(None, "no error"), *((fault, "an error") for fault in faults(name))]:
            text = search(name, fault)
            found = verdict(text)
            print(f"model: {name}{f' with {fault}' if fault else ''}: {found}, {states(text):,} states", flush=True)
            if found != wanted:
                wrong += 1
                print(text)
    return min(wrong, 1)
