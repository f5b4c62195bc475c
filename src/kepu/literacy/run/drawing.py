"""Pictures of a run as SVG that stands by itself: districts in order, the funnel, and the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from scipy.special import ndtri

from kepu.kernel.divisions import outlines
from kepu.literacy.run.districts import District
from kepu.literacy.run.doubts import doubt
from kepu.literacy.run.vocabulary import Tongue
from kepu.ui.outlines import WIDTH as DRAWN
from kepu.ui.outlines import draw
from kepu_engines.survey.design import Reals

INK, SOFT, LINE, ACCENT = "#1D2428", "#5B666C", "#D5DBDE", "#0B6E6E"
SHADES = ("#E3EFEE", "#B7D8D5", "#7FB9B5", "#3F9490", "#0B6E6E")
SURE = (1.0, 0.6, 0.3)  # how strong a colour is: the surest third, the next, the least sure
WIDTH, NAMES, ROW = 720, 130, 17
LETTERS = 13  # pixels from one line of text to the next
ZH = Tongue("zh")
FONT = "Noto Sans CJK SC"


@dataclass(frozen=True)
class Scale:
    """From shares to pixels across."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self) -> list[float]:
        """Whole steps of percent, six or fewer."""
        steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
        step = next(s for s in steps if (self.high - self.low) / s <= 6 or s == steps[-1])
        return [n * step for n in range(round(self.low / step), int(self.high / step + 1e-9) + 1)]


def in_order(districts: Sequence[District], city: float, level: float, say: Tongue = ZH) -> str:
    """Districts from the highest figure down, each with its interval; the city's as a line."""
    most = max(one.high for one in districts)
    across = Scale(0, most * 1.04, NAMES, WIDTH - 90)
    height = ROW * len(districts) + 46
    parts = [_grid(across, 24, height - 22), _upright(across(city), 20, height - 22, ACCENT)]
    parts.append(
        text(across(city), 13, say(f"全市 {city:.1%}", f"City {city:.1%}"), ACCENT, "middle")
    )
    parts.append(
        text(
            WIDTH, 13, say(f"名次（{level:.0%} 区间）", f"Rank ({level:.0%} interval)"), SOFT, "end"
        )
    )
    for row, one in enumerate(districts):
        y = 34 + ROW * row
        parts.append(text(NAMES - 8, y + 4, say.place(one.area.name, brief=True), INK, "end"))
        parts.append(line(across(one.low), y, across(one.high), y, ACCENT, 2.4))
        parts.append(f'<circle cx="{across(one.model)}" cy="{y}" r="3.4" fill="{ACCENT}"/>')
        if one.direct is not None and one.direct.estimate is not None:
            x = across(min(one.direct.estimate, most * 1.04))
            parts.append(f'<circle cx="{x}" cy="{y}" r="2.6" fill="#fff" stroke="{SOFT}"/>')
        place = f"{one.place_low}–{one.place_high}"
        parts.append(text(WIDTH, y + 4, place, SOFT, "end"))
    return svg(height, parts)


def funnel(
    districts: Sequence[District], city: float, deff: float, level: float, say: Tongue = ZH
) -> str:
    """Direct shares by how many answered: inside the funnel a district differs by chance only."""
    shown = [
        (say.place(one.area.name, brief=True), one.direct.n, one.direct.estimate)
        for one in districts
        if one.direct and one.direct.estimate is not None
    ]
    if not shown:
        return ""
    many = max(n for _name, n, _share in shown)
    across = Scale(0, many * 1.08, 60, WIDTH - 20)
    tall = max(city, *(share for _name, _n, share in shown)) * 1.25
    up = Scale(0, tall, 330, 20)
    z = float(ndtri((1 + level) / 2))
    parts = []
    for tick in up.ticks():
        parts.append(line(60, up(tick), WIDTH - 20, up(tick), LINE, 1))
        parts.append(text(54, up(tick) + 4, f"{tick:.0%}", SOFT, "end"))
    for sign in (1, -1):
        points = " ".join(
            f"{across(n)},{up(min(max(city + sign * z * _error(city, n, deff), 0), tall))}"
            for n in np.linspace(many * 0.06, many * 1.08, 60)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{SOFT}" stroke-dasharray="4 3"/>'
        )
    parts.append(line(60, up(city), WIDTH - 20, up(city), ACCENT, 1.6))
    for tick in round_numbers(many * 1.08):
        parts.append(line(across(tick), up(0), across(tick), up(0) + 5, SOFT, 1))
        parts.append(text(across(tick), up(0) + 18, f"{tick:,}", SOFT, "middle"))
    names: list[tuple[float, float, str, str]] = []
    for name, n, share in shown:
        x, y = across(n), up(share)
        out = abs(share - city) > z * _error(city, n, deff)
        parts.append(f'<circle cx="{x}" cy="{y}" r="3.6" fill="{ACCENT if out else SOFT}"/>')
        if out:
            side, anchor = (-6, "end") if x > WIDTH - 120 else (6, "start")
            names.append((x + side, y + 4, name, anchor))
    parts += [text(x, y, name, INK, anchor) for x, y, name, anchor in apart(names)]
    parts.append(text(WIDTH - 20, 366, say("答卷人数", "People who answered"), SOFT, "end"))
    return svg(376, parts)


