"""The demo city's appraisals: open calls, one in its last steps, a panel about to meet, titles."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Call, Review
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel import clock
from kepu.kernel.accounts import actions as register
from kepu.kernel.accounts.models import Organisation, OrganisationKind, Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import actions as roles
from kepu.people import queries as people
from kepu.people.actions import experts, joining
from kepu.venues import actions as venues
from kepu.web import demo_fees, demo_inspections, demo_past, demo_venues

if TYPE_CHECKING:
    from kepu.people.models import Expert
    from kepu.venues.models import Venue
    from kepu.web.demo import City

DAY = timedelta(days=1)
LONG_AGO, YEAR_AGO = 430 * DAY, 380 * DAY  # offices were taken up; titles were named
FIELDS = ("communication", "education")
OWN = ("示例健康体验馆", "示例航天体验馆")  # of the demo venue manager's unit
CODES = {  # units of their own; the check character of each code is right, and it is of no unit
    "示例气象科普馆": "91500000MA5U000023",
    "示例印刷博物馆": "91500000MA5U000036",
    "示例水文科普馆": "91500000MA5U00007J",
    "示例自来水展览馆": "91500000MA5U000049",
    "示例地质陈列馆": "91500000MA5U00005C",
    "示例茶文化馆": "91500000MA5U00006F",
}
TITLED, APPLYING = list(CODES)[:3], list(CODES)[3:]
WORK: dict[str, Any] = {"activities": 12, "summary": "每月一场开放日，寒暑假办科学营（示例）"}
BASE: dict[str, Any] = {
    "legal_person": True, "rules": True, "budgeted": True, "renewal": 12,
    "summary": "两年里接待学生三百批，编了一套实验课（示例）",
}  # fmt: skip
PAPERS = (
    ("charter", "法人证书（示例）.pdf"), ("plan", "工作制度与年度计划（示例）.pdf"),
    ("budget", "经费预算与决算（示例）.pdf"), ("activities", "活动照片（示例）.png"),
)  # fmt: skip
GRANT: dict[str, Any] = {
    "granted_before": False, "beneficiaries": 600, "goal": "为周边村社办十二场科普活动（示例）",
    "budget": "材料印制 12000元\n讲师补贴 18000元",
}  # fmt: skip
SOUND = {"need": 2200, "method": 2600, "budget": 1300, "lasting": 1200}
WEAK = {"need": 1800, "method": 2100, "budget": 1100, "lasting": 900}
GOOD, FAIR = {"organisation": 2500, "work": 4200}, {"organisation": 2100, "work": 3300}


@dataclass(frozen=True)
class Office:
    """Who keeps calls, and who decides about what came in them."""

    secretary: User
    officer: User


def build(city: City, home: Division) -> None:
    """Reviewers first, then titles of a year ago, a call in its last steps, and one that is open."""
    before = _office_before(city)
    judges = _judges(city, before)
    titled = _titles(city, home, before, judges[1:])
    office = Office(city.people["secretary"], city.people["city"])
    for one in judges:
        joining.confirm(one.pk, by=one.person, now=city.begun)
    _in_its_last_steps(city, home, office, judges)
    inspected = _open(city, office, titled)
    demo_inspections.build(inspected, judges[:2], by=office.secretary, now=city.now)
    _before_the_panel(city, office, judges, titled[2:4])
    for day in (city.begun, city.now):
        actions.timing.run_terms(day)


# --- who --------------------------------------------------------------------------------------------


def _somebody(city: City, name: str, home: Division, now: datetime) -> User:
    personal = Personal(name=name, phone=f"+86{next(city.phones)}", born="1972-06-01")
    return register.register(personal, home=home, by=None, now=now)


def _office_before(city: City) -> Office:
    """Who held the offices until the demo people took them over."""
    top, since = divisions.at("50."), city.now - LONG_AGO
    made = []
    for name, role in (("前任秘书示例", "appraisal_secretary"), ("前任市级示例", "city_officer")):
        person = _somebody(city, name, top, since)
        roles.grant(person.pk, role=role, path="50.", until=city.begun, by=None, now=since)
        made.append(person)
    return Office(*made)


def _judges(city: City, office: Office) -> list[Expert]:
    """Four experts at work since then: the demo reviewer is the first of them, and asked the least."""
    top, since = divisions.at("50."), city.now - LONG_AGO
    fields = [one for one in people.fields() if one.key in FIELDS]
    persons = [city.people["reviewer"]]
    persons += [_somebody(city, name, top, since) for name in ("冯示例", "陈示例", "褚示例")]
    return [_at_work(person, fields, top, office.officer, since) for person in persons]


def _at_work(person: User, fields: list[Any], home: Division, by: User, now: datetime) -> Expert:
    expert = experts.invite(person, home=home, fields=fields, rank="研究员", by=by, now=now)
    experts.accept(expert.pk, consent=True, by=person, now=now)
    return experts.activate(expert.pk, by=by, now=now)


# --- venues, calls, applications --------------------------------------------------------------------


def _venue(
    unit: Organisation, name: str, home: Division, *, by: User, officer: User, now: datetime
) -> Venue:
    """On the register: handed in by its manager, confirmed by an officer."""
    about = demo_venues.MUSEUM | {
        "about": f"{name}的常设展览，周末有讲解（示例）",
        "safety_checked_on": clock.day(now) - 20 * DAY,
    }
    made = venues.register(unit, name=name, place=home, by=by, now=now, **about)
    made = venues.submit(made.pk, by=by, now=now)
    return venues.confirm(made.pk, seen=made.version, by=officer, now=now)


def _call(
    programme: str, place: Division, title: str, *, days: int, by: User, now: datetime
) -> Call:
    """Open from `now` on for so many days."""
    made = actions.calls.make(
        programme, place, title=title, about="仅供演示，办法和分数线为示例。", opens_at=now,
        closes_at=now + days * DAY, by=by, now=now,
    )  # fmt: skip
    return actions.calls.open_call(made.pk, seen=made.version, by=by, now=now)


def _draft(
    call: Call, applicant: Applicant, answers: Mapping[str, Any], *, by: User, now: datetime
) -> Application:
    made = actions.applications.start(call.pk, applicant, by=by, now=now)
    return actions.applications.answer(made.pk, answers, seen=made.version, by=by, now=now)


def _submit(of: Application, *shown: tuple[str, str], now: datetime) -> Application:
    """Hand it in with a file under each key of `shown`."""
    by = of.made_by
    for key, name in shown:
        content = _paper() if name.endswith(".pdf") else demo_past.drawing(18)
        actions.evidence.add(of.pk, key, io.BytesIO(content), name, by=by, now=now)
    return actions.applications.submit(of.pk, seen=of.version, by=by, now=now)


def _paper() -> bytes:
    """A PDF of one empty page: nobody's real papers are in a demo."""
    import pikepdf  # asked late: a start does without it

    kept = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(kept)
    return kept.getvalue()


