"""Why not? Giving titles, renewing them, recognising those of other programmes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, Title
from kepu.appraisal.policy import Rule
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.states import HELD, TITLE
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_decide_about


def why_not_name_at(by: User | None, path: str, now: datetime) -> str | None:
    """Titles are given and taken by who decides at the place of the call."""
    if by is None or not roles.holds(by, Verb.APPRAISAL_DECIDE, now=now, path=path):
        return _("only an officer who decides about titles may do this")
    return None


def why_not_decide_as(by: User | None, title: Title, now: datetime) -> str | None:
    """Who decides at its place; never who holds it, manages the holder, or speaks for them."""
    if refusal := why_not_name_at(by, queries.seat(title), now):
        return refusal
    assert by is not None  # noqa: S101 (or nobody would decide)
    if title.person is not None:
        return why_not_decide_about(by, title.person)
    if title.organisation_id and queries.keeps(by, title, now):
        return _("nobody decides about a title of his own unit; another officer does")
    return None


def why_not_keep(by: User | None, title: Title, now: datetime) -> str | None:
    """Reports and appeals are the holder's own."""
    if queries.keeps(by, title, now):
        return None
    return _("only the holder of this title may do this")


def why_not_grant(
    application: Application, programme: Programme, grade: str, reference: str
) -> str | None:
    """A level of the programme, under the number of a signed paper, and once.

    Asked right after it was named, at `application.since`: meanwhile another may have led to a title.
    """
    if queries.level(programme, grade) is None:
        return _("the programme has no such level")
    if not reference.strip():
        return _("please give the number of the signed decision")
    if Title.objects.filter(application=application).exists():
        return _("this application has led to a title already")
    before = queries.to_follow(application)
    if before is not None and before.state not in HELD:
        return _("the holder's title %(number)s is suspended; decide about that one first") % {
            "number": before.number
        }
    return why_not_apply_again(application, application.since)


def why_not_apply_again(application: Application, now: datetime) -> str | None:
    """Who has the title already applies to rise, or once its renewal is open; not while it is suspended."""
    before = queries.to_follow(application)
    if before is None:
        return None
    if before.state in HELD and queries.rank(queries.programme_of(before), before.grade) > 0:
        return None
    return why_not_renew(before, now)


def why_not_renew(title: Title, now: datetime) -> str | None:
    """Renewal opens some days before the end; what is suspended is not renewed. One query at most.

    For the application of a holder who has the title already.
    """
    if refusal := TITLE.why_not(title.state, "renew"):
        return refusal
    if title.until is None:
        return _("this title holds without an end; there is nothing to renew")
    opens = title.until - timedelta(days=queries.programme_of(title).term.renew)
    if clock.day(now) < opens:
        return _("the title %(number)s still holds; its renewal opens on %(day)s") % {
            "number": title.number,
            "day": opens.isoformat(),
        }
    return None


def why_not_recognise_as(by: User | None, title: Title, now: datetime) -> str | None:
    """Who decides for the whole city, and nobody about a title of his own."""
    if refusal := why_not_name_at(by, settings.CITY, now):
        return refusal
    return why_not_decide_as(by, title, now)


def why_not_recognise(
    title: Title, rule: Rule, klass: str, grade: str, reason: str, reference: str
) -> str | None:
    """Only what the programme says counts as its own, of a title that stands, and once."""
    programme = rule.programme
    if title.programme not in programme.recognises:
        return _("this programme does not recognise titles of that one")
    if title.state not in HELD:
        return _("only a title in force is recognised")
    if queries.of_holder(title).filter(programme=rule.code).exists():
        return _("the holder has a title of this programme already")
    if programme.classes and queries.klass(programme, klass) is None:
        return _("please choose a class of the programme")
    if queries.level(programme, grade) is None:
        return _("the programme has no such level")
    if not reason.strip() or not reference.strip():
        return _("please give a reason and the number of the signed decision")
    return None
