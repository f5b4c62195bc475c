"""What the scores of a call come to: ranking, reviewers, agreement, and what each outcome hangs on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kepu.appraisal import queries, rules, weighing
from kepu.appraisal.actions import judging as actions
from kepu.appraisal.models import Call, Judgement, Weighing
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.states import ApplicationState, WeighingStage, WeighingState
from kepu.appraisal.views.rim import TONES, person_of
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import authorize
from kepu.kernel.registers import part
from kepu.people.queries import experts
from kepu.ui import toasts
from kepu.ui.tables import Pager

SHOWN = 100  # applications on a page
NAMED = 4  # reviewers named beside an application whose outcome hangs on more
RELIABLE, TENTATIVE = 0.8, 0.667  # alpha; Krippendorff, Content Analysis, 11.5
DECIDES = ("id", "total", "grade", "within", "tied")  # what is proposed follows from these


@login_required
def show(request: HttpRequest, call_id: int, number: int) -> HttpResponse:
    """One judgement: applications from the best on, and the reviewers."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    authorize(rules.judging.why_not_read(person, call, now))
    judgement = queries.judging.by_number(call, number)
    programme = queries.calls.programme(call)
    shut = set(queries.reviewing.shut(call, person, now))
    rows = [row for row in judgement.result["applications"] if row["id"] not in shut]
    best = sorted(rows, key=lambda row: (row["klass"], row["rank"]))
    some, pager = part(request, best, SHOWN, "page")
    ids = [row["id"] for row in some]
    states = dict(call.applications.filter(pk__in=ids).values_list("pk", "state"))
    missed = queries.inspections.missed_in(ids)
    waiting = queries.inspections.uninspected(call)
    who = _called(some, shut=bool(shut))
    context = {
        "call": call,
        "programme": programme,
        "judgement": judgement,
        "others": [one for one in queries.judging.of_call(call) if one.pk != judgement.pk],
        "rows": [
            {
                **_row(
                    row,
                    programme,
                    states.get(row["id"], ""),
                    _inspected(row["id"], missed, waiting),
                ),
                "hangs": _hangs(row, programme, who),
            }
            for row in some
        ],
        "pager": replace(pager, total=len(best)),
        "reviewers": _reviewers(request, judgement, shut=bool(shut)),
        "agreement": _agreement(judgement, shut=bool(shut)),
        "shut": bool(shut),
        "keeps": rules.calls.why_not_keep(person, call, now) is None,
        "why_not_propose": rules.judging.why_not_propose_all(call, judgement, programme),
        "same": _again(judgement, programme) if "again" in request.GET else None,
        "tones": TONES,
        "now": now,
    }
    return render(request, "appraisal/judgement.html", context)


def _row(
    row: dict[str, Any], programme: Programme, state: str, inspected: list[str]
) -> dict[str, Any]:
    """One line: the level in words, the marks for what needs a look."""
    levels = {one.key: str(one) for one in programme.levels}
    classes = {one.key: str(one) for one in programme.classes}
    marks = []
    if row["tied"]:
        marks.append(_("equal at the edge of the quota: people decide"))
    if row["grade"] and not row["within"]:
        marks.append(_("beyond the quota"))
    if row["without"]:
        marks.append(_("hangs on one reviewer"))
    if row["by_weights"]:
        marks.append(_("hangs on the weights"))
    if "before" in row:
        marks.append(_changed(levels.get(row["before"], _("no level")), row))
    if row["grade"] != row["raw_grade"]:
        told = levels.get(row["raw_grade"], _("no level"))
        marks.append(_("by the plain mean: %(level)s") % {"level": told})
    return {
        **row,
        "level": levels.get(row["grade"], _("no level")),
        "class_name": classes.get(row["klass"], ""),
        "marks": [
            *marks,
            *row["gaps"],
            *inspected,
        ],
        "state": ApplicationState(state).label if state else "",
    }


def _called(rows: Sequence[Mapping[str, Any]], *, shut: bool) -> Callable[[int, int], str]:
    """What a reviewer is called beside an application: the name, or a number where names are hidden.

    The number is the one that a discussion of the application gives; of others, that they are others.
    """
    if not shut:
        names = experts.named([one["expert"] for row in rows for one in _without(row)])
        return lambda _application, expert: names.get(expert, _("somebody who left"))
    labels = queries.discussions.labels_in([row["id"] for row in rows])
    other = _("a reviewer of others")
    return lambda application, expert: labels.get((application, expert), other)


