"""What the report says of items that favour a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kepu.literacy.run.differing import SLIGHT, Differing
from kepu.literacy.run.results import Results
from kepu.literacy.run.vocabulary import Tongue


def rows(results: Results) -> list[list[str]]:
    """Items that favour a group moderately or more, the plainest first."""
    say = results.plan.tongue
    found = [one for one in results.differing if one.grade not in ("", SLIGHT)]
    return [_row(one, results, say) for one in sorted(found, key=_least)]


def _least(one: Differing) -> tuple[int, float]:
    return -ord(one.grade), -abs(one.delta or 0.0)


def _row(one: Differing, results: Results, say: Tongue) -> list[str]:
    rule, delta = results.plan.dif[one.grouping], one.delta or 0.0
    favoured = say.listed([say.word(name) for name in (rule.first if delta > 0 else rule.second)])
    se, people = f"{one.se:.2f}", f"{one.first + one.second:,}"
    return [one.item, say.word(one.grouping), favoured, f"{delta:+.2f}", se, one.grade, people]


def words(results: Results) -> Iterable[str]:
    """How items were compared, and how many came out how."""
    plan, say, found = results.plan, results.plan.tongue, results.differing
    if not found:
        return
    known = [one for one in found if one.grade]
    slight = sum(one.grade == SLIGHT for one in known)
    yield say(
        f"题目功能差异：{_compared(plan.dif, say)}。能力相当的两组人答对同一题的优势比，"
        "换算到 ETS 的 delta 尺度（Mantel-Haenszel 法，用设计权重，误差按层与初级单元线性化）。"
        "能力以本人题本中答对的题数匹配；匹配分数净化一次：第一遍为 B、C 级的题不再计入，再比一遍。",
        f"Differential functioning: {_compared(plan.dif, say)}. Of people who know equally much, the odds "
        "of a right answer in two groups, on ETS's delta scale (Mantel-Haenszel with design weights, "
        "errors linearised over strata and clusters). People are matched by the right answers in their own "
        "booklet; the matching score is purified once: items of class B or C at first count no more to "
        "it, and all are compared anew.",
    )
    yield say(
        f"共比较 {len(known)} 次：A 级（可忽略）{slight}，B 级和 C 级 {len(known) - slight}"
        + (
            f"；另有 {len(found) - len(known)} 次人数太少，不比较"
            if len(known) < len(found)
            else ""
        )
        + "。比较次数多，偶然也会出现个别 B、C 级；要看题目的内容再作判断。",
        f"{len(known)} comparisons: {slight} of class A (negligible), {len(known) - slight} of B or C"
        + (
            f"; {len(found) - len(known)} more had too few people"
            if len(known) < len(found)
            else ""
        )
        + ". Of so many a few come out as B or C by chance: look at what the item says before judging it.",
    )


def _compared(dif: Mapping[str, object], say: Tongue) -> str:
    names = [say.word(name) for name in dif]
    return say("按", "by ") + say.listed(names) + say("比较", "")
