"""build/abi.json, which the build makes of the headers, and what is made of it. Nothing is booted."""

import json
import os
import re
import shutil
import struct

import pytest

from conftest import ROOT, run_command
from parley import abi, abi_document, options
from parley.options import Options
from parley.trace import recording

HEADERS = ("kernel/abi", "protocols")
CALLS = ("system_calls", "procmgr", "pager", "console")
PREFIXES = {"system_calls": "SYS_", "procmgr": "PM_", "pager": "PAGER_", "console": "CONSOLE_", "env_fields": "ENV_",
            "hints": "HINT_", "trace_operations": "TRACE_", "ipc_flags": "IPC_", "fault_paths": "FAULT_PATH_",
            "trace_events": "EVENT_"}
TEXTS = (*PREFIXES, "statuses", "boot_words")


def described(folder, changes=()):
    """What mk/abi.py says of the headers with these changes ({file: (before, after)}), and the file that it made, or
    None. Only the compiler's messages count if it had any."""
    for name in HEADERS:
        shutil.copytree(ROOT / name, folder / name)
    for name, (before, after) in dict(changes).items():
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before)
        (folder / name).write_text(text.replace(before, after), encoding="utf-8")
    target = folder / "abi.json"
    compiled = run_command(["i686-linux-gnu-gcc", "-std=gnu11", "-ffreestanding", "-march=i686", "-O2", "-mno-80387", "-I.",
                            "-S", "-o", "abi.s", "protocols/abi.c"], cwd=folder)
    if compiled.status != 0:
        return compiled.errors, None
    result = run_command([ROOT / "mk/abi.py", "abi.s", "abi.json"], cwd=folder)
    assert (result.status == 0) == target.is_file() == (result.errors == ""), result
    return result.errors, json.loads(target.read_text()) if target.is_file() else None


def test_json_is_of_the_headers(tmp_path):
    errors, made = described(tmp_path)
    assert errors == "" and made == abi.load()


@pytest.mark.parametrize("file, before, after, says", [
    ("kernel/abi/syscall.h", 'X(SELF, "nothing"', 'X(SELF, ""', "system_calls SELF: no text for in"),
    ("kernel/abi/syscall.h", 'X(SELF, "nothing", ', "X(SELF, ", "requires 6 arguments"),
    ("kernel/abi/syscall.h", 'X(SELF, "nothing"', 'X(SELF, nothing', "not a text: "),
    ("protocols/procmgr.h", "X(WAIT, ", "X(EXIT, ", "redeclaration"),
    ("kernel/abi/trace.h", 'X(NEW, "env was made; a parent")', 'X(NEW, " ")', "trace_events NEW: no text for text"),
    ("kernel/abi/trace.h", "\tuint32_t waiting;", "\tuint32_t added, waiting;",
     "struct trace_stats: what stands before waiting is not listed"),
    ("kernel/abi/trace.h", "\tuint32_t tsc_per_ms;", "\tuint32_t tsc_per_ms, added;",
     "struct trace_stats: what stands at its end is not listed"),
    ("kernel/abi/env.h", "\tuint32_t runs; ", "\tuint64_t runs; ", "128"),
    ("protocols/abi.c", "CONSTANT(PM_PID_MAX)", 'NUMBER("constants", "PM_PID_MAX", -1)', "negative: constants PM_PID_MAX -1"),
    ("protocols/abi.c", "CONSTANT(PM_PID_MAX)", 'asm volatile("\\n->constants PM_PID_MAX %0" : : "r"(1));',
     "not a number: constants PM_PID_MAX %"),
    ("protocols/abi.c", "\tPM_OP_LIST(PM_OP_NUMBER)\n", "", "procmgr SELF: no number"),
    ("protocols/abi.c", "\nPM_OP_LIST(PM_OP)\n", "\n", "procmgr SELF: no texts"),
])
def test_a_wrong_list_is_a_build_error(file, before, after, says, tmp_path):
    errors, made = described(tmp_path, {file: (before, after)})
    assert made is None and says in errors, errors
    assert errors.startswith("protocols/abi.c: ") and errors.count("\n") == 1 or "error: " in errors, errors


def test_each_call_has_all_texts():
    for group in CALLS:
        assert abi.load()[group], group
        for entry in abi.load()[group]:
            assert set(entry) == {"name", "number", "in", "out", "who", "errors", "cost"}, entry
            assert all(isinstance(text, int) or text.strip() for text in entry.values()), entry


def test_texts_name_only_what_there_is():
    """Constants in the texts, statuses among them, are in the headers or in a list: no former name is left."""
    headers = "".join(path.read_text(encoding="utf-8") for folder in HEADERS for path in (ROOT / folder).glob("*.h"))
    known = set(re.findall(r"\w+", re.sub(r'"(?:\\.|[^"\\])*"', "", headers)))
    for group, prefix in PREFIXES.items():
        known |= {prefix + entry["name"] for entry in abi.load()[group]}
    named = 0
    for group in TEXTS:
        for entry in abi.load()[group]:
            for word in re.findall(r"\b[A-Z]+_[A-Z0-9_]*[A-Z0-9]\b", " ".join(map(str, entry.values()))):
                assert word in known, (group, entry["name"], word)
                named += word != entry["name"]
    assert named > 200


