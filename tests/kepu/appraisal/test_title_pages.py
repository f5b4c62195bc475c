"""Pages of titles: the public register, what holder and officer may see and do, certificates."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import printing
from kepu.appraisal.actions import terms as actions
from kepu.appraisal.actions import timing
from kepu.appraisal.models import Title
from kepu.appraisal.queries import terms
from kepu.kernel.accounts.models import User
from kepu.kernel.credentials import keys, verifying
from kepu.kernel.crosswalk import maps
from kepu.ui.maps import Area, choropleth
from tests.factories import NOW, division, officer, user
from tests.kepu.appraisal import titles_world as world
from tests.kepu.appraisal.test_terms import (
    WORDS,
    appealed,
    at,
    decide,
    fresh,
    hand_in,
    keeper,
    report,
)
from tests.kepu.appraisal.titles_world import SIGNED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(autouse=True)
def _data(tmp_path, settings):
    settings.DATA = tmp_path


def browser(person: User | None = None, language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    if person:
        made.force_login(person)
    return made


def page(name: str, *at: object, by: User | None = None, **query: str):
    return browser(by).get(reverse(name, args=at), query)


def star(name: str = "王示例") -> Title:
    return world.title(world.application(world.call("star"), person=user(name)))


# --- for everybody --------------------------------------------------------------------------------


def test_titles_stand_on_a_map_where_outlines_of_districts_are_loaded(monkeypatch):
    one = world.title()
    ring = ((106.0, 29.0), (107.0, 29.0), (107.0, 30.0), (106.0, 29.0))
    drawn = choropleth([Area(one.path, "示例区", (ring,), value=1)], counts=True)
    monkeypatch.setattr(maps, "by_district", lambda *_rows, **_how: (drawn, ""))

    shown = page("titles", view="map")

    assert shown.status_code == 200
    assert "示例区" in shown.content.decode()


def test_everybody_finds_titles_by_words_programme_class_level_place_and_state():
    base, person = world.title(), star()
    gone = world.title()
    decide(gone, "revoke")
    division("50.107.")

    def found(**query: str) -> set[str]:
        text = page("titles", **query).content.decode()
        return {one.number for one in (base, person, gone) if one.number in text}

    assert found() == {base.number, person.number}
    assert found(q="示例馆0") == {base.number}
    assert found(q=base.number) == {base.number}
    assert found(programme="star") == {person.number}
    assert found(programme="base", klass="hall", grade="gold") == {base.number}
    assert found(programme="base", klass="scenic") == set()
    assert found(district="50.107.") == set()
    assert found(state="revoked") == {gone.number}


def test_the_register_can_be_seen_on_the_map_and_taken_away():
    made = world.title()

    drawn = page("titles", view="map")
    taken = browser(user()).get(reverse("register-export", args=["titles", "csv"]))

    assert drawn.status_code == 200
    assert taken.status_code in (200, 302)
    assert made.number


def test_the_register_asks_as_many_queries_for_many_as_for_one(django_assert_max_num_queries):
    for _ in range(3):
        world.title()
    page("titles")

    with django_assert_max_num_queries(20):
        page("titles")


def test_the_page_of_a_title_tells_its_history_to_everybody_but_not_who_acted():
    title = world.title(by=officer("city_officer", world.CITY, "赵主任"))
    decide(title, "suspend", by=officer("city_officer", world.CITY, "钱主任"))

    told = page("title", title.number).content.decode()

    assert SIGNED["reason"] in told
    assert "suspended" in told
    assert "主任" not in told
    assert "钱主任" in page("title", title.number, by=world.decider()).content.decode()


def test_of_a_person_everybody_reads_the_family_name_alone():
    title = star()

    public = [
        page("title", title.number), page("titles"), page("title-verified", title.number),
    ]  # fmt: skip

    for answer in public:
        assert "王示例" not in answer.content.decode()
        assert "王**" in answer.content.decode()
    assert "王示例" in page("title", title.number, by=title.person).content.decode()


def test_where_the_programme_says_so_names_are_public():
    world.programme("star", world.STAR + "term: {names_public: true}\n")

    assert "王示例" in page("title", star().number).content.decode()


@pytest.mark.parametrize("typed", ["kp-base-2026-0001", " KP-BASE-2026-0001 "])
def test_a_certificate_is_verified_by_its_number_however_it_is_typed(typed):
    title = world.title()

    assert b"This title holds" in page("title-verified", typed).content
    asked = page("title-verify", number=typed)
    assert asked.status_code == 302

    decide(title, "revoke")
    gone = page("title-verified", typed).content.decode()
    assert "This title holds" not in gone
    assert SIGNED["reason"] in gone


@pytest.mark.parametrize("typed", ["KP-BASE-2026-9999", "x/y", "％"])
def test_a_number_that_there_is_not_is_said_so(typed):
    answer = page("title-verify", number=typed)
    answer = browser().get(answer.url) if answer.status_code == 302 else answer

    assert answer.status_code == 404
    assert "There is no certificate of this number" in answer.content.decode()


def test_numbers_are_not_tried_by_the_thousand(settings):
    settings.API_PER_MINUTE_UNKNOWN = 3

    statuses = [page("title-verified", f"KP-{n}").status_code for n in range(5)]

    assert statuses == [404, 404, 404, 429, 429]


# --- certificates ---------------------------------------------------------------------------------


def test_the_paper_has_the_same_bytes_for_the_same_title():
    title = world.title()
    url = "https://kepu.example.cn/titles/verify/KP-BASE-2026-0001/"

    first = printing.certificate_pdf(title, verify_url=url)

    assert first.startswith(b"%PDF")
    assert printing.certificate_pdf(fresh(title), verify_url=url) == first
    assert printing.certificate_pdf(title, verify_url=url + "x") != first


def test_the_holder_takes_paper_and_signed_file():
    title = world.title()
    who = keeper(title)

    paper = page("title-certificate", title.number, by=who)
    signed = page("title-credential", title.number, by=who)

    assert paper["content-type"] == "application/pdf"
    document = json.loads(signed.content)
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "示例馆0"
    assert document["validUntil"] == "2029-03-04T15:59:59Z"
    assert document["name"] == "示例市科普基地 · 市级 · 场馆类"


def verified(title: Title, document=None) -> verifying.Verdict:
    """As somebody who keeps the issuer's document and fetches the lists."""
    document = document or json.loads(
        page("title-credential", title.number, by=keeper(title)).content
    )
    issuer = json.loads(browser().get(keys.ADDRESS).content)
    lists = [
        json.loads(browser().get(one["statusListCredential"]).content)
        for one in document["credentialStatus"]
    ]
    return verifying.verify(document, issuer, lists, NOW)


