"""From the words of a body to the things they name; what does not exist is said so."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.api.shapes import Topic
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput
from kepu.people.models import Skill
from kepu.people.queries.vocabulary import skills


def place_at(path: str) -> Division:
    """The division that stands at the path."""
    found = divisions.current().filter(path=path).first()
    if found is None:
        raise BadInput(_("one of the places does not exist"))
    return found


def skills_of(keys: list[str]) -> list[Skill]:
    """The topics of these keys."""
    found = list(skills().filter(key__in=keys))
    if len(found) < len(set(keys)):
        raise BadInput(_("one of the topics does not exist"))
    return found


def person_of(pseudonym: str) -> User:
    """Somebody by the pseudonym; names and telephones are not asked for over the wire."""
    found = User.objects.filter(pseudonym=pseudonym, is_active=True).first()
    if found is None:
        raise BadInput(_("nobody has this pseudonym"))
    return found


def unit_of(organisation_id: int | None) -> Organisation | None:
    """A unit that is at work, or none where none was named."""
    if organisation_id is None:
        return None
    found = Organisation.objects.filter(pk=organisation_id, active=True).first()
    if found is None:
        raise BadInput(_("there is no unit of this number"))
    return found


def any_unit(organisation_id: int | None) -> Organisation | None:
    """A unit of the register, closed or not, or none where none was named."""
    if organisation_id is None:
        return None
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise BadInput(_("there is no unit of this number"))
    return found


def topic_of(skill: Skill) -> Topic:
    return Topic(key=skill.key, title=skill.title)
