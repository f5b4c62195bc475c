"""The capacity index: what is compared, what a rank is worth, and who reads it when."""

from __future__ import annotations

import io
from copy import deepcopy

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Refusal
from kepu.kernel.rulebooks import actions as rulebooks
from kepu.kernel.rulebooks.reading import read
from kepu.literacy import capacity, statistics
from kepu.literacy.actions import rounds
from kepu.literacy.bridge import capacity as bridge
from kepu.literacy.models import Figure, Round
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy.factories import handed_in, return_of, statistics_round, unit
from tests.worlds import standing

SHIPPED = capacity.KIND.shipped()
PLAIN = {
    "weighing": "equal", "judgements": {}, "regions": {},
    "groups": {
        "staff": {"zh": "人员", "en": "Staff", "indicators": {"staff_full": {}, "volunteers": {}}},
        "use": {"zh": "利用", "en": "Use", "indicators": {"venue_visits": {"over": "venue_hall"}}},
    },
}  # fmt: skip
KEYS = ("staff_full", "volunteers", "venue_visits", "venue_hall")


def text(**changed) -> str:
    return yaml.safe_dump(yaml.safe_load(SHIPPED) | changed, allow_unicode=True, sort_keys=False)


def scheme(**changed) -> capacity.Capacity:
    return read(capacity.CAPACITY, text(**(PLAIN | changed)))


def row(number: int, *values: float | None, people: int | None = 10_000, **traits):
    """A district as the published table tells it: full-time staff, volunteers, visits, hall."""
    told = dict(zip(KEYS, (None if v is None else str(v) for v in values), strict=True))
    return {
        "path": f"50.10{number}.", "name": f"示例{number}区", "asked": 3, "counted": 3,
        "people": people, "why_no_people": "", "values": told,
    } | traits  # fmt: skip


def index(*rows, **changed):
    total = row(0, 30, 300, 1200, 120, people=30_000, path="50.")
    return bridge.index({"rows": [*rows, total], "total": total}, scheme(**changed), 7)


THREE = (row(1, 10, 100, 400, 40), row(2, 20, 100, 800, 40), row(3, 5, 200, 0, 40))


# --- the scheme -----------------------------------------------------------------------------------