def _without(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Without whom the outcome would be which; earlier judgements kept only without whom."""
    return [one if isinstance(one, dict) else {"expert": one} for one in row["without"]]


def _hangs(
    row: Mapping[str, Any], programme: Programme, called: Callable[[int, int], str]
) -> list[str]:
    """Each reviewer without whom the outcome would be another, and which; the first of many."""
    levels = {one.key: str(one) for one in programme.levels}
    words = {
        "within": _("without %(who)s: %(level)s"),
        "tied": _("without %(who)s: %(level)s, equal at the edge of the quota"),
        "beyond": _("without %(who)s: %(level)s, beyond the quota"),
        "untold": _("without %(who)s: another level"),
    }
    found = _without(row)
    told = []
    for one in found[:NAMED]:
        level = levels.get(one.get("grade", ""))
        place = one.get("place", "untold") if level or "place" not in one else "within"
        said = {"who": called(row["id"], one["expert"]), "level": level or _("no level")}
        told.append(words[place] % said)
    more = max(len(found) - NAMED, 0)
    counted = ngettext("and %(n)s other reviewer", "and %(n)s other reviewers", more)
    return [*told, counted % {"n": more}] if more else told


def _changed(before: str, row: dict[str, Any]) -> str:
    """Whether a discussion moved the level."""
    if row["before"] == row["grade"]:
        return _("points were changed in a discussion; the level stays")
    return _("hangs on a discussion; before it: %(level)s") % {"level": before}


def _inspected(
    application_id: int, missed: Mapping[int, list[str]], waiting: Collection[int]
) -> list[str]:
    """What the field inspection says beside the scores."""
    marks = [_("missed: %(item)s") % {"item": one} for one in missed.get(application_id, ())]
    return [*marks, _("not inspected yet")] if application_id in waiting else marks


def _reviewers(
    request: HttpRequest, judgement: Judgement, *, shut: bool
) -> tuple[list[dict[str, Any]], Pager]:
    """Reviewers from the most lenient on, with their names: for the secretary alone."""
    rows = [] if shut else judgement.result["reviewers"]
    best = sorted(rows, key=lambda row: (-float(row.get("leniency", 0)), row["expert"]))
    some, pager = part(request, best, SHOWN, "reviewers")
    names = experts.named([row["expert"] for row in some])
    told = [
        {
            **row,
            "name": names.get(row["expert"], ""),
            "percent": float(row["leniency"]) * 100 if "leniency" in row else None,
            "error_percent": float(row["error"]) * 100 if "error" in row else None,
        }
        for row in some
    ]
    return told, pager


def _agreement(judgement: Judgement, *, shut: bool) -> dict[str, Any]:
    """How far reviewers agree, with a sentence of what it means; names for the secretary alone.

    Earlier judgements kept alpha alone, without how many it was told from.
    """
    result = judgement.result
    kept = result.get("agreement") or {"alpha": result.get("alpha")}
    least = [] if shut else kept.get("least", [])
    names = experts.named([who for one in least for who in one["experts"]])
    return {
        **kept,
        "means": _meaning(kept["alpha"]),
        "least": [
            {**one, "names": [names.get(who, _("somebody who left")) for who in one["experts"]]}
            for one in least
        ],
    }


def _meaning(alpha: str | None) -> str:
    """What Krippendorff says of such a number."""
    if alpha is None:
        return _("All points that can be compared are equal: nothing tells agreement from chance.")
    if float(alpha) >= RELIABLE:
        return _("They judge alike: who reviewed an application matters little.")
    if float(alpha) >= TENTATIVE:
        return _("They agree roughly: look at the marks before you propose.")
    if float(alpha) > 0:
        return _("They judge differently: talk over what lies near a cut-off before you propose.")
    return _("They agree no more than by chance: find out why before you propose anything.")


def _again(judgement: Judgement, programme: Programme) -> bool:
    """Whether the kept inputs give the kept result once more.

    What was weighed by an earlier method: the same totals, levels and places.
    """
    result = weighing.weigh(programme, judgement.inputs)
    if queries.judging.digest(judgement.inputs) != judgement.digest:
        return False
    if judgement.result["method"] != result["method"]:
        return _decisive(judgement.result) == _decisive(result)
    return queries.judging.digest(result) == queries.judging.digest(judgement.result)


def _decisive(result: Mapping[str, Any]) -> list[list[Any]]:
    return [[row[key] for key in DECIDES] for row in result["applications"]]


@login_required
@require_POST
def weigh(request: HttpRequest, call_id: int) -> HttpResponse:
    """Ask the worker to weigh the scores as they stand."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    made = actions.ask_to_weigh(call.pk, by=person, now=now)
    return redirect("appraisal-weighing", made.pk)


@login_required
def watch(request: HttpRequest, weighing_id: int) -> HttpResponse:
    """How far the worker is, or what stood in its way; what is weighed is looked at as a judgement."""
    person, now = person_of(request), clock.now()
    weighing = queries.judging.weighing(weighing_id)
    call = queries.calls.seen(weighing.call_id, person, now)
    authorize(rules.judging.why_not_read(person, call, now))
    watched, at_work = request.headers.get("HX-Request"), weighing.state == WeighingState.COMPUTING
    context = {"weighing": weighing, "share": _share(weighing), "at_work": at_work, "now": now}
    if watched and at_work:
        return render(request, "appraisal/weighing_progress.html", context)
    if watched:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if weighing.judgement is not None:
        return redirect("appraisal-judgement", call.pk, weighing.judgement.number)
    return render(request, "appraisal/weighing.html", context)


def _share(weighing: Weighing) -> float:
    """How much of all stages is behind the worker."""
    stages = [stage.value for stage in WeighingStage]
    return stages.index(weighing.stage) / len(stages) if weighing.stage in stages else 0.0


@login_required
@require_POST
def propose_all(request: HttpRequest, call_id: int, number: int) -> HttpResponse:
    """Propose everything that reached a level within the quotas."""
    person: User = person_of(request)
    now = clock.now()
    call: Call = queries.calls.seen(call_id, person, now)
    found = actions.propose_all(call.pk, number, by=person, now=now)
    words = ngettext(
        "%(n)s application is proposed.", "%(n)s applications are proposed.", len(found)
    )
    toasts.say(request, words % {"n": len(found)})
    return redirect("appraisal-call", call.pk)
