"""A fieldwork by one button: what its people are asked, what the bank learns, and the years before."""

from __future__ import annotations

import csv
import io
import math
import random
import zipfile
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
import yaml
from django.db.models import F, Sum
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.literacy import field_files, schemas
from kepu.literacy import years_shown as years
from kepu.literacy.actions import estimates, runs, targets
from kepu.literacy.actions import fieldwork as closing
from kepu.literacy.bridge import targets as targets_bridge
from kepu.literacy.models import Calibration, DifFinding, Estimate, Fieldwork, Item, Run, Target
from kepu.literacy.queries import items as bank
from kepu.literacy.queries import runs as queries
from kepu.literacy.run import handing
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import field_factories as field
from tests.kepu.literacy.test_estimates import CITY, client_of, inside, published, worked_on
from tests.worlds import standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def answers(keys: list[str], chance: random.Random) -> str:
    """What somebody says who knows as much as comes by chance: the right letter, or the next."""
    knows = 1 / (1 + math.exp(-1.3 * chance.gauss(0, 1)))
    return "".join(
        key if chance.random() < knows else "ABC"[("ABC".index(key) + 1) % 3] for key in keys
    )


def test_a_fieldwork_is_scored_by_the_framework_it_was_planned_under(monkeypatch):
    shipped = schemas.framework_of(0)
    low = shipped.levels["literate"].model_copy(update={"cut": 65.0})
    older = shipped.model_copy(update={"levels": shipped.levels | {"literate": low}})
    monkeypatch.setattr(schemas, "framework_of", {0: shipped, 3: older}.__getitem__)
    of = field.fieldwork("closed")
    Fieldwork.objects.filter(pk=of.pk).update(rules_version=3)

    made = estimates.estimate_fieldwork(
        of.pk, language="zh", synthetic=True, by=of.made_by, now=NOW
    )

    told = yaml.safe_load(inside(made)["plan.yaml"])["framework"]
    assert told["levels"]["literate"]["cut"] == 65
    assert (told["name"], told["source"]) == (
        "cast-2024 v3",
        "规则手册 literacy.framework 第 3 版",
    )


def test_rulebook_and_its_limits_of_publication_go_with_the_plan_and_the_run(monkeypatch):
    shipped = schemas.framework_of(0)
    assert shipped.publish.model_dump() == {"rows": 30, "freedom": 8}
    strict = shipped.model_copy(update={"publish": schemas.Publishing(rows=50, freedom=12)})
    monkeypatch.setattr(schemas, "framework_of", {0: shipped, 3: strict}.__getitem__)
    of = field.fieldwork("closed")
    Fieldwork.objects.filter(pk=of.pk).update(rules_version=3)

    made = estimates.estimate_fieldwork(
        of.pk, language="zh", synthetic=True, by=of.made_by, now=NOW
    )

    told = yaml.safe_load(inside(made)["plan.yaml"])
    assert told["rules"] == {"kind": "literacy.framework", "version": 3}
    assert told["publish"] == {"rows": 50, "freedom": 12}
    assert told["people"] == "residents"


def test_a_rulebook_from_before_there_were_limits_in_it_has_those_of_then():
    said = schemas.framework_of(0).model_dump()
    del said["publish"]

    assert schemas.Framework.model_validate(said).publish == schemas.Publishing(rows=30, freedom=8)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """It stands for all tests of the file; one that commits would not see it."""
    with pytest.MonkeyPatch.context() as patch:
        large_enough(patch)
        with standing(django_db_blocker, first) as run:
            yield run


def large_enough(patch: pytest.MonkeyPatch) -> None:
    """Doors enough for two booklets, and no R."""
    patch.setattr(handing, "missing", lambda: "R")
    patch.setattr(field, "COMMUNITIES", COMMUNITIES)
    patch.setattr(field, "DOORS", 44)
    patch.setattr(field, "ASKED", 44)


