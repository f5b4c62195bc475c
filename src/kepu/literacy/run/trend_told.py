"""The series of years as a table, in the run's record, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kepu.literacy.run.districts import Model
from kepu.literacy.run.plan import HOMES, Plan
from kepu.literacy.run.results import Results
from kepu.literacy.run.trend import Join, Past, Series
from kepu.literacy.run.vocabulary import Tongue
from kepu_engines.survey.trend import Year

HEADER = (
    "year", "estimate", "se", "low", "high", "framework", "modes", "change", "change_se",
    "change_low", "change_high", "linking", "breaks", "scale", "raw",
)  # fmt: skip


GROUPS = ("table", "cell", *HEADER)


def lines(past: Past, level: float) -> Iterable[Sequence[Any]]:
    """A row for each year; `change` is this year less it, `breaks` what was changed between them.

    Errors and intervals of years hold that of links; `linking` is what those add to the difference's, and
    in this year's row to its own. `raw` is this year's share by its own form,
    where `estimate` is told by the earlier one.
    """
    for (year, change), added in zip(past.changes, past.apart, strict=True):
        yield (
            *_year(year.linked(), level), change.value, change.se, change.low, change.high,
            added if change.se is not None else None, " ".join(change.breaks), year.scale, None,
        )  # fmt: skip
    own = past.linking or None
    yield (
        *_year(past.linked, level), None, None, None, None, own, "", past.now.scale, past.raw,
    )  # fmt: skip


def group_lines(series: Series, level: float) -> Iterable[Sequence[Any]]:
    """The same for each group: whose it is, then its years."""
    for past in series.groups:
        yield from ((*past.cell, *line) for line in lines(past, level))


def _year(one: Year, level: float) -> Sequence[Any]:
    low, high = one.interval(level) or (None, None)
    return (one.year, one.share, one.se, low, high, one.framework, one.modes)


def record(series: Series, plan: Plan, model: Model | None) -> dict[str, Any]:
    """For the run's record, which pages read. `linked` is whether common items led to the earlier scale."""
    asked, found = plan.trend.target if plan.trend else None, series.target
    level = plan.publish.level
    return {
        "years": [dict(zip(HEADER, row, strict=True)) for row in lines(series.city, level)],
        "groups": [dict(zip(GROUPS, row, strict=True)) for row in group_lines(series, level)],
        "linked": series.link is not None,
        "link": _link(series.join),
        "links": None if series.city.links is None else series.city.links.tolist(),
        "districts": list(_districts(series, plan, model)) if model else [],
        "target": asked and {"year": asked.year, "share": asked.share},
        "probability": found and found.probability,
        "expected": found and found.share,
        "rests_on": found and list(found.years),
    }


def _link(join: Join) -> dict[str, Any] | None:
    """What later years need to know of this year's link: `covariance` is what its own step adds."""
    if join.link is None:
        return None
    return {
        "slope": join.link.slope, "shift": join.link.shift, "through": join.through,
        "covariance": join.link.covariance.tolist(),
    }  # fmt: skip


def _districts(series: Series, plan: Plan, model: Model) -> Iterator[dict[str, Any]]:
    """Each district's modelled share as it stands beside earlier years; of homes, as the model is."""
    now, level = series.city.now, plan.publish.level
    for one in model.districts:
        if not 0 < one.model < 1 or one.se <= 0:
            continue
        own = Year(plan.year, one.model, one.se, now.framework, HOMES, now.scale)
        found = series.join.joined(own)
        linked = found.year.linked(found.linking)
        low, high = linked.interval(level) or (None, None)
        yield {
            "code": one.area.code, "estimate": linked.share, "se": linked.se, "low": low, "high": high,
            "scale": linked.scale, "raw": one.model,
        }  # fmt: skip


def rows(past: Past, level: float, say: Tongue) -> Iterable[list[str]]:
    """For the report: year, share, error, interval, this year less it, and what was changed."""
    broken = {
        "framework": say("评分框架不同", "other framework"),
        "modes": say("调查方式不同", "other mode"),
        "scale": say("量表未等值", "not linked"),
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
        every = [dict(zip(HEADER, row, strict=True)) for row in lines(past, level)]
        same = [row for row in every if not row["breaks"] and row["year"] != past.now.year]
        if not same:
            continue
        last = same[-1]
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
            "评分框架、调查方式不同，或量表没有等值的年份之间，序列中断：差值不只是人的变化。",
            "Where the framework or the way of asking was changed, or scales are not linked, the series "
            "breaks: the difference is not people's alone.",
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
            "没有给出锚题（与以前各期共有的题），今年与以前的量表没有等值：题目变难或变易也会改变比例，"
            "所以序列在今年中断，也不推算达到目标的概率。",
            "No items were given that were asked before, so this year's scale is not linked to those "
            "before: harder or easier questions change a share too. The series breaks here, and nothing "
            "is said of how probable the target is.",
        )
    slope, shift = f"{series.link.slope:.3f}", f"{series.link.shift:+.3f}"
    added = f"{series.city.linking * 100:.2f}"
    through = series.join.through
    shared = through and say(
        f"锚题来自 {through} 年，该年自身也经等值：两年共有的等值误差在差值中相互抵消，"
        "与基准年相比则计入。",
        f" The common items are those of {through}, a linked year itself: what is wrong with its link is "
        "in both and cancels in their difference; against the base it counts.",
    )
    return (
        _equated(series, say)
        + say(
            f"锚题（两年都问的题）使两年的量表等值（斜率 {slope}，平移 {shift}）；"
            f"等值误差为 {added} 个百分点，来自选哪些题作锚题和今年题目参数的抽样误差，"
            "已计入本表中今年的标准误和差值的区间"
            "（假定能力为正态分布；按锚题刀切，加 delta 法）。",
            f"Items asked in both years link their scales (slope {slope}, shift {shift}). Linking adds "
            f"{added} percentage points of error, from which items happened to be kept and from this "
            "year's sampling of items' figures; it is counted in this year's error in this table and in "
            "the intervals of differences (ability taken as normal; jackknife over common items, and the "
            "delta method).",
        )
        + (shared or "")
    )


def _equated(series: Series, say: Tongue) -> str:
    """How far the share moved because the questions are harder or easier than before."""
    raw = series.city.raw
    if raw is None:
        return say(
            "没有给出以前题本的全部题目：比例按今年的题本计，没有扣除题目难易的差别。",
            "The items of the earlier form were not given: the share is by this year's form, and what its "
            "questions are harder or easier is not taken off. ",
        )
    by, share, own = series.city.now.share - raw, f"{series.city.now.share:.2%}", f"{raw:.2%}"
    return say(
        f"按今年的题本，比例为 {own}；同样的人若答以前的题本，为 {share}。两者之差 {by * 100:+.2f} "
        "个百分点是题目难易不同所致，与以前各年比较时用后者。",
        f"By this year's form the share is {own}; with the earlier form the same people would have had "
        f"{share}. The {by * 100:+.2f} percentage points between are due to questions that are harder or "
        "easier, and the latter is what is compared with earlier years. ",
    )


def _target(results: Results, series: Series) -> Iterable[str]:
    asked, say = results.plan.trend.target if results.plan.trend else None, results.plan.tongue
    if asked is None:
        return
    year, share, found = asked.year, f"{asked.share:.1%}", series.target
    aim = say(f"目标：{year} 年达到 {share}。", f"Target: {share} in {year}. ")
    if found is None and series.link is None:
        yield aim + say(
            "量表没有等值，不推算达到目标的概率。",
            "Scales are not linked, so nothing is said of how probable it is.",
        )
        return
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
