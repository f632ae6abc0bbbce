#!/usr/bin/env -S python3 -B
"""Makes odd programs for tests/guest/load/load_odd_programs.c: `make.py PROGRAM FOLDER`.

The good ones are PROGRAM with its segments placed, cut, joined or added to in ways that the linker does not
choose; they must run right. The bad ones are headers that promise what cannot be; nobody may load them.
"""

import struct
import sys
from pathlib import Path

PAGE = 4096
HEADER = struct.Struct("<4sBBBB8xHHIIIIIHHHHHH")
SEGMENT = struct.Struct("<IIIIIIII")
LOAD, EXECUTE, WRITE, READ = 1, 1, 2, 4
UTEXT = 0x00800000
EXTRA = 0x00C00000  # where segments are added


class Segment:
    """A segment to load: contents are `data`; `odd` moves them off their place within a page."""

    def __init__(self, va, data, memory_size, flags, odd=0):
        self.va, self.data, self.memory_size, self.flags, self.odd = (
            va, data, memory_size, flags, odd)

    def end(self):
        return self.va + self.memory_size


def read_segments(program):
    """The segments of an ELF file, and its entry point."""
    fields = HEADER.unpack_from(program)
    entry, table, count = fields[8], fields[9], fields[14]
    segments = []
    for i in range(count):
        kind, offset, va, _, size, memory_size, flags, _ = SEGMENT.unpack_from(
            program, table + i * SEGMENT.size)
        if kind == LOAD:
            segments.append(Segment(va, program[offset:offset + size], memory_size, flags))
    return segments, entry


def header(entry, count, table=HEADER.size, **other):
    """An ELF header; `other` replaces fields."""
    f = {"magic": b"\x7fELF", "class": 1, "data": 1, "type": 2, "machine": 3, "entry_size": 32}
    f.update(other)
    return HEADER.pack(f["magic"], f["class"], f["data"], 1, 0, f["type"], f["machine"], 1, entry,
                       table, 0, 0, HEADER.size, f["entry_size"], count, 0, 0, 0)


def write(segments, entry):
    """An ELF file with these segments, each at the place in its page that it has in memory."""
    body = bytearray(HEADER.size + len(segments) * SEGMENT.size)
    table = b""
    for s in segments:
        offset = len(body) + (s.va + s.odd - len(body)) % PAGE
        body += bytes(offset - len(body)) + s.data
        table += SEGMENT.pack(LOAD, offset, s.va, s.va, len(s.data), s.memory_size, s.flags, PAGE)
    body[:HEADER.size + len(table)] = header(entry, len(segments)) + table
    return bytes(body) + b"\xee" * 64  # something behind it


def join(first, last):
    """One segment out of two, with zeros between."""
    data = first.data + bytes(last.va - first.va - len(first.data)) + last.data
    return Segment(first.va, data, last.end() - first.va, first.flags | last.flags)


def cut(segment, pages):
    """Two segments out of one, at a page boundary."""
    at = pages * PAGE
    return [Segment(segment.va, segment.data[:at], at, segment.flags),
            Segment(segment.va + at, segment.data[at:], segment.memory_size - at, segment.flags)]


def extra(offset, size, memory_size, flags, odd=0):
    va = EXTRA + offset
    return Segment(va, bytes((va + i) * 7 + 3 & 0xFF for i in range(size)), memory_size, flags, odd)


def good(program):
    segments, entry = read_segments(program)
    text, rodata, data = segments

    def moved(odd):
        return [Segment(s.va, s.data, s.memory_size, s.flags, odd) for s in segments]

    whole = join(join(text, rodata), data)
    variants = {
        "plain": segments, "moved4": moved(4), "moved1": moved(1), "one": [whole],
        "joined": [join(text, rodata), data],
        "pieces": cut(text, 1) + [rodata] + cut(data, 1),
        "unaligned": segments + [extra(0x123, 9000, 9000, READ)],
        "within": segments + [extra(0x800, 100, 100, READ)],
        "bss": segments + [extra(0xF00, 300, 9000, READ | WRITE)],
        "bssonly": segments + [extra(0x234, 0, 20000, READ | WRITE)],
        "bssread": segments + [extra(0x10, 100, 6000, READ)],
        "pages": segments + [extra(0, 3 * PAGE, 3 * PAGE, READ | WRITE)],
        "pagesodd": segments + [extra(0, 3 * PAGE, 3 * PAGE, READ | WRITE, 12)],
        "huge": segments + [extra(0, PAGE, 0x20000000, READ | WRITE)],
    }
    return {name: write(parts, entry) for name, parts in variants.items()}


def headers(segments, entry=UTEXT, **other):
    """A file of headers alone; segments are (offset, va, size, memory size, flags)."""
    table = b"".join(SEGMENT.pack(LOAD, offset, va, va, size, memory_size, flags, PAGE)
                     for offset, va, size, memory_size, flags in segments)
    return header(entry, other.pop("count", len(segments)), **other) + table


def bad():
    code = (0, UTEXT, 16, 16, READ | EXECUTE)
    fine = headers([code])
    below = 0xEEBFE000 - (1 << 20) - PAGE  # the stack and its guard begin here
    files = {
        "empty": b"", "short": fine[:20], "noheaders": fine[:HEADER.size],
        "cutheaders": fine[:-1], "magic": headers([code], magic=b"\x7fELG"),
        "class": headers([code], **{"class": 2}), "endian": headers([code], data=2),
        "type": headers([code], type=3), "machine": headers([code], machine=62),
        "entrysize": headers([code], entry_size=40), "many": headers([code] * 17),
        "count": headers([code], count=0xFFFF), "none": headers([], entry=UTEXT),
        "table": headers([code], table=0xFFFFFFF0), "tableodd": headers([code], table=53) + bytes(8),
        "entry": headers([code], entry=UTEXT + 16), "entry0": headers([code], entry=0),
        "entrydata": headers([code[:4] + (READ,)]),
        "samepage": headers([code, (0, UTEXT + 0x800, 16, 16, READ)]),
        "overlap": headers([(0, UTEXT, 16, 3 * PAGE, 5), (0, UTEXT + PAGE, 16, 16, READ)]),
        "backwards": headers([(0, UTEXT + PAGE, 16, 16, READ), code]),
        "filesize": headers([(0, UTEXT, 17, 16, 5)]),
        "cut": headers([(0, UTEXT, 4096, 4096, 5)]),
        "offset": headers([(0xFFFFFFF8, UTEXT, 16, 16, 5)]),
        "size": headers([(4, UTEXT, 0xFFFFFFFE, 0xFFFFFFFF, 5)]),
        "wraps": headers([code, (0, UTEXT + PAGE, 0, 0xFFFFFFFF, 6)]),
        "low": headers([(0, UTEXT - PAGE, 16, 16, 5)], entry=UTEXT - PAGE),
        "kernel": headers([code, (0, 0xF0000000, 16, 16, 6)]),
        "stack": headers([code, (0, below - 8, 0, 16, 6)]),
        "memory": headers([code, (0, UTEXT + PAGE, 0, below - UTEXT, 6)]),
    }
    return files


def main():
    program, folder = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    files = {"good-" + name: content for name, content in good(program).items()}
    files.update(("bad-" + name, content) for name, content in bad().items())
    for name, content in files.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
