"""Programmes for everybody, and the pages on which one is written, looked at, tried and issued."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kepu.appraisal import policy, queries, rules
from kepu.appraisal.actions import programmes as actions
from kepu.appraisal.forms.drafting import BeginForm, IssueForm, Known, LookForm, SectionForm
from kepu.appraisal.forms.programmes import answers_form
from kepu.appraisal.models import ProgrammeDraft
from kepu.appraisal.programme import drafting, trying
from kepu.appraisal.programme.drafting import SECTIONS, Draft, Section
from kepu.appraisal.programme.schema import Asked, Programme
from kepu.appraisal.views import stages
from kepu.appraisal.views.rim import form_page, number, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.errors import Outside, Refusal, RuleBroken, authorize
from kepu.kernel.rulebooks import rules as issuing
from kepu.people.queries import vocabulary
from kepu.ui import toasts

TITLES = {key: section.title for key, section in SECTIONS.items()}
WAYS = {"up": actions.UP, "down": actions.DOWN}


def listed(request: HttpRequest) -> HttpResponse:
    """Programmes in force, for everybody; and drafts, for those who write them."""
    person, now = somebody(request), clock.now()
    writes = person is not None and rules.programmes.why_not_write(person, now) is None
    context = {
        "rows": [(code, policy.newest(code), _in_force(code, now)) for code in policy.codes()],
        "writes": writes,
        "drafts": list(queries.programmes.drafts()) if writes else [],
        "now": now,
    }
    return render(request, "appraisal/programmes.html", context)


def show(request: HttpRequest, code: str) -> HttpResponse:
    """One programme for everybody, class by class: its way, its forms, and how it is judged."""
    person, now = somebody(request), clock.now()
    if code not in policy.codes():
        raise Http404
    ruling = _in_force(code, now)
    programme = (ruling or policy.newest(code)).programme
    klass = _class(programme, request.GET.get("klass", ""))
    context = {
        "code": code,
        "ruling": ruling,
        "rulebook": f"{policy.PREFIX}.{code}" if person else "",
        "taking": queries.calls.taking(now).filter(programme=code),
        "writes": person is not None and rules.programmes.why_not_write(person, now) is None,
        "way": stages.of_programme(programme),
        "now": now,
        **_sheets(programme, klass),
        "questions": programme.of_class(programme.form, klass),
        "exhibits": programme.of_class(programme.evidence, klass),
    }
    return render(request, "appraisal/programme.html", context)


def _in_force(code: str, now: datetime) -> policy.Rule | None:
    try:
        return policy.in_force(code, now)
    except Outside:
        return None


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Begin from a copy."""
    person, now = person_of(request), clock.now()
    authorize(rules.programmes.why_not_write(person, now))
    form = BeginForm(request.POST or None, programmes=_programmes(), initial=request.GET.dict())

    def act(data: dict[str, Any]) -> HttpResponse:
        draft = actions.begin(
            data["copied_from"], code=data["code"], title=data["title"], by=person, now=now
        )
        return redirect("programme-draft", draft.pk)

    return form_page(
        request,
        form,
        act,
        title=_("Write a programme"),
        submit=_("Begin the draft"),
        back=reverse("programmes"),
    )


def _programmes() -> list[tuple[str, str]]:
    return [(code, str(policy.newest(code).programme)) for code in policy.codes()]


def _draft(request: HttpRequest, draft_id: int) -> ProgrammeDraft:
    authorize(rules.programmes.why_not_write(person_of(request), clock.now()))
    return queries.programmes.draft(draft_id)


def _section(key: str) -> Section:
    if key not in SECTIONS:
        raise Http404
    return SECTIONS[key]


@login_required
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """A draft section by section, with what is still to be put right."""
    one, now = _draft(request, draft_id), clock.now()
    faults = drafting.faults_of(one.rules)
    context = {
        "draft": one,
        "title": one.rules.get("title") or one.code,
        "sections": [
            (section, summary(one.rules, section), [f for f in faults if f.section == section.key])
            for section in SECTIONS.values()
        ],
        "faults": faults,
        "section_titles": TITLES,
        "new": not _known(one.code),
        "may_issue": issuing.why_not_issue_rulebooks(person_of(request), now),
        "now": now,
    }
    return render(request, "appraisal/programme_draft.html", context)


def _known(code: str) -> bool:
    try:
        policy.newest(code)
    except Outside:
        return False
    return True


def summary(said: Draft, section: Section) -> str:
    """What a section says, in a line."""
    if section.many:
        count = len(drafting.rows(said, section.key))
        return ngettext("%(n)s row", "%(n)s rows", count) % {"n": count}
    if section.optional and drafting.record(said, section.key) is None:
        return _("not used")
    return ""


