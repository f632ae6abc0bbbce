#!/usr/bin/env -S python3 -B
"""Makes build/abi.json of what the compiler made of protocols/abi.c: `mk/abi.py FILE.s FILE.json`.

Any line "->..." that is not as protocols/abi.c says is an error, and so are an entry without its number or with a text
that is empty, and a struct whose members leave a byte out, or have one twice. tools/parley/abi.py says what is in the file.
"""

import ast
import json
import sys
from pathlib import Path

CALL = ("in", "out", "who", "errors", "cost")
# What the texts of each list are called.
TEXTS = {"system_calls": CALL, "env_fields": ("value", "who", "errors"), "hints": ("in", "out", "who"),
         "trace_operations": ("in", "out", "errors"), "ipc_flags": ("text",), "statuses": ("text",),
         "trace_events": ("text",), "fault_paths": ("text",), "procmgr": CALL, "pager": CALL, "console": CALL,
         "boot_words": ("text",)}
RECORDS = "records"
NEGATIVE = ("statuses",)  # where a number may be


class Wrong(Exception):
    """One line about what is wrong."""


def numbers_of(words, line):
    try:
        return [int(word) for word in words]
    except ValueError:
        raise Wrong(f"not a number: {line}") from None


def add_texts(abi, line):
    try:
        group, name, *texts = ast.literal_eval(line)
    except (SyntaxError, ValueError):
        raise Wrong(f"not a text: {line}") from None
    keys = TEXTS[group]
    if len(texts) != len(keys):
        raise Wrong(f"{group} {name}: {len(texts)} texts instead of {len(keys)}")
    for key, text in zip(keys, texts):
        if not text.strip():
            raise Wrong(f"{group} {name}: no text for {key}")
    if any(entry["name"] == name for entry in abi.setdefault(group, [])):
        raise Wrong(f"{group} {name}: twice")
    abi[group].append({"name": name, **dict(zip(keys, texts))})


def add_numbers(abi, line):
    """The numbers of an entry; constants and records have no texts."""
    group, name, *words = line.split()
    values = numbers_of(words, line)
    if group not in NEGATIVE and min(values) < 0:
        raise Wrong(f"negative: {line}")
    if group == RECORDS:
        add_record(abi.setdefault(RECORDS, {}), name, values)
    elif group in TEXTS:
        entry = next((entry for entry in abi.get(group, ()) if entry["name"] == name), None)
        if entry is None:
            raise Wrong(f"{group} {name}: no texts")
        entry.update(zip(("low", "high") if len(values) == 2 else ("number",), values))
    else:
        abi.setdefault(group, {})[name] = values[0]


def add_record(records, name, values):
    record, dot, member = name.partition(".")
    if not dot:
        records[record] = {"size": values[0], "members": []}
        return
    offset, size, element, signed = values
    records[record]["members"].append({"name": member, "offset": offset, "size": size, "element": element,
                                       "signed": bool(signed)})


def check(abi):
    for group in TEXTS:
        for entry in abi.get(group, []) or [{"name": "(no entry)"}]:
            if not {"number", "low"} & set(entry):
                raise Wrong(f"{group} {entry['name']}: no number")
    for name, record in abi[RECORDS].items():
        end = 0
        for member in record["members"]:
            if member["offset"] != end:
                raise Wrong(f"struct {name}: what stands before {member['name']} is not listed")
            end += member["size"]
        if end != record["size"]:
            raise Wrong(f"struct {name}: what stands at its end is not listed")


def described(text):
    lines = [line[2:] for line in text.splitlines() if line.startswith("->")]
    abi = {}
    for line in lines:
        if line.startswith("("):
            add_texts(abi, line)
    for line in lines:
        if not line.startswith("("):
            add_numbers(abi, line)
    check(abi)
    return abi


def main():
    source, target = map(Path, sys.argv[1:])
    try:
        abi = described(source.read_text(encoding="utf-8"))
    except Wrong as wrong:
        print(f"protocols/abi.c: {wrong}", file=sys.stderr)
        return 1
    target.write_text(json.dumps(abi, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
