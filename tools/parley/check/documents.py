"""What the documents promise of themselves: links that lead somewhere, names that exist, pages that can be read.

Whoever renames a file or a function sees here which page still has the old name:

    `kernel/ipc/ipc.c`, `apps/zippager/`, `tests/guest/fail_*.c`   such a file, folder or some such files
    `ipc_call` (`kernel/ipc/ipc.c`)                                 that file defines that name
    `ENV_PAGER`, `start_fork`, `cowtest`                            a name with _ stands in some source
    `make bench-check`                                              a goal of make
    [text](file.md#heading)                                         a file beside the page, and its heading
"""

import re
import subprocess
from pathlib import PurePosixPath

from parley.toolchain import ROOT

COLUMNS_MAX = 100
WORDS_MAX = 90  # of a paragraph or an item of a list
# Pages that are read from top to bottom; and how many lines each may have.
PAGES = (("DESIGN.md", 100), ("README.md", 120), ("CONTRIBUTING.md", 120), ("docs/tour.md", 180), ("docs/glossary.md", 260),
         ("docs/running.md", 260), ("docs/design/*.md", 119), ("docs/howto/*.md", 240))
SOURCES = ("kernel", "nasm", "protocols", "libsys", "servers", "apps", "scripts", "tools", "tests", "mk")
EXTENSIONS = (".c", ".h", ".asm", ".inc", ".ld", ".py", ".md", ".mk", ".sh", ".json", ".gdb")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
PLACED = re.compile(r"`(\.?\w+)` \(`([\w./-]+)`\)")


def tracked():
    run = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                         check=False)
    names = run.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
                                        if path.parts[len(ROOT.parts)] not in ("build", ".git")]
    return [name for name in names if (ROOT / name).is_file()]


