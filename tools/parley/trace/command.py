"""Makes a Chrome trace (ui.perfetto.dev, chrome://tracing) of what the kernel's trace recorded.

`scripts/trace IN [OUT]` reads what the shell's `trace save` wrote with TRACE=IN, and writes JSON.
`scripts/trace --run NAME=VALUE...` does all of `make trace`: runs APP between `trace on` and `trace save`, and writes
build/trace.json. `--instructions` takes a time-stamp count for a microsecond, as is right for
ICOUNT=1.

There are two groups of tracks. "CPUs" has one per CPU: what runs there, and in between the kernel.
"envs" has one per env: when it runs, its system calls (with the time that they wait), and around these
its page faults. Arrows: a page fault from the process to the kernel, to the pager if that is asked,
and back to the process; a message from its sender to its receiver.
"""

import re
import subprocess
import sys

from parley import cli, qemu, shellline
from parley.options import Options
from parley.toolchain import ROOT
from parley.trace.model import Trace
from parley.trace.recording import Recording, fail


def quoted(word):
    return f"'{word}'" if re.search(r"[\s&;\"]", word) or not word else word


def line_to_run(app, path):
    """APP between the commands that trace it, each command on fault path `path`."""
    words, first = [], True
    for word in shellline.words_of(app):
        separator = set(word) <= set("&;") and word
        if first and path and not separator:
            words += ["run", "-f", path]
        words.append(word if separator else quoted(word))
        first = bool(separator)
    return f"trace on; {' '.join(words)}; wait; trace off; trace save"


def run(arguments):
    options = Options(arguments)
    if not options.app:
        fail("APP= says what to trace")
    qemu.check_built(options)
    app, faults = options.app, options.given["FAULTS"].strip()
    binary, output = ROOT / "build/trace.bin", ROOT / "build/trace.json"
    binary.unlink(missing_ok=True)
    status = subprocess.run([ROOT / "scripts/run", *arguments, f"APP={line_to_run(app, faults)}",
                             f"TRACE={binary}", "FAULTS="], check=False).returncode
    if binary.is_file():  # else scripts/run has said why
        convert(binary, output, options.icount)
    return status


def convert(source, target, instructions):
    try:
        data = open(source, "rb").read()
    except OSError as error:
        fail(str(error))
    trace = Trace(Recording(data), instructions)
    with open(target, "w", encoding="utf-8") as file:
        file.write(trace.text())
    other = trace.other
    cli.complain(f"{target}: {other['records']} records ({other['dropped']} dropped), "
                     f"{other['faults']} page faults, {other['messages']} messages")


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    options = set(sys.argv[1:]) - set(words)
    if options == {"--run"}:
        return run(words)
    if not options <= {"--instructions"} or len(words) not in (1, 2):
        fail(__doc__.split("\n\n")[1])
    convert(words[0], words[1] if len(words) > 1 else words[0] + ".json", bool(options))
    return 0
