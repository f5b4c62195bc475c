from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kepu.kernel.accounts.models import Personal
from kepu.kernel.notices import queries as notices
from kepu.people import queries
from kepu.people.actions import certificates, hours, teams, volunteers
from kepu.people.models import Membership, Team, Volunteer
from kepu.people.rules import teams as team_rules
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.factories import HOME, join, served, service, skill, team, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def plain_statics(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def cast(client):
    """The people of the truth table; `as_` signs one of them in."""
    owner, leader = volunteer("王示例"), volunteer("赵示例")
    group = team(leader=leader)
    found = {
        "owner": owner,
        "leader": leader,
        "officer": officer("district_officer", "50.103."),
        "colleague": officer("district_officer", "50.104."),
        "stranger": user("郑示例"),
        "nobody": None,
        "team": group,
    }

    def as_(who):
        client.logout()
        if found[who]:
            client.force_login(found[who])
        return client

    found["as"] = as_
    return found


EVERYBODY = ("owner", "leader", "officer", "colleague", "stranger", "nobody")


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("name", ["verify", "stations", "notice-board", "calls", "teams"])
def test_open_pages_are_open_to_everybody(cast, who, name):
    assert cast["as"](who).get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("officer", 200),
        ("leader", 404),
        ("colleague", 404),
        ("stranger", 404),
        ("nobody", 302),
    ],
)
def test_a_record_is_shown_to_the_person_and_officers_of_the_place(cast, who, status):
    url = reverse("person-record", args=[cast["owner"].pk])

    assert cast["as"](who).get(url).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("officer", 200),
        ("leader", 404),
        ("colleague", 404),
        ("stranger", 404),
        ("nobody", 302),
    ],
)
def test_the_paper_is_handed_to_the_person_and_officers_of_the_place(cast, who, status):
    served(cast["owner"], 60)
    certificate = certificates.issue_certificate(cast["owner"], by=cast["owner"], now=NOW)

    answer = cast["as"](who).get(reverse("certificate-pdf", args=[certificate.code]))

    assert answer.status_code == status
    if status == 200:
        assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 200),
        ("colleague", 200),
        ("owner", 403),
        ("leader", 403),
        ("stranger", 403),
        ("nobody", 302),
    ],
)
@pytest.mark.parametrize("name", ["people-desk", "people-import", "people-import-template"])
def test_the_desk_is_for_officers(cast, who, status, name):
    args = [] if name == "people-desk" else ["teams"]

    assert cast["as"](who).get(reverse(name, args=args)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader", 200),
        ("owner", 404),
        ("officer", 404),
        ("colleague", 404),
        ("stranger", 404),
        ("nobody", 302),
    ],
)
def test_a_team_is_edited_by_its_leader(cast, who, status):
    url = reverse("team-edit", args=[cast["team"].pk])

    assert cast["as"](who).get(url).status_code == status


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("verb", ["admit", "decline", "remove", "hand-over", "unheard-of"])
def test_members_are_managed_by_the_leader_alone(cast, who, verb):
    asked = teams.ask_to_join(cast["team"].pk, by=cast["owner"], now=NOW)

    answer = cast["as"](who).post(reverse("member-act", args=[asked.pk, verb]))

    if who != "leader":
        assert answer.status_code == (302 if who == "nobody" else 404)
        assert Membership.objects.get(pk=asked.pk).state == "asked"
    elif verb in ("admit", "decline"):
        assert Membership.objects.get(pk=asked.pk).state != "asked"
    else:
        assert answer.status_code in (404, 409)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 302),
        ("colleague", 403),
        ("owner", 403),
        ("leader", 403),
        ("stranger", 403),
        ("nobody", 302),
    ],
)
def test_a_team_is_suspended_by_an_officer_of_the_place(cast, who, status):
    url = reverse("team-act", args=[cast["team"].pk, "suspend"])

    answer = cast["as"](who).post(url, {"reason": "late reports"})

    assert answer.status_code == status
    assert Team.objects.get(pk=cast["team"].pk).active == (who != "officer")


@pytest.mark.parametrize("who", EVERYBODY)
def test_hours_are_certified_by_those_who_organised(cast, who):
    claim = service(cast["owner"], team=cast["team"])

    answer = cast["as"](who).post(reverse("hours-act", args=[claim.pk, "certify"]))

    claim.refresh_from_db()
    assert (claim.state == "certified") == (who in ("leader", "officer"))
    expected = {"owner": 403, "colleague": 404, "stranger": 404}
    assert answer.status_code == expected.get(who, 302)


