"""What kernel/abi/ and protocols/ define, out of build/abi.json, which the build makes (protocols/abi.c, mk/abi.py).

    system_calls, procmgr, pager, console      lists of {name, number, in, out, who, errors, cost}
    env_fields, hints, trace_operations        likewise, with texts of their own
    ipc_flags, statuses, trace_events, fault_paths       {name, number, text}
    boot_words                                 {name, low, high, text}: with "=" at the end of its name a number follows
    constants                                  {NAME: number}
    records                                    {struct: {size, members: [{name, offset, size, element, signed}]}}
"""

import functools
import json
import struct

from parley import cli
from parley.toolchain import ROOT

FILE = ROOT / "build/abi.json"
SOURCES = ("kernel/abi", "protocols")
CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


def is_built():
    return FILE.is_file()


def is_current():
    """Whether it is made of what the sources are now: before a build it need not be."""
    if not is_built():
        return False
    newest = max(path.stat().st_mtime for folder in SOURCES for path in (ROOT / folder).iterdir())
    return FILE.stat().st_mtime >= newest


@functools.cache
def load():
    """All of it. Ends this program with one line if it is not built."""
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        cli.fail(f"{FILE.relative_to(ROOT)} is not built: make run builds what it needs, make all of it")


def constant(name):
    return load()["constants"][name]


def numbers(group):
    """{name: number} of a list."""
    return {entry["name"]: entry["number"] for entry in load()[group]}


def names(group):
    """The names of a list that counts from 0, in its order."""
    found = sorted(load()[group], key=lambda entry: entry["number"])
    assert [entry["number"] for entry in found] == list(range(len(found))), group
    return [entry["name"] for entry in found]


def layout(record):
    """(struct.Struct, names) of a record: arrays of characters are bytes, other arrays several values of one name."""
    form, found = "<", []
    for member in load()["records"][record]["members"]:
        count = member["size"] // member["element"]
        code = CODES[member["element"]]
        if member["element"] == 1 and count > 1:
            form += f"{count}s"
            count = 1
        else:
            form += (code.lower() if member["signed"] else code) * count
        found += [member["name"]] * count
    return struct.Struct(form), found


def boot_words():
    """{word: (lowest, highest)}; a number follows a word with "=" at its end."""
    return {entry["name"]: (entry["low"], entry["high"]) for entry in load()["boot_words"]}