def test_a_signed_certificate_holds_until_the_title_is_suspended_or_revoked():
    title, other = world.title(), world.title()
    document = json.loads(page("title-credential", title.number, by=keeper(title)).content)
    assert verified(title) == verifying.Verdict(())

    decide(title, "suspend")
    assert verified(title, document).faults == ("it is suspended",)
    decide(title, "reinstate")
    assert verified(title, document).holds
    decide(title, "revoke")

    assert verified(title, document).faults == ("it was revoked",)
    assert verified(other).holds


def test_after_a_renewal_the_old_certificate_holds_no_more_and_the_new_one_does():
    title = world.title(grade="silver")
    old = json.loads(page("title-credential", title.number, by=keeper(title)).content)

    risen = world.title(world.application(world.call(title="2027 年度"), venue=title.venue))

    assert fresh(title).state == "renewed"
    assert verified(title, old).faults == ("it was revoked",)
    assert verified(risen).holds


def test_a_certificate_names_the_public_address_whatever_host_was_asked(settings):
    title = world.title()
    holder = browser(keeper(title))
    settings.PUBLIC_ADDRESS = "https://kepu.example.cn"

    there = reverse("title-credential", args=[title.number])
    document = json.loads(holder.get(there, headers={"host": "testserver:4443"}).content)

    assert "testserver" not in json.dumps(document)
    assert document["issuer"]["id"] == f"https://kepu.example.cn{keys.ADDRESS}"
    assert {
        one["statusListCredential"].split("/credentials/")[0]
        for one in document["credentialStatus"]
    } == {"https://kepu.example.cn"}


def test_after_a_downgrade_the_old_certificate_holds_no_more_and_the_new_one_does():
    title = world.title()
    old = json.loads(page("title-credential", title.number, by=keeper(title)).content)

    decide(title, "downgrade", grade="silver")

    assert verified(title, old).faults == ("it was revoked",)
    assert verified(title).holds


