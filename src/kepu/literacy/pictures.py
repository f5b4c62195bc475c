"""Figures of this room as charts and plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kepu.literacy.models import BookletSet
from kepu.literacy.schemas import Framework
from kepu.ui.charts import Bar, Bars, Lines, Series

Result = Mapping[str, Any]


def level_name(result: Result, framework: Framework) -> str:
    """The level that the score lies in."""
    found = framework.levels.get(result["level"])
    return (found or framework.below).title


def of_result(result: Result, framework: Framework) -> Bars:
    """One bar for the score, a line for its range, and where each level begins."""
    score, low, high = (round(result[key]) for key in ("score", "low", "high"))
    literate = _middle(framework)
    cut = framework.levels[literate]
    bars = [
        Bar(_("Your score"), result["score"], str(score), result["low"], result["high"], told=True)
    ]
    bars += [
        Bar(_("%(level)s begins at") % {"level": one.title}, one.cut, f"{one.cut:g}")
        for key, one in framework.levels.items()
    ]
    return Bars(
        title=_("About %(score)s of %(most)s points, most likely from %(low)s to %(high)s")
        % {"score": score, "most": f"{framework.most:g}", "low": low, "high": high},
        source=_("your answers in this self-test"),
        uncertainty=_("The thin line is the range that holds your true score %(n)s times in 10")
        % {"n": f"{framework.self_test.confidence * 10:g}"},
        bars=bars,
        label_head=_("Score"),
        value_head=_("points"),
        goal=cut.cut,
        goal_words=f"{cut.title} {cut.cut:g}",
    )


def _middle(framework: Framework) -> str:
    """The level that the plan counts: `literate` where the framework has it, else the highest."""
    return "literate" if "literate" in framework.levels else next(iter(framework.levels))


def chances(result: Result, framework: Framework) -> list[tuple[str, str]]:
    """How likely each level is reached, in words that nobody has to know per cent for."""
    told = result["chances"]  # in no order: PostgreSQL keeps none
    return [
        (level.title, in_ten(told[key])) for key, level in framework.levels.items() if key in told
    ]


def in_ten(chance: float) -> str:
    """A chance as so many times in ten; never as certainty."""
    tenths = round(chance * 10)
    if tenths == 0:
        return _("hardly ever")
    if tenths == 10:
        return _("almost certainly")
    return _("about %(n)s times in 10") % {"n": tenths}


@dataclass(frozen=True)
class Part:
    """One dimension: how many questions were asked, and how many answered right."""

    title: str
    right: int
    asked: int


def parts(result: Result, framework: Framework) -> list[Part]:
    """What was answered, dimension by dimension; too little for a score of each."""
    told = result["dimensions"]
    return [Part(one.title, *told[key]) for key, one in framework.dimensions.items() if key in told]


# --- booklets -------------------------------------------------------------------------------------


def information(of: BookletSet) -> Lines:
    """What each booklet tells at each ability: alike, if they are good."""
    curves = of.summary["information"]
    best = max(range(len(curves[0])), key=lambda at: curves[0][at])
    return Lines(
        title=_("The booklets tell most about people near %(ability)s")
        % {"ability": f"{of.summary['abilities'][best]:g}"},
        source=_("calibrations of their items"),
        uncertainty=_(
            "Information: 1 over the square of the standard error of an ability. The item parameters "
            "are taken as known."
        ),
        labels=[f"{one:g}" for one in of.summary["abilities"]],
        series=[
            Series(_("Booklet %(n)s") % {"n": number}, curve)
            for number, curve in enumerate(curves, start=1)
        ],
    )


def missed(of: BookletSet) -> float:
    """How far the search may be from the best there is, as a share of it."""
    bound = of.summary["bound"]
    return max(0.0, 1 - of.summary["least"] / bound) if bound else 0.0
