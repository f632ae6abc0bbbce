"""What the measured work consists of: every instruction executed, from a trace that QEMU writes.

The guest does not know that it is watched: the trace has the address of each instruction, the
images say what stands there, and the marks around the work (mark_start, mark_stop) are addresses
too. So the counts cost the system nothing, and need nothing in it.
"""

import fcntl
import os
import re
import subprocess
from collections import Counter
from contextlib import contextmanager

from parley import abi, fairclock, qemu, toolchain
from parley.bench import guest
from parley.toolchain import ROOT

KERNBASE = abi.constant("KERNBASE")
USER_LOW, USER_HIGH = abi.constant("UTEXT"), 0x01000000  # where programs and servers are linked
LOG_RANGES = ",".join(f"{low:#x}..{high - 1:#x}" for low, high in (
    (0x100000, 0x400000), (USER_LOW, USER_HIGH), (KERNBASE + 0x100000, KERNBASE + 0x400000)))
# "Trace CPU: HOST [CS_BASE/PC/FLAGS/CFLAGS] NAME": QEMU writes the PC with 8 digits, from 8.1 or so on with 16.
PC = re.compile(rb"Trace \d+: \S+ \[[0-9a-f]+/((?:[0-9a-f]{8})?[0-9a-f]{8})/")
SOURCE = re.compile(r"^(?:.*/)?((?:kernel|nasm|libsys|apps|servers)/[^:]*):.*$")
PAGE_WORDS = abi.constant("PGSIZE") // 4
PIPE_SIZE = 1 << 20
SYSCALL_VECTOR, PAGE_FAULT = abi.constant("SYSCALL_VECTOR"), abi.constant("TRACE_VECTOR_PAGE_FAULT")

# Programs at addresses of their own; bench's neighbours at UTEXT do not run while it measures.
PROGRAMS = {"bench": "build/apps/bench",
            "pager": "build/pager.elf", "procmgr": "build/procmgr.elf",
            "console": "build/console.elf"}


def tool(name, *arguments, text=None):
    run = subprocess.run([toolchain.cross(name), *arguments], cwd=ROOT, input=text,
                         capture_output=True, text=True, check=True)
    return run.stdout


class Image:
    """An ELF file: its symbols, and the instructions that the analysis looks for."""

    def __init__(self, name, path):
        self.name, self.path = name, path
        self.symbols = {}
        for line in tool("nm", "-n", path).splitlines():
            words = line.split()
            if len(words) == 3:
                self.symbols.setdefault(words[2], int(words[0], 16))
        header = tool("readelf", "-SW", path)
        address, size = re.search(r" \.text +PROGBITS +(\w+) \w+ (\w+)", header).groups()
        self.low = int(address, 16)
        self.high = self.low + int(size, 16)

    def instructions(self, pattern):
        """Addresses of the instructions whose text (AT&T) matches."""
        found = set()
        for line in tool("objdump", "-d", "--no-show-raw-insn", self.path).splitlines():
            match = re.match(r"\s*([0-9a-f]+):\t(.*)", line)
            if match and re.search(pattern, match.group(2)):
                found.add(int(match.group(1), 16))
        return found

    def frames(self, addresses):
        """{address: [(function, file)]}, the innermost function first, then who it is inlined into."""
        text = "\n".join(map(hex, addresses))
        found, frames = {}, []
        lines = iter(tool("addr2line", "-a", "-i", "-f", "-e", self.path, text=text).splitlines())
        for line in lines:
            if line.startswith("0x"):
                frames = found[int(line, 16)] = []
            else:
                frames.append((line, SOURCE.sub(r"\1", next(lines))))
        return found

    def places(self, addresses):
        """{address: (function, file)}: the innermost function that is more than an instruction."""
        return {address: next((frame for frame in frames if not frame[1].endswith("x86.h")),
                              frames[0])
                for address, frames in self.frames(addresses).items()}

    def inside(self, addresses, pattern):
        """Those that belong to a function, or one inlined into it, whose name matches."""
        return {address for address, frames in self.frames(addresses).items()
                if any(re.search(pattern, name) for name, _ in frames)}


