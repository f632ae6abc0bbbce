"""README's session is what a session prints, but for its numbers."""

import re

from conftest import run_command
from parley import transcript


def shape(block):
    """For each command its lines, in no order, with numbers and the space around them left out."""
    parts = block.split(transcript.PROMPT)
    return [sorted(re.sub(r"\s*[0-9]+\s*", " # ", line).rstrip() for line in part.splitlines()) for part in parts]


def test_readme_shows_a_real_session():
    result = run_command(["scripts/transcript"], 120)
    assert result.status == 0, result
    shown = transcript.shown()
    assert len(transcript.commands(shown)) >= 7
    for real, readme in zip(shape(result.output), shape(shown), strict=True):
        assert real == readme, result.output


def test_writing_changes_nothing_but_the_block(tmp_path, monkeypatch):
    document = tmp_path / "README.md"
    document.write_text("before\n" + transcript.shown() + "after\n", encoding="utf-8")
    monkeypatch.setattr(transcript, "DOCUMENT", document)
    monkeypatch.setattr(transcript, "run", lambda lines: "```\n" + transcript.FIRST + "\n" + "|".join(lines) + "\n```\n")
    monkeypatch.setattr("sys.argv", ["transcript", "--write"])
    assert transcript.main() == 0
    assert re.fullmatch(r"before\n```\n\$ make run SMP=4\n[^\n]*forktree 1\|[^\n]*poweroff\n```\nafter\n",
                        document.read_text(encoding="utf-8"))
