"""A blind reviewer walks every address of the room and learns no name; others learn nothing at all."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kepu.appraisal import actions
from kepu.appraisal.models import Evidence, Review
from kepu.kernel.accounts import exports
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts import worker
from tests.factories import NOW, division, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.test_review_files import _information, document, pdf

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


@pytest.fixture
def town(settings, tmp_path):
    settings.DATA = tmp_path
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
    with time_machine.travel(NOW, tick=False):
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
