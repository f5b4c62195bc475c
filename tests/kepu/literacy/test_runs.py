"""Results that the city keeps: held against their record, published by two, withdrawn in words."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Refusal, RuleBroken
from kepu.kernel.notices.models import Notice
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import results_shown as shown
from kepu.literacy import years_shown as years
from kepu.literacy.actions import runs
from kepu.literacy.bridge import targets as bridge
from kepu.literacy.models import Run, Target
from kepu.literacy.queries import runs as queries
from kepu.literacy.run.doubts import doubt
from kepu.web import duties
from tests import factories
from tests.factories import NOW
from tests.worlds import standing

pytestmark = pytest.mark.django_db
CITY = "50."


@pytest.fixture(scope="module")
def standing_run(results, django_db_setup, django_db_blocker):
    """Two officers, and the run that one of them has kept."""

    def made():
        officers = [
            factories.officer("survey_officer", CITY, name) for name in ("测评甲", "测评乙")
        ]
        place = factories.division(CITY)
        return officers, runs.keep_run(results, place=place, by=officers[0], now=NOW)

    with standing(django_db_blocker, made) as found:
        yield found


@pytest.fixture
def world(standing_run, db):
    return deepcopy(standing_run)


@pytest.fixture
def officers(world):
    return world[0]


@pytest.fixture
def kept(world):
    return world[1]


@pytest.fixture
def published(kept, officers):
    runs.propose_run(kept.pk, by=officers[0], now=NOW)
    return runs.publish_run(kept.pk, by=officers[1], now=NOW)


def reader(person=None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_a_run_is_kept_with_what_it_found(kept, results):
    record = json.loads((results / "run.json").read_text("utf-8"))

    assert (kept.title, kept.year, kept.synthetic) == (record["title"], 2026, True)
    assert len(kept.districts) == 38
    assert shown.first(kept)["estimate"] == record["figure"]["estimate"]
    assert (kept.report.kind, kept.tables.kind) == ("pdf", "xlsx")
    assert Entry.objects.filter(verb="run.keep", object_id=str(kept.pk)).count() == 1


def test_the_same_run_is_kept_once(kept, results, officers):
    with pytest.raises(RuleBroken, match="kept already"):
        runs.keep_run(results, place=factories.division(CITY), by=officers[1], now=NOW)

    assert Run.objects.count() == 1


def test_what_was_withdrawn_is_kept_and_published_anew_and_the_first_stays_as_it_was(
    published, results, officers
):
    withdrawn = runs.withdraw_run(published.pk, reason="误撤", by=officers[0], now=NOW)
    anew = runs.keep_run(results, place=factories.division(CITY), by=officers[1], now=NOW)
    runs.propose_run(anew.pk, by=officers[1], now=NOW)
    runs.publish_run(anew.pk, by=officers[0], now=NOW)

    with pytest.raises(RuleBroken, match="kept already"):
        runs.keep_run(results, place=factories.division(CITY), by=officers[0], now=NOW)
    withdrawn.refresh_from_db()
    assert anew.digest == withdrawn.digest
    assert (withdrawn.state, withdrawn.reason) == ("withdrawn", "误撤")
    assert list(queries.published()) == [anew] != [withdrawn]
    assert reader().get(reverse("survey-run", args=[withdrawn.pk])).status_code == 200
    page = reader(officers[0]).get(reverse("survey-run", args=[withdrawn.pk])).content.decode()
    assert "estimated again" in page


def test_the_database_holds_that_a_run_stands_once_but_for_withdrawn_ones(kept, officers):
    kept.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


def test_who_proposes_does_not_publish(kept, officers):
    first, second = officers
    with pytest.raises(Refusal):
        runs.publish_run(kept.pk, by=second, now=NOW)  # nobody proposed it
    runs.propose_run(kept.pk, by=first, now=NOW)

    with pytest.raises(RuleBroken, match="another officer publishes them"):
        runs.publish_run(kept.pk, by=first, now=NOW)
    assert runs.publish_run(kept.pk, by=second, now=NOW).state == "published"


def test_the_second_officer_is_told_of_a_proposal_and_both_are_named(kept, officers):
    first, second = officers
    runs.propose_run(kept.pk, by=first, now=NOW)

    told = Notice.objects.get()
    assert (told.person, told.template) == (second, "literacy.run_proposed")
    assert told.link == reverse("survey-run", args=[kept.pk])
    address = reverse("survey-runs")
    assert "Waits for you to publish it" in reader(second).get(address).content.decode()
    assert "Waits for you to publish it" not in reader(first).get(address).content.decode()

    verbs = {Verb.SURVEY_PUBLISH}
    assert duties.first(second, verbs, NOW) == ("Publish 1 survey result", address)
    assert duties.first(first, verbs, NOW) is None

    publish = reverse("survey-run-act", args=[kept.pk, "publish"])
    answer = reader(second).post(publish, follow=True)
    page = answer.content.decode()
    assert "Published: everybody can read it now." in page
    assert "Proposed by 测评甲" in page
    assert "Published by 测评乙" in page
    back = reader(second).get(publish)  # Back in the browser
    assert (back.status_code, back.url) == (302, told.link)


def test_before_everybody_reads_it_the_second_officer_is_told_what_is_published(kept, officers):
    first, second = officers
    runs.propose_run(kept.pk, by=first, now=NOW)
    address = reverse("survey-run-act", args=[kept.pk, "publish"])

    page = reader(second).get(address).content.decode()

    assert shown.headline(kept).value in page
    assert "R did not find these figures again" in page
    assert "Other results of this year" not in page
    assert Run.objects.get(pk=kept.pk).state == "proposed"  # looking publishes nothing
    assert f'href="{address}"' in reader(second).get(
        reverse("survey-run", args=[kept.pk])
    ).content.decode()  # fmt: skip
    for person in (first, factories.user(), None):  # the first cannot, others find no such page
        assert reader(person).get(address).status_code in (302, 404)
    reader(second).post(address)
    assert Run.objects.get(pk=kept.pk).state == "published"


def test_the_database_holds_that_two_stand_for_it(published):
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=published.pk).update(published_by=published.proposed_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=published.pk).update(published_by=None)


def test_a_step_back_needs_a_reason_and_is_told(published, officers):
    with pytest.raises(RuleBroken, match="say why"):
        runs.withdraw_run(published.pk, reason="  ", by=officers[0], now=NOW)

    runs.withdraw_run(published.pk, reason="两个街道的权重有误", by=officers[0], now=NOW)

    page = reader().get(reverse("survey-run", args=[published.pk])).content.decode()
    assert "两个街道的权重有误" in page
    assert not queries.published().exists()


def test_a_proposal_that_is_taken_back_can_be_made_by_the_other(kept, officers):
    first, second = officers
    runs.propose_run(kept.pk, by=first, now=NOW)
    runs.take_back_run(kept.pk, reason="先核对", by=second, now=NOW)
    runs.propose_run(kept.pk, by=second, now=NOW)

    assert runs.publish_run(kept.pk, by=first, now=NOW).published_by == first


@pytest.mark.parametrize("verb", ["propose_run", "publish_run"])
@pytest.mark.parametrize("who", ["stranger", "city_officer", "elsewhere"])
def test_only_survey_officers_of_the_place_handle_runs(kept, officers, verb, who):
    people = {
        "stranger": factories.user(),
        "city_officer": factories.officer("city_officer", CITY),
        "elsewhere": factories.officer("survey_officer", factories.division("51.").path),
    }

    with pytest.raises(NotAllowed):
        getattr(runs, verb)(kept.pk, by=people[who], now=NOW)


def test_what_is_not_published_is_not_there_for_others(kept, officers):
    address = reverse("survey-run", args=[kept.pk])
    files = [reverse("file", args=[file]) for file in (kept.report_id, kept.tables_id)]

    assert reader(officers[1]).get(address).status_code == 200
    assert reader(officers[1]).get(files[0]).status_code == 200
    for stranger in (reader(), reader(factories.user())):
        assert [stranger.get(one).status_code for one in (address, *files)] == [404, 404, 404]
    assert kept.title not in reader().get(reverse("survey-results")).content.decode()


def test_everybody_reads_what_is_published_with_how_sure_it_is(published):
    client = reader()
    page = client.get(reverse("survey-run", args=[published.pk])).content.decode()
    results = client.get(reverse("survey-results")).content.decode()
    report = client.get(reverse("file", args=[published.report_id]))

    share = shown.percent(shown.first(published)["estimate"], 2)
    assert share in page
    assert share in results
    assert shown.interval(shown.first(published)) in page
    assert "合成数据" in page
    assert "Yuzhong District" in page
    assert b"".join(report.streaming_content).startswith(b"%PDF")


def test_the_least_sure_district_is_palest_on_the_map_and_the_key_says_so(published):
    picture = shown.on_the_map(published)

    thirds = {shape.key: shape.third for shape in picture.shapes}
    rows = published.districts
    width = {r["code"]: doubt(r["model_low"], r["model_high"]) for r in rows if r["code"] in thirds}
    order = sorted(width, key=width.__getitem__)
    assert (thirds[order[0]], thirds[order[-1]]) == (1, 3)
    assert [thirds[code] for code in order] == sorted(thirds.values())
    assert [list(thirds.values()).count(third) for third in (1, 2, 3)] == [13, 12, 13]
    page = reader().get(reverse("survey-run", args=[published.pk])).content.decode()
    assert page.count('class="area map-') == 38
    assert re.search(r'class="area map-\d third-3"', page)
    assert "palest: the least sure third" in page
    assert page.count('data-label="Rank"') == 38  # on a telephone no column is cut off


def test_a_later_run_of_the_same_year_does_not_take_the_series_away(published):
    later = Run.objects.get(pk=published.pk)
    later.pk, later.record = published.pk + 1, published.record | {"trend": None}
    later.published_at += timedelta(days=1)

    assert years.trend([published, later]) == years.trend([published])
    assert years.of_groups([published, later]) == years.of_groups([published]) != []


def test_years_stand_side_by_side(published):
    earlier = Run.objects.get(pk=published.pk)
    earlier.pk, earlier.year, earlier.digest = None, 2024, "0" * 64
    earlier.record = {**earlier.record, "trend": None}
    earlier.figures = [
        {**row, "estimate": 0.05, "low": 0.04, "high": 0.06} for row in earlier.figures
    ]
    earlier.save()
    found = list(queries.published())

    lines = years.trend(found)

    assert lines is not None
    assert list(lines.labels) == ["2018", "2020", "2022", "2024", "2026", "2028"]
    before, since, target = lines.series
    share = published.record["trend"]["years"][-1]["estimate"] * 100  # by the questions of 2024
    assert share != shown.first(published)["estimate"] * 100
    assert before.values == pytest.approx([5.12, 6.55, None, None, None, None])
    # What was published here stands before what the plan says of that year.
    assert since.values == pytest.approx([None, None, 7.42, 5, share, None])
    linked = published.record["trend"]["years"][-1]["low"]
    assert since.low[3:5] == pytest.approx([4, linked * 100], rel=1e-9)
    assert linked < shown.first(published)["low"]  # the error of linking stands in a series
    assert set(target.values) == {10}


def test_a_run_without_a_trend_stands_alone(published):
    published.record = {**published.record, "trend": None}

    assert years.trend([published]) is None
    assert years.remarks([published]) == []


def test_breaks_and_the_chance_of_the_target_are_said(published):
    page = reader().get(reverse("survey-results")).content.decode()

    chance = published.record["trend"]["probability"]
    assert 0.2 < chance < 0.95
    assert shown.percent(chance, 0) in page
    assert "Between 2020 and 2022 the series breaks" in page
    assert years.remarks([published])[0].count("2022") == 1


def test_of_two_results_of_a_year_the_one_in_the_picture_comes_first_and_the_other_says_why_not(
    published,
):
    later = Run.objects.get(pk=published.pk)
    later.pk, later.digest, later.title = None, "1" * 64, "另一次"
    later.record = later.record | {"trend": None}
    later.published_at += timedelta(days=1)
    later.save()

    page = reader().get(reverse("survey-results")).content.decode()

    first, second = page.index(published.title), page.index("另一次")
    assert first < second
    said = page.index("stands for 2026 in the picture and beside the targets")
    assert first < said < second < page.index("Not in the picture")
    assert "by questions of its own" in page
    assert page.count("Not in the picture") == 1


def test_levels_are_also_shown_one_by_one_and_each_citizen_is_in_one(published):
    bars = shown.bands(published)

    assert [one.label for one in bars.bars] == [
        "advanced (this level alone)", "literate (this level alone)", "basic (this level alone)",
        "below basic",
    ]  # fmt: skip
    assert sum(one.value for one in bars.bars) == pytest.approx(100)
    above = [one.value for one in shown.levels(published).bars]
    values = [one.value for one in bars.bars]
    assert [sum(values[: n + 1]) for n in range(3)] == pytest.approx(above)
    assert all(one.low is not None and one.low <= one.value <= one.high for one in bars.bars)
    page = reader().get(reverse("survey-run", args=[published.pk])).content.decode()
    assert "Each citizen counted in one level" in page


def another(run: Run, year: int, **traits) -> Run:
    """A published run of another year, by questions of its own."""
    found = Run.objects.get(pk=run.pk)
    found.pk, found.year, found.digest = None, year, f"{year:064}"
    found.title, found.record = f"示例 {year}", found.record | {"trend": None}
    for name, value in traits.items():
        setattr(found, name, value)
    found.save()
    return found


def test_what_is_drawn_of_invented_people_says_so_in_large_letters(published):
    page = reader().get(reverse("survey-results")).content.decode()

    large = page.index('number-big">SYNTHETIC DATA')
    assert large < page.index("Share of literate citizens, year by year")


def test_real_runs_invented_ones_and_those_of_another_place_are_in_no_line_together(published):
    """The twin of `test_real_years_are_never_in_one_line_with_invented_ones`, of the results."""
    for year in (2027, 2028):
        another(published, year, synthetic=False)
    district = factories.division("50.103.")
    elsewhere = another(published, 2029, synthetic=False)
    elsewhere.place(district)
    elsewhere.save()

    found = list(queries.published())
    page = reader().get(reverse("survey-results")).content.decode()

    line = years.in_one_line(found)
    assert [run.year for run in line] == [2028, 2027]
    assert list(years.trend(line).labels) == ["2027", "2028"]
    assert years.of_groups(line) == []  # those that had a past were of invented people
    assert {run.year: said for run, said in years.in_order(found)} == {
        2026: "Of invented people: never in one line with surveys of real ones.",
        2027: "",
        2028: "",
        2029: f"Of {district.name} alone: not in one line with surveys of another place.",
    }
    assert "number-big" not in page[: page.index("Between 2027 and 2028 the series breaks")]
    assert "Between 2026 and 2027" not in page
    assert "Between 2028 and 2029" not in page
    assert "never in one line with surveys of real ones" in page


def test_another_test_is_in_no_line_with_the_share_of_literate_citizens(published):
    """The benchmark test has a share of its own: no target is of it."""
    another(published, 2028, level="passed", framework="jizhun")
    found = list(queries.published())

    assert years.in_one_line(found) == [published]
    assert years.trend(years.in_one_line(found)) == years.trend([published])
    said = {run.year: words for run, words in years.in_order(found)}
    assert "Of another test" in said[2028]
    aim = Target(year=2030, share=15, above=False, base_year=2024, base_share=9, source="x")
    aim.place(published.division_now)
    aim.save()
    measured = bridge.standing(aim, found, 2028).measured
    assert 2028 not in [one.year.year for one in measured]
    assert measured[-1].year.year == published.year


def test_stated_targets_stand_in_the_series_and_the_plan_s_own_does_not(published, officers):
    """The page of targets and this one tell the same."""
    for year, since, share in ((2025, 2020, 15), (2028, 2024, 12)):
        made = Target(
            year=year, share=share, above=False, base_year=since, base_share=9, source="x"
        )
        made.place(published.division_now)
        made.save()

    lines = years.trend([published])

    assert list(lines.labels) == ["2018", "2020", "2022", "2024", "2025", "2026", "2028"]
    assert lines.series[-1].values == [None, 15, 15, 15, 15, 12, 12]
    city = lines.drawn[
        -2
    ]  # asked in 2024 and 2026: that of 2025 there is only a target parts nothing
    assert (len(city.runs), len(city.bands)) == (1, 1)
    said = years.remarks([published])[-1]
    of = bridge.standing(Target.objects.get(year=2028), [published], 2026)
    assert "at least 12%" in said.replace("\u00a0", "").replace(" %", "%")
    assert shown.probability(of.reach.probability) in said
    assert "10.0" not in said


def test_the_run_s_page_says_what_volunteers_add(published):
    page = reader().get(reverse("survey-run", args=[published.pk])).content.decode()

    both = published.record["combined"]
    assert shown.percent(both["estimate"], 2) in page
    assert shown.percent(both["share"]) in page
    published.record = {**published.record, "combined": None}
    assert len(shown.tiles(published)) == 3