@login_required
def section(request: HttpRequest, draft_id: int, key: str) -> HttpResponse:
    """One section: its rows as a list, or its record as a form."""
    one, part = _draft(request, draft_id), _section(key)
    if part.many:
        return _rows(request, one, part)
    form = SectionForm(part, _known_to(one), drafting.record(one.rules, key), request.POST or None)

    def act(_data: dict[str, Any]) -> HttpResponse:
        actions.say(
            one.pk, key, form.said(), seen=number(request.POST.get("version")),
            by=person_of(request), now=clock.now(),
        )  # fmt: skip
        toasts.say(request, _("Kept in the draft."))
        return redirect("programme-draft", one.pk)

    return _form(request, one, part, form, act)


def _rows(
    request: HttpRequest, one: ProgrammeDraft, part: Section, refusal: Refusal | None = None
) -> HttpResponse:
    faults = [fault for fault in drafting.faults_of(one.rules) if fault.section == part.key]
    context = {
        "draft": one,
        "section": part,
        "rows": [
            (
                at,
                drafting.name_of(row),
                about(one.rules, part, row),
                [fault.words for fault in faults if fault.row == at],
            )
            for at, row in enumerate(drafting.rows(one.rules, part.key))
        ],
        "faults": [fault.words for fault in faults if fault.row is None],
        "refusal": refusal.reason if refusal else "",
        "sums": drafting.most_points(one.rules) if part.key == "rubric" else [],
        "title": one.rules.get("title") or one.code,
    }
    status = refusal.status if refusal else 200
    return render(request, "appraisal/programme_section.html", context, status=status)


def about(said: Draft, part: Section, row: drafting.Row) -> str:
    """What a row says besides its name, in a line."""
    names = {str(one.get("key")): drafting.name_of(one) for one in drafting.rows(said, "form")}
    classes = {str(one.get("key")): drafting.name_of(one) for one in drafting.rows(said, "classes")}
    parts = [_about(part, row, names)]
    parts.append(_(", ").join(classes.get(key, key) for key in row.get("classes") or []))
    return " · ".join(one for one in parts if one)


def _about(part: Section, row: drafting.Row, names: dict[str, str]) -> str:
    if part.key == "levels":
        return _("from %(points)s points on") % {"points": f"{row.get('cut') or 0:g}"}
    if part.key == "form":
        return str(Asked(row["kind"]).label) if row.get("kind") in Asked.values else ""
    if part.key == "eligibility":
        titles = dict(_programmes())
        return drafting.condition_in_words(row.get("needs") or {}, names | titles)
    if part.key == "rubric":
        points = {"points": f"{row.get('points') or 0:g}"}
        if row.get("measure"):
            told = points | {"question": names.get(row["measure"], row["measure"])}
            return _("%(points)s points, measured by “%(question)s”") % told
        return _("%(points)s points, judged") % points
    return ""


def _known_to(one: ProgrammeDraft) -> Known:
    fields = [(word.key, str(word)) for word in vocabulary.fields()]
    return Known(one.rules, _programmes(), fields)


def _form(
    request: HttpRequest,
    one: ProgrammeDraft,
    part: Section,
    form: SectionForm,
    act: Any,
    **said: Any,
) -> HttpResponse:
    row = bool(said)
    back = reverse("programme-section", args=[one.pk, part.key]) if row else ""
    return form_page(
        request, form, act, template="appraisal/programme_form.html", draft=one, section=part,
        title=one.rules.get("title") or one.code, version=request.POST.get("version", one.version),
        back=back or reverse("programme-draft", args=[one.pk]), **said,
    )  # fmt: skip


@login_required
def row(request: HttpRequest, draft_id: int, key: str, at: int | None = None) -> HttpResponse:
    """One row of a section, or a new one."""
    one, part = _draft(request, draft_id), _section(key)
    if not part.many or rules.programmes.why_not_place(one, key, at):
        raise Http404
    said = None if at is None else drafting.rows(one.rules, key)[at]
    form = SectionForm(part, _known_to(one), said, request.POST or None)

    def act(_data: dict[str, Any]) -> HttpResponse:
        actions.say_row(
            one.pk, key, at, form.said() or {}, seen=number(request.POST.get("version")),
            by=person_of(request), now=clock.now(),
        )  # fmt: skip
        toasts.say(request, _("Kept in the draft."))
        if request.POST.get("do") == "more":
            return redirect("programme-row-new", one.pk, key)
        return redirect("programme-section", one.pk, key)

    name = drafting.name_of(said) if said else _("A new row")
    return _form(request, one, part, form, act, row=name, more=said is None)


