"""Where the tree is; the names of the tools that commands use, as mk/tools.sh finds them."""

import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@functools.cache
def found(name):
    run = subprocess.run([str(ROOT / "mk/tools.sh"), name], capture_output=True, text=True,
                         check=True)
    return run.stdout.strip()


def cross(name):
    """A tool of the cross compiler's family: `cross("nm")`."""
    return found("cross") + name


def compiler():
    """The cross compiler's command, which makes 32-bit code."""
    return [cross("gcc"), *found("m32").split()]


@functools.cache
def compiler_name():
    """"gcc 12": which compiler it is, as far as the code that it makes depends on that."""
    run = subprocess.run([*compiler(), "-dumpversion"], capture_output=True, text=True, check=True)
    return "gcc " + run.stdout.split(".")[0].strip()


def qemu():
    return found("qemu")
