"""A study as words and pictures: its plan, the effect with its interval, reach and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kepu.literacy.models import Study
from kepu.literacy.rules.studies import FEWEST
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.charts import Lines, Series

Numbers = dict[str, float | None]


@dataclass(frozen=True)
class Found:
    """What a study found, ready to be read."""

    verdict: str
    sure: bool
    alone: bool
    tiles: list[NumberTile]
    lines: Lines
    rows: list[tuple[str, ...]]
    remarks: list[str]


def logic(study: Study) -> list[tuple[str, str]]:
    """The logic model, step by step."""
    return [
        (_("Inputs"), study.inputs), (_("Activities"), study.activities),
        (_("Outputs"), study.outputs), (_("Outcomes"), study.outcomes),
    ]  # fmt: skip


def plan(study: Study) -> list[tuple[str, str]]:
    """What was registered of measure and sizes, and the least effect these find."""
    told = study.plan
    return [
        (_("Measure of the outcome"), study.measure),
        (_("People of the audience aimed at"), formats.count(study.aimed)),
        (_("People to be measured who attend"), _size(told, "attending")),
        (_("Comparison group"), _size(told, "comparison") if told["comparison"] else _("none")),
        (_("Least effect that is found"), _least(study)),
    ]


def _size(told: dict[str, Any], name: str) -> str:
    people, clusters = formats.count(told[name]), told[f"{name}_clusters"]
    if not clusters:
        return people
    return _("%(people)s in %(clusters)s schools, communities or sessions") % {
        "people": people, "clusters": formats.count(clusters)
    }  # fmt: skip


def _least(study: Study) -> str:
    told = study.plan
    return _(
        "%(points)s points: found 8 times in 10 by these sizes, if scores spread by %(spread)s, before "
        "and after go together by %(together)s, and %(lost)s are lost"
    ) % {
        "points": _decimal(study.detectable), "spread": _decimal(told["deviation"]),
        "together": f"{told['correlation']:g}", "lost": f"{told['lost']:.0%}",
    }  # fmt: skip


def found(study: Study) -> Found | None:
    """The result; nothing before measurements came in."""
    told = study.result
    if not told:
        return None
    return Found(
        _verdict(study, told), bool(told["compared"] and _apart(told["effect"])),
        not told["compared"], _tiles(study, told), _lines(study, told), _rows(told),
        _remarks(told),
    )  # fmt: skip


def _verdict(study: Study, told: dict[str, Any]) -> str:
    """One sentence, which says no more than the study can."""
    effect, said = told["effect"], _said(told["effect"])
    if effect["se"] is None:
        return _("A group has one school, community or session: no error can be told.")
    if not told["compared"]:
        return (
            _(
                "Those who attended changed by %(points)s points (%(interval)s). There is no comparison "
                "group: nothing tells what would have come anyway, so the change cannot be laid at the "
                "activity's door."
            )
            % said
        )
    far = said | {"points": _decimal(abs(effect["value"]))}
    if _apart(effect) and effect["value"] > 0:
        return (
            _(
                "Those who attended gained %(points)s points more than the comparison (%(interval)s): "
                "chance alone hardly explains that."
            )
            % far
        )
    if _apart(effect):
        return (
            _(
                "Those who attended gained %(points)s points less than the comparison (%(interval)s): "
                "chance alone hardly explains that."
            )
            % far
        )
    return _(
        "The difference to the comparison is %(points)s points (%(interval)s): chance alone explains it. "
        "An effect below %(least)s points would mostly not have been found by the planned sizes."
    ) % (said | {"least": _decimal(study.detectable)})


def _apart(effect: Numbers) -> bool:
    low, high = effect["low"], effect["high"]
    return low is not None and high is not None and (low > 0 or high < 0)


def _said(one: Numbers) -> dict[str, str]:
    return {"points": _signed(one["value"]), "interval": _interval(one)}


def _interval(one: Numbers, signed: bool = True, places: int = 1) -> str:
    if one["low"] is None or one["high"] is None:
        return _("no interval")
    words = _signed if signed else _decimal
    said = {"low": words(one["low"], places), "high": words(one["high"], places)}
    return _("95%% interval %(low)s to %(high)s") % said


def _tiles(study: Study, told: dict[str, Any]) -> list[NumberTile]:
    effect, alike, price = told["effect"], told["standardised"], told["cost"]
    title = _("Effect (points)") if told["compared"] else _("Change (points), no effect")
    reached = study.reached or 0
    tiles = [
        NumberTile(title, _signed(effect["value"]), note=_interval(effect)),
        NumberTile(
            _("In standard deviations"), _signed(alike["value"], 2),
            note=_interval(alike, places=2),
        ),
        NumberTile(
            _("Reach"), formats.share(reached / study.aimed),
            note=_("%(reached)s of the %(aimed)s people aimed at")
            % {"reached": formats.count(reached), "aimed": formats.count(study.aimed)},
        ),
        NumberTile(_("Cost of each person reached (yuan)"), formats.money(price["per_person"])),
    ]  # fmt: skip
    if told["compared"]:
        tiles.append(_per_point(price))
    return tiles


def _per_point(price: dict[str, Any]) -> NumberTile:
    label = _("Cost of each point a person gained (yuan)")
    if price["per_point"] is None:
        return NumberTile(label, "–", note=_("no gain was found"))
    low = formats.money(price["low"]) if price["low"] is not None else "0"
    if price["high"] is None:
        words = _("at least %(low)s; no upper bound, for there may be no gain") % {"low": low}
    else:
        words = _("95%% interval (Fieller) %(low)s to %(high)s") % {
            "low": low, "high": formats.money(price["high"])
        }  # fmt: skip
    return NumberTile(label, formats.money(price["per_point"]), note=words)


def group_words(group: str) -> str:
    if group == "attending":
        return pgettext("group of a study", "Attended")
    return pgettext("group of a study", "Comparison")


def wave_words(wave: str) -> str:
    return pgettext("wave", "before") if wave == "before" else pgettext("wave", "after")


def _lines(study: Study, told: dict[str, Any]) -> Lines:
    """Mean scores before and after, a line for each group."""
    by_group: dict[str, list[dict[str, Any]]] = {}
    for cell in told["cells"]:
        by_group.setdefault(cell["group"], []).append(cell)
    series = [
        Series(
            group_words(group), [c["value"] for c in cells], [c["low"] for c in cells],
            [c["high"] for c in cells],
        )
        for group, cells in reversed(by_group.items())
    ]  # fmt: skip
    return Lines(
        title=_("Mean score before and after"),
        source=study.title,
        uncertainty=_("The band is the 95% interval"),
        labels=[wave_words("before"), wave_words("after")],
        series=series,
        from_zero=False,
    )


def _rows(told: dict[str, Any]) -> list[tuple[str, ...]]:
    """Group, wave, people, clusters, mean, interval."""
    return [
        (
            group_words(c["group"]), wave_words(c["wave"]), formats.count(c["n"]),
            formats.count(c["clusters"]), _decimal(c["value"]), _interval(c, signed=False),
        )
        for c in told["cells"]
    ]  # fmt: skip


def _remarks(told: dict[str, Any]) -> list[str]:
    """Who was lost, how alike groups were before, and where the error comes from."""
    said = []
    for one in told["lost"]:
        gone = one["before"] - one["both"]
        words = ngettext(
            "%(group)s: %(n)s of %(all)s was not measured again (%(share)s).",
            "%(group)s: %(n)s of %(all)s were not measured again (%(share)s).", gone,
        ) % {
            "group": group_words(one["group"]), "n": gone, "all": one["before"],
            "share": f"{one['share']:.1%}",
        }  # fmt: skip
        if one["away"] is not None and min(gone, one["both"]) >= FEWEST:
            words += " " + _("Before, they scored %(points)s points from those who stayed.") % {
                "points": _signed(one["away"])
            }
        said.append(words)
    if told["imbalance"] is not None:
        said.append(
            _("Before, those who attended were %(sd)s standard deviations from the comparison.")
            % {"sd": _signed(told["imbalance"], 2)}
        )
    if not told["keyed"]:
        said.append(_("Other people were asked after than before: who was lost is not known."))
    said.append(_how(told))
    return said


def _how(told: dict[str, Any]) -> str:
    freedom = told["effect"]["df"]
    df = "–" if freedom is None else _decimal(freedom)
    if told["compared"]:
        return _(
            "Difference in differences: both groups are taken to have changed alike without the "
            "activity. Errors by clusters (CR2), degrees of freedom by Satterthwaite: %(df)s."
        ) % {"df": df}
    return _("Errors by clusters (CR2), degrees of freedom by Satterthwaite: %(df)s.") % {"df": df}


def _decimal(value: float | None, places: int = 1) -> str:
    return "–" if value is None else formats.decimal(value, places)


def _signed(value: float | None, places: int = 1) -> str:
    return "–" if value is None else f"{value:+.{places}f}".replace("-", "−")
