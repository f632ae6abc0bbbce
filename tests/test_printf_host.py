"""libsys' printf, compiled for the host with sanitizers, beside the host's own."""

import platform
import shutil
import subprocess

import pytest

from conftest import ROOT

NAMES = ["printf", "vprintf", "snprintf", "vsnprintf", "puts", "putchar"]
CFLAGS = ["-std=gnu11", "-g", "-O1", "-fno-builtin", "-Wall", "-Wextra", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all", "-I", "."]
OURS = ["libsys/printf.c", "libsys/printf_real.c", "libsys/real.c"]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a gcc for the host")
@pytest.mark.skipif(platform.machine() not in ("x86_64", "i686"), reason="long double is another type here")
def test_printf_beside_the_hosts(tmp_path):
    renamed = [f"-D{name}=parley_{name}" for name in NAMES]
    objects = []
    for source in OURS:
        objects.append(tmp_path / (source.replace("/", "_") + ".o"))
        subprocess.run(["gcc", *CFLAGS, *renamed, "-c", "-o", str(objects[-1]), source], cwd=ROOT, check=True)
    program = tmp_path / "printf_test"
    subprocess.run(["gcc", *CFLAGS, "-Wno-format", "-o", str(program), "tests/host/printf_test.c", *objects, "-lm"],
                   cwd=ROOT, check=True)
    result = subprocess.run([str(program)], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and result.stdout.count("passed") == 5
