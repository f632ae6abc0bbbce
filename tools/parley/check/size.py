"""How big the kernel is: lines of source, bytes of code."""

import re
import subprocess

from parley import toolchain
from parley.toolchain import ROOT

BOOT = re.compile(r"(kernel|nasm)/boot/|kernel/machine/(calibrate|machine)\.|nasm/offsets")  # freed after start-up
# What a list of the ABI says of an entry (kernel/abi/syscall.h): it stands for the comment that would stand there.
LIST_TEXT = re.compile(r'\s*"(?:\\.|[^"\\])*"[,)]*\s*\\?$')
LOOK = re.compile(r"kernel/look/|kernel/fault/kfault|kernel/abi/(trace|failhook)")  # only helps people look, or may be left out


def without_comments(text):
    """C source with comments blanked; line numbers stay."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        found = match.group()
        return found if found[0] in "\"'" else " " + "\n" * found.count("\n")

    return pattern.sub(blank, text)


def code_lines(name):
    """Lines that are neither blank nor comment."""
    text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
    if name.endswith((".asm", ".inc")):
        lines = [line.split(";")[0] for line in text.split("\n")]
    else:
        lines = without_comments(text).split("\n")
    texts = name.startswith("kernel/abi/")
    return sum(bool(line.strip(" \t\\")) and not (texts and LIST_TEXT.match(line)) for line in lines)


def lines(names=None):
    """Lines of the kernel, of the files named or all there are: resident, of start-up, and those that only help people look."""
    if names is None:
        names = [str(path.relative_to(ROOT)) for folder in ("kernel", "nasm")
                 for path in (ROOT / folder).rglob("*")]
    kernel = [name for name in names
              if name.endswith((".c", ".h", ".asm", ".inc"))
              and name.startswith(("kernel/", "nasm/")) and not name.startswith(("nasm/user/", "nasm/linux/"))]
    look = [name for name in kernel if LOOK.match(name)]
    boot = [name for name in kernel if BOOT.match(name)]
    return sum(code_lines(name) for name in kernel if name not in look + boot), sum(map(code_lines, boot)), sum(map(code_lines, look))


def section_bytes(section, elf="build/kernel.elf"):
    """Size of a section, 0 if there is none."""
    size = subprocess.run([toolchain.cross("size"), "-A", str(ROOT / elf)], capture_output=True,
                          text=True, check=False)
    match = re.search(rf"^{re.escape(section)}\s+(\d+)", size.stdout, re.M)
    return int(match.group(1)) if match else 0


def text_bytes():
    """Code that stays and that the kernel itself needs."""
    return section_bytes(".text")


def look_bytes():
    """Code of the optional files that only help people look."""
    return section_bytes(".look")


def init_bytes():
    """Code of start-up, whose memory is free after it."""
    return section_bytes(".init")
