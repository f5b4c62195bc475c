"""What facts are called where people read of them; listeners and duties are called by their rooms."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.facts import registry

FACTS: dict[str, Promise] = {
    "DivisionsChanged": lazy("Divisions have changed"),
    "PostHandedOver": lazy("Roles went to another person"),
    "RulebookIssued": lazy("A rulebook was issued"),
    "OrderMoved": lazy("An order took a step"),
    "OrderOffered": lazy("A team was asked to take an order"),
    "PlanAsked": lazy("A plan was asked for"),
    "BookletsAsked": lazy("Booklets were asked for"),
    "SampleAsked": lazy("A sample was asked for"),
    "EstimateAsked": lazy("An estimate was asked for"),
    "PanelsAsked": lazy("Reviewers were asked for"),
    "WeighingAsked": lazy("Scores were to be weighed"),
    "EvidenceAdded": lazy("A file was added to an application"),
    "RoundOpened": lazy("A year of statistics was opened"),
    "OrderEscalated": lazy("An order ran out of time"),
    "HoursConfirmed": lazy("Hours were confirmed"),
    "MembershipEnded": lazy("A person left a team"),
    "TeamDissolved": lazy("A team was dissolved"),
    "VolunteerSuspended": lazy("A volunteer was suspended"),
    "VenueSuspended": lazy("A venue was suspended"),
    "VenueReinstated": lazy("A venue was reinstated"),
    "VenueEnded": lazy("A venue was revoked or closed"),
    "PersonErased": lazy("A person was erased"),
    "SignInCodeIssued": lazy("A code to sign in was issued"),
    "MailCodeIssued": lazy("A code for an address was issued"),
    "PhoneChanged": lazy("A telephone number was changed"),
    "GuardianshipEnded": lazy("A ward came of age"),
    "CallOpened": lazy("Volunteers were called"),
    "NoticeRaised": lazy("A notice waits to be sent"),
    "ExportAsked": lazy("A long table was asked for"),
}


def of_fact(name: str) -> str:
    """The fact in words; one that has left the catalogue keeps its name in the code."""
    return str(FACTS.get(name, name))


def of_listener(name: str) -> str:
    """The listener in words, as its room called it; one that is gone keeps its name in the code."""
    return str(registry.called(name) or name)
