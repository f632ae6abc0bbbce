"""The options of the virtual machine, and their checks.

Options are NAME=VALUE arguments (make hands its own on), or PARLEY_NAME in the environment. Nothing else there is
meant for us: PAGER and DEBUG are exported on many machines. mk/options.mk lists the names; here is the only place that
knows their defaults and limits.
"""

import os
import re

from parley import abi, shellline
from parley.cli import fail, nearest
from parley.programs import BUILTINS, programs, starts_as_elf
from parley.toolchain import ROOT

ENVIRONMENT = "PARLEY_"


def listed(file, variable):
    """The words that a file of mk/ gives a variable."""
    text = (ROOT / "mk" / file).read_text(encoding="utf-8")
    return tuple(re.search(rf"^{variable} := ((?:.*\\\n)*.*)", text, re.M)[1].replace("\\\n", " ").split())


NAMES = listed("options.mk", "OPTIONS")
BUILD_NAMES = listed("options.mk", "BUILD_OPTIONS")  # what only make itself takes
# Kernels other than the one that is shipped, and their folders in build/.
KERNELS = dict(kind.split("/") for kind in listed("kernel.mk", "kernel_kinds"))
SERVERS = ("procmgr", "pager", "console")
APP_MAX = 230  # bytes: `sh -c APP` travels in one message (protocols/procmgr.h)
SMP_MAX = 16  # CPUs
SMALL_MEM = 32  # MiB


def collect(arguments, environment):
    """{name: value} of the options that the environment and then the arguments give."""
    given = dict.fromkeys(NAMES, "")
    pairs = [(name[len(ENVIRONMENT):], value, name) for name, value in environment.items()
             if name.startswith(ENVIRONMENT)]
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals:
            fail(f"{argument}: options are NAME=VALUE ({nearest(name, NAMES)})")
        pairs.append((name, value, f"{name}="))
    for name, value, text in pairs:
        if name in NAMES:
            given[name] = value
        elif name not in BUILD_NAMES:
            fail(f"no option {text} ({nearest(name, NAMES + BUILD_NAMES)})")
    return given