class Kernel(Image):
    """The kernel's image and the places in it that are events."""

    def __init__(self, path):
        super().__init__("kernel", path)
        self.cr3_writes = self.instructions(r"^mov +%e\w+,%cr3")
        self.cr3_flushes = (self.inside(self.cr3_writes, r"shootdown|answer|flush")
                            - self.inside(self.cr3_writes, r"cpu_(leave|switch)"))
        self.invlpg = self.instructions(r"^invlpg")
        self.rep_movs = self.instructions(r"^rep movs")
        self.rep_stos = self.instructions(r"^rep stos")
        # The stub that a vector enters by begins with a push of its number.
        self.vectors = {vector: self.instructions(rf"^push +\$0x{vector:x}$")
                        for vector in (SYSCALL_VECTOR, PAGE_FAULT)}
        self.sysenter = self.symbols["sysenter_entry"]
        # Only an interrupt for another CPU names one (SDM vol. 3, 11.6.1).
        icr_high = self.instructions(rf"^mov +%e\w+,{abi.constant('MMIOBASE') + 0x310:#x}$")
        self.ipis = {address for address, (_, file) in self.places(icr_high).items()
                     if file == "kernel/machine/apic.c"}

    def entry_kind(self, address):
        """What brought the CPU to the first kernel instruction after user mode."""
        if address == self.sysenter or address in self.vectors[SYSCALL_VECTOR]:
            return "system_calls"
        return "page_faults" if address in self.vectors[PAGE_FAULT] else "interrupts"


EVENTS = ("kernel_entries", "system_calls", "page_faults", "interrupts", "address_space_switches",
          "tlb_flushes", "tlb_pages_flushed", "ipis", "pages_copied", "pages_cleared")
SMP_PARTS = "B2 B4 B6 B7 B8 B9"  # traced on two CPUs too, where interrupts from one to the other could be


class Work:
    """One marked stretch of a trace."""

    def __init__(self):
        self.pcs = []  # (CPU, address) packed: address | CPU << 32

    def events(self, kernel):
        """Totals of EVENTS, by name."""
        count = Counter()
        last = {}  # by CPU
        runs = {}  # by CPU: (address, length) of the repeated instruction that goes on
        for packed in self.pcs:
            cpu, pc = packed >> 32, packed & 0xFFFFFFFF
            before = last.get(cpu, 0)
            last[cpu] = pc
            if pc == before:  # repeated; or rewound by QEMU, which shows device accesses twice
                address, length = runs.get(cpu, (0, 0))
                runs[cpu] = address, length + 1
                continue
            count.update(self.repeated(kernel, *runs.pop(cpu, (0, 0))))
            if pc in kernel.rep_movs or pc in kernel.rep_stos:
                runs[cpu] = pc, 1
            if pc < KERNBASE:
                continue
            if USER_LOW <= before < USER_HIGH:
                count["kernel_entries"] += 1
                count[kernel.entry_kind(pc)] += 1
            if pc in kernel.cr3_writes:
                count["tlb_flushes"] += 1
                count["address_space_switches"] += pc not in kernel.cr3_flushes
            elif pc in kernel.invlpg:
                count["tlb_pages_flushed"] += 1
            elif pc in kernel.ipis:
                count["ipis"] += 1
        return {name: count[name] for name in EVENTS}

    @staticmethod
    def repeated(kernel, address, length):
        """The event that a repeated instruction was, after so many iterations."""
        name = "pages_copied" if address in kernel.rep_movs else "pages_cleared"
        return {name: length // PAGE_WORDS} if address else {}

    def histogram(self):
        """{address: times executed}, all CPUs together."""
        return Counter(packed & 0xFFFFFFFF for packed in self.pcs)


class Reader:
    """Cuts the stream of trace lines into boot and stretches of work, line by line only there."""

    def __init__(self, entry, start, stop):
        self.marks = entry, start, stop
        self.entry = self.start = self.stop = self.user = self.line = None  # once a line has shown how PCs are written
        self.booting = None  # None: not yet, then the number of instructions so far
        self.boot = 0  # instructions from the kernel's entry to the first one of user mode
        self.work = None
        self.done = []

    def learn(self, lines):
        """How many digits a PC has; whether there was a line to tell."""
        found = PC.search(lines)
        if found:
            zeros = b"0" * (len(found[1]) - 8)
            self.entry, self.start, self.stop = (b"/%s%08x/" % (zeros, mark) for mark in self.marks)
            self.user = re.compile(rb"/" + zeros + rb"00[89a-f][0-9a-f]{5}/")
            self.line = re.compile(rb"Trace (\d+): \S+ \[[0-9a-f]+/" + zeros + rb"([0-9a-f]{8})/")
        return found

    def feed(self, lines):
        """Takes whole lines."""
        if not self.line and not self.learn(lines):
            return
        if not self.boot:
            lines = self.feed_boot(lines)
        while lines:
            lines = self.feed_work(lines) if self.work else self.seek(lines)

    def feed_boot(self, lines):
        if self.booting is None:
            at = lines.find(self.entry)
            if at < 0:
                return b""
            self.booting = 0
            lines = lines[lines.rfind(b"\n", 0, at) + 1:]
        user = self.user.search(lines)
        if not user:
            self.booting += lines.count(b"\n")
            return b""
        self.boot = self.booting + lines.count(b"\n", 0, user.start())
        return lines[user.start():]

    def seek(self, lines):
        at = lines.find(self.start)
        if at < 0:
            return b""
        self.work = Work()
        return lines[lines.find(b"\n", at) + 1:]

    def feed_work(self, lines):
        at = lines.find(self.stop)
        part = lines if at < 0 else lines[:at]
        self.work.pcs += [int(pc, 16) | int(cpu) << 32 for cpu, pc in self.line.findall(part)]
        if at < 0:
            return b""
        self.done.append(self.work)
        self.work = None
        return lines[at + len(self.stop):]


def qemu_release():
    text = subprocess.run([toolchain.qemu(), "--version"], capture_output=True, text=True,
                          check=True).stdout
    return tuple(map(int, re.search(r"version (\d+)\.(\d+)", text).groups()))


def step_by_step(command):
    """QEMU's command line, changed so that each translated block is one instruction."""
    if qemu_release() >= (8, 1):
        at = command.index("-accel")
        return command[:at + 1] + ["tcg,one-insn-per-tb=on"] + command[at + 2:]
    return command + ["-singlestep"]


@contextmanager
def tracing(configuration, console):
    """Boots the machine with its console in a file; the process, and where its trace can be read."""
    source, sink = os.pipe()
    fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    command = step_by_step(qemu.command_line(
        configuration, "-serial", f"file:{console}", "-monitor", "none", "-d", "exec,nochain",
        "-dfilter", LOG_RANGES, "-D", f"/proc/self/fd/{sink}"))
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                             pass_fds=(sink,), preexec_fn=qemu.die_with_parent)
    os.close(sink)
    try:
        yield child, source
    finally:
        os.close(source)
        if child.poll() is None:
            child.kill()
            child.wait()


