"""The series of years as SVG: points with intervals, the target, and gaps where the series breaks."""

from __future__ import annotations

from itertools import pairwise

from kepu.literacy.run.drawing import (
    ACCENT,
    INK,
    LINE,
    SOFT,
    WIDTH,
    ZH,
    Scale,
    line,
    svg,
    text,
)
from kepu.literacy.run.plan import Target
from kepu.literacy.run.trend import Past
from kepu.literacy.run.vocabulary import Tongue
from kepu_engines.survey.trend import Year, change

HEIGHT, TOP, FLOOR, LEFT, RIGHT = 240, 24, 204, 56, 40
AIM = "#9A3412"


def years(past: Past, target: Target | None, level: float, say: Tongue = ZH) -> str:
    """Every year at its place in time, joined to the next unless the series is broken there."""
    points = [*(year.linked() for year, _change in past.changes), past.linked]
    times = [one.year for one in points] + ([target.year] if target else [])
    across = Scale(min(times), max(times), LEFT + 20, WIDTH - RIGHT)
    tops = [(one.interval(level) or (0.0, one.share))[1] for one in points]
    up = Scale(0, max([*tops, target.share if target else 0]) * 1.15, FLOOR, TOP)
    parts = []
    for tick in up.ticks():
        parts.append(line(LEFT, up(tick), WIDTH - RIGHT, up(tick), LINE, 1))
        parts.append(text(LEFT - 6, up(tick) + 4, f"{tick:.0%}", SOFT, "end"))
    if target:
        parts += _aim(target, across, up, say)
    parts += [_joined(a, b, across, up, say) for a, b in pairwise(points)]
    for one in points:
        parts += _point(one, across(one.year), up, level)
    return svg(HEIGHT, parts)


def _aim(target: Target, across: Scale, up: Scale, say: Tongue) -> list[str]:
    y, x = up(target.share), across(target.year)
    share = f"{target.share:.0%}"
    words = say(f"目标 {target.year} 年 {share}", f"Target {target.year}: {share}")
    return [
        f'<line class="target" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="{AIM}" '
        'stroke-width="1.4" stroke-dasharray="5 4"/>',
        f'<circle cx="{x}" cy="{y}" r="3" fill="{AIM}"/>',
        text(WIDTH - RIGHT, y - 6, words, AIM, "end"),
        text(x, FLOOR + 16, str(target.year), SOFT, "middle"),
    ]


def _joined(one: Year, other: Year, across: Scale, up: Scale, say: Tongue) -> str:
    """A line between two years, or the sign of a break."""
    if not change(other, one).breaks:
        ends = (across(one.year), up(one.share), across(other.year), up(other.share))
        return line(*ends, ACCENT, 1.6)
    middle = (across(one.year) + across(other.year)) / 2
    return f'<g class="break">{line(middle, TOP, middle, FLOOR, SOFT, 1)}</g>' + text(
        middle, TOP - 8, say("序列中断", "break"), SOFT, "middle"
    )


def _point(one: Year, x: float, up: Scale, level: float) -> list[str]:
    y, limits = up(one.share), one.interval(level)
    parts = [text(x, FLOOR + 16, str(one.year), SOFT, "middle")]
    if limits:
        parts.append(line(x, up(limits[0]), x, up(limits[1]), ACCENT, 2))
    fill = ACCENT if limits else "#fff"
    parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{fill}" stroke="{ACCENT}"/>')
    parts.append(text(x + 8, y - 6, f"{one.share:.1%}", INK, "start"))
    return parts