def _applied(call: Call, venue: Venue, *, by: User, office: Office, now: datetime) -> Application:
    """A venue's application that has passed the formal check two days later."""
    made = _draft(call, _hall(venue), WORK, by=by, now=now)
    made = _submit(made, ("plan", "工作制度与年度计划（示例）.pdf"), now=now)
    return actions.applications.pass_check(
        made.pk, seen=made.version, by=office.secretary, now=now + 2 * DAY
    )


def _asked(of: Application, judges: Sequence[Expert], *, by: User, now: datetime) -> list[Review]:
    return [actions.reviewing.ask_one(of.pk, expert_id=one.pk, by=by, now=now) for one in judges]


def _begun(review: Review, points: Mapping[str, int], *, now: datetime) -> None:
    """The reviewer has pledged, and keeps points."""
    by = review.expert.person
    actions.reviewing.take_on(review.pk, confidential=True, unbound=True, by=by, now=now)
    for key, hundredths in points.items():
        actions.reviewing.score(review.pk, key, hundredths=hundredths, by=by, now=now)


def _reviewed(review: Review, points: Mapping[str, int], *, now: datetime) -> None:
    _begun(review, points, now=now)
    words = "材料完整，活动经常，建议加强互动展品。（示例）"
    actions.reviewing.hand_in(review.pk, comment=words, by=review.expert.person, now=now)


