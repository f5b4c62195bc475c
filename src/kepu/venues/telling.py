"""What this room tells people: officers that a venue waits, managers what was decided and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import sharing
from kepu.venues.models import Milestone, Project, Proposal, Venue
from kepu.venues.states import ProposalState
from kepu.venues.years import Asked

SUBMITTED = Text(
    "venues.submitted",
    Words("有场馆等待确认", "{unit}提交了“{venue}”的登记，请在“场馆登记”中核对并确认或退回。"),
    Words(
        "A venue waits to be confirmed",
        "{unit} handed in the registration of {venue}. Please confirm or return it.",
    ),
)


def _decided(key: str, zh: str, zh_text: str, en: str, en_text: str) -> Text:
    return Text(
        f"venues.{key}",
        Words(zh, f"“{{venue}}”{zh_text}原因：{{reason}}"),
        Words(en, f"{{venue}} {en_text} Reason: {{reason}}"),
    )


CONFIRMED = Text(
    "venues.confirmed",
    Words("场馆登记已确认", "“{venue}”的登记已确认，已列入公开名录，请按日填报参观人次。"),
    Words(
        "Your venue is confirmed",
        "{venue} stands on the public register now. Please tell its visits day by day.",
    ),
)
DECIDED = {
    "confirm": CONFIRMED,
    "send_back": _decided(
        "returned", "场馆登记被退回补正", "的登记被退回，请补正后重新提交。",
        "Your registration was returned", "was returned; please mend it and hand it in again.",
    ),
    "warn": _decided(
        "warned", "场馆收到警告", "收到警告，仍可正常开放。",
        "Your venue was warned", "was warned; it stays open.",
    ),
    "suspend": _decided(
        "suspended", "场馆已被暂停", "自即刻起暂停，名录中标明不可使用。",
        "Your venue is suspended", "is suspended: from now on the register shows it as not usable.",
    ),
    "reinstate": _decided(
        "reinstated", "场馆已恢复", "已恢复，名录中不再标明不可使用。",
        "Your venue is reinstated", "is reinstated: the register shows it as at work again.",
    ),
    "revoke": _decided(
        "revoked", "场馆登记已撤销", "的登记已撤销，名录中标明不可使用。",
        "The registration of your venue was revoked",
        "lost its registration: the register shows it as not usable.",
    ),
    "close": _decided(
        "closed", "场馆已关闭登记", "的登记已关闭，名录中标明不可使用。",
        "Your venue was closed", "was closed: the register shows it as not usable.",
    ),
}  # fmt: skip
PROPOSED = Text(
    "venues.proposed",
    Words("有场馆变更等待核对", "“{venue}”提出变更已登记的内容，请核对后接受或退回。"),
    Words(
        "A change of a venue waits", "{venue} asks to change confirmed facts. Please look at it."
    ),
)
ACCEPTED = Text(
    "venues.change_accepted",
    Words("场馆变更已接受", "“{venue}”的变更已接受，名录即时更新。"),
    Words("Your change was accepted", "The register shows what you changed of {venue}."),
)
RETURNED = Text(
    "venues.change_returned",
    Words("场馆变更被退回", "“{venue}”的变更被退回，名录不变。原因：{reason}"),
    Words("Your change was returned", "The register of {venue} stays as it was. Reason: {reason}"),
)
YEAR_DUE = Text(
    "venues.year_due",
    Words("请填报场馆年度数据", "请在{due}前填报“{venue}”{year}年度数据，并确认登记内容属实。"),
    Words("The year's figures are due", "Please tell the figures of {venue} for {year} by {due}."),
)
YEAR_LATE = Text(
    "venues.year_late",
    Words("场馆年度数据已逾期", "“{venue}”{year}年度数据应在{due}前填报，已逾期，请尽快补报。"),
    Words("The year's figures are late", "Figures of {venue} for {year} were due by {due}."),
)
PASS_STOPPED = Text(
    "venues.pass_stopped",
    Words(
        "通票暂不能在一处场馆使用",
        "“{venue}”目前不能使用，您的通票“{pass}”在那里不能核销，其他场馆不受影响。",
    ),
    Words(
        "Your pass is not good at a venue now",
        "{venue} cannot be used at present, so {pass} is not stamped there; elsewhere it stays good.",
    ),
)
PASS_AGAIN = Text(
    "venues.pass_again",
    Words("通票又可在一处场馆使用", "“{venue}”已恢复，您的通票“{pass}”又可在那里使用。"),
    Words("Your pass is good there again", "{venue} is open again, and {pass} is good there."),
)
PROJECT_GIVEN = Text(
    "venues.project_given",
    Words("贵单位负责一个科普设施项目", "“{plan}”中的“{project}”由贵单位负责，请按节点填报进展。"),
    Words(
        "Your unit is responsible for a project",
        "{project} of {plan} is yours. Please report how far it is and when milestones are reached.",
    ),
)
MILESTONES = {
    "soon": Text(
        "venues.milestone_soon",
        Words("项目节点即将到期", "“{project}”的节点“{milestone}”于{due}到期。"),
        Words("A milestone is due soon", "{milestone} of {project} is due on {due}."),
    ),
    "late": Text(
        "venues.milestone_late",
        Words("项目节点已逾期", "“{project}”的节点“{milestone}”应于{due}完成，尚未填报完成。"),
        Words(
            "A milestone is late",
            "{milestone} of {project} was due on {due} and is not reached yet.",
        ),
    ),
    "up": Text(
        "venues.milestone_up",
        Words(
            "下级项目节点长期逾期",
            "“{project}”的节点“{milestone}”应于{due}完成，至今未完成，请督促。",
        ),
        Words(
            "A milestone below you is long over",
            "{milestone} of {project} was due on {due} and is not reached. Please look into it.",
        ),
    ),
}
TEXTS = (
    SUBMITTED, *DECIDED.values(), PROPOSED, ACCEPTED, RETURNED, YEAR_DUE, YEAR_LATE, PASS_STOPPED,
    PASS_AGAIN, PROJECT_GIVEN, *MILESTONES.values(),
)  # fmt: skip


def submitted(venue: Venue, *, now: datetime) -> None:
    """The nearest officers who decide hear that a venue waits for them."""
    said = {"venue": venue.name, "unit": venue.organisation}
    for officer in roles.nearest_holders(Verb.VENUE_JUDGE, now=now, path=venue.path):
        notices.notify(officer, SUBMITTED.key, said, now=now, link=_link(venue))


def decided(venue: Venue, verb: str, reason: str, *, now: datetime) -> None:
    """Who manages the unit's venues hears what was decided, and why."""
    if venue.organisation_id is None:
        return
    said = {"venue": venue.name} | ({"reason": reason} if reason else {})
    for manager in roles.officers_of(venue.organisation_id, Verb.VENUE_KEEP, now=now):
        notices.notify(manager, DECIDED[verb].key, said, now=now, link=_link(venue))


