# SPDX-License-Identifier: Apache-2.0
"""The hello table as a picture: bars of how long each way takes, in parts of the bare tool's time."""

COLOURS = {"bare": "#8a8f98", "cold": "#c98b3c", "layers": "#7fb2e5", "full": "#3c7fc9",
           "cached": "#3ca66b"}
NAMES = {"bare": "bare tool", "cold": "nothing ahead", "layers": "layers", "full": "layers and preboots",
         "cached": "same source again"}
LEFT, WIDTH, BAR, GAP, TOP = 170, 520, 13, 16, 60


def text(x, y, words, anchor="start", size=12):
    return (f'<text x="{x:.0f}" y="{y:.0f}" font-family="sans-serif" font-size="{size}" '
            f'text-anchor="{anchor}">{words}</text>')


def bars(document):
    rows = document["hello"]
    most = max([1.0] + [row["ways"][way]["times_bare"] for row in rows for way in COLOURS
                        if row["ways"][way]["times_bare"] < 4])
    parts, y = [], TOP
    for row in rows:
        parts.append(text(LEFT - 10, y + 2.5 * BAR + 4, row["program"], "end"))
        for way, colour in COLOURS.items():
            ratio = row["ways"][way]["times_bare"]
            width = min(ratio, most) / most * WIDTH
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR - 2}" '
                         f'fill="{colour}"/>')
            parts.append(text(LEFT + width + 5, y + BAR - 3,
                              f'{row["ways"][way]["p50_ms"]:.1f} ms ({ratio:.2f})', size=10))
            y += BAR
        y += GAP
    legend = []
    for index, (way, colour) in enumerate(COLOURS.items()):
        x = LEFT + index * 130
        legend.append(f'<rect x="{x}" y="34" width="10" height="10" fill="{colour}"/>')
        legend.append(text(x + 15, 43, NAMES[way]))
    host = document["machine"]
    title = (f'Hello from request to answer, times the bare tool: {host["cpus"]} CPUs, '
             f'{host["time"]}, {host["commit"]}')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 130}" height="{y}">'
            f'<rect width="100%" height="100%" fill="white"/>{text(10, 20, title, size=13)}'
            f'{"".join(legend)}{"".join(parts)}</svg>\n')
