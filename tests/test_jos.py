"""The JOS face: the lab-4 set, by what graders of the lab look for; and programs of outsiders.

Most programs end by themselves; those that go on for ever, as on JOS, are stopped when enough of
their output has come.
"""

import os
import re
import select
import subprocess

import pytest
from conftest import ROOT, Shell
from parley import qemu
from parley.fairclock import LOOK_SECONDS, FairClock
from parley.options import Options

CPUS = pytest.mark.parametrize("smp", [1, 2, 4])


class Run:
    """One run of QEMU: what it printed, its lines, and the guest's status (None: stopped)."""

    def __init__(self, app, smp, joslog=True, enough=None, icount=False, timeout=60):
        options = Options([f"SMP={smp}", "MEM=128", "APP=jos/hello", "TESTS=1", "ISO=0",
                                   f"JOSLOG={int(joslog)}", f"ICOUNT={int(icount)}", "ACCEL=tcg",
                                   "TIMEOUT=60", "BOOTARGS=", "FAULTS="])
        options.app = " & ".join("jos/" + one.strip() for one in app.split("&"))
        self.output = ""
        command = qemu.command_line(options, "-serial", "stdio", "-monitor", "none")
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            self.status = self.read(child, enough, timeout)
        finally:
            child.kill()
            child.wait()
        self.lines = self.output.split("\n")

    def read(self, child, enough, timeout):
        clock = FairClock(os.getpid(), child.pid)
        while not clock.is_over(timeout):
            if not select.select([child.stdout], [], [], LOOK_SECONDS)[0]:
                continue
            data = os.read(child.stdout.fileno(), 65536)
            if not data:
                return child.wait(100) // 2
            self.output += data.decode(errors="replace").replace("\r", "")
            if enough and enough(self.output):
                return None
        pytest.fail(f"not over after {timeout} s:\n{self.output}")

    def has(self, *patterns, no=()):
        """Each pattern matches a whole line, as JOS's graders look; none of `no` does."""
        for pattern in patterns:
            assert any(re.fullmatch(pattern, line) for line in self.lines), (pattern, self.output)
        for pattern in no:
            assert not any(re.fullmatch(pattern, line) for line in self.lines), (pattern,
                                                                                 self.output)
        return self

    def in_order(self, *texts):
        at = 0
        for text in texts:
            found = self.output.find(text, at)
            assert found >= 0, (text, self.output)
            at = found + len(text)
        return self

    def ends(self, *ids):
        """These envs end by themselves, and then nothing is left."""
        for env in ids:
            self.in_order(f"[{env}] exiting gracefully\n", f"[{env}] free env {env}\n")
        self.in_order("No runnable environments in the system!\n")
        return self

    def dies(self, env="00001000"):
        """The env is ended, and then nothing is left."""
        self.in_order(f"[{env}] free env {env}\n", "No runnable environments in the system!\n")
        assert "gracefully" not in self.output and self.status != 0, self.output
        assert "jos/" not in self.output.replace("apps/jos/", ""), self.output  # JOS's lines alone
        return self


# ---- Part A: round robin, fork from system calls

@CPUS
def test_hello(smp):
    run = Run("hello", smp).ends("00001000")
    run.in_order("[00000000] new env 00001000\n", "hello, world\n", "i am environment 00001000\n")
    assert run.status == 0


@CPUS
def test_yield(smp):
    run = Run("yield & yield & yield", smp)
    ids = ["00001000", "00001001", "00001002"]
    run.ends(*[]).has(*[rf"\[00000000\] new env {env}" for env in ids])
    for env in ids:
        run.in_order(f"Hello, I am environment {env}.\n",
                     *[f"Back in environment {env}, iteration {i}.\n" for i in range(5)],
                     f"All done in environment {env}.\n", f"[{env}] exiting gracefully\n")