@pytest.fixture
def estimated(made, db):
    """A run of a fieldwork whose people had one of two booklets, each with items of its own."""
    return deepcopy(made)


COMMUNITIES = tuple(f"{path}001.{n:03}." for path in field.DISTRICTS for n in range(1, 6))


def first() -> Estimate:
    of = heard(COMMUNITIES, field.booklets(2), seed=7)
    done = worked_on(
        estimates.estimate_fieldwork(
            of.pk, language="en", synthetic=True, by=of.made_by, now=NOW
        )
    )  # fmt: skip
    assert done.failure == ""
    return done


def heard(communities, booklets, seed) -> Fieldwork:
    """A closed fieldwork in which people answered at most doors."""
    of, chance = field.fieldwork("open", booklets=booklets), random.Random(seed)
    Item.objects.update(example=True)
    keys = {n: [line.item.letter for line in of.booklets.lines.filter(number=n)] for n in (1, 2)}
    for path, people in zip(field.DISTRICTS, (600_000, 150_000), strict=True):
        here = of.sample.communities.filter(division__path__startswith=path)
        here.update(weight=people / (5 * field.ASKED))
    for path in communities:
        for door in field.give(of, path, field.interviewer(path[:7]))[:40]:
            background = field.PERSON | {"sex": chance.choice(["female", "male"])}
            field.interview(door, answers(keys[door.booklet], chance), background=background)
    closing.close_fieldwork(of.pk, by=of.made_by, now=NOW)
    return Fieldwork.objects.get(pk=of.pk)


# --- the years before -----------------------------------------------------------------------------

LATER = NOW + timedelta(days=365)


def plan_of(
    of: Fieldwork, now=LATER, synthetic=True
) -> tuple[dict, dict[str, list[dict[str, str]]]]:
    """The plan that goes with a fieldwork, and its tables by name."""
    packed = io.BytesIO(field_files.folder(of, now, language="zh", synthetic=synthetic))
    with zipfile.ZipFile(packed) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    tables = {
        n: list(csv.DictReader(io.StringIO(text))) for n, text in told.items() if n != "plan.yaml"
    }
    return yaml.safe_load(told["plan.yaml"]), tables


def again(before: Estimate) -> Fieldwork:
    return heard(COMMUNITIES, before.fieldwork.booklets, seed=8)


def test_two_runs_by_the_button_are_linked_by_their_common_items_and_the_chance_counts_it(
    estimated,
):
    run, by = estimated.run, estimated.made_by
    published(run, by)
    targets.state_target(
        targets.Aim(share=Decimal(15), above=True, base_year=2020, base_share=Decimal(1), source="示例"),
        place=factories.division(CITY), year=NOW.year + 3,
        by=factories.officer("city_officer", CITY, "市级示例"), now=NOW,
    )  # fmt: skip
    of = again(estimated)

    plan, tables = plan_of(of)
    done = worked_on(
        estimates.estimate_fieldwork(of.pk, language="en", synthetic=True, by=by, now=LATER), LATER
    )

    assert plan["trend"]["linking"] == {
        "file": "common.csv", "form": "form.csv", "scale": str(NOW.year),
        "covariance": "item_covariance.csv",  # how sure the year of the common items was of them
    }  # fmt: skip
    assert plan["trend"]["target"] == {"year": NOW.year + 3, "share": 0.15}
    city = next(row for row in tables["earlier.csv"] if not row["table"])
    own = queries.headline(run)
    assert (float(city["estimate"]), city["scale"]) == (own["estimate"], str(NOW.year))
    assert {row["cell"] for row in tables["earlier.csv"]} >= {"", "female", "male"}
    assert {row["item"] for row in tables["common.csv"]} == {
        row["item"] for row in tables["items.csv"]
    }
    assert done.failure == ""
    told = done.run.record["trend"]
    assert told["linked"] is True
    assert told["years"][-1]["linking"] > 0
    assert told["rests_on"] == [NOW.year, NOW.year + 1]
    published(done.run, by)
    lines = years.trend(list(queries.published()))
    assert [series.name for series in lines.series] == ["City", "Target"]
    assert len(years.remarks(list(queries.published()))) == 2
    assert f"{told['years'][-1]['raw'] * 100:.2f}" in years.remarks(list(queries.published()))[0]
    standing = targets_bridge.standings(Target.objects.all(), NOW.year)[0]
    assert standing.reach.probability == pytest.approx(told["probability"], rel=1e-9)
    assert (
        standing.measured[-1].year.se == told["years"][-1]["se"] > queries.headline(done.run)["se"]
    )


