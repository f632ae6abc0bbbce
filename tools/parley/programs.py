"""Which programs there are, and where their files lie."""

import re

from parley.toolchain import ROOT

BUILTINS = tuple(re.findall(r'^\t\{"(\w+)", ', (ROOT / "apps/sh/builtin.c").read_text(), re.M))


def guest_rooms():
    return sorted(path for path in (ROOT / "tests/guest").iterdir() if path.is_dir())


def guest_sources(pattern="*"):
    """The tests that run inside whose names are like that, by name."""
    return sorted((ROOT / "tests/guest").rglob(f"{pattern}.c"), key=lambda path: path.stem)


def programs(tests):
    """Names of the programs in the archive."""
    def stems(*folders):
        files = [path.stem for folder in folders for path in (ROOT / folder).glob("[!.]*.c")]
        if "apps" in folders:  # apps/NAME/*.c is a program too, but for the folder of JOS programs
            files += {path.parent.name for path in (ROOT / "apps").glob("*/*.c")} - {"jos"}
        return sorted(files)

    if tests:
        names = stems("apps", "tests/guest", *(f"tests/guest/{room.name}" for room in guest_rooms()))
        jos = stems("apps/jos", "tests/jos/outsider")
    else:
        names, jos = stems("apps"), stems("apps/jos")
    return names + ["jos/" + name for name in jos]


def program_file(name):
    """The file of a program, with its symbols: build/apps, or build/tests for test programs."""
    apps = ROOT / "build/apps" / name
    return (apps if apps.is_file() else ROOT / "build/tests" / name).relative_to(ROOT)


def starts_as_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"
