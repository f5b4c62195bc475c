"""Runs as survey officers see them, and published results as everybody does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.files import queries as files
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import followed, segments_shown
from kepu.literacy import results_shown as shown
from kepu.literacy import years_shown as years
from kepu.literacy.actions import runs
from kepu.literacy.forms import ReasonForm
from kepu.literacy.models import Run
from kepu.literacy.queries import estimates, learnt, studies
from kepu.literacy.queries import runs as queries
from kepu.literacy.rules import runs as rules
from kepu.literacy.states import RUN, RunState
from kepu.literacy.views.fieldwork import ESTIMATE_TONES
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts

TONES = {"kept": "plain", "proposed": "warning", "published": "success", "withdrawn": "danger"}
UNDER_WAY = 6  # estimates shown above the runs
LABELS = {
    "propose": lazy("Propose for publication"),
    "take_back": lazy("Take the proposal back"),
    "publish": pgettext_lazy("results", "Publish"),
    "withdraw": lazy("Withdraw"),
}
DONE = {
    "propose": lazy("Proposed. Another officer was told, and publishes it."),
    "take_back": lazy("The proposal was taken back."),
    "publish": lazy("Published: everybody can read it now."),
    "withdraw": lazy("Withdrawn: it stays to be read, marked, with the reason."),
}
PLAIN: dict[str, Callable[..., Run]] = {"propose": runs.propose_run, "publish": runs.publish_run}
WITH_REASON: dict[str, Callable[..., Run]] = {
    "take_back": runs.take_back_run, "withdraw": runs.withdraw_run,
}  # fmt: skip


def results(request: HttpRequest) -> HttpResponse:
    """Published results: how the share grew, and every run that stands."""
    found = list(queries.published().select_related("division_at")[:50])
    rows = [(run, shown.headline(run), said) for run, said in years.in_order(found)]
    line = years.in_one_line(found)
    return render(request, "literacy/results.html", {
        "runs": rows, "trend": years.trend(line), "remarks": years.remarks(line),
        "group_trends": years.of_groups(line), "invented": any(run.synthetic for run in line),
        "studies": studies.published()[:50],
    })  # fmt: skip


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every run of the places where the reader publishes."""
    now, person = clock.now(), person_of(request)
    if not roles.holds(person, Verb.SURVEY_PUBLISH, now=now):
        raise Outside(_("there is no such page"))
    rows, pager = one_page(request, queries.runs_of(person, now))
    return render(request, "literacy/runs.html", {
        "rows": rows, "pager": pager, "tones": TONES, "now": now,
        "under_way": list(estimates.without_a_run(person, now)[:UNDER_WAY]),
        "estimate_tones": ESTIMATE_TONES,
        "waiting": queries.runs_of(person, now).filter(state=RunState.PROPOSED)
        .exclude(proposed_by=person).select_related("proposed_by")[:UNDER_WAY],
    })  # fmt: skip