@require_POST
@login_required
def change_row(request: HttpRequest, draft_id: int, key: str, at: int, verb: str) -> HttpResponse:
    """Move a row up or down, or take it away."""
    one, part = _draft(request, draft_id), _section(key)
    if not part.many or verb not in (*WAYS, "remove"):
        raise Http404
    seen, by, now = number(request.POST.get("version")), person_of(request), clock.now()
    try:
        if verb == "remove":
            actions.remove_row(one.pk, key, at, seen=seen, by=by, now=now)
        else:
            actions.move_row(one.pk, key, at, WAYS[verb], seen=seen, by=by, now=now)
    except RuleBroken as refusal:
        return _rows(request, queries.programmes.draft(one.pk), part, refusal=refusal)
    return redirect("programme-section", one.pk, key)


# --- looking, trying, issuing ---------------------------------------------------------------------


@login_required
def preview(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What an applicant fills in, and what a reviewer is given, class by class."""
    one = _draft(request, draft_id)
    programme = drafting.programme(one.rules)
    context: dict[str, Any] = {
        "draft": one,
        "title": one.rules.get("title") or one.code,
        "section_titles": TITLES,
    }
    if programme is None:
        context["faults"] = drafting.faults_of(one.rules)
        return render(request, "appraisal/programme_preview.html", context)
    klass = _class(programme, request.GET.get("klass", ""))
    context |= _sheets(programme, klass) | {"form": answers_form(programme, klass, files=True)}
    return render(request, "appraisal/programme_preview.html", context)


def _sheets(programme: Programme, klass: str) -> dict[str, Any]:
    """Who of a class may apply, and how it is judged."""
    return {
        "programme": programme,
        "look": LookForm({"klass": klass}, programme=programme) if programme.classes else None,
        "eligibility": programme.of_class(programme.eligibility, klass),
        "sheet": [one for one in programme.criteria(klass) if not one.measure],
        "measured": [one for one in programme.criteria(klass) if one.measure],
    }


def _class(programme: Programme, asked: str) -> str:
    keys = [one.key for one in programme.classes]
    return asked if asked in keys else keys[0] if keys else ""


@login_required
def dry_run(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The draft tried on what applicants of an earlier call said, or on the fictional dossiers."""
    one, person, now = _draft(request, draft_id), person_of(request), clock.now()
    programme = drafting.programme(one.rules)
    context: dict[str, Any] = {
        "draft": one,
        "title": one.rules.get("title") or one.code,
        "section_titles": TITLES,
    }
    if programme is None:
        context["faults"] = drafting.faults_of(one.rules)
        return render(request, "appraisal/programme_dry_run.html", context)
    calls = queries.past.calls_like(programme.subject, person, now)
    chosen = next((call for call in calls if str(call.pk) == request.GET.get("call")), None)
    if chosen is None and calls and request.GET.get("call") != "samples":
        chosen = calls[0]
    before = policy.as_of(chosen.programme, chosen.rules_version) if chosen else None
    before = _in_force(one.code, now) or before or policy.newest(one.copied_from)
    past = queries.past.dossiers(chosen) if chosen else trying.samples(one.copied_from)
    lines = trying.tried(programme, before.programme, past)
    context |= {
        "calls": calls,
        "chosen": chosen,
        "before": before,
        "lines": lines,
        "levels": {one.key: str(one) for one in programme.levels},
        "levels_before": {one.key: str(one) for one in before.programme.levels},
        "tally": tally(lines),
    }
    return render(request, "appraisal/programme_dry_run.html", context)


def tally(lines: list[trying.Line]) -> dict[str, int]:
    """How many are shut out, reach a level, and come out otherwise than before."""
    return {
        "all": len(lines),
        "out": sum(bool(one.now.reasons) for one in lines),
        "level": sum(bool(one.now.level and not one.now.reasons) for one in lines),
        "changed": sum(one.changes for one in lines),
    }


@login_required
def issue(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Issue the draft as a version of its rulebook."""
    one, person, now = _draft(request, draft_id), person_of(request), clock.now()
    authorize(issuing.why_not_issue_rulebooks(person, now))
    tomorrow = clock.day(now) + timedelta(days=1)
    form = IssueForm(
        request.POST or None, initial={"version": one.version, "effective_from": tomorrow}
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.issue(
            one.pk, effective_from=data["effective_from"], seen=data["version"], by=person, now=now
        )
        toasts.say(request, _("Issued. It takes effect on the day you chose."))
        return redirect("programme", made.code)

    return form_page(
        request, form, act, title=_("Issue: %(title)s") % {"title": one.rules.get("title")},
        submit=_("Issue this version"), back=reverse("programme-draft", args=[one.pk]),
    )  # fmt: skip


@require_POST
@login_required
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Throw the draft away."""
    one = _draft(request, draft_id)
    seen = number(request.POST.get("version"))
    actions.discard(one.pk, seen=seen, by=person_of(request), now=clock.now())
    toasts.say(request, _("The draft is gone. What is in force stays as it is."))
    return redirect("programmes")