def test_a_volunteer_is_decided_about_in_the_place_alone(cast):
    waiting = Volunteer.objects.get(person=cast["owner"])
    Volunteer.objects.update(state="applied", active_at=None)
    url = reverse("volunteer-act", args=[waiting.pk, "approve"])

    assert cast["as"]("colleague").post(url).status_code == 404
    assert cast["as"]("officer").post(url).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "active"


def test_signing_up_in_the_browser(client):
    division(HOME, "示例社区")
    person = user("新示例", born="1995-01-01")
    client.force_login(person)
    url = reverse("volunteer-sign-up")
    assert client.get(url).status_code == 200

    assert client.post(url, {"home": "示例社区"}).status_code == 422
    answer = client.post(
        url,
        {"home": "示例社区", "consent": "on", "availability": ["0", "13"], "skills": [skill().pk]},
    )

    assert answer.status_code == 302
    found = queries.volunteer_of(person)
    assert (found.path, found.availability) == (HOME, 1 | 1 << 13)


def test_a_resident_without_a_birthday_becomes_a_volunteer_and_raises_a_team(client):
    home = division(HOME, "示例社区居民委员会")
    person, topic = user("新示例", phone="13800000071"), skill()
    person.home = home
    person.save()
    client.force_login(person)
    url, form = reverse("volunteer-sign-up"), {"home": "示例社区", "consent": "on"}
    assert 'name="born"' in client.get(url).content.decode()

    assert client.post(url, form).status_code == 422
    assert client.post(url, {**form, "born": "1990-01-01"}).status_code == 302
    person.refresh_from_db()
    assert person.personal.born == "1990-01-01"
    assert person.personal.phone == "+8613800000071"
    assert 'name="born"' not in client.get(url).content.decode()

    waiting = queries.volunteer_of(person)
    volunteers.approve_volunteer(waiting.pk, by=officer("district_officer", "50.103."), now=NOW)
    assert "示例社区居民委员会" in client.get(reverse("team-new")).content.decode()
    raised = client.post(
        reverse("team-new"),
        {"name": "新队", "home": "示例社区", "tier": "team", "skills": [topic.pk],
         "day_capacity": 1, "week_capacity": 3},
    )  # fmt: skip
    assert raised.status_code == 302
    assert Team.objects.get(name="新队").path == HOME


def test_a_child_who_states_the_birthday_is_shown_the_way_to_the_guardian(client):
    division(HOME, "示例社区")
    child = user("小示例")
    client.force_login(child)
    form = {"home": "示例社区", "consent": "on", "born": "2020-01-01"}

    answer = client.post(reverse("volunteer-sign-up"), form)

    assert answer.status_code == 409
    assert "a parent or guardian registers you" in answer.content.decode()
    child.refresh_from_db()
    assert not child.personal.born


def test_several_places_of_one_name_are_a_choice(client):
    division(HOME, "示例社区居民委员会")
    other = division("50.104.001.001.", "示例社区居民委员会")
    client.force_login(user("新示例", born="1990-01-01"))
    url, form = reverse("volunteer-sign-up"), {"home": "示例社区", "consent": "on"}

    page = client.post(url, form)
    names = re.findall(r'name="home-chosen" value="([^"]+)"', page.content.decode())
    assert (page.status_code, len(names)) == (422, 2)
    theirs = next(one for one in names if "50.104" in one)
    answer = client.post(url, {**form, "home-asked": "示例社区", "home-chosen": theirs})

    assert answer.status_code == 302
    assert Volunteer.objects.get().path == other.path


def test_a_child_is_told_why_not(client):
    division(HOME, "示例社区")
    child = user("小示例", born="2015-01-01")
    client.force_login(child)

    answer = client.post(reverse("volunteer-sign-up"), {"home": "示例社区", "consent": "on"})

    assert answer.status_code == 409
    assert queries.volunteer_of(child) is None


def test_my_page_shows_hours_and_hands_out_the_certificate(cast):
    served(cast["owner"], 100 * 60)
    client = cast["as"]("owner")

    page = client.get(reverse("people-me")).content.decode()
    answer = client.post(reverse("certificate-issue"))

    assert "100 hours" in page
    assert "papers" not in page
    assert answer["Location"] == reverse("people-me") + "#papers"
    made = client.get(reverse("people-me")).content.decode()
    code = cast["owner"].certificates.get().code
    assert f'href="{reverse("certificate-pdf", args=[code])}"' in made
    address = f"http://testserver{reverse('verify-code', args=[code])}"
    assert f"{address}</code></a>" in made
    assert f'data-copy="{address}"' in made