def test_document_is_up_to_date():
    assert (ROOT / "docs/abi.md").read_text(encoding="utf-8") == abi_document.document(), "run `make abi-document`"


def test_each_header_is_described():
    """Else abi.is_current() asks for more than the build makes."""
    read = (ROOT / "build/abi.d").read_text(encoding="utf-8").split()
    for folder in HEADERS:
        for path in (ROOT / folder).iterdir():
            assert f"{folder}/{path.name}" in read, path


def test_document_has_each_call_and_fits():
    text = abi_document.document()
    for group, prefix in (("system_calls", "SYS_"), ("procmgr", "PM_"), ("pager", "PAGER_"), ("console", "CONSOLE_")):
        for entry in abi.load()[group]:
            assert f"`{prefix}{entry['name']}` ({entry['number']})\n" in text, entry
    assert max(map(len, text.splitlines())) <= 100


def test_records_are_read_as_the_compiler_lays_them_out():
    """Of the struct that JOS fixed, and of one with members of all sizes."""
    form, names = abi.layout("utrapframe")
    assert (form.size, names[0], names[-1]) == (52, "fault_va", "esp")
    form, names = abi.layout("trace_record")
    packed = struct.pack("<QHHiIIII", 1 << 40, 0x0203, 4, -5, 6, 7, 8, 9)
    assert recording.Record(*form.unpack(packed)) == (1 << 40, 3, 2, 4, -5, 6, 7, 8, 9) and form.size == 32
    form, names = abi.layout("pm_info")
    assert form.size == abi.load()["records"]["pm_info"]["size"] and names.count("name") == 1


def test_missing_json_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(abi, "FILE", ROOT / "build/no such file")
    with pytest.raises(SystemExit) as end:
        abi.load.__wrapped__()
    errors = capsys.readouterr().err
    assert end.value.code == 2 and errors.count("\n") == 1 and "is not built: make run" in errors, errors


def test_what_is_checked_before_a_build_is_right():
    """Numbers that options.py cannot read then."""
    assert options.SMP_MAX == abi.constant("NCPU_MAX")
    assert len("sh -c ") + options.APP_MAX + 1 <= abi.constant("PM_BYTES_MAX")


@pytest.mark.parametrize("age, refused", [(None, False), (-1, False), (1, True)])
def test_before_a_build_old_words_count_for_nothing(age, refused, tmp_path, monkeypatch, capsys):
    """make asks before it builds: a word that was added just now is not refused because of what was built before."""
    file = tmp_path / "abi.json"
    monkeypatch.setattr(abi, "FILE", file)
    newest = max(path.stat().st_mtime for folder in HEADERS for path in (ROOT / folder).iterdir())
    if age:
        shutil.copy(ROOT / "build/abi.json", file)
        os.utime(file, (newest + age, newest + age))
    if not refused:
        Options(["BOOTARGS=arround=4"], {}, before_build=True)
        return
    with pytest.raises(SystemExit):
        Options(["BOOTARGS=arround=4"], {}, before_build=True)
    assert "did you mean around=?" in capsys.readouterr().err


def words_asked_for(text):
    """How many words of a message `in` names: the last one, but for what may be left out."""
    text = " ".join(part for part in re.split(r", (?=w\d|msg)", text) if "without it" not in part)
    named = [int(number) for number in re.findall(r"\bw(\d)|", text) + re.findall(r"msg\[(\d)\]", text) if number]
    return 1 + max(named + [3] * bool(re.search(r"\btext\b|words 3\.\.", text)), default=0)


def test_procmgr_asks_for_the_words_and_the_askers_that_its_protocol_names():
    described_requests = {request["name"]: request for request in abi.load()["procmgr"]}
    described_requests["EXEC"]["in"] = described_requests["SPAWN"]["in"]
    table = (ROOT / "servers/procmgr/request/dispatch.c").read_text(encoding="utf-8")
    rows = re.findall(r"\[PM_(\w+)\] = \{\w+, (\d+), ([\w |]+)\}", table)
    assert {name for name, _, _ in rows} == set(described_requests)
    askers = {"BY_PROCESS": r"\ba process|oneself|ancestors|the first process", "BY_FAMILY": "an env of a family",
              "BY_CONSOLE": "the console", "BY_PAGER": "the pager", "BY_OTHER": "an env that one on another path"}
    for name, words, by in rows:
        request = described_requests[name]
        assert int(words) == words_asked_for(request["in"]), (name, words, request["in"])
        assert set(by.split(" | ")) == {asker for asker, text in askers.items() if re.search(text, request["who"])}, name
