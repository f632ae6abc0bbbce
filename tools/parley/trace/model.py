"""What the records of a trace mean: who ran, what a system call and a fault took, who sent what to whom.

A fault lasts from its entry to the kernel to the last return with the exception stack in use, or
without upcall to the return itself, as in kernel/look/account.c.
"""

import struct

from parley import abi
from parley.trace.chrome import CPUS, ENVS, Chrome
from parley.trace.recording import (ASKED, EVENTS, IPC, ON_XSTACK, PAGE_FAULT, PATHS, category, describe, is_ipc,
                                    signed, vector_of)

WRITE, PRESENT = abi.constant("FEC_WR"), abi.constant("FEC_PR")


class Env:
    """One env while the records are gone through."""

    def __init__(self, number):
        self.number = number
        self.name = None
        self.call = None  # Record of the ENTER that has no RESUME yet
        self.waited = True  # may have been in a call since before the trace began
        self.fault = None  # Fault
        self.sent = None  # (when, to whom or None, Fault or None): a message on its way
        self.serves = None  # Fault: which it was asked about


class Fault:
    """An open page fault, and the points of its arrow: (group, track, when)."""

    def __init__(self, record):
        self.record = record
        self.end = None
        self.points = [(ENVS, record.env, record.tsc), (CPUS, record.cpu, record.tsc)]
        self.asked = False


