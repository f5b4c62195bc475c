"""One's own pages: signing up, hours and stars, certificates, the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, Refusal, authorize
from kepu.kernel.registers import part
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import agenda, printing, sources
from kepu.people.actions import absences, certificates
from kepu.people.actions import volunteers as actions
from kepu.people.forms import ProfileForm, ReasonForm, SignUpForm
from kepu.people.models import Absence, Certificate, Evaluation, Service
from kepu.people.queries import absences as absence_queries
from kepu.people.queries import certificates as certificate_queries
from kepu.people.queries import hours as hour_queries
from kepu.people.queries import places, teams, training
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules import absences as absence_rules
from kepu.people.rules import records as record_rules
from kepu.people.rules import volunteers as rules
from kepu.people.rules.certificates import why_not_issue, why_not_revoke_as
from kepu.people.rules.hours import may_correct_somewhere
from kepu.people.rules.oneself import why_not_as_child, why_not_speak_for
from kepu.people.rules.teams import why_not_stop
from kepu.people.states import AbsenceState, ServiceState
from kepu.people.views.shapes import child_named, form_page, home_of, person_of
from kepu.ui import formats, toasts
from kepu.ui.tables import Pager

SHOWN = 20
DISPUTABLE = (ServiceState.PROPOSED, ServiceState.CERTIFIED)


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Hours, the next star, teams, what waits for one's word."""
    person, now = person_of(request), clock.now()
    volunteer, memberships = volunteer_of(person), list(teams.memberships(person))
    standing = hour_queries.standing(person, now)
    to_certify = part(request, hour_queries.to_certify(person, now), SHOWN, "certifying")
    to_confirm = part(request, hour_queries.to_confirm(person, now), SHOWN, "confirming")
    context = {
        "volunteer": volunteer,
        "standing": standing,
        "hours": formats.hours(standing.minutes),
        "missing": formats.hours(standing.missing),
        "appointments": agenda.ahead(person, now),
        "services": part(request, hour_queries.of_person(person), SHOWN, "services"),
        "uncounted": agenda.uncounted(person, now),
        "memberships": memberships,
        "to_certify": to_certify,
        "to_confirm": to_confirm,
        "to_evaluate": part(request, hour_queries.to_evaluate(person, now), SHOWN, "evaluating"),
        "to_amend": part(request, hour_queries.to_amend(person, now), SHOWN, "amending"),
        "told": sources.told([*to_certify[0], *to_confirm[0]]),
        "posts": places.posts_of(person, clock.day(now)),
        "courses": part(request, training.of_person(person), SHOWN, "courses"),
        "absences": part(request, absence_queries.of_person(person), SHOWN, "absences"),
        "why_not_suggested": absence_rules.why_not_suggest_person(person, now),
        "to_answer": _to_answer(request, person, now),
        "certificates": part(request, certificate_queries.of_person(person), SHOWN, "papers"),
        "why_not_certificate": why_not_as_child(person, now) or why_not_issue(person, now),
        "why_not_answer": why_not_as_child(person, now),
        "why_not_stop": why_not_stop(volunteer, memberships) if volunteer else None,
        "wards": [(ward.person, volunteer_of(ward.person)) for ward in accounts.wards(person, now)],
        "person": person,
        "now": now,
    }
    return render(request, "people/me.html", context)


