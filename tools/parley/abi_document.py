"""Writes docs/abi.md, what the kernel and the servers can be asked, out of build/abi.json.

`scripts/abi-document` prints it; with `--write` it goes to docs/abi.md. tests/test_abi.py finds one that is old.
"""

import sys
import textwrap

from parley import abi, cli
from parley.toolchain import ROOT

DOCUMENT = ROOT / "docs/abi.md"
COLUMNS = 100
LABELS = {"in": "In", "out": "Out", "value": "Value", "who": "Who may", "errors": "Errors", "cost": "Cost"}

BEGIN = """# The ABI

`make abi-document` makes this page of the lists in `kernel/abi/` and `protocols/`, from which the kernel, the servers
and the programs are compiled, too: change those, never this. `build/abi.json` has the same for programs
(`tools/parley/abi.py`).

## Words

**Root** is procmgr, the first server. An env **may act on** itself and whom it controls. It **may page** these, and
those whose pager it is. `ebx` 0 names the caller itself. A **process** is an env that procmgr started; a **family** is
the envs that a process on path `self` made with `fork`. *Pages done* is a count: fewer than asked means "call again for
the rest"; an error comes only if nothing was done. In costs, `NENV` is {NENV}, and a bound named by a constant stands
under [constants](#constants).

## System calls

`int 0x30`, or `sysenter` where the env page says so: `eax` is the number, with the operand above its low 8 bits;
`ebx`, `esi`, `edi`, `ebp` are arguments and results, `eax` the result, negative for an error; `ecx` and `edx` carry
nothing (`kernel/abi/syscall.h`). `msg[]` are the words of the env page. All calls may wait for the kernel's lock,
for another CPU to flush its TLB or to leave an env, and, if frames or slots are short, tear dead spaces down. A number
that is no call is `E_NO_CALL`.
"""

SECTIONS = (
    ("ipc_flags", "Flags of SYS_IPC", "IPC_", "Or-ed to the number. The number of words is `IPC_WORDS(n)`, in bits 20 to "
     "26 (`kernel/abi/ipc.h`)."),
    ("env_fields", "What SYS_ENV_SET sets", "ENV_", "`esi` is one of these, `edi` the value. Beside these errors: "
     "`E_BAD_ENV`, and `E_PERM` for who may not. Any other field is `E_INVAL`."),
    ("hints", "Kinds of SYS_HINT", "HINT_", "The operand is one of these. `eax` 0 says that the hint was ignored, and "
     "is counted."),
    ("trace_operations", "Operations of SYS_TRACE", "TRACE_", "`ebx` is one of these. Who may: root, and whom "
     "`TRACE_ALLOW` names; all others get `E_PERM`."),
)
SERVERS = (
    ("procmgr", "Requests to procmgr", "PM_", "`w0` is the request, answered with `w0` = status or result "
     "(`protocols/procmgr.h`). Beside the errors below: `E_BAD_ENV` for an env that is neither a process, nor of a "
     "family, nor a server; `E_NO_CALL` for no request; `E_PERM` for who may not; `E_INVAL` for a message with too few "
     "words. procmgr waits for nobody: the cost is the work until it hears the next request."),
    ("pager", "Requests to the pager", "PAGER_", "`w0` is the request and the page's address (`protocols/pager.h`). "
     "Beside these errors: `E_NO_CALL` for no request, `E_INVAL` for fewer than three words."),
    ("console", "Requests to the console", "CONSOLE_", "`w0` is the request, answered with `w0` = status or result "
     "(`protocols/console.h`). Beside these errors: `E_NO_CALL` for no request. Who waits keeps nobody else waiting."),
)
LISTS = (
    ("fault_paths", "Fault paths", "FAULT_PATH_", "Who handles a process's page faults."),
    ("statuses", "Statuses", "", "What every call and every request answers with; a count is not negative."),
    ("trace_events", "Events of the trace", "EVENT_", "What a `struct trace_record` is about, and what `env`, `extra` "
     "and `a` to `d` are in it."),
)


def wrapped(text, indent=""):
    return textwrap.fill(text, COLUMNS, initial_indent=indent, subsequent_indent=" " * len(indent),
                         break_long_words=False, break_on_hyphens=False) + "\n"


def entries(group, title, prefix, about, level="##"):
    """A list whose entries have several texts, each with a heading of its own."""
    text = f"\n{level} {title}\n\n" + wrapped(about) if about else ""
    for entry in sorted(abi.load()[group], key=lambda entry: entry["number"]):
        text += f"\n{level}# `{prefix}{entry['name']}` ({entry['number']})\n\n"
        for key, label in LABELS.items():
            if key in entry:
                text += wrapped(f"{label}: {entry[key]}.", "- ")
    return text


def rows(group, title, prefix, about):
    """A list of one text each."""
    text = f"\n## {title}\n\n{wrapped(about)}\n"
    for entry in abi.load()[group]:
        number = hex(entry["number"]) if prefix == "IPC_" else entry["number"]
        text += wrapped(f"`{prefix}{entry['name']}` ({number}): {entry['text']}.", "- ")
    return text


def boot_words():
    text = "\n## Words of the boot line\n\n" + wrapped(
        "Behind `app=` comes what runs first, to the end of the line; words count before it.") + "\n"
    for entry in abi.load()["boot_words"]:
        bounds = f" ({entry['low']} to {entry['high']})" if entry["name"].endswith("=") else ""
        text += wrapped(f"`{entry['name']}`{bounds}: {entry['text']}.", "- ")
    return text


def constants():
    text = "\n## Constants\n\n"
    for name, value in abi.load()["constants"].items():
        text += f"- `{name}` = {value if value < 1 << 16 else hex(value)}\n"
    return text


def kind(member):
    count = member["size"] // member["element"]
    bits = "char" if member["element"] == 1 and count > 1 else ("i" if member["signed"] else "u") + str(8 * member["element"])
    return bits if count == 1 else f"{bits}[{count}]"


def records():
    text = "\n## Structs\n\nOffset, type and name of each member; what they mean stands in the headers.\n"
    for name, record in abi.load()["records"].items():
        text += f"\n### `struct {name}`, {record['size']} bytes\n\n"
        members = [f"{member['offset']} {kind(member)} `{member['name']}`" for member in record["members"]]
        text += wrapped("; ".join(members) + ".")
    return text


def document():
    """All of the page."""
    paragraphs = BEGIN.format(NENV=abi.constant("NENV")).split("\n\n")
    text = "\n\n".join(part if part.startswith("#") else wrapped(part).rstrip("\n") for part in paragraphs) + "\n"
    text += entries("system_calls", "", "SYS_", "")
    for section in SECTIONS:
        text += (rows if section[0] == "ipc_flags" else entries)(*section)
    for section in SERVERS:
        text += entries(*section)
    text += "".join(rows(*section) for section in LISTS)
    return text + boot_words() + constants() + records()


def main():
    if sys.argv[1:] not in ([], ["--write"]):
        cli.complain("usage: abi-document [--write]")
        return cli.EXIT_USAGE
    text = document()
    if "--write" in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0