def test_a_certificate_is_verified_with_the_name_masked(cast, client):
    served(cast["owner"], 90)
    certificate = certificates.issue_certificate(cast["owner"], by=cast["owner"], now=NOW)
    url = reverse("verify-code", args=[certificate.code])

    page = client.get(url).content.decode()

    assert "王**" in page
    assert "王示例" not in page
    assert "1 hour 30 minutes" in page
    certificates.revoke_certificate(certificate.pk, reason="a mistake", by=cast["officer"], now=NOW)
    page = client.get(url).content.decode()
    assert "tone-danger" in page
    assert "a mistake" not in page


@pytest.mark.parametrize("code", ["NOSUCHCODE234567", "x", "<b>"])
def test_an_unknown_certificate_is_not_found(client, code):
    answer = client.get(f"/verify/{code}")

    assert answer.status_code == 404
    assert b"<b>" not in answer.content


def test_one_address_does_not_try_numbers_without_end(client, settings):
    settings.API_PER_MINUTE_UNKNOWN = 3

    statuses = [client.get(f"/verify/NOSUCHCODE23456{n}").status_code for n in range(5)]

    assert statuses == [404, 404, 404, 429, 429]


def test_a_corrected_ledger_is_told_when_verifying(cast, client):
    entry = served(cast["owner"], 90)
    certificate = certificates.issue_certificate(cast["owner"], by=cast["owner"], now=NOW)
    hours.correct(entry.pk, minutes=-30, reason="left early", by=cast["officer"], now=NOW)

    page = client.get(reverse("verify-code", args=[certificate.code])).content.decode()

    assert "tone-warning" in page


def test_names_of_members_are_masked_for_the_public(cast):
    join(cast["team"], cast["owner"])
    url = reverse("team", args=[cast["team"].pk])

    assert "王示例" not in cast["as"]("nobody").get(url).content.decode()
    assert "王示例" not in cast["as"]("stranger").get(url).content.decode()
    assert "王示例" in cast["as"]("leader").get(url).content.decode()
    assert "王示例" in cast["as"]("officer").get(url).content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_team_that_is_not_approved_is_seen_by_members_and_officers(cast, who):
    Team.objects.update(state="applied")
    url = reverse("team", args=[cast["team"].pk])

    expected = 200 if who in ("leader", "officer") else 404
    assert cast["as"](who).get(url).status_code == expected


def test_raising_a_team_in_the_browser(cast):
    division("50.103.001.777.", "示例社区")
    client = cast["as"]("owner")
    values = {
        "name": "示例新队",
        "home": "示例社区",
        "tier": "team",
        "organisation": "示例气象局",
        "day_capacity": 1,
        "week_capacity": 3,
    }
    unit = organisation("示例气象局")

    assert client.get(reverse("team-new")).status_code == 200
    assert client.post(reverse("team-new"), {**values, "home": "无此地"}).status_code == 422
    twins = [organisation("同名局"), organisation("同名局")]
    two = client.post(reverse("team-new"), {**values, "organisation": "同名局"})
    assert two.status_code == 422
    assert len(twins) == 2
    assert client.post(reverse("team-new"), values).status_code == 302
    raised = Team.objects.get(name="示例新队")
    assert (raised.state, raised.organisation) == ("applied", unit)
    assert client.post(reverse("team-new"), values).status_code == 409


