"""What this room tells people."""

from __future__ import annotations

from datetime import datetime

from kepu.kernel.accounts.models import User
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Membership

REMOVED = Text(
    "people.removed",
    Words(
        "您已被移出服务队",
        "{team}的队长{by}已将您移出该队。如有异议，请向负责审核服务队的区县科协（{officers}）提出。",
    ),
    Words(
        "You were removed from a team",
        "{by}, a leader of {team}, ended your membership. To object, turn to the officers who approve "
        "teams there: {officers}.",
    ),
)
LEADER_REMOVED = Text(
    "people.leader_removed",
    Words(
        "有队长被移出服务队", "{team}的队长{who}被另一名队长{by}移出。当事人可能会向您提出异议。"
    ),
    Words(
        "A team's leader was removed",
        "{who}, a leader of {team}, was removed by another leader, {by}. They may turn to you.",
    ),
)
TEXTS = (REMOVED, LEADER_REMOVED)


def removed(membership: Membership, *, by: User, led: bool, now: datetime) -> None:
    """The person hears who did it and where to object; of a leader, the officers hear as well."""
    team, person = membership.team, membership.person
    officers = roles.nearest_holders(Verb.TEAM_APPROVE, now=now, path=team.path)
    names = "、".join(officer.name for officer in officers[:3]) or "—"
    said = {"team": team.name, "by": by.name, "officers": names}
    notices.notify(person, REMOVED.key, said, now=now, link="/teams/")
    for officer in officers if led else []:
        told = {"team": team.name, "by": by.name, "who": person.name}
        notices.notify(officer, LEADER_REMOVED.key, told, now=now, link=f"/teams/{team.pk}/")
