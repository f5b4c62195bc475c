"""Samples in stages: what is drawn, what follows for half-widths and weights, and what the run takes."""

from __future__ import annotations

import csv
import io
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import RuleBroken
from kepu.literacy import field_example, field_files, sample_shown
from kepu.literacy.actions import fieldwork as fieldworks
from kepu.literacy.actions import samples
from kepu.literacy.bridge import samples as bridge
from kepu.literacy.bridge.interviewing import chosen
from kepu.literacy.models import Attempt, Fieldwork, Interview, Sample
from kepu.literacy.run import estimating, reading, reporting, running, weighing
from kepu.literacy.run import plan as plans
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import field_factories
from tests.worlds import standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CITY = "50."
PEOPLE = {"50.103.": 600_000, "50.105.": 120_000, "50.106.": 100_000, "50.107.": 80_000}
SIZES = (3, 4, 5, 6)  # communities of the townships of each district
WHOLE = sum(PEOPLE.values())


def build() -> tuple[Division, Any]:
    place = factories.division(CITY)
    for district, people in PEOPLE.items():
        factories.division(district)
        Division.objects.filter(path=district).update(population=people)
        for township, communities in enumerate(SIZES, start=1):
            for number in range(1, communities + 1):
                factories.division(f"{district}{township:03}.{number:03}.")
    return place, factories.officer("survey_officer", CITY)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, build) as world:
        yield world


@pytest.fixture
def world(made, db):
    return deepcopy(made)


def drawn(world, **traits: Any) -> Sample:
    place, by = world
    said = {
        "title": "示例抽样", "interviews": 320, "sharing": "equal", "least": 20, "together": 10,
        "share": 0.15, "deff": 1.0, "response": 0.8, "seed": 7, "frame_on": NOW.date(),
        "icc_community": 0.02, "icc_township": 0.01, "icc_district": 0.01,
    }  # fmt: skip
    sample = samples.ask_sample(samples.Design(**(said | traits)), place=place, by=by, now=NOW)
    assert samples.DRAWS.take_up(sample.pk, now=NOW)
    samples.DRAWS.work_on(sample.pk, taken=NOW)
    sample.refresh_from_db()
    return sample


def rows(sample: Sample) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for row in sample.summary["districts"]}


def places(sample: Sample) -> set[str]:
    return set(sample.communities.values_list("division__path", flat=True))


def stood_for(sample: Sample) -> float:
    return sum(one.weight * one.interviews for one in sample.communities.all())


def test_townships_are_drawn_by_their_communities_and_weights_add_up_to_the_people(world):
    sample = drawn(world, stages="townships", apiece=2)

    found = list(sample.communities.select_related("division"))
    assert {row["townships"] for row in rows(sample).values()} == {4}  # 8 communities of 80
    assert len({one.psu for one in found}) == 16
    assert all(one.division.path.startswith(one.psu) and one.stratum in PEOPLE for one in found)
    assert stood_for(sample) == pytest.approx(WHOLE)
    smaller = drawn(world, stages="townships", apiece=4, interviews=320)
    some = smaller.communities.get(division__path=min(places(smaller)))
    size = SIZES[int(some.psu[-4:-1]) - 1]
    # 2 of 4 townships by size, and 4 of its communities, or all where there are fewer.
    assert some.chances == pytest.approx(
        {"township": 2 * size / sum(SIZES), "community": min(4, size) / size}
    )
    assert some.chance == pytest.approx(some.chances["township"] * some.chances["community"])


def test_half_widths_follow_the_stages_and_what_is_supposed_of_them(world):
    direct, staged = rows(drawn(world)), rows(drawn(world, stages="townships"))

    # 80 interviews: 10 in each of 8 communities; then 2 communities in each of 4 townships.
    assert direct["50.105."]["deff"] == pytest.approx(1 + 0.03 * 9)
    assert staged["50.105."]["deff"] == pytest.approx(1 + 0.02 * 9 + 0.01 * 19)
    width = 1.959964 * (0.15 * 0.85 * 1.37 / 80) ** 0.5
    assert staged["50.105."]["half_width"] == pytest.approx(width, abs=1e-5)


def test_neyman_asks_more_where_answers_differ_more(world):
    sample = drawn(world, sharing="neyman", shares={"50.105.": 0.5, "50.106.": 0.02})

    shared = {path: row["interviews"] for path, row in rows(sample).items()}
    # 120,000 x .5 against 80,000 x .357: by people and spread, in whole communities.
    assert shared["50.105."] / shared["50.107."] == pytest.approx(120 * 0.5 / (80 * 0.357), rel=0.3)
    assert shared["50.106."] == 20  # 100,000 x .14: the least of each district
    assert rows(sample)["50.105."]["share"] == 0.5