def test_a_changed_word_is_found():
    title = world.title()
    document = json.loads(page("title-credential", title.number, by=keeper(title)).content)

    document["name"] = "国家级科普基地"

    assert "signature does not belong" in verified(title, document).faults[0]


@pytest.mark.parametrize("name", ["title-certificate", "title-credential"])
def test_what_names_a_person_in_full_is_given_to_that_person_alone(name):
    title = star()
    others = [user(), world.decider(), officer("appraisal_secretary", world.CITY)]

    assert page(name, title.number, by=title.person).status_code == 200
    assert {page(name, title.number, by=one).status_code for one in others} == {404}
    assert page(name, title.number).status_code == 302


@pytest.mark.parametrize("name", ["title-certificate", "title-credential"])
def test_of_a_title_that_holds_no_more_there_is_none(name):
    title = world.title()
    decide(title, "revoke")

    assert page(name, title.number, by=keeper(title)).status_code == 404


def test_there_are_lists_of_titles_and_of_nothing_else():
    def status(*at: object) -> int:
        return browser().get(reverse("credential-status", args=at)).status_code

    assert status("titles", "revocation", 0) == 200
    assert status("nothing", "revocation", 0) == 404
    assert status("titles", "message", 0) == 404


# --- the term -------------------------------------------------------------------------------------


def test_the_holder_reports_and_the_secretary_checks_it_on_pages(time_machine):
    title = world.title()
    one, who = report(title), keeper(title)
    time_machine.move_to(at(2027, 12, 1), tick=False)
    address = reverse("title-report", args=[one.pk])
    assert address in page("my-titles", by=who).content.decode()

    filled = browser(who).post(address, {"text": WORDS, "activities": "40", "version": "1"})
    secretary = browser(officer("appraisal_secretary", world.CITY))
    shown = secretary.get(address).content.decode()
    checked = secretary.post(address, {"verb": "pass", "version": "2"})

    assert (filled.status_code, checked.status_code) == (302, 302)
    assert WORDS in shown
    one.refresh_from_db()
    assert (one.state, one.figures["activities"]) == ("passed", 40)


def test_what_is_typed_wrong_is_said_and_kept():
    one = report(world.title())
    address = reverse("title-report", args=[one.pk])

    answer = browser(keeper(one.title)).post(
        address, {"text": "好", "activities": "-1", "version": "1"}
    )

    assert answer.status_code == 422
    assert "好" in answer.content.decode()


def test_an_officer_decides_on_a_page_and_the_holder_appeals_and_is_answered():
    title = world.title()
    office, holder = browser(world.decider()), browser(keeper(title))
    page_there = reverse("title", args=[title.number])
    assert "Suspend the title" in office.get(page_there).content.decode()
    assert "Suspend the title" not in holder.get(page_there).content.decode()

    grave = reverse("title-decide", args=[title.number, "suspend"])
    assert "takes no booking" in office.get(grave).content.decode()
    assert office.post(grave, SIGNED | {"version": title.version}).status_code == 302
    assert "You may appeal" in holder.get(page_there).content.decode()
    holder.post(reverse("title-appeal", args=[title.number]), {"text": "当日停电"})
    appeal = title.appeals.get()
    answer = reverse("title-appeal-answer", args=[appeal.pk])
    assert "当日停电" in browser(world.decider()).get(answer).content.decode()
    said = {"upheld": "yes", "reply": "复核属实", "reference": "示例〔2026〕9号"}
    assert office.get(answer).status_code == 403
    assert browser(world.decider()).post(answer, said).status_code == 302

    assert fresh(title).state == "active"


def test_what_is_held_against_a_decision_is_read_by_who_decides_and_who_raised_it():
    title = world.title()
    decide(title, "revoke")
    appealed(title)

    def reads(who: User | None) -> bool:
        return "停电" in page("title", title.number, by=who).content.decode()

    assert reads(world.decider())
    assert reads(keeper(title))
    assert not any(reads(who) for who in (None, user(), officer("district_officer", "50.103.")))


