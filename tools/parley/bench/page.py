"""build/bench.html: one page by itself, tables and charts, no script and nothing to fetch."""

import html

from parley.bench import scaling, table

COLOURS = ("#2563ab", "#c2571a", "#3a8a3a", "#8a4fae", "#b0304f", "#6b6b6b")
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem;
       color: #1c1c1c; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .55rem; border-bottom: 1px solid #ddd; text-align: right }
th:first-child, td:first-child, td.words, th.words { text-align: left }
.scroll { overflow-x: auto } .charts { display: flex; flex-wrap: wrap; gap: 1.5rem }
figure { margin: 0 } figcaption { font-weight: 600; font-size: 14px } svg text { font: 11px system-ui }
.met { color: #1d7a2e } .missed { color: #b3261e }
"""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 500, 310, 62, 14, 18, 54


def nice_limit(value):
    """The next round number."""
    power = 1
    while power * 10 <= value:
        power *= 10
    return next(step * power for step in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10) if step * power >= value)


def short(value):
    return f"{value:,.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}"


class Chart:
    """An SVG drawing with a linear axis upwards."""

    def __init__(self, title, limit, unit="instructions"):
        self.title, self.limit, self.unit = title, nice_limit(limit), unit
        self.parts = []
        for i in range(5):
            value = self.limit * i / 4
            y = self.y(value)
            self.parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" '
                              'stroke="#e2e2e2"/>')
            self.text(LEFT - 6, y + 4, short(value), "end")

    def y(self, value):
        return round(HEIGHT - BOTTOM - value / self.limit * (HEIGHT - TOP - BOTTOM), 1)

    def text(self, x, y, text, anchor="middle", extra=""):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>'
                          f"{html.escape(text)}</text>")

    def legend(self, names):
        x = LEFT
        for colour, name in zip(COLOURS, names):
            self.parts.append(f'<rect x="{x}" y="{HEIGHT - 14}" width="10" height="10" '
                              f'fill="{colour}"/>')
            self.text(x + 14, HEIGHT - 5, name, "start")
            x += 26 + 6.2 * len(name)

    def render(self):
        body = "".join(self.parts)
        return (f"<figure><figcaption>{html.escape(self.title)}, {self.unit}</figcaption>"
                f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
                f'role="img" aria-label="{html.escape(self.title)}">{body}</svg></figure>')


def bars(title, groups, names, marks=None, unit="instructions"):
    """groups: {label: [value or None per name]}; marks: {label: (value, text)}, lines over a group."""
    marks = marks or {}
    known = [value for values in groups.values() for value in values if value]
    known += [value for value, _ in marks.values()]
    if not known:
        return ""
    chart = Chart(title, max(known), unit)
    room = (WIDTH - LEFT - RIGHT) / len(groups)
    width = room * 0.8 / len(names)
    for i, (label, values) in enumerate(groups.items()):
        x = LEFT + room * (i + 0.1)
        for k, line in enumerate(label.split("_")):
            chart.text(x + room * 0.4, HEIGHT - BOTTOM + 14 + 12 * k, line)
        for j, value in enumerate(values):
            if value:
                y = chart.y(value)
                chart.parts.append(
                    f'<rect x="{x + j * width:.1f}" y="{y}" width="{width - 2:.1f}" '
                    f'height="{HEIGHT - BOTTOM - y:.1f}" fill="{COLOURS[j]}">'
                    f"<title>{html.escape(names[j])}: {short(value)}</title></rect>")
                chart.text(x + (j + 0.5) * width - 1, y - 3, short(value))
        if label in marks:
            value, text = marks[label]
            y = chart.y(value)
            chart.parts.append(f'<line x1="{x:.1f}" x2="{x + room * 0.8:.1f}" y1="{y}" y2="{y}" '
                               'stroke="#b0304f" stroke-width="2" stroke-dasharray="5 3"/>')
            chart.text(x + room * 0.4, y - 4, text, extra=' fill="#b0304f"')
    chart.legend(names)
    return chart.render()


def lines(title, series, axis, unit="instructions"):
    """series: {name: {x: value}}; the x's stand at equal distances."""
    series = {name: values for name, values in series.items() if values}
    if not series:
        return ""
    places = sorted({x for values in series.values() for x in values})
    chart = Chart(title, max(value for values in series.values() for value in values.values()), unit)
    step = (WIDTH - LEFT - RIGHT) / len(places)
    at = {x: LEFT + step * (i + 0.5) for i, x in enumerate(places)}
    for x in places:
        chart.text(at[x], HEIGHT - BOTTOM + 15, f"{x:,} {axis}" if x == places[-1] else f"{x:,}")
    for colour, (name, values) in zip(COLOURS, series.items()):
        points = " ".join(f"{at[x]:.1f},{chart.y(value)}" for x, value in sorted(values.items()))
        chart.parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                           'stroke-width="2"/>')
        for x, value in values.items():
            chart.parts.append(f'<circle cx="{at[x]:.1f}" cy="{chart.y(value)}" r="3.5" '
                               f'fill="{colour}"><title>{html.escape(name)}, {x:,} {axis}: '
                               f"{value:,.1f}</title></circle>")
    chart.legend(list(series))
    return chart.render()