def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its first figure, districts, levels and groups, each with how sure it is."""
    now = clock.now()
    person = request.user if isinstance(request.user, User) else None
    run = _seen(person, run_id)
    handles = rules.why_not_handle(person, run.path, now) is None
    return render(request, "literacy/run.html", {
        "run": run, "now": now, "tone": TONES[run.state], "tiles": shown.tiles(run),
        "map": shown.on_the_map(run),
        "levels": shown.levels(run), "bands": shown.bands(run), "groups": shown.groups(run),
        "places": shown.places(run),
        "brought": shown.brought(run), "taught": _taught(run, handles),
        "segments": segments_shown.of_run(run),
        "withheld": shown.withheld(run), "handles": handles,
        "offered": _offered(run, person) if handles and person else [],
        "facts": _facts(run, handles), "files": queries.public_files(run),
    })  # fmt: skip


@login_required
@require_POST
def archive(request: HttpRequest, run_id: int) -> FileResponse:
    """The whole folder, microdata with it: for officers, and kept in the audit who took it."""
    run, person, now = _seen(person_of(request), run_id), person_of(request), clock.now()
    if rules.why_not_handle(person, run.path, now):
        raise Outside(_("there is no such page"))
    file = runs.take_archive(run.pk, by=person, now=now)
    return FileResponse(
        files.open_file(file), as_attachment=True, filename=f"survey-run-{run.pk}.zip"
    )


@require_safe
def public_file(request: HttpRequest, run_id: int, name: str) -> FileResponse:
    """One of the files that stand open once the run was published, out of its folder."""
    run = _seen(request.user if isinstance(request.user, User) else None, run_id)
    if name not in queries.public_files(run):
        raise Outside(_("there is no such page"))
    return FileResponse(queries.open_public(run, name), as_attachment=True, filename=name)


def _offered(run: Run, person: User) -> list[tuple[str, Any, str | None]]:
    """What can be done with the run, and why it cannot by this reader."""
    return [
        (verb, LABELS[verb], rules.why_not_publish(run, person) if verb == "publish" else None)
        for verb in RUN.verbs(run.state)
    ]


def _facts(run: Run, handles: bool) -> list[tuple[str, str]]:
    record = run.record
    return [
        *followed.to_sample(run, handles),
        (_("Framework"), _code(run.framework)),
        (_("Rulebook"), _rulebook(run)),
        (_("Seed"), str(record["seed"])),
        (_("Agrees with R survey"), _agreement(run)),
        (_("Digest of the record"), _code(run.digest[:16])),
    ]


def _rulebook(run: Run) -> str:
    """Which version said what a score is and what is published; a plan may stand on itself."""
    told = run.record.get("rules")
    if not told:
        return _("none: the plan itself says what a score is made of and what is published")
    number = _("version %(version)s") % told
    return format_html("<code>{}</code> {}", told["kind"], number)


def _taught(run: Run, handles: bool) -> str:
    """What officers are told of the items of a fieldwork's run: that the bank learns of them."""
    if not handles or not learnt.fieldworks(run).exists():
        return ""
    if run.state == RunState.PUBLISHED:
        number = learnt.entered(run)
        return ngettext(
            "Difficulty and discrimination of %(n)s item of this fieldwork entered the item bank.",
            "Difficulty and discrimination of %(n)s items of this fieldwork entered the item bank.",
            number,
        ) % {"n": number}
    if run.state == RunState.WITHDRAWN:
        return _("What this run taught of its items was taken out of the item bank.")
    return _(
        "Once it is published, what it found of its items enters the item bank: difficulty and "
        "discrimination with standard errors, differential functioning, and how often each was asked. "
        "Figures of invented people enter those of example items alone."
    )


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _agreement(run: Run) -> str:
    told = run.record.get("agreement")
    if not told:
        asked = run.estimates.exclude(unchecked="").first()
        if asked is None:
            return _("not checked in this run")
        return _("not checked in this run: %(why)s") % {"why": asked.unchecked}
    apart = max(told["estimate"], told["se"])
    return _("%(n)s figures, apart by %(apart)s at most") % {
        "n": told["figures"], "apart": f"{apart:.0e}"
    }  # fmt: skip


@login_required
def act(request: HttpRequest, run_id: int, verb: str) -> HttpResponse:
    """Propose, publish, take back or withdraw; the last two with a reason."""
    run = _seen(person_of(request), run_id)
    if verb in WITH_REASON:
        return _with_reason(request, run, verb)
    if verb == "publish" and request.method != "POST":
        if run.state == RunState.PUBLISHED:  # Back, after it was published
            return redirect("survey-run", run.pk)
        return _before_all_read_it(request, run)
    if verb not in PLAIN or request.method != "POST":
        raise Outside(_("there is no such page"))
    PLAIN[verb](run.pk, by=person_of(request), now=clock.now())
    toasts.say(request, str(DONE[verb]))
    return redirect("survey-run", run.pk)


def _before_all_read_it(request: HttpRequest, run: Run) -> HttpResponse:
    """What everybody will read, and what is to be known of it, before it is published."""
    person = person_of(request)
    if rules.why_not_handle(person, run.path, clock.now()) or rules.why_not_publish(run, person):
        raise Outside(_("there is no such page"))
    return render(request, "literacy/run_publish.html", {
        "run": run, "headline": shown.headline(run), "facts": shown.facts_to_publish(run, _agreement(run)),
        "left": shown.to_be_known(run), "label": LABELS["publish"],
    })  # fmt: skip


def _with_reason(request: HttpRequest, run: Run, verb: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)

    def do() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        WITH_REASON[verb](run.pk, reason=reason, by=person_of(request), now=clock.now())
        toasts.say(request, str(DONE[verb]))
        return redirect("survey-run", run.pk)

    if run.state == RunState.KEPT or rules.why_not_handle(
        person_of(request), run.path, clock.now()
    ):
        raise Outside(_("there is no such page"))
    return form_page(
        request, form, do, title=LABELS[verb], submit=LABELS[verb], lead=run.title,
        back=reverse("survey-run", args=[run.pk]),
    )  # fmt: skip


def _seen(person: User | None, run_id: int) -> Run:
    found = queries.seen(person, run_id, clock.now())
    if found is None:
        raise Outside(_("there are no such results"))
    return found
