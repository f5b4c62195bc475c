"""What the report says of homes and volunteers together: who speaks, what is assumed, what is added."""

from __future__ import annotations

from collections.abc import Iterable

from kepu.literacy.run.estimating import AREA, CITY
from kepu.literacy.run.modes import COMBINED, EFFECT, FREE, HOME, Mixed
from kepu.literacy.run.plan import Modes
from kepu.literacy.run.pooling import strangers
from kepu.literacy.run.results import Results
from kepu.literacy.run.vocabulary import Tongue

CHINESE = {
    "propensity": "参与概率加权（Chen、Li、Wu，2020）",
    "mass-imputation": "整体插补（Kim 等，2021）",
    "doubly-robust": "双重稳健（Chen、Li、Wu，2020）",
}
ENGLISH = {
    "propensity": "propensity weights (Chen, Li & Wu 2020)",
    "mass-imputation": "mass imputation (Kim et al. 2021)",
    "doubly-robust": "doubly robust (Chen, Li & Wu 2020)",
}


def rows(results: Results) -> Iterable[list[str]]:
    """The city's share by each who speaks; the mode's effect is told in words."""
    for one in _city(results):
        if one.method == EFFECT:
            continue
        numbers = (one.estimate, one.se, one.low, one.high)
        name = speaker(one.method, results.plan.tongue)
        yield [name, *map(_share, numbers), f"{one.n:,}"]


def speaker(method: str, say: Tongue) -> str:
    """Who a figure is from."""
    if method == HOME:
        return say("入户调查", "Home visits")
    if method == COMBINED:
        return say("两者合并", "Both together")
    name = method.removesuffix(f" {FREE}")
    plain = say(f"网络调查，{CHINESE[name]}", f"Online, {ENGLISH[name]}")
    return plain + (say("，扣除方式影响", ", as at home") if method.endswith(FREE) else "")


def words(results: Results) -> Iterable[str]:
    """Quota share, assumptions and added uncertainty."""
    modes, say = results.plan.modes, results.plan.tongue
    if modes is None:
        return
    together = results.combined()
    if together.withheld:
        yield say("样本过少，合并数字不公布。", "Too few people: the combined figure is withheld.")
        return
    share, bias = _share(together.share), _points(together.bias)
    yield say(
        f"网络样本在合并数字中占 {share}，{_weight(modes, say)}。"
        f"网络样本与入户样本之差超出抽样误差的部分为 {bias} 个百分点，按占比计入合并数字的误差。",
        f"Volunteers online make up {share} of the combined figure, {_weight(modes, say)}. They lie off "
        f"the homes by {bias} percentage points beyond chance; by their share this is in the error.",
    )
    yield _assumed(modes, say)
    if results.plan.plausible:
        yield _drawn(modes, say)
    yield from _effect(results, modes, together)
    yield _districts(results, modes, say)
    if names := strangers(results.read):
        titles = {area.code: say.place(area.name) for area in results.read.areas}
        listed = say.listed([titles.get(name, name) for name in names])
        yield say(
            f"{listed}有网络样本，但入户调查无人应答：这些人与其余区县合为一类。",
            f"Volunteers came from {listed}, where nobody answered at home: they are in the category of "
            "the other districts.",
        )


def districts(results: Results) -> Iterable[list[str]]:
    """Districts from which volunteers enough came: homes, both together, and the volunteers' part."""
    say = results.plan.tongue
    named = {area.code: say.place(area.name) for area in results.read.areas}
    held = {(one.cell, one.method): one for one in results.mixed if one.table == AREA}
    for (cell, method), both in held.items():
        if method == COMBINED and not both.withheld:
            numbers = (held[cell, HOME].estimate, both.estimate, both.se, both.low, both.high)
            yield [named.get(cell, cell), *map(_share, numbers), _share(both.share)]


def _districts(results: Results, modes: Modes, say: Tongue) -> str:
    """Why districts rest on homes, and which have a combined figure beside that."""
    many = len(list(districts(results)))
    plain = say(
        "分维度、第一个数字、区县的模型值和名次只用入户样本：网络样本没有抽样，分到区县人数少，"
        "各区县的自选偏差与抽样误差分不开。",
        "Dimensions, the first figure, and the model and ranks of districts rest on the homes alone: "
        "nobody drew the volunteers, and of one district they are too few to tell its own bias from "
        "chance.",
    )
    if results.plan.areas is None or results.plan.areas.column not in modes.covariates:
        return plain
    return plain + say(
        f"网络样本不少于 {modes.least} 人的 {many} 个区县，另列两者合并的数字；其余区县合为一类参与建模，"
        "调查方式的影响假定各区县相同。",
        f" Of {many} districts with at least {modes.least} volunteers a combined figure is given beside "
        "it; the others are one category of the model, and the effect of the mode is taken to be the same "
        "in all districts.",
    )


