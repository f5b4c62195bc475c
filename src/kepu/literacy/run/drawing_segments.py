"""Segments as SVG: the size of each, and of each answer the share that gave it, darker the more."""

from __future__ import annotations

from kepu.literacy.run.drawing import (
    ACCENT,
    INK,
    LINE,
    SHADES,
    SOFT,
    WIDTH,
    ZH,
    Scale,
    line,
    svg,
    text,
)
from kepu.literacy.run.segments import SIZE, Segments
from kepu.literacy.run.vocabulary import Tongue

NAMES, TOP, ROW, BAR, GAP = 210, 26, 20, 64, 4
PALE = "#FFFFFF"


def grid(found: Segments, level: str, say: Tongue = ZH) -> str:
    """A column for each segment, as wide as every other; a row for each answer."""
    many = len(found.taken)
    wide = (WIDTH - NAMES) / many
    sizes = [found.of(number + 1, SIZE)[0] for number in range(many)]
    tall = Scale(0, max(one.high or one.estimate or 0 for one in sizes) * 1.1, TOP + BAR, TOP)
    cells = [one for one in found.everybody if one[1] != "no"]  # said by its yes
    cells.append((level, "or above"))
    floor = TOP + BAR
    parts = [text(0, floor - 4, say("占公众的比例", "Share of the public"), SOFT, "start")]
    for number, size in enumerate(sizes):
        middle = NAMES + wide * (number + 0.5)
        parts.append(
            text(middle, 13, say(f"第 {number + 1} 类", f"Segment {number + 1}"), INK, "middle")
        )
        height = tall(size.estimate or 0)
        parts.append(
            f'<rect x="{middle - 18:.1f}" y="{height}" width="36" '
            f'height="{floor - height:.1f}" fill="{ACCENT}"/>'
        )
        if size.low is not None and size.high is not None:
            parts.append(
                line(round(middle, 1), tall(size.low), round(middle, 1), tall(size.high), INK, 1.5)
            )
        parts.append(text(middle + 24, height + 4, f"{size.estimate:.0%}", INK, "start"))
    for place, (table, cell) in enumerate(cells):
        y = floor + GAP * 3 + place * ROW
        parts.append(text(0, y + 14, _name(table, cell, say), INK, "start"))
        for number in range(many):
            told = next(one for one in found.of(number + 1, table) if one.cell == cell)
            parts += _cell(NAMES + wide * number, y, wide, told.estimate)
    height = floor + GAP * 3 + len(cells) * ROW + 4
    return svg(height, parts)


def _name(table: str, cell: str, say: Tongue) -> str:
    name = say.word(table)
    if cell == "or above":
        return name + say("及以上", " or above")
    return name if cell == "yes" else f"{name}{say('：', ': ')}{say.word(cell)}"


def _cell(x: float, y: float, wide: float, share: float | None) -> list[str]:
    if share is None:
        return [text(x + wide / 2, y + 14, "—", SOFT, "middle")]
    shade = SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
    ink = PALE if share >= 0.6 else INK
    return [
        f'<rect x="{x + 2:.1f}" y="{y}" width="{wide - 4:.1f}" height="{ROW - 2}" '
        f'fill="{shade}" stroke="{LINE}"/>',
        text(round(x + wide / 2, 1), y + 14, f"{share:.0%}", ink, "middle"),
    ]
