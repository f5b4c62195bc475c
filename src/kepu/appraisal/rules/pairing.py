"""Why not? Whether one expert may judge one application, asked pair by pair as the plan asks in bulk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.models import Application, Call
from kepu.appraisal.programme.schema import Programme, Reviewing
from kepu.appraisal.queries import calls
from kepu.appraisal.queries import reviewing as queries
from kepu.appraisal.queries.reviewing import Party
from kepu.appraisal.rules import reviewing as rules
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries import experts
from kepu.people.queries.experts import Candidate

GONE = lazy("this expert is not at work any more")
STRICT = Reviewing(each=1, load=1, years=0)  # of a panel without reviewers before it
IN_OFFICE = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE, Verb.APPRAISAL_RECOMMEND)


@dataclass(frozen=True)
class Eligible:
    """One expert beside one application: how many reviews he has, or why he may not judge it."""

    expert: Candidate
    reviews: int
    why_not: str | None


def why_not_meet(application: Application, expert_id: int, on: date) -> str | None:
    """Why an expert may not be asked about an application on that day."""
    found = {one.expert.id: one for one in beside(application, on)}.get(expert_id)
    if found is None:
        return _("this expert is not in the pool of this programme")
    return found.why_not or _held_over(_offices([found.expert], on)[expert_id], application)


def why_not_judge_any(
    applications: Sequence[Application], programme: Programme, on: date
) -> list[tuple[Candidate, str | None]]:
    """Every expert of the programme's fields, and why one may not judge all of these applications.

    A dozen queries, however many there are.
    """
    reviewing = programme.reviewing
    if reviewing is None:
        return []
    rows = Application.objects.filter(pk__in=[one.pk for one in applications])
    parties = queries.parties(rows, on, reviewing.years)
    pool = experts.pool(fields=reviewing.fields, on=on)
    bonds, offices = experts.bonds([one.id for one in pool]), _offices(pool, on)
    found = []
    for one in pool:
        ties = rules.ties(one, bonds[one.id], reviewing, on)
        bound = (rules.why_not_review(ties, party) for party in parties)
        held = (_held_over(offices[one.id], application) for application in applications)
        found.append((one, next((why for why in chain(bound, held) if why), None)))
    return found


def _offices(pool: Collection[Candidate], on: date) -> dict[int, dict[Verb, Reach]]:
    """What each of these experts has in hand, by the expert's id. Three queries."""
    people = User.objects.in_bulk([one.person_id for one in pool])
    found = roles.reaches_of(people.values(), IN_OFFICE, datetime.combine(on, time(12), BEIJING))
    return {one.id: found[one.person_id] for one in pool}


def _held_over(reaches: dict[Verb, Reach], application: Application) -> str | None:
    """Who keeps or decides the call, or recommends from there, knows who applies and judges no review."""
    kept = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)
    at_the_call = any(reaches[verb].covers(application.call.path) for verb in kept)
    if at_the_call or reaches[Verb.APPRAISAL_RECOMMEND].covers(application.path):
        return _("has an office in which this application is decided or recommended")
    return None


def why_not_meet_each(
    pairs: Sequence[tuple[int, int]], programme: Programme, on: date
) -> dict[tuple[int, int], str | None]:
    """Why each expert may not be asked about an application now, for some pairs of ids at once.

    Asked when a proposal is carried out: bonds may have been declared since it was made.
    """
    reviewing = programme.reviewing
    assert reviewing  # noqa: S101 (or there would be no pairs)
    rows = Application.objects.filter(pk__in={application for application, _expert in pairs})
    parties = {one.application_id: one for one in queries.parties(rows, on, reviewing.years)}
    wanted = {expert for _application, expert in pairs}
    pool = {one.id: one for one in experts.pool(fields=reviewing.fields, on=on) if one.id in wanted}
    bonds, offices = experts.bonds(pool), _offices(pool.values(), on)
    known = {one.pk: one for one in rows.select_related("call")}
    return {
        (application, expert): _why_not(
            pool[expert], bonds[expert], parties[application], reviewing, on
        )
        or _held_over(offices[expert], known[application])
        if expert in pool
        else _("this expert is not in the pool of this programme")
        for application, expert in pairs
    }


def why_not_sit_each(
    rows: QuerySet[Application], wanted: Collection[int], programme: Programme, on: date
) -> dict[tuple[int, int], str]:
    """Who may not sit when an application is decided by the panel: reasons by application and expert.

    The bonds are those of reviewers, whatever the field of the expert; to have reviewed it is no bond.
    """
    reviewing = programme.reviewing or STRICT
    parties = queries.parties(rows, on, reviewing.years)
    known = {one.pk: one for one in rows.select_related("call")}
    pool = {one.id: one for one in experts.pool(on=on) if one.id in wanted}
    bonds, offices = experts.bonds(pool), _offices(pool.values(), on)
    found = {(pk, expert): str(GONE) for pk in known for expert in wanted if expert not in pool}
    for one in pool.values():
        ties = rules.ties(one, bonds[one.id], reviewing, on)
        for party in parties:
            application = known[party.application_id]
            why = rules.why_not_review(ties, party) or _held_over(offices[one.id], application)
            if why:
                found[(application.pk, one.id)] = why
    return found


def beside(application: Application, on: date) -> list[Eligible]:
    """Every expert of the programme's fields, those who may judge the application first."""
    reviewing = calls.programme(application.call).reviewing
    if reviewing is None:
        return []
    rows = Application.objects.filter(pk=application.pk)
    (party,) = queries.parties(rows, on, reviewing.years)
    pool = experts.pool(fields=reviewing.fields, on=on)
    bonds = experts.bonds([one.id for one in pool])
    met = queries.met([application.pk])[application.pk]
    has = queries.load_in(application.call)
    found = [
        Eligible(
            one, has.get(one.id, 0),
            _why_not(one, bonds[one.id], party, reviewing, on) or _full(one, has, reviewing)
            if one.id not in met else str(rules.ASKED),
        )
        for one in pool
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.why_not is not None, one.reviews, one.expert.id))


def _why_not(
    one: Candidate, bonds: experts.Bonds, party: Party, reviewing: Reviewing, on: date
) -> str | None:
    return rules.why_not_review(rules.ties(one, bonds, reviewing, on), party)


def _full(one: Candidate, has: dict[int, int], reviewing: Reviewing) -> str | None:
    if has.get(one.id, 0) >= reviewing.load or one.open_duties >= one.most_duties:
        return _("this expert has as many duties as can be carried")
    return None


def without_office(pool: list[Candidate], call: Call, now: datetime) -> list[Candidate]:
    """Experts who neither keep nor decide the call: whoever does, sits on no panel of it.

    Three queries, however many there are.
    """
    people = User.objects.in_bulk([one.person_id for one in pool])
    kept = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)
    reaches = roles.reaches_of(people.values(), kept, now)

    def free(one: Candidate) -> bool:
        return not any(reach.covers(call.path) for reach in reaches[one.person_id].values())

    return [one for one in pool if free(one)]