def headings(text):
    """The anchors of a page, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


# How a source defines a name: each with {} for it.
DEFINITIONS = [re.compile(pattern.replace("{}", "(?P<name>NAME)").replace("NAME", r"[.\w]+"), re.M) for pattern in (
    r"^[A-Za-z_][^;=\n]*?\b{}\((?=[^;{]*\n?\{)",      # a function in C
    r"^{}:", r"^%macro {}\b",                            # in NASM
    r"^\s*#\s*define {}\b", r"^(?:struct|enum|union) {} \{",
    r"^\s+\w[^()=\n]*\b{}(?:\[[^\]]*\])*;",            # a field
    r"^[a-z][^()\n]*\b{}(?:\[[^\]]*\])*(?: =|;)",       # a variable
    r"^\s*(?:def|class) {}\b", r"^{} :?= ",              # Python, make
)]
CONSTANTS = re.compile(r"^\s*enum(?: \w+)? \{(.*?)\}", re.M | re.S)


def defined(text):
    """The names of functions, labels, macros, structures, fields, constants and classes that a source defines."""
    text = re.sub(r"__attribute__\(\(.*?\)\)+\s*", "", text)
    names = {match["name"] for pattern in DEFINITIONS for match in pattern.finditer(text)}
    for match in CONSTANTS.finditer(re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
        names.update(re.findall(r"(?:^|,)\s*(\w+)", match[1]))
    return names


def in_list(name, text):
    """Whether an entry X(PART, ...) of a list makes the name PREFIX_PART."""
    return "_" in name and re.search(rf"^\s*X\({name.split('_', 1)[1]}\b", text, re.M)


class Documents:
    """The pages of a tree, and what they may name."""

    def __init__(self, files):
        self.files = files  # name: text
        self.names = set(files)
        self.folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}
        self.words = {PurePosixPath(name).stem for name in files}
        for name, text in files.items():
            if name.split("/")[0] in SOURCES or "/" not in name and not name.endswith(".md"):
                self.words.update(re.findall(r"\w+", text))
        goals = re.search(r"^GOALS := ((?:.*\\\n)*.*)", files.get("Makefile", ""), re.M)
        self.goals = set(goals[1].split()) if goals else set()

    def path_exists(self, token):
        if "*" in token:
            return any(PurePosixPath(name).match(token) for name in self.names)
        return token.rstrip("/") in self.names | self.folders

    def check_token(self, token):
        """What is wrong with a name in backquotes; None."""
        path = re.fullmatch(r"[\w.*+-]+(?:/[\w.*+-]+)+/?|[\w.-]+/", token)
        if path and token.split("/")[0] in SOURCES + ("docs", "findings") and (
                token.endswith(EXTENSIONS + ("/",)) or "." not in token.split("/")[-1]):
            placeholder = any(re.fullmatch(r"[A-Z]+(\.\w+)?", part) for part in token.split("/"))
            return None if placeholder or self.path_exists(token) else f"no such file: {token}"
        if re.fullmatch(r"[A-Za-z]\w*_\w+", token) and not token.startswith("PARLEY_") and token not in self.words:
            return f"no source has the name {token}"
        goal = re.match(r"make ([a-z][a-z-]*)(?: |$)", token)
        if goal and self.goals and goal[1] not in self.goals:
            return f"make has no goal {goal[1]}"
        return None

    def check_names(self, page):
        text = re.sub(r"^```.*?^```$", lambda m: "\n" * m[0].count("\n"), self.files[page], flags=re.S | re.M)
        made = re.findall(r"^New file `([^`]+)`:$", text, re.M)  # by who follows a how-to
        for match in CODE.finditer(text):
            wrong = self.check_token(re.sub(r"\s+", " ", match[1]))
            if wrong and match[1] not in made:
                yield text.count("\n", 0, match.start()) + 1, wrong
        for match in PLACED.finditer(re.sub(r"\s", " ", text)):
            name, file = match.groups()
            if file in self.files and name not in defined(self.files[file]) and not in_list(name, self.files[file]):
                yield text.count("\n", 0, match.start()) + 1, f"{file} does not define {name}"

    def check_links(self, page):
        text = re.sub(r"^```.*?^```$", lambda m: "\n" * m[0].count("\n"), self.files[page], flags=re.S | re.M)
        for match in LINK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            target, _, anchor = match[1].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            parts = list(PurePosixPath(page).parent.parts)
            for part in PurePosixPath(target).parts:
                parts = parts[:-1] if part == ".." else parts + [part]
            file = "/".join(parts) if target else page
            if file not in self.names | self.folders:
                yield line, f"the link leads nowhere: {match[1]}"
            elif anchor and anchor not in headings(self.files.get(file, "")):
                yield line, f"{file} has no heading #{anchor}"

    def check_shape(self, page, lines_max):
        lines = self.files[page].splitlines()
        if len(lines) > lines_max:
            yield 1, f"{len(lines)} lines, {lines_max} at most"
        code, words, start = "", 0, 1
        for number, line in enumerate(lines + [""], 1):
            if len(line.expandtabs(8)) > COLUMNS_MAX and code != "```diff":
                yield number, f"{len(line.expandtabs(8))} columns, {COLUMNS_MAX} at most"
            if line.startswith("```"):
                code = "" if code else line
            ends = code or not line.strip() or line.startswith(("#", "|", "```"))
            if ends or re.match(r"\s*([-*]|\d+\.) ", line):
                if words > WORDS_MAX:
                    yield start, f"a paragraph of {words} words, {WORDS_MAX} at most"
                words, start = 0, number + (0 if re.match(r"\s*([-*]|\d+\.) ", line) else 1)
            words += 0 if ends else len(line.split())

    def complaints(self):
        """One line each: page, line, what is wrong."""
        for page in sorted(name for name in self.names if name.endswith(".md")):
            found = list(self.check_names(page)) + list(self.check_links(page))
            for pattern, lines_max in PAGES:
                if PurePosixPath(page).match(pattern) and page.count("/") == pattern.count("/"):
                    found += self.check_shape(page, lines_max)
            for line, wrong in sorted(found):
                yield f"{page}:{line}: {wrong}"


def read_tree():
    return {name: (ROOT / name).read_text(encoding="utf-8", errors="replace") for name in tracked()}


def complaints():
    return list(Documents(read_tree()).complaints())