def round_numbers(most: float) -> list[int]:
    """Round numbers from 0 up to `most`, seven or fewer."""
    steps = (n * 10**power for power in range(9) for n in (1, 2, 5))
    step = next(one for one in steps if most / one <= 6)
    return list(range(0, int(most) + 1, step))


def apart(names: Sequence[tuple[float, float, str, str]]) -> list[tuple[float, float, str, str]]:
    """Names with their places and anchors, each moved down until it lies over none before it."""
    placed: list[tuple[float, float, str, str]] = []
    for x, y, name, anchor in sorted(names, key=lambda one: one[1]):
        left = x - _wide(name) if anchor == "end" else x
        for _x, other, said, its in placed:
            begins = _x - _wide(said) if its == "end" else _x
            over = left < begins + _wide(said) and begins < left + _wide(name)
            if over and abs(y - other) < LETTERS:
                y = other + LETTERS
        placed.append((x, y, name, anchor))
    return placed


def _wide(name: str) -> float:
    """Roughly, in pixels: a Chinese letter is as wide as it is high."""
    return sum(LETTERS if ord(one) > 0x2E80 else LETTERS * 0.6 for one in name)


def on_the_map(districts: Sequence[District], say: Tongue = ZH) -> str:
    """Districts in the colour of their figure, the paler the less sure; nothing without outlines."""
    shapes = outlines.of_province(districts[0].area.code[:2])
    shown = [one for one in districts if one.area.code in shapes]
    if not shown:
        return ""
    drawing = draw(tuple(shapes[one.area.code] for one in shown))
    cuts = np.unique(np.quantile([one.model for one in shown], np.arange(1, 5) / 5))
    doubts = np.quantile([doubt(one.low, one.high) for one in shown], (1 / 3, 2 / 3))
    parts = []
    for one, (path, _room) in zip(shown, drawing.paths, strict=True):
        shade = SHADES[int(np.searchsorted(cuts, one.model, side="right"))]
        sure = SURE[int(np.searchsorted(doubts, doubt(one.low, one.high)))]
        title = f"{say.place(one.area.name)} {one.model:.1%}（{one.low:.1%}–{one.high:.1%}）"
        parts.append(
            f'<path d="{path}" fill="{shade}" fill-opacity="{sure}" stroke="{SOFT}"'
            f' stroke-width="0.8"><title>{escape(title)}</title></path>'
        )
    scale = WIDTH / DRAWN
    body = f'<g transform="scale({scale:.4f})">{"".join(parts)}</g>'
    height = round(drawing.height * scale)
    return svg(height + 34, [body, *_legend(height + 16, cuts, shown, say)])


def _legend(y: float, cuts: Reals, shown: Sequence[District], say: Tongue) -> list[str]:
    limits = [min(one.model for one in shown), *cuts, max(one.model for one in shown)]
    parts = []
    for step, shade in enumerate(SHADES[: len(limits) - 1]):
        x = 8 + step * 104
        parts.append(f'<rect x="{x}" y="{y - 9}" width="16" height="11" fill="{shade}"/>')
        words = f"{limits[step]:.1%}–{limits[step + 1]:.1%}"
        parts.append(text(x + 20, y, words, INK, "start"))
    parts.append(
        text(WIDTH - 4, y, say("颜色越淡，误差越大", "The paler, the less sure"), SOFT, "end")
    )
    return parts


def _error(share: float, people: float, deff: float) -> float:
    return float(np.sqrt(share * (1 - share) * deff / people))


def _grid(across: Scale, top: float, bottom: float) -> str:
    lines = []
    for tick in across.ticks():
        lines.append(_upright(across(tick), top, bottom, LINE))
        lines.append(text(across(tick), bottom + 15, f"{tick:.0%}", SOFT, "middle"))
    return "".join(lines)


def _upright(x: float, top: float, bottom: float, colour: str) -> str:
    return line(x, top, x, bottom, colour, 1)


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> str:
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"/>'
    )


def text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'


def svg(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="{FONT}" font-size="11">{"".join(parts)}</svg>'
    )
