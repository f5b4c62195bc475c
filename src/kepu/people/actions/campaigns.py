"""Open campaigns, name models of volunteering, call for volunteers and answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock.workdays import add_workdays
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import CallOpened
from kepu.people import policy, telling
from kepu.people.models import (
    Answer,
    Call,
    Campaign,
    Honour,
    Nomination,
    Objection,
    Skill,
    Team,
)
from kepu.people.queries import campaigns as queries
from kepu.people.queries import objections
from kepu.people.rules import campaigns as rules
from kepu.people.rules.hours import why_not_silent
from kepu.people.rules.oneself import why_not_speak_for
from kepu.people.states import CALL, NOMINATION, OBJECTION


@transaction.atomic
def open_campaign(
    *,
    name: str,
    counting: str,
    place: Division,
    first: date,
    last: date,
    by: User,
    now: datetime,
    about: str = "",
    goal: int | None = None,
) -> Campaign:
    """Open a campaign; what counts is fixed by the rulebook version in force today."""
    version = policy.campaigns_version(now)
    authorize(rules.why_not_run(by, place.path, now))
    require(rules.why_not_open(counting, version, first, last))
    require(rules.why_not_once_more(name, place, first))

    campaign = Campaign(
        name=name.strip(),
        counting=counting,
        rules_version=version,
        first=first,
        last=last,
        about=about.strip(),
        goal=goal,
        opened_by=by,
        opened_at=now,
    )
    campaign.place(place)
    campaign.save()
    audit.record(by, "campaign.open", campaign, now=now, version=version)
    return campaign


@transaction.atomic
def nominate(
    *,
    place: Division,
    year: int,
    deeds: str,
    by: User,
    now: datetime,
    person: User | None = None,
    team: Team | None = None,
) -> Nomination:
    """Put a person or a team forward as a model of S&T volunteering 先进典型."""
    authorize(rules.why_not_nominate_as(by, team, place.path, now))
    require(rules.why_not_nominate(person, team, year, deeds))

    nomination = Nomination(
        person=person, team=team, year=year, deeds=deeds.strip(), nominated_by=by, nominated_at=now
    )
    nomination.place(place)
    nomination.save()
    audit.record(by, "nomination.nominate", nomination, now=now)
    return nomination


@transaction.atomic
def pass_nomination(nomination_id: int, *, by: User, now: datetime) -> Nomination:
    """A reviewer other than the nominator finds the candidate worthy."""
    nomination = _locked(nomination_id)
    authorize(rules.why_not_review_as(by, nomination, now))

    nomination.reviewed_by = by
    return _move(nomination, "pass", "reviewed_by", by=by, now=now)


@transaction.atomic
def publish_nomination(nomination_id: int, *, by: User, now: datetime) -> Nomination:
    """Put the candidate on public notice for the working days that the rulebook says."""
    nomination = _locked(nomination_id)
    authorize(rules.why_not_review_as(by, nomination, now))

    days = policy.management(now).models.notice_workdays
    nomination.notice_from, nomination.notice_until = now, add_workdays(now, days)
    return _move(nomination, "publish", "notice_from", "notice_until", by=by, now=now)


@transaction.atomic
def name_model(nomination_id: int, *, by: User, now: datetime) -> Nomination:
    """Name the candidate once the notice has run its time; the honour enters the record."""
    nomination = _locked(nomination_id)
    authorize(rules.why_not_review_as(by, nomination, now))
    require(rules.why_not_name(nomination, now))

    nomination.named_at = now
    if nomination.person is not None:
        Honour.objects.create(
            person=nomination.person,
            title=f"{nomination.year} 年科技志愿服务先进典型",
            on=clock.day(now),
            given_by=by,
            given_at=now,
        )
    return _move(nomination, "award", "named_at", by=by, now=now)


@transaction.atomic
def reject_nomination(nomination_id: int, *, reason: str, by: User, now: datetime) -> Nomination:
    """Do not take the candidate up, or uphold an objection, saying why."""
    nomination = _locked(nomination_id)
    authorize(rules.why_not_review_as(by, nomination, now))
    require(why_not_silent(reason))

    nomination.reason = reason.strip()
    _move(nomination, "reject", "reason", by=by, now=now)
    for objection in objections.waiting(nomination).select_for_update(of=("self",)):
        close_objection(objection, "settle", answer=nomination.reason, by=by, now=now)
    return nomination


@transaction.atomic
def close_objection(
    objection: Objection, verb: str, *, answer: str, by: User, now: datetime
) -> None:
    """Give an objection its end; who objected hears it. Part of an action that has asked the rules."""
    objection.state = OBJECTION.after(objection.state, verb)
    objection.answer, objection.answered_by, objection.answered_at = answer, by, now
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(by, f"objection.{verb}", objection, now=now)
    telling.answered(objection, now=now)


@transaction.atomic
def call_for_volunteers(
    *,
    title: str,
    place: Division,
    target: int,
    deadline: datetime,
    by: User,
    now: datetime,
    skills: Iterable[Skill] = (),
    about: str = "",
) -> Call:
    """Call for so many volunteers at a place until a deadline; those it fits hear of it."""
    authorize(rules.why_not_run(by, place.path, now))
    require(rules.why_not_call(target, deadline, now))

    call = Call(
        title=title.strip(),
        about=about.strip(),
        target=target,
        deadline=deadline,
        called_by=by,
        called_at=now,
    )
    call.place(place)
    call.save()
    call.skills.set(skills)
    audit.record(by, "call.open", call, now=now, target=target)
    facts.publish(CallOpened(at=now, call_id=call.pk))
    return call


@transaction.atomic
def answer_call(call_id: int, *, by: User, now: datetime, for_whom: User | None = None) -> Answer:
    """Say that one will come, or a child in one's care; the last one needed meets the target."""
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_answer(call, person, now))

    answer, _new = Answer.objects.update_or_create(
        call=call, person=person, defaults={"at": now, "coming": True, "withdrawn_at": None}
    )
    if queries.answered(call) >= call.target:
        _turn(call, "meet")
    audit.record(by, "call.answer", call, now=now, for_whom=for_whom, answer=answer.pk)
    return answer


