"""Who manages which accounts: those wholly in one's area, and below one's own rank."""

from __future__ import annotations

import pytest

from kepu.kernel.accounts import actions
from kepu.kernel.accounts.models import OrganisationKind, Personal, User
from kepu.kernel.errors import NotAllowed
from kepu.people.models import Post, PostKind
from tests import factories
from tests.factories import NOW, division, grant, officer, organisation, user

pytestmark = pytest.mark.django_db

HERE, THERE = "50.103.", "50.107."


@pytest.fixture(autouse=True)
def places():
    for path in (f"{HERE}001.", f"{THERE}001."):
        division(path)


def lives(path: str) -> User:
    person = user()
    person.home = division(path)
    person.save(update_fields=["home"])
    return person


def holds(role: str, *places: object) -> User:
    person = lives(f"{HERE}001.")
    for place in places:
        grant(person, role, place)
    return person


def post(path: str) -> User:
    person = lives(f"{HERE}001.")
    kind = PostKind.objects.create(key="head", title_zh="院长", title_en="head")
    held = Post(
        kind=kind, person=person, first=NOW.date(), last=NOW.date(), appointed_by=person,
        appointed_at=NOW,
    )  # fmt: skip
    held.place(division(path))
    held.save()
    return person


def in_team(path: str) -> User:
    return factories.member(factories.team(path=path), lives(f"{HERE}001."))


SECURITY = "security_administrator"
BELOW = "50.103.001."
PEOPLE = {
    "a resident of the district": lambda: lives(BELOW),
    "an officer of the district": lambda: holds("district_officer", HERE),
    "an officer of a department there": lambda: holds(
        "department_officer", organisation(path=HERE)
    ),
    "an administrator of a township": lambda: holds(SECURITY, BELOW),
    "an administrator of the district": lambda: holds(SECURITY, HERE),
    "who audits the district": lambda: holds("audit_administrator", HERE),
    "an administrator of the city": lambda: holds(SECURITY, "50."),
    "an officer of the city": lambda: holds("city_officer", "50."),
    "an officer of two districts": lambda: holds("district_officer", HERE, THERE),
    "a resident of another district": lambda: lives(f"{THERE}001."),
    "an officer of a department elsewhere": lambda: holds(
        "department_officer", organisation(path=THERE)
    ),
    "in a team elsewhere": lambda: in_team(f"{THERE}001."),
    "at a post elsewhere": lambda: post(f"{THERE}001."),
    "who belongs nowhere": user,
}
ACTS = {
    "bind": lambda person, by: actions.bind_identity(
        person, issuer="https://id.example", subject="x", by=by, now=NOW
    ),
    "unbind": lambda person, by: actions.end_identity(
        person, issuer="https://id.example", by=by, now=NOW
    ),
    "set the password of": lambda person, by: actions.set_password(
        person, "a much longer sentence", by=by, now=NOW
    ),
    "change": lambda person, by: actions.change_personal(person, Personal("改"), by=by, now=NOW),
    "take the data of": lambda person, by: actions.export(person, by=by, now=NOW),
}
OF_DISTRICT = {
    "a resident of the district",
    "an officer of the district",
    "an officer of a department there",
    "an administrator of a township",
}
OF_CITY = PEOPLE.keys() - {"an administrator of the city"}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("whom", PEOPLE)
@pytest.mark.parametrize(
    ("where", "may"),
    [(HERE, OF_DISTRICT), ("50.", OF_CITY), (THERE, {"a resident of another district"})],
)
def test_an_administrator_manages_who_lies_wholly_below(act, whom, where, may):
    person, by = PEOPLE[whom](), officer(SECURITY, where)

    if whom in may:
        ACTS[act](person, by)
        return
    with pytest.raises(NotAllowed, match=r"outside your area|your own rank"):
        ACTS[act](person, by)


@pytest.mark.parametrize(
    ("by", "home", "may"),
    [
        (HERE, BELOW, True),
        (HERE, f"{THERE}001.", False),
        (HERE, None, False),
        ("50.", f"{THERE}001.", True),
        ("50.", None, True),
        ("51.", None, False),
    ],
)
def test_people_are_registered_where_one_manages_accounts(by, home, may):
    guard, place = officer(SECURITY, by), home and division(home)

    if may:
        assert actions.register(Personal("新"), home=place, by=guard, now=NOW).home == place
        return
    with pytest.raises(NotAllowed, match="own area"):
        actions.register(Personal("新"), home=place, by=guard, now=NOW)


@pytest.mark.parametrize(("by", "may"), [(HERE, True), (THERE, False), ("50.", True)])
def test_organisations_are_registered_where_one_manages_accounts(by, may):
    guard = officer(SECURITY, by)
    new = {"kind": OrganisationKind.DEPARTMENT, "division": division(HERE), "by": guard, "now": NOW}

    if may:
        assert actions.register_organisation("示例部门", **new).path == HERE
        return
    with pytest.raises(NotAllowed, match="this area"):
        actions.register_organisation("示例部门", **new)