@login_required
def sign_up(request: HttpRequest) -> HttpResponse:
    """Become a volunteer, or have a child in one's care become one."""
    by, now = person_of(request), clock.now()
    person = child_named(request.GET.get("ward", ""), by, now) or by
    title = _("Become a volunteer")
    if person != by:
        title = _("%(name)s becomes a volunteer") % {"name": person.name}
    form = SignUpForm(
        request.POST or None,
        initial={"home": home_of(person)},
        born_known=accounts.born(person) is not None,
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            guardian = by if person != by else None
            actions.sign_up(person=person, by=by, guardian_consent_by=guardian, now=now, **values)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return _form(request, form, title, refusal.status)
        toasts.say(request, _("You are signed up. An officer of your district will answer."))
        return redirect("people-me")
    return _form(request, form, title, 422 if form.errors else 200)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Say anew what one can do and when, or what a child in one's care can."""
    by, now = person_of(request), clock.now()
    child = child_named(request.GET.get("ward", ""), by, now)
    volunteer = volunteer_of(child or by)
    if volunteer is None:
        return redirect(_to_sign_up(child))
    authorize(why_not_speak_for(by, child or by, now))
    start = {"skills": volunteer.skills.all(), "availability": volunteer.availability}
    served = volunteer.areas.values_list("path", flat=True)
    form = ProfileForm(request.POST or None, initial=start, home=volunteer.path, served=served)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(by=by, for_whom=child, now=now, **form.cleaned_data)
        toasts.say(request, _("Kept."))
        return redirect(_own_page(child))
    title = _("What I can do and when")
    if child is not None:
        title = _("What %(name)s can do and when") % {"name": child.name}
    return _form(request, form, title, 422 if form.errors else 200, back=_own_page(child))


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Stop being a volunteer, or take a child in one's care out."""
    by, now = person_of(request), clock.now()
    child = child_named(request.POST.get("ward", ""), by, now)
    actions.leave_volunteering(by=by, for_whom=child, now=now)
    words = _("You are no longer a volunteer. Your hours are kept. Thank you.")
    if child is not None:
        words = _("%(name)s is no longer a volunteer. The hours are kept.") % {"name": child.name}
    toasts.say(request, words)
    return redirect(_own_page(child))


@login_required
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Certify one's hours up to now, or a child's; lead to the paper and to where it is checked."""
    by, now = person_of(request), clock.now()
    child = child_named(request.POST.get("ward", ""), by, now)
    certificates.issue_certificate(child or by, by=by, now=now)
    toasts.say(request, _("The certificate is ready; it stands at the top of the list."))
    return redirect(f"{_own_page(child)}#papers")


@login_required
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The paper, for those who may see the record; it carries the full name."""
    found = _paper(person_of(request), code, clock.now())
    url = request.build_absolute_uri(reverse("verify-code", args=[found.code]))
    answer = HttpResponse(
        printing.certificate_pdf(found, verify_url=url), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.pdf"'
    return answer


@login_required
def record(request: HttpRequest, person_id: int) -> HttpResponse:
    """The five groups of a volunteer's record: person, service, training, honours, evaluation."""
    person = User.objects.filter(pk=person_id).first()
    by, now = person_of(request), clock.now()
    if person is None or rules.why_not_see_record(by, person, now):
        raise Outside(_("there is no such record"))
    volunteer = volunteer_of(person)
    context = {
        "person": person,
        "volunteer": volunteer,
        "standing": hour_queries.standing(person, now),
        "hours": formats.hours(hour_queries.minutes_of(person)),
        "ledger": hour_queries.ledger(person)[:100],
        "may_rule": volunteer is not None and not rules.why_not_rule_on(by, volunteer, now),
        "correcting": may_correct_somewhere(by, person, now),
        "trainings": person.trainings.all(),
        "honours": person.honours.all(),
        "stars": record_rules.stars_for(by, volunteer, now) if volunteer else [],
        "certificates": _papers(request, by, person, now),
        "evaluations": Evaluation.objects.filter(service__person=person).select_related("service"),
        "missed": _missed(person, by, now) if by != person else [],
        "objecting": _to_object(person, by),
        "uncounted": _to_dispute(person, by),
        "guards": by.pk == person.guardian_id,
        "appointments": agenda.ahead(person, now) if by.pk == person.guardian_id else [],
        "speaks": by != person and why_not_speak_for(by, person, now) is None,
        "why_not_certificate": why_not_issue(person, now),
        "now": now,
    }
    return render(request, "people/record.html", context)


def _paper(by: User, code: str, now: datetime) -> Certificate:
    """The certificate of a record that the reader may see; others do not exist."""
    found = certificate_queries.by_code(code)
    if found is None or rules.why_not_see_record(by, found.person, now):
        raise Outside(_("there is no such certificate"))
    return found


def _to_answer(
    request: HttpRequest, by: User, now: datetime
) -> tuple[list[tuple[Absence, bool, bool]], Pager]:
    """Objections to answer, whether the reader may uphold each, and as in bad faith; and the way on."""
    officer = roles.reach(by, Verb.HOURS_CERTIFY, now)
    rows, pages = part(request, absence_queries.to_answer(by, now), SHOWN, "answering")
    found = [(one, absence_rules.why_not_uphold_own(by, one) is None) for one in rows]
    return [
        (one, upholds, upholds and not one.excused and officer.covers(one.team.path))
        for one, upholds in found
    ], pages


def _missed(person: User, by: User, now: datetime) -> list[tuple[Absence, str | None]]:
    """What stands against the person, and why each cannot be found to be in bad faith."""
    found = absence_queries.to_mark(person, by, now)
    return [(one, absence_rules.why_not_mark(one, "mark")) for one in found]


def _to_object(person: User, by: User) -> list[Absence]:
    """What a guardian may object to for the ward, where the ward's own page is out of reach."""
    if by.pk != person.guardian_id:
        return []
    return [one for one in absence_queries.of_person(person) if one.state == AbsenceState.STATED]


def _to_dispute(person: User, by: User) -> list[Service]:
    """Hours of a ward that are not counted yet, to which the guardian may object."""
    if by.pk != person.guardian_id:
        return []
    found = hour_queries.of_person(person).filter(state__in=DISPUTABLE)
    return list(found[:SHOWN])


def _papers(
    request: HttpRequest, by: User, person: User, now: datetime
) -> tuple[list[tuple[Certificate, bool]], Pager]:
    """Certificates, the newest first, whether the reader may revoke each, and the way on."""
    found, pages = part(request, certificate_queries.of_person(person), SHOWN, "papers")
    return [(one, one.valid and why_not_revoke_as(by, one, now) is None) for one in found], pages


@login_required
def revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Make a certificate invalid, saying why."""
    by, now = person_of(request), clock.now()
    found = _paper(by, code, now)
    authorize(why_not_revoke_as(by, found, now))
    back = reverse("person-record", args=[found.person_id])

    def done(data: dict[str, Any]) -> HttpResponse:
        certificates.revoke_certificate(found.pk, by=by, now=now, **data)
        toasts.say(request, _("Revoked. Whoever verifies it is told so."))
        return redirect(back)

    return form_page(
        request, ReasonForm(request.POST or None), done,
        title=_("Revoke the certificate of %(day)s") % {"day": clock.day(found.issued_at)},
        back=back, submit=_("Revoke it"),
        lead=_("It cannot be made valid again; the volunteer can have another one issued."),
    )  # fmt: skip


@login_required
@require_POST
def act_on_absence(request: HttpRequest, absence_id: int, verb: str) -> HttpResponse:
    """Object to an absence, or answer an objection; what one has nothing to do with is not there."""
    by, now = person_of(request), clock.now()
    found = absence_queries.absence(absence_id)
    if verb not in ABSENCES or absence_rules.why_not_see(by, found, now):
        raise Outside(_("there is no such absence"))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    ABSENCES[verb](absence_id, reason=reason, by=by, now=now)
    toasts.say(request, _("Kept. The other side sees it."))
    if request.POST.get("from") == "record":
        return redirect("person-record", found.person_id)
    return redirect("people-me")


ABSENCES: dict[str, Callable[..., Any]] = {
    "object": absences.object_to,
    "uphold": absences.uphold,
    "excuse": absences.excuse,
    "lift": absences.lift,
    "mark": absences.mark,
    "condemn": absences.condemn,
}


def _own_page(child: User | None) -> str:
    """Where one comes out: at one's own page, or at the record of the child it was done for."""
    return reverse("person-record", args=[child.pk]) if child else reverse("people-me")


def _to_sign_up(child: User | None) -> str:
    return reverse("volunteer-sign-up") + (f"?ward={child.pk}" if child else "")


def _form(
    request: HttpRequest, form: Any, title: str, status: int, *, back: str = ""
) -> HttpResponse:
    back = back or reverse("people-me")
    context = {"form": form, "title": title, "submit": _("Send"), "back": back}
    return render(request, "people/form.html", context, status=status)