def test_runs_of_other_items_are_not_linked_and_no_line_joins_them(estimated):
    run, by = estimated.run, estimated.made_by
    published(run, by)
    of = again(estimated)
    for item in Item.objects.all():
        Item.objects.filter(pk=item.pk).update(code=f"z{item.code}"[:20])

    plan, tables = plan_of(of)

    assert "linking" not in plan["trend"]
    assert not {"common.csv", "form.csv"} & set(tables)
    later = Run.objects.get(pk=run.pk)
    later.pk, later.year, later.digest = None, run.year + 1, "0" * 64
    later.save()
    found = list(queries.published())
    lines = years.trend(found)
    assert [[v is not None for v in one.values] for one in lines.series] == [
        [True, False], [False, True],
    ]  # fmt: skip
    assert "not linked" in years.remarks(found)[0]


def test_real_people_are_not_put_beside_invented_ones_nor_answers_beside_themselves(estimated):
    published(estimated.run, estimated.made_by)
    of = estimated.fieldwork

    assert "trend" not in plan_of(of)[0]
    other = again(estimated)
    assert "trend" not in plan_of(other, synthetic=False)[0]
    assert "trend" in plan_of(other, synthetic=None)[0]  # as it is downloaded, to be looked over
    real = Run.objects.get(pk=estimated.run_id)
    real.pk, real.synthetic, real.digest, real.year = None, False, "1" * 64, real.year - 1
    real.save()
    rows = plan_of(other, synthetic=None)[1]["earlier.csv"]
    assert {row["year"] for row in rows} == {str(real.year)}


def assert_linked(taught, before):
    """A wave's figures stand where those of the same items stood before, by one line for all."""
    assert {one.scale for one in taught} == {""}
    raw, now = (np.array([getattr(one, name) for one in taught]) for name in FIGURES)
    slope, shift = np.polyfit(raw, now, 1)
    assert now == pytest.approx(slope * raw + shift, abs=1e-9)
    steep = np.array([one.raw_discrimination / one.discrimination for one in taught])
    assert steep == pytest.approx(np.full(len(raw), slope))
    known = {one.item_id: one.difficulty for one in before}
    then = np.array([known[one.item_id] for one in taught])
    assert abs(now.mean() - then.mean()) < 0.4
    assert abs(raw.mean() - then.mean()) > 0.8


FIGURES = ("raw_difficulty", "difficulty")


def test_a_wave_of_new_items_stands_alone_and_is_assembled_with_none_of_another_scale(estimated):
    run, of, by = estimated.run, estimated.fieldwork, estimated.made_by
    items = list(Item.objects.filter(booklet_places__of=of.booklets_id).distinct().order_by("code"))
    Calibration.objects.filter(item__in=items[2:]).delete()
    pool = {item.pk for item, _known in bank.calibrated(CITY, "survey")}

    published(run, by)

    taught = Calibration.objects.filter(wave=f"{run.title} #{run.pk}")
    assert all(one.alone and one.raw_difficulty is None for one in taught)
    assert Entry.objects.get(verb="run.enter_items").detail["linked_by"] == 0
    found = {item.pk for item, known in bank.calibrated(CITY, "survey")}
    scales = {known.scale for _item, known in bank.calibrated(CITY, "survey")}
    assert len(scales) == 1
    first, new = (bank.with_figures(Item.objects.filter(pk=one.pk)).get() for one in items[1:3])
    assert first.difficulty == first.calibrations.get(wave="一").difficulty
    assert new.difficulty == taught.get(item=new).difficulty
    assert found != pool
    keeper = factories.officer("item_officer", CITY, "题库示例")
    page = client_of(keeper).get(reverse("item", args=[items[5].pk])).content.decode()
    assert "not linked" in page


