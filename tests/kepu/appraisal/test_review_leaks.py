"""A blind reviewer walks every address of the room and learns no name; others learn nothing at all."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kepu.appraisal import actions, blind, queries
from kepu.appraisal.models import Evidence, Panels, Review, Seat
from kepu.appraisal.states import PanelsState
from kepu.kernel.accounts import exports
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import Refusal
from kepu.kernel.exports.registry import SOURCES
from kepu.kernel.facts import worker
from tests.factories import NOW, division, grant, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.test_review_files import _information, document, pdf
from tests.worlds import standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

UNIT, LEADER, FILE = "秘密馆示例", "馆长秘名示例", "泄密文件名"
NAMES = (UNIT, LEADER, FILE, "秘密区", "示例路1号", "Secret")  # what no blind reviewer learns
INSIDE = (
    "临江而建的独家特色",
    "专家独家评语",
    "专家独家总评",
)  # what no rival and no stranger learns
ELSEWHERE = (
    "file", "notices", "expert-me", "people-me", "audit", "home", "account", "account-export",
    "api:search",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    data = tmp_path_factory.mktemp("town")
    with override_settings(DATA=data), standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def town(built, db):
    return deepcopy(built)


def build() -> SimpleNamespace:
    division("50.103.", "秘密区")
    of = world.call()
    row = world.application(of, UNIT, leader=LEADER, about=f"{UNIT}在秘密区，临江而建的独家特色")
    files = [
        actions.evidence.add(row.pk, key, io.BytesIO(raw), f"{FILE}.x", by=row.made_by, now=NOW)
        for key, raw in (
            ("rules", pdf(_information)),
            ("rules", document(f"<w:p><w:r><w:t>{UNIT}章程</w:t></w:r></w:p>")),
            ("licence", pdf()),
        )
    ]
    world.hand_in(row)
    reviewer, peer, bound = world.expert(), world.expert(), world.expert(path=world.HERE)
    mine, theirs = world.at_work(row, reviewer), world.at_work(row, peer)
    for review, who in ((mine, reviewer), (theirs, peer)):
        actions.reviewing.score(
            review.pk, "safety", hundredths=1500, comment="专家独家评语", by=who.person, now=NOW
        )
    actions.reviewing.score(theirs.pk, "education", hundredths=1, by=peer.person, now=NOW)
    actions.reviewing.hand_in(theirs.pk, comment="专家独家总评", by=peer.person, now=NOW)
    worker.work_off(NOW)
    other = world.application(of, "对手馆示例", world.AWAY)
    row.refresh_from_db()
    shown = list(
        Evidence.objects.select_related("file", "blind")
        .filter(pk__in=[f.pk for f in files])
        .order_by("pk")
    )
    return SimpleNamespace(
        row=row, call=of, mine=mine, theirs=theirs, files=shown, secretary=factories.secretary(),
        people={
            "reviewer": reviewer.person, "rival": other.made_by, "bound": bound.person,
            "stranger": user("路人示例"), "nobody": None,
        },
    )  # fmt: skip


def patterns(found: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in (found or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from patterns(one, inner)
        elif one.name:
            yield f"{space}{one.name}", one


def addresses(town) -> list[str]:
    """Every address of the room with every record of it, and pages elsewhere that tell of records."""
    values: dict[str, list[Any]] = {
        "application_id": [town.row.pk],
        "call_id": [town.call.pk],
        "review_id": [town.mine.pk, town.theirs.pk],
        "evidence_id": [one.pk for one in town.files],
        "file_id": [pk for one in town.files for pk in (one.file_id, one.blind_id) if pk],
        "criterion": ["safety", "nothing"],
        "code": [town.row.code],
    }
    found = []
    for name, one in patterns():
        ours = getattr(one.callback, "__module__", "").startswith("kepu.appraisal")
        if not ours and name not in ELSEWHERE:
            continue
        ways: list[dict[str, Any]] = [{}]
        for part in one.pattern.converters:
            ways = [{**way, part: value} for way in ways for value in values.get(part, [1])]
        found += [reverse(name, kwargs=way) for way in ways]
    return found


def test_every_page_elsewhere_that_is_looked_at_exists():
    assert set(ELSEWHERE) - {name for name, _one in patterns()} == set()


def reader(person) -> Client:
    browser = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    if person is not None:
        browser.force_login(person)
    return browser


def answers(town, who: str) -> Iterator[tuple[str, int, str]]:
    """What each address says to a reader, asked for, sent an empty form, and sent by a script."""
    browser = reader(town.people[who])
    for address in addresses(town):
        for ask in (browser.get, browser.post):
            for headers in ({}, {"HX-Request": "true"}):
                answer = ask(address, headers=headers)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                told = body.decode("utf-8", "replace") + json.dumps(dict(answer.headers))
                yield f"{ask.__name__} {address}", answer.status_code, told


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_blind_reviewer_learns_no_name_anywhere(town):
    seen = {}
    for address, status, told in answers(town, "reviewer"):
        assert status < 500, address
        assert [name for name in NAMES if name in told] == [], address
        assert "专家独家总评" not in told, address
        seen[address] = status

    assert seen[f"get {reverse('appraisal-review', args=[town.mine.pk])}"] == 200
    assert seen[f"get {reverse('appraisal-review', args=[town.theirs.pk])}"] == 404
    assert seen[f"get {reverse('application', args=[town.row.pk])}"] == 404


def test_the_reviewer_reads_the_dossier_with_its_names_blanked(town):
    page = reader(town.people["reviewer"]).get(reverse("appraisal-review", args=[town.mine.pk]))

    told = page.content.decode()
    assert "▇▇在▇▇，临江而建的独家特色" in told
    assert "管理制度 1" in told
    assert "管理制度 2" in told
    assert "登记证书" not in told
    assert "负责人" not in told


def test_files_come_under_numbers_and_the_revealing_one_not_at_all(town):
    browser = reader(town.people["reviewer"])
    first, second, licence = town.files

    for number, (one, ending) in enumerate(((first, "pdf"), (second, "docx")), 1):
        answer = browser.get(reverse("appraisal-review-file", args=[town.mine.pk, one.pk]))
        assert answer.status_code == 200, answer.content
        assert answer["Content-Disposition"] == (
            f'attachment; filename="{town.row.code}-{number}.{ending}"'
        )
        assert answer["Cache-Control"] == "private, no-store"
    for one in (licence,):
        answer = browser.get(reverse("appraisal-review-file", args=[town.mine.pk, one.pk]))
        assert answer.status_code == 404


@pytest.mark.parametrize("who", ["rival", "bound", "stranger", "nobody"])
def test_rivals_bound_experts_and_the_public_learn_nothing_of_it(town, who):
    district = {"秘密区"} if who == "bound" else set()  # who comes from there knows it
    for address, status, told in answers(town, who):
        assert status < 500, address
        secrets = [one for one in (*NAMES, *INSIDE, town.row.code) if one in told]
        assert [one for one in secrets if one not in district and one not in address] == []


def tables(person) -> Iterator[tuple[str, str]]:
    """What each list that can be taken away says to a person, by the very rows of the file."""
    for kind, source in SOURCES.items():
        try:
            table = source.table(person, "", NOW)
            told = json.dumps(
                [list(table.headers), *map(list, table.rows)], default=str, ensure_ascii=False
            )
        except Refusal:
            continue
        yield kind, told


@pytest.mark.parametrize("who", ["reviewer", "rival", "bound", "stranger"])
def test_no_list_that_is_taken_away_tells_of_it(town, who):
    told = dict(tables(town.people[who]))

    assert {"titles", "venues"} <= set(told)
    mine = {"秘密区"} if who == "bound" else set()
    public = {UNIT, "秘密区", "示例路1号"}  # its venue stands on the public register of venues
    for kind, text in told.items():
        for name in (
            {*NAMES, *INSIDE, town.row.code} - mine - (public if kind == "venues" else set())
        ):
            assert name not in text, kind


def test_the_desk_that_is_taken_away_is_the_secretarys(town):
    told = dict(tables(town.secretary))

    assert town.row.code in told["application-desk"]
    assert "application-desk" not in dict(tables(town.people["rival"]))


# --- who has two seats ----------------------------------------------------------------------------


def pages_of_reviewers(town) -> list[str]:
    return [
        reverse("appraisal-reviewers", args=[town.call.pk]),
        reverse("application-reviewers", args=[town.row.pk]),
        reverse("appraisal-review-replace", args=[town.mine.pk]),
        reverse("appraisal-review-give-back", args=[town.theirs.pk]),
        reverse("evidence-hold", args=[town.files[0].pk]),
    ]


@pytest.mark.parametrize("seat", ["unit", "wrote", "handed in", "guardian"])
def test_a_secretary_with_a_side_in_it_learns_no_reviewer_of_it(town, seat):
    """The others of the call they see; of this one neither names, nor reviews, nor files kept back."""
    world.asked(world.checked(town.call, "丙馆示例", world.AWAY), world.expert("别评示例"))
    panels = Panels.objects.create(
        call=town.call, state=PanelsState.PROPOSED, made_by=town.secretary, made_at=NOW
    )
    Seat.objects.create(
        panels=panels, application=town.row, expert=town.mine.expert, reason="理由示例"
    )
    Evidence.objects.filter(pk=town.files[0].pk).update(blinding="held", blind_note="扣下示例")
    browser = reader(town.secretary)
    board, one, *_forms = pages_of_reviewers(town)
    proposal = reverse("appraisal-panels", args=[panels.pk])
    for address in pages_of_reviewers(town):
        assert browser.get(address).status_code == 200, address
    assert "扣下示例" in browser.get(board).content.decode()
    assert "评审示例" in browser.get(proposal).content.decode()

    if seat == "unit":
        grant(town.secretary, "venue_manager", town.row.organisation)
    elif seat == "wrote":
        type(town.row).objects.filter(pk=town.row.pk).update(made_by=town.secretary)
    elif seat == "handed in":
        town.row.steps.filter(verb="submit").update(by=town.secretary)
    else:
        child = user("孩子示例")
        type(child).objects.filter(pk=child.pk).update(guardian=town.secretary)
        type(town.row).objects.filter(pk=town.row.pk).update(
            person=child, answers={}, subject_name=""
        )

    for address in pages_of_reviewers(town)[1:]:
        assert browser.get(address).status_code == 403, address
    told = browser.get(board).content.decode()
    assert "别评示例" in told
    assert "评审示例" not in told.replace("别评示例", "")
    assert "扣下示例" not in told
    assert "评审示例" not in browser.get(proposal).content.decode()
    assert browser.get(one).status_code == 403


def test_the_ranking_names_no_reviewer_to_a_secretary_with_a_side_in_the_call(town):
    done = world.checked(town.call, "丙馆示例", world.AWAY)
    for who in (world.expert("甲评示例"), world.expert("乙评示例")):
        world.done(done, who)
    judgement = actions.judging.weigh(town.call.pk, by=town.secretary, now=NOW)
    address = reverse("appraisal-judgement", args=[town.call.pk, judgement.number])
    browser = reader(town.secretary)
    assert "甲评示例" in browser.get(address).content.decode()

    grant(town.secretary, "venue_manager", done.organisation)

    told = browser.get(address).content.decode()
    assert "甲评示例" not in told
    assert done.code not in told


@pytest.mark.parametrize("role", ["city_officer", "appraisal_secretary", "district_officer"])
def test_an_office_that_came_after_the_review_opens_nothing_while_the_review_is_open(town, role):
    person = town.people["reviewer"]
    grant(person, role, world.HERE if role == "district_officer" else factories.CITY)
    browser, page = reader(person), reverse("application", args=[town.row.pk])

    seen = [browser.get(page)] + [
        browser.get(reverse(name)) for name in ("application-desk", "applications")
    ]
    lists = [
        browser.get("/api/appraisal/applications"),
        browser.get(f"/api/appraisal/applications/{town.row.pk}"),
        browser.get(reverse("file", args=[town.files[0].file_id])),
        browser.get(reverse("application-reviewers", args=[town.row.pk])),
    ]

    assert seen[0].status_code == 404
    for answer in seen + lists:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert UNIT not in body.decode("utf-8", "replace"), answer.request["PATH_INFO"]
    told = dict(tables(person))
    assert UNIT not in told["application-desk"]

    actions.reviewing.recuse(town.mine.pk, reason="另有任用", by=person, now=NOW)
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("which", ["evidence-hold", "evidence-let-see"])
def test_a_file_of_a_draft_is_nobodys_but_the_applicants(town, which):
    draft = world.application(town.call, "草稿馆示例", world.AWAY)
    row = world.shown(draft, pdf())
    Evidence.objects.filter(pk=row.pk).update(blinding="held", blind_note="草稿扣下示例")
    browser = reader(town.secretary)

    board = browser.get(reverse("appraisal-reviewers", args=[town.call.pk])).content.decode()

    assert "草稿扣下示例" not in board
    assert draft.code not in board
    assert browser.post(reverse(which, args=[row.pk]), {"reason": "示例"}).status_code == 404


# --- what the register tells ----------------------------------------------------------------------


def test_a_number_of_the_register_is_told_as_a_band_and_a_text_or_day_not_at_all(town):
    house = town.row.venue
    assert (house.open_days, house.hall_area) == (300, 1500), "as the example venue says"

    page = reader(town.people["reviewer"]).get(reverse("appraisal-review", args=[town.mine.pk]))

    told = page.content.decode()
    assert "200至500 天" in told
    assert "300 天" not in told


def test_an_area_typed_by_hand_and_coordinates_in_a_text_lead_to_the_venue_too():
    of = world.call()
    about = "位于东经106.58°、北纬29.56°，即106.5812,29.5633，展厅面积1,500平方米，2024年开馆"
    row = world.application(of, "另馆示例", about=about, hall_area=1500, budget=1500)
    programme = queries.calls.programme(of)

    found = blind.dossier(
        queries.reviewing.application_of_id(row.pk), programme, queries.applications.answers(row)
    )

    said = {one.title: one.said for one in found.answers}
    assert not any(part in said["特色"] for part in ("106.58", "29.56", "1,500"))
    assert "2024年开馆" in said["特色"]
    assert said["展厅面积"] == said["预算"] == "1000 to 2000"


@pytest.mark.parametrize(
    ("number", "between"),
    [(0, (0, 0)), (1, (1, 2)), (9.5, (5, 10)), (900, (500, 1000)), (1000, (1000, 2000)), (280, (200, 500))],
)  # fmt: skip
def test_a_band_lies_between_round_numbers(number, between):
    assert blind.band(number) == between


def test_the_dossier_closes_with_stepping_aside(town):
    browser, person = reader(town.people["reviewer"]), town.people["reviewer"]
    actions.reviewing.recuse(town.mine.pk, reason="认出", by=person, now=NOW)

    page = browser.get(reverse("appraisal-review", args=[town.mine.pk])).content.decode()
    file = reverse("appraisal-review-file", args=[town.mine.pk, town.files[0].pk])

    assert "临江而建" not in page
    assert browser.get(file).status_code == 409


def test_before_the_pledge_nothing_is_shown(town):
    Review.objects.filter(pk=town.mine.pk).update(state="asked", pledged_at=None)
    browser = reader(town.people["reviewer"])

    page = browser.get(reverse("appraisal-review", args=[town.mine.pk])).content.decode()
    file = reverse("appraisal-review-file", args=[town.mine.pk, town.files[0].pk])

    assert "临江而建" not in page
    assert browser.get(file).status_code == 409


def test_notices_what_is_taken_away_and_the_audit_tell_no_names(town):
    person = town.people["reviewer"]
    taken = json.dumps(exports.own_record(person, NOW), ensure_ascii=False, default=str)
    audit = json.dumps(list(Entry.objects.values()), ensure_ascii=False, default=str)

    for told in ("".join(world.told(person)), taken, audit):
        assert [name for name in NAMES if name in told] == []


def test_the_secretary_sees_names_reviewers_and_reasons(town):
    browser = reader(town.secretary)

    board = browser.get(reverse("appraisal-reviewers", args=[town.call.pk])).content.decode()
    one = browser.get(reverse("application-reviewers", args=[town.row.pk])).content.decode()

    assert town.row.code in board
    assert "评审示例" in board
    assert UNIT in one
    assert "来自申报者所在区县" in one
