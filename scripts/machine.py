"""The virtual machine: its options, their checks, and QEMU's command line.

Options are NAME=VALUE arguments (make hands its own on), or PARLEY_NAME in the environment. Nothing else there is
meant for us: PAGER and DEBUG are exported on many machines. mk/options.mk lists the names; here is the only place that
knows their defaults and limits.
"""

import ctypes
import difflib
import os
import re
import signal
import sys

import tools
from tools import ROOT

ENVIRONMENT = "PARLEY_"


def listed(file, variable):
    """The words that a file of mk/ gives a variable."""
    text = (ROOT / "mk" / file).read_text(encoding="utf-8")
    return tuple(re.search(rf"^{variable} := ((?:.*\\\n)*.*)", text, re.M)[1].replace("\\\n", " ").split())


NAMES = listed("options.mk", "OPTIONS")
BUILD_NAMES = listed("options.mk", "BUILD_OPTIONS")  # what only make itself takes
# Kernels other than the one that is shipped, and their folders in build/.
KERNELS = dict(kind.split("/") for kind in listed("kernel.mk", "kernel_kinds"))
BUILTINS = tuple(re.findall(r'^\t\{"(\w+)", ', (ROOT / "apps/sh/builtin.c").read_text(), re.M))
BOOT_WORDS = re.findall(r'"([^"]+)"', re.search(r"known_words\[\] = \{(.*?)\}",
                        (ROOT / "servers/procmgr/boot.c").read_text(), re.S)[1])
BOOT_RANGES = {"around": (1, int(re.search(r"AROUND_MAX = (\d+)", (ROOT / "servers/procmgr/server.c").read_text())[1])),
               "deadline": (0, 0xFFFFFFFF // 1000)}  # PM_DEADLINE_MS_MAX
BOOT_LINE_MAX = int(re.search(r"BOOT_CMDLINE_MAX (\d+)", (ROOT / "kernel/abi/bootinfo.h").read_text())[1]) - 1
SERVERS = ("procmgr", "pager", "console")
APP_MAX = 230  # bytes: `sh -c APP` travels in one message (servers/procmgr/protocol.h)

# What scripts/run exits with when the program's own status (0..100) cannot be had.
EXIT_USAGE, EXIT_OUTPUT, EXIT_TIMEOUT, EXIT_PANIC, EXIT_QEMU = 2, 123, 124, 125, 126
PANIC_STATUS = 127  # what the kernel writes to the debug-exit device

SMP_MAX = 16  # CPUs
SMALL_MEM = 32  # MiB

PR_SET_PDEATHSIG = 1


def die_with_parent():
    """In the child before exec: the kernel kills QEMU should this process die unnoticed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def open_standard_files():
    """A standard file that whoever started us closed is /dev/null; else the next file opened would be in its place."""
    for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(fd)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
            setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))


def give_up_on(fd):
    """What is still to be written there goes nowhere, without a word when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), fd)


def complain(text):
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        give_up_on(2)


def fail(text, status=EXIT_USAGE):
    """Ends this program with one line."""
    complain(f"make run: {text}")
    sys.exit(status)


def run_script(main):
    """Ends this program with the status of main(). A file that cannot be read or written, standard output too, is one
    line; who reads our output may go, and Ctrl-C end us, without one."""
    script = os.path.basename(sys.argv[0]).replace("run", "make run")
    try:
        try:
            status = main()
        except SystemExit as end:
            status = end.code
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BrokenPipeError:
        give_up_on(1)
        status = 128 + signal.SIGPIPE
    except OSError as error:
        give_up_on(1)
        complain(f"{script}: {error.filename or 'standard output'}: {error.strerror}")
        status = EXIT_OUTPUT
    sys.exit(status)


open_standard_files()


def nearest(word, known):
    """What of `known` was perhaps meant, as the end of a message; or all that is known."""
    found = difflib.get_close_matches(word.lower(), [name.lower() for name in known], 1, 0.6)
    if found:
        return f"did you mean {next(name for name in known if name.lower() == found[0])}?"
    return f"have: {' '.join(known)}"


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
    """The checked options; a bad one ends this program with one line that says what is right."""

    def __init__(self, arguments=(), environment=os.environ):
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
        check_separators(self.app)
        have = programs(self.tests)
        for program in commands(self.app):
            if program not in have and program not in BUILTINS:
                if program in programs(True):
                    fail(f"{program!r} is a test program: TESTS=1 brings those")
                fail(f"no program {program!r} ({nearest(program, have)})")

    def check_boot_words(self):
        for word in self.bootargs.split():
            name, equals, value = word.partition("=")
            for option in ("APP", "FAULTS"):
                if equals and name == option.lower():
                    fail(f"BOOTARGS={word}: use {option}=")
            if word not in BOOT_WORDS and (name + equals not in BOOT_WORDS or not equals):
                fail(f"BOOTARGS: no boot word {word!r} ({nearest(name + equals, BOOT_WORDS)})")
            if equals:
                low, high = BOOT_RANGES[name]
                if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
                    fail(f"BOOTARGS={word}: must be a number from {low} to {high}")
        length = len(f"{self.kernel} {self.command_line()}")  # the loader puts the kernel's file first
        if length > BOOT_LINE_MAX:
            fail(f"BOOTARGS and APP make a boot line of {length} characters, at most {BOOT_LINE_MAX} are possible")

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
            for command in commands(self.app):
                if command in BUILTINS:
                    fail(f"FAULTS=self runs programs without a shell: {command!r} is not possible")
            if ";" in separators(self.app):
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