def test_an_import_lists_wrong_rows_and_takes_in_a_clean_table(cast):
    division("50.103.001.777.", "示例社区")
    cast["leader"].keep(Personal(name="赵示例", phone="+8613800000001", born="1980-01-01"))
    cast["leader"].save()
    skill("health")
    client = cast["as"]("officer")
    client.cookies["django_language"] = "en"
    head = "team name,home,leader's telephone,leader agreed on,topics,orders a day,orders a week\n"
    url = reverse("people-import", args=["teams"])

    def send(rows, do):
        file = SimpleUploadedFile("t.csv", (head + rows).encode())
        return client.post(url, {"file": file, "do": do}, headers={"accept-language": "en"})

    wrong = send("新队,无此地,13800000001,2026-03-01,health,1,3\n", "import")
    assert "no place of this name" in wrong.content.decode()
    assert not Team.objects.filter(name="新队").exists()
    tried = send("新队,示例社区,13800000001,2026-03-01,health,1,3\n", "try")
    assert "tone-success" in tried.content.decode()
    assert not Team.objects.filter(name="新队").exists()
    assert send("新队,示例社区,13800000001,2026-03-01,health,1,3\n", "import").status_code == 302
    assert Team.objects.get(name="新队").active
    result = client.get(url).content.decode()
    assert "1 team was imported" in result
    assert "nothing that stood in Kepu before was changed" in result
    assert "1 team was imported" in client.get(url).content.decode()  # read again, it still stands
    register = f"{reverse('teams')}?sort=new&district=50.103."
    assert register.replace("&", "&amp;") in result
    assert "新队" in client.get(register).content.decode()
    assert register.replace("&", "&amp;") in client.get(reverse("people-desk")).content.decode()
    assert client.post(url, {"file": io.BytesIO(b"no table")}).status_code == 422
    assert "was imported" not in client.get(url).content.decode()


def test_an_officer_suspends_a_volunteer_from_the_record_and_restores_them_from_the_desk(cast):
    person = cast["owner"]
    known = Volunteer.objects.get(person=person)
    record = reverse("person-record", args=[person.pk])
    suspend = reverse("volunteer-act", args=[known.pk, "suspend"])
    restore = reverse("volunteer-act", args=[known.pk, "restore"])
    assert suspend not in cast["as"]("owner").get(record).content.decode()
    client = cast["as"]("officer")
    assert suspend in client.get(record).content.decode()
    assert restore not in client.get(reverse("people-desk")).content.decode()

    client.post(suspend, {"reason": "", "from": "record"})
    known.refresh_from_db()
    assert known.state == "active"  # without a reason nothing happens
    answer = client.post(suspend, {"reason": "多次失约", "from": "record"})

    assert answer.url == record
    assert "多次失约" in client.get(record).content.decode()
    assert "多次失约" in cast["as"]("owner").get(reverse("people-me")).content.decode()
    client = cast["as"]("officer")
    assert restore in client.get(reverse("people-desk")).content.decode()
    client.post(restore)
    known.refresh_from_db()
    assert known.state == "suspended"  # nor does it end without one
    client.post(restore, {"reason": "已参加培训"})
    known.refresh_from_db()
    assert known.state == "active"
    assert restore not in client.get(reverse("people-desk")).content.decode()
    assert "已参加培训" in client.get(record).content.decode()


def test_the_desk_shows_suspended_volunteers_of_its_own_place_alone(cast):
    Volunteer.objects.filter(person=cast["owner"]).update(state="suspended")

    for who, seen in (("officer", True), ("colleague", False)):
        page = cast["as"](who).get(reverse("people-desk")).content.decode()
        assert (cast["owner"].name in page) is seen


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=99999", "skill=none", "district=x"])
def test_odd_filters_do_not_break_the_list(client, query):
    assert client.get(reverse("teams") + "?" + query).status_code == 200


def test_what_no_database_keeps_is_refused(client):
    assert client.get(reverse("teams") + "?q=%00").status_code == 422


def test_a_refused_team_is_told_the_reason_from_the_desk(cast):
    leader = volunteer("钱示例")
    waiting = team(leader=leader, state="applied")
    desk = cast["as"]("officer").get(reverse("people-desk")).content.decode()
    assert reverse("team", args=[waiting.pk]) in desk
    url = reverse("team-act", args=[waiting.pk, "refuse"])
    assert url in desk

    cast["as"]("officer").post(url, {"reason": "人数太少"})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.state_reason) == ("refused", "人数太少")
    told = notices.letters(leader, list(notices.of_person(leader)))
    assert [True for one in told if "人数太少" in one.text]


def test_teams_near_the_readers_home_come_first_and_own_teams_are_named(client):
    far, near = team(name="甲远队", path="50.104."), team(name="乙近队")
    reader = near.applied_by
    reader.home = division(HOME)
    reader.save()
    anonymous = client.get(reverse("teams")).content.decode()
    client.force_login(reader)

    page = client.get(reverse("teams")).content.decode()

    assert 'id="mine"' in page
    assert 'id="mine"' not in anonymous
    grid = page[page.index("grid plain-list") :]
    assert grid.index(near.name) < grid.index(far.name)


def test_who_waits_to_be_a_volunteer_is_spoken_to(client):
    waiting = volunteer("孙示例", state="applied")

    assert "your registration" in team_rules.why_not_ask(waiting, team(), NOW)
