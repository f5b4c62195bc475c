"""What the report says of homes and volunteers together: who speaks, what is assumed, what is added."""

from __future__ import annotations

from collections.abc import Iterable

from kepu.literacy.run.estimating import CITY
from kepu.literacy.run.modes import COMBINED, EFFECT, FREE, HOME, Mixed
from kepu.literacy.run.plan import Modes
from kepu.literacy.run.results import Results
from kepu.literacy.run.vocabulary import GROUPS

METHODS = {
    "propensity": "参与概率加权（Chen、Li、Wu，2020）",
    "mass-imputation": "整体插补（Kim 等，2021）",
    "doubly-robust": "双重稳健（Chen、Li、Wu，2020）",
}
ASSUMED = {
    "propensity": "参与网络调查的概率只取决于{}，并且人人都有可能参与",
    "mass-imputation": "{}相同的人，无论是否参与网络调查，答得一样",
    "doubly-robust": "{}之外，参与与否同答得好坏无关（参与模型与作答模型有一个正确即可）",
}
WEIGHTS = {
    "precision": "按均方误差最小取值（偏差由两者之差扣除抽样误差估计；Elliott 与 Haviland，2007）",
    "effective": "按有效样本量的比例取值",
}


def rows(results: Results) -> Iterable[list[str]]:
    """The city's share by each who speaks; the mode's effect is told in words."""
    for one in _city(results):
        if one.method == EFFECT:
            continue
        numbers = (one.estimate, one.se, one.low, one.high)
        yield [speaker(one.method), *map(_share, numbers), f"{one.n:,}"]


def speaker(method: str) -> str:
    """Who a figure is from."""
    plain = METHODS.get(method.removesuffix(f" {FREE}"), method)
    if method == HOME:
        return "入户调查"
    if method == COMBINED:
        return "两者合并"
    return f"网络调查，{plain}" + ("，扣除方式影响" if method.endswith(FREE) else "")


def words(results: Results) -> Iterable[str]:
    """Quota share, assumptions and added uncertainty."""
    modes = results.plan.modes
    if modes is None:
        return
    together = results.combined()
    if together.withheld:
        yield "样本过少，合并数字不公布。"
        return
    yield (
        f"网络样本在合并数字中占 {_share(together.share)}，{WEIGHTS[modes.weight]}。"
        f"网络样本与入户样本之差超出抽样误差的部分为 {_points(together.bias)} 个百分点，"
        "按占比计入合并数字的误差。"
    )
    known = "、".join(GROUPS.get(name, name) for name in modes.covariates)
    yield f"假定：{ASSUMED[modes.method].format(known)}。误差由两个样本各自重抽得到，每次重做模型。"
    yield from _effect(results, modes, together)
    yield "区县、分维度与第一个数字只用入户样本。"


def _effect(results: Results, modes: Modes, together: Mixed) -> Iterable[str]:
    """What the way of asking does, or that nobody knows."""
    found = [one for one in _city(results) if one.method == EFFECT]
    if not found:
        yield "没有重叠样本：网络作答与入户作答被当作没有差别，合并数字的误差不含这一项。"
        return
    one = found[0]
    others = modes.overlap.covariates if modes.overlap else []
    alike = f"（按{'、'.join(GROUPS.get(n, n) for n in others)}可比）" if others else ""
    yield (
        f"调查方式的影响由重叠样本估计{alike}：网络作答使具备的对数优势变动 {one.estimate:+.2f}"
        f"（标准误 {one.se:.2f}），已从网络数字中扣除；假定这一影响在对数优势上人人相同。"
        f"扣除使合并数字的误差增加 {_points(together.added)} 个百分点。"
    )


def _city(results: Results) -> Iterable[Mixed]:
    measure = f"{results.plan.level} or above"
    return (one for one in results.mixed if (one.table, one.measure) == (CITY, measure))


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.3f}"
