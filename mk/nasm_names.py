#!/usr/bin/env -S python3 -B
"""Prints a definition, as a macro call for nasm/offsets.c, for each name in capitals that assembly uses and that
neither a NASM file nor offsets.c defines.

    TF_EIP        offset of the member in the struct of that prefix, see STRUCTS
    TF_SIZE       size of that struct
    PTE_P         the C constant of the same name

    mk/nasm_names.py nasm/offsets.c FILE...
"""

import re
import sys

STRUCTS = {"TF": "trapframe", "ENV": "env", "INFO": "env_info", "EP": "env_page", "UTF": "utrapframe",
           "CPU": "cpu", "FRAME": "frame", "COUNTS": "frame_counts", "MAIL": "trampoline_mail"}
NAME = r"[A-Z][A-Z0-9_]+\b"
DEFINED = re.compile(rf"^\s*%i?(?:macro|define|xdefine|assign)\s+({NAME})|^({NAME})\s+equ\b", re.M)
NAMED = re.compile(rf"\b(?:OFFSET|CONSTANT|SAME)\(({NAME})")


def definition(name):
    prefix, _, member = name.partition("_")
    if prefix not in STRUCTS:
        return f"SAME({name});"
    if member == "SIZE":
        return f"CONSTANT({name}, sizeof(struct {STRUCTS[prefix]}));"
    return f"OFFSET({name}, {STRUCTS[prefix]}, {member.lower()});"


def main():
    offsets, *files = sys.argv[1:]
    text = ""
    for name in files:
        with open(name, encoding="utf-8") as file:
            text += re.sub(r'"[^"\n]*"', "", re.sub(r";.*", "", file.read()))
    with open(offsets, encoding="utf-8") as file:
        known = set(NAMED.findall(file.read()))
    known.update(a or b for a, b in DEFINED.findall(text))
    used = set(re.findall(rf"(?<![\w.%]){NAME}", text))
    print(" ".join(definition(name) for name in sorted(used - known)))


if __name__ == "__main__":
    main()
