"""A made-up city to draw, and made-up figures to chart."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kepu.ui.charts import Bar, Bars, Lines, Series
from kepu.ui.formats import share
from kepu.ui.maps import Area, Dot, Map, Ring, choropleth

NAMES = (
    "示例区", "样板区", "模拟县", "假设区", "虚构县", "试验区", "范例县", "参考区",
    "演示区", "设想县", "练习区", "草图县", "推演区", "例题县", "沙盘区", "图解县",
)  # fmt: skip
ACROSS, DOWN = 4, 4
WEST, SOUTH, DEGREES = 106.0, 29.2, 0.42


def _edge(a: NDArray[np.float64], b: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """A wandering border between two corners; both neighbours draw the same one."""
    rng = np.random.default_rng(seed)
    line = np.array([a, b])
    for _round in range(5):
        middle = (line[:-1] + line[1:]) / 2
        reach = np.diff(line, axis=0)
        middle += np.column_stack([-reach[:, 1], reach[:, 0]]) * rng.normal(
            0, 0.16, (len(middle), 1)
        )
        merged = np.empty((len(line) + len(middle), 2))
        merged[::2], merged[1::2] = line, middle
        line = merged
    return line


@cache
def districts() -> tuple[tuple[str, tuple[Ring, ...]], ...]:
    """Sixteen districts on a shaken grid."""
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(np.arange(ACROSS + 1.0), np.arange(DOWN + 1.0))
    corners = np.dstack([x, y]) + rng.uniform(-0.3, 0.3, (DOWN + 1, ACROSS + 1, 2))
    corners = corners * [DEGREES, DEGREES * 0.82] + [WEST, SOUTH]
    found = []
    for row in range(DOWN):
        for column in range(ACROSS):
            key = row * 100 + column
            south = _edge(corners[row, column], corners[row, column + 1], key * 2)
            east = _edge(corners[row, column + 1], corners[row + 1, column + 1], (key + 1) * 2 + 1)
            north = _edge(corners[row + 1, column], corners[row + 1, column + 1], (key + 100) * 2)
            west = _edge(corners[row, column], corners[row + 1, column], key * 2 + 1)
            outline = np.vstack([south, east[1:], north[::-1][1:], west[::-1][1:]])
            ring = tuple((float(lon), float(lat)) for lon, lat in outline)
            found.append((NAMES[row * ACROSS + column], (ring,)))
    return tuple(found)


def literacy_map() -> Map:
    """Shares of science-literate residents, the paler the less sure; one unmeasured, two uncertain."""
    rng = np.random.default_rng(11)
    values = rng.uniform(0.072, 0.168, len(NAMES))
    doubts = rng.uniform(0.01, 0.05, len(NAMES))
    areas = [
        Area(
            key=name,
            name=name,
            rings=rings,
            value=None if name == "图解县" else float(value) * 100,
            href="#" + name,
            uncertain=name in ("草图县", "例题县"),
            words="" if name == "图解县" else share(float(value), float(doubt)),
            doubt=None if name == "图解县" else float(doubt),
        )
        for (name, rings), value, doubt in zip(districts(), values, doubts, strict=True)
    ]
    dots = (
        Dot("示例科技馆", WEST + 0.7, SOUTH + 0.55, "#"),
        Dot("样板科普站", WEST + 1.1, SOUTH + 0.95, "#", "warning"),
    )
    return choropleth(areas, selected="试验区", dots=dots)


def literacy_bars() -> Bars:
    figures = (
        ("城镇居民", 0.134, 0.008, False),
        ("农村居民", 0.071, 0.009, True),
        ("产业工人", 0.118, 0.012, False),
        ("老年人（60–69 岁）", 0.048, 0.010, False),
        ("全体居民", 0.102, 0.005, False),
    )
    bars = tuple(
        Bar(
            label, 100 * value, share(value), 100 * (value - margin), 100 * (value + margin),
            f"± {margin * 100:.1f}", told,
        )
        for label, value, margin, told in figures
    )  # fmt: skip
    return Bars(
        title="农村居民具备科学素质的比例约为城镇居民的一半",
        source="示例市公民科学素质抽样调查（虚构数据），n = 3,020",
        uncertainty="细线为 95 % 置信区间",
        bars=bars,
        label_head="人群",
        value_head="具备科学素质的比例",
        goal=12.0,
        goal_words="2025 年目标 12 %",
        unit="%",
    )


def literacy_lines() -> Lines:
    return Lines(
        title="五年来城乡差距没有缩小",
        source="历次抽样调查（虚构数据）",
        uncertainty="浅色带为 95 % 置信区间",
        labels=("2020", "2021", "2022", "2023", "2024", "2025"),
        series=(
            Series("城镇", (9.8, 10.9, 11.6, 12.4, 13.0, 13.4),
                   (9.0, 10.1, 10.8, 11.6, 12.2, 12.6), (10.6, 11.7, 12.4, 13.2, 13.8, 14.2)),
            Series("全体", (7.9, 8.6, 9.0, 9.5, 9.9, 10.2)),
            Series("农村", (4.6, 5.2, 5.7, 6.2, 6.7, 7.1),
                   (3.7, 4.3, 4.8, 5.3, 5.8, 6.2), (5.5, 6.1, 6.6, 7.1, 7.6, 8.0)),
        ),
    )  # fmt: skip
