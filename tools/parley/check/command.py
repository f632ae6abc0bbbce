"""What `make check` holds the sources to: formatting, layers, one writer of an env's state, include cycles, headers that
compile alone, lengths of functions and files, blank lines behind declarations, words that do not belong, names and links
in documents, and the size of the kernel.

Prints one line per finding and ends with 1 if any of them is a failure.
"""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from parley import abi, toolchain
from parley.check import declarations, documents, layers, size, states
from parley.check.size import without_comments
from parley.toolchain import ROOT

C_FOLDERS = ("kernel", "nasm", "protocols", "libsys", "servers", "apps", "tests")
JOS_FACE = ("libsys/jos/", "apps/jos/", "tests/jos/")  # may include <inc/...>
RESIDENT_LINES_AIM = 5000
RESIDENT_LINES_MAX = 6313  # a ratchet: it only goes down, unless a commit says why
FUNCTION_LINES_MAX = 60
COLUMNS_MAX = 100
FILE_LINES_ADVISED = 450
CFLAGS = "-std=gnu11 -Wall -Wextra -Werror -I. -x c -fsyntax-only".split()
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
FREESTANDING = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "limits.h"}
FORBIDDEN = (r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"\bXX" r"X\b", r"/(work|root|home)/\w",
             r"\btypedef (struct|union)\b")


class Findings:
    """Collects what is wrong (fails) and what deserves a look (does not)."""

    def __init__(self):
        self.failures = 0

    def fail(self, text):
        print(f"check: {text}")
        self.failures += 1

    def warn(self, text):
        print(f"check: (look) {text}")


def tracked_files():
    """All files of the repository but what Git ignores, as relative path strings."""
    git = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    if git.returncode == 0:
        names = git.stdout.splitlines()
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
                 if not {"build", ".git", ".pytest_cache"} & set(path.relative_to(ROOT).parts)]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def allowed(name, include):
    """Whether file `name` may include `include`, by the layers."""
    layer = name.split("/")[0]
    protocol = include.startswith("protocols/")
    library = include.startswith(("libsys/", "kernel/abi/"))
    if name.startswith("kernel/abi/"):
        return include.startswith("kernel/abi/")
    if layer in ("kernel", "nasm"):
        return include.startswith("kernel/")
    if layer == "protocols":
        return protocol or include.startswith("kernel/abi/")
    if layer == "libsys":
        return library or protocol
    if layer == "servers":
        own = "/".join(name.split("/")[:2]) + "/"
        return library or protocol or include.startswith(own)
    if layer == "apps":
        return library or include.startswith("apps/")
    if name.startswith("tests/guest/"):
        return library or protocol or include.startswith("tests/guest/")
    return True  # host tests include what they test


def check_layers(findings, sources):
    """Layers, and the graph of includes for the search for cycles."""
    graph = {}
    for name in sources:
        graph[name] = []
        for quoted, angled in INCLUDE.findall(without_comments(read(name))):
            if angled:
                jos = angled.startswith("inc/") and name.startswith(JOS_FACE)
                libsys = name.startswith(("apps/", "tests/guest/")) and (ROOT / "libsys" / angled).is_file()
                if angled not in FREESTANDING and not jos and not libsys and not name.startswith("tests/host/"):
                    findings.fail(f"{name}: includes <{angled}>")
                continue
            graph[name].append(quoted)
            if not (ROOT / quoted).is_file():
                findings.fail(f'{name}: "{quoted}" is not a path from the root')
            elif not allowed(name, quoted):
                findings.fail(f'{name}: may not include "{quoted}" (layers)')
    return graph


def check_cycles(findings, graph):
    done = set()

    def visit(name, path):
        if name in path:
            findings.fail("include cycle: " + " > ".join(path[path.index(name):] + [name]))
        elif name not in done:
            for include in graph.get(name, ()):
                visit(include, path + [name])
            done.add(name)

    for name in graph:
        visit(name, [])


def check_headers(findings, headers):
    """Each header, compiled by itself: for Parley without any C library, tests/host for the host."""
    where = subprocess.run([*toolchain.compiler(), "-print-file-name=include"], cwd=ROOT,
                           capture_output=True, text=True, check=False).stdout.strip()
    target = [*toolchain.compiler(), "-ffreestanding", "-march=i686", "-nostdinc", "-isystem", where]

    host = ["gcc", "-Wno-int-to-pointer-cast", "-Wno-pointer-to-int-cast"]  # the kernel's headers, too, of 32 bits

    def compile_header(name):
        compiler = host if name.startswith("tests/host/") else target
        command = [*compiler, *CFLAGS, "-include", name, "/dev/null"]
        return name, subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(4) as pool:
        for name, run in pool.map(compile_header, headers):
            if run.returncode:
                first = run.stderr.splitlines()[:3]
                findings.fail(f"{name}: does not compile alone: " + " / ".join(first))


def check_format(findings, sources):
    try:
        run = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=ROOT,
                             capture_output=True, text=True, check=False)
    except FileNotFoundError:
        findings.fail("clang-format is missing; run 'make setup check' to install it")
        return
    places = re.findall(r"^(\S+?):(\d+):\d+: error", run.stderr, re.M)
    for name in sorted({name for name, _ in places}):
        lines = [line for other, line in places if other == name]
        more = f" and {len(lines) - 4} more" if len(lines) > 4 else ""
        findings.fail(f"{name}: clang-format would change line {', '.join(lines[:4])}{more}")
    if run.returncode and not places:
        findings.fail("clang-format: " + run.stderr.strip())


