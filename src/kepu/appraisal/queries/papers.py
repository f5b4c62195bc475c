"""Reviews on paper: which sheets wait to be keyed, and what was read on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Call, Keying, Paper, Review
from kepu.appraisal.papers_states import LIVE, PaperState
from kepu.appraisal.programme.schema import Criterion
from kepu.appraisal.queries import calls
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside


@dataclass(frozen=True)
class Field:
    """One field of a sheet as two people read it, in words; `same` where they agree."""

    label: str
    first: str
    second: str
    same: bool


def call_of(call_id: int, person: User | None, now: datetime) -> Call:
    """A call whose papers the person keys: its secretaries and deciding officers. Raises Outside."""
    found: Call | None = Call.objects.select_related("division_now").filter(pk=call_id).first()
    if found is None or not calls.keeps(found, person, now):
        raise Outside(_("there is no such call"))
    return found


def review_of(review_id: int, person: User | None, now: datetime) -> Review:
    """A review of a call that the person keeps. Raises Outside."""
    rows = Review.objects.select_related("application__call", "expert__person")
    found: Review | None = rows.filter(pk=review_id).first()
    if found is None or not calls.keeps(found.application.call, person, now):
        raise Outside(_("there is no such review"))
    return found


def seen(paper_id: int, person: User | None, now: datetime) -> Paper:
    """A sheet of a call that the person keeps. Raises Outside."""
    found: Paper | None = joined().filter(pk=paper_id).first()
    if found is None or not calls.keeps(found.review.application.call, person, now):
        raise Outside(_("there is no such paper"))
    return found


def joined() -> QuerySet[Paper]:
    return Paper.objects.select_related(
        "review__application__call", "review__expert__person", "opened_by", "scan"
    )


def of_call(call: Call, shut: Collection[int]) -> QuerySet[Paper]:
    """Sheets of a call but for those of `shut`: those to be worked on first. Two queries."""
    keyed = Prefetch("keyings", queryset=Keying.objects.select_related("by"))
    found = joined().filter(review__application__call=call).exclude(state=PaperState.DROPPED)
    found = found.exclude(review__application__in=shut)
    return found.prefetch_related(keyed).order_by("ended_at", "signed_on", "pk")


def unsent(call: Call, shut: Collection[int]) -> QuerySet[Review]:
    """Reviews but for those of `shut` that wait for their reviewer and have no sheet. One query."""
    found = Review.objects.filter(
        application__call=call, application__state=ApplicationState.IN_REVIEW,
        state__in=reviews.UNFINISHED,
    )  # fmt: skip
    paperless = found.exclude(papers__state__in=LIVE).exclude(application__in=shut)
    return paperless.select_related("application", "expert__person").order_by(
        "application__code", "pk"
    )


def on_paper(review: Review) -> Paper | None:
    """The sheet that a review comes from. One query."""
    return review.papers.exclude(state=PaperState.DROPPED).first()


def is_keyed(review: Review) -> bool:
    """Whether a sheet of the review is being keyed. One query."""
    return review.papers.filter(state__in=LIVE).exists()


def from_paper(review_ids: Collection[int] | QuerySet[Review]) -> dict[int, str]:
    """Which of these reviews were handed in on paper, and under which number. One query."""
    found = Paper.objects.filter(review__in=review_ids, state=PaperState.DONE)
    return dict(found.values_list("review", "reference"))


def criteria(application: Application) -> list[Criterion]:
    """What is scored on the sheet, in the order of the rubric."""
    return reviews.judged(calls.programme(application.call), application.klass)


def readings(paper: Paper) -> list[Keying]:
    """The newest reading of each of the two who keyed it, the first keyer first. One query."""
    newest: dict[int, Keying] = {}
    for one in paper.keyings.filter(settles=False).select_related("by").order_by("pk"):
        newest[one.by_id] = one  # a key that is there already keeps its place
    return list(newest.values())


def differing(first: dict[str, Any], second: dict[str, Any]) -> set[str]:
    """Keys of what two people read differently: points to the hundredth, words but for spaces."""
    found = {key for key in first["points"] if first["points"][key] != second["points"].get(key)}
    words = {
        f"{key}:remark"
        for key in first["points"]
        if not _alike(first["remarks"].get(key, ""), second["remarks"].get(key, ""))
    }
    whole = set() if _alike(first["comment"], second["comment"]) else {"comment"}
    return found | words | whole


def _alike(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def side_by_side(paper: Paper) -> list[Field]:
    """Both readings, field by field in the order of the sheet."""
    first, second = (one.read for one in readings(paper)[:2])
    apart = differing(first, second)
    rows = []
    for one in criteria(paper.review.application):
        a, b = first["points"].get(one.key, 0), second["points"].get(one.key, 0)
        rows.append(Field(str(one), f"{a / 100:g}", f"{b / 100:g}", one.key not in apart))
        said, told = (read["remarks"].get(one.key, "") for read in (first, second))
        if said or told:
            label = _("%(criterion)s: remark") % {"criterion": one}
            rows.append(Field(label, said, told, f"{one.key}:remark" not in apart))
    same = "comment" not in apart
    return [*rows, Field(_("Opinion"), first["comment"], second["comment"], same)]
