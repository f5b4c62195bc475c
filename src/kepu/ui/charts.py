"""Bars with intervals, lines over time and sparks: positions are worked out here, a macro prints
them as SVG.

Widths are per cent of the picture, so that text keeps its size on a telephone and in large type.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 5
TOP, BOTTOM, HEIGHT = 16, 216, 252
LEFT, RIGHT = 11.0, 78.0
LABEL_GAP = 24


@dataclass(frozen=True)
class Bar:
    """One amount with its interval; `told` marks the bar that the title speaks of."""

    label: str
    value: float
    words: str
    low: float | None = None
    high: float | None = None
    margin: str = ""
    told: bool = False
    href: str = ""


@dataclass(frozen=True)
class DrawnBar:
    """A bar in per cent of the plot's width."""

    bar: Bar
    start: float
    width: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Bars:
    """A bar chart. `title` says the finding; `uncertainty` says what the thin line means."""

    title: str
    source: str
    uncertainty: str
    bars: Sequence[Bar]
    label_head: str = ""
    value_head: str = ""
    goal: float | None = None
    goal_words: str = ""
    unit: str = ""

    def _limits(self) -> tuple[float, float]:
        ends = [0.0 if self.goal is None else self.goal]
        for bar in self.bars:
            ends += [bar.value, *(e for e in (bar.low, bar.high) if e is not None)]
        # Zero always stays in the picture: a cut axis makes small differences look large.
        ticks = round_ticks(min(0.0, *ends), max(0.0, *ends))
        return ticks[0], ticks[-1]

    def at(self, value: float) -> float:
        """Where a value lies, 0 to 100."""
        low, high = self._limits()
        return round((value - low) / (high - low) * 100, 2)

    @property
    def axis(self) -> list[tuple[str, float]]:
        """Round values with their unit, and where they lie, 0 to 100."""
        words = ((tick, f"{tick:,.10g}".replace("-", "−")) for tick in round_ticks(*self._limits()))
        return [(f"{said}{self.unit}", self.at(tick)) for tick, said in words]

    @property
    def drawn(self) -> list[DrawnBar]:
        """Every bar with its position."""
        zero = self.at(0)
        return [
            DrawnBar(
                bar=b,
                start=min(zero, self.at(b.value)),
                width=round(abs(self.at(b.value) - zero), 2),
                low=None if b.low is None else self.at(b.low),
                high=None if b.high is None else self.at(b.high),
            )
            for b in self.bars
        ]