class Options:
    """The checked options; a bad one ends this program with one line that says what is right. `before_build`: what is
    built may be old, or nothing; what only that can say is checked the next time."""

    def __init__(self, arguments=(), environment=os.environ, before_build=False):
        given = collect(arguments, environment)
        self.given = given
        self.icount = self.icount_ns()
        self.tests = self.flag("TESTS")
        self.iso = self.flag("ISO")
        self.smp = self.number("SMP", 1, SMP_MAX, 1 if self.icount else 2)
        self.mem = self.number("MEM", 16, 3072, 128)
        self.app = given["APP"].strip()
        self.bootargs = given["BOOTARGS"].strip()
        self.faults = given["FAULTS"].strip() or "pager"
        self.joslog = self.flag("JOSLOG")
        self.kernel = self.kernel_file()
        self.trace = given["TRACE"].strip()
        self.timeout = self.number("TIMEOUT", 1, 86400, 60 if self.app else 0)
        self.accel = given["ACCEL"] or "tcg"
        self.check_accel()
        self.check_app()
        if abi.is_current() if before_build else abi.is_built():
            self.check_boot_words()
        self.check_servers()
        self.check_faults()
        self.check_trace()

    def number(self, name, low, high, default):
        text = self.given[name].strip()
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            fail(f"{name}={text}: must be a number from {low} to {high}")
        return int(text)

    def flag(self, name):
        text = self.given[name].strip()
        if text not in ("", "0", "1"):
            fail(f"{name}={text}: must be 0 or 1")
        return text == "1"

    def icount_ns(self):
        """Nanoseconds that one instruction takes; 0: instructions take what they take."""
        text = self.given["ICOUNT"].strip() or "0"
        if text not in ("0", *(str(1 << shift) for shift in range(8))):
            fail(f"ICOUNT={text}: must be 0, or 1, 2, 4 .. 128")
        return int(text)

    def server_file(self, name):
        """The module of a server: PAGER= and CONSOLE= name others."""
        return self.given.get(name.upper(), "").strip() or f"build/{name}.elf"

    def kernel_file(self):
        """Which of the kernels that mk/kernel.mk knows."""
        if self.given["NCPU"].strip() not in ("", "1"):
            fail(f"NCPU={self.given['NCPU']}: must be 1")
        kinds = [name for name in KERNELS if self.flag(name)]
        if len(kinds) > 1:
            fail(f"{'=1 '.join(kinds)}=1 are a kernel each: one at a time")
        if self.faults == "kernel" and kinds not in (["KFAULT"], ["FAILHOOK"]):
            fail("FAULTS=kernel needs the kernel that has this path: KFAULT=1")
        self.other_kernel = bool(kinds)
        return f"build/{''.join(KERNELS[kind] + '/' for kind in kinds)}kernel.elf"

    def archive(self):
        """Which of the archives that mk/archives.mk packs. All test programs together are too big for a small
        machine: there it gets those that ask for one."""
        if not self.tests:
            return "apps"
        return "small" if self.mem < SMALL_MEM else "tests"

    def check_accel(self):
        if self.accel not in ("tcg", "kvm"):
            fail(f"ACCEL={self.accel}: must be tcg or kvm")
        if self.accel == "kvm" and not os.access("/dev/kvm", os.R_OK | os.W_OK):
            fail("ACCEL=kvm: /dev/kvm is missing or not yours to use")
        if self.accel == "kvm" and self.icount:
            fail(f"ICOUNT={self.icount} counts instructions in software: not possible with ACCEL=kvm")

    def check_app(self):
        text = self.app + self.bootargs
        if not all(" " <= c <= "~" for c in text):
            fail("APP and BOOTARGS must be one line of plain ASCII")
        if len(self.app) > APP_MAX:
            fail(f"APP is {len(self.app)} characters long, at most {APP_MAX} are possible")
        others = [name for name in ("FAULTS", "PAGER", "CONSOLE") if self.given[name].strip()]
        if self.iso and (text or others or self.joslog or self.other_kernel):
            fail("ISO=1 boots what is on the CD: APP, BOOTARGS, FAULTS, JOSLOG, servers and kernels of one's "
                 "choice are not possible")
        shellline.check_separators(self.app)
        have = programs(self.tests)
        for program in shellline.commands(self.app):
            if program not in have and program not in BUILTINS:
                if program in programs(True):
                    fail(f"{program!r} is a test program: TESTS=1 brings those")
                fail(f"no program {program!r} ({nearest(program, have)})")

    def check_boot_words(self):
        known = abi.boot_words()
        for word in self.bootargs.split():
            name, equals, value = word.partition("=")
            for option in ("APP", "FAULTS"):
                if equals and name == option.lower():
                    fail(f"BOOTARGS={word}: use {option}=")
            if word not in known and (name + equals not in known or not equals):
                fail(f"BOOTARGS: no boot word {word!r} ({nearest(name + equals, known)})")
            if equals:
                low, high = known[name + equals]
                if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
                    fail(f"BOOTARGS={word}: must be a number from {low} to {high}")
        length = len(f"{self.kernel} {self.command_line()}")  # the loader puts the kernel's file first
        most = abi.constant("BOOT_CMDLINE_MAX") - 1
        if length > most:
            fail(f"BOOTARGS and APP make a boot line of {length} characters, at most {most} are possible")

    def check_servers(self):
        for option in ("PAGER", "CONSOLE"):
            path = self.given[option].strip()
            if " " in path:
                fail(f"{option}={path}: QEMU loads no module with a space in its path")
            if path and not path.startswith("build/") and not (ROOT / path).is_file():  # those are built first
                fail(f"{option}={path}: no such file (the module to boot in the server's place)")
            if path and not path.startswith("build/") and not starts_as_elf(ROOT / path):
                fail(f"{option}={path}: not a program (the module to boot in the server's place is an ELF file)")

    def check_trace(self):
        folder = os.path.dirname(self.trace) or "."
        if self.trace and not (ROOT / folder).is_dir():
            fail(f"TRACE={self.trace}: no folder {folder}")

    def check_faults(self):
        if self.faults not in ("self", "pager", "ipc", "kernel"):
            fail(f"FAULTS={self.faults}: must be self, pager, ipc or kernel")
        if self.faults == "self" and self.app:
            for command in shellline.commands(self.app):
                if command in BUILTINS:
                    fail(f"FAULTS=self runs programs without a shell: {command!r} is not possible")
            if ";" in shellline.separators(self.app):
                fail("FAULTS=self runs programs without a shell: join them with & only")

    def command_line(self):
        """The kernel's command line; `app=` reaches to its end."""
        words = ["quiet"] if self.app else ["monitor"]
        if self.joslog:
            words.append("joslog")
        if self.faults != "pager":
            words.append("faults=" + self.faults)
        if self.bootargs:
            words.append(self.bootargs)
        if self.app:
            words.append("app=" + self.app)
        return " ".join(words)