@pytest.mark.parametrize(("exponent", "ratio"), [(0.0, 1), (1.0, 5)])
def test_a_power_shares_out_between_equal_and_in_proportion(world, exponent, ratio):
    shared = rows(drawn(world, sharing="between", exponent=exponent, together=2))

    assert shared["50.103."]["interviews"] / shared["50.105."]["interviews"] == pytest.approx(
        ratio, rel=0.25
    )


def test_districts_that_are_drawn_stand_for_the_others_and_have_no_figures(world):
    every, sample = (drawn(world, sharing="people", districts=n) for n in (None, 3))

    found = list(sample.communities.select_related("division"))
    assert len(rows(sample)) == 3
    assert stood_for(sample) == pytest.approx(WHOLE)
    # 50.103. is so large that it comes for certain: a stratum of its own. The others are left to chance.
    assert {one.stratum for one in found if one.division.path.startswith("50.103.")} == {"50.103."}
    by_chance = {one.psu for one in found if one.stratum == CITY}
    assert len(by_chance) == 2
    assert by_chance < set(PEOPLE)
    assert sample.summary["half_width"] > every.summary["half_width"]
    assert "no figure of a district" in sample_shown.notes(sample)[0][1]
    assert len(sample_shown.notes(every)) == len(sample_shown.notes(sample)) - 1


@pytest.mark.parametrize(
    ("districts", "reason"), [(4, "leave the number empty"), (2, "draw one more")]
)
def test_districts_that_cannot_be_drawn_are_refused_in_words(world, districts, reason):
    sample = drawn(world, districts=districts)

    assert sample.state == "failed"
    assert reason in sample.failure


@pytest.mark.parametrize("stages", ["communities", "townships"])
def test_a_later_sample_keeps_or_avoids_the_communities_of_an_earlier_one(world, stages):
    first = drawn(world, stages=stages, interviews=160, apiece=1)
    kept = drawn(
        world, stages=stages, interviews=160, apiece=1, earlier=first, coordination="keep", seed=99
    )
    fresh = drawn(world, stages=stages, interviews=160, apiece=1, seed=99)
    other = drawn(
        world, stages=stages, interviews=160, apiece=1, earlier=first, coordination="avoid"
    )

    assert places(kept) == places(first)
    assert kept.seed == first.seed
    assert (kept.summary["kept"], fresh.summary["kept"]) == (len(places(first)), None)
    common = places(other) & places(first)
    assert len(common) == other.summary["kept"] < len(places(fresh) & places(first)) + 3
    if stages == "communities":
        assert common == set()
    assert bridge.propose(other).digest == other.digest  # the start is kept with the row


def test_what_an_earlier_sample_must_be_is_said(world):
    first = drawn(world)
    Sample.objects.filter(pk=first.pk).update(start=None)
    first.refresh_from_db()

    for traits, reason in (
        ({"coordination": "keep"}, "choose the earlier sample"),
        ({"earlier": first}, "kept or avoided"),
        ({"earlier": first, "coordination": "keep"}, "permanent numbers"),
        ({"districts": 1}, "at least two districts"),
        ({"icc_community": 0.9, "icc_township": 0.2}, "below 1"),
    ):
        with pytest.raises(RuleBroken, match=reason):
            drawn(world, **traits)
    assert Sample.objects.count() == 1


def test_a_draw_older_than_permanent_numbers_comes_again_as_it_was(world):
    sample = drawn(world)
    sample.start = None

    # The digest of the same design, drawn before there were permanent numbers.
    assert bridge.propose(sample).digest == (
        "248f5926d4f1946b075ac3711ea9fa689e7eab224323a103163d3df9c1b02468"
    )


def answered(world, sample: Sample) -> Fieldwork:
    """An adopted sample whose fieldwork is under way."""
    samples.adopt_sample(sample.pk, by=world[1], now=NOW)
    sample.refresh_from_db()
    plan = field_factories.plan(sample=sample, booklets=field_factories.booklets(1))
    of = fieldworks.plan_fieldwork(plan, by=world[1], now=NOW)
    fieldworks.begin_fieldwork(of.pk, by=world[1], now=NOW)
    people = {path: [field_factories.interviewer(path)] for path in PEOPLE}
    field_example.fill(
        of, people, field_example.Effort(hurried=people["50.103."][0]), now=NOW, seed=3
    )
    return of


def silence(of: Fieldwork, *psu: str) -> None:
    assert Interview.objects.filter(case__fieldwork=of, case__community__psu__in=psu).delete()[0]


def read(of: Fieldwork, folder: Path) -> reading.Read:
    """What the run reads of the exported files."""
    with zipfile.ZipFile(io.BytesIO(field_files.folder(of, NOW))) as archive:
        archive.extractall(folder)
    return reading.gather(plans.load(folder / "plan.yaml"), folder)