def _weight(modes: Modes, say: Tongue) -> str:
    if modes.weight == "effective":
        return say("按有效样本量的比例取值", "in proportion to effective respondents")
    return say(
        "按均方误差最小取值（偏差由两者之差扣除抽样误差估计；Elliott 与 Haviland，2007）",
        "for the least mean squared error (bias from how far the two lie apart beyond chance; Elliott & "
        "Haviland 2007)",
    )


def _assumed(modes: Modes, say: Tongue) -> str:
    """What must hold for volunteers to speak for others."""
    known = say.listed([say.word(name) for name in modes.covariates])
    held = {
        "propensity": say(
            f"参与网络调查的概率只取决于{known}，并且人人都有可能参与",
            f"the chance to take part online depends on {known} alone, and everybody has one",
        ),
        "mass-imputation": say(
            f"{known}相同的人，无论是否参与网络调查，答得一样",
            f"people alike in {known} answer alike, whether they took part online or not",
        ),
        "doubly-robust": say(
            f"{known}之外，参与与否同答得好坏无关（参与模型与作答模型有一个正确即可）",
            f"beyond {known}, taking part has nothing to do with answering well (one of the two models, "
            "of taking part and of answers, must be right)",
        ),
    }[modes.method]
    return say(
        f"假定：{held}。误差由两个样本各自重抽得到，每次重做模型。",
        f"Assumed: {held}. Errors come from drawing each sample again, with models fitted anew.",
    )


def _drawn(modes: Modes, say: Tongue) -> str:
    """How answers to what was not asked online were drawn, and what is assumed in it."""
    known = say.listed([say.word(name) for name in modes.covariates])
    return say(
        "网络样本、重叠样本没有问到的题也抽出答案：每次抽取与入户样本用同一组题目参数，能力的平均数在网络样本内按"
        f"{known}回归，在重叠样本内还按调查方式回归；合并数字逐次计算，再按 Rubin 规则合并。"
        "假定网络作答使能力整体高出或低于入户，各题的相对难易不变。",
        "Answers to what volunteers and the overlap were not asked are drawn too: in each draw with the "
        f"items as the homes' draw has them, ability by a regression on {known} among the volunteers, and "
        "on the mode among the overlap. Figures are combined draw by draw, then joined by Rubin's rules. "
        "Being asked online is taken to move abilities, not the difficulty of one item beside another.",
    )


def _effect(results: Results, modes: Modes, together: Mixed) -> Iterable[str]:
    """What the way of asking does, or that nobody knows."""
    say = results.plan.tongue
    found = [one for one in _city(results) if one.method == EFFECT]
    if not found:
        yield say(
            "没有重叠样本：网络作答与入户作答被当作没有差别，合并数字的误差不含这一项。",
            "There is no overlap: answers online and at home are taken to be the same, and the error of "
            "that is not counted.",
        )
        return
    one, added = found[0], _points(together.added)
    others = modes.overlap.covariates if modes.overlap else []
    alike = say.listed([say.word(name) for name in others])
    effect, error = f"{one.estimate:+.2f}", f"{one.se:.2f}"
    yield say(
        "调查方式的影响由重叠样本估计"
        + (f"（按{alike}可比）" if alike else "")
        + f"：网络作答使对数优势变动 {effect}（标准误 {error}），已从网络数字中扣除；"
        "假定这一影响在对数优势上人人相同。"
        f"扣除使合并数字的误差增加 {added} 个百分点。",
        "The effect of the mode comes from the overlap"
        + (f" (made comparable by {alike})" if alike else "")
        + f": being asked online moves the log odds by {effect} (standard error {error}), which was taken "
        "off the figure online; the effect is assumed to be the same for all on the log odds. "
        f"Taking it off adds {added} percentage points to the error of the combined figure.",
    )


def _city(results: Results) -> Iterable[Mixed]:
    measure = f"{results.plan.level} or above"
    return (one for one in results.mixed if (one.table, one.measure) == (CITY, measure))


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"


def _points(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.3f}"
