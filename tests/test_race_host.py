"""The kernel's rules on plain data, on two and three CPUs, in every order up to a bound (tests/host/race.h); and broken ones,
which that must find."""

from pathlib import Path

import pytest

from conftest import ROOT, run_process
from parley import race

pytestmark = pytest.mark.skipif(race.unable() is not None, reason=str(race.unable()))

# What is broken: file, what stands there, what stands there instead; the world that shows it, with how many deviations, and
# what is said.
BROKEN = {
    "who halts for the lock is not poked": (
        "kernel/cpu/lock.c", "\tif (waiter) {\n\t\tapic_poke", "\tif (false) {\n\t\tapic_poke",
        "kill_server", 1, "waits for ever in the kernel"),
    "who halts says so after its last look": (
        "kernel/cpu/lock.c", "\t__atomic_store_n(name, cpu, __ATOMIC_SEQ_CST);\n\twhile (!our_turn(ticket)) {\n"
        "\t\tcpu_answer(cpu);\n\t\tif (!our_turn(ticket)) {\n",
        "\twhile (!our_turn(ticket)) {\n\t\tcpu_answer(cpu);\n\t\tif (!our_turn(ticket)) {\n"
        "\t\t\t__atomic_store_n(name, cpu, __ATOMIC_SEQ_CST);\n", "kill_server", 2, "waits for ever in the kernel"),
    "a request is answered before it is done": (
        "kernel/cpu/cpu.c", "\tif (what & CPU_FLUSH) {", "\t__atomic_fetch_and(&cpu->requests, ~what, __ATOMIC_RELEASE);\n"
        "\tif (what & CPU_FLUSH) {", "kill_server", 1, "a space loaded that is torn down"),
    "a mapping goes without a shootdown": (
        "kernel/cpu/cpu.c", "\t\tcpu_ask(cpu, CPU_FLUSH);", "\t\t(void)cpu;", "unmap", 1, "a mapping of env"),
    "an evicted call is lost": (
        "kernel/sched/switch.c", "\t\tenv->tf.eip -= 2;\n", "", "stop_and_start", 1, "hears bits"),
    "an env that was taken away goes on": (
        "kernel/entry/trap.c", "\tlock_acquire(cpu);\n\tif (cpu->env != env) {", "\tlock_acquire(cpu);\n\tif (false) {",
        "stop_and_start", 1, "NOT SO"),
    "a CPU halts and is not idle": (
        "kernel/entry/resume.c", "\trunqueue_idle |= cpu->queue->bit;\n\tif (cpu->ticking", "\tif (cpu->ticking", "call", 1, "stays in call"),
    "a CPU that has work is not poked": (
        "kernel/sched/sched.c", "\t\tapic_poke(cpus[queue - runqueues].apic_id);\n", "", "call", 0, "for ever"),
    "an env is queued though it is": (
        "kernel/sched/sched.c", " && !env->runner.on && env->space.cpu->env != env) {\n\t\tsched_enqueue", ") {\n\t\tsched_enqueue",
        "kill_who_calculates", 0, "is in 2 places"),
    "ids come again": (
        "kernel/env/env.c", "(env->id ? env->id : env - envs) + GENERATION",
        "(env->id ? env->id - GENERATION : env - envs) + GENERATION", "fork_and_kill", 0, "was another's"),
    "a death is not told": (
        "kernel/ipc/ipc.c", "\t\t\tpartner_died(&envs[i]);", "\t\t\t(void)0;", "kill_server", 1, "waits for the dead"),
    "who is stopped is heard": (
        "kernel/sched/sched.c", "\tstate_stop(env);", "\tenv->stopped = true;", "stop_and_start", 1, "the fast path"),
    "a dead sender stays in the queue": (
        "kernel/ipc/ipc.c", "\tif (env->info->waits == WAITS_TO_SEND) {\n"
        "\t\tunqueue_sender(env, env_lookup(NULL, env->info->partner));\n\t}\n\tstate_end_wait(env);",
        "\tstate_end_wait(env);", "kill_client", 1, "NOT SO"),
    "who gave up stays in the queue": (
        "kernel/ipc/ipc.c", "\t\tunqueue_sender(env, env_lookup(NULL, env->info->partner));\n\t}\n\tend_wait_and_wake", "\t}\n\tend_wait_and_wake",
        "time_outs", 0, "queues of senders"),
    "an answer goes to who waits for another": (
        "kernel/ipc/ipc.c", "WAITS_TO_RECEIVE &&\n\t               to->info->partner == env->id;", "WAITS_TO_RECEIVE;",
        "late_answer", 0, "hears nonsense"),
    "a bit is overwritten": (
        "kernel/ipc/ipc.c", "\tenv->pending |= bits;", "\tenv->pending = bits;", "bits", 1, "stays in await"),
    "bits wait for who gave up": (
        "kernel/ipc/ipc.c", "\t\tpartner->bits_after = env->sender_node.prev;", "\t\t(void)0;", "late_bits", 0, "wait for nobody"),
    "a time-out outlasts the wait": (
        "kernel/ipc/ipc.c", "\tif (env->deadline) {\n\t\tclock_cancel(env);\n\t}\n}", "}", "in_time", 0, "has a time-out"),
    "who is called runs though it is stopped": (
        "kernel/ipc/ipc.c", "\treturn to->stopped ? NULL : to;", "\treturn to;", "stop_and_start", 1, "state_can_run"),
    "a new pager is not told of the fault": (
        "kernel/call/envcall.c", "env->page->pager = id;\n\tfaultcall_retry(env);", "env->page->pager = id;",
        "new_pager", 1, "stays in fault"),
    "a queue loses the next one": (
        "kernel/sched/runqueue.c", "\trunner->prev->next = runner->next;", "\trunner->prev->next = runner->next->next;",
        "call", 0, "the ring of CPU"),
}


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    return race.build_objects(tmp_path_factory.mktemp("race"))


def explore(program, *options):
    return run_process([str(program), *options], 120)


def test_every_order_holds(objects, tmp_path):
    program = race.link(objects, tmp_path / "race")
    for options in (("--deviations", "1"), ("--random", "300")):
        result = explore(program, *options)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "FAILED" not in result.stdout and "passed three_call" in result.stdout


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rules_are_found(objects, tmp_path, name):
    source, old, new, world, deviations, said = BROKEN[name]
    text = (ROOT / source).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{source} has no longer what is to be broken"
    broken = tmp_path / Path(source).name
    broken.write_text(text.replace(old, new), encoding="utf-8")
    changed = {**objects, source: race.compile_object(source, tmp_path, broken)}
    program = race.link(changed, tmp_path / "race")
    result = explore(program, "--world", world, "--deviations", str(deviations))
    assert result.returncode == 1, result.stdout + result.stderr
    assert "NOT SO: " in result.stdout and said in result.stdout, result.stdout + result.stderr
