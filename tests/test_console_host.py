"""The console server's own code, compiled for the host with sanitizers and driven by C tests."""

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import run_process

ROOT = Path(__file__).resolve().parent.parent
CFLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-fsanitize=address,undefined",
          "-fno-sanitize-recover=all", "-I", "tests/host/console_fake", "-I", "."]
SERVER = "servers/console/"
HOST = "tests/host/"


def server(*names):
    return [f"{SERVER}{name}.c" for name in names]


MACHINE = [HOST + "console_machine.c"]
WORLD = [HOST + "console_world.c", *MACHINE,
         "libsys/record.c", *server(*sorted(path.stem for path in (ROOT / SERVER).glob("*.c")))]

# What each test program is made of, beside itself.
SOURCES = {
    "console_line_test": server("line", "history"),
    "console_serial_test": MACHINE + server("serial", "input"),
    "console_keyboard_test": MACHINE + server("keyboard", "scancode"),
    "console_vga_test": MACHINE + server("vga"),
    "console_output_test": WORLD,
    "console_input_test": WORLD,
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
    sources = [f"{HOST}{name}.c", *SOURCES[name]]
    objects = [compile_object(source, tmp_path) for source in sources]
    program = tmp_path / name
    subprocess.run(["gcc", *CFLAGS, "-pthread", "-o", str(program), *objects], check=True)
    result = run_process([str(program)])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FAILED" not in result.stdout and "passed" in result.stdout