def test_the_scheme_that_ships_is_an_example_of_indicators_that_the_form_counts():
    shipped = read(capacity.CAPACITY, SHIPPED)

    assert capacity.KIND.example
    assert "示例" in shipped.name
    assert capacity.unknown_to(shipped, statistics.of_version(0)) == []
    assert shipped.region_of("50.101.") == "northeast"
    assert shipped.region_of("50.103.") == "main"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"weighing": "guess"}, "one of"),
        ({"joining": "geometric"}, "over those of the city"),
        ({"weighing": "entropy", "normalising": "z"}, "entropy needs"),
        ({"weighing": "ahp"}, "judge each pair"),
        ({"judgements": {"staff": {"use": 2}}}, "only for AHP"),
        ({"weighing": "ahp", "judgements": {"staff": {"use": 2}, "use": {"staff": 2}}}, "each pair"),
        ({"weighing": "ahp", "judgements": {"staff": {"use": 12}}}, "between 1/9 and 9"),
        ({"regions": {"a": {"zh": "甲", "en": "A"}, "b": {"zh": "乙", "en": "B"}}}, "one region"),
        ({"fewest": 1}, "at least 2"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_is_refused_in_a_sentence(changed, reason):
    with pytest.raises(Refusal, match=reason):
        scheme(**changed)


def test_judgements_that_contradict_one_another_are_refused():
    groups = {
        name: {"zh": name, "en": name, "indicators": {key: {}}}
        for name, key in (("a", "staff_full"), ("b", "volunteers"), ("c", "leaflets"))
    }
    around = {"a": {"b": 5}, "b": {"c": 5}, "c": {"a": 5}}

    with pytest.raises(Refusal, match="contradict one another: ratio"):
        scheme(weighing="ahp", groups=groups, judgements=around)


# --- the index ------------------------------------------------------------------------------------


def test_scores_are_weighed_sums_of_figures_per_head_and_groups_add_up_to_them():
    found = index(*THREE)

    scores = {one["name"]: one["score"] for one in found["districts"]}
    # Each group half: staff (a third of the way, least) and use (half of the way).
    assert scores["示例1区"] == pytest.approx((1 / 3 + 0) / 4 + 1 / 2 / 2)
    assert scores["示例2区"] == pytest.approx((1 + 0) / 4 + 1 / 2)
    assert scores["示例3区"] == pytest.approx((0 + 1) / 4)
    for one in found["districts"]:
        assert sum(one["parts"].values()) == pytest.approx(one["score"])


def test_every_rank_stands_within_where_other_weights_and_scales_lead():
    found = index(*THREE)

    assert [one["rank"] for one in found["districts"]] == [1, 2, 3]
    assert all(one["low"] <= one["rank"] <= one["high"] for one in found["districts"])
    assert found["districts"][0]["high"] == 1  # ahead by any of them
    assert {one["low"] for one in found["districts"][1:]} == {2}


def test_equal_districts_share_the_better_rank():
    found = index(THREE[0], THREE[1], row(3, 10, 100, 400, 40), THREE[2] | {"path": "50.104."})

    ranks = {one["path"]: one["rank"] for one in found["districts"]}
    assert ranks["50.101."] == ranks["50.103."] == 2
    assert ranks["50.104."] == 4


def test_less_is_better_where_the_scheme_says_so():
    groups = {
        "a": {"zh": "甲", "en": "A", "indicators": {"staff_full": {"falling": True}}},
        "b": {"zh": "乙", "en": "B", "indicators": {"volunteers": {"over": ""}}},
    }

    found = index(*THREE, groups=groups)

    assert found["districts"][0]["path"] == "50.103."


def test_what_is_missing_is_not_judged_and_never_zero():
    found = index(
        *THREE,
        row(4, None, None, None, None, counted=0),
        row(5, None, None, None, None, counted=0, asked=0),
        row(6, 9, 90, 300, 30, people=None, why_no_people="界线有变"),
        row(7, 9, None, 300, 30),
        row(8, 9, 90, 300, 0),  # visits of a hall that is none
    )

    assert [one["path"] for one in found["districts"]] == ["50.102.", "50.101.", "50.103."]
    assert [(one["why"], one["keys"]) for one in found["not_judged"]] == [
        ("no_return", []), ("not_asked", []), ("no_people", []), ("figures", ["volunteers"]),
        ("figures", ["venue_visits"]),
    ]  # fmt: skip


def test_an_indicator_that_few_have_or_that_is_the_same_everywhere_is_left_out_and_said():
    few = [one | {"values": one["values"] | {"venue_hall": None}} for one in THREE[:2]]
    same = [one | {"values": one["values"] | {"volunteers": "100"}} for one in (*few, THREE[2])]

    found = index(*same)

    assert [(one["key"], one["why"], one["known"]) for one in found["left_out"]] == [
        ("venue_visits", "few", 1), ("volunteers", "same", 3),
    ]  # fmt: skip
    assert [one["weight"] for one in found["indicators"]] == [1]


@pytest.mark.parametrize(
    ("rows", "changed", "why"),
    [
        (THREE[:1], {}, "few"),
        ((), {}, "few"),
        (THREE, {"fewest": 4}, "few"),
        (tuple(row(n, 1, 10, 40, 4) for n in (1, 2, 3)), {}, "nothing_tells"),
        (THREE, {"groups": {}}, "no_scheme"),
        (THREE, {"normalising": "city"}, "refused"),  # nobody visited the third
    ],
)
def test_without_an_index_the_reason_is_told(rows, changed, why):
    found = index(*rows, **changed)

    assert (found["why"], found["districts"]) == (why, [])
    assert bool(found["detail"]) == (why == "refused")


@pytest.mark.parametrize("weighing", ["entropy", "critic", "pca"])
def test_weights_by_the_data_add_up_to_one(weighing):
    found = index(*THREE, weighing=weighing)

    assert sum(one["weight"] for one in found["indicators"]) == pytest.approx(1)
    assert found["ratio"] is None


def test_a_geometric_mean_is_over_the_citys_own_figures():
    rows = (*THREE[:2], row(3, 5, 200, 100, 40))

    found = index(*rows, normalising="city", joining="geometric")

    first = next(one for one in found["districts"] if one["path"] == "50.101.")
    assert first["parts"]["staff"] == pytest.approx(1)  # as the city in both
    assert first["score"] == pytest.approx(1)


def test_inequality_is_parted_by_regions_and_told_of_figures_per_head():
    regions = {
        "east": {"zh": "东", "en": "East", "districts": ["50.101.", "50.103."]},
        "rest": {"zh": "其余", "en": "Rest"},
    }

    found = {one["of"]: one for one in index(*THREE, regions=regions)["inequality"]}

    assert set(found) == {"score", "staff_full", "volunteers"}  # visits are over halls
    for one in found.values():
        assert one["between"] + one["within"] == pytest.approx(one["theil"])
    assert {one["between"] for one in index(*THREE)["inequality"]} == {None}


# --- years, and who reads them --------------------------------------------------------------------

PLACES = ("50.103.", "50.104.", "50.105.")


def build():
    """A locked year: three units in each district, with a little more in each than in the one before."""
    keeper = factories.officer("survey_officer", "50.")
    for path in PLACES:
        factories.division(f"{path}001.")
        Division.objects.filter(path=path).update(population=100_000)
    units = [(path, *unit(path)) for path in PLACES for _one in range(3)]
    made = statistics_round(by=keeper)
    for path, of, who in units:
        size = 1 + PLACES.index(path)
        said = {
            "staff_full": size, "staff_part": 3, "volunteers": 10 * size, "fund_raised": 9 * size,
            "fund_gov": 8, "fund_special": size, "venue_floor": 900, "venue_hall": 100,
            "venue_visits": 500 * size, "leaflets": 70, "lecture_n": 1, "lecture_p": 30 * size,
        }  # fmt: skip
        handed_in(return_of(made, of), who, "locked", **said)
    return rounds.lock_round(made.pk, by=keeper, now=NOW), keeper


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, build) as world:
        yield world


