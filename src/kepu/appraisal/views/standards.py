"""Standards: for everybody, for who proposes and drafts them, and for the offices."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.appraisal.actions import standards as actions
from kepu.appraisal.forms.standards import (
    ClauseForm,
    DecideForm,
    DrafterForm,
    StandardChangeForm,
    StandardForm,
)
from kepu.appraisal.models import Standard
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.rules import standards as rules
from kepu.appraisal.standards_registers import DESK, STANDARDS
from kepu.appraisal.standards_states import EXPLAINED, PUBLIC, STANDARD, StandardState
from kepu.kernel import clock, forming
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import BadInput, Outside, authorize, require
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts

WORDS = {
    "send_back": lazy("Send the proposal back"),
    "take_up": lazy("Take the proposal up"),
    "publish": lazy("Publish the standard"),
    "confirm": lazy("Confirm that it stays good"),
    "abolish": lazy("Abolish the standard"),
    "drop": lazy("Drop the standard"),
}
GRAVE = ("abolish", "drop")
TONES = {
    StandardState.PUBLISHED: "success",
    StandardState.COMMENTS: "information",
    StandardState.VOTE: "information",
    StandardState.REPLACED: "warning",
    StandardState.ABOLISHED: "danger",
    StandardState.DROPPED: "danger",
}


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that only opens to somebody signed in."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    return request.user


def somebody(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


form_page = partial(forming.form_page, template="appraisal/standard_form.html")


# --- for everybody --------------------------------------------------------------------------------


def listed(request: HttpRequest) -> HttpResponse:
    """Standards in force, those that others made, and drafts that are out for comments."""
    form, _asked, found, bar = read(request, STANDARDS)
    rows, pager = one_page(request, found)
    person, now = somebody(request), clock.now()
    context = {
        "form": form, "bar": bar, "rows": rows, "pager": pager, "tones": TONES,
        "mine": person is not None
        and (queries.units_of(person, now).exists() or queries.drafted_by(person, now).exists()),
    }  # fmt: skip
    return render(request, "appraisal/standards.html", context)


def show(request: HttpRequest, standard_id: int) -> HttpResponse:
    """One standard: what it says, where it stands; and what this reader may do with it."""
    person, now = somebody(request), clock.now()
    standard = queries.seen(standard_id, person, now)
    insider = queries.concerns(standard, person, now)
    of = queries.open_round(standard)
    last = queries.last_round(standard)
    ballot = queries.ballot(standard) if insider or standard.state in PUBLIC else None
    context = {
        "standard": standard,
        "tone": TONES.get(StandardState(standard.state), "plain"),
        "insider": insider,
        "round": of,
        "takes_comments": of is not None and now < of.ends_at,
        "last_round": last,
        "tally": queries.tally(last) if last else None,
        "text": of.draft
        if of
        else queries.clauses(standard)
        if _shows_text(standard, insider)
        else (),
        "in_force": queries.holds(standard, clock.day(now)),
        "citing": queries.citing(standard, now) if standard.number else (),
        "held_against": bool(standard.number) and standard.state in PUBLIC,
        "successor": standard.successors.filter(state=StandardState.PUBLISHED).first(),
        "own": queries.own_comments(standard, person) if person else (),
        "opinions": standard.opinions.all() if insider else (),
        "ballot": ballot if ballot and ballot.closed_at else None,
        "votes": person is not None and queries.votes(standard, person),
        "drafters": standard.drafters.select_related("person", "organisation") if insider else (),
        "steps": _steps(standard, insider),
        "now": now,
        **_doors(standard, person, now),
    }
    return render(request, "appraisal/standard.html", context)


def _shows_text(standard: Standard, insider: bool) -> bool:
    return insider or standard.state in PUBLIC


def _steps(standard: Standard, insider: bool) -> Any:
    """How it came to stand where it does; of the steps before it was public, only insiders read."""
    found = standard.steps.order_by("-at", "-pk")
    return found if insider else found.filter(state__in=PUBLIC)


def _doors(standard: Standard, person: User | None, now: datetime) -> dict[str, Any]:
    """What this reader may do with the standard now."""
    speaks = rules.why_not_propose_for(person, standard.organisation, now) is None
    keeps = rules.why_not_keep(person, standard, now) is None
    return {
        "changes": speaks and standard.state == StandardState.DRAFT,
        "why_not_propose": rules.why_not_propose(standard) or "",
        "writes": queries.drafts(standard, person) and rules.why_not_write(standard) is None,
        "answers": queries.drafts(standard, person),
        "leads": rules.why_not_lead(person, standard, now) is None and not standard.source,
        "keeps": keeps,
        "verbs": STANDARD.verbs(standard.state) if keeps else [],
        "why_not_close": rules.why_not_close_round(standard, now) or "" if keeps else "",
        "why_not_review": _why_not_review(standard, now) if keeps else "",
        "why_not_count": rules.why_not_close_vote(queries.ballot(standard), now) or ""
        if keeps
        else "",
        "voted_on": keeps and _voted_on(standard, now),
        "decisions": _decisions(person, standard, now),
        **(_voting(standard) if keeps else {}),
    }


def _voting(standard: Standard) -> dict[str, Any]:
    """How far the vote that is open has come: how many voted, never how."""
    ballot = queries.ballot(standard)
    if ballot is None or ballot.closed_at is not None:
        return {}
    return {"voting": ballot, "members": ballot.voters.count()}


def _voted_on(standard: Standard, now: datetime) -> bool:
    return not standard.source and rules.procedure(standard, now)[1].way(standard.level).vote


def _why_not_review(standard: Standard, now: datetime) -> str:
    return rules.why_not_send_to_review(standard, rules.procedure(standard, now)[1]) or ""


def _decisions(
    person: User | None, standard: Standard, now: datetime
) -> list[tuple[str, Any, bool]]:
    """What this reader may decide now, each in words, and whether it is grave."""
    procedure = rules.procedure(standard, now)[1]
    return [
        (verb, WORDS[verb], verb in GRAVE)
        for verb in STANDARD.verbs(standard.state)
        if verb in WORDS
        and rules.why_not_act_as(person, standard, verb, now) is None
        and rules.why_not_take(standard, verb, procedure) is None
    ]


# --- for who proposes and drafts ------------------------------------------------------------------


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Standards of the reader's units, those the reader drafts, and votes that wait."""
    person, now = person_of(request), clock.now()
    rows, pager = one_page(request, queries.drafted_by(person, now).order_by("-since", "-pk"))
    context = {
        "rows": rows, "pager": pager, "tones": TONES, "votes": queries.to_vote(person), "now": now,
        "proposes": queries.units_of(person, now).exists(),
    }  # fmt: skip
    return render(request, "appraisal/standards_mine.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Write a proposal down; it is handed in from its page."""
    person, now = person_of(request), clock.now()
    units = queries.units_of(person, now)
    authorize(rules.why_not_propose_for(person, units.first(), now))

    def act(data: dict[str, Any]) -> HttpResponse:
        data.pop("version")
        made = actions.begin(data.pop("organisation"), by=person, now=now, **data)
        toasts.say(request, _("Kept as a draft. Look through it and hand it in."))
        return redirect("standard", made.pk)

    form = StandardForm(
        request.POST or None, units=units, older=queries.to_revise(person, now),
        initial={"organisation": units.first(), "replaces": _number(request.GET, "revises")},
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Propose a standard"), back=reverse("my-standards"),
        submit=_("Keep the draft"),
    )  # fmt: skip


@login_required
def edit(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Say anew what is proposed, before it is handed in or after it was sent back."""
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_propose_for(by, standard.organisation, now))
    require(rules.why_not_change(standard, standard.version))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.change(standard.pk, seen=data.pop("version") or 0, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("standard", standard.pk)

    start = {name: getattr(standard, name) for name in (*actions.ABOUT, "version")}
    form = StandardChangeForm(
        request.POST or None, initial=start, units=queries.units_of(by, now),
        older=queries.to_revise(by, now),
    )  # fmt: skip
    return form_page(
        request, form, act, title=standard.name, back=of(standard), submit=_("Keep the changes")
    )


@login_required
@require_POST
def propose(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Hand the proposal in."""
    standard, by, now = seen(request, standard_id)
    actions.propose(standard.pk, by=by, now=now)
    toasts.say(request, _("Handed in. The secretary looks at it, and an officer takes it up."))
    return redirect("standard", standard.pk)


@login_required
def drafters(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Who drafts the standard; and somebody more for the group."""
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_lead(by, standard, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.name_drafter(
            standard.pk, data["person"], role=data["role"], organisation=_unit(data["unit"]),
            by=by, now=now,
        )  # fmt: skip
        toasts.say(request, _("In the group now, and told so."))
        return redirect("standard-drafters", standard.pk)

    return form_page(
        request, DrafterForm(request.POST or None), act, title=_("Drafting group"),
        back=of(standard), submit=_("Take into the group"), standard=standard,
        template="appraisal/standard_group.html",
        drafters=standard.drafters.select_related("person", "organisation"),
    )  # fmt: skip


@login_required
@require_POST
def drafter_out(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Take somebody out of the group."""
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_lead(by, standard, now))
    row = standard.drafters.filter(pk=_number(request.POST, "drafter")).first()
    if row is None:
        raise Outside(_("there is no such drafter"))
    actions.leave_out(standard.pk, row.person, by=by, now=now)
    toasts.say(request, _("Taken out of the group; what was written stays."))
    return redirect("standard-drafters", standard.pk)


@login_required
def clause_new(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Write a clause that is not there yet."""
    return _clause_page(request, standard_id, "")


@login_required
def clause(request: HttpRequest, standard_id: int, clause_number: str) -> HttpResponse:
    """Write a clause anew, or strike it out; below, how it came to read as it does."""
    return _clause_page(request, standard_id, clause_number)


def _clause_page(request: HttpRequest, standard_id: int, number: str) -> HttpResponse:
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_draft(by, standard))
    require(rules.why_not_write(standard))
    known = standard.clauses.filter(number=number).first() if number else None
    if number and known is None:
        raise Outside(_("there is no such clause"))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.write_clause(
            standard.pk, data["number"], heading=data["heading"], text=data["text"],
            seen=data["version"] or 0, struck="strike" in request.POST, by=by, now=now,
        )  # fmt: skip
        toasts.say(request, _("Kept. How it read before stands below the clause."))
        return redirect("standard", standard.pk)

    start = {
        name: getattr(known, name, "") for name in ("number", "heading", "text", "version")
    }  # fmt: skip
    form = ClauseForm(request.POST or None, initial=start if known else {}, new=known is None)
    title = _("Clause %(number)s") % {"number": number} if known else _("New clause")
    return form_page(
        request, form, act, title=title, back=of(standard), submit=_("Keep the clause"),
        standard=standard, known=known, readings=queries.readings(known) if known else (), now=now,
        template="appraisal/standard_clause.html",
    )  # fmt: skip


# --- for the offices ------------------------------------------------------------------------------


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Standards of the office's places, those to be looked at anew, and citations of what is over."""
    form, asked, found, bar = read(request, DESK)
    person, now = person_of(request), clock.now()
    rows, pager = one_page(request, found)
    plain = not any(asked.values())
    context = {
        "form": form, "bar": bar, "rows": rows, "pager": pager, "tones": TONES, "now": now,
        "due": queries.due(queries.to_keep(person, now), now) if plain else (),
        "stale": queries.stale(now) if plain else (),
    }  # fmt: skip
    return render(request, "appraisal/standards_desk.html", context)


@login_required
def decide(request: HttpRequest, standard_id: int, verb: str) -> HttpResponse:
    """Send back, take up, publish, confirm, abolish or drop, with the reason and the signed decision."""
    standard, by, now = seen(request, standard_id)
    if verb not in WORDS:
        raise Outside(_("there is no such decision"))
    authorize(rules.why_not_act_as(by, standard, verb, now))
    require(rules.why_not_take(standard, verb, rules.procedure(standard, now)[1]))

    def act(data: dict[str, Any]) -> HttpResponse:
        at = data.pop("version") or 0
        actions.decide(standard.pk, verb, seen=at, by=by, now=now, **data)
        toasts.say(request, _("Done. The drafting group was told."))
        return redirect("standard", standard.pk)

    form = DecideForm(
        request.POST or None, verb=verb, explained=verb in EXPLAINED,
        example=_("Such as: %(example)s") % {"example": rules.EXAMPLES.get(standard.level, "")},
        initial={"version": _number(request.GET, "version") or standard.version},
    )  # fmt: skip
    return form_page(
        request, form, act, title=f"{WORDS[verb]}{_(': ')}{standard.name}", back=of(standard),
        submit=WORDS[verb],
    )  # fmt: skip


# --- what they share ------------------------------------------------------------------------------


def seen(request: HttpRequest, standard_id: int) -> tuple[Standard, User, datetime]:
    """The standard as somebody signed in may see it; raises Outside."""
    by, now = person_of(request), clock.now()
    return queries.seen(standard_id, by, now), by, now


def of(standard: Standard) -> str:
    """The page of a standard."""
    return reverse("standard", args=[standard.pk])


def _number(said: QueryDict, name: str) -> int:
    """A whole number of the address or the form; 0 where none is told."""
    told = said.get(name) or ""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0


def _unit(code: str) -> Organisation | None:
    if not code.strip():
        return None
    unit = accounts.by_credit_code(code.strip().upper())
    if unit is None:
        raise BadInput(_("no unit with this credit code is known"), field="unit")
    return unit


def offices(person: User | None, now: datetime) -> bool:
    """Whether the person keeps or decides about standards of any place."""
    reaches = roles.reaches(person, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now)
    return any(reach.paths for reach in reaches.values())