def _propose(of: Application, *, by: User, now: datetime) -> None:
    seen = Application.objects.get(pk=of.pk).version
    actions.deciding.propose(of.pk, grade="district", seen=seen, by=by, now=now)


# --- what is there to see ---------------------------------------------------------------------------


def _titles(city: City, home: Division, office: Office, judges: Sequence[Expert]) -> list[Venue]:
    """Five titles of a year ago, whose reports are due; one of them is warned. Their venues."""
    since, begun = city.now - LONG_AGO, city.now - YEAR_AGO - 30 * DAY
    call = _call(
        "district_base", home, f"{begun.year}年区级科普基地申报（示例）", days=10,
        by=office.secretary, now=begun,
    )  # fmt: skip
    found = _venues_before(city, home, office, since)
    made = [_applied(call, one, by=_keeper(one), office=office, now=begun) for one in found]
    for one in made:
        for review in _asked(one, judges, by=office.secretary, now=begun + 3 * DAY):
            _reviewed(review, GOOD, now=begun + 6 * DAY)
    actions.judging.weigh(call.pk, by=office.secretary, now=begun + 11 * DAY)
    for one in made:
        _propose(one, by=office.secretary, now=begun + 11 * DAY)
    actions.deciding.put_in_notice(call.pk, by=office.secretary, now=begun + 12 * DAY)
    titles = [
        actions.deciding.name(
            one.pk, reference=f"示例科协〔{begun.year}〕{number}号", by=office.officer,
            seen=Application.objects.get(pk=one.pk).version, now=city.now - YEAR_AGO,
        )
        for number, one in enumerate(made, start=11)
    ]  # fmt: skip
    actions.calls.finish(call.pk, by=office.secretary, now=city.now - YEAR_AGO)
    actions.terms.warn(
        titles[1].pk, reason="抽查时三件展品停用，没有说明（示例）", seen=titles[1].version,
        by=city.people["district"], now=city.now - 10 * DAY,
    )  # fmt: skip
    return found


def _venues_before(city: City, home: Division, office: Office, since: datetime) -> list[Venue]:
    """Two of the demo venue manager's unit, which somebody else managed then, and three of others."""
    unit = Organisation.objects.get(name="示例科技馆")
    manager = _somebody(city, "前任馆长示例", home, since)
    roles.grant(
        manager.pk, role="venue_manager", organisation=unit, until=city.begun, by=None, now=since
    )
    officer = office.officer
    own = [_venue(unit, name, home, by=manager, officer=officer, now=since) for name in OWN]
    return own + [_venue_of_its_own(city, name, home, officer, since) for name in TITLED]


def _venue_of_its_own(city: City, name: str, home: Division, officer: User, now: datetime) -> Venue:
    """A unit with its manager, who registers its only venue."""
    unit = register.register_organisation(
        name, kind=OrganisationKind.VENUE, division=home, by=None, now=now, credit_code=CODES[name]
    )
    manager = _somebody(city, f"{name[2:4]}馆长示例", home, now)
    roles.grant(manager.pk, role="venue_manager", organisation=unit, by=None, now=now)
    return _venue(unit, name, home, by=manager, officer=officer, now=now)


def _in_its_last_steps(
    city: City, home: Division, office: Office, judges: Sequence[Expert]
) -> None:
    """One application is with its reviewers, one was weighed, one is in public notice."""
    by, now = office.secretary, city.now
    call = _call(
        "district_base", home, f"{now.year}年区级科普基地申报（第二批示例）", days=20, by=by,
        now=now - 50 * DAY,
    )  # fmt: skip
    waiting, weighed, told = (
        _applied(call, one, by=_keeper(one), office=office, now=now - 45 * DAY)
        for one in (
            _venue_of_its_own(city, name, home, city.people["district"], city.begun)
            for name in APPLYING
        )
    )
    for one, three, points in ((weighed, judges[:3], FAIR), (told, judges[1:], GOOD)):
        for review in _asked(one, three, by=by, now=now - 28 * DAY):
            _reviewed(review, points, now=now - 14 * DAY)
    actions.judging.weigh(call.pk, by=by, now=now - 7 * DAY)
    _propose(told, by=by, now=now - 6 * DAY)
    actions.deciding.put_in_notice(call.pk, by=by, now=now - DAY)
    _asks, at_work, done = _asked(waiting, judges[:3], by=by, now=now - 12 * DAY)
    _begun(at_work, {"organisation": 2300}, now=now - 3 * DAY)
    _reviewed(done, GOOD, now=now - 2 * DAY)
    demo_fees.build(call, judges[1], office, now=now - DAY)