def test_people_of_differing_booklets_are_estimated_and_the_bank_learns_of_their_items(estimated):
    run, of, by = estimated.run, estimated.fieldwork, estimated.made_by
    assert "method: plausible" in inside(estimated)["plan.yaml"]
    assert (run.districts, run.synthetic) == ([], True)  # two lend each other no strength
    assert (run.record["drawn"], run.record["answered"]) == (440, 400)
    assert run.framework == run.record["scoring"]["name"] == "cast-2024"
    assert run.record["scoring"]["source"] == "rulebook literacy.framework, version 0"
    assert run.record["rules"] == {"kind": "literacy.framework", "version": 0}
    items = {line.item for line in of.booklets.lines.select_related("item")}
    only_first = next(
        line.item for line in of.booklets.lines.filter(number=1) if line.position == 1
    )
    last = max(items, key=lambda one: one.code)
    Item.objects.filter(pk=last.pk).update(example=False)  # invented people say nothing of it
    items.remove(last)
    Calibration.objects.update(difficulty=F("difficulty") + 1)  # the people before were abler
    before = Calibration.objects.count()
    page = client_of(by).get(reverse("survey-run", args=[run.pk])).content.decode()
    assert "Once it is published, what it found of its items enters the item bank" in page
    assert "<code>literacy.framework</code> version 0" in page
    steps = [("survey-sample", of.sample_id), ("survey-fieldwork", of.pk), ("survey-run", run.pk)]
    to_sample, to_fieldwork, to_run = [reverse(name, args=[pk]) for name, pk in steps]
    assert f'href="{to_sample}"' in page  # from figures back to the design, and on again
    assert f'href="{to_fieldwork}"' in page
    designed = client_of(by).get(to_sample).content.decode()
    assert f'href="{to_fieldwork}"' in designed
    assert f'href="{to_run}"' in designed
    assert f'href="{to_sample}"' in client_of(by).get(to_fieldwork).content.decode()

    published(run, by)

    public = Client().get(to_run).content.decode()
    assert "440 doors in 10 communities of 2 districts" in public
    assert to_sample not in public  # nothing that a reader cannot open

    taught = Calibration.objects.filter(wave=f"{run.title} #{run.pk}")
    assert Calibration.objects.count() == before + len(items)
    assert {one.item for one in taught} == items
    assert all(one.example and one.difficulty_se > 0 for one in taught)
    assert_linked(taught, before=Calibration.objects.filter(wave="一"))
    shown = {one.item_id: one.people for one in taught}
    assert 150 < shown[only_first.pk] < 250
    assert max(shown.values()) == 400  # what both booklets held
    asked = only_first.exposures.aggregate(n=Sum("asked"), right=Sum("right"))
    assert asked["n"] == shown[only_first.pk]
    assert 0 < asked["right"] < asked["n"]
    found = DifFinding.objects.filter(grouping="sex", method="mantel_haenszel")
    assert found.count() >= len(items) - 2
    entry = Entry.objects.get(verb="run.enter_items")
    assert entry.detail["linked_by"] == len(items)
    assert entry.actor != by.pseudonym  # the second officer's deed
    assert not last.exposures.exists()

    runs.withdraw_run(run.pk, reason="示例", by=by, now=NOW)

    assert not taught.all().exists()
    assert not found.all().exists()
    assert only_first.exposures.exists()
    assert Entry.objects.filter(verb="run.take_out_items").exists()