@dataclass(frozen=True)
class Series:
    """One line: a value (or None for a gap) and an interval at each position of the axis.

    A gap breaks line and band, unless `joins`: where nobody measured, nothing is missing.
    """

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    joins: bool = False

    def parts(self, values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
        """Positions and values of each unbroken part."""
        found: list[list[tuple[int, float]]] = [[]]
        for at, value in enumerate(values):
            if value is not None:
                found[-1].append((at, value))
            elif not self.joins:
                found.append([])
        return [part for part in found if part]


@dataclass(frozen=True)
class DrawnSeries:
    """A line in a 100 x 100 square; where it ends, and the height of its name in pixels."""

    name: str
    runs: tuple[str, ...]
    bands: tuple[str, ...]
    end_x: float  # per cent of the picture
    end_y: float
    name_y: float


@dataclass(frozen=True)
class Lines:
    """A line chart of at most five series over labelled positions."""

    title: str
    source: str
    uncertainty: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    from_zero: bool = True

    def __post_init__(self) -> None:
        if len(self.series) > MOST_LINES:
            raise ValueError(
                f"a chart shows at most {MOST_LINES} lines; draw small multiples instead"
            )
        for one in self.series:
            if len(one.values) != len(self.labels):
                raise ValueError(
                    f"{one.name}: {len(one.values)} values for {len(self.labels)} labels"
                )

    @property
    def ticks(self) -> list[float]:
        """Round values of the axis, three to six of them, covering every value and interval."""
        known = [v for s in self.series for v in (*s.values, *s.low, *s.high) if v is not None] or [
            0.0
        ]
        low = min(0.0, *known) if self.from_zero else min(known)
        return round_ticks(low, max(known))

    def _height(self, value: float) -> float:
        ticks = self.ticks
        return round(100 - (value - ticks[0]) / (ticks[-1] - ticks[0]) * 100, 2)

    def _across(self, index: int) -> float:
        return round(index / max(1, len(self.labels) - 1) * 100, 2)

    @property
    def grid(self) -> list[tuple[float, float]]:
        """Value and pixel height of each line across."""
        return [(tick, pixel(self._height(tick))) for tick in self.ticks]

    @property
    def marks(self) -> list[tuple[str, float, bool]]:
        """Labels of the axis at their per cent, thinned to what a telephone can hold.

        Every second is marked as spare: large type on a telephone does without.
        """
        every = math.ceil(len(self.labels) / 6)
        last = len(self.labels) - 1
        return [
            (label, LEFT + self._across(i) * (RIGHT - LEFT) / 100, (last - i) // every % 2 == 1)
            for i, label in enumerate(self.labels)
            if (last - i) % every == 0
        ]

    def _path(self, part: Sequence[tuple[int, float]]) -> str:
        return " ".join(f"{self._across(at)},{self._height(value)}" for at, value in part)

    def _bands(self, one: Series) -> tuple[str, ...]:
        ends = zip(one.parts(one.low), one.parts(one.high), strict=True)
        return tuple(
            f"{self._path(over)} {self._path(under[::-1])}" for under, over in ends if len(over) > 1
        )

    @property
    def drawn(self) -> list[DrawnSeries]:
        """Every line, its band, and names pushed apart so that none covers another."""
        ends = [self._end(one) for one in self.series]
        names = apart([y for _x, y in ends], LABEL_GAP)
        return [
            DrawnSeries(
                s.name, tuple(map(self._path, s.parts(s.values))), self._bands(s), x, y, name
            )
            for s, (x, y), name in zip(self.series, ends, names, strict=True)
        ]

    def _end(self, one: Series) -> tuple[float, float]:
        """Where a line ends: across in per cent of the picture, down in pixels."""
        known = [(i, value) for i, value in enumerate(one.values) if value is not None]
        at, value = known[-1] if known else (len(one.values) - 1, 0.0)
        return round(LEFT + self._across(at) * (RIGHT - LEFT) / 100, 2), pixel(self._height(value))


@dataclass(frozen=True)
class Spark:
    """A line as high as a word; `words` says what it shows to those who cannot see it."""

    values: Sequence[float]
    words: str

    @property
    def points(self) -> str:
        """The line in a box of 96 x 28, with air for the stroke."""
        low, high = min(self.values), max(self.values)
        reach = (high - low) or 1.0
        step = 88 / max(1, len(self.values) - 1)
        return " ".join(
            f"{4 + i * step:.1f},{24 - (v - low) / reach * 20:.1f}"
            for i, v in enumerate(self.values)
        )

    @property
    def last(self) -> tuple[str, str]:
        """Where the line ends."""
        x, _, y = self.points.split(" ")[-1].partition(",")
        return x, y


def pixel(height: float) -> float:
    """Per cent of the plot's height as pixels of the picture."""
    return round(TOP + height * (BOTTOM - TOP) / 100, 1)


def apart(wanted: Sequence[float], gap: float) -> list[float]:
    """The wanted heights moved as little as order and gap allow, kept inside the picture."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: dict[int, float] = {}
    floor: float = TOP
    for i in order:
        placed[i] = max(wanted[i], floor)
        floor = placed[i] + gap
    ceiling: float = BOTTOM
    for i in reversed(order):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    return [round(placed[i], 1) for i in range(len(wanted))]


def round_ticks(low: float, high: float) -> list[float]:
    """Three to six round values from at most `low` to at least `high`."""
    if high <= low:
        high = low + 1
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]