def functions(text):
    """(first line, body lines) of each function: its braces stand alone in column 0."""
    lines = without_comments(text).split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{" and number > 1:
            start = number
        elif line.startswith("}") and start:
            yield start, lines[start:number - 1]
            start = None


def check_lengths(findings, sources):
    for name in sources:
        text = read(name)
        count = text.count("\n")
        if count > FILE_LINES_ADVISED and name.endswith(".c"):
            findings.warn(f"{name}: {count} lines")
        if not name.endswith(".c") or name.startswith("tests/host/"):
            continue
        for start, body in functions(text):
            cases = sum(bool(re.match(r"\s*(case\b|default:)", line)) for line in body)
            if len(body) > FUNCTION_LINES_MAX and cases * 3 < len(body):
                findings.fail(f"{name}:{start}: a function of {len(body)} lines")


def check_words(findings, names):
    for name in names:
        text = read(name)
        for pattern in FORBIDDEN:
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                findings.fail(f"{name}:{line}: {match.group()!r} does not belong here")
        if text and not text.endswith("\n"):
            findings.fail(f"{name}: no newline at the end")
        patches = name.endswith(".md")  # in which an empty line is one blank
        match = re.search(r"[ \t]+$" if not patches else r"\S[ \t]+$|^(?! $)[ \t]+$", text, re.M)
        if match:
            line = text.count("\n", 0, match.start()) + 1
            findings.fail(f"{name}:{line}: white space at the end of a line")


def check_style(findings, sources):
    """What .clang-format does not know: a blank line behind declarations; a pointer in a condition."""
    for name in sources:
        for line in [] if name.startswith(JOS_FACE) else declarations.undivided(read(name)):
            findings.fail(f"{name}:{line}: no blank line behind the declarations")
        if name.startswith(("kernel/", "servers/", "libsys/")) and not name.startswith(JOS_FACE):
            text = without_comments(read(name))
            for match in re.finditer(r"== NULL", text):
                findings.fail(f"{name}:{text.count(chr(10), 0, match.start()) + 1}: !p, not p == NULL")


def check_warnings(findings):
    """What the compiler said about programs, which does not stop their build; and the programs that are missing."""
    for path in sorted((ROOT / "build").glob("*.cpio.left")):
        for line in path.read_text(encoding="utf-8").splitlines():
            findings.fail(f"{path.stem} goes without {line}")
    said = set()
    for path in (ROOT / "build").rglob("*.o.said"):
        said.update(re.sub(r"\x1b\[[0-9;]*[mK]", "", path.read_text(encoding="utf-8", errors="replace")).splitlines())
    for line in sorted(said):
        match = re.match(r"(\S+?):\d+:(\d+:)? (warning|error|fatal error): ", line)
        if match and (ROOT / match[1]).is_file():
            findings.fail(line)


def check_widths(findings, names):
    """Columns, with tabs of eight. What JOS's programs look like is JOS's."""
    for name in names:
        if name.endswith((".c", ".h", ".asm", ".inc")) and not name.startswith(JOS_FACE):
            for number, line in enumerate(read(name).splitlines(), 1):
                if len(line.expandtabs(8)) > COLUMNS_MAX:
                    findings.fail(f"{name}:{number}: more than {COLUMNS_MAX} columns")


def check_boot_words(findings, sources):
    """Words of the boot line that somebody reads and the list, so options.py would refuse them, has not."""
    reads = re.compile(r'\b(?:boot_word|has_word|boot_number|find_own_word)\((?:[\w.>-]+, )?"([^"]+)"')
    for name in sources:
        if name.startswith(("kernel/", "servers/")):
            for word in set(reads.findall(read(name))) - set(abi.boot_words()):
                findings.fail(f"{name}: boot word {word!r} is not in protocols/boot.h")


def check_kernel_size(findings, names):
    resident, boot, look = size.lines(names)
    print(f"check: kernel: {resident} resident lines (at most {RESIDENT_LINES_MAX}, to reach {RESIDENT_LINES_AIM}), "
          f"{boot} of start-up, {look} that help people look")
    if resident > RESIDENT_LINES_MAX:
        findings.fail(f"the kernel has more than {RESIDENT_LINES_MAX} resident lines (RESIDENT_LINES_MAX in "
                      "tools/parley/check/command.py: raise it only with a reason, see CONTRIBUTING.md)")
    text = size.text_bytes()
    if text:
        print(f"check: kernel: .text {text} bytes, .look {size.look_bytes()}, optional, "
              f"and .init {size.init_bytes()}, freed after boot")
    else:
        findings.fail("build/kernel.elf has no .text (build first)")


def main():
    findings = Findings()
    names = tracked_files()
    sources = [name for name in names
               if name.endswith((".c", ".h")) and name.split("/")[0] in C_FOLDERS]
    graph = check_layers(findings, sources)
    for complaint in layers.complaints() + states.complaints(names):
        findings.fail(complaint)
    for complaint in documents.complaints():
        findings.fail(complaint)
    check_cycles(findings, graph)
    check_headers(findings, [name for name in sources if name.endswith(".h")])
    check_format(findings, sources)
    check_lengths(findings, sources)
    check_words(findings, names)
    check_style(findings, sources)
    check_widths(findings, names)
    check_boot_words(findings, sources)
    check_warnings(findings)
    check_kernel_size(findings, names)
    print("check: " + (f"{findings.failures} failures" if findings.failures else "all good"))
    return 1 if findings.failures else 0
