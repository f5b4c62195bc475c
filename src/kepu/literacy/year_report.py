"""A published year of the kepu statistics as a short report (PDF): coverage, figures, checks, method.

It is drawn of what was published, which does not change: the same year and language give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.divisions import english
from kepu.literacy import returns_shown as shown
from kepu.literacy import statistics
from kepu.literacy.models import Round
from kepu.literacy.statistics import Statistics
from kepu.ui import formats

DIGITS = 12  # of the digest that the report bears


def report(one: Round) -> bytes:
    """The report in the reader's language, as PDF."""
    assert one.published_at  # noqa: S101 (only what is published is asked for)
    told = json.dumps(values(one), ensure_ascii=False, sort_keys=True)
    return _drawn(told, int(one.published_at.timestamp()))


@lru_cache(maxsize=16)
def _drawn(told: str, at: int) -> bytes:
    import typst  # asked late: only a report needs it

    template = (resources.files("kepu.literacy") / "typst" / "year.typ").read_bytes()
    return bytes(
        typst.compile(  # type: ignore[call-overload]
            template,
            font_paths=[str(resources.files("noto_cjk_sans_otc"))],
            ignore_system_fonts=True,
            sys_inputs={"values": told},
            timestamp=at,
            format="pdf",
        )
    )


def values(one: Round) -> dict[str, Any]:
    """What the template shows, in the reader's language."""
    told, rules = one.published, statistics.of_version(one.rules)
    return {
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
        "title": _("Kepu statistics of %(year)s") % {"year": one.year},
        "lead": f"{english.title(one.division_at.name)} · {shown.called(rules.name)}",
        "synthetic": [
            _("SYNTHETIC DATA"),
            _("the units and their figures are invented; no figure describes a real place"),
        ]
        if one.synthetic
        else [],
        "digest": hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:DIGITS],
        "tiles": [[t.label, t.value, t.note or ""] for t in shown.tiles(told, rules, one.year)],
        "parts": list(_parts(one, told, rules)),
    }


def _parts(one: Round, told: shown.Told, rules: Statistics) -> Iterator[dict[str, Any]]:
    """Sections of the report: a title, sentences, and a table where there is one."""
    yield _part(_("Coverage"), list(_coverage(told)), _districts_head(), list(_districts(told)))
    for title, lines in shown.sections(told, rules, one.year):
        rows = [
            [f"{x.title}{'' if x.verified else ' *'}", x.unit, x.value, x.national] for x in lines
        ]
        head = [_("Indicator"), _("Counted in"), str(one.year), _("In the country")]
        yield _part(title, [], head, rows)
    yield _part(_("Cells that are withheld"), list(_withheld(told, rules)))
    heads = [_("What must hold"), _("If it does not")]
    yield _part(_("Cross-checks of every return"), [_checked()], heads, list(_checks(rules)))
    yield _part(_("How it was counted"), list(_method(one, told, rules)))


def _part(
    title: str, words: list[str], head: list[str] | None = None, rows: list[list[str]] | None = None
) -> dict[str, Any]:
    return {"title": title, "words": words, "head": head or [], "rows": rows or []}


def _coverage(told: shown.Told) -> Iterator[str]:
    total, asked = told["total"], [row for row in told["rows"] if row["asked"]]
    share = total["counted"] / total["asked"] if total["asked"] else None
    yield _("%(counted)s of %(asked)s units are counted (%(share)s).") % {
        "counted": total["counted"], "asked": total["asked"], "share": formats.share(share),
    }  # fmt: skip
    if silent := [english.title(row["name"]) for row in asked if not row["counted"]]:
        yield _("No unit is counted in: %(names)s.") % {"names": _(", ").join(silent)}
    if total["counted"] < total["asked"]:
        yield _("Sums are of the units counted: what the others have comes on top.")


def _districts_head() -> list[str]:
    return [
        _("District"), _("Units counted"), _("Special funds per head"), _("Growth of government funds"),
        _("Growth rule"),
    ]  # fmt: skip


def _districts(told: shown.Told) -> Iterator[list[str]]:
    for one in shown.districts(told):
        yield [one.name, one.coverage, one.per_head, one.growth, one.verdict or _("cannot be told")]


def _withheld(told: shown.Told, rules: Statistics) -> Iterator[str]:
    least = _("A figure of a district rests on at least %(n)s units that gave one.")
    yield f"{least % {'n': rules.cells.units}} ({shown.called(told['cells'])})"
    if many := told["withheld"]:
        yield ngettext(
            "%(n)s cell is withheld, so that no unit can be told from it or by subtraction.",
            "%(n)s cells are withheld, so that no unit can be told from them or by subtraction.",
            many,
        ) % {"n": many}
    else:
        yield _("No cell had to be withheld.")


def _checked() -> str:
    return _("Districts checked every return against these before its figures counted.")


def _checks(rules: Statistics) -> Iterator[list[str]]:
    hard, soft = _("it cannot be handed in"), _("it is explained in a sentence")
    for _key, check in rules.checks():
        yield [check.sentence, hard if check.hard else soft]
    change = _("A figure stays within %(share)s of last year's, or within %(least)s of it")
    least = formats.decimal(rules.change.least, 0)
    yield [change % {"share": formats.share(rules.change.share), "least": least}, soft]


def _method(one: Round, told: shown.Told, rules: Statistics) -> Iterator[str]:
    """How figures came to be, and what they cannot say."""
    assert one.published_at  # noqa: S101 (as `report`)
    yield _(
        "Every unit filled one return; its district checked it, the city locked the year, and a second "
        "officer published it on %(day)s."
    ) % {"day": clock.day(one.published_at).isoformat()}
    yield _("Residents are those of the 2020 census. Growth is of units counted in both years.")
    yield _("Growth rule: %(rule)s") % {"rule": rules.funds.rule}
    if unknown := shown.without_people(told):
        yield _("Residents are not known: %(places)s.") % {"places": _("; ").join(unknown)}
    yield _("It is a count of all units asked, no sample: figures have no sampling error, but what was "
            "not reported is missing.")  # fmt: skip
    yield _("* The official definition was not verified.")
    if sources := shown.sources(rules, one.year):
        yield f"{_('Values of the country:')} {_('; ').join(sources)}"
    yield _("Form: rulebook %(kind)s, version %(version)s.") % {
        "kind": statistics.STATISTICS, "version": one.rules,
    }  # fmt: skip
