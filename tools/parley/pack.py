"""Packs programs into a cpio archive ("newc", cpio(5)): `scripts/pack ARCHIVE [NAME=FILE | FILE | FOLDER]...`

A file below build/packed/apps/ or build/packed/tests/ has its path from there as name, what is in a folder the folder's
name before its own. A program is left out if its file is missing, which means that it does not build, or if nobody
could call it by its name; ARCHIVE.left then has a line "NAME: why", which is printed, too.

The contents of ELF files begin at multiples of the page size, so that the pages of a program can be
mapped right out of the archive where it lies in memory. The room before them is made by zeros behind
the file's name, which count as part of it; any cpio unpacks such an archive. The same files
give the same bytes.
"""

import os
import re
import sys
from pathlib import Path

from parley import abi, cli, programs
from parley.toolchain import ROOT

PAGE = 4096
HEADER = 110
REGULAR = 0o100000
NAME_MAX = abi.constant("PM_NAME_MAX") - 1


def member(name, content, mode, number, offset):
    """One member for an archive that has `offset` bytes so far."""
    start = offset + HEADER + len(name) + 1
    boundary = PAGE if content.startswith(b"\x7fELF") else 4
    name += b"\0" * (1 + -start % boundary)
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return header + name + content + b"\0" * (-len(content) % 4)


def collect(arguments):
    """{name: path} of what the arguments say, and which files have a name that another has."""
    found, doubles = {}, []
    for argument in arguments:
        name, equals, file = argument.partition("=")
        path = Path(file if equals else argument)
        if path.is_dir():
            found.update({f"{path.name}/{file.name}": file for file in path.iterdir()})
        else:
            key = name if equals else re.sub(r"^build/packed/(apps|tests)/", "", argument)
            if found.setdefault(key, path) != path:
                doubles.append(argument.removeprefix("build/packed/"))
    return found, doubles


def why_not(name, path):
    """What keeps a program from being called; None: nothing."""
    if len(name) > NAME_MAX:
        return f"its name is {len(name)} characters long, at most {NAME_MAX} are possible"
    if name in programs.BUILTINS:
        return "a command of the shell's own has that name"
    return None if path.is_file() else f"it does not build{first_error(path)}"


def first_error(path):
    """What the compiler or the linker said first about the program that would be this file, as the end of a line."""
    if not path.is_relative_to("build/packed"):
        return ""
    kind, *name = path.relative_to("build/packed").parts
    places = {"apps": ["apps", "parts"], "tests": ["tests/guest", "tests/guest/*", "tests", "tests/jos/outsider"]}[kind]
    said = [text for place in places
            for form in ("{path}.said", "{path}.o.said", "{path}/*.o.said", "{last}.o.said")
            for text in sorted(Path("build").glob(f"{place}/" + form.format(path="/".join(name), last=name[-1])))]
    for text in said:
        plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", text.read_text(encoding="utf-8", errors="replace"))
        for line in plain.splitlines():
            if re.search(r" error: |: undefined reference|: multiple definition", line):
                return f" ({re.sub(r'^.*/ld: ', '', line).replace(f'{ROOT}/', '').removeprefix('./')})"
    return ""


def unusable_names(packed, archive):
    """Programs in the folders of sources that make could not even name."""
    if archive not in ("apps", "tests"):  # those that shall hold all that there is
        return []
    return [name for name in programs.programs(archive == "tests") if name not in packed]


def main():
    archive_path, arguments = Path(sys.argv[1]), sys.argv[2:]
    os.chdir(ROOT)
    programs, doubles = collect(arguments)
    left = {name: why for name, path in programs.items() if (why := why_not(name, path))}
    left.update({name: "there is another program of that name" for name in doubles})
    left.update({name: "a program's name has letters, digits and _ + - . only, and is not jos, guest or servers"
                 for name in unusable_names(programs, archive_path.stem)})
    archive = bytearray()
    for number, name in enumerate(sorted(set(programs) - set(left), key=lambda name: Path(name).parts), 1):
        mode = REGULAR | (0o755 if programs[name].stat().st_mode & 0o100 else 0o644)
        archive += member(name.encode(), programs[name].read_bytes(), mode, number, len(archive))
    archive += member(b"TRAILER!!!", b"", 0, 0, len(archive))
    lines = "".join(f"{name}: {why}\n" for name, why in sorted(left.items()))
    for line in lines.splitlines():
        cli.complain(f"make: {archive_path} goes without {line}")
    Path(f"{archive_path}.left").write_text(lines, encoding="utf-8")
    new = Path(f"{archive_path}.new")
    new.write_bytes(archive)
    new.replace(archive_path)  # a machine that starts just now reads the old one or the new one
