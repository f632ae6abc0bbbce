"""The console server's own code, compiled for the host with sanitizers and driven by C tests."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all", "-I", "tests/host/console_fake", "-I", "."]
SERVER = "servers/console/"
MACHINE = "tests/host/console_machine.c"

# What each test program is made of, beside itself.
SOURCES = {
    "console_line_test": [SERVER + "line.c", SERVER + "history.c"],
    "console_devices_test": [MACHINE] + [SERVER + name + ".c" for name in
                                         ("input", "keyboard", "scancode", "serial", "vga")],
    "console_server_test": [MACHINE] + sorted(str(path.relative_to(ROOT)) for path in
                                              (ROOT / SERVER).glob("*.c")),
}


def compile_object(source, folder):
    """One object file. The server's main is renamed: the test has its own."""
    target = folder / (source.replace("/", "_") + ".o")
    rename = ["-Dmain=console_main"] if source == SERVER + "main.c" else []
    subprocess.run(["gcc", *CFLAGS, *rename, "-c", source, "-o", str(target)], cwd=ROOT, check=True)
    return str(target)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a gcc for the host")
@pytest.mark.parametrize("name", sorted(SOURCES))
def test_console_on_host(name, tmp_path):
    sources = [f"tests/host/{name}.c", *SOURCES[name]]
    objects = [compile_object(source, tmp_path) for source in sources]
    program = tmp_path / name
    subprocess.run(["gcc", *CFLAGS, "-pthread", "-o", str(program), *objects], check=True)
    result = subprocess.run([str(program)], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and "passed" in result.stdout