def _open(city: City, office: Office, titled: Sequence[Venue]) -> Application:
    """District bases apply for the city's title: one writes, the district has one, the secretary one.

    One has passed the check and comes back: it is to be inspected.
    """
    now = city.now
    call = _call(
        "base", divisions.at("50."), f"{now.year}年市级科普基地申报（示例）",
        days=25, by=office.secretary,
        now=now - 9 * DAY,
    )  # fmt: skip
    own, _warned, second, third, fourth = titled
    _draft(call, _hall(own), {"legal_person": True}, by=city.people["venue"], now=now - DAY)
    opinion = "工作扎实，材料属实，同意推荐。（示例）"
    made = [_base(call, one, now - 5 * DAY) for one in (second, third, fourth)]
    for one in made[1:]:
        actions.applications.recommend(
            one.pk, opinion=opinion, seen=one.version, by=city.people["district"], now=now - 2 * DAY
        )
    seen = Application.objects.get(pk=made[-1].pk).version
    return actions.applications.pass_check(
        made[-1].pk, seen=seen, by=office.secretary, now=now - DAY
    )


def _base(call: Call, venue: Venue, now: datetime) -> Application:
    made = _draft(call, _hall(venue), BASE, by=_keeper(venue), now=now)
    return _submit(made, *PAPERS, now=now)


def _before_the_panel(
    city: City, office: Office, judges: Sequence[Expert], venues: Sequence[Venue]
) -> None:
    """Units apply for the city's grant; their reviews are in, and the panel meets in two days."""
    by, now = office.secretary, city.now
    call = _call(
        "grant", divisions.at("50."), f"{now.year}年科普项目以奖代补（示例）", days=60, by=by,
        now=now - 45 * DAY,
    )  # fmt: skip
    made = [_granted(call, one, city, by, now - 40 * DAY) for one in venues]
    for one, points in zip(made, (SOUND, WEAK), strict=True):
        for review in _asked(one, judges[1:], by=by, now=now - 30 * DAY):
            _reviewed(review, points, now=now - 12 * DAY)
    actions.judging.weigh(call.pk, by=by, now=now - 5 * DAY)
    actions.meetings.plan(
        call.pk, title=f"{now.year}年科普项目评审会（示例）", place="示例市科技中心三楼第一会议室",
        starts_at=now + 2 * DAY, kind="vote", experts=[one.pk for one in judges],
        applications=[one.pk for one in made], by=by, now=now,
    )  # fmt: skip


def _granted(call: Call, venue: Venue, city: City, secretary: User, now: datetime) -> Application:
    """An application of a unit, recommended by its district and through the formal check."""
    by = _keeper(venue)
    made = _draft(
        call, Applicant(venue.division_now, "base", venue.organisation), GRANT, by=by, now=now
    )
    made = _submit(made, ("plan", "实施方案（示例）.pdf"), now=now)
    made = actions.applications.recommend(
        made.pk, opinion="切合本地需要，同意推荐。（示例）", seen=made.version,
        by=city.people["district"], now=now + 2 * DAY,
    )  # fmt: skip
    return actions.applications.pass_check(
        made.pk, seen=made.version, by=secretary, now=now + 4 * DAY
    )


def _hall(venue: Venue) -> Applicant:
    return Applicant(venue.division_now, "hall", venue.organisation, venue.pk)


def _keeper(venue: Venue) -> User:
    """Who registered the venue of the demo."""
    assert venue.registered_by is not None  # noqa: S101 (every venue here is a unit's)
    return venue.registered_by