@transaction.atomic
def decline_call(call_id: int, *, by: User, now: datetime, for_whom: User | None = None) -> Answer:
    """Say that one will not come, so that nobody waits for an answer; a yes may still follow."""
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_decline(call, person, now))

    answer, _new = Answer.objects.update_or_create(
        call=call, person=person, defaults={"at": now, "coming": False, "withdrawn_at": None}
    )
    audit.record(by, "call.decline", call, now=now, for_whom=for_whom, answer=answer.pk)
    return answer


@transaction.atomic
def withdraw_answer(call_id: int, *, by: User, now: datetime, for_whom: User | None = None) -> Call:
    """Say that one will not come after all; the call opens again if it was met."""
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_withdraw(call, person, now))

    call.answers.filter(person=person).update(withdrawn_at=now)
    if not CALL.why_not(call.state, "reopen"):
        _turn(call, "reopen")
    audit.record(by, "call.withdraw", call, now=now, for_whom=for_whom)
    return call


@transaction.atomic
def close_call(call_id: int, *, by: User, now: datetime) -> Call:
    """End a call."""
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.why_not_run(by, call.path, now))
    require(rules.why_not_close(call))

    _turn(call, "close")
    audit.record(by, "call.close", call, now=now)
    return call


def _turn(call: Call, verb: str) -> None:
    call.state = CALL.after(call.state, verb)
    call.save(update_fields=["state"])


def _move(nomination: Nomination, verb: str, *named: str, by: User, now: datetime) -> Nomination:
    nomination.state = NOMINATION.after(nomination.state, verb)
    nomination.save(update_fields=["state", *named])
    audit.record(by, f"nomination.{verb}", nomination, now=now)
    return nomination


def _locked(nomination_id: int) -> Nomination:
    nomination: Nomination = Nomination.objects.select_for_update().get(pk=nomination_id)
    return nomination
