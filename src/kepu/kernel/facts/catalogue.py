"""Every fact that rooms tell one another, on one page. Past tense; ids and times, no personal values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True)
class Fact:
    """Something that has happened. Its name is its class name."""

    at: datetime


@dataclass(frozen=True)
class DivisionsChanged(Fact):
    """A crosswalk took effect: places and roles already follow it."""

    change_id: int


@dataclass(frozen=True)
class PostHandedOver(Fact):
    """One person's grants went to another."""

    from_id: int
    to_id: int


@dataclass(frozen=True)
class RulebookIssued(Fact):
    """A new version of a rulebook will be in force from a day on."""

    rulebook_id: int


@dataclass(frozen=True)
class OrderMoved(Fact):
    """An order went from one state to another."""

    order_id: int
    verb: str
    state: str


@dataclass(frozen=True)
class OrderOffered(Fact):
    """A team was asked to take an open order."""

    order_id: int
    team_id: int


@dataclass(frozen=True)
class PlanAsked(Fact):
    """Somebody asked for an auto-plan, or for its teams to be asked: the worker has it to do."""

    plan_id: int


@dataclass(frozen=True)
class BookletsAsked(Fact):
    """Somebody asked for booklets of survey items: the worker has them to assemble."""

    set_id: int


@dataclass(frozen=True)
class SampleAsked(Fact):
    """Somebody asked for a sample of a survey: the worker has it to draw."""

    sample_id: int


@dataclass(frozen=True)
class EstimateAsked(Fact):
    """Somebody asked for the figures of a survey: the worker has them to estimate."""

    estimate_id: int


@dataclass(frozen=True)
class RoundOpened(Fact):
    """A year of statistics was opened; units after this return, by number, still have to hear of it."""

    round_id: int
    after: int = 0


@dataclass(frozen=True)
class OrderEscalated(Fact):
    """A stage of an order ran out of time and went one level up."""

    order_id: int
    path: str


@dataclass(frozen=True)
class HoursConfirmed(Fact):
    """Volunteer hours were confirmed by the receiving side."""

    service_id: int


@dataclass(frozen=True)
class MembershipEnded(Fact):
    """A person is not, or will not become, a member of a team."""

    team_id: int
    person_id: int


@dataclass(frozen=True)
class TeamDissolved(Fact):
    """A team has ended; nobody acts in its name any more."""

    team_id: int


@dataclass(frozen=True)
class VolunteerSuspended(Fact):
    """A volunteer may not serve for a while, in no team."""

    person_id: int


@dataclass(frozen=True)
class VenueSuspended(Fact):
    """A venue takes no booking for a while; what was promised there needs another place."""

    venue_id: int


@dataclass(frozen=True)
class VenueReinstated(Fact):
    """A venue that was warned or suspended is at work again."""

    venue_id: int


@dataclass(frozen=True)
class VenueEnded(Fact):
    """A venue was revoked or closed; what was promised there needs another place for good."""

    venue_id: int


@dataclass(frozen=True)
class PersonErased(Fact):
    """A person's data key was destroyed; what rooms still keep for them can go."""

    person_id: int


@dataclass(frozen=True)
class SignInCodeIssued(Fact):
    """A one-time code waits to be sent to a telephone."""

    code_id: int


@dataclass(frozen=True)
class MailCodeIssued(Fact):
    """A one-time code waits to be sent to an address for mail."""

    code_id: int


@dataclass(frozen=True)
class PhoneChanged(Fact):
    """A person signs in with another number now; the old one waits to be told."""

    change_id: int


@dataclass(frozen=True)
class GuardianshipEnded(Fact):
    """A ward came of age."""

    ward_id: int
    guardian_id: int


@dataclass(frozen=True)
class CallOpened(Fact):
    """Volunteers are called; those after this one, by number, still have to hear of it."""

    call_id: int
    after: int = 0


@dataclass(frozen=True)
class NoticeRaised(Fact):
    """A notice waits to be sent outside the house."""

    notice_id: int


@dataclass(frozen=True)
class ExportAsked(Fact):
    """Somebody asked for a table too long to wait for."""

    export_id: int


@dataclass(frozen=True)
class PanelsAsked(Fact):
    """Somebody asked for reviewers to be found, or for those found to be asked: the worker has it to do."""

    panels_id: int


@dataclass(frozen=True)
class WeighingAsked(Fact):
    """Somebody asked for the scores of a call to be weighed: the worker has it to do."""

    weighing_id: int


@dataclass(frozen=True)
class EvidenceAdded(Fact):
    """A file of an application waits for the copy that blind reviewers may see."""

    evidence_id: int


FACTS: dict[str, type[Fact]] = {
    kind.__name__: kind
    for kind in (
        DivisionsChanged,
        PostHandedOver,
        RulebookIssued,
        OrderMoved,
        OrderOffered,
        PlanAsked,
        BookletsAsked,
        SampleAsked,
        EstimateAsked,
        RoundOpened,
        OrderEscalated,
        HoursConfirmed,
        MembershipEnded,
        TeamDissolved,
        VolunteerSuspended,
        VenueSuspended,
        VenueReinstated,
        VenueEnded,
        PersonErased,
        SignInCodeIssued,
        MailCodeIssued,
        PhoneChanged,
        GuardianshipEnded,
        CallOpened,
        NoticeRaised,
        ExportAsked,
        PanelsAsked,
        WeighingAsked,
        EvidenceAdded,
    )
}


def to_data(fact: Fact) -> dict[str, object]:
    """The fact as JSON can hold it."""
    values = {field.name: getattr(fact, field.name) for field in fields(fact)}
    return {**values, "at": fact.at.isoformat()}


def from_data(name: str, data: dict[str, object]) -> Fact:
    """The fact that `to_data` wrote."""
    values = {**data, "at": datetime.fromisoformat(str(data["at"]))}
    return FACTS[name](**values)  # type: ignore[arg-type]
