"""Meetings of the panel: who finds them, who is there, what is in hand, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.meeting_states import IN_HAND, UNFINISHED, MeetingItemState, MeetingState
from kepu.appraisal.models import (
    Application,
    Call,
    Meeting,
    MeetingItem,
    MeetingMember,
    MeetingVote,
)
from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Class, Panel, Programme
from kepu.appraisal.queries import applications, calls
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside

# --- which meetings there are ---------------------------------------------------------------------


def of_call(call: Call) -> QuerySet[Meeting]:
    """Meetings of a call, the latest first. One query."""
    found: QuerySet[Meeting] = call.meetings.order_by("-starts_at", "-pk")
    return found


def joined() -> QuerySet[Meeting]:
    """Meetings with what every page of them shows."""
    return Meeting.objects.select_related("call__division_now", "made_by", "closed_by")


def kept(meeting_id: int, person: User, now: datetime) -> Meeting:
    """A meeting for the secretary and the deciding officers of its call. Raises Outside."""
    found: Meeting | None = joined().filter(pk=meeting_id).first()
    if found is None or not calls.keeps(found.call, person, now):
        raise Outside(_("there is no such meeting"))
    return found


def seat(meeting_id: int, person: User) -> MeetingMember:
    """The person's own seat; of a meeting of others nobody learns here. Raises Outside."""
    rows = seats_of(person).filter(meeting__pk=meeting_id)
    found: MeetingMember | None = rows.first()
    if found is None:
        raise Outside(_("there is no such meeting"))
    return found


def of_papers(meeting_id: int, person: User, now: datetime) -> Meeting:
    """A meeting for who may read its papers: its members, the secretary, who decides. Raises Outside."""
    if seats_of(person).filter(meeting__pk=meeting_id, joined_at__isnull=False).exists():
        return joined().get(pk=meeting_id)
    return kept(meeting_id, person, now)


def seat_by_code(code: str, person: User) -> MeetingMember:
    """The person's seat in the meeting whose code it is. Raises Outside."""
    found: MeetingMember | None = seats_of(person).filter(meeting__code=plain(code)).first()
    if found is None:
        raise Outside(_("no meeting of this code expects you; please read it once more"))
    return found


