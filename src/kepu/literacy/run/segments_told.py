"""Segments of the public as tables, in the run's record, and in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from kepu.literacy.run.plan import Plan
from kepu.literacy.run.results import Results
from kepu.literacy.run.segments import SIZE, Line, Segments
from kepu.literacy.run.vocabulary import Tongue

HEADER = [field.name for field in dataclasses.fields(Line)]
MODELS = (
    "segments",
    "parameters",
    "loglik",
    "bic",
    "entropy",
    "smallest",
    "reached",
    "ends",
    "taken",
)
MARKS = 3  # answers that tell a segment from everybody
APART = 0.1  # a share nearer to everybody's marks nobody


def models(found: Segments) -> Iterable[Sequence[Any]]:
    """A row for each number of segments that was tried."""
    for one in found.models:
        taken = int(one is found.taken)
        yield (
            len(one), one.parameters, one.loglik, one.bic, one.entropy, float(one.share.min()),
            one.reached, one.ends, taken,
        )  # fmt: skip


def record(found: Segments) -> dict[str, Any]:
    """For the run's record, which pages read."""
    return {
        "lines": [dataclasses.asdict(one) for one in found.lines],
        "marks": [marks(found, row + 1) for row in range(len(found.taken))],
        "models": [dict(zip(MODELS, row, strict=True)) for row in models(found)],
        "people": found.taken.people,
        "entropy": found.taken.entropy,
        "missing": found.missing,
    }


def marks(found: Segments, segment: int) -> list[tuple[str, str, float]]:
    """Answers by which a segment differs most from everybody: question, answer, difference of shares.

    Of a question only the answer that differs most.
    """
    best: dict[str, tuple[str, str, float]] = {}
    for (question, cell), whole in found.everybody.items():
        line = next((one for one in found.of(segment, question) if one.cell == cell), None)
        if line is None or line.estimate is None:
            continue
        apart = line.estimate - whole
        if abs(apart) >= APART and abs(apart) > abs(best.get(question, ("", "", 0.0))[2]):
            best[question] = (question, cell, apart)
    return sorted(best.values(), key=lambda mark: -abs(mark[2]))[:MARKS]


def rows(found: Segments, plan: Plan) -> Iterable[list[str]]:
    """For the report: segment, size, its interval, the literate share, its interval, what marks it."""
    say = plan.tongue
    alike = say("与全体相近", "much as everybody")
    for row in range(len(found.taken)):
        size = found.of(row + 1, SIZE)[0]
        literate = found.of(row + 1, plan.level)[0]
        told = say.listed([_mark(*mark, say) for mark in marks(found, row + 1)])
        yield [
            str(row + 1), _share(size.estimate), _limits(size), _share(literate.estimate),
            _limits(literate), "—" if literate.withheld else told or alike,
        ]  # fmt: skip


def profile(found: Segments, plan: Plan) -> Iterable[list[str]]:
    """For the report: question or group, answer or category, and its share in each segment."""
    say = plan.tongue
    apart = (SIZE, plan.level)
    cells = list(dict.fromkeys((one.table, one.cell) for one in found.lines))
    for table, cell in cells:
        if table in apart:
            continue
        shares = [
            _share(next(o for o in found.of(n + 1, table) if o.cell == cell).estimate)
            for n in range(len(found.taken))
        ]
        yield [say.word(table), say.word(cell), *shares]


def _mark(question: str, cell: str, apart: float, say: Tongue) -> str:
    sign = "＋" if apart > 0 else "－"
    name = say.word(question)
    if cell in ("yes", "no"):
        return f"{name}{sign if cell == 'yes' else ('－' if apart > 0 else '＋')}"
    return f"{name}{say('：', ': ')}{say.word(cell)}{sign}"


def words(results: Results) -> Iterable[str]:
    """How segments were found, how sure they are, and what must not be read into them."""
    found, say = results.segments, results.plan.tongue
    if found is None:
        return
    asked = results.plan.segments
    names = say.listed([say.word(one) for one in asked.questions] if asked else [])
    taken, many = found.taken, len(found.taken)
    bics = say.listed([f"{len(one)}: {one.bic:.1f}" for one in found.models])
    how = (
        say(f"由 BIC 从 1 至 {len(found.models)} 类中选出（{bics}）", f"BIC chose it ({bics})")
        if len(found.models) > 1
        else say("由计划规定", "the plan fixed it")
    )
    ends, people = f"{taken.reached}/{taken.ends}", f"{taken.people:,.0f}"
    yield say(
        f"按{names}的回答，以加权潜类别模型把公众分为 {many} 类，类数{how}；"
        f"权重折合 {people} 人。多个随机起点中走到底的 {ends} 个到达同一最优解；"
        f"熵 {taken.entropy:.2f}（1 为人人归类确定）；缺失的回答占 {found.missing:.1%}，按随机缺失处理。",
        f"By their answers on {names}, a weighted latent class model parts the public into {many} "
        f"segments; {how}; weights count as {people} people. {ends} of the random starts that were "
        f"followed to their end reach the same best fit; entropy {taken.entropy:.2f} (1: everybody's "
        f"segment is sure); {found.missing:.1%} of the answers are missing, taken as missing at random.",
    )
    yield say(
        "人群比例、具备科学素质比例和构成的误差来自重抽样本，每次重新加权、重新拟合；"
        "具备比例与构成按三步法（BCH）校正了归类误差，假定它们在类内与上述回答无关。"
        "误差以类数已定为前提；“类”是描述公众的方式，不是每个人身上的标签。",
        "Errors of sizes, literate shares and profiles come from replicates, weighted and fitted anew; "
        "shares are free of the error of assigning people to segments (three-step method, BCH) if they "
        "are independent of the answers inside a segment. Errors take the number of segments as known; "
        "segments describe the public, they are no label of a person.",
    )


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _limits(one: Line) -> str:
    return "—" if one.low is None or one.high is None else f"{one.low:.1%}–{one.high:.1%}"
