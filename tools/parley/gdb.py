"""Starts QEMU stopped at reset, and gdb on it with the symbols of kernel and servers, and of APP's program.

`scripts/gdb [NAME=VALUE...] [ARGUMENT OF GDB...]`; the options are those of scripts/run. The machine's console is a
terminal of its own, whose name is printed, and is also written to build/console.log. QEMU ends with gdb. Programs
have one address, so symbols of two at once would be mixed up: it is the first of APP whose symbols are there.
"""

import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from parley import abi, cli, programs, qemu, shellline, toolchain
from parley.options import SERVERS, Options
from parley.toolchain import ROOT


CONSTANTS = ("KERNBASE", "PTE_P", "PTE_W", "PTE_U", "PTE_PS", "PTE_COW", "PTE_SHARE")  # of tools/parley.gdb


def text_address(path):
    """Where .text of an ELF file lies."""
    out = subprocess.run([toolchain.cross("objdump"), "-h", "-j", ".text", path],
                         capture_output=True, text=True, check=True).stdout
    return "0x" + next(line for line in out.splitlines() if " .text " in line).split()[3]


def program_files(options):
    """The files of the programs that APP names, in their order, each once; without APP the shell's."""
    names = shellline.commands(options.app) if options.app else ["sh"]
    return [str(programs.program_file(name)) for name in dict.fromkeys(names) if name not in programs.BUILTINS]


def gdb_command(socket, options, arguments):
    command = ["gdb", "-q", options.kernel]
    command += [f"-ex=set ${name} = {abi.constant(name)}u" for name in CONSTANTS] + ["-x", "tools/parley.gdb"]
    programs = program_files(options)
    for path in [f"build/{name}.elf" for name in SERVERS] + programs[:1]:
        command += ["-ex", f"add-symbol-file {path} {text_address(path)}"]
    for path in programs[1:]:
        command += ["-ex", f"echo for {path} instead: remove-symbol-file {programs[0]}, add-symbol-file {path}\\n"]
    return command + ["-ex", f"target remote {socket}"] + arguments


def wait_for(socket, machine):
    """Until QEMU listens there; False if it ended instead, and has said why."""
    while machine.poll() is None:
        if os.path.exists(socket):
            return True
        time.sleep(0.05)
    return False


def default_interrupt():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main():
    os.chdir(ROOT)
    own = list(itertools.takewhile(re.compile(r"[A-Za-z]+=").match, sys.argv[1:]))
    options = Options(own)
    with tempfile.TemporaryDirectory() as folder:
        socket = folder + "/gdb"
        command = qemu.command_line(
            options, "-S", "-chardev", f"socket,path={socket},server=on,wait=off,id=gdb",
            "-gdb", "chardev:gdb", "-chardev", "pty,id=console,logfile=build/console.log",
            "-serial", "chardev:console", "-monitor", "none")
        # A session of its own: Ctrl-C stops the guest through gdb and does not end QEMU.
        machine = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, env=qemu.environment(),
                                preexec_fn=qemu.die_with_parent)
        try:
            if not wait_for(socket, machine):
                return cli.EXIT_QEMU
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is gdb's
            return subprocess.run(gdb_command(socket, options, sys.argv[1 + len(own):]), check=False,
                                  preexec_fn=default_interrupt).returncode
        finally:
            machine.kill()
            machine.wait()
