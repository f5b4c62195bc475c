"""What the page of a sample shows: how exact it will be, what that rests on, and what was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import english
from kepu.literacy.actions.samples import Again
from kepu.literacy.models import Sample
from kepu.literacy.queries import samples as queries
from kepu.literacy.states import Sharing, Stages
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.maps import Area, Map, choropleth

# Columns of the file: names that a plan or a command takes, in whatever language the page is read.
COLUMNS = (
    "community", "path", "stratum", "psu", "chance_district", "chance_township", "chance_community",
    "chance", "interviews", "approach", "weight",
)  # fmt: skip


def _points(width: float) -> str:
    return _("± %(n)s points") % {"n": formats.decimal(width * 100, 1)}


def tiles(made: Sample) -> list[NumberTile]:
    """The first figures of the page."""
    told = made.summary
    return [
        NumberTile(_("The city's figure"), _points(told["half_width"]), note=_("95 times in 100")),
        NumberTile(_("Interviews"), f"{told['interviews']:,}", note=_rounded(made)),
        NumberTile(_("People to approach"), f"{told['approached']:,}"),
        NumberTile(_("Communities"), f"{told['communities']:,}", note=_kept(made)),
    ]


def _rounded(made: Sample) -> str:
    """Why there are not just as many as were asked for."""
    if made.summary["interviews"] == made.interviews:
        return ""
    return _("asked for: %(n)s; rounded, for all communities of a district have as many") % {
        "n": f"{made.interviews:,}"
    }


def _kept(made: Sample) -> str:
    """How many of them the earlier sample has as well."""
    kept = made.summary.get("kept")
    if kept is None:
        return ""
    return _("in the earlier sample, too: %(n)s") % {"n": f"{kept:,}"}


def on_the_map(made: Sample) -> Map | None:
    """Districts by how wide their interval will be; those that were not drawn have none."""
    told = {row["path"]: row["half_width"] for row in made.summary["districts"]}
    city = crosswalk.boundaries(made.path.split(".")[0], on=made.frame_on)
    areas = [
        Area(
            key=one.path,
            name=english.title(one.name),
            rings=one.rings,
            value=told[one.path] * 100 if one.path in told else None,
            words=_points(told[one.path]) if one.path in told else _("not drawn"),
        )
        for one in city.outlines
        if one.path in told or made.districts is not None
    ]
    return choropleth(areas) if any(area.value is not None for area in areas) else None


def table(made: Sample) -> tuple[list[str], list[tuple[str, ...]]]:
    """Heads and rows of districts; what is asked first stands first."""
    townships = made.stages == Stages.TOWNSHIPS
    heads = [
        _("District"), _("Half-width"), _("Interviews"), *([_("Townships")] if townships else []),
        _("Communities"), _("Design effect"), _("Share you expect (%)"), pgettext("population", "People"),
    ]  # fmt: skip
    rows = [
        (
            english.title(row["name"]), _points(row["half_width"]), f"{row['interviews']:,}",
            *([f"{row['townships']:,}"] if townships else []),
            f"{row['communities']:,}", formats.decimal(row.get("deff", made.deff), 2),
            formats.decimal(row.get("share", made.share) * 100, 1), f"{row['people']:,}",
        )
        for row in made.summary["districts"]
    ]  # fmt: skip
    return heads, rows


def notes(made: Sample) -> list[tuple[str, str]]:
    """What follows from the design that somebody may not expect: a title, and a sentence."""
    return [*_not_each(made), *_whom_counted(made)]


def _whom_counted(made: Sample) -> list[tuple[str, str]]:
    """Who is counted where people of the age asked are not known."""
    if made.adults:
        return []
    words = _(
        "Nobody gave the numbers of people aged 18 to 69, so all residents are counted: by them districts "
        "get interviews and weigh in the city's figure. A district with many old people or children counts "
        "a little too much. Numbers of people aged 18 to 69 are typed in with the design."
    )
    return [(_("Residents of all ages stand for those aged 18 to 69"), words)]


def _not_each(made: Sample) -> list[tuple[str, str]]:
    if made.districts is None:
        return []
    there = made.summary["districts_there"]
    title = _("%(n)s of %(there)s districts are drawn") % {"n": made.districts, "there": there}
    words = _(
        "They stand for the others, so only the city's figure is published: no figure of a district, "
        "and no comparison of districts. How districts differ among themselves is part of the city's "
        "half-width. To report each district, leave the number of districts empty."
    )
    return [(title, words)]


def facts(made: Sample) -> list[tuple[str, Any]]:
    """The design as it was asked for."""
    return [
        (_("Place"), english.title(made.division_now.name)),
        (_("Shared out over the districts"), made.get_sharing_display()),
        *_power(made),
        (_("At least so many in each district"), f"{made.least:,}"),
        *_stages(made),
        (_("People counted"), _("aged 18 to 69") if made.adults else _("residents of all ages")),
        (_("Interviews in one community"), str(made.together)),
        (_("Divisions of"), made.frame_on.isoformat()),
        *_earlier(made),
        (_("Seed"), str(made.seed)),
        (_("Digest of the draw"), format_html("<code>{}</code>", made.digest[:16] or "–")),
    ]


def _power(made: Sample) -> list[tuple[str, Any]]:
    if made.sharing != Sharing.BETWEEN:
        return []
    return [(_("Power of the people"), formats.decimal(made.exponent, 2))]


def _stages(made: Sample) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [(_("Drawn in a district"), made.get_stages_display())]
    if made.stages == Stages.TOWNSHIPS:
        found.append((_("Communities in one township"), str(made.apiece)))
    if made.districts is not None:
        found.append((_("Districts drawn"), str(made.districts)))
    return found


def _earlier(made: Sample) -> list[tuple[str, Any]]:
    if made.earlier is None:
        return []
    return [
        (_("Earlier sample"), made.earlier.title),
        (_("What this one has to do with it"), made.get_coordination_display()),
    ]


def suppositions(made: Sample) -> list[tuple[str, Any]]:
    """What the half-widths rest on: suppositions that the survey will tell better."""
    percent = _("%(n)s%% of the variance")
    between = [
        (_("Between communities"), made.icc_community),
        (_("Between townships"), made.icc_township),
        *([(_("Between districts"), made.icc_district)] if made.districts is not None else []),
    ]
    return [
        (_("Share you expect (%)"), formats.share(made.share)),
        *((title, percent % {"n": formats.decimal(n * 100, 1)}) for title, n in between),
        (_("Design effect of unequal weights"), formats.decimal(made.deff, 2)),
        (_("Share who answer (%)"), formats.share(made.response)),
    ]


def again_words(again: Again) -> str:
    """Whether a second draw came to the same."""
    if again.same:
        return ngettext(
            "Drawn again: the same %(n)s community with the same chance and interviews. "
            "Digest: %(digest)s",
            "Drawn again: the same %(n)s communities with the same chances and interviews. "
            "Digest: %(digest)s",
            again.of,
        ) % {"n": f"{again.of:,}", "digest": again.digest[:16]}
    return _(
        "Drawn again it comes out otherwise: %(same)s of %(n)s communities are the same. In the records, "
        "divisions or people of that day are not what they were; the sample stays as it was drawn."
    ) % {"same": f"{again.communities:,}", "n": f"{again.of:,}"}


def drawn_rows(made: Sample) -> Iterator[tuple[Any, ...]]:
    """A row for each community drawn; a stage that there was not has the chance 1."""
    for one in queries.communities(made):
        stages = [repr(one.chances.get(key, 1.0)) for key in ("district", "township", "community")]
        yield (
            one.division.name, one.division.path, one.stratum, one.psu, *stages, repr(one.chance),
            one.interviews, one.approached, repr(one.weight),
        )  # fmt: skip