class Trace:
    """The Chrome trace of a recording, in `out`; figures about it, in `other`."""

    def __init__(self, recording, instructions):
        self.envs = {}
        self.cpus = {cpu: None for cpu in range(recording.ncpu)}  # (name, since): in the kernel
        self.running = {}  # by CPU: (the env in user mode, since)
        self.asking = {}
        self.counts = {"faults": 0, "faults nested": 0, "faults unanswered": 0, "messages": 0,
                       "shootdowns": 0}
        self.per_env = {}
        records = recording.records
        self.out = Chrome(records[0].tsc if records else 0,
                          1000 if instructions else 1e6 / recording.tsc_per_ms)
        self.names(records)
        for record in records:
            self.take(record)
        self.finish(records[-1].tsc if records else 0)
        self.label(recording)

    # -- names --

    def names(self, records):
        """Names come when procmgr knows them, a moment after the env began."""
        for record in records:
            event = EVENTS[record.event]
            if event == "NAME":
                text = struct.pack("<4I", *record[5:]).split(b"\0")[0].decode(errors="replace")
                pid, path = record.extra & 0xFFF, record.extra >> 12
                more = "" if path >= len(PATHS) or PATHS[path] == "PAGER" else " " + PATHS[path].lower()
                self.env(record.env).name = f"{text}[{pid}]{more}" if pid else text
            elif event == "NEW":
                parent = self.envs.get(record.a)
                if parent and parent.name:
                    self.env(record.env).name = f"{parent.name}, forked"

    def env(self, number):
        if number not in self.envs:
            self.envs[number] = Env(number)
        return self.envs[number]

    def name(self, number):
        return self.env(number).name or f"env {number:x}"

    # -- events --

    def take(self, record):
        handler = getattr(self, "on_" + EVENTS[record.event].lower(), None)
        if handler:
            handler(record)
        elif EVENTS[record.event] != "NAME":
            self.out.put("i", ENVS, record.env, record.tsc, EVENTS[record.event].lower(), "env", s="t",
                     args={"a": f"0x{record.a:x}"})

    def leave_user(self, cpu, tsc):
        """What ran in user mode there does so no longer."""
        env, since = self.running.pop(cpu, (None, 0))
        if env is not None:
            self.out.slice(CPUS, cpu, since, tsc, self.name(env.number), "user")
            self.out.slice(ENVS, env.number, since, tsc, f"runs on CPU {cpu}", "user")

    def leave_kernel(self, cpu, tsc):
        if self.cpus[cpu]:
            name, since = self.cpus[cpu]
            self.out.slice(CPUS, cpu, since, tsc, name, "kernel")
            self.cpus[cpu] = None

    def on_enter(self, record):
        self.leave_user(record.cpu, record.tsc)
        what = describe(record)
        self.cpus[record.cpu] = (f"kernel: {what}", record.tsc)
        if not record.env:
            return
        env = self.env(record.env)
        env.waited = False
        if env.fault and not record.extra & ON_XSTACK:
            self.close_fault(env)
        env.call = record
        if vector_of(record) == PAGE_FAULT:
            self.begin_fault(env, record)
        elif is_ipc(record):
            self.send(env, record)

    def begin_fault(self, env, record):
        self.counts["faults"] += 1
        self.per_env[env.number] = self.per_env.get(env.number, 0) + 1
        if env.fault is not None:
            self.counts["faults nested"] += 1
        else:
            env.fault = Fault(record)
            env.sent = (record.tsc, None, env.fault)  # on path ipc the fault is the message

    def send(self, env, record):
        env.sent = None
        if record.a & IPC["SEND"] and record.b:
            fault = env.fault if record.a & IPC["FAULT_CALL"] else None
            if record.a & IPC["REPLY"]:
                fault, env.serves = env.serves, None
            env.sent = (record.tsc, signed(record.b), fault)
        elif record.a & IPC["RECV"]:
            env.serves = None

    def on_resume(self, record):
        self.leave_user(record.cpu, record.tsc)
        self.leave_kernel(record.cpu, record.tsc)
        env = self.env(record.env)
        call, env.call = env.call, None
        waited, env.waited = env.waited, False
        if call:
            self.out.slice(ENVS, env.number, call.tsc, record.tsc, describe(call), category(call),
                       eax=f"0x{call.a:x}", result=signed(record.a))
        if (is_ipc(call) and call.a & IPC["RECV"] if call else waited) and signed(record.a) >= 0 and record.b:
            self.receive(env, signed(record.b), record)
        for cpu in [cpu for cpu, (other, _) in self.running.items() if other is env]:
            self.leave_user(cpu, record.tsc)  # taken away by that CPU, which has no time to say so
        self.running[record.cpu] = (env, record.tsc)
        if env.fault:
            self.resume_fault(env, call, record)

    def receive(self, env, sender, record):
        """`env` goes on with a message of `sender`."""
        source = self.envs.get(sender)
        if source is None or source.sent is None:
            return
        when, to, fault = source.sent
        if to not in (None, env.number):
            return
        source.sent = None
        self.counts["messages"] += 1
        if fault and fault.record.env == sender:  # the question
            fault.asked = True
            fault.points.append((ENVS, env.number, record.tsc))
            env.serves = fault
        elif not (fault and fault is env.fault):  # the answer's arrow is the fault's
            self.out.flow([(ENVS, sender, when), (ENVS, env.number, record.tsc)], "message", "ipc")

    def resume_fault(self, env, call, record):
        fault = env.fault
        fault.end = record.tsc
        if call and not fault.asked and call is fault.record:
            env.sent = None  # no message: it was for an upcall, or for the kernel
        if not record.extra & ON_XSTACK:
            self.close_fault(env)

    def close_fault(self, env):
        fault, env.fault = env.fault, None
        record = fault.record
        if fault.end is None:
            self.counts["faults unanswered"] += 1
            return
        kind = ("write" if record.b & WRITE else "read") + (", protected" if record.b & PRESENT else ", absent")
        self.out.slice(ENVS, env.number, record.tsc, fault.end, f"fault 0x{record.a:x} ({kind})",
                   "fault", ip=f"0x{record.c:x}", asked=fault.asked)
        self.out.flow(fault.points + [(ENVS, env.number, fault.end)], "fault", "fault")

    def on_wake(self, record):
        self.cpus[record.cpu] = (f"kernel: interrupt 0x{record.a:x}", record.tsc)

    def on_idle(self, record):
        self.leave_user(record.cpu, record.tsc)
        self.leave_kernel(record.cpu, record.tsc)

    def on_ask(self, record):
        self.asking[record.cpu] = record

    def on_answered(self, record):
        ask = self.asking.pop(record.cpu, None)
        if ask:
            self.counts["shootdowns"] += 1
            what = ASKED.get(ask.b, f"{ask.b}")
            self.out.slice(CPUS, record.cpu, ask.tsc, record.tsc, f"{what} CPU {ask.a}", "shootdown")

    def on_free(self, record):
        env = self.env(record.env)
        self.out.put("i", ENVS, record.env, record.tsc, "dies", "env", s="t")
        if env.fault:
            self.close_fault(env)
        if env.call:
            self.out.slice(ENVS, env.number, env.call.tsc, record.tsc, describe(env.call),
                       category(env.call))
        env.call = env.sent = env.serves = None

    # -- the end --

    def finish(self, tsc):
        for cpu in self.cpus:
            self.leave_user(cpu, tsc)
            self.leave_kernel(cpu, tsc)
        for env in self.envs.values():
            if env.call:
                self.out.slice(ENVS, env.number, env.call.tsc, tsc, describe(env.call), category(env.call))
            if env.fault:
                self.counts["faults unanswered"] += 1
                record = env.fault.record
                self.out.slice(ENVS, env.number, record.tsc, tsc, f"fault 0x{record.a:x} (unanswered)",
                           "fault")

    def label(self, recording):
        self.out.label(CPUS, "CPUs")
        self.out.label(ENVS, "envs")
        for cpu in range(recording.ncpu):
            self.out.label(CPUS, f"CPU {cpu}", cpu)
        for number in sorted(self.envs):
            if number:
                self.out.label(ENVS, self.name(number), number)
        self.other = {"dropped": recording.dropped, "records": len(recording.records),
                      "cpus": recording.ncpu, **self.counts,
                      "faults by env": {f"{n:x}": c for n, c in self.per_env.items()}}

    def text(self):
        return self.out.text(self.other)
