#!/usr/bin/python3
"""Draws the recorded output of a terminal, berth.output, as an SVG with the times in berth.timing.

    render.py [--at SECONDS]      prints the picture; with --at, a still of that moment

pyte emulates the terminal. Each piece of text is drawn once, appears when it was written, and moves
as the screen scrolls. LONGEST and SPEED shorten the time. Programs without animation, or with
reduced motion, show the last screen.
"""
import pathlib
import sys
from xml.sax.saxutils import escape

import pyte

COLUMNS, ROWS, TALL = 80, 24, 400
CELL, LINE, MARGIN = 8.4, 18, 14
HOLD = 6  # seconds for the last screen
LONGEST = 1.5  # seconds: the longest pause that is shown
SPEED = 2  # an emulated machine is slow
COLORS = {
    "default": "#d4d9e0", "black": "#6b7280", "red": "#ff7b72", "green": "#7ee787",
    "brown": "#e3b341", "blue": "#79c0ff", "magenta": "#d2a8ff", "cyan": "#76e3ea",
    "white": "#ffffff",
}
HERE = pathlib.Path(__file__).parent


def events():
    """Returns pairs of a time and the bytes written at that time. Those less than 0.04 s apart are
    joined."""
    output = (HERE / "berth.output").read_bytes()
    # script(1) wrote the first line, which was never on the terminal.
    if output.startswith(b"Script started"):
        output = output[output.index(b"\n") + 1:]
    moment, place, joined = 0.0, 0, []
    for line in (HERE / "berth.timing").read_text().splitlines():
        delay, count = line.split()
        moment += min(float(delay), LONGEST) / SPEED
        piece = output[place:place + int(count)]
        place += int(count)
        if joined and moment - joined[-1][0] < 0.04:
            joined[-1][1].extend(piece)
        else:
            joined.append((moment, bytearray(piece)))
    return joined


def pieces(row):
    """Returns the runs of cells with the same style in a row: (column, text, style)."""
    found = []
    for column in range(COLUMNS):
        cell = row[column]
        style = (cell.fg, cell.bold)
        if found and found[-1][2] == style and found[-1][0] + len(found[-1][1]) == column:
            found[-1][1] += cell.data
        elif cell.data != " ":
            found.append([column, cell.data, style])
    return [(column, text.rstrip(), style) for column, text, style in found if text.strip()]


def play():
    """Returns the texts as [row, column, text, style, from, until], pairs (time, top row) for
    scrolling, and the time of the end."""
    screen = pyte.Screen(COLUMNS, TALL)
    stream = pyte.ByteStream(screen)
    shown, drawn, tops = {}, [], [(0.0, 0)]
    moment = 0.0
    for moment, data in events():
        screen.dirty.clear()
        stream.feed(bytes(data))
        for number in sorted(screen.dirty):
            now = pieces(screen.buffer[number])
            before = shown.setdefault(number, [])
            for item in list(before):
                if tuple(item[1:4]) not in now:
                    # Text appended to it is drawn separately; other text replaces it.
                    _, column, text, style = item[:4]
                    longer = [p for p in now
                              if (p[0], p[2]) == (column, style) and p[1].startswith(text)]
                    if longer:
                        rest = longer[0][1][len(text):]
                        gap = len(rest) - len(rest.lstrip())
                        appended = (column + len(text) + gap, rest.strip(), style)
                        now[now.index(longer[0])] = appended
                    else:
                        item[5] = moment
                        before.remove(item)
                else:
                    now.remove(tuple(item[1:4]))
            for column, text, style in now:
                item = [number, column, text, style, moment, None]
                before.append(item)
                drawn.append(item)
        top = max(tops[-1][1], screen.cursor.y - ROWS + 1)
        if top != tops[-1][1]:
            tops.append((moment, top))
    return drawn, tops, moment + HOLD


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def picture(at=None):
    drawn, tops, end = play()
    width, height = COLUMNS * CELL + 2 * MARGIN, ROWS * LINE + 2 * MARGIN
    if at is not None:
        drawn = [d[:4] + [0.0, None] for d in drawn if d[4] <= at and (d[5] is None or d[5] > at)]
        tops = [(0.0, [top for moment, top in tops if moment <= at][-1])]
    percent = lambda moment: number(100 * moment / end) + "%"
    moments = sorted({m for d in drawn for m in (d[4], d[5]) if m})
    names = {moment: f"t{place:x}" for place, moment in enumerate(moments)}
    styles = sorted({d[3] for d in drawn})
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}"'
        ' role="img">',
        "<!-- Drawn by Tests/recording/render.py (make recording) from the capture of a real run,"
        " which",
        "     is in the same directory. Nothing here is written by hand. -->",
        "<title>A terminal: Berth brings up a network, and gives a user's containers NICs"
        " and limits</title>",
        "<style>",
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"
        "'DejaVu Sans Mono','Liberation Mono',monospace;"
        "white-space:pre}",
    ]
    for place, (color, bold) in enumerate(styles):
        fill = COLORS.get(color) or (COLORS.get(color.removeprefix("bright")) or "#" + color)
        out.append(f".s{place}{{fill:{fill}{';font-weight:bold' if bold else ''}}}")
    # Without animation, text that was removed before the end is hidden.
    out.append(".gone{visibility:hidden}")
    if at is None:
        out.append(f"text,g{{animation:{number(end)}s step-end infinite}}")
        for moment in moments:
            out.append(
                f"@keyframes {names[moment]}{{0%{{visibility:hidden}}"
                f"{percent(moment)}{{visibility:visible}}}}"
                f".{names[moment]}{{animation-name:{names[moment]}}}")
        steps = "".join(
            f"{percent(moment)}{{transform:translateY({-top * LINE}px)}}" for moment, top in tops)
        out.append(f"@keyframes scroll{{{steps}}}.scroll{{animation-name:scroll}}")
        for d in drawn:
            if d[5] is not None:
                a, b = d[4], d[5]
                name = f"{names[a]}-{names[b]}"
                out.append(
                    f"@keyframes {name}{{0%{{visibility:hidden}}{percent(a)}{{visibility:visible}}"
                    f"{percent(b)}{{visibility:hidden}}}}.{name}{{animation-name:{name}}}")
        out.append("@media(prefers-reduced-motion:reduce){*{animation:none!important}}")
    out += [
        "</style>",
        f'<rect x=".5" y=".5" width="{number(width - 1)}" height="{number(height - 1)}"'
        ' rx="8" fill="#11161d" stroke="#4b5563"/>',
        f'<clipPath id="c"><rect x="0" y="{MARGIN + 2}" width="{number(width)}"'
        f' height="{ROWS * LINE}"/></clipPath>',
        f'<g clip-path="url(#c)"><g class="scroll" transform="translate(0,{-tops[-1][1] * LINE})">',
    ]
    for row, column, text, style, begins, ends in drawn:
        name = names.get(begins, "")
        if ends is not None:
            name = f"{names[begins]}-{names[ends]} gone"
        x, y = MARGIN + column * CELL, MARGIN + row * LINE + 14
        classes = f"s{styles.index(style)} {name}".rstrip()
        out.append(
            f'<text x="{number(x)}" y="{y}" class="{classes}"'
            f' textLength="{number(len(text) * CELL)}">{escape(text)}</text>')
    out.append("</g></g></svg>")
    return "\n".join(out)


if __name__ == "__main__":
    print(picture(float(sys.argv[2]) if sys.argv[1:2] == ["--at"] else None))