def sized(details, name, key="by_size"):
    """{size: value} of a series; JSON has made the sizes text."""
    return {int(size): value for size, value in details.get(key, {}).get(name, {}).items()}


PATHS = ("self", "pager", "ipc", "kernel")


def charts(results, details):
    found = results["icount"]
    rows = {row.key: row for row in table.ROWS}
    drawn = [
        bars("A page fault by path",
             {what: [found.get(f"{key}_{path}") for path in PATHS]
              for key, what in (("B6", "copy on write"), ("B7", "zero page"))}, PATHS,
             {"copy on write": (rows["B6_kernel"].linux, "Linux, in its kernel"),
              "zero page": (rows["B7_kernel"].linux, "Linux, in its kernel")}),
        lines("fork, exit, wait against dirty pages",
              {path: {**sized(details, f"B4 {path}"), **sized(details, f"B5 {path}")}
               for path in PATHS}, "pages"),
        lines("Copy on write against pages, per page",
              {path: sized(details, f"B6 {path}") for path in PATHS}, "pages"),
        lines("Zero page against pages, per page",
              {path: sized(details, f"B7 {path}") for path in PATHS}, "pages"),
        lines("IPC round trip against words", {"Parley": sized(details, "B2 pager")}, "words"),
        lines("Pages by IPC against pages in the message, per message",
              {"mapped": sized(details, "B9_map pager"),
               "granted": sized(details, "B9_grant pager")}, "pages"),
    ]
    linux = details.get("linux", {}).get("icount", {})
    if linux:
        drawn.append(bars("What Linux needs, in the same emulator",
                          {key: [linux[key] / found[key]] for key in linux if found.get(key)},
                          ("times what Parley needs",), unit="times"))
    return "".join(drawn)


def cells(lines_of_cells, good=None):
    """An HTML table. good(row of cells): True, False or None, for its colour."""
    words = table.left(lines_of_cells)

    def row(cells_of_row, tag):
        shown = "".join(f'<{tag}{" class=words" if i in words else ""}>{html.escape(cell)}</{tag}>'
                        for i, cell in enumerate(cells_of_row))
        mark = good(cells_of_row) if good and tag == "td" else None
        return f'<tr{"" if mark is None else " class=met" if mark else " class=missed"}>{shown}</tr>'

    head, *body = lines_of_cells
    return ('<div class="scroll"><table>' + row(head, "th") + "".join(row(line, "td")
            for line in body) + "</table></div>")


def met(line):
    return None if line[4] == "-" else float(line[4]) <= 1


def write(path, results, details):
    """Writes the page."""
    values = table.values(results, details)
    linux = details.get("linux", {}).get("icount")
    parts = [
        "<h1>Parley: what it costs</h1>",
        f"<p>Commit {html.escape(details['commit'])}. Instructions executed by the guest "
        f"(QEMU {details['qemu']}, -icount; the counter counted {results['calibration']} per "
        "instruction). Green rows hold their target.</p>",
        cells(table.table(values, linux), met),
        "<h2>Other shapes</h2>", f"<p>{html.escape(table.SHAPES_ARE.replace('`', ''))}</p>",
        cells(table.shapes(results)),
        '<h2>Charts</h2><div class="charts">', charts(results, details), "</div>",
        "<h2>Per operation: events, and time free running</h2>",
        "<p>TLB flushes are loads of the page directory; invlpg is one page. Copied and cleared are "
        "whole pages.</p>",
        cells(table.events(results)),
        "<h2>Where the instructions go</h2>",
        f"<p>{html.escape(table.traced_otherwise(results, details))}</p>", cells(table.stages(details)),
    ]
    if "linux" in details:
        parts += ["<h2>Free running, beside Linux: microseconds</h2>",
                  cells(table.free_running(results, details["linux"]))]
    if "side_by_side" in details:
        parts += ["<h2>Side by side</h2>", f"<p>{scaling.explained(details['side_by_side'])}</p>",
                  cells(scaling.lines(details["side_by_side"]))]
    path.write_text("<!doctype html><html lang=en><meta charset=utf-8><title>Parley bench</title>"
                    f"<style>{STYLE}</style>" + "".join(parts) + "</html>\n", encoding="utf-8")
