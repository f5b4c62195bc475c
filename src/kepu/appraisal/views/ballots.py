"""Votes: the secretary's page of rounds, the paper of the jury, and the public's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import ballots as actions
from kepu.appraisal.blind import is_blind
from kepu.appraisal.forms.awards import ChoiceOfCandidatesForm, JuryForm
from kepu.appraisal.models import Call, JuryBallot, PublicVote
from kepu.appraisal.programme import counting
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.views.rim import form_page, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.api import limits
from kepu.kernel.api.entrance import count_address
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.forming import unkept
from kepu.people.queries import experts
from kepu.ui import toasts

TRIES = 10  # of one account in a minute, refused ones too

# --- the secretary --------------------------------------------------------------------------------


@login_required
def rounds(request: HttpRequest, call_id: int) -> HttpResponse:
    """The votes of a call: who stands, rounds of the jury with what they came to, the public's advice."""
    person, now = person_of(request), clock.now()
    call, programme = _kept(call_id, person)
    candidates, seats, _last = queries.ballots.to_vote_on(call, programme)
    vote = queries.ballots.public_vote(call)
    context = {
        "call": call, "programme": programme, "now": now, "seats": seats,
        "standing": queries.ballots.standing(queries.ballots.paper(candidates), programme),
        "rounds": [_round(one, programme, now) for one in queries.ballots.of_call(call)],
        "why_not_open": rules.ballots.why_not_vote_on(call, programme),
        "vote": vote,
        "public": _public_report(vote, programme) if vote else None,
        "why_not_ask": rules.ballots.why_not_ask_public(call, programme),
        "why_not_close_public": rules.ballots.why_not_close_public(vote, now) if vote else "",
        "again": request.GET.get("again", ""),
    }  # fmt: skip
    return render(request, "appraisal/ballots.html", context)


def _kept(call_id: int, person: User) -> tuple[Call, Programme]:
    """A call of the reader's, of a programme that ends with a vote."""
    call: Call = queries.calls.seen(call_id, person, clock.now())
    authorize(rules.calls.why_not_keep(person, call, clock.now()))
    programme = queries.calls.programme(call)
    if programme.ballot is None:
        raise Outside(_("this programme ends without a vote"))
    return call, programme


def _round(one: JuryBallot, programme: Programme, now: Any) -> dict[str, Any]:
    """A round as the secretary reads it: turnout while it runs, everything once it is counted."""
    voted, electors = queries.ballots.turnout(one)
    told: dict[str, Any] = {
        "ballot": one, "voted": voted, "electors": electors,
        "why_not_close": rules.ballots.why_not_close(one, now), "same": None, "rows": [],
    }  # fmt: skip
    if one.result is None:
        return told
    said = queries.ballots.votes_of(one)
    told["same"] = (
        counting.count(said).told == one.result
        and queries.ballots.digest_of(one, said) == one.digest
    )
    standing = queries.ballots.standing(one.candidates, programme)
    told["too_few"] = len(said.slips) < counting.LEAST_SECRET
    told["rows"] = [] if told["too_few"] else [
        (standing[place], one.result["votes"][place], _mark(one.result, place))
        for place in counting.best_first(one.result["votes"])
    ]  # fmt: skip
    told["why_not_propose"] = rules.deciding.why_not_propose_elected(one, programme)
    return told


def _mark(result: dict[str, Any], place: int) -> tuple[str, str]:
    """What a round means for one candidate, and the look of it."""
    if place in result["elected"]:
        return _("elected"), "success"
    if place in result["tied"]:
        return _("equal at the last place"), "warning"
    return (_("stands once more"), "information") if place in result["run_off"] else ("", "plain")


@login_required
def open_ballot(request: HttpRequest, call_id: int) -> HttpResponse:
    """Name the jury and open a round."""
    person, now = person_of(request), clock.now()
    call, programme = _kept(call_id, person)
    require(rules.ballots.why_not_vote_on(call, programme))
    candidates, _seats, _last = queries.ballots.to_vote_on(call, programme)
    found = rules.ballots.jury_of(programme, candidates, now)
    names = experts.named([one.id for one, _why in found])
    able = [(one.id, names[one.id]) for one, why in found if why is None]

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.open_ballot(call.pk, data["jury"], by=person, now=now)
        toasts.say(request, _("The round is open, and the jury was told."))
        return redirect("jury-ballots", call.pk)

    return form_page(
        request, JuryForm(request.POST or None, able=able), act, title=_("Open a round"),
        back=reverse("jury-ballots", args=[call.pk]), submit=_("Open a round"),
        barred=[(names[one.id], why) for one, why in found if why],
        template="appraisal/jury.html",
    )  # fmt: skip


