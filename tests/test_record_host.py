"""libsys' reading of public records, compiled for the host, while the kernel writes them."""

import shutil
import subprocess

import pytest

from conftest import ROOT, run_process

CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-I", "."]
EACH_READ = ["-fsanitize=thread", "--param", "tsan-distinguish-volatile=1"]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a gcc for the host")
def test_record_on_host(tmp_path):
    """A pager once missed that its last client was gone: it looked twice, while that one was torn down."""
    program = tmp_path / "record_test"
    record = tmp_path / "record.o"
    subprocess.run(["gcc", *CFLAGS, *EACH_READ, "-c", "-o", str(record), "libsys/record.c"], cwd=ROOT, check=True)
    subprocess.run(["gcc", *CFLAGS, "-o", str(program), "tests/host/record_test.c", str(record)], cwd=ROOT, check=True)
    result = run_process([str(program)])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and result.stdout.count("passed") == 2
