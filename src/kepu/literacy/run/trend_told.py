"""The series of years as a table, in the run's record, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kepu.literacy.run.plan import Plan
from kepu.literacy.run.results import Results
from kepu.literacy.run.trend import Past, Series
from kepu.literacy.run.vocabulary import Tongue
from kepu_engines.survey.trend import Year

HEADER = (
    "year", "estimate", "se", "low", "high", "framework", "modes", "change", "change_se",
    "change_low", "change_high", "linking", "breaks",
)  # fmt: skip


GROUPS = ("table", "cell", *HEADER)


def lines(past: Past, level: float) -> Iterable[Sequence[Any]]:
    """A row for each year; `change` is this year less it, `breaks` what was changed between them.

    This year's own error and interval hold that of linking.
    """
    for year, change in past.changes:
        yield (
            *_year(year, level), change.value, change.se, change.low, change.high,
            past.linking if change.se is not None else None, " ".join(change.breaks),
        )  # fmt: skip
    own = past.linking or None
    yield (*_year(past.linked, level), None, None, None, None, own, "")


def group_lines(series: Series, level: float) -> Iterable[Sequence[Any]]:
    """The same for each group: whose it is, then its years."""
    for past in series.groups:
        yield from ((*past.cell, *line) for line in lines(past, level))


def _year(one: Year, level: float) -> Sequence[Any]:
    low, high = one.interval(level) or (None, None)
    return (one.year, one.share, one.se, low, high, one.framework, one.modes)


def record(series: Series, plan: Plan) -> dict[str, Any]:
    """For the run's record, which pages read."""
    asked, found = plan.trend.target if plan.trend else None, series.target
    level = plan.publish.level
    return {
        "years": [dict(zip(HEADER, row, strict=True)) for row in lines(series.city, level)],
        "groups": [dict(zip(GROUPS, row, strict=True)) for row in group_lines(series, level)],
        "target": asked and {"year": asked.year, "share": asked.share},
        "probability": found and found.probability,
        "expected": found and found.share,
        "rests_on": found and list(found.years),
    }


def rows(past: Past, level: float, say: Tongue) -> Iterable[list[str]]:
    """For the report: year, share, error, interval, this year less it, and what was changed."""
    broken = {
        "framework": say("评分框架不同", "other framework"),
        "modes": say("调查方式不同", "other mode"),
    }
    for row in lines(past, level):
        line = dict(zip(HEADER, row, strict=True))
        limits = "—" if line["low"] is None else f"{line['low']:.1%}–{line['high']:.1%}"
        error = say("未公布", "not published") if line["se"] is None else f"{line['se']:.2%}"
        names = say.listed([broken[name] for name in line["breaks"].split()])
        change = _change(line, say)
        yield [str(line["year"]), f"{line['estimate']:.2%}", error, limits, change, names]


def group_rows(series: Series, level: float, say: Tongue) -> Iterable[list[str]]:
    """For the report: group, category, and of the last comparable year how the share changed."""
    for past in series.groups:
        same = [row for row in lines(past, level) if row[-1] == "" and row[0] != past.now.year]
        if not same:
            continue
        last = dict(zip(HEADER, same[-1], strict=True))
        before, now = f"{last['estimate']:.2%}", f"{past.now.share:.2%}"
        yield [*map(say.word, past.cell), str(last["year"]), before, now, _change(last, say)]


def _change(line: dict[str, Any], say: Tongue) -> str:
    if line["change"] is None:
        return say("本次", "this run")
    value = f"{line['change'] * 100:+.2f}"
    if line["change_se"] is None:
        return value + say("（误差不明）", " (error unknown)")
    low, high = (f"{line[f'change_{end}'] * 100:+.2f}" for end in ("low", "high"))
    return value + say(f"（{low} 至 {high}）", f" ({low} to {high})")


def words(results: Results) -> Iterable[str]:
    """Linking error, breaks, and the target with its probability and what that assumes."""
    series, say = results.series, results.plan.tongue
    if series is None:
        return
    yield _linked(series, say)
    if any(change.breaks for _year, change in series.city.changes):
        yield say(
            "评分框架或调查方式不同的年份之间，序列中断：差值不只是人的变化。",
            "Where the framework or the way of asking was changed the series breaks: the difference is "
            "not people's alone.",
        )
    if any(year.se is None for year, _change in series.city.changes):
        yield say(
            "没有公布标准误的年份，只列数字，不判断变化是否显著，也不用于推算目标。",
            "Years without a published standard error are shown, and neither judged nor used for the "
            "target.",
        )
    yield from _target(results, series)


def _linked(series: Series, say: Tongue) -> str:
    if series.link is None:
        return say(
            "没有给出共同题：差值的区间不含连接误差。",
            "No common items were given: intervals of differences hold no linking error.",
        )
    slope, shift = f"{series.link.slope:.3f}", f"{series.link.shift:+.3f}"
    added = f"{series.city.linking * 100:.2f}"
    return say(
        f"两年共同的题把量表连起来（斜率 {slope}，平移 {shift}）；"
        f"连接误差为 {added} 个百分点，来自选哪些题作共同题和今年题目参数的抽样误差，"
        "已计入本表中今年的标准误和差值的区间"
        "（假定能力为正态分布；按共同题刀切，加 delta 法）。",
        f"Items asked in both years link their scales (slope {slope}, shift {shift}). Linking adds "
        f"{added} percentage points of error, from which items happened to be kept and from this "
        "year's sampling of items' figures; it is counted in this year's error in this table and in "
        "the intervals of differences (ability taken as normal; jackknife over common items, and the "
        "delta method).",
    )


def _target(results: Results, series: Series) -> Iterable[str]:
    asked, say = results.plan.trend.target if results.plan.trend else None, results.plan.tongue
    if asked is None:
        return
    year, share, found = asked.year, f"{asked.share:.1%}", series.target
    aim = say(f"目标：{year} 年达到 {share}。", f"Target: {share} in {year}. ")
    if found is None:
        yield aim + say(
            "可比的年份不足两个，推不出达到目标的概率。",
            "Fewer than two comparable years cannot tell how probable it is.",
        )
        return
    years = say.listed(list(map(str, found.years)))
    basis = say(
        f"由 {years} 年的对数优势作加权直线推到该年（{found.share:.1%}），假定增长不变",
        f"a weighted straight line of the log odds through {years} leads to {found.share:.1%}, if growth "
        "stays the same",
    )
    if found.years == (year,):
        basis = say("按该年自身的数字与标准误", "by that year's own figure and standard error")
    chance = f"{found.probability:.0%}"
    yield aim + say(
        f"达到的概率为 {chance}：{basis}，误差在对数优势上为正态。",
        f"It is reached with a probability of {chance}: {basis}; errors are taken as normal on the log "
        "odds.",
    )