def entry_of(kernel):
    """The physical address of the kernel's first instruction."""
    return Image("kernel", kernel).symbols["boot_entry"] - KERNBASE


def boot(timeout=120):
    """Instructions from the kernel's entry to the first one in user mode."""
    configuration = guest.options("hello", ICOUNT=1, MEM=128, SMP=1)
    reader = Reader(entry_of(configuration.kernel), 0, 0)
    with tracing(configuration, os.devnull) as (_, source):
        follow(source, reader, timeout, lambda: reader.boot)
    if not reader.boot:
        raise guest.Failure(f"the boot has not come to user mode within {timeout} s")
    return reader.boot


def record(paths, flags="-b -r 2", parts=None, timeout=900, **given):
    """Runs bench on these paths in one boot, traced: (guest.Run, Reader), whose `done` has the
    Work of each figure in the Run's `order`. The first round finds servers and memory as they were at
    boot; the last is as most are."""
    line = guest.command_line(paths, flags, parts)
    configuration = guest.options(line, ICOUNT=1, **given)
    marks = Image("bench", PROGRAMS["bench"]).symbols
    reader = Reader(entry_of(configuration.kernel), marks["mark_start"], marks["mark_stop"])
    console = ROOT / "build/bench-trace.txt"
    with tracing(configuration, console) as (child, source):
        follow(source, reader, timeout)
        code = child.wait(100)
    run = guest.check(console.read_bytes(), code, line)
    if len(run.order) != len(reader.done):
        raise guest.Failure(f"{line}: {len(run.order)} measurements, {len(reader.done)} traced")
    return run, reader


def follow(source, reader, timeout, enough=lambda: False):
    """Feeds the trace to the reader, until its end, until that is enough, or for so many seconds."""
    clock = fairclock.FairClock(os.getpid())
    rest = b""
    while not enough() and not clock.is_over(timeout) and (data := os.read(source, PIPE_SIZE)):
        data = rest + data
        end = data.rfind(b"\n") + 1
        reader.feed(data[:end])
        rest = data[end:]
