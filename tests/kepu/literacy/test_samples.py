"""Samples: designed and drawn by the worker, the same again from the same seed."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.crosswalk.models import Change
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.working import Hold, Lost
from kepu.literacy import sample_forms
from kepu.literacy.actions import samples
from kepu.literacy.bridge import samples as bridge
from kepu.literacy.models import Sample, SampledCommunity
from kepu.literacy.queries import samples as queries
from kepu.literacy.sample_forms import SampleForm
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CITY = "50."
DISTRICTS = {"50.103.": 600_000, "50.105.": 150_000}
EACH = 12  # communities of a district


@pytest.fixture
def by():
    return factories.officer("survey_officer", CITY)


@pytest.fixture
def city():
    """Two districts with people, each with a township and its communities."""
    place = factories.division(CITY)
    for path, people in DISTRICTS.items():
        factories.division(path)
        Division.objects.filter(path=path).update(population=people)
        factories.division(f"{path}001.")
        for number in range(1, EACH + 1):
            factories.division(f"{path}001.{number:03}.")
    return place


def design(**traits) -> samples.Design:
    said = {
        "title": "示例抽样", "interviews": 240, "sharing": "between", "least": 60, "together": 20,
        "share": 0.15, "deff": 1.5, "response": 0.7, "seed": 7,
        "frame_on": NOW.date(),
    }  # fmt: skip
    return samples.Design(**(said | traits))


def drawn(city, by, **traits) -> Sample:
    made = samples.ask_sample(design(**traits), place=city, by=by, now=NOW)
    assert samples.DRAWS.take_up(made.pk, now=NOW)
    samples.DRAWS.work_on(made.pk, taken=NOW)
    made.refresh_from_db()
    return made


def shared(made) -> dict[str, int]:
    return {row["path"]: row["interviews"] for row in made.summary["districts"]}


def test_a_draw_has_what_the_design_asks_for(city, by):
    made = drawn(city, by)

    found = list(queries.communities(made))

    assert (made.state, made.failure) == ("proposed", "")
    assert shared(made) == {"50.103.": 160, "50.105.": 80}  # by the root of 4 to 1
    assert len(found) == len({one.division_id for one in found}) == 12
    assert sum(one.interviews for one in found) == 240
    assert {one.approached for one in found} == {29}  # 20 of 29 answer
    for path, people in DISTRICTS.items():
        inside = [one for one in found if one.division.path.startswith(path)]
        stood_for = sum(one.weight * one.interviews for one in inside)
        assert stood_for == pytest.approx(people)  # equal chances of equal communities


def test_half_widths_are_those_of_the_binomial_with_the_design_effect(city, by):
    made = drawn(city, by)

    rows = {row["path"]: row["half_width"] for row in made.summary["districts"]}
    wide, narrow = (1.959964 * (0.15 * 0.85 * 1.5 / n) ** 0.5 for n in (80, 160))

    assert rows["50.105."] == pytest.approx(wide, abs=1e-5)
    assert rows["50.103."] == pytest.approx(narrow, abs=1e-5)
    whole = ((0.8 * narrow) ** 2 + (0.2 * wide) ** 2) ** 0.5
    assert made.summary["half_width"] == pytest.approx(whole, abs=1e-5)


@pytest.mark.parametrize(
    ("sharing", "counts"), [("equal", (120, 120)), ("people", (180, 60)), ("between", (160, 80))]
)
def test_interviews_are_shared_out_as_asked_and_no_district_has_too_few(city, by, sharing, counts):
    made = drawn(city, by, sharing=sharing)  # in proportion the small one would have 48

    assert tuple(shared(made).values()) == counts


def test_the_same_seed_draws_the_same_and_another_another(city, by):
    once, again, other = (drawn(city, by, seed=seed) for seed in (7, 7, 8))

    assert once.digest == again.digest == bridge.propose(once).digest
    assert other.digest != once.digest
    entries = Entry.objects.filter(verb="sample.propose", object_id=str(once.pk))
    assert entries.get().detail["digest"] == once.digest


def test_the_audit_alone_is_enough_to_draw_it_again(city, by):
    made = drawn(
        city, by, seed=11, shares={"50.103.": 0.25}, sharing="neyman", icc_community=0.03,
        adults={"50.103.": 500_000, "50.105.": 90_000},
    )  # fmt: skip
    said = dict(Entry.objects.get(verb="sample.ask", object_id=str(made.pk)).detail)
    assert (said.pop("place"), said.pop("start"), said.pop("earlier")) == (CITY, made.start, None)

    said["frame_on"] = date.fromisoformat(said["frame_on"])
    again = samples.ask_sample(samples.Design(title="", **said), place=city, by=by, now=NOW)

    assert bridge.propose(again).digest == made.digest


def test_a_sample_is_drawn_again_by_a_button_and_the_page_says_that_it_is_the_same(city, by):
    made = drawn(city, by)
    client = Client()
    client.force_login(by)
    page = client.get(reverse("survey-sample", args=[made.pk])).content.decode()
    assert "Draw it again and compare" in page

    again = reverse("survey-sample-act", args=[made.pk, "draw-again"])
    told = client.post(again, follow=True).content.decode()

    assert "Drawn again: the same 12 communities" in told
    assert made.digest[:16] in told
    assert Entry.objects.get(verb="sample.draw_again").detail == {
        "same": True, "digest": made.digest, "communities": 12,
    }  # fmt: skip


def test_where_the_people_of_that_day_were_put_right_since_a_second_draw_says_so(city, by):
    made = drawn(city, by)
    Division.objects.filter(path="50.105.").update(population=900_000)

    again = samples.draw_again(made.pk, by=by, now=NOW)

    assert not again.same
    assert 0 < again.communities <= again.of == 12
    made.refresh_from_db()
    assert made.digest != again.digest
    assert made.communities.count() == 12


def test_only_what_was_drawn_is_drawn_again_and_only_by_who_runs_the_survey(city, by):
    made = samples.ask_sample(design(), place=city, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="nothing was drawn yet"):
        samples.draw_again(made.pk, by=by, now=NOW)

    with pytest.raises(NotAllowed):
        samples.draw_again(made.pk, by=factories.user(), now=NOW)


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"interviews": 99}, "100 to 500,000"),
        ({"together": 1}, "between 2 and 200"),
        ({"share": 1.0}, "between 0 and 1"),
        ({"deff": 0.0}, "design effect"),
        ({"response": 0.0}, "share who answer"),
    ],
)
def test_a_design_that_cannot_be_asked_is_refused(city, by, traits, reason):
    with pytest.raises(RuleBroken, match=reason):
        samples.ask_sample(design(**traits), place=city, by=by, now=NOW)

    assert not Sample.objects.exists()


def test_what_the_frame_lacks_is_named_and_nothing_is_drawn(city, by):
    Division.objects.filter(path="50.105.").update(population=None)

    made = drawn(city, by)

    assert made.state == "failed"
    assert "people are not known" in made.failure
    assert not SampledCommunity.objects.exists()


# --- people of the age asked ---------------------------------------------------------------------

ADULTS = {"50.103.": 300_000, "50.105.": 120_000}  # the first has many old people and children


def test_people_of_the_age_asked_are_counted_where_they_are_given(city, by):
    made = drawn(city, by, adults=ADULTS)

    rows = {row["path"]: row["people"] for row in made.summary["districts"]}
    assert rows == ADULTS
    for path, people in ADULTS.items():
        inside = [one for one in queries.communities(made) if one.division.path.startswith(path)]
        assert sum(one.weight * one.interviews for one in inside) == pytest.approx(people)
    assert shared(made) != shared(drawn(city, by))
    asked = Entry.objects.get(verb="sample.ask", object_id=str(made.pk))
    assert asked.detail["adults"] == ADULTS


def test_they_are_typed_or_pasted_with_the_design_and_the_page_says_who_is_counted(city, by):
    said = {
        "title": "示例抽样", "interviews": 240, "sharing": "between", "exponent": 0.5, "least": 60,
        "stages": "communities", "apiece": 2, "together": 20, "share": 15, "icc_community": 2,
        "icc_township": 1, "icc_district": 1, "deff": 1.2, "response": 70, "seed": 7,
        "frame_on": NOW.date().isoformat(),
    }  # fmt: skip
    names = dict(Division.objects.filter(path__in=ADULTS).values_list("path", "name"))
    lines = [f"{names['50.103.']}\t300,000", f"{names['50.105.']} 120000"]

    form = SampleForm(said | {"adults": "\n".join(lines)}, place=city)

    assert form.is_valid(), form.errors
    assert form.design().adults == ADULTS
    made = drawn(city, by, adults=ADULTS)
    assert sample_forms.typed(made)["adults"].splitlines()[1] == lines[1]
    client = Client()
    client.force_login(by)
    page = client.get(reverse("survey-sample", args=[made.pk])).content.decode()
    plain = client.get(reverse("survey-sample", args=[drawn(city, by).pk])).content.decode()
    words = "Residents of all ages stand for those aged 18 to 69"
    assert (words in page, words in plain) == (False, True)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("不是区县 5", "is no district here"),
        ("{name} 5.5", "a whole number above 0"),
        ("{name} -3", "a whole number above 0"),
        ("{name} 很多", "is no number"),
        ("{name} 5\n{name} 6", "Line 2: .* stands there twice"),
    ],
)
def test_what_is_typed_of_them_is_refused_line_by_line(city, lines, why):
    name = Division.objects.get(path="50.103.").name
    said = {"adults": lines.format(name=name), "frame_on": NOW.date().isoformat()}

    form = SampleForm(said, place=city)

    assert not form.is_valid()
    assert re.search(why, str(form.errors["adults"][0]))


def test_of_some_districts_alone_they_are_refused(city, by):
    with pytest.raises(RuleBroken, match="missing of: "):
        samples.ask_sample(design(adults={"50.103.": 5}), place=city, by=by, now=NOW)


def test_after_a_change_the_day_before_it_is_offered(city):
    assert queries.frame_day(city, NOW.date()) == NOW.date()
    Division.objects.filter(path="50.105.").update(population=None)
    assert queries.frame_day(city, NOW.date()) == NOW.date()  # nothing earlier is known either
    changed = NOW.date() - timedelta(days=40)
    Change.objects.create(
        key="example", title="示例调整", effective=changed, source="示例", text="", applied_at=NOW
    )

    assert queries.frame_day(city, NOW.date()) == changed - timedelta(days=1)


def test_a_design_that_does_not_fit_is_refused_with_its_sum(city, by):
    with pytest.raises(RuleBroken, match="2 districts × 200 interviews = 400, more than the 240"):
        samples.ask_sample(design(least=200), place=city, by=by, now=NOW)

    samples.ask_sample(design(least=120), place=city, by=by, now=NOW)  # just fits


def test_why_there_are_not_just_as_many_as_asked_for_is_said(city, by):
    """Two districts of 165 and 83 are 8 communities of 21 and 4 of 21: 252."""
    even, odd = drawn(city, by), drawn(city, by, interviews=248)

    assert odd.summary["interviews"] != 248
    client = Client()
    client.force_login(by)
    pages = [
        client.get(reverse("survey-sample", args=[one.pk])).content.decode() for one in (even, odd)
    ]
    assert ["asked for: " in page for page in pages] == [False, True]


def test_what_was_typed_for_a_draw_that_failed_is_there_to_be_changed(city, by):
    Division.objects.filter(path="50.105.").update(population=None)
    made = drawn(city, by, shares={"50.105.": 0.225}, icc_community=0.035)
    client = Client()
    client.force_login(by)
    page = client.get(reverse("survey-sample", args=[made.pk])).content.decode()
    address = f"{reverse('survey-sample-new')}?from={made.pk}"
    assert f'href="{address}"' in page

    form = client.get(address)
    shown = form.content.decode()
    again = SampleForm(sample_forms.typed(made), place=city, earlier=queries.to_go_on_from(city))

    assert f'value="{made.title}"' in shown
    assert "示例50.105. 22.5" in shown
    assert again.is_valid(), again.errors
    asked = again.design()
    assert {name: getattr(asked, name) for name in vars(asked)} == {
        name: getattr(made, name) for name in vars(asked)
    }  # fmt: skip
    stranger = factories.officer("survey_officer", "51.")
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_only_survey_officers_of_the_place_ask(city):
    for person in (factories.user(), factories.officer("city_officer", CITY)):
        with pytest.raises(NotAllowed):
            samples.ask_sample(design(), place=city, by=person, now=NOW)


def test_a_worker_that_is_slower_and_one_that_was_given_up_change_nothing(city, by):
    made = samples.ask_sample(design(), place=city, by=by, now=NOW)
    later = NOW + timedelta(minutes=5)
    assert samples.DRAWS.take_up(made.pk, now=NOW)
    assert not samples.DRAWS.take_up(made.pk, now=NOW + timedelta(seconds=30))
    assert samples.DRAWS.take_up(made.pk, now=later)

    samples.DRAWS.work_on(made.pk, taken=NOW)  # the first comes back to life
    made.refresh_from_db()
    assert made.state == "computing"
    samples.DRAWS.work_on(made.pk, taken=later)
    made.refresh_from_db()
    assert made.state == "proposed"
    assert SampledCommunity.objects.count() == 12


def test_a_draw_that_takes_long_stays_with_the_worker_that_gives_signs_of_life(city, by):
    made = samples.ask_sample(design(), place=city, by=by, now=NOW)
    assert samples.DRAWS.take_up(made.pk, now=NOW)
    made.refresh_from_db()
    hold = Hold(made, made.state, NOW)

    for minute in range(1, 8):
        now = NOW + timedelta(minutes=minute)
        with time_machine.travel(now, tick=False):
            hold.keep()  # as `beating` does all the while
        assert not samples.DRAWS.take_up(made.pk, now=now + timedelta(seconds=90))
    assert samples.DRAWS.take_up(made.pk, now=now + timedelta(minutes=3))  # it fell silent
    with pytest.raises(Lost):
        hold.keep()


def test_a_dropped_sample_is_not_drawn_after_all(city, by):
    made = samples.ask_sample(design(), place=city, by=by, now=NOW)
    samples.DRAWS.take_up(made.pk, now=NOW)
    samples.drop_sample(made.pk, by=by, now=NOW)

    samples.DRAWS.work_on(made.pk, taken=NOW)

    made.refresh_from_db()
    assert (made.state, made.communities.count()) == ("dropped", 0)


def test_the_page_shows_what_is_to_be_expected_and_the_file_what_was_drawn(city, by):
    made, client = drawn(city, by), Client()
    client.force_login(by)

    page = client.get(reverse("survey-sample", args=[made.pk])).content.decode()
    text = client.get(reverse("survey-sample-file", args=[made.pk])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    width = made.summary["districts"][0]["half_width"] * 100
    assert f"{width:.1f}" in page
    assert len(rows) == 13
    assert float(rows[1][rows[0].index("chance")]) == pytest.approx(
        8 / EACH
    )  # of the larger district
    client.post(reverse("survey-sample-act", args=[made.pk, "adopt"]))
    made.refresh_from_db()
    assert (made.state, made.adopted_by) == ("adopted", by)


def test_a_design_is_typed_and_asked_for(city, by):
    Division.objects.filter(path="50.105.").update(name="测试区")
    client = Client()
    client.force_login(by)
    typed = {
        "title": "示例抽样", "interviews": 240, "sharing": "between", "least": 60, "together": 20,
        "share": 15, "deff": 1.5, "response": 70, "seed": 11, "exponent": 0.5, "apiece": 2,
        "stages": "communities", "icc_community": 2, "icc_township": 1, "icc_district": 1,
        "shares": "测试区 22.5", "frame_on": "2026-03-05",
    }  # fmt: skip

    answer = client.post(reverse("survey-sample-new"), typed)

    made = Sample.objects.get()
    assert answer["Location"] == reverse("survey-sample", args=[made.pk])
    assert (made.share, made.response, made.seed, made.path) == (0.15, 0.7, 11, CITY)
    assert (made.icc_community, made.shares) == (0.02, {"50.105.": 0.225})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("无此区 22", "no district here"),
        ("测试区 x", "no number"),
        ("测试区 0", "between 0 and 100"),
    ],
)
def test_a_share_that_cannot_be_meant_is_named_by_its_line(city, by, line, sentence):
    Division.objects.filter(path="50.105.").update(name="测试区")
    form = SampleForm({"shares": line, "frame_on": "2026-03-05"}, place=city)

    assert sentence in form.errors["shares"][0]
    assert "Line 1" in form.errors["shares"][0]


@pytest.mark.parametrize(
    "line", ["测试区 22.5%", "测试区 22.5 %", "测试区\u300022.5\u3000％", "测试区\t22.5 ％ "]
)
def test_a_share_may_be_typed_or_pasted_with_any_blank_and_per_cent_sign(city, by, line):
    Division.objects.filter(path="50.105.").update(name="测试区")
    form = SampleForm({"shares": line, "frame_on": "2026-03-05"}, place=city)
    form.is_valid()

    assert form.cleaned_data["shares"] == {"50.105.": 0.225}
