"""Events of a Chrome trace, as JSON ("Trace Event Format"). Its "processes" are groups of tracks: CPUs, and envs."""

import json

CPUS, ENVS = 1, 2


class Chrome:
    """Time stamps are counts, of which the first one is `start`; a count takes `scale` nanoseconds."""

    def __init__(self, start, scale):
        self.events = []
        self.flows = 0
        self.start, self.scale = start, scale

    def ns(self, tsc):
        return round((tsc - self.start) * self.scale)

    def put(self, phase, group, track, tsc, name, category, **more):
        self.events.append({"ph": phase, "pid": group, "tid": track, "ts": self.ns(tsc) / 1000,
                            "name": name, "cat": category, **more})

    def slice(self, group, track, begin, end, name, category, **args):
        self.put("X", group, track, begin, name, category,
                 dur=(self.ns(end) - self.ns(begin)) / 1000, args=args)

    def flow(self, points, name, category):
        self.flows += 1
        for i, (group, track, tsc) in enumerate(points):
            phase = "s" if i == 0 else "f" if i == len(points) - 1 else "t"
            more = {"bp": "e"} if phase == "f" else {}
            self.put(phase, group, track, tsc, name, category, id=self.flows, **more)

    def label(self, group, text, track=None):
        """Names a group, or one of its tracks."""
        self.events.append({"ph": "M", "pid": group, "tid": track or 0,
                            "name": "process_name" if track is None else "thread_name", "args": {"name": text}})

    def text(self, other):
        """Outer slices before inner ones that begin with them: Chrome nests in that order."""
        order = {"M": 0}
        self.events.sort(key=lambda e: (order.get(e["ph"], 1), e.get("ts", 0), -e.get("dur", 0)))
        return json.dumps({"traceEvents": self.events, "displayTimeUnit": "ns", "otherData": other}, separators=(",", ":"))
