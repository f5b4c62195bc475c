"""Studies of what an activity changed: registered before it, measured, published by two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page
from kepu.kernel.tables import Fault
from kepu.literacy import studies_shown as shown
from kepu.literacy import study_tables
from kepu.literacy.actions import studies as actions
from kepu.literacy.forms import ReasonForm
from kepu.literacy.models import Study
from kepu.literacy.queries import samples
from kepu.literacy.queries import studies as queries
from kepu.literacy.rules import studies as rules
from kepu.literacy.states import STUDY
from kepu.literacy.study_forms import MeasuredForm, StudyForm
from kepu.literacy.views.exchange import XLSX
from kepu.literacy.views.shapes import form_page, person_of, table_page
from kepu.ui import toasts

TONES = {
    "registered": "information", "measured": "plain", "proposed": "warning", "published": "success",
    "withdrawn": "danger", "dropped": "plain",
}  # fmt: skip
LABELS = {
    "propose": lazy("Propose for publication"), "publish": pgettext_lazy("results", "Publish"),
    "take_back": lazy("Take the proposal back"), "withdraw": lazy("Withdraw"),
    "drop": lazy("Give the study up"),
}  # fmt: skip
PLAIN: dict[str, Callable[..., Study]] = {
    "propose": actions.propose_study, "publish": actions.publish_study,
}  # fmt: skip
WITH_REASON: dict[str, Callable[..., Study]] = {
    "take_back": actions.take_back_study, "withdraw": actions.withdraw_study,
    "drop": actions.drop_study,
}  # fmt: skip


def _place(request: HttpRequest) -> Division:
    place = samples.places_of(person_of(request), clock.now()).first()
    if place is None:
        raise Outside(_("there is no such page"))
    return place


def _handled(request: HttpRequest, study_id: int) -> Study:
    """The study, for who handles those of its place."""
    study = queries.seen(person_of(request), study_id, clock.now())
    if rules.why_not_handle(person_of(request), study.path, clock.now()):
        raise Outside(_("there is no such page"))
    return study


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every study of the places whose survey the reader runs."""
    _place(request)
    rows, pager = one_page(request, queries.studies_of(person_of(request), clock.now()))
    context = {"rows": rows, "pager": pager, "tones": TONES, "now": clock.now()}
    return render(request, "literacy/studies.html", context)


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """Write down, before the activity, what it shall change and how that is found out."""
    place = _place(request)
    form = StudyForm(request.POST or None)

    def act() -> HttpResponse:
        made = actions.register_study(
            form.registered(), place=place, by=person_of(request), now=clock.now()
        )
        toasts.say(request, _("Registered."))
        return redirect("survey-study", made.pk)

    return form_page(
        request, form, act, title=_("Register a study"), back=reverse("survey-studies"),
        submit=_("Register the study"),
        lead=_("Before the activity begins. It cannot be changed, and stands beside the result."),
    )  # fmt: skip


def show(request: HttpRequest, study_id: int) -> HttpResponse:
    """The plan, and what came of it: the effect with its interval, reach, and cost."""
    now = clock.now()
    person = request.user if isinstance(request.user, User) else None
    study = queries.seen(person, study_id, now)
    handles = rules.why_not_handle(person, study.path, now) is None
    offered = _offered(study, person) if handles and person else []
    return render(request, "literacy/study.html", {
        "study": study, "now": now, "tone": TONES[study.state], "handles": handles,
        "offered": offered, "logic": shown.logic(study), "plan": shown.plan(study),
        "found": shown.found(study),
        "why_not_measure": rules.why_not_measure(study, now) if handles else None,
        "measures": handles and "measure" in STUDY.verbs(study.state),
    })  # fmt: skip


def _offered(study: Study, person: User) -> list[tuple[str, Any, str | None]]:
    """What can be done with the study, and why it cannot by this reader."""
    why = {
        "publish": lambda: rules.why_not_publish(study, person),
        "propose": lambda: rules.why_not_propose(study),
    }
    return [
        (verb, LABELS[verb], why[verb]() if verb in why else None)
        for verb in STUDY.verbs(study.state)
        if verb in LABELS
    ]


@login_required
def measure(request: HttpRequest, study_id: int) -> HttpResponse:
    """A table of measurements: first tried, with every wrong row named; told when clean, not kept."""
    study = _handled(request, study_id)
    form = MeasuredForm(request.POST or None, request.FILES or None)

    def read(sent: Any, really: bool) -> tuple[int, list[Fault]]:
        rows, digest, faults = study_tables.read(sent, sent.name)
        if really and not faults:
            data = form.cleaned_data
            outcome = actions.Outcome(rows, digest, data["reached"], data["spent"])
            actions.measure_study(study.pk, outcome=outcome, by=person_of(request), now=clock.now())
        return len(rows), faults

    def done(_right: int) -> HttpResponse:
        toasts.say(request, _("The result is here; the measurements were not kept."))
        return redirect("survey-study", study.pk)

    return table_page(request, form, "literacy/study_measure.html", read, done, study=study)


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty table of measurements."""
    _place(request)
    return _file(study_tables.template(), "measurements.xlsx", XLSX)


@require_safe
def away(request: HttpRequest, study_id: int) -> HttpResponse:
    """Everything the study found, as CSV: for everybody once it is published."""
    person = request.user if isinstance(request.user, User) else None
    study = queries.seen(person, study_id, clock.now())
    if not study.result:
        raise Outside(_("there is no such page"))
    return _file(study_tables.write(study), f"study-{study.pk}.csv", "text/csv; charset=utf-8")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@login_required
def act(request: HttpRequest, study_id: int, verb: str) -> HttpResponse:
    """Propose and publish; take back, withdraw and give up with a reason."""
    study = _handled(request, study_id)
    if verb in WITH_REASON and verb in STUDY.verbs(study.state):
        return _with_reason(request, study, verb)
    if verb not in PLAIN or request.method != "POST":
        raise Outside(_("there is no such page"))
    PLAIN[verb](study.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("survey-study", study.pk)


def _with_reason(request: HttpRequest, study: Study, verb: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)

    def do() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        WITH_REASON[verb](study.pk, reason=reason, by=person_of(request), now=clock.now())
        toasts.say(request, _("Done."))
        return redirect("survey-study", study.pk)

    return form_page(
        request, form, do, title=LABELS[verb], submit=LABELS[verb], lead=study.title,
        back=reverse("survey-study", args=[study.pk]),
    )  # fmt: skip