@CPUS
def test_dumbfork(smp):
    run = Run("dumbfork", smp)
    run.in_order("[00000000] new env 00001000\n", "[00001000] new env 00001001\n")
    run.in_order(*[f"{i}: I am the parent!\n" for i in range(10)])
    run.in_order(*[f"{i}: I am the child!\n" for i in range(20)])
    run.has(no=["10: I am the parent!", "20: I am the child!"])
    for env in ("00001000", "00001001"):
        run.ends(env)


@pytest.mark.parametrize("smp", [1, 2])
def test_idle_lets_others_run(smp):
    Run("idle & hello", smp, enough=lambda output: "[00001001] free env 00001001\n" in output)


# ---- Faults and exceptions that end the program

def frame(number, name, *rest):
    return [r"TRAP frame at 0xf[0-9a-f]{7} from CPU \d+", f"  trap 0x{number:08x} {name}", *rest,
            r"  eip  0x008[0-9a-f]{5}", r"  esp  0xeeb[0-9a-f]{5}", "  ss   0x----0023"]


@CPUS
@pytest.mark.parametrize("app, va, error", [
    ("faultread", "00000000", r"0x00000004 \[user, read, not-present\]"),
    ("faultwrite", "00000000", r"0x00000006 \[user, write, not-present\]"),
    ("faultreadkernel", "f0100000", r"0x00000005 \[user, read, protection\]"),
    ("faultwritekernel", "f0100000", r"0x00000007 \[user, write, protection\]")])
def test_faults_end_the_program(smp, app, va, error):
    run = Run(app, smp).dies()
    run.has(rf"\[00001000\] user fault va {va} ip 008[0-9a-f]{{5}}",
            *frame(14, "Page Fault", f"  err  {error}", f"  cr2  0x{va}"),
            no=["I read .* from location .*"])


@CPUS
@pytest.mark.parametrize("app, lines", [
    ("badsegment", frame(13, "General Protection", "  err  0x00000028")),
    ("softint", frame(13, "General Protection", "  err  0x00000072")),
    ("breakpoint", frame(3, "Breakpoint")),
    ("divzero", frame(0, "Divide error"))])
def test_exceptions_end_the_program(smp, app, lines):
    Run(app, smp).dies().has(*lines, no=["1/0 is .*"])


@CPUS
def test_breakpoint_stops_that_program_only(smp):
    run = Run("breakpoint & divzero & faultread & hello", smp)
    run.has(r"\[00001003\] exiting gracefully", r"\[00001000\] free env 00001000")


@CPUS
@pytest.mark.parametrize("app, va", [
    ("evilhello", "f010000c"), ("buggyhello", "00000001"), ("buggyhello2", "0080[0-9a-f]{4}"),
    ("faultallocbad", "deadbeef"), ("faultnostack", "eebfffcc"),
    ("faultbadhandler", "(deadb|eebfe)[0-9a-f]{3}"),
    ("faultevilhandler", "(f0100|eebfe)[0-9a-f]{3}")])
def test_bad_pointers_end_the_program(smp, app, va):
    run = Run(app, smp).dies()
    run.has(rf"\[00001000\] user_mem_check assertion failure for va {va}",
            no=["hello, world", "fault deadbeef"])


@CPUS
def test_testbss(smp):
    run = Run("testbss", smp).dies()
    run.has("Making sure bss works right...", "Yes, good.  Now doing a wild write off the end...",
            r"\[00001000\] user fault va 00c[0-9a-f]{5} ip 008[0-9a-f]{5}", no=[".*user panic.*"])


# ---- Part B: page-fault handlers

@CPUS
def test_faultdie(smp):
    run = Run("faultdie", smp).ends("00001000")
    run.has("i faulted at va deadbeef, err 6")


@CPUS
def test_faultalloc(smp):
    run = Run("faultalloc", smp).ends("00001000")
    run.in_order("fault deadbeef\n", "this string was faulted in at deadbeef\n",
                 "fault cafebffe\n", "fault cafec000\n", "this string was faulted in at cafebffe\n")


