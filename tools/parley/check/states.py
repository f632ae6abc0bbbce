"""One writer of an env's state: kernel/env/state.h, and its macros for assembly in nasm/env/state.inc.

Looked at is the source: an assignment to such a field, or its address taken, anywhere else in the kernel.
"""

import re

from parley.check.size import without_comments
from parley.toolchain import ROOT

WRITERS = ("kernel/env/state.h", "nasm/env/state.inc")
FIELDS = {"ENV": ("life", "stopped", "awaited", "in_fault_call", "fast_partner", "on_resume", "refusal"),  # of struct env
          "INFO": ("status", "waits", "partner")}  # of its public record
# Who may write a whole record: of a new env, before it has a state.
RECORD_WRITERS = ("kernel/life/life.c",)

ANY = "|".join(FIELDS["ENV"] + FIELDS["INFO"])
C_WRITE = re.compile(
    rf"(?:->|\.)\s*({ANY})\b\s*(?:=(?!=)|[-+*/%&|^]=|<<=|>>=|\+\+|--)"
    rf"|(?:\+\+|--)\s*[\w.\[\]()>-]*(?:->|\.)({ANY})\b"
    rf"|(?<![\w)\]&])(?<![\w)\]] )&\s*[\w.\[\]()>-]+(?:->|\.)({ANY})\b")
RECORD_WRITE = re.compile(r"(?:^|[;{}])\s*(?:\*\s*[\w.>-]+->info|env_records\[[^\]]*\]|envs\[[^\]]*\]|\*\s*env)\s*=(?!=)", re.M)
ASM_FIELD = "|".join(f"{prefix}_{field.upper()}" for prefix, fields in FIELDS.items() for field in fields)
ASM_WRITE = re.compile(rf"^\s*(?:[.\w]+:)?\s*(?:lock\s+)?(?!(?:cmp|test|push|call|jmp)\b)\w+\s+(?:(?:byte|word|dword)\s+)?"
                       rf"\[[^\]]*\b({ASM_FIELD})\b")


def writes(name, text):
    """[(line, what is written)] of a file of the kernel."""
    if name.endswith((".c", ".h")):
        text = without_comments(text)
        found = [(match.start(), next(filter(None, match.groups()))) for match in C_WRITE.finditer(text)]
        if name not in RECORD_WRITERS:
            found += [(match.start(), "a whole record") for match in RECORD_WRITE.finditer(text)]
        return sorted((text.count("\n", 0, at) + 1, what) for at, what in found)
    lines = (line.split(";")[0] for line in text.split("\n"))
    return [(number, match[1]) for number, match in enumerate(map(ASM_WRITE.match, lines), 1) if match]


def complaints(names):
    """What `make check` has to say of these files."""
    kernel = {name: (ROOT / name).read_text(encoding="utf-8") for name in names
              if re.match(r"(kernel|nasm)/.*\.(c|h|asm|inc)$", name) and not name.startswith(("nasm/user/", "nasm/linux/"))}
    found = [f"{name}:{line}: writes {what}; {' and '.join(WRITERS)} do that"
             for name, text in sorted(kernel.items()) if name not in WRITERS for line, what in writes(name, text)]
    own = {what for _, what in writes(WRITERS[0], kernel[WRITERS[0]])}
    return found + [f"{WRITERS[0]}: nobody writes {field}" for fields in FIELDS.values() for field in fields if field not in own]
