from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.rulebooks import actions, queries, reading, registry
from kepu.kernel.rulebooks.models import Rulebook
from kepu.kernel.rulebooks.registry import Kind, Rules
from tests.factories import NOW, officer, user

pytestmark = pytest.mark.django_db

TOMORROW = clock.day(NOW) + timedelta(days=1)
SHIPPED = "stars:\n  one: 100  # 一星\n"


class Stars(Rules):
    one: int = Field(gt=0)


class Scale(Rules):
    stars: Stars


class Shelf(Kind):
    """A kind whose shipped text needs no file."""

    def shipped(self) -> str:
        return SHIPPED


@pytest.fixture(autouse=True)
def _scale(monkeypatch):
    queries.shipped.cache_clear()
    kind = Shelf("test.scale", "scale", Scale, package="", file="")
    monkeypatch.setitem(registry.KINDS, "test.scale", kind)


def text(one: int) -> str:
    return f"stars:\n  one: {one}\n"


def issue(one: int = 50, *, day: date = TOMORROW, by=None, now: datetime = NOW) -> Rulebook:
    by = by or officer("city_officer", "50.")
    return actions.issue("test.scale", text=text(one), effective_from=day, by=by, now=now)


def test_before_any_version_the_shipped_one_is_in_force_as_version_nought():
    ruling = queries.in_force("test.scale", NOW)

    assert (ruling.version, ruling.rules.stars.one) == (0, 100)
    assert queries.version("test.scale", 0) == ruling


def test_a_version_is_in_force_from_its_day_on_and_not_before():
    issue(50)
    issue(60, day=TOMORROW + timedelta(days=30), by=officer("city_officer", "50."))

    midnight = datetime.combine(TOMORROW, datetime.min.time(), clock.BEIJING)
    assert queries.in_force("test.scale", midnight - timedelta(seconds=1)).version == 0
    assert queries.in_force("test.scale", midnight).rules.stars.one == 50
    assert queries.in_force("test.scale", midnight + timedelta(days=30)).rules.stars.one == 60


def test_what_an_old_version_decided_can_still_be_replayed():
    issue(50)
    issue(60, day=TOMORROW + timedelta(days=1), by=officer("city_officer", "50."))

    assert queries.version("test.scale", 1).rules.stars.one == 50


@pytest.mark.parametrize("days", [0, -1, -400])
def test_no_version_takes_effect_today_or_in_the_past(days):
    with pytest.raises(RuleBroken, match="tomorrow at the earliest"):
        issue(day=clock.day(NOW) + timedelta(days=days))

    assert not Rulebook.objects.exists()


def test_no_version_slips_in_before_one_that_is_planned():
    issue(50, day=TOMORROW + timedelta(days=9))

    with pytest.raises(RuleBroken, match="choose a later day"):
        issue(60, by=officer("city_officer", "50."))


def test_the_same_text_again_is_refused():
    issue(50)

    with pytest.raises(RuleBroken, match="same text as version 1"):
        issue(50, day=TOMORROW + timedelta(days=1), by=officer("city_officer", "50."))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (lambda: officer("city_officer", "50."), True),
        (lambda: officer("city_officer", "50.103."), False),
        (lambda: officer("city_officer", "51."), False),
        (lambda: officer("district_officer", "50.103."), False),
        (lambda: officer("system_administrator", "50."), False),
        (lambda: user(), False),
    ],
    ids=[
        "city officer",
        "seated in a district",
        "of a neighbour",
        "district officer",
        "system administrator",
        "resident",
    ],
)
def test_only_a_city_officer_issues(who, may):
    if may:
        assert issue(by=who()).version == 1
        return
    with pytest.raises(NotAllowed, match="city officer"):
        issue(by=who())


def test_issuing_is_audited_and_told():
    by = officer("city_officer", "50.")
    book = issue(by=by)

    entry = Entry.objects.get(verb="rulebook.issue")
    assert (entry.actor, entry.detail) == (by.pseudonym, {"kind": "test.scale", "version": 1})
    assert Happening.objects.get(name="RulebookIssued").data["rulebook_id"] == book.pk


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("stars:\n  one: 0\n", r"stars\.one\): more than 0"),
        ("stars:\n  one: many\n", r"stars\.one\): a whole number"),
        ("stars:\n  one: 5\n  two: 6\n", r"stars\.two\): this is not known"),
        ("stars: {}\n", r"stars\.one\): this is needed"),
        ("", "Scale: "),
        ("- a\n- b\n", "Scale: "),
        ("stars:\n  one: [1\n", r"line \d+ cannot be read"),
        ("stars: !!python/object/apply:os.system [ls]\n", r"line 1 cannot be read"),
        ("x: " + "[" * 5000, "at most 20 levels"),
        ("#" * 200_001, "at most"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(broken, sentence):
    with pytest.raises(BadInput, match=sentence):
        actions.issue(
            "test.scale",
            text=broken,
            effective_from=TOMORROW,
            by=officer("city_officer", "50."),
            now=NOW,
        )

    assert not Rulebook.objects.exists()


def test_an_unknown_kind_is_refused():
    with pytest.raises(BadInput, match="no rulebook called nonsense"):
        reading.read("nonsense", "")


def test_rules_cannot_be_changed_once_read():
    with pytest.raises(ValueError, match="frozen"):
        queries.in_force("test.scale", NOW).rules.stars = None


def test_the_difference_between_versions_is_shown_line_by_line():
    assert reading.diff("a\nb\nc", "a\nB\nc") == ["  a", "- b", "+ B", "  c"]


@pytest.mark.parametrize("kind", sorted(registry.KINDS))
def test_every_rulebook_that_ships_fits_its_schema(kind):
    assert queries.version(kind, 0).version == 0
