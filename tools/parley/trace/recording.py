"""What a file of the shell's `trace save` holds, and what its records are."""

import struct
import sys
import zlib
from collections import namedtuple

from parley import abi, cli

RECORD, MEMBERS = abi.layout("trace_record")
HEAD = struct.Struct("<IIIII")  # apps/sh/trace.c
STATS, STATS_MEMBERS = abi.layout("trace_stats")
MAGIC = 0x31525450
HEAD_CHUNK, RECORDS_CHUNK, END_CHUNK = 1, 2, 3
PAGE_FAULT, VEC_TIMER = abi.constant("TRACE_VECTOR_PAGE_FAULT"), abi.constant("TRACE_VECTOR_TIMER")
VEC_SYSCALL, VEC_SYSENTER = abi.constant("SYSCALL_VECTOR"), abi.constant("TRACE_VECTOR_SYSENTER")
ON_XSTACK = abi.constant("TRACE_ON_XSTACK")
EVENTS, SYSCALLS, PATHS = abi.names("trace_events"), abi.names("system_calls"), abi.names("fault_paths")
IPC = abi.numbers("ipc_flags")
ASKED = {abi.constant("TRACE_ASK_FLUSH"): "flush", abi.constant("TRACE_ASK_EVICT"): "evict"}

Record = namedtuple("Record", MEMBERS)


def fail(text):
    cli.complain(f"trace: {text}")
    sys.exit(1)


class Recording:
    """What a file of `trace save` holds."""

    def __init__(self, data):
        self.records = []
        self.dropped = 0
        self.ncpu = 0
        self.tsc_per_ms = 0
        place = 0
        while place < len(data):
            place = self.chunk(data, place)
        if not self.ncpu:
            fail("no trace was saved")
        self.records.sort(key=lambda record: record.tsc)  # stable: order within a CPU stays

    def chunk(self, data, place):
        if place + HEAD.size > len(data):
            fail(f"the file ends within the chunk at {place}")
        magic, kind, argument, length, checksum = HEAD.unpack_from(data, place)
        place += HEAD.size
        body = data[place:place + length]
        if magic != MAGIC or len(body) != length or zlib.adler32(body) != checksum:
            fail(f"the chunk at {place - HEAD.size} is damaged")
        if kind == RECORDS_CHUNK:
            self.records += map(Record._make, RECORD.iter_unpack(body))
        else:
            stats = dict(zip(STATS_MEMBERS, STATS.unpack(body)))
            self.dropped, self.tsc_per_ms = stats["dropped"], stats["tsc_per_ms"]
            if kind == HEAD_CHUNK:
                self.ncpu = argument
        return place + length


def signed(word):
    return word - (1 << 32) if word >> 31 else word


def vector_of(record):
    return record.extra & ~ON_XSTACK


def is_syscall(record):
    return vector_of(record) in (VEC_SYSCALL, VEC_SYSENTER)


def is_ipc(record):
    return is_syscall(record) and SYSCALLS[record.a & 0xFF:][:1] == ["IPC"]


def category(record):
    return "syscall" if is_syscall(record) else "trap"


def describe(record):
    """What an entry to the kernel is."""
    vector = vector_of(record)
    if is_ipc(record):
        flags = record.a
        if flags & IPC["FAULT_CALL"]:
            return "ipc: fault call"
        if flags & IPC["REPLY"]:
            return "ipc: reply, receive" if flags & IPC["RECV"] else "ipc: reply"
        if flags & IPC["SEND"]:
            return "ipc: call" if flags & IPC["RECV"] else "ipc: send"
        return "ipc: receive"
    if is_syscall(record):
        number = record.a & 0xFF
        return SYSCALLS[number].lower() if number < len(SYSCALLS) else f"call {number}"
    if vector == PAGE_FAULT:
        return "page fault"
    return "timer" if vector == VEC_TIMER else f"vector 0x{vector:x}"
