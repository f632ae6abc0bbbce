"""`make check` refuses whoever writes an env's state but its module (kernel/env/state.h, tools/parley/check/states.py)."""

import pytest


from conftest import ROOT
from parley.check import states

C, ASM = "kernel/ipc/ipc.c", "nasm/entry/sysenter.asm"


def test_kernel_has_one_writer():
    names = [str(path.relative_to(ROOT)) for folder in ("kernel", "nasm") for path in (ROOT / folder).rglob("*.*")]
    assert states.complaints(names) == []


@pytest.mark.parametrize("name, line", [
    (C, "env->stopped = false;"), (C, "to->info->waits = WAITS_NOT;"), (C, "envs[i].life |= 1;"),
    (C, "env_records[i].partner\n\t= 0;"), (C, "env->awaited++;"), (C, "--env->info->status;"),
    (C, "bool *flag = &env->in_fault_call;"), (C, "set(a, &envs[3].fast_partner);"), (C, "*env->info = other;"),
    (C, "*env = other;"), (C, "return (struct env_info){.status = ENV_RUNNING};"),
    (ASM, "\tmov\t[esp + ENV_FAST_PARTNER], eax"), (ASM, ".here:\tmov byte [envs + ecx + ENV_STOPPED], 1 ; why"),
    (ASM, "\tlock inc dword [eax + INFO_STATUS]"), (ASM, "\tand\tdword [ecx + 2 * 4 + ENV_ON_RESUME], 0")])
def test_another_is_found(name, line):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert states.writes(name, text) == []
    assert len(states.writes(name, text + line + "\n")) == 1


@pytest.mark.parametrize("name, line", [
    (C, "if (env->stopped == other->stopped && env->life) {"), (C, "uint32_t status = env->info->status;"),
    (C, "x = flags & env->awaited;"), (C, "/* env->stopped = true; */"),
    (ASM, "\tcmp\tdword [ecx + ENV_ON_RESUME], 0"), (ASM, "\tmov\teax, [ecx + ENV_FAST_PARTNER]"), (ASM, "; mov [ecx + ENV_LIFE], 1")])
def test_readers_are_not(name, line):
    assert states.writes(name, line + "\n") == []
