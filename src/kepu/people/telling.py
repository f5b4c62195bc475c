"""What this room tells people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import CallOpened
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Absence, Expert, Membership, Objection, Team, Volunteer
from kepu.people.queries import absences
from kepu.people.queries import campaigns as calls
from kepu.people.queries.teams import leaders
from kepu.people.rules.objections import why_not_answer_as
from kepu.people.states import CallState, ObjectionState

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
REMOVED_ASK_NOBODY = Text(  # the same where no officer holds the office
    "people.removed_ask_nobody",
    Words("您已被移出服务队", "{team}的队长{by}已将您移出该队。如有异议，请向当地科协提出。"),
    Words(
        "You were removed from a team",
        "{by}, a leader of {team}, ended your membership. To object, turn to the science association "
        "of the place.",
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
INVITED = Text(
    "people.expert_invited",
    Words(
        "您受邀成为科普专家",
        "{by}邀请您加入科普专家库，所在地：{place}。请在“我的专家信息”中答复是否愿意。",
    ),
    Words(
        "You are invited as an expert",
        "{by} invites you to be a science expert for {place}. Please say yes or no on your expert page.",
    ),
)
CALLED = Text(
    "people.called",
    Words(
        "招募志愿者：{title}",
        "{place}正在招募志愿者，需要 {target} 人，与您的特长和服务区域相符。请在 {day} 前答复是否参加。",
    ),
    Words(
        "Volunteers wanted: {title}",
        "{place} calls for {target} volunteers, and it fits your skills and areas. Please answer by {day}.",
    ),
)
TEAM_REFUSED = Text(
    "people.team_refused",
    Words("服务队申请未通过", "“{team}”的申请未通过。原因：{reason}"),
    Words("Your team was not approved", "The application of {team} was refused. Reason: {reason}"),
)
TEAM_APPROVED = Text(
    "people.team_approved",
    Words("服务队申请已通过", "“{team}”已通过审批，可以招募队员、承接订单了。"),
    Words("Your team is approved", "{team} is approved: it may take in members and orders now."),
)
TEAM_SUSPENDED = Text(
    "people.team_suspended",
    Words(
        "服务队已被暂停",
        "“{team}”已被暂停，暂不能认领新订单，已认领的订单请继续完成或交还。原因：{reason}",
    ),
    Words(
        "Your team is suspended",
        "{team} is suspended: it claims no new orders; please keep what it has promised, or let go of "
        "it. Reason: {reason}",
    ),
)
TEAM_RESTORED = Text(
    "people.team_restored",
    Words("服务队已恢复", "“{team}”已恢复，可以继续认领订单。说明：{reason}"),
    Words("Your team works again", "{team} may claim orders again. What was said: {reason}"),
)
TEAM_DISSOLVED = Text(
    "people.team_dissolved",
    Words(
        "服务队已解散",
        "“{team}”已解散，未完成的订单将转给其他服务队；时长和证书仍然保留。原因：{reason}",
    ),
    Words(
        "Your team was dissolved",
        "{team} was dissolved; its orders go to other teams, hours and certificates stay. Reason: "
        "{reason}",
    ),
)
VOLUNTEER_APPROVED = Text(
    "people.volunteer_approved",
    Words("志愿者注册已通过", "您的志愿者注册已通过，可以申请加入服务队了。"),
    Words("You are a volunteer now", "Your registration is approved: you may ask to join a team."),
)
VOLUNTEER_REFUSED = Text(
    "people.volunteer_refused",
    Words("志愿者注册未通过", "您的志愿者注册未通过。原因：{reason}"),
    Words("Your registration was not approved", "Your registration was refused. Reason: {reason}"),
)
VOLUNTEER_SUSPENDED = Text(
    "people.volunteer_suspended",
    Words(
        "您的志愿服务已暂停",
        "{by}已暂停您的志愿服务，您将不再列入之后的服务名单。原因：{reason}。如有异议，请与{by}联系。",
    ),
    Words(
        "You are suspended as a volunteer",
        "{by} suspends you as a volunteer; you are taken off the visits to come. Reason: {reason}. To "
        "object, turn to {by}.",
    ),
)
VOLUNTEER_RESTORED = Text(
    "people.volunteer_restored",
    Words("您的志愿服务已恢复", "您可以继续参加志愿服务。说明：{reason}"),
    Words("You may serve again", "You may serve again as a volunteer. What was said: {reason}"),
)
DECIDED_OF_TEAM = {
    "approve": TEAM_APPROVED,
    "refuse": TEAM_REFUSED,
    "suspend": TEAM_SUSPENDED,
    "restore": TEAM_RESTORED,
    "dissolve": TEAM_DISSOLVED,
}
DECIDED_OF_VOLUNTEER = {
    "approve": VOLUNTEER_APPROVED,
    "refuse": VOLUNTEER_REFUSED,
    "suspend": VOLUNTEER_SUSPENDED,
    "restore": VOLUNTEER_RESTORED,
}
ENTERED = Text(
    "people.made_leader",
    Words(
        "您已被登记为服务队队长",
        "{by}已将您登记为“{team}”的队长，并声明已征得您本人同意。如未同意，请联系{by}，或在服务队页面移交队长。",
    ),
    Words(
        "You are entered as a team's leader",
        "{by} entered you as leader of {team} and states that you agreed. If you did not, turn to "
        "{by}, or hand the team over on its page.",
    ),
)
OBJECTED = Text(
    "people.objected",
    Words("公示收到异议", "有人对“{who}”的公示提出异议。请核实并答复；答复之前不能命名。"),
    Words(
        "An objection to a candidate",
        "Somebody objects to {who}, who is on public notice. Please look into it and answer; "
        "nobody is named before.",
    ),
)
OBJECTION_UPHELD = Text(
    "people.objection_upheld",
    Words("您提出的异议成立", "您对“{who}”提出的异议经核实成立。答复：{answer}"),
    Words("Your objection is upheld", "Your objection to {who} is upheld. The answer: {answer}"),
)
OBJECTION_OVERRULED = Text(
    "people.objection_overruled",
    Words("您提出的异议不成立", "您对“{who}”提出的异议经核实不成立。答复：{answer}"),
    Words(
        "Your objection is not upheld",
        "Your objection to {who} is not upheld. The answer: {answer}",
    ),
)
OBJECTION_SETTLED = Text(
    "people.objection_settled",
    Words("您提出异议的人选未予采纳", "“{who}”未予采纳，您的异议随之终结。理由：{answer}"),
    Words(
        "The candidate you objected to is not taken up",
        "{who} is not taken up, which ends your objection. The reason: {answer}",
    ),
)
CANDIDATE_OUT = Text(
    "people.candidate_objection_upheld",
    Words("公示异议成立", "对“{who}”的公示异议经核实成立，本年度不予命名。"),
    Words(
        "An objection was upheld",
        "An objection to {who} on public notice was looked into and upheld; there is no naming.",
    ),
)
CANDIDATE_STAYS = Text(
    "people.candidate_objection_overruled",
    Words("公示异议不成立", "对“{who}”的公示异议经核实不成立，公示照常进行。"),
    Words(
        "An objection was not upheld",
        "An objection to {who} on public notice was looked into and not upheld; the notice goes on.",
    ),
)
BAD_FAITH = Text(
    "people.absence_in_bad_faith",
    Words(
        "您的缺席被认定为恶意缺席",
        "{by}认定您未参加“{title}”属于恶意缺席。理由：{reason}。如有异议，可在“我的志愿服务”中查看并申诉。",
    ),
    Words(
        "You missed a visit in bad faith",
        "{by} finds that you missed {title} in bad faith. Reason: {reason}. You read it, and may "
        "object, on your page as a volunteer.",
    ),
)
BAD_FAITH_UPHELD = Text(
    "people.absence_upheld_in_bad_faith",
    Words(
        "您对缺席的申诉已答复",
        "您就未参加“{title}”提出的申诉已由{by}答复：维持，并认定为恶意缺席。理由：{reason}。",
    ),
    Words(
        "Your objection was answered",
        "{by} answered your objection about {title}: the absence stands, and was in bad faith. "
        "Reason: {reason}.",
    ),
)
SUSPENDED_BY_RULE = Text(
    "people.suspended_by_rule",
    Words(
        "您的志愿服务已暂停",
        "一年内您无故缺席 {missed} 次，其中恶意缺席 {bad} 次。按志愿服务管理制度，自即日起暂停服务。"
        "如有异议，请在“我的志愿服务”中对缺席记录申诉；答复之前该记录不计入次数。",
    ),
    Words(
        "You are suspended as a volunteer",
        "Within a year you missed {missed} visits without an excuse, {bad} of them in bad faith. The "
        "management rules suspend you from now on. Object to an absence on your page as a volunteer: "
        "until it is answered it does not count.",
    ),
)
SUSPENDED_BY_RULE_ASK = Text(  # the same where somebody can be asked
    "people.suspended_by_rule_ask",
    Words(
        SUSPENDED_BY_RULE.zh.title,
        SUSPENDED_BY_RULE.zh.text + "也可联系当地负责审核的工作人员：{officers}。",
    ),
    Words(
        SUSPENDED_BY_RULE.en.title,
        SUSPENDED_BY_RULE.en.text + " Or turn to the officers there: {officers}.",
    ),
)
SUSPENSION_KNOWN = Text(
    "people.suspension_by_rule_known",
    Words(
        "有志愿者按管理制度被暂停服务",
        "{who}一年内无故缺席 {missed} 次，其中恶意缺席 {bad} 次，已按管理制度暂停服务。"
        "您可以核实并恢复其服务。",
    ),
    Words(
        "A volunteer is suspended by the rules",
        "{who} missed {missed} visits without an excuse within a year, {bad} in bad faith, and is "
        "suspended by the management rules. You may look into it and let them serve again.",
    ),
)
RESTORED_BY_RULE = Text(
    "people.restored_by_rule",
    Words("您的志愿服务已恢复", "计入的缺席次数已低于管理制度规定的次数，您可以继续参加志愿服务。"),
    Words(
        "You may serve again",
        "Fewer absences count against you now than the management rules allow: you may serve again.",
    ),
)
ENDS = {
    ObjectionState.UPHELD: OBJECTION_UPHELD,
    ObjectionState.OVERRULED: OBJECTION_OVERRULED,
    ObjectionState.SETTLED: OBJECTION_SETTLED,
}
TEXTS = (
    REMOVED,
    REMOVED_ASK_NOBODY,
    LEADER_REMOVED,
    INVITED,
    CALLED,
    *DECIDED_OF_TEAM.values(),
    *DECIDED_OF_VOLUNTEER.values(),
    ENTERED,
    OBJECTED,
    *ENDS.values(),
    CANDIDATE_OUT,
    CANDIDATE_STAYS,
    BAD_FAITH,
    BAD_FAITH_UPHELD,
    SUSPENDED_BY_RULE,
    SUSPENDED_BY_RULE_ASK,
    SUSPENSION_KNOWN,
    RESTORED_BY_RULE,
)
BATCH = 200  # people who are told of a call in one transaction


def removed(membership: Membership, *, by: User, led: bool, now: datetime) -> None:
    """The person hears who did it and where to object; of a leader, the officers hear as well."""
    team, person = membership.team, membership.person
    officers = roles.nearest_holders(Verb.TEAM_APPROVE, now=now, path=team.path)
    names = "、".join(officer.name for officer in officers[:3])
    text, said = REMOVED_ASK_NOBODY, {"team": team.name, "by": by.name}
    if names:
        text, said["officers"] = REMOVED, names
    notices.notify(person, text.key, said, now=now, link="/people/teams/")
    for officer in officers if led else []:
        told = {"team": team.name, "by": by.name, "who": person.name}
        notices.notify(officer, LEADER_REMOVED.key, told, now=now, link=f"/people/teams/{team.pk}/")


def decided(team: Team, *, verb: str, now: datetime) -> None:
    """Whoever asked for a team hears the answer, its leaders what is decided later, with the reason."""
    text = DECIDED_OF_TEAM[verb]
    asked = verb in ("approve", "refuse")
    for person in [team.applied_by] if asked else leaders(team):
        said = {"team": team.name, "reason": team.state_reason}
        notices.notify(person, text.key, said, now=now, link=f"/people/teams/{team.pk}/")


def decided_of_volunteer(volunteer: Volunteer, *, verb: str, by: User, now: datetime) -> None:
    """The volunteer hears what an officer decided, why, and of a suspension who."""
    said = {"reason": volunteer.state_reason, "by": by.name}
    text = DECIDED_OF_VOLUNTEER[verb]
    _tell_of_oneself(volunteer.person, text, said, now)


def entered(team: Team, leader: User, *, by: User, now: datetime) -> None:
    """Whoever an officer enters as leader hears of it, and what to do if they never agreed."""
    said = {"team": team.name, "by": by.name}
    notices.notify(leader, ENTERED.key, said, now=now, link=f"/people/teams/{team.pk}/")


def invited(expert: Expert, *, by: User, now: datetime) -> None:
    """Who is asked to be an expert hears who asks, and where to answer."""
    said = {"by": by.name, "place": divisions.full_name(expert.path)}
    notices.notify(expert.person, INVITED.key, said, now=now, link="/people/expert/")


def objected(objection: Objection, *, now: datetime) -> None:
    """Officers who may answer hear that somebody objects; not who, which the page tells them."""
    nomination = objection.nomination
    said, link = {"who": nomination.candidate}, f"/people/nominations/{nomination.pk}/"
    for officer in _reviewers(objection, now):
        notices.notify(officer, OBJECTED.key, said, now=now, link=link)


def _reviewers(objection: Objection, now: datetime) -> list[User]:
    """The officers nearest to the place of whom one may answer."""
    path = objection.nomination.path
    for scope in ancestors(path):
        holders = roles.holders(Verb.CAMPAIGN_RUN, now=now, path=scope)
        found = [one for one in holders if why_not_answer_as(one, objection, now) is None]
        if found:
            return found
    return []


def answered(objection: Objection, *, now: datetime) -> None:
    """Who objected hears how it ended, in the words of the office."""
    text = ENDS[ObjectionState(objection.state)]
    said = {"who": objection.nomination.candidate, "answer": objection.answer}
    link = f"/people/models/{objection.nomination_id}/object/"
    notices.notify(objection.person, text.key, said, now=now, link=link)


def candidate_heard(objection: Objection, *, now: datetime) -> None:
    """The candidate, or who leads the team that is one, hears the outcome alone."""
    nomination = objection.nomination
    upheld = objection.state == ObjectionState.UPHELD
    text = CANDIDATE_OUT if upheld else CANDIDATE_STAYS
    people = leaders(nomination.team) if nomination.team else [nomination.person]
    for person in filter(None, people):
        said = {"who": nomination.candidate}
        notices.notify(person, text.key, said, now=now, link="/people/models/")


def called(fact: CallOpened, *, now: datetime) -> None:
    """The next volunteers whom the call fits are told, and the rest later; nobody once it is over."""
    call = calls.call(fact.call_id)
    if call.state != CallState.OPEN or call.deadline <= now:
        return
    found = calls.fitting(call).filter(pk__gt=fact.after).select_related("person").order_by("pk")
    said = {
        "title": call.title,
        "place": divisions.full_name(call.path),
        "target": call.target,
        "day": clock.day(call.deadline).isoformat(),
    }
    told = list(found[:BATCH])
    for volunteer in told:
        notices.notify(
            volunteer.person, CALLED.key, said, now=now, link=f"/people/calls/{call.pk}/"
        )
    if len(told) == BATCH:
        facts.publish(CallOpened(at=fact.at, call_id=call.pk, after=told[-1].pk))


def found_in_bad_faith(absence: Absence, *, by: User, reason: str, now: datetime) -> None:
    """The volunteer hears who found it, why, and where to object."""
    _tell_missed(absence, BAD_FAITH, by, reason, now)


def upheld_in_bad_faith(absence: Absence, *, by: User, reason: str, now: datetime) -> None:
    """The volunteer hears how the objection was answered; there is no second one."""
    _tell_missed(absence, BAD_FAITH_UPHELD, by, reason, now)


def _tell_missed(absence: Absence, text: Text, by: User, reason: str, now: datetime) -> None:
    said = {"by": by.name, "title": absence.title or absence.source, "reason": reason.strip()}
    _tell_of_oneself(absence.person, text, said, now)


def suspended_by_rule(volunteer: Volunteer, *, now: datetime) -> None:
    """The volunteer hears why and where to object; the officers who can put it right hear of it too."""
    officers = roles.nearest_holders(Verb.VOLUNTEER_APPROVE, now=now, path=volunteer.path)
    names = "、".join(officer.name for officer in officers[:3])
    missed, bad = absences.in_a_year(volunteer, now)
    counts = {"missed": missed, "bad": bad}
    text, said = SUSPENDED_BY_RULE, dict[str, object](counts)
    if names:
        text, said["officers"] = SUSPENDED_BY_RULE_ASK, names
    _tell_of_oneself(volunteer.person, text, said, now)
    record = f"/people/record/{volunteer.person_id}/"
    for officer in officers:
        told = {**counts, "who": volunteer.person.name}
        notices.notify(officer, SUSPENSION_KNOWN.key, told, now=now, link=record)


def restored_by_rule(volunteer: Volunteer, *, now: datetime) -> None:
    """So few absences count now that the volunteer may serve again."""
    _tell_of_oneself(volunteer.person, RESTORED_BY_RULE, {}, now)


def _tell_of_oneself(person: User, text: Text, said: dict[str, Any], now: datetime) -> None:
    """The person is led to their own page, a guardian to the record, where one may object for the ward."""
    notices.notify(
        person, text.key, said, now=now, link="/people/me/",
        guardian_link=f"/people/record/{person.pk}/",
    )  # fmt: skip