def proposed(venue: Venue, *, now: datetime) -> None:
    """The nearest officers who decide hear that a change waits for them."""
    link = reverse("venue-desk")
    for officer in roles.nearest_holders(Verb.VENUE_JUDGE, now=now, path=venue.path):
        notices.notify(officer, PROPOSED.key, {"venue": venue.name}, now=now, link=link)


def change_decided(change: Proposal, *, now: datetime) -> None:
    """Who manages the unit's venues hears what became of the change."""
    text = RETURNED if change.state == ProposalState.RETURNED else ACCEPTED
    said = {"venue": change.venue.name} | ({"reason": change.reason} if text is RETURNED else {})
    _tell_managers(change.venue, text, said, now)


def year_owed(venue: Venue, wanted: Asked, *, now: datetime) -> None:
    """Who manages the unit's venues hears until when a year is to be told, or that it is late."""
    said = {"venue": venue.name, "year": wanted.year, "due": wanted.due.isoformat()}
    _tell_managers(venue, YEAR_LATE if wanted.over else YEAR_DUE, said, now)


def passes_stopped(venue: Venue, *, now: datetime) -> None:
    """Who holds a pass that is good at the venue hears that it is not stamped there now."""
    _tell_holders(venue, PASS_STOPPED, now)


def passes_again(venue: Venue, *, now: datetime) -> None:
    """Who holds a pass that is good at the venue hears that it is stamped there again."""
    _tell_holders(venue, PASS_AGAIN, now)


def project_given(project: Project, *, now: datetime) -> None:
    """Who manages the venues of the responsible unit hears that a project is theirs."""
    said = {"project": project.name, "plan": project.plan.title}
    for manager in roles.officers_of(project.organisation_id, Verb.VENUE_KEEP, now=now):
        notices.notify(manager, PROJECT_GIVEN.key, said, now=now, link=_works(project))


def milestone(one: Milestone, stage: str, *, now: datetime) -> None:
    """The unit hears that a milestone is near; officers too that it is late; then one level up."""
    project = one.project
    said = {"project": project.name, "milestone": one.title, "due": one.due.isoformat()}
    for person in _concerned(project, stage, now):
        notices.notify(person, MILESTONES[stage].key, said, now=now, link=_works(project))


def _concerned(project: Project, stage: str, now: datetime) -> list[User]:
    if stage == "up":
        above = divisions.parent_path(project.plan.path)
        return roles.nearest_holders(Verb.VENUE_JUDGE, now=now, path=above) if above else []
    managers = roles.officers_of(project.organisation_id, Verb.VENUE_KEEP, now=now)
    if stage == "soon":
        return list(managers)
    officers = roles.nearest_holders(Verb.VENUE_JUDGE, now=now, path=project.plan.path)
    return list({one.pk: one for one in (*managers, *officers)}.values())


def _tell_holders(venue: Venue, text: Text, now: datetime) -> None:
    found, link = sharing.held_for(venue, now), reverse("my-passes")
    told = ((one.holder, {"venue": venue.name, "pass": one.shared}, link) for one in found)
    notices.notify_each(told, text.key, now=now)


def _works(project: Project) -> str:
    return reverse("project", args=[project.pk])


def _tell_managers(venue: Venue, text: Text, said: dict[str, Any], now: datetime) -> None:
    if venue.organisation_id is None:
        return
    for manager in roles.officers_of(venue.organisation_id, Verb.VENUE_KEEP, now=now):
        notices.notify(manager, text.key, said, now=now, link=_link(venue))


def _link(venue: Venue) -> str:
    return reverse("venue", args=[venue.pk])
