"""Why not? What a volunteer's record holds beside service: training, stars, evaluations."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Service, Volunteer
from kepu.people.queries import hours
from kepu.people.rules.oneself import why_not_decide_about_ward
from kepu.people.states import ServiceState


def why_not_record_training(
    person: User, title: str, on: date, minutes: int, now: datetime
) -> str | None:
    """Training has a name, took time, is over, and is kept once."""
    if not title.strip():
        return _("name the training")
    if on > clock.day(now):
        return _("training is recorded after it took place")
    if minutes < 1:
        return _("training takes at least a minute")
    if person.trainings.filter(title=title.strip(), on=on).exists():
        return _("this training is recorded already")
    return None


def why_not_recognise_as(by: User, volunteer: Volunteer, star: int, now: datetime) -> str | None:
    """Stars are recognised by officers of the level that the rulebook names, never for oneself."""
    if by.pk == volunteer.person_id:
        return _("nobody recognises his own star")
    if ward := why_not_decide_about_ward(by, volunteer.person):
        return ward
    level = next((s.recognised_by for s in policy.stars(now).stars if s.star == star), None)
    if level is None:
        return _("there is no star %(star)s") % {"star": star}
    if roles.holds(by, Verb.TEAM_APPROVE, now=now, path=seat(volunteer.path, Level(level))):
        return None
    return _("star %(star)s is recognised at another level") % {"star": star}


def why_not_recognise(person: User, star: int, now: datetime) -> str | None:
    """The hours reach it, the ones before are recognised, and it is not recognised yet."""
    if hours.standing(person, now).star < star:
        return _("the confirmed hours do not reach star %(star)s") % {"star": star}
    if person.honours.filter(star=star).exists():
        return _("star %(star)s is recognised already") % {"star": star}
    return None


def stars_for(by: User, volunteer: Volunteer, now: datetime) -> list[tuple[int, str | None]]:
    """Stars that `by` may recognise for this volunteer, and what stands against each now.

    Those recognised already are left out.
    """
    had = set(volunteer.person.honours.exclude(star=None).values_list("star", flat=True))
    return [
        (one.star, why_not_recognise(volunteer.person, one.star, now))
        for one in policy.stars(now).stars
        if one.star not in had and why_not_recognise_as(by, volunteer, one.star, now) is None
    ]


def star_title(star: int) -> str:
    """How the record calls a recognised star."""
    return f"{star} 星级科技志愿者"


def why_not_evaluate(service: Service, score: int) -> str | None:
    """Confirmed service, from 1 to 5."""
    if service.state != ServiceState.CONFIRMED:
        return _("service is evaluated after its hours are confirmed")
    if not 1 <= score <= 5:
        return _("the score is from 1 to 5")
    return None


def seat(path: str, level: Level) -> str:
    """The division of that level above `path`; in a municipality, without one, the next wider."""
    above = [d for d in divisions.lineage(path) if Level(d.level).rank <= level.rank]
    return above[-1].path if above else path