def test_a_spot_check_and_a_report_are_seen_by_holder_and_officers_alone():
    title = world.title()
    hand_in(report(title))
    actions.record_visit(
        title.pk, day=date(2026, 3, 5), passed=False, text="当日未开放", by=world.decider(), now=NOW
    )

    def reads(who: User | None) -> bool:
        told = page("title", title.number, by=who).content.decode()
        return "当日未开放" in told and "Report of 2027" in told

    assert reads(keeper(title))
    assert reads(officer("district_officer", "50.103."))
    assert not any(reads(who) for who in (None, user(), officer("district_officer", "50.107.")))


@pytest.mark.parametrize(
    ("name", "more", "statuses"),
    [
        # holder, decides, secretary, district here, district elsewhere, somebody, nobody
        ("title-decide", ("suspend",), (403, 200, 403, 403, 403, 403, 302)),
        ("title-decide", ("warn",), (403, 200, 403, 403, 403, 403, 302)),
        ("title-decide", ("nothing",), (404, 404, 404, 404, 404, 404, 302)),
        ("title-visit", (), (403, 200, 200, 200, 403, 403, 302)),
        ("title-recognise", ("base",), (403, 200, 403, 403, 403, 403, 302)),
        ("title-certificate", (), (200, 200, 200, 404, 404, 404, 302)),
        ("title-credential", (), (200, 404, 404, 404, 404, 404, 302)),
        ("title-appeal", (), (409, 403, 403, 403, 403, 403, 302)),
    ],
)
def test_each_page_opens_to_whom_it_is_for(name, more, statuses):
    title = world.title()

    answers = [page(name, title.number, *more, by=who).status_code for who in all_of(title)]

    assert tuple(answers) == statuses


def all_of(title: Title) -> list[User | None]:
    return [
        keeper(title), world.decider(), officer("appraisal_secretary", world.CITY),
        officer("district_officer", "50.103."), officer("district_officer", "50.107."), user(), None,
    ]  # fmt: skip


def test_a_report_opens_to_holder_and_officers_and_is_outside_for_others():
    one = report(world.title())

    answers = [page("title-report", one.pk, by=who).status_code for who in all_of(one.title)]

    assert answers == [200, 200, 200, 200, 404, 404, 302]


# --- the board ------------------------------------------------------------------------------------


def test_the_board_shows_what_is_to_be_done_and_figures_by_district(time_machine):
    late, fine = world.title(), world.title()
    timing.open_reports(now=at(2027, 1, 2))
    hand_in(fine.reports.get())
    time_machine.move_to(at(2027, 12, 20), tick=False)

    shown = page("title-board", by=world.decider()).content.decode()
    only = page("title-board", by=world.decider(), standing="late", year="2027").content.decode()

    assert late.number in shown
    assert fine.number in shown
    assert "Read the report" in shown
    assert "Figures by district" in shown
    assert late.number in only
    assert fine.number not in only


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("city_officer", 200), ("appraisal_secretary", 200), ("district_officer", 200),
        ("community_worker", 403), ("analyst", 403),
    ],
)  # fmt: skip
def test_the_board_is_for_officers(role, status):
    assert (
        page(
            "title-board",
            by=officer(role, world.CITY if "city" in role or "appr" in role else "50.103."),
        ).status_code
        == status
    )


def test_the_board_holds_with_nothing_in_it_and_with_nonsense_asked():
    assert page("title-board", by=world.decider()).status_code == 200
    world.title()
    for query in ({"year": "x"}, {"programme": "x"}, {"standing": "x"}, {"district": "x"}):
        assert page("title-board", by=world.decider(), **query).status_code == 200
    assert terms.years("base") == []


# --- the API ---------------------------------------------------------------------------------------


def asked(path: str, **query: str):
    return browser().get(f"/api/titles{path}", query)


def test_the_register_is_read_by_programs_with_its_history_and_no_more():
    base, person = world.title(), star()
    decide(base, "suspend")

    rows = asked("").json()["items"]
    one = asked(f"/{base.number}").json()

    assert [row["number"] for row in rows] == [base.number, person.number]
    assert [row["holder"] for row in rows] == ["示例馆0", "王**"]
    assert [row["holds"] for row in rows] == [False, True]
    assert [step["verb"] for step in one["history"]] == ["suspend", "grant"]
    assert "by" not in one["history"][0]
    assert asked("/KP-NOTHING").status_code == 404
    assert asked("", programme="star").json()["items"][0]["number"] == person.number
