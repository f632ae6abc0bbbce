"""The pages: links lead somewhere, names exist, and each page can be read. And what looks for that finds it."""

import pytest

from parley.check import documents


def test_pages_hold_what_they_promise():
    assert documents.complaints() == []


SOURCES = {
    "Makefile": "GOALS := all run \\\n\tfuzz\n",
    "kernel/ipc/ipc.c": "/* says queue_sender */\nstatic void wait_in(struct env *env,\n                    int waits)\n{\n}\n"
                        "int ipc_send(int a);\n\nINIT struct env *ipc_call(struct env *env)\n{\n\tdeliver(env);\n}\n",
    "kernel/env/env.h": "struct env {\n\tint deadline; /* tick */\n\tenvid_t hears; /* whom */\n};\nenum { A_KIND, B_KIND = 2 };\n",
    "nasm/entry/trap.asm": "trap_run:\n.slow:\n%macro LOCK_OR 1\n",
    "apps/zip/main.c": "int main(void)\n{\n}\n",
    "docs/design/other.md": "# A head: of it\n",
}


def complaints(text, page="docs/design/page.md"):
    found = documents.Documents({**SOURCES, page: text}).complaints()
    return [line.removeprefix(page + ":") for line in found]


@pytest.mark.parametrize("text", [
    "`kernel/ipc/ipc.c`, `apps/zip/`, `kernel/*/ipc.c`, `servers/X/protocol.h`,\n`apps/NAME.c`, `build/x.elf`\n",
    "`wait_in` (`kernel/ipc/ipc.c`), `ipc_call` (`kernel/ipc/ipc.c`), `main`\n(`apps/zip/main.c`)\n",
    "`hears` (`kernel/env/env.h`), `A_KIND` (`kernel/env/env.h`), `B_KIND` (`kernel/env/env.h`)\n",
    "`trap_run` (`nasm/entry/trap.asm`), `.slow`\n(`nasm/entry/trap.asm`), `LOCK_OR` (`nasm/entry/trap.asm`)\n",
    "`make run`, `make\nfuzz`, `make run SMP=2`, `PARLEY_SMP=4`, `queue_sender`\n",
    "[a](other.md#a-head-of-it), [b](../../kernel/ipc/ipc.c), [c](https://example.org/x), [d](#own)\n\n# Own\n",
    "```\n`no_such_name` [a](nowhere.md)\n```\n",
    "word\n" * 90 + "\n" + "- " + "word " * 9 + "\n" * 20,
])
def test_what_is_right_is_let_be(text):
    assert complaints(text) == []


@pytest.mark.parametrize("text, wrong", [
    ("one\n`kernel/ipc/ipcx.c`\n", "2: no such file: kernel/ipc/ipcx.c"),
    ("`kernel/old/`\n", "1: no such file: kernel/old/"),
    ("`tests/guest/fail_*.c`\n", "1: no such file: tests/guest/fail_*.c"),
    ("`wait_on`\n", "1: no source has the name wait_on"),
    ("`wait_in`\n(`kernel/env/env.h`)\n", "1: kernel/env/env.h does not define wait_in"),
    ("`ipc_send` (`kernel/ipc/ipc.c`)\n", "1: kernel/ipc/ipc.c does not define ipc_send"),
    ("`deliver` (`kernel/ipc/ipc.c`)\n", "1: kernel/ipc/ipc.c does not define deliver"),
    ("`queue_sender` (`kernel/ipc/ipc.c`)\n", "1: kernel/ipc/ipc.c does not define queue_sender"),
    ("`.fast` (`nasm/entry/trap.asm`)\n", "1: nasm/entry/trap.asm does not define .fast"),
    ("`make walk SMP=2`\n", "1: make has no goal walk"),
    ("[a](nowhere.md)\n", "1: the link leads nowhere: nowhere.md"),
    ("[a](other.md#b)\n", "1: docs/design/other.md has no heading #b"),
    ("x" * 101 + "\n", "1: 101 columns, 100 at most"),
    ("a\n" * 120, "1: 120 lines, 119 at most"),
    ("word\n" * 91, "1: a paragraph of 91 words, 90 at most"),
    ("- item\n- " + "word\n" * 91, "2: a paragraph of 92 words, 90 at most"),
])
def test_what_is_wrong_is_found(text, wrong):
    assert wrong in complaints(text)