def starts_as_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def programs(tests):
    """Names of the programs in the archive."""
    def stems(*folders):
        files = [path.stem for folder in folders for path in (ROOT / folder).glob("[!.]*.c")]
        if "apps" in folders:  # apps/NAME/*.c is a program too, but for the folder of JOS programs
            files += {path.parent.name for path in (ROOT / "apps").glob("*/*.c")} - {"jos"}
        return sorted(files)

    if tests:
        names, jos = stems("apps", "tests/guest"), stems("apps/jos", "tests/jos/outsider")
    else:
        names, jos = stems("apps"), stems("apps/jos")
    return names + ["jos/" + name for name in jos]


def program_file(name):
    """The file of a program, with its symbols: build/apps, or build/tests for test programs."""
    apps = ROOT / "build/apps" / name
    return (apps if apps.is_file() else ROOT / "build/tests" / name).relative_to(ROOT)


class Separator(str):
    """What stands between the words of a shell line, and in no quotes."""


# What the shell of other systems would do with it.
FOREIGN = {"|": "there are no pipes", "<": "input and output cannot be redirected",
           ">": "input and output cannot be redirected",
           "&&": "there are no conditions: a ; b runs b in any case",
           "||": "there are no conditions: a ; b runs b in any case"}
TOKEN = re.compile(r"""[ \t]+ | \#.* | (?P<separator> && | \|\| | [&;|<>] ) |
                       (?P<word> (?: [^ \t&;|<>'"] | '[^']*' | "[^"]*" )+ )""", re.X)


def words_of(line):
    """The words and separators of a shell line, as libsys/args.c finds them."""
    found, at = [], 0
    while at < len(line):
        match = TOKEN.match(line, at)
        if not match:
            fail("APP: a quote is not closed")
        if match["separator"]:
            found.append(Separator(match["separator"]))
        elif match["word"]:
            found.append(re.sub(r"""'([^']*)'|"([^"]*)\"""", lambda quoted: quoted[1] or quoted[2] or "",
                                match["word"]))
        at = match.end()
    return found


def check_separators(line):
    """As the shell does: a line with one that it does not know, or without a command before one, is wrong."""
    command = False
    for word in words_of(line):
        separates = isinstance(word, Separator)
        if separates and word in FOREIGN:
            fail(f"APP: {word}: {FOREIGN[word]} (in quotes it is plain text)")
        if separates and not command:
            fail(f"APP: no command before {word}")
        command = not separates


def separators(line):
    return {word for word in words_of(line) if isinstance(word, Separator)}


def commands(line):
    """The program names of a shell line: the first word of each command, and what `time` times and
    `run -OPTION VALUE...` runs."""
    names = []
    wanted, skip = True, False  # the next word is a name; or the value of an option before it
    for word in words_of(line):
        if isinstance(word, Separator):
            wanted, skip = True, False
        elif skip:
            skip = False
        elif wanted and names and names[-1] == "run" and word.startswith("-"):
            skip = True
        elif wanted:
            names.append(word)
            wanted = word in ("time", "run")
    return names


def boot_files(options):
    """What QEMU loads."""
    if options.iso:
        return ["build/parley.iso"]
    servers = [options.server_file(name) for name in SERVERS]
    return [options.kernel, *servers, f"build/{options.archive()}.cpio"]


def check_built(options):
    for name in boot_files(options):
        if not (ROOT / name).is_file():
            fail(f"{name} is not built: make run builds what it needs, make all of it")
    left = ROOT / f"build/{options.archive()}.cpio.left"
    for line in left.read_text(encoding="utf-8").splitlines() if left.is_file() and not options.iso else ():
        name, _, why = line.partition(": ")
        if name in commands(options.app):
            fail(f"{name} cannot run: {why}")


def qemu(options, *extra):
    """QEMU's command line; `extra` says where the first serial line goes."""
    check_built(options)
    command = [tools.qemu(), "-accel", options.accel, "-cpu", "max"]
    command += ["-smp", f"{options.smp},sockets={options.smp},cores=1,threads=1"]
    command += ["-m", str(options.mem), "-nic", "none", "-display", "none", "-no-reboot"]
    command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    if options.icount:
        command += ["-icount", f"shift={options.icount.bit_length() - 1},sleep=off"]
    if options.trace:
        command += ["-chardev", "file,id=trace,path=" + options.trace.replace(",", ",,")]
        command += ["-device", "isa-debugcon,iobase=0xe9,chardev=trace"]
    if options.iso:
        command += ["-cdrom", "build/parley.iso", "-boot", "d"]
    else:
        archive = options.archive()
        modules = [f"{options.server_file(name)} {name}".replace(",", ",,") for name in SERVERS]
        modules.append(f"build/{archive}.cpio apps")
        command += ["-kernel", options.kernel, "-initrd", ",".join(modules)]
        command += ["-append", options.command_line()]
    return command + list(extra)