def plain(code: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(code.split()).upper()


def seats_of(person: User) -> QuerySet[MeetingMember]:
    """Seats of a person in meetings that were not cancelled, the latest first. One query."""
    rows = MeetingMember.objects.filter(expert__person=person)
    found: QuerySet[MeetingMember] = rows.exclude(meeting__state=MeetingState.CANCELLED)
    return found.select_related("meeting__call__division_now", "expert__person").order_by(
        "-meeting__starts_at", "-pk"
    )


def panel_of(call: Call) -> tuple[Programme, Panel]:
    """The programme of a call and its rules of the panel; raises Outside where it has none."""
    programme = calls.programme(call)
    if programme.panel is None:
        raise Outside(_("this programme has no panel"))
    return programme, programme.panel


# --- what is before the panel ---------------------------------------------------------------------


def waiting(call: Call, klass: str = "") -> list[Application]:
    """What a panel may decide about: reviewed, not decided since, on no agenda; of a class, where one is
    named. Three queries.
    """
    found = applications.of_call(call, states=[ApplicationState.REVIEWED])
    out = on_agendas(found) | decisions(call).keys()
    return [one for one in found if one.pk not in out and klass in ("", one.klass)]


def class_of(key: str, programme: Programme) -> Class | None:
    """The class or track of this key, or None where the programme has none."""
    return next((one for one in programme.classes if one.key == key), None)


def decisions(call: Call) -> dict[int, bool]:
    """What panels decided since each application was last reviewed, by application. One query."""
    rows = _standing(MeetingItem.objects.filter(application__call=call))
    found = rows.order_by("decided_at", "pk").values_list("application", "carried")
    return {pk: bool(for_it) for pk, for_it in found}


def carried(call: Call) -> set[int]:
    """Applications, by id, that a panel was for. One query."""
    return {pk for pk, for_it in decisions(call).items() if for_it}


def on_agendas(rows: QuerySet[Application]) -> set[int]:
    """Those of the applications that are before a meeting which is planned or under way. One query."""
    found = MeetingItem.objects.filter(application__in=rows, meeting__state__in=UNFINISHED)
    return set(found.values_list("application", flat=True))


def decision(application: Application) -> MeetingItem | None:
    """What a panel decided since the application was last reviewed. One query.

    One that an objection or an appeal sent back to its review needs a new decision.
    """
    rows = _standing(MeetingItem.objects.filter(application=application))
    found: MeetingItem | None = rows.order_by("-decided_at", "-pk").first()
    return found


def _standing(rows: QuerySet[MeetingItem]) -> QuerySet[MeetingItem]:
    """Decisions of closed meetings that no later review has overtaken."""
    decided = rows.filter(state=MeetingItemState.DECIDED, meeting__state=MeetingState.CLOSED)
    return decided.filter(decided_at__gte=F("application__since"))


def items(meeting: Meeting) -> list[MeetingItem]:
    """The agenda: in the order that was drawn, before the draw by code. Three queries."""
    rows = meeting.items.select_related("application__call", "application__person")
    ordered = rows.order_by(F("position").asc(nulls_last=True), "application__code")
    return list(ordered.prefetch_related("recusals", "votes"))


def in_hand(meeting: Meeting) -> MeetingItem | None:
    """The application that is being presented or voted on. One query."""
    found: MeetingItem | None = (
        meeting.items.filter(state__in=IN_HAND).select_related("application").first()
    )
    return found


def item(item_id: int, meeting: Meeting) -> MeetingItem:
    """An application of the agenda; raises Outside."""
    rows = MeetingItem.objects.filter(pk=item_id, meeting=meeting)
    found: MeetingItem | None = rows.select_related("application__call").first()
    if found is None:
        raise Outside(_("this application is not before the meeting"))
    return found


def members(meeting: Meeting) -> list[MeetingMember]:
    """Whoever was invited, by number. One query."""
    return list(meeting.members.select_related("expert__person").order_by("number"))


def name_of(application: Application, programme: Programme) -> str:
    """Who applies, for the room; nothing where the programme keeps names from those who judge."""
    hidden = programme.reviewing is None or programme.reviewing.blind
    return "" if hidden else applications.name_of(application)


# --- who counts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Who counts for one application: without the members who stepped aside there."""

    entitled: int
    present: int
    least: int
    voted: int
    recused: frozenset[int]  # members, by id

    @property
    def quorate(self) -> bool:
        return self.present >= self.least


def standing(of: MeetingItem, invited: list[MeetingMember], panel: Panel) -> Standing:
    """Who counts for an application. Two queries, none where its recusals and votes are at hand."""
    recused = frozenset(one.member_id for one in of.recusals.all())
    voted = {one.member_id for one in of.votes.all()}  # present at it, also who left since
    entitled = [one for one in invited if one.pk not in recused]
    return Standing(
        len(entitled), sum(one.here or one.pk in voted for one in entitled),
        panelling.least_present(panel, len(entitled)), len(voted), recused,
    )  # fmt: skip


def missing(of: MeetingItem, invited: list[MeetingMember]) -> list[MeetingMember]:
    """Members who are there, may vote and have not."""
    out = {one.member_id for one in of.recusals.all()} | {one.member_id for one in of.votes.all()}
    return [one for one in invited if one.here and one.pk not in out]


def has_voted(of: MeetingItem, member: MeetingMember) -> bool:
    return MeetingVote.objects.filter(item=of, member=member).exists()


def stamp(meeting: Meeting) -> str:
    """Changes whenever anything that the room may see has changed. Two queries."""
    there = Q(joined_at__isnull=False)
    rows = meeting.members
    return "-".join(
        str(n) for n in (
            meeting.version, rows.filter(there).count(),
            rows.filter(pledged_at__isnull=False).count(), rows.filter(left_at__isnull=False).count(),
            rows.filter(signed_at__isnull=False).count(),
            MeetingVote.objects.filter(item__meeting=meeting).count(),
        )
    )  # fmt: skip


def seat_stamp(member: MeetingMember) -> str:
    """Changes whenever what a member is shown has changed, and not by what others do at their seats.

    A page that is loaded anew forgets what its reader has begun to say.
    """
    own = (member.joined_at, member.left_at, member.pledged_at, member.signed_at)
    return f"{member.meeting.version}-{''.join(str(int(at is not None)) for at in own)}"


# --- the record -----------------------------------------------------------------------------------


def record(meeting: Meeting, programme: Programme, panel: Panel) -> dict[str, Any]:
    """All that the results follow from, as plain data: codes, members' numbers, sums; no names."""
    invited = members(meeting)
    number = {one.pk: one.number for one in invited}
    return {
        "programme": meeting.call.programme,
        "rules_version": meeting.call.rules_version,
        "rules": {"panel": panel.model_dump(), "cut": panelling.lowest_cut(programme)},
        "seed": meeting.seed,
        "seed_salt": meeting.seed_salt,
        "seed_digest": meeting.seed_digest,
        "members": [
            {"number": one.number, "expert": one.expert_id, "present": one.joined_at is not None}
            for one in invited
        ],
        "items": [_recorded(one, number, panel) for one in items(meeting)],
        **({"class": meeting.klass} if meeting.klass else {}),
    }


def _recorded(one: MeetingItem, number: dict[int, int], panel: Panel) -> dict[str, Any]:
    told = {
        "code": one.application.code, "position": one.position, "kind": one.kind,
        "entitled": one.entitled, "present": one.present, "tally": one.tally,
        "recused": sorted(number[row.member_id] for row in one.recusals.all()),
        "put_off": one.put_off, "carried": one.carried,
    }  # fmt: skip
    if not panel.secret:
        told["votes"] = {str(number[row.member_id]): row.mark for row in one.votes.all()}
    return told
