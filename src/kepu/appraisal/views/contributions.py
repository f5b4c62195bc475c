"""Statements of contributions: asked for, looked at, signed, taken away as paper, verified by anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import contribution_paper, contributions, issuing
from kepu.appraisal.actions import contributions as actions
from kepu.appraisal.contribution_states import ContributionState
from kepu.appraisal.forms.contributions import (
    AskForm,
    CorrectForm,
    EndForm,
    SignForm,
    StatementNumberForm,
)
from kepu.appraisal.models import ContributionStatement
from kepu.appraisal.queries import contributions as queries
from kepu.appraisal.rules import contributions as rules
from kepu.appraisal.views.rim import form_page, person_of
from kepu.kernel import clock
from kepu.kernel.api.entrance import count_address
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.registers import part
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries.certificates import grouped
from kepu.ui import toasts

SHOWN = 20
TONES = {
    ContributionState.ASKED: "accent",
    ContributionState.SIGNED: "success",
    ContributionState.REFUSED: "danger",
    ContributionState.REVOKED: "danger",
}


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """One's own and one's units' statements; for who signs, those that wait and those given."""
    person, now = person_of(request), clock.now()
    officer = bool(roles.reach(person, Verb.APPRAISAL_DECIDE, now))
    context: dict[str, Any] = {
        "mine": part(request, queries.mine(person, now), SHOWN, "mine"),
        "officer": officer,
        "tones": TONES,
        "name": queries.full_name,
        "now": now,
    }
    if officer:
        context["waiting"] = part(request, queries.to_sign(person, now), SHOWN, "waiting")
        context["given"] = part(request, queries.given(person, now), SHOWN, "given")
    return render(request, "appraisal/contributions.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a statement."""
    person, now = person_of(request), clock.now()

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.ask(
            unit=data.get("unit"), place=data["place"], since=data["since"], until=data["until"],
            purpose=data["purpose"], by=person, now=now,
        )  # fmt: skip
        toasts.say(request, _("Counted, and asked for. You hear as soon as it is signed."))
        return redirect("contribution", made.pk)

    form = AskForm(request.POST or None, units=queries.units_of(person, now))
    return form_page(
        request, form, act, title=_("Ask for a statement of contributions"),
        back=reverse("contributions"), submit=_("Count and ask"),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, statement_id: int) -> HttpResponse:
    """What was counted and how, where it stands, and what this reader may do."""
    person, now = person_of(request), clock.now()
    one = queries.seen(statement_id, person, now)
    officer = rules.why_not_decide_as(person, one, now) is None
    waiting = one.state == ContributionState.ASKED
    context = {
        "one": one,
        "name": queries.full_name(one),
        "tone": TONES.get(ContributionState(one.state), "plain"),
        "lines": contributions.lines(one.told),
        "code": grouped(one.code) if one.code else "",
        "after": getattr(one, "replaced_by", None),
        "paper": rules.why_not_draw(one) is None,
        "changed": _changed(one),
        "waiting": waiting,
        "withdraws": waiting and queries.keeps(person, one, now),
        "signs": waiting and officer,
        "ends": officer and one.state == ContributionState.SIGNED,
        "now": now,
    }
    return render(request, "appraisal/contribution.html", context)


def _changed(one: ContributionStatement) -> bool:
    """Whether the records say something else by now; of what is over nobody asks."""
    asked = one.state in (ContributionState.ASKED, ContributionState.SIGNED)
    return asked and bool(one.told) and not queries.still_true(one)


@login_required
@require_POST
def recount(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Count anew what the records have."""
    person, now = person_of(request), clock.now()
    one = queries.seen(statement_id, person, now)
    actions.recount(one.pk, by=person, now=now)
    toasts.say(request, _("Counted anew."))
    return redirect("contribution", one.pk)


@dataclass(frozen=True)
class Deed:
    """A verb with a form: its action, its words, and who may open it."""

    form: type[forms.Form]
    act: Callable[..., Any]
    title: Promise
    submit: Promise
    done: Promise
    own: bool = False  # the holder's, not the officer's


DEEDS = {
    "sign": Deed(
        SignForm, actions.sign, lazy("Sign the statement"), lazy("Sign"),
        lazy("Signed. Everybody can verify it by its number."),
    ),
    "refuse": Deed(
        EndForm, actions.refuse, lazy("Do not sign the statement"), lazy("Do not sign"),
        lazy("Not signed. Who asked hears why."),
    ),
    "revoke": Deed(
        EndForm, actions.revoke, lazy("Revoke the statement"), lazy("Revoke it"),
        lazy("Revoked. Whoever verifies it is told so."),
    ),
    "correct": Deed(
        CorrectForm, actions.correct, lazy("Correct the statement"), lazy("Sign the new one"),
        lazy("A new statement is signed; the old one holds no more."),
    ),
    "withdraw": Deed(
        forms.Form, actions.withdraw, lazy("Withdraw the statement"), lazy("Withdraw it"),
        lazy("Withdrawn."), own=True,
    ),
}  # fmt: skip


@login_required
def decide(request: HttpRequest, statement_id: int, verb: str) -> HttpResponse:
    """Sign, refuse, revoke or correct a statement; its holder withdraws it."""
    person, now = person_of(request), clock.now()
    one = queries.seen(statement_id, person, now)
    deed = DEEDS.get(verb)
    if deed is None:
        raise Outside(_("there is no such page"))
    why_not = rules.why_not_keep if deed.own else rules.why_not_decide_as
    authorize(why_not(person, one, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        after = deed.act(one.pk, by=person, now=now, **data)
        toasts.say(request, str(deed.done))
        return redirect("contribution", after.pk)

    form = deed.form(request.POST or None, initial={"seen": one.version})
    return form_page(
        request, form, act, title=deed.title, back=reverse("contribution", args=[one.pk]),
        submit=deed.submit,
    )  # fmt: skip


@login_required
@require_safe
def pdf(request: HttpRequest, statement_id: int) -> HttpResponse:
    """The paper, with the full name, for its holder and who signs."""
    one = queries.seen(statement_id, person_of(request), clock.now())
    require(rules.why_not_draw(one))
    url = request.build_absolute_uri(reverse("contribution-verified", args=[one.code]))
    answer = HttpResponse(
        contribution_paper.statement_pdf(one, verify_url=url), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="{one.code}.pdf"'
    return answer


# --- for everybody --------------------------------------------------------------------------------


def verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a statement."""
    form = StatementNumberForm(request.GET or None)
    if form.is_valid():
        code = form.cleaned_data["code"].strip()
        # A stroke fits into no address; no statement has one, and the answer says so.
        return verify(request, code) if "/" in code else redirect("contribution-verified", code)
    return render(request, "appraisal/contribution_verify.html", {"form": form})


@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a statement is valid, and what stands on the paper, with a person's name masked; else 404.

    Numbers cannot be tried by the thousand: an address asks no oftener than it may ask the API.
    """
    count_address(request, "c")
    found = queries.by_code(code)
    context = {"form": StatementNumberForm(initial={"code": code}), "asked": code, "one": found}
    if found is not None:
        context |= _verified(found)
    return render(
        request, "appraisal/contribution_verify.html", context, status=200 if found else 404
    )


def _verified(one: ContributionStatement) -> dict[str, Any]:
    valid = one.state == ContributionState.SIGNED
    after = getattr(one, "replaced_by", None)
    return {
        "valid": valid,
        "replaced": after is not None,
        "changed": valid and bool(one.told) and not queries.still_true(one),
        "code": grouped(one.code or ""),
        "name": queries.public_name(one),
        "facts": [(one.label, one.value) for one in contributions.lines(one.told)] if valid else [],
        "issuer": issuing.as_of(one.issuing_version).issuer,
    }
