"""The methods report as PDF: what was found, how, and how sure it is. Same run, same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from kepu.literacy.run import (
    differing_told,
    drawing,
    drawing_segments,
    drawing_years,
    modes_told,
    segments_told,
    trend_told,
)
from kepu.literacy.run.disclosing import Public
from kepu.literacy.run.districts import CITIES, Model
from kepu.literacy.run.estimating import AREA, CITY, Figure, Found
from kepu.literacy.run.handing import Agreement
from kepu.literacy.run.items import Question
from kepu.literacy.run.results import Results
from kepu.literacy.run.vocabulary import Tongue
from kepu.literacy.run.weighing import Step

MOST_ODD = 12  # odd codes that the report names; the record has them all


def write(
    file: Path,
    results: Results,
    record: str,
    agreement: Agreement | None,
    public: Public | None = None,
) -> None:
    """Draw the report; `record` ends with the digest of all that was read."""
    import typst  # asked late: only a report needs it

    plan = results.plan
    told = values(results) | {
        "method": list(method(results, agreement, public)),
        "record": record,
        "digest": record.split()[-1][:12],
    }
    drawn = typst.compile(  # type: ignore[call-overload]
        _template(),
        font_paths=[str(resources.files("noto_cjk_sans_otc"))],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(told, ensure_ascii=False), **_pictures(results)},
        timestamp=int(datetime(plan.year, 1, 1, tzinfo=UTC).timestamp()),
        format="pdf",
    )
    file.write_bytes(bytes(drawn))


def _pictures(results: Results) -> dict[str, str]:
    model, city = results.model, results.first.estimate or 0.0
    level, series = results.plan.publish.level, results.series
    aim = results.plan.trend.target if results.plan.trend else None
    say = results.plan.tongue
    years = drawing_years.years(series.city, aim, level, say) if series else ""
    parts = results.segments
    drawn = {
        "years": years,
        "segments": drawing_segments.grid(parts, results.plan.level, say) if parts else "",
    }
    if model is None:
        return {"in-order": "", "funnel": "", "map": "", **drawn}
    return {
        **drawn,
        "in-order": drawing.in_order(model.districts, city, level, say),
        "funnel": drawing.funnel(model.districts, city, model.deff, level, say),
        "map": drawing.on_the_map(model.districts, say),
    }


def values(results: Results) -> dict[str, Any]:
    """What the template shows, in the language of the plan."""
    plan, found, first, said = results.plan, results.found, results.first, results.read.said
    level, say = plan.publish.level, plan.tongue
    return {
        "title": plan.title,
        "language": plan.language,
        "year": plan.year,
        "synthetic": plan.synthetic,
        "framework": plan.framework.name,
        "share": _share(first.estimate),
        "se": _share(first.se),
        "interval": f"{level:.0%} {say('区间', 'interval')} {_share(first.low)}"
        f" {say('至', 'to')} {_share(first.high)}",
        "answered": f"{int(said.sum()):,}",
        "response": f"{said.mean():.1%}",
        "levels": [
            _level(one, say) for one in found.figures if one.table == CITY and _is_share(one)
        ],
        "groups": list(_groups(found, say)),
        "dimensions": list(_dimensions(results)),
        "districts": list(_districts(results.model, say)),
        "areas-words": _areas(results.model, say) if results.model else "",
        "dif": differing_told.rows(results),
        "dif-words": list(differing_told.words(results)),
        "items": [_item(one, say) for one in results.questions],
        "weights": [_step(one, say) for one in results.weighed.steps],
        "modes": list(modes_told.rows(results)),
        "modes-districts": list(modes_told.districts(results)),
        "modes-words": list(modes_told.words(results)),
        "years": list(trend_told.rows(results.series.city, level, say)) if results.series else [],
        "years-groups": list(trend_told.group_rows(results.series, level, say))
        if results.series
        else [],
        "years-words": list(trend_told.words(results)),
        "segments": list(segments_told.rows(results.segments, plan)) if results.segments else [],
        "segments-profile": list(segments_told.profile(results.segments, plan))
        if results.segments
        else [],
        "segments-words": list(segments_told.words(results)),
    }


def _step(one: Step, say: Tongue) -> list[str]:
    spread = (f"{one.people:,.0f}", f"{one.low:,.1f}", f"{one.high:,.1f}", f"{one.kish:.3f}")
    return [say.word(one.name), f"{one.rows:,}", *spread]


def _is_share(one: Figure) -> bool:
    return not one.measure.startswith("points")


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"


def _level(one: Figure, say: Tongue) -> list[str]:
    name, _space, kind = one.measure.partition(" ")
    words = {
        "or above": say("及以上", " or above"),
        "alone": say("（仅此档）", " (this level alone)"),
    }
    known = kind in words
    label = f"{say.word(name)}{words[kind]}" if known else say("基本具备以下", "below basic")
    deff = "—" if one.deff is None else f"{one.deff:.2f}"
    return [label, *_numbers(one), deff]


def _numbers(one: Figure) -> list[str]:
    """A share with its error and interval. Where everybody was alike the sample shows no error: none is
    told, for 0.00% would be a certainty, and the interval speaks alone.
    """
    return [_share(one.estimate), _share(one.se or None), _share(one.low), _share(one.high)]


def _withheld(say: Tongue) -> str:
    return say("样本过少，不公布", "too few people")


def _groups(found: Found, say: Tongue) -> Iterable[list[str]]:
    for one in found.figures:
        if one.table in (CITY, AREA):
            continue
        numbers = [_withheld(say), "", "", ""] if one.withheld else _numbers(one)
        yield [say.word(one.table), say.word(one.cell), *numbers, f"{one.n:,}"]


def _dimensions(results: Results) -> Iterable[list[str]]:
    say = results.plan.tongue
    for one in results.found.figures:
        if one.measure.startswith("points of ") and one.estimate is not None:
            name = one.measure.removeprefix("points of ")
            most = results.plan.rule.points[name]
            yield [say.word(name), f"{one.estimate:.2f}", f"{one.se:.2f}", f"{most:g}"]


def _districts(model: Model | None, say: Tongue) -> Iterable[list[str]]:
    for one in model.districts if model else ():
        direct = one.direct
        hidden = direct and direct.withheld
        own = _withheld(say) if hidden else _share(direct.estimate if direct else None)
        n = f"{direct.n:,}" if direct else "0"
        places = f"{one.place_low}–{one.place_high}"
        limits = f"{one.low:.1%}–{one.high:.1%}"
        yield [say.place(one.area.name), n, own, f"{one.model:.1%}", limits, places]


def _areas(model: Model, say: Tongue) -> str:
    moved, cost = f"{model.moved * 100:+.2f}", f"{model.cost * 100:.3f}"
    return say(
        "区县样本小，直接估计的误差大。模型（Fay-Herriot，反正弦变换，调整似然）向全市规律借力，"
        f"再按人口对齐全市数字（平均移动 {moved} 个百分点）。标准误、区间和名次都计入对齐的误差"
        f"（标准误平均增加 {cost} 个百分点，由模型模拟 {CITIES} 次得到）。"
        f"区县间方差 {model.variance:.5f}（变换后），合并设计效应 {model.deff:.2f}。",
        "Districts have small samples, so their direct figures have large errors. A model (Fay-Herriot, "
        "arcsine of the share, adjusted likelihood) lends them strength from the whole city, and is "
        f"brought to the city's figure by population (moved by {moved} percentage points on average). "
        "Errors, intervals and ranks count what that costs (standard errors grow by "
        f"{cost} percentage points on average, told by {CITIES} cities drawn from the model). "
        f"Variance between districts {model.variance:.5f} (of angles), pooled design effect "
        f"{model.deff:.2f}.",
    )


def _item(one: Question, say: Tongue) -> list[str]:
    left, right = say("（", " ("), say("）", ")")
    curve = [
        "—" if a is None or b is None else f"{a:.2f}{left}{b:.2f}{right}"
        for a, b in ((one.slope, one.slope_se), (one.difficulty, one.difficulty_se))
    ]
    return [one.name, say.word(one.dimension), f"{one.right:.1%}", f"{one.rest:.2f}", *curve]


def method(
    results: Results, agreement: Agreement | None, public: Public | None = None
) -> Iterable[str]:
    """How the figures were found, a paragraph each."""
    plan, say = results.plan, results.plan.tongue
    source = plan.framework.source
    points = say.listed([f"{say.word(d)} {p:g}" for d, p in plan.rule.points.items()])
    cuts = say.listed([f"{say.word(name)} {cut:g}" for name, cut in plan.rule.cuts.items()])
    yield say(
        f"计分：满分 {plan.rule.most:g}（{points}）；划线：{cuts}，达到即计入。空答按答错计。"
        + (f"评分框架：{plan.framework.name}，{source}。" if source else ""),
        f"Scores: {plan.rule.most:g} points at most ({points}). Levels begin at: {cuts}; who reaches "
        "one is in it. A blank counts as a wrong answer."
        + (f" Framework: {plan.framework.name}, {source}." if source else ""),
    )
    if plan.rules:
        yield say(
            f"评分和公布界限依据规则手册 {plan.rules.kind} 第 {plan.rules.version} 版。",
            f"Scores and limits of publication are by the rulebook {plan.rules.kind}, version "
            f"{plan.rules.version}.",
        )
    if results.read.odd:
        yield _odd(results)
    if plan.plausible:
        yield _plausible(results)
    yield from _weights(results)
    if plan.synthetic:
        yield say(
            "本报告使用合成数据：区划与人口取自公开资料，受访者与答案由公式随机生成。",
            "This report uses invented data: divisions and populations are public, people and answers "
            "were drawn from formulas.",
        )
    if results.model:
        jointly = plan.publish.places == "jointly"
        word = (
            say("对全部区县同时成立", "hold for all districts at once")
            if jointly
            else say("对每个区县各自成立", "hold for each district by itself")
        )
        yield say(
            f"名次区间{word}（Mogstad 等，2024）：区间互相重叠，就分不出先后。",
            f"Intervals of ranks {word} (Mogstad et al. 2024): where they overlap, districts cannot be "
            "told apart.",
        )
    yield _agreement(agreement, say) if agreement else _unchecked(say)
    yield _open(public, say) if public else _closed(say)


def _odd(results: Results) -> str:
    """Codes that may be slips of the pen, by name: silence would pass them for answers."""
    say, odd = results.plan.tongue, results.read.odd
    chinese = "；".join(f"{one.column} 列“{one.code}”{one.times} 次" for one in odd[:MOST_ODD])
    english = "; ".join(
        f"{one.code!r} in {one.column}, {one.times} times" for one in odd[:MOST_ODD]
    )
    return say(
        f"有 {len(odd)} 个代码在所在的列不足千分之一，请核对是否录错（题目列按答错计，其余照录）："
        f"{chinese}。",
        f"Of {len(odd)} codes fewer than one in 1,000 stand in their column; they may be slips of the pen "
        f"(of an item they count as wrong, else as they stand): {english}.",
    )


def _weights(results: Results) -> Iterable[str]:
    """Who was drawn and answered, how weights were made, and where errors come from."""
    plan, read, weighed, say = results.plan, results.read, results.weighed, results.plan.tongue
    drawn, said, rate = len(read.table), int(read.said.sum()), f"{read.said.mean():.1%}"
    steps = say.listed([say.word(step.name) for step in weighed.steps])
    yield say(
        f"抽中 {drawn:,} 人，答卷 {said:,} 份，应答率 {rate}。"
        f"权重依次经过：{steps}；"
        f"校准后边际最大相对误差 {weighed.missed:.1e}。",
        f"{drawn:,} people were drawn and {said:,} answered ({rate}). Weights went through: {steps}; "
        f"after the last, margins are missed by {weighed.missed:.1e} of themselves at most.",
    )
    if plan.people == "residents":
        yield say(
            "区县和全市的人数是全体常住人口，不是 18–69 岁人口（计划中没有这个数）："
            "各区县在全市数字中的分量按全体常住人口，老人或孩子多的区县会略微偏重。",
            "People of districts and of the city are residents of all ages, not those of 18 to 69, whose "
            "numbers nobody gave: each district counts in the city's figure by all its residents, and one "
            "with many old people or children a little too much.",
        )
    if plan.nonresponse and (out := plan.nonresponse.left_out):
        yield say(
            f"抽中而无人应答的 {say.listed(out)} 没有列入（不在上述抽中人数内），"
            "同层其余抽中的地方加权代表它们。",
            f"{say.listed(out)} were drawn and nobody answered there: they are left out (and are not among "
            "the people drawn above), and places drawn beside them weigh more.",
        )
    yield say(
        f"标准误来自 {plan.replicates.count} 次重抽（Rao-Wu 自助法，按初级单元，"
        "每次都重做全部权重步骤）；比例的区间用对数优势与 t 分布；"
        "比例为 0 或 100% 时，用按答卷人数的精确界限（Clopper-Pearson），不列标准误。"
        f"样本少于 {plan.publish.rows} 人或自由度低于 {plan.publish.freedom} 的格子不公布。",
        f"Standard errors come from {plan.replicates.count} replicates (Rao-Wu bootstrap of first-stage "
        "clusters, every step of the weights made anew in each); intervals of shares from log odds and "
        "Student's t; of a share of 0 or 100% the exact limits of as many people as answered "
        "(Clopper-Pearson), without a standard error. "
        f"Cells of fewer than {plan.publish.rows} people or {plan.publish.freedom} degrees "
        "of freedom are withheld.",
    )
    if weighed.alone:
        names, many = say.listed(weighed.alone), len(weighed.alone)
        yield say(
            f"{many} 个层（{names}）抽了不止一个初级单元，但只有一个单元有人应答：这些层不计自由度，"
            "核对设计效应和逐题统计时按与全样本均值之差计其变异；标准误仍来自按原设计的重抽。",
            f"In {many} strata ({names}) only one of the clusters drawn answered: they count no degree of "
            "freedom, and in design effects and figures of items their spread is measured from the mean "
            "of the whole sample; standard errors come from replicates of the sample as it was drawn.",
        )


def _agreement(found: Agreement, say: Tongue) -> str:
    word = say("一致", "the same") if found.near else say("不一致", "not the same")
    return say(
        f"与 R survey 核对：{found.figures} 个数字，估计值最大相对差 {found.estimate:.1e}，"
        f"标准误最大相对差 {found.se:.1e}：{word}（界限 1e-9）。",
        f"Held against R survey: {found.figures} figures, apart by {found.estimate:.1e} at most, their "
        f"standard errors by {found.se:.1e}: {word} (within 1e-9).",
    )


def _unchecked(say: Tongue) -> str:
    """Silence would pass for agreement."""
    return say(
        "没有与 R survey 核对：这次运行没有请 R 重算；用随附的 r/reproduce.R 可以随时核对。",
        "Not held against R survey: R was not asked in this run; r/reproduce.R, which comes with it, "
        "finds the figures again at any time.",
    )


def _open(public: Public, say: Tongue) -> str:
    """What the file of persons for everybody cannot tell."""
    people, places, apart = public.people, public.places, f"{100 * public.apart:.2g}"
    return say(
        f"公开微观数据的权重由多人平均而来：每个权重至少为 {people} 人、{places} 个区县所共有，"
        f"城市总数不变；用它算出的全市和分组比例与公布的最多相差 {apart} 个百分点，"
        "区县数字和标准误以公布的为准。精确的权重只在受限文件中。",
        f"Weights of the public microdata are means over many: each is shared by at least {people} people "
        f"of {places} districts, and the city's total is kept. Shares of the city and of groups made from "
        f"it lie at most {apart} percentage points from those published; figures of districts and standard "
        "errors are the published ones. The restricted file alone has exact weights.",
    )


def _closed(say: Tongue) -> str:
    """Why nobody but officers has the persons."""
    return say(
        "本次结果没有公开微观数据：区县、人数太少，公开的文件会让人认出受访者所在的区县。"
        "微观数据只在受限文件中。",
        "There are no public microdata of this run: of so few districts or people they would tell where "
        "somebody who answered lives. The restricted file alone has the persons.",
    )


def _plausible(results: Results) -> str:
    """How answers to items that a booklet left out were drawn."""
    rule, read, say = results.plan.scoring, results.read, results.plan.tongue
    asked = f"{read.asked[read.said].mean():.0%}"
    by = say.listed([say.word(name) for name in results.plan.conditions])
    chinese, english = "", ""
    if isinstance(rule.condition, str):
        chinese = f"，能力分布按{by}各自估计"
        english = f", ability estimated for each category of {by}"
    elif by:
        chinese = f"，能力的平均数按{by}回归（各项相加，离散程度相同）"
        english = f", mean ability by a regression on {by} (added up, with one spread)"
    return say(
        f"题本按设计只含部分题目（每人平均 {asked}）：按加权的双参数模型"
        + chinese
        + f"，先抽题目参数与能力的似真值，再抽没有问到的题的答案，共 {rule.draws} 次；"
        "数字按 Rubin 规则合并，测量误差已在标准误中。没有放进模型的分组之间，差异会略微偏小。",
        f"Booklets hold a part of the items ({asked} a person): by a weighted two-parameter model"
        + english
        + ", item parameters and abilities were drawn as plausible values, then answers to what was not "
        f"asked, {rule.draws} times; figures are joined by Rubin's rules, with the measurement error in "
        "their standard errors. Differences between other groups come out a little too small.",
    )


@cache
def _template() -> bytes:
    return (resources.files("kepu.literacy") / "typst" / "methods.typ").read_bytes()
