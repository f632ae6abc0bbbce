"""QEMU's command line, its environment, and what has to be there before it starts."""

import ctypes
import os
import signal

from parley import abi, shellline, toolchain
from parley.cli import fail
from parley.options import SERVERS
from parley.toolchain import ROOT

PANIC_STATUS = 127  # what the kernel writes to the debug-exit device
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """In the child before exec: the kernel kills QEMU should this process die unnoticed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def environment():
    """Its memory comes in large pages, where the C library can (glibc 2.35): QEMU reads an archive of programs into its
    heap, and most of the time until the guest starts goes into page faults there."""
    return {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", **os.environ}


def boot_files(options):
    """What QEMU loads."""
    if options.iso:
        return ["build/parley.iso"]
    servers = [options.server_file(name) for name in SERVERS]
    return [options.kernel, *servers, f"build/{options.archive()}.cpio"]


def check_built(options):
    for name in (*boot_files(options), "build/abi.json"):
        if not (ROOT / name).is_file():
            fail(f"{name} is not built: make run builds what it needs, make all of it")
    left = ROOT / f"build/{options.archive()}.cpio.left"
    for line in left.read_text(encoding="utf-8").splitlines() if left.is_file() and not options.iso else ():
        name, _, why = line.partition(": ")
        if name in shellline.commands(options.app):
            fail(f"{name} cannot run: {why}")


def command_line(options, *extra):
    """QEMU's command line; `extra` says where the first serial line goes."""
    check_built(options)
    command = [toolchain.qemu(), "-accel", options.accel, "-cpu", "max"]
    command += ["-smp", f"{options.smp},sockets={options.smp},cores=1,threads=1"]
    command += ["-m", str(options.mem), "-nic", "none", "-display", "none", "-no-reboot"]
    command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    if options.icount:
        command += ["-icount", f"shift={options.icount.bit_length() - 1},sleep=off"]
    if options.trace:
        command += ["-chardev", "file,id=trace,path=" + options.trace.replace(",", ",,")]
        command += ["-device", f"isa-debugcon,iobase={abi.constant('PM_TRACE_OUT'):#x},chardev=trace"]
    if options.iso:
        command += ["-cdrom", "build/parley.iso", "-boot", "d"]
    else:
        archive = options.archive()
        modules = [f"{options.server_file(name)} {name}".replace(",", ",,") for name in SERVERS]
        modules.append(f"build/{archive}.cpio apps")
        command += ["-kernel", options.kernel, "-initrd", ",".join(modules)]
        command += ["-append", options.command_line()]
    return command + list(extra)
