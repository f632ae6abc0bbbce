"""The how-tos, followed to the letter in a copy of the tree: files written, changes made, commands run, what they print
compared.

Each block of code of a page is a step:

    New file `apps/x.c`:        the block is the file
    In `kernel/x.c`:            the block (diff) is a change: its lines with ` ` and `-` stand there once
    $ command                   (no language) it prints the lines that follow; `...` is any text, alone any lines
    ```text                     is to be read only
"""

import re
import shutil
import subprocess

import pytest

from conftest import ROOT, run_command
from test_commands import copy_tree

PAGES = sorted((ROOT / "docs/howto").glob("*.md"))
BUILT_APART = ("build/debug", "build/up", "build/bare", "build/linux")


def blocks(text):
    """(the line before it, its language, the code) of each block."""
    before, language, code = "", None, ""
    for line in text.splitlines():
        if not line.startswith("```"):
            code += line + "\n"
            before = line if line and language is None else before
        elif language is None:
            language, code = line[3:], ""
        else:
            yield before, language, code
            before, language = "", None
    assert language is None, "a block without an end"


def change(text, diff):
    """`text` with the change of a block, whose old lines must be there, once."""
    lines = diff.splitlines(keepends=True)
    assert all(line[0] in " +-" for line in lines), diff
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(old) == 1, f"stands there {text.count(old)} times:\n{old}"
    return text.replace(old, new)


def fits(shown, printed):
    """Whether what was printed is what the page shows."""
    pattern = re.escape(shown)
    pattern = re.sub(r"^\\\.\\\.\\\.\n", r"(?:.*\\n)*?", pattern.replace("\\\n", "\n"), flags=re.M)
    return re.fullmatch(pattern.replace(r"\.\.\.", r"[^\n]*"), printed) is not None


def run(tree, code):
    """The commands of a block, one after another."""
    for part in re.split(r"^\$ ", code, flags=re.M)[1:]:
        command, _, shown = part.partition("\n")
        result = run_command(["bash", "-c", f"{command} 2>errors.txt"], 400, cwd=tree)
        errors = (tree / "errors.txt").read_text(encoding="utf-8")
        made = "".join(re.findall(r"^make: \*\*\* .*\n", errors, re.M))
        assert fits(shown, result.output + made), f"$ {command}\n{result.output}\n--- not ---\n{shown}\n---\n{errors}"


def is_formatted(tree, file):
    """As `make check` wants it; where there is no clang-format it is not asked."""
    if not shutil.which("clang-format") or not file.endswith((".c", ".h")):
        return True
    return subprocess.run(["clang-format", "--dry-run", "-Werror", file], cwd=tree, check=False).returncode == 0


def follow(tree, text):
    for before, language, code in blocks(text):
        named = re.search(r"(New file|In) `([^`]+)`:$", before)
        if language == "text":
            continue
        if language == "":
            assert code.startswith("$ "), f"a block that is no step:\n{code}"
            run(tree, code)
            continue
        assert named, f"not said which file:\n{code}"
        kind, name = named.groups()
        file = tree / name
        if kind == "New file":
            assert language != "diff" and not file.exists(), name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code, encoding="utf-8")
        else:
            assert language == "diff", name
            file.write_text(change(file.read_text(encoding="utf-8"), code), encoding="utf-8")
        assert is_formatted(tree, name), name


@pytest.fixture(name="tree")
def fresh_tree(tmp_path):
    yield copy_tree(tmp_path / "tree", *BUILT_APART)
    shutil.rmtree(tmp_path / "tree")  # it is large


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_howto_is_true(page, tree):
    follow(tree, page.read_text(encoding="utf-8"))


def test_a_false_step_is_found(tmp_path):
    """Each kind of step fails where it is wrong."""
    (tmp_path / "x.c").write_text("int a;\nint b;\nint b;\n", encoding="utf-8")
    for text in ("Run:\n\n```\n$ echo 1\n2\n```\n", "Run:\n\n```\n$ echo 1\n```\n", "Run:\n\n```\n$ true\n1\n```\n",
                 "In `x.c`:\n\n```diff\n-int c;\n```\n", "In `x.c`:\n\n```diff\n-int b;\n```\n", "New file `x.c`:\n\n```c\n```\n",
                 "Some file:\n\n```c\nint a;\n```\n", "Run:\n\n```\nmake run\n```\n", "Run:\n\n```\n$ true\n"):
        with pytest.raises(AssertionError):
            follow(tmp_path, text)
    follow(tmp_path, "In `x.c`:\n\n```diff\n int a;\n-int b;\n+int d;\n```\n\nRun:\n\n```\n$ cat x.c\nint a;\n...\n$ echo a1b\na...b\n```\n"
                     "\nRead:\n\n```text\nx\n```\n")
    assert (tmp_path / "x.c").read_text(encoding="utf-8") == "int a;\nint d;\nint b;\n"
