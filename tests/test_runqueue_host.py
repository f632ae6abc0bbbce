"""The rules of the run queues, compiled for the host with sanitizers and driven by a C test."""

import shutil
import subprocess

import pytest

from conftest import ROOT, run_process

CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all", "-I", "."]
SOURCES = ["tests/host/runqueue_test.c", "kernel/sched/runqueue.c"]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a gcc for the host")
def test_runqueue_on_host(tmp_path):
    program = tmp_path / "runqueue_test"
    subprocess.run(["gcc", *CFLAGS, "-o", str(program), *SOURCES], cwd=ROOT, check=True)
    result = run_process([str(program)], 120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and "passed" in result.stdout
