"""What the page of an application shows of it: its way, its answers, its files, its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.appraisal import queries, rules
from kepu.appraisal.models import Appeal, Application, Objection
from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.files import queries as files
from kepu.ui.cards import Happening, Step

A = ApplicationState
ICONS = {"send_back": "warning", "object": "warning", "refuse": "cross", "name": "check"}


def way(application: Application, programme: Programme) -> list[Step]:
    """The stages of the programme, and where the application stands among them."""
    asked = _asked(programme)
    at = _at(application, asked)
    stopped = application.state in (A.REFUSED, A.WITHDRAWN)
    found = []
    for place, (label, _states) in enumerate(asked):
        state = "done" if place < at else "todo"
        if place == at:
            state = "stopped" if stopped else "now"
        found.append(Step(label, state))
    return found


def of_programme(programme: Programme) -> list[str]:
    """The stages that every application of the programme goes through, by name."""
    return [label for label, _states in _asked(programme)]


def _asked(programme: Programme) -> list[tuple[str, tuple[A, ...]]]:
    """The stages of the programme by name, each with the states of an application in it."""
    stages: list[tuple[str, tuple[A, ...], bool]] = [
        (pgettext("stage", "Handing in"), (A.DRAFT, A.RETURNED), True),
        (_("Recommendation"), (A.SUBMITTED,), programme.recommended_at is not None),
        (_("Formal check"), (A.SUBMITTED, A.RECOMMENDED), True),
        (_("Expert review"), (A.CHECKED, A.IN_REVIEW), programme.reviewing is not None),
        (_("Field inspection"), (), programme.inspection is not None),
        (_("Panel"), (A.CHECKED, A.REVIEWED, A.PROPOSED), True),
        (_("Public notice"), (A.NOTICED, A.OBJECTED), True),
        (
            _("Naming by %(body)s") % {"body": programme.named_by}
            if programme.named_by
            else pgettext("stage", "Decision"),
            (A.PUT_FORWARD,),
            True,
        ),
    ]
    return [(label, states) for label, states, has in stages if has]


def _at(application: Application, stages: list[tuple[str, Any]]) -> int:
    """The number of the stage it stands in; all of them behind it when it is named."""
    if application.state == A.NAMED:
        return len(stages)
    if application.state in (A.REFUSED, A.WITHDRAWN):
        return len(stages) - 1
    places = (place for place, (_label, states) in enumerate(stages) if application.state in states)
    return next(places, 0)


def answered(application: Application, programme: Programme) -> list[tuple[str, str]]:
    """Each question of its class with the answer, in words."""
    given = queries.applications.answers(application)
    return [
        (str(one), _said(given.get(one.key), one.unit))
        for one in programme.of_class(programme.form, application.klass)
    ]


def _said(answer: Answer, unit: str) -> str:
    if answer is None or answer == "":
        return _("not told yet")
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    words = f"{answer:g}" if isinstance(answer, float) else str(answer)
    return f"{words} {unit}".strip()


def inspected(application: Application, person: User | None, now: datetime) -> dict[str, Any]:
    """The visit as this reader may know of it; what was missed, for those who see the inspection."""
    found = queries.inspections.of(application).first()
    if person is None:
        return {}
    if found is None:
        keeps = rules.applications.why_not_keep_as(person, application, now) is None
        reviewed = keeps and application.state == A.REVIEWED
        return {"waits": reviewed and rules.inspections.why_not_uninspected(application)}
    if not queries.inspections.oversees(person, found, now):
        return {"visit": queries.inspections.announced_to(application, person, now)}
    return {
        "visit": found, "visit_seen": True, "missed": queries.inspections.failures(found),
    }  # fmt: skip


def shown(
    application: Application, programme: Programme
) -> list[tuple[str, str, list[tuple[int, str]]]]:
    """Each entry of the list of evidence: key, name, and its files by number and name."""
    rows = list(application.evidence.select_related("file", "file__owner"))
    return [
        (
            one.key,
            str(one),
            [(row.file_id, files.name(row.file)) for row in rows if row.key == one.key],
        )
        for one in programme.of_class(programme.evidence, application.klass)
    ]


def history(application: Application, *, officer: bool) -> list[Happening]:
    """Its steps, the newest first; who took them is told to officers alone."""
    return [
        Happening(
            step.get_state_display(), step.at, who=step.by.name if officer and step.by else "",
            note=" ".join(part for part in (step.reason, step.reference) if part),
            icon=ICONS.get(step.verb, "dot"),
        )
        for step in application.steps.select_related("by").order_by("-at", "-pk")
    ]  # fmt: skip


def appeals(
    application: Application, person: User | None, now: datetime
) -> list[tuple[Appeal, str, bool]]:
    """Appeals against the refusal, for who wrote them and who decides here."""
    if person is None:
        return []
    decides = rules.deciding.why_not_decide_at(person, application.call, now) is None
    if not decides and not queries.applications.is_own(application, person, now):
        return []
    return [
        (
            one,
            queries.grievances.text(one),
            rules.deciding.why_not_answer_appeal_as(person, one, now) is None,
        )
        for one in application.appeals.select_related("raised_by", "application__call")
    ]


def objections(
    application: Application, person: User | None, now: datetime
) -> list[tuple[Objection, str, bool]]:
    """Objections for those who answer them: the words, and whether this reader may answer."""
    if person is None or not queries.calls.keeps(application.call, person, now):
        return []
    if rules.applications.why_not_judge_own(person, application, now):
        return []  # who stands for the applicant does not learn who objected
    return [
        (
            one,
            queries.grievances.text(one),
            rules.deciding.why_not_answer_as(person, one, now) is None,
        )
        for one in application.objections.select_related("raised_by", "application__call")
    ]
