"""Where the instructions of a piece of work are spent: by the function that each belongs to, and by what
such functions do.

Debug data says for each address which function it comes from, inlined or not; assembly is told
apart by its labels, and what a macro does by the file of the macro.
"""

import re
from bisect import bisect_right
from collections import Counter

from parley.bench import trace


# What an instruction is for: the first rule that fits (program, file, function) decides.
STAGES = ("entry", "checks", "lock", "work", "pages", "copy", "switch", "exit", "library", "servers")
MEANING = {
    "entry": "from the instruction that enters the kernel to the function that does the work",
    "checks": "finding and checking what the caller named",
    "lock": "taking and leaving the kernel lock",
    "work": "what the call or the fault is about",
    "pages": "page tables, frames and their counts",
    "copy": "pages and words copied, pages cleared: repeated instructions",
    "switch": "choosing who runs and loading its space",
    "exit": "back to user mode",
    "library": "in the program: its loop, the library, the fault's stub",
    "servers": "in pager and process manager",
}
RULES = (
    ("kernel", r"/lock\.(c|h|inc)$", r"", "lock"),  # macros have the file that they stand in
    ("kernel", r"/switch\.inc$", r"", "switch"),
    ("kernel", r"/pages\.asm$", r"", "pages"),
    ("kernel", r"\.asm$", r"resume|exit|return|leave", "exit"),
    ("kernel", r"\.asm$", r"reply|call(_page)?$|find_callee|window", "checks"),
    ("kernel", r"\.asm$", r"wake_next", "lock"),
    ("kernel", r"\.asm$", r"switched|another_env|trap_run$", "switch"),
    ("kernel", r"\.asm$", r"words", "copy"),
    ("kernel", r"\.asm$", r"answer|callee_open|deliver|commit", "work"),
    ("kernel", r"\.asm$", r"", "entry"),
    ("kernel", r"/(trap|syscall)\.[ch]$", r"", "entry"),
    ("kernel", r"", r"check|lookup|_ok$|valid|may_|known|waits_for|allowed|decode|range", "checks"),
    ("kernel", r"/(cpu|sched|runqueue|resume|switch|state|list)\.[ch]$", r"", "switch"),
    ("kernel", r"/(space|frame|kmap|pagecall|place)\.[ch]$", r"", "pages"),
    ("kernel", r"", r"", "work"),
    ("bench", r"", r"", "library"),
    ("", r"", r"", "servers"),
)


def stage(program, file, function):
    """Which of STAGES."""
    for rule_program, rule_file, rule_function, name in RULES:
        if (not rule_program or program == rule_program) and re.search(rule_file, file) and \
                re.search(rule_function, function):
            return name
    raise AssertionError("the last rule fits all")


class Places:
    """Names for addresses, of a kernel and the programs that are measured beside it."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.images = [kernel] + [trace.Image(name, path)
                                  for name, path in trace.PROGRAMS.items()]
        self.known = {}  # address: (stage, "program function")
        self.labels = {}

    def image_of(self, address):
        return next((image for image in self.images if image.low <= address < image.high), None)

    def label(self, image, address):
        """The label of assembly before an address."""
        if image.name not in self.labels:
            self.labels[image.name] = sorted((at, name) for name, at in image.symbols.items()
                                             if not name.startswith("..@"))  # of a macro
        labels = self.labels[image.name]
        return labels[bisect_right(labels, (address, "\xff")) - 1][1]

    def learn(self, addresses):
        """Looks the addresses up that are not known yet."""
        for image in self.images:
            new = [address for address in addresses
                   if address not in self.known and image.low <= address < image.high]
            for address, (function, file) in (image.places(new) if new else {}).items():
                if function == "??" or file.endswith((".asm", ".inc")):
                    function = self.label(image, address)
                repeated = address in self.kernel.rep_movs or address in self.kernel.rep_stos
                kind = "copy" if repeated else stage(image.name, file, function)
                self.known[address] = kind, f"{image.name}: {function}"

    def per_operation(self, work, ops):
        """{"sum": instructions, "stages": {name: instructions}, "functions": {name: instructions}} of one
        operation."""
        histogram = work.histogram()
        self.learn(histogram)
        stages, functions = Counter(), Counter()
        for address, count in histogram.items():
            kind, name = self.known.get(address, ("servers", "elsewhere"))
            stages[kind] += count
            functions[name] += count
        return {
            "sum": round(sum(stages.values()) / ops, 1),
            "stages": {name: round(stages[name] / ops, 1) for name in STAGES if stages[name]},
            "functions": {name: round(count / ops, 1)
                          for name, count in functions.most_common(30)},
        }