@CPUS
def test_faultregs(smp):
    run = Run("faultregs", smp).ends("00001000")
    run.in_order("on the exception stack:\n", "Registers in UTrapframe OK\n",
                 "Registers after page-fault OK\n", "on the ordinary stack:\n",
                 "Registers in UTrapframe OK\n", "Registers after page-fault OK\n")
    run.has(no=[".*MISMATCH.*"])


# ---- Part B: fork

@CPUS
def test_forktree(smp):
    run = Run("forktree", smp)
    names = re.findall(r"^[0-9a-f]{4}: I am '([01]*)'$", run.output, re.M)
    expected = {format(value, f"0{depth}b") if depth else ""
                for depth in range(4) for value in range(2 ** depth)}
    assert sorted(names) == sorted(expected), run.output
    assert len(re.findall(r"\] exiting gracefully$", run.output, re.M)) == 15, run.output
    run.ends("00001000")


def test_forktree_uses_slots_again():
    """Last freed, first used, with the next generation: 15 envs do not need 15 slots."""
    run = Run("forktree", 1, icount=True)
    run.has(r"\[0000[12]00.\] new env 0000200.", r"\[0000200.\] exiting gracefully",
            r"\[0000200.\] free env 0000200.")


@pytest.mark.parametrize("smp, icount", [(1, False), (2, False), (4, False), (4, True)])
def test_spin(smp, icount):
    """With an instruction count the CPU that was woken for the child is late for certain: CPUs take turns of many
    milliseconds. Who yields runs the child then. Without, that is up to the host."""
    run = Run("spin", smp, icount=icount).ends("00001000")
    run.has("I am the parent.  Forking the child...", "I am the parent.  Running the child...")
    if smp == 1 or icount:
        run.has("I am the child.  Spinning...")
    run.in_order("I am the parent.  Killing the child...\n", "[00001000] destroying 00001001\n",
                 "[00001000] free env 00001001\n", "[00001000] exiting gracefully\n")


# ---- Part C: preemption and IPC

@CPUS
def test_stresssched(smp):
    run = Run("stresssched", smp)
    found = re.findall(r"^\[(000010[0-9a-f]{2})\] stresssched on CPU (\d+)$", run.output, re.M)
    assert len({env for env, _ in found}) == 20, run.output
    used = {int(cpu) for _, cpu in found}  # a busy host may hold one of four back
    assert used <= set(range(smp)) and len(used) >= min(smp, 2), run.output
    run.has(no=[".*ran on two CPUs at once.*"])


@CPUS
def test_fairness(smp):
    run = Run("fairness & fairness & fairness", smp, joslog=False,
              enough=lambda output: output.count(" recv from ") > 4000)
    later = run.lines[2000:]  # all of them run by then
    counts = {env: later.count(f"1001 recv from {env}") for env in ("1000", "1002")}
    run.has("1000 loop sending to 1001", "1002 loop sending to 1001")
    assert min(counts.values()) * 2 > max(counts.values()), counts


@CPUS
def test_sendpage(smp):
    run = Run("sendpage", smp)
    run.in_order("1000 got message: hello child environment! how are you?\n",
                 "child received correct message\n",
                 "1001 got message: hello parent environment! I'm good.\n",
                 "parent received correct message\n")
    for env in ("00001000", "00001001"):
        run.ends(env)


@CPUS
def test_pingpong(smp):
    run = Run("pingpong", smp)
    run.in_order("send 0 from 1000 to 1001\n", *[
        f"1001 got {n} from 1000\n" if n % 2 == 0 else f"1000 got {n} from 1001\n"
        for n in range(11)])
    for env in ("00001000", "00001001"):
        run.ends(env)


