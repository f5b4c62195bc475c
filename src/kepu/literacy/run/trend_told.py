"""The series of years as a table, in the run's record, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kepu.literacy.run.plan import Plan
from kepu.literacy.run.results import Results
from kepu.literacy.run.trend import Series
from kepu_engines.survey.trend import Year

HEADER = (
    "year", "estimate", "se", "low", "high", "framework", "modes", "change", "change_se",
    "change_low", "change_high", "linking", "breaks",
)  # fmt: skip
BROKEN = {"framework": "评分框架不同", "modes": "调查方式不同"}


def lines(series: Series, level: float) -> Iterable[Sequence[Any]]:
    """A row for each year; `change` is this year less it, `breaks` what was changed between them."""
    for year, change in series.changes:
        yield (
            *_year(year, level), change.value, change.se, change.low, change.high,
            series.linking if change.se is not None else None, " ".join(change.breaks),
        )  # fmt: skip
    yield (*_year(series.now, level), None, None, None, None, None, "")


def _year(one: Year, level: float) -> Sequence[Any]:
    low, high = one.interval(level) or (None, None)
    return (one.year, one.share, one.se, low, high, one.framework, one.modes)


def record(series: Series, plan: Plan) -> dict[str, Any]:
    """For the run's record, which pages read."""
    asked, found = plan.trend.target if plan.trend else None, series.target
    return {
        "years": [dict(zip(HEADER, row, strict=True)) for row in lines(series, plan.publish.level)],
        "target": asked and {"year": asked.year, "share": asked.share},
        "probability": found and found.probability,
        "expected": found and found.share,
        "rests_on": found and list(found.years),
    }


def rows(series: Series, level: float) -> Iterable[list[str]]:
    """For the report: year, share, error, interval, this year less it, and what was changed."""
    for row in lines(series, level):
        line = dict(zip(HEADER, row, strict=True))
        limits = "—" if line["low"] is None else f"{line['low']:.1%}–{line['high']:.1%}"
        error = "未公布" if line["se"] is None else f"{line['se']:.2%}"
        broken = "、".join(BROKEN[name] for name in line["breaks"].split())
        yield [str(line["year"]), f"{line['estimate']:.2%}", error, limits, _change(line), broken]


def _change(line: dict[str, Any]) -> str:
    if line["change"] is None:
        return "本次"
    value = f"{line['change'] * 100:+.2f}"
    if line["change_se"] is None:
        return f"{value}（误差不明）"
    return f"{value}（{line['change_low'] * 100:+.2f} 至 {line['change_high'] * 100:+.2f}）"


def words(results: Results) -> Iterable[str]:
    """Linking error, breaks, and the target with its probability and what that assumes."""
    series = results.series
    if series is None:
        return
    if series.link:
        yield (
            f"两年共同的题把量表连起来（斜率 {series.link.slope:.3f}，平移 {series.link.shift:+.3f}）；"
            f"选哪些题作共同题带来的连接误差为 {series.linking * 100:.2f} 个百分点，已计入差值的区间"
            "（假定能力为正态分布，按共同题刀切）。"
        )
    else:
        yield "没有给出共同题：差值的区间不含连接误差。"
    if any(change.breaks for _year, change in series.changes):
        yield "评分框架或调查方式不同的年份之间，序列中断：差值不只是人的变化。"
    if any(year.se is None for year, _change in series.changes):
        yield "没有公布标准误的年份，只列数字，不判断变化是否显著，也不用于推算目标。"
    yield from _target(results, series)


def _target(results: Results, series: Series) -> Iterable[str]:
    asked = results.plan.trend.target if results.plan.trend else None
    if asked is None:
        return
    aim = f"目标：{asked.year} 年达到 {asked.share:.1%}。"
    found = series.target
    if found is None:
        yield aim + "可比的年份不足两个，推不出达到目标的概率。"
        return
    if found.years == (asked.year,):
        basis = "按该年自身的数字与标准误"
    else:
        years = "、".join(map(str, found.years))
        basis = f"由 {years} 年的对数优势作加权直线推到该年（{found.share:.1%}），假定增长不变"
    yield f"{aim}达到的概率为 {found.probability:.0%}：{basis}，误差在对数优势上为正态。"