@pytest.fixture
def locked(made, db) -> Round:
    return deepcopy(made[0])


@pytest.fixture
def keeper(made, db):
    return made[1]


@pytest.fixture
def published(locked) -> Round:
    second = factories.officer("survey_officer", "50.", "复核示例")
    return rounds.publish_round(locked.pk, by=second, now=NOW)


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person:
        made.force_login(person)
    return made


def test_a_published_year_is_read_by_everybody_with_ranks_and_their_ranges(published):
    page = browser().get(reverse("capacity", args=[published.pk])).content.decode()
    file = browser().get(reverse("capacity-file", args=[published.pk, "xlsx"]))

    assert "示例50.105." in page
    assert "1 (1 to 1)" in page
    assert "SYNTHETIC" not in page
    head, *rows = load_workbook(io.BytesIO(file.content)).active.values
    assert head[2:5] == ("Rank", "Rank from", "Rank to")
    assert [line[2] for line in rows] == [1, 2, 3]


def test_what_is_published_stays_when_the_scheme_changes(published):
    before = published.published["capacity"]
    city = factories.officer("city_officer", "50.")
    day = NOW.date().replace(day=NOW.day + 1)

    rulebooks.issue(capacity.CAPACITY, text=text(groups={}, weighing="equal", judgements={}),
                    effective_from=day, by=city, now=NOW)  # fmt: skip

    later = NOW.replace(day=NOW.day + 2)
    assert bridge.shown(None, published.pk, later)[1] == before
    assert capacity.in_force(later)[1].groups == {}


def test_before_it_is_published_the_whole_is_for_the_city_alone(locked, keeper):
    page = reverse("capacity", args=[locked.pk])

    city = browser(keeper).get(page).content.decode()
    district = browser(factories.officer("district_officer", "50.103.")).get(page)

    assert "Not published yet" in city
    assert "1 (1 to 1)" in city
    assert "is not published yet" in district.content.decode()
    assert "示例50.105." not in district.content.decode()
    for who in (factories.user(), None):
        assert browser(who).get(page).status_code == 404


def test_figures_that_are_withheld_do_not_count(locked, keeper):
    one_of_each = [locked.returns.filter(path=path).first().pk for path in PLACES]
    Figure.objects.filter(of__in=one_of_each).delete()  # two units are too few

    told = bridge.of_round(locked, NOW)
    page = browser(keeper).get(reverse("capacity", args=[locked.pk])).content.decode()

    assert told["why"] == "nothing_tells"
    assert {one["key"] for one in told["left_out"] if not one["known"]} >= {
        "staff_full",
        "lecture_p",
    }
    assert "known in 0 of 3 districts that reported" in page


def test_an_open_year_and_one_from_before_there_was_an_index_say_what_comes_next(published, keeper):
    still_open = statistics_round(2024, keeper)
    old = {**published.published, "capacity": None}
    Round.objects.filter(pk=published.pk).update(published=old)

    said = [
        browser(keeper).get(reverse("capacity", args=[one.pk])).content.decode()
        for one in (still_open, published)
    ]

    assert "once the city has locked the year" in said[0]
    assert "publish it again" in said[1]
    assert browser().get(reverse("capacity-file", args=[published.pk, "csv"])).status_code == 404


def test_the_api_reads_it(published):
    stranger = browser(factories.user())

    told = stranger.get(f"/api/return-rounds/{published.pk}/capacity").json()

    assert [one["rank"] for one in told["districts"]] == [1, 2, 3]
    assert told["year"] == 2025
    assert told["not_judged"] == []
