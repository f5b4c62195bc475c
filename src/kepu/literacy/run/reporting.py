"""The methods report as PDF: what was found, how, and how sure it is. Same run, same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from kepu.literacy.run import drawing, drawing_years, modes_told, trend_told
from kepu.literacy.run.districts import Model
from kepu.literacy.run.estimating import AREA, CITY, Figure, Found
from kepu.literacy.run.handing import Agreement
from kepu.literacy.run.items import Question
from kepu.literacy.run.results import Results
from kepu.literacy.run.vocabulary import CATEGORIES, DIMENSIONS, GROUPS, LEVELS
from kepu.literacy.run.weighing import Step

STEPS = {"design": "抽样设计", "non-response": "无应答调整", "margins": "边际校准"}
WITHHELD = "样本过少，不公布"


def write(file: Path, results: Results, record: str, agreement: Agreement | None) -> None:
    """Draw the report; `record` ends with the digest of all that was read."""
    import typst  # asked late: only a report needs it

    plan = results.plan
    values = _values(results) | {
        "method": list(_method(results, agreement)),
        "record": record,
        "digest": record.split()[-1][:12],
    }
    drawn = typst.compile(  # type: ignore[call-overload]
        _template(),
        font_paths=[str(resources.files("noto_cjk_sans_otc"))],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False), **_pictures(results)},
        timestamp=int(datetime(plan.year, 1, 1, tzinfo=UTC).timestamp()),
        format="pdf",
    )
    file.write_bytes(bytes(drawn))


def _pictures(results: Results) -> dict[str, str]:
    model, city = results.model, results.first.estimate or 0.0
    level, series = results.plan.publish.level, results.series
    aim = results.plan.trend.target if results.plan.trend else None
    years = drawing_years.years(series, aim, level) if series else ""
    if model is None:
        return {"in-order": "", "funnel": "", "map": "", "years": years}
    return {
        "years": years,
        "in-order": drawing.in_order(model.districts, city, level),
        "funnel": drawing.funnel(model.districts, city, model.deff, level),
        "map": drawing.on_the_map(model.districts),
    }


def _values(results: Results) -> dict[str, Any]:
    plan, found, first, said = results.plan, results.found, results.first, results.read.said
    level = plan.publish.level
    return {
        "title": plan.title,
        "year": plan.year,
        "synthetic": plan.synthetic,
        "framework": plan.framework,
        "share": _share(first.estimate),
        "se": _share(first.se),
        "interval": f"{level:.0%} 区间 {_share(first.low)} 至 {_share(first.high)}",
        "answered": f"{int(said.sum()):,}",
        "response": f"{said.mean():.1%}",
        "levels": [_level(one) for one in found.figures if one.table == CITY and _is_share(one)],
        "groups": list(_groups(found)),
        "dimensions": list(_dimensions(results)),
        "districts": list(_districts(results.model)),
        "areas-words": _areas(results.model) if results.model else "",
        "items": [_item(one) for one in results.questions],
        "weights": [_step(one) for one in results.weighed.steps],
        "modes": list(modes_told.rows(results)),
        "modes-words": list(modes_told.words(results)),
        "years": list(trend_told.rows(results.series, level)) if results.series else [],
        "years-words": list(trend_told.words(results)),
    }


def _step(one: Step) -> list[str]:
    spread = (f"{one.people:,.0f}", f"{one.low:,.1f}", f"{one.high:,.1f}", f"{one.kish:.3f}")
    return [STEPS[one.name], f"{one.rows:,}", *spread]


def _is_share(one: Figure) -> bool:
    return not one.measure.startswith("points")


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"


def _level(one: Figure) -> list[str]:
    name, _space, kind = one.measure.partition(" ")
    word = {"or above": "及以上", "alone": "（仅此档）"}.get(kind, "")
    label = f"{LEVELS[name]}{word}" if name in LEVELS else "基本具备以下"
    deff = "—" if one.deff is None else f"{one.deff:.2f}"
    numbers = [_share(number) for number in (one.estimate, one.se, one.low, one.high)]
    return [label, *numbers, deff]


def _groups(found: Found) -> Iterable[list[str]]:
    for one in found.figures:
        if one.table in (CITY, AREA):
            continue
        numbers = [_share(number) for number in (one.estimate, one.se, one.low, one.high)]
        if one.withheld:
            numbers = [WITHHELD, "", "", ""]
        names = (GROUPS.get(one.table, one.table), CATEGORIES.get(one.cell, one.cell))
        yield [*names, *numbers, f"{one.n:,}"]


def _dimensions(results: Results) -> Iterable[list[str]]:
    for one in results.found.figures:
        if one.measure.startswith("points of ") and one.estimate is not None:
            name = one.measure.removeprefix("points of ")
            most = results.plan.rule.points[name]
            yield [DIMENSIONS.get(name, name), f"{one.estimate:.2f}", f"{one.se:.2f}", f"{most:g}"]


def _districts(model: Model | None) -> Iterable[list[str]]:
    for one in model.districts if model else ():
        direct = one.direct
        own = (
            WITHHELD if direct and direct.withheld else _share(direct.estimate if direct else None)
        )
        n = f"{direct.n:,}" if direct else "0"
        places = f"{one.place_low}–{one.place_high}"
        limits = f"{one.low:.1%}–{one.high:.1%}"
        yield [one.area.name, n, own, f"{one.model:.1%}", limits, places]


def _areas(model: Model) -> str:
    return (
        f"区县样本小，直接估计的误差大。模型（Fay-Herriot，反正弦变换，调整似然）向全市规律借力，"
        f"再按人口对齐全市数字（平均移动 {model.moved * 100:+.2f} 个百分点，这一步未计入区间）；"
        f"区县间方差 {model.variance:.5f}（变换后），合并设计效应 {model.deff:.2f}。"
    )


def _item(one: Question) -> list[str]:
    curve = [
        "—" if a is None or b is None else f"{a:.2f}（{b:.2f}）"
        for a, b in ((one.slope, one.slope_se), (one.difficulty, one.difficulty_se))
    ]
    name = DIMENSIONS.get(one.dimension, one.dimension)
    return [one.name, name, f"{one.right:.1%}", f"{one.rest:.2f}", *curve]


def _method(results: Results, agreement: Agreement | None) -> Iterable[str]:
    plan, read, weighed = results.plan, results.read, results.weighed
    points = "、".join(f"{DIMENSIONS.get(d, d)} {p:g}" for d, p in plan.rule.points.items())
    cuts = "、".join(f"{LEVELS.get(name, name)} {cut:g}" for name, cut in plan.rule.cuts.items())
    yield f"计分：满分 {plan.rule.most:g}（{points}）；划线：{cuts}，达到即计入。空答按答错计。"
    if plan.plausible:
        yield _plausible(results)
    yield (
        f"抽中 {len(read.table):,} 人，答卷 {int(read.said.sum()):,} 份，应答率 {read.said.mean():.1%}。"
        f"权重依次经过：{'、'.join(STEPS[step.name] for step in weighed.steps)}；"
        f"校准后边际最大相对误差 {weighed.missed:.1e}。"
    )
    yield (
        f"标准误来自 {plan.replicates.count} 次重抽（Rao-Wu 自助法，按初级单元，"
        "每次都重做全部权重步骤）；比例的区间用对数优势与 t 分布。"
        f"样本少于 {plan.publish.rows} 人或自由度低于 {plan.publish.freedom} 的格子不公布。"
    )
    if plan.synthetic:
        yield "本报告使用合成数据：区划与人口取自公开资料，受访者与答案由公式随机生成。"
    if results.model:
        jointly = plan.publish.places == "jointly"
        word = "对全部区县同时成立" if jointly else "对每个区县各自成立"
        yield f"名次区间{word}（Mogstad 等，2024）：区间互相重叠，就分不出先后。"
    if agreement:
        word = "一致" if agreement.near else "不一致"
        yield (
            f"与 R survey 核对：{agreement.figures} 个数字，估计值最大相对差 {agreement.estimate:.1e}，"
            f"标准误最大相对差 {agreement.se:.1e}：{word}（界限 1e-9）。"
        )


def _plausible(results: Results) -> str:
    """How answers to items that a booklet left out were drawn."""
    rule, read = results.plan.scoring, results.read
    asked = read.asked[read.said].mean()
    differ = (
        f"，能力分布按{GROUPS.get(rule.condition, rule.condition)}各自估计"
        if rule.condition
        else ""
    )
    return (
        f"题本按设计只含部分题目（每人平均 {asked:.0%}）："
        f"按加权的双参数模型{differ}，先抽题目参数与能力的似真值，"
        f"再抽没有问到的题的答案，共 {rule.draws} 次；数字按 Rubin 规则合并，测量误差已在标准误中。"
        "没有放进模型的分组之间，差异会略微偏小。"
    )


@cache
def _template() -> bytes:
    return (resources.files("kepu.literacy") / "typst" / "methods.typ").read_bytes()