@login_required
@require_POST
def close_ballot(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """Count a round."""
    person, now = person_of(request), clock.now()
    one = _seen(ballot_id, person)
    counted = actions.close_ballot(one.pk, by=person, now=now)
    n = len((counted.result or {})["elected"])
    words = ngettext("Counted: %(n)s is elected.", "Counted: %(n)s are elected.", n)
    toasts.say(request, words % {"n": n})
    return redirect("jury-ballots", one.call_id)


@login_required
@require_POST
def propose_elected(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """Propose who was elected."""
    person, now = person_of(request), clock.now()
    one = _seen(ballot_id, person)
    found = actions.propose_elected(one.pk, by=person, now=now)
    words = ngettext(
        "%(n)s application is proposed.", "%(n)s applications are proposed.", len(found)
    )
    toasts.say(request, words % {"n": len(found)})
    return redirect("jury-ballots", one.call_id)


def _seen(ballot_id: int, person: User) -> JuryBallot:
    """A round for its jury and for who keeps the call; nobody else learns that there is one."""
    one = queries.ballots.ballot(ballot_id)
    keeps = rules.calls.why_not_keep(person, one.call, clock.now()) is None
    if not keeps and queries.ballots.place_of(one, person) is None:
        raise Outside(_("there is no such ballot"))
    return one


# --- the jury -------------------------------------------------------------------------------------


@unkept
@login_required
@never_cache
def vote(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """Vote, from a telephone: the candidates, one button."""
    person, now = person_of(request), clock.now()
    one = _seen(ballot_id, person)
    place = queries.ballots.place_of(one, person)
    authorize(rules.ballots.why_not_vote_as(place))
    assert place is not None  # noqa: S101 (or it would not be allowed)
    programme = queries.calls.programme(one.call)
    standing = queries.ballots.standing(one.candidates, programme, blind=is_blind(programme))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.vote(one.pk, data["chosen"], by=person, now=now)
        toasts.say(request, _("Your vote is counted."))
        return redirect("jury-vote", one.pk)

    said = {one["id"]: one for one in queries.ballots.advice(one.call)}
    form = ChoiceOfCandidatesForm(
        request.POST or None, most=one.seats,
        candidates=[(row.place, _spoken(row, said)) for row in standing],
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Final vote"), submit=_("Send my vote"),
        back=reverse("appraisal-reviews"), ballot=one, place=place, now=now,
        why_not=rules.ballots.why_not_vote(one, place, now) or "",
        template="appraisal/jury_vote.html",
    )  # fmt: skip


def _spoken(row: queries.ballots.Standing, said: dict[int, dict[str, int]]) -> str:
    """A candidate in one line, with what the public said where it was asked."""
    parts = [row.name, row.klass, row.district]
    if advice := said.get(row.application_id):
        parts.append(
            _("the public: %(n)s, of which %(apart)s look stuffed")
            % {"n": advice["votes"], "apart": advice["apart"]}
        )
    return " · ".join(part for part in parts if part)


# --- the public -----------------------------------------------------------------------------------


@never_cache
def public(request: HttpRequest, call_id: int) -> HttpResponse:
    """Vote as one of the public; counts are told once the vote is closed."""
    person, now = somebody(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    vote = queries.ballots.public_vote(call)
    if vote is None:
        raise Outside(_("the public is not asked here"))
    programme = queries.calls.programme(call)
    standing = queries.ballots.standing(vote.candidates, programme)
    form = ChoiceOfCandidatesForm(
        request.POST or None, most=vote.picks, needed=True,
        candidates=[(row.place, _spoken(row, {})) for row in standing],
    )  # fmt: skip

    def act(data: dict[str, Any]) -> HttpResponse:
        assert person is not None  # noqa: S101 (asked below)
        limits.spend(f"v:{person.pseudonym}", TRIES, now)
        count_address(request, "v")
        actions.choose(call.pk, data["chosen"], by=person, now=now)
        toasts.say(request, _("Thank you. Your vote is counted."))
        return redirect("public-vote", call.pk)

    if request.method == "POST" and person is None:
        return redirect(f"{reverse(settings.LOGIN_URL)}?next={request.path}")
    before = queries.ballots.slip_of(vote, person, now) if person else None
    return form_page(
        request, form, act, call=call, vote=vote, standing=standing, person=person, now=now,
        before=[standing[n] for n in before.choices] if before else [],
        over=vote.closed_at is not None or now >= vote.ends_at,
        report=_public_report(vote, programme), template="appraisal/public_vote.html",
    )  # fmt: skip


def _public_report(vote: PublicVote, programme: Programme) -> dict[str, Any] | None:
    """Counts from the most on, and what stood out; None before the vote is closed."""
    if vote.report is None:
        return None
    standing = queries.ballots.standing(vote.candidates, programme)
    rows = sorted(
        zip(standing, vote.report["counts"], strict=True), key=lambda row: -row[1]["votes"]
    )
    gathered = [
        one | {"name": standing[one["candidate"]].name, "place": divisions.full_name(one["community"])}
        for one in vote.report["gathered"]
    ]  # fmt: skip
    runs = [
        one | {"names": "、".join(standing[n].name for n in one["choices"])}
        for one in vote.report["runs"]
    ]
    signs = {"gathered": gathered, "runs": runs, "bursts": vote.report["bursts"]}
    told = {
        key: [one | {"chance_words": _chance(one["chance"])} for one in found]
        for key, found in signs.items()
    }
    return {**vote.report, "rows": rows, **told}


def _chance(chance: float) -> str:
    """A chance as people read it."""
    if chance < 1e-6:
        return _("below one in a million")
    return _("one in %(n)s") % {"n": f"{round(1 / chance):,}"}


@login_required
@require_POST
def ask_public(request: HttpRequest, call_id: int) -> HttpResponse:
    """Open the vote of the public."""
    person, now = person_of(request), clock.now()
    call, _programme = _kept(call_id, person)
    actions.ask_public(call.pk, by=person, now=now)
    toasts.say(request, _("The public may vote now. Counts stay hidden until the end."))
    return redirect("jury-ballots", call.pk)


@login_required
@require_POST
def close_public(request: HttpRequest, call_id: int) -> HttpResponse:
    """Count the vote of the public."""
    person, now = person_of(request), clock.now()
    call, _programme = _kept(call_id, person)
    if queries.ballots.public_vote(call) is None:
        raise Outside(_("the public is not asked here"))
    actions.close_public(call.pk, by=person, now=now)
    toasts.say(request, _("Counted. Look at what stood out before you use it."))
    return redirect("jury-ballots", call.pk)