@pytest.mark.parametrize("traits", [{"stages": "townships"}, {"districts": 3}])
def test_the_run_takes_what_was_drawn_and_its_weights_add_up_to_the_people(world, traits, tmp_path):
    sample = drawn(world, interviews=160, **traits)
    found = read(answered(world, sample), tmp_path)
    plan, weighed = found.plan, weighing.weigh(found)

    assert (plan.answers.strata, plan.answers.psu) == ("stratum", "psu")
    assert weighed.steps[-1].people == pytest.approx(WHOLE, rel=0.12)
    assert (plan.margins is None) == (sample.districts is not None)
    answers = list(csv.DictReader((tmp_path / "answers.csv").open(encoding="utf-8")))
    told = {one.division.path: (one.stratum, one.psu) for one in sample.communities.all()}
    assert {(row["stratum"], row["psu"]) for row in answers} <= set(told.values())


def test_where_one_township_alone_answered_the_run_goes_on_and_says_so(world, tmp_path):
    sample = drawn(world, stages="townships")
    of = answered(world, sample)
    townships = sorted({one.psu for one in sample.communities.filter(stratum="50.105.")})
    silence(of, *townships[1:])

    found = running.computed(read(of, tmp_path), None)

    assert found.weighed.alone == ("50.105.",)
    assert any("50.105." in words for words in reporting.method(found, None))
    city = found.found.one("city", "city", "literate or above")
    assert city.estimate
    assert city.se
    lone = next(one for one in found.found.figures if one.cell == "50.105.")
    assert lone.n > 0
    assert lone.withheld  # in some replicates nobody is there, so its error is not known
    assert {one.area.code for one in found.model.districts} == set(PEOPLE)


def test_fewer_than_three_districts_heard_make_no_model(world, tmp_path):
    sample = drawn(world)
    of = answered(world, sample)
    units = sample.communities.filter(stratum__in=("50.105.", "50.106.")).values_list(
        "psu", flat=True
    )
    silence(of, *units)

    found = read(of, tmp_path)
    told = estimating.estimate(found, weighing.weigh(found))

    assert found.plan.areas is None
    assert told.one("city", "city", "literate or above").n == found.said.sum()


def test_a_drawn_district_without_answers_is_joined_to_one_that_every_replicate_holds(
    world, tmp_path
):
    sample = drawn(world, districts=3, interviews=160)
    of = answered(world, sample)
    silent, heard = sorted({one.psu for one in sample.communities.filter(stratum=CITY)})
    silence(of, silent)

    found = read(of, tmp_path)
    weighed = weighing.weigh(found)

    answers = csv.DictReader((tmp_path / "answers.csv").open(encoding="utf-8"))
    stands = {row["district"]: row["class"] for row in answers}
    assert stands == {"50.103.": "50.103.", silent: "50.103.", heard: heard}
    for weight in weighed.replicates.every():  # half of them leave `heard` out
        assert weight.sum() > 0


def test_where_no_district_can_take_a_silent_one_it_is_left_out_and_the_others_weigh_more(
    world, tmp_path
):
    Division.objects.filter(path__in=PEOPLE).update(population=WHOLE / 4)  # so that none is certain
    sample = drawn(world, districts=3, interviews=160)
    of = answered(world, sample)
    silent, *heard = sorted({one.psu for one in sample.communities.filter(stratum=CITY)})
    silence(of, silent)

    found = read(of, tmp_path)
    weighed = weighing.weigh(found)

    assert len(heard) == 2
    assert found.plan.nonresponse.left_out == [silent]
    assert set(found.table.labels("psu")) == set(heard)
    assert weighed.weight.sum() == pytest.approx(WHOLE, rel=0.12)
    for weight in weighed.replicates.every():  # each draws one of the two
        assert weight.sum() == pytest.approx(WHOLE, rel=0.12)
    whole = estimating.estimate(found, weighed)
    result = running.Results(found, weighed, whole, None, ())
    assert any(silent in words and "没有列入" in words for words in reporting.method(result, None))


def test_what_the_example_answers_is_held_to_the_rules_of_the_form(world):
    sample = drawn(world, interviews=160)
    samples.adopt_sample(sample.pk, by=world[1], now=NOW)
    sample.refresh_from_db()
    plan = field_factories.plan(sample=sample, booklets=field_factories.booklets(1))
    of = fieldworks.plan_fieldwork(plan, by=world[1], now=NOW)
    people = {path: [field_factories.interviewer(path)] for path in PEOPLE}
    two = of.booklets.lines.first().item
    two.wordings.update(options=["是", "否"])  # the letter C is no answer to it

    field_example.fill(
        of, people, field_example.Effort(hurried=people["50.103."][0]), now=NOW, seed=3
    )

    said = {one.answers.get(two.code) for one in Interview.objects.filter(case__fieldwork=of)}
    assert {"A", "B"} <= said <= {"A", "B", ""}
    for one in Attempt.objects.filter(case__fieldwork=of, adults__gt=0).select_related("case"):
        one.case.fieldwork = of
        assert one.chosen == chosen(one.case, one.adults)
    first = Interview.objects.filter(case__fieldwork=of).order_by("begun_at").first()
    assert clock.day(first.begun_at) >= of.opens_on