@CPUS
def test_primes(smp):
    """The row grows until there are no envs; graders look at the 289th prime."""
    run = Run("primes", smp, enough=lambda output: "new env 00001121\n" in output,
              timeout=100)
    primes = [n for n in range(2, 1878) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
    lines = re.findall(r"^CPU \d+: (\d+) \[(\w+)\] new env (\w+)$", run.output, re.M)
    assert [int(prime) for prime, _, _ in lines][:len(primes)] == primes
    run.has(r"CPU .: 2 \[00001001\] new env 00001002", r"CPU .: 3 \[00001002\] new env 00001003",
            r"CPU .: 11 \[00001005\] new env 00001006",
            r"CPU .: 1877 \[00001120\] new env 00001121", no=[".*panic.*"])


def test_primes_ends_when_envs_run_out():
    """The last env panics, its neighbours see that it is gone; nothing is left in the end."""
    run = Run("primes", 2, joslog=False, timeout=170)
    assert run.status != 0
    assert re.search(r"user panic in primes at \S+:\d+: fork: out of environments", run.output)
    assert "[00001000] user panic in primes" in run.output


# ---- Challenges

@pytest.mark.parametrize("smp", [1, 2, 2, 2, 4, 4, 4])  # of two the order was by chance
def test_pingpongs(smp):
    run = Run("pingpongs", smp).has(no=[".*panic.*"])
    thisenv = {"1000": "0xeec00000", "1001": "0xeec00080"}
    run.in_order("i am 00001000; thisenv is 0xeec00000\n", "send 0 from 1000 to 1001\n", *[
        "{0} got {1} from {2} (thisenv is {3} {0})\n".format(me, n, other, thisenv[me])
        for n in range(11) for me, other in [("1001", "1000") if n % 2 == 0 else ("1000", "1001")]])


@CPUS
def test_sfork(smp):
    run = Run("sforktest", smp)
    run.in_order("child: thisenv is my own\n", "child: my parent is who it was\n",
                 "parent: thisenv is my own\n", "parent: sees what the child wrote\n",
                 "parent: in other pages too\n", "parent: has its own stack\n",
                 "copy: has what was there\n", "parent: sees nothing of a copy\n",
                 "child: sees what the parent wrote later\n", "parent: all is well\n")
    run.ends("00001000").has(no=[".*panic.*"])


@CPUS
def test_exceptions_reach_handlers(smp):
    run = Run("exceptions", smp)
    run.in_order(*[f"exception {n} (" for n in (0, 1, 3, 4, 5, 6, 13, 13, 16)],
                 "without the handler, the program ends\n", "trap 0x00000003 Breakpoint\n",
                 "[00001000] free env 00001000\n")


@CPUS
def test_matrix(smp):
    run = Run("matrix", smp)
    run.in_order(*[f"({a}) * matrix = ({b})\n" for a, b in [
        ("1 0 0", "1 2 3"), ("0 1 0", "4 5 6"), ("0 0 1", "7 8 9"), ("1 1 1", "12 15 18"),
        ("3 -2 7", "44 52 60")]])
    assert len(re.findall(r"\] exiting gracefully$", run.output, re.M)) == 16, run.output


def test_fault_in_a_session_has_its_line(prompt):
    """The shell says why a program ended, unless the kernel did in JOS's words."""
    assert "jos/faultread[" in prompt(SMP=2).run("jos/faultread")
    output = prompt(SMP=2, JOSLOG=1).run("jos/faultread")
    assert "user fault va 00000000" in output and "jos/faultread[" not in output
    assert "No runnable environments" not in output  # the shell waits for the console


def test_cost_of_challenges():
    """Batched page calls pay, and waiting in the kernel costs no more than trying does."""
    run = Run("cost", 1, joslog=False, icount=True)
    forks = re.search(r"^fork with 256 dirty pages: (\d+), page by page: (\d+)$", run.output, re.M)
    trips = re.search(r"^message there and back: (\d+) waiting, (\d+) trying$", run.output, re.M)
    assert int(forks.group(1)) * 5 < int(forks.group(2)), run.output
    assert int(trips.group(1)) < int(trips.group(2)) * 1.1, run.output
    sforks = re.search(r"^sfork with 256 pages: (\d+), again: (\d+)$", run.output, re.M)
    assert int(sforks.group(2)) < int(sforks.group(1)) < 110000, run.output
    run.has(r"first write to a page: \d+ with a copy, \d+ as its last user",
            r"exception to a handler and back: \d+", r"pipeline of 8 envs, per value and env: \d+")


# ---- Programs written against the headers and the lab's text alone

@CPUS
def test_outsider_errors(smp):
    run = Run("errors", smp, joslog=False)
    run.has(r"\d+ checks passed", r"\d+ checks passed in the receiver", no=[".*panic.*"])


@CPUS
def test_outsider_ownfork(smp):
    run = Run("ownfork", smp, joslog=False)
    run.has(*[f"level {level}: numbers are mine, pages were copied" for level in range(5)],
            no=[".*panic.*"])


@CPUS
def test_outsider_deadlock(smp):
    """As on JOS it is said that nothing can run, though an env is left; and the run is over."""
    last = "No runnable environments in the system!\n"
    run = Run("deadlock", smp)
    run.in_order("worker got 42\n", last).in_order("[00001000] free env 00001000\n", last)
    run.has(no=[r"\[00001001\] free env .*"])
    assert run.status == 96 and run.output.endswith(last), run.output
    assert run.output.count(last) == 1, run.output


@CPUS
def test_standstill_is_for_ever(smp):
    """Programs that wait end the run when nobody is left who could end their wait, and not before: who sleeps can.
    Without JOS's lines it is said, too. A stopped env is no better than one that waits."""
    last = "No runnable environments in the system!\n"
    for app in ("waitstopped", "deadlock & deadlock"):
        run = Run(app, smp, joslog=False)
        assert run.status == 96 and run.output.endswith(last), run.output
    run = Run("deadlock & spin", smp, joslog=False)  # the one that runs ends later
    run.in_order("Killing the child", last)
    assert run.status == 96


@CPUS
def test_outsider_signedloop(smp):
    """A fork whose loop counts addresses in an int, beyond the largest one."""
    run = Run("signedloop", smp, joslog=False)
    run.in_order("child: 4711 and 12\n", "parent: 4711 and 11\n").has(no=[".*panic.*"])
    assert run.status == 0, run.output


@CPUS
def test_outsider_selfsend(smp):
    run = Run("selfsend", smp)
    run.in_order("the child sends to itself\n", "still sending\n",
                 "[00001000] destroying 00001001\n", "done\n").has(no=[".*panic.*"])
    assert run.status == 0, run.output


@CPUS
def test_outsider_names(smp):
    """JOS's names are JOS's: thisenv is a variable, the upcall stands in the record, elf.h and O_* are there."""
    run = Run("names", smp, joslog=False)
    run.in_order("names are as on JOS\n").has(no=[".*panic.*"])
    assert run.status == 0, run.output


@CPUS
def test_outsider_ownlibrary(smp):
    """The program's own fork, upcall, ipc_send ... take the place of the library's."""
    run = Run("ownlibrary", smp, joslog=False)
    run.in_order("5 faults\n", "sum 60, own strstr\n", "14 is a number\n", "own 17\n")
    assert run.status == 0, run.output


def build(source, tmp_path):
    """What compiler and linker say of a JOS program, with the commands that make uses."""
    (tmp_path / "program.c").write_text(source)
    commands = subprocess.run(["make", "-n", "V=1", "-W", "apps/jos/hello.c", "build/apps/jos/hello"], cwd=ROOT,
                              capture_output=True, text=True, check=True).stdout
    output = ""
    for command in commands.split("\n"):
        if "gcc" in command and " -o build/apps/jos/hello" in command:
            command = command.replace(" apps/jos/hello.c", f" {tmp_path}/program.c")
            command = command.replace("build/apps/jos/hello", f"{tmp_path}/program")
            done = subprocess.run(command, cwd=ROOT, shell=True, capture_output=True, text=True, check=False)
            output += done.stdout + done.stderr
    return output, (tmp_path / "program").exists()


@pytest.mark.parametrize("name", ["printf", "malloc", "exec", "atoi", "strstr", "sys_env_set", "kernel_call"])
def test_names_that_jos_has_not(name, tmp_path):
    """What the system's own library is called does not reach a JOS program."""
    call = f"int {name}();\nvoid umain(int argc, char **argv) {{ {name}(1); }}\n"
    output, linked = build("#include <inc/lib.h>\n" + call, tmp_path)
    assert f"undefined reference to `{name}'" in output and not linked, output
    output, linked = build(f"#include <inc/lib.h>\nint {name}(int a) {{ return a; }}\n" + call, tmp_path)
    assert linked, output


def test_names_that_jos_has(tmp_path):
    """All that the headers declare can be linked."""
    headers = "".join(path.read_text() for path in (ROOT / "libsys/jos/inc").glob("*.h"))
    headers = re.sub(r"/\*.*?\*/", "", headers, flags=re.S)
    headers = re.sub(r"#define(.*\\\n)*.*", "", headers)
    names = re.findall(r"^(?!static|#)[\w ]*[ *](\w+)\([^()]*(?:\(.*?\)[^()]*)*\)[^{};]*;", headers, re.M)
    assert {"fork", "cprintf", "memfind", "ipc_send", "_panic"} <= set(names)
    names = sorted(set(names) - {"umain"})
    source = "#include <inc/lib.h>\nvoid *all[] = {" + ", ".join(names) + "};\nvoid umain(int argc, char **argv) {}\n"
    output, linked = build(source, tmp_path)
    assert linked, output


@CPUS
def test_outsider_asonjos(smp):
    run = Run("asonjos", smp)
    run.in_order("parent 00000000\n", "jello\n", "below the stack nothing\n", "done\n").ends("00001000")
    run.has(no=[".* is read-only", ".* was possible", ".*panic.*"])
    assert run.output.count("trap 0x0000000d General Protection\n") == 8, run.output


@CPUS
def test_outsider_ssehandlers(smp):
    run = Run("ssehandlers", smp, joslog=False)
    run.has("ssehandlers: all right", no=[".*panic.*"])
    assert run.status == 0, run.output


@CPUS
def test_outsider_constructors(smp):
    run = Run("constructors", smp, joslog=False)
    run.has("destructor after 3 steps", "destructor after 4 steps", no=[".*panic.*"])
    assert run.status == 0, run.output


@CPUS
def test_outsider_workers(smp):
    run = Run("workers", smp, joslog=False)
    run.in_order("4 workers\n", "all 40 tasks done once, sum 10660\n",
                 "out of memory, bad environment,    42|ab   |0beef|x|%\n")


# ---- Beside processes, from the shell

@pytest.fixture
def prompt():
    opened = []

    def boot(**options):
        opened.append(Shell(**options))
        return opened[-1]

    yield boot
    for session in opened:
        session.close()


def test_outsider_chat(prompt):
    shell = prompt(SMP=2, TESTS=1)
    shell.send("jos/chat\r")
    shell.expect("you: ")
    shell.send("hello there\r")
    shell.expect("11 characters: hello there")
    shell.send("bye\r")
    shell.expect("child: ")
    shell.send("me too\r")
    shell.expect("6 characters: me too")
    shell.send("bye\r")
    shell.expect("a key: ")
    shell.send("x")
    shell.expect("x is 120")
    shell.expect("parley$ ")


@CPUS
def test_beside_processes(prompt, smp):
    shell = prompt(SMP=smp)
    assert re.search(r"i am environment 0000\w{4}", shell.run("jos/hello"))
    assert "umain" in shell.run("jos/faultread")
    assert "I am '111'" in shell.run("jos/forktree & forktree 2; wait")
    assert shell.run("memstat") != ""
