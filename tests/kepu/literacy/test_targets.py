"""Targets of the share of literate citizens, beside what was measured, and the tasks under them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.registry import Occasion
from kepu.kernel.notices.models import Notice
from kepu.literacy import listeners
from kepu.literacy import targets_shown as shown
from kepu.literacy.actions import targets
from kepu.literacy.bridge import targets as bridge
from kepu.literacy.models import Run, Target, Task
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import factories as bank
from tests.worlds import standing

CITY, HERE, THERE = "50.", "50.103.", "50.105."
PLAN = targets.Aim(
    share=Decimal(15), above=True, base_year=2020, base_share=Decimal("10.20"),
    source="示例规划",
)  # fmt: skip
TASK = {"what": "村民科学素质讲座", "due": date(2025, 12, 31)}


def build():
    """Two districts, a published run of both, and who keeps targets where."""
    for path in (HERE, THERE, "50.103.001."):
        factories.division(path)
    return {
        "run": bank.run("published"),
        "city": factories.officer("city_officer", CITY, "市级示例"),
        "district": factories.officer("district_officer", HERE, "区级示例"),
        "elsewhere": factories.officer("district_officer", THERE, "邻区示例"),
        "surveyor": factories.officer("survey_officer", CITY, "测评示例"),
        "stranger": factories.user(),
    }


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, build) as world:
        yield world


@pytest.fixture
def world(made, db):
    return dict(made)


def stated(world, path=CITY, year=2025, aim=PLAN, who="city") -> Target:
    place = factories.division(path)
    return targets.state_target(aim, place=place, year=year, by=world[who], now=NOW)


def of(target: Target, on: int = 2026) -> bridge.Standing:
    return bridge.standings([target], on)[0]


def browser(person=None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client


# --- who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "path", "may"),
    [
        ("city", CITY, True), ("city", HERE, True), ("district", HERE, True),
        ("district", CITY, False), ("district", THERE, False), ("elsewhere", HERE, False),
        ("surveyor", CITY, False), ("stranger", HERE, False),
    ],
)  # fmt: skip
def test_a_target_is_stated_by_officers_of_the_city_or_of_the_district_itself(
    world, who, path, may
):
    if may:
        assert stated(world, path, who=who).steps.get().by == world[who]
        return
    with pytest.raises(NotAllowed):
        stated(world, path, who=who)
    assert not Target.objects.exists()


def test_forms_open_to_who_keeps_the_target_and_the_page_to_everybody(world):
    one = stated(world, HERE)
    targets.add_task(one.pk, **TASK, responsible=one.division_at, by=world["district"], now=NOW)
    task = Task.objects.get()
    targets.finish_task(task.pk, remark="已办结", by=world["district"], now=NOW)
    forms = [reverse(name, args=[one.pk]) for name in ("target-correct", "task-new")]
    page = reverse("target", args=[one.pk])

    for who, status in (("district", 200), ("city", 200), ("elsewhere", 404), ("stranger", 404)):
        assert {browser(world[who]).get(form).status_code for form in forms} == {status}
    seen = {who: browser(world[who]).get(page).content.decode() for who in ("city", "stranger")}
    public = browser().get(page).content.decode()

    assert "区级示例" in seen["city"]
    assert "已办结" in public
    assert "区级示例" not in public + seen["stranger"]
    assert browser(world["stranger"]).get(reverse("target-new")).status_code == 404


# --- stating and correcting -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"base_year": 2025}, "before the year"),
        ({"base_share": Decimal(15)}, "above its base"),
        ({"share": Decimal(0)}, "above its base"),
        ({"source": " "}, "name the document"),
    ],
)
def test_a_target_that_cannot_be_is_refused_and_nothing_is_kept(world, said, reason):
    with pytest.raises(RuleBroken, match=reason):
        stated(world, aim=replace(PLAN, **said))
    assert not Target.objects.exists()


def test_a_place_has_one_target_for_a_year_whatever_the_code_does(world):
    one = stated(world)

    with pytest.raises(RuleBroken, match="correct that one"):
        stated(world)
    again = Target(year=one.year, share=16, base_year=2020, base_share=10, source="示例")
    again.place(one.division_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_targets_are_of_cities_and_districts(world):
    with pytest.raises(RuleBroken, match="cities and districts"):
        stated(world, "50.103.001.")


def test_a_correction_keeps_what_was_stated_before_and_says_why(world):
    one = stated(world)
    right = replace(PLAN, share=Decimal(16))

    with pytest.raises(RuleBroken, match="say why"):
        targets.correct_target(one.pk, right, reason=" ", by=world["city"], now=NOW)
    with pytest.raises(RuleBroken, match="nothing of the target"):
        targets.correct_target(one.pk, PLAN, reason="误录", by=world["city"], now=NOW)
    targets.correct_target(one.pk, right, reason="误录", by=world["city"], now=NOW)

    one.refresh_from_db()
    assert one.share == 16
    assert [(step.share, step.reason) for step in one.steps.all()] == [(16, "误录"), (15, "")]
    assert Entry.objects.filter(verb="target.correct").count() == 1


# --- how one stands to it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "share"), [(2019, 10.2), (2020, 10.2), (2023, 13.08), (2025, 15), (2030, 15)]
)
def test_where_one_should_be_goes_straight_from_base_to_target(world, year, share):
    assert of(stated(world)).pace(year) == pytest.approx(share)


def test_a_target_stands_beside_what_was_measured_of_its_own_place(world):
    city, here = of(stated(world)), of(stated(world, HERE))
    nowhere, far = of(stated(world, "50.104.")), stated(world, "50.104.", year=2026)

    assert (city.last.year.share, city.last.year.year) == (0.1234, 2026)
    assert (here.last.year.share, here.last.low, here.last.high) == (0.14, 0.10, 0.19)
    assert nowhere.last is None
    assert "drawn by other districts" in shown.measured(nowhere)
    assert "drawn by today's districts" in shown.why_chance(nowhere)
    page = browser().get(reverse("targets")).content.decode()
    assert "It needs a survey whose sample is drawn by today&#x27;s districts" in page or (
        "It needs a survey whose sample is drawn by today&#39;s districts" in page
    )
    assert "Intervals are of two kinds" in page
    Run.objects.update(districts=[])
    assert "no measurement" in shown.measured(of(far))
    assert all(shown.synthetic(one) for one in (city, here))


def test_one_year_tells_of_itself_alone(world):
    ahead, own = of(stated(world, year=2028)), of(stated(world, HERE, 2026))

    assert ahead.reach is None
    assert shown.chance(ahead) == "cannot be told yet"
    assert own.reach.years == (2026,)
    assert own.reach.probability == pytest.approx(0.3136, abs=5e-4)  # by the log odds


def test_the_chance_of_the_city_is_that_of_its_runs_own_trend(world):
    from kepu_engines.survey.trend import Year, reach

    rows = [
        {"year": y, "estimate": s, "se": e, "low": s - 2 * e, "high": s + 2 * e,
         "framework": "cast-2024", "modes": "home"}
        for y, s, e in ((2022, 0.09, 0.004), (2024, 0.105, 0.004), (2026, 0.1234, 0.011))
    ]  # fmt: skip
    Run.objects.filter(pk=world["run"].pk).update(
        record={**world["run"].record, "trend": {"years": rows, "linked": True}}
    )

    found = of(stated(world, year=2028))

    *before, now = (Year(r["year"], r["estimate"], r["se"], "cast-2024", "home") for r in rows)
    assert found.reach == reach(now, before, 0.15, 2028)
    assert [one.year.year for one in found.measured] == [2022, 2024, 2026]
    assert "through 2022, 2024, 2026" in shown.why_chance(found)


# --- tasks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"what": " "}, "what is to be done"),
        ({"due": date(2026, 1, 1)}, "due from 2020 to the end of 2025"),
        ({"where": THERE}, "in the place of the target"),
    ],
)
def test_a_task_that_cannot_be_is_refused(world, said, reason):
    one = stated(world, HERE)
    responsible = factories.division(said.get("where", HERE))
    task = TASK | {key: value for key, value in said.items() if key != "where"}

    with pytest.raises(RuleBroken, match=reason):
        targets.add_task(one.pk, **task, responsible=responsible, by=world["city"], now=NOW)


def test_a_task_is_done_by_somebody_and_can_be_found_undone(world):
    one, by = stated(world, HERE), world["district"]
    unit = factories.organisation("示例科协", HERE)
    made = targets.add_task(one.pk, **TASK, responsible=unit, by=by, now=NOW)

    done = targets.finish_task(made.pk, by=by, now=NOW)
    assert (done.done_by, done.done_at, done.responsible) == (by, NOW, "示例科协")
    with pytest.raises(RuleBroken, match="done already"):
        targets.finish_task(made.pk, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="say that it is not"):
        targets.change_task(made.pk, **TASK, responsible=unit, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="say why"):
        targets.reopen_task(made.pk, reason="", by=by, now=NOW)
    with pytest.raises(NotAllowed):
        targets.reopen_task(made.pk, reason="未办", by=world["elsewhere"], now=NOW)
    targets.reopen_task(made.pk, reason="未办", by=by, now=NOW)
    moved = targets.change_task(
        made.pk, what="改为示范", due=date(2024, 6, 30), responsible=one.division_at, by=by, now=NOW
    )

    assert (moved.done_by, moved.organisation, moved.division) == (None, None, one.division_at)
    verbs = Entry.objects.filter(verb__startswith="target.").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "target.state", "target.add_task", "target.finish_task", "target.reopen_task",
        "target.change_task",
    ]  # fmt: skip
    assert targets.finish_task(made.pk, by=by, now=NOW).remark == "未办"
    targets.reopen_task(made.pk, reason="再核实", by=by, now=NOW)
    assert targets.finish_task(made.pk, remark="验收报告", by=by, now=NOW).remark == "验收报告"
    assert not [one for one in verbs if {"reason", "remark"} & one.detail.keys()]


# --- pages, files and the API ---------------------------------------------------------------------


def test_an_officer_states_a_target_and_its_tasks_by_forms(world):
    person = browser(world["district"])
    place = factories.division(HERE)
    said = {
        "share": "15",
        "above": "1",
        "base_year": "2020",
        "base_share": "10.2",
        "source": "示例",
    }

    wrong = person.post(reverse("target-new"), {**said, "place": place.pk, "year": "2020"})
    right = person.post(reverse("target-new"), {**said, "place": place.pk, "year": "2025"})
    one = Target.objects.get()
    task = {**TASK, "responsible": f"place-{place.pk}"}
    person.post(reverse("task-new", args=[one.pk]), task)
    held = Task.objects.get()
    person.post(reverse("task-act", args=[one.pk, held.pk, "finish"]), {"remark": "见通报"})
    page = person.get(reverse("target", args=[one.pk])).content.decode()

    assert wrong.status_code == 409
    assert "before the year" in wrong.content.decode()
    assert right["Location"] == reverse("target", args=[one.pk])
    assert "1 of 1 done" in page
    assert "见通报" in page


def test_what_is_not_there_says_how_to_begin(world):
    nothing = browser().get(reverse("targets")).content.decode()
    one = stated(world)

    assert "No target is entered yet" in nothing
    assert "Enter a target" not in nothing
    assert "Enter a target" in browser(world["city"]).get(reverse("targets")).content.decode()
    page = browser(world["city"]).get(reverse("target", args=[one.pk])).content.decode()
    assert "Add what is to be done" in page


def test_targets_and_tasks_are_taken_away_without_naming_a_person(world):
    one = stated(world, HERE)
    targets.add_task(one.pk, **TASK, responsible=one.division_at, by=world["district"], now=NOW)

    files = [
        browser().get(reverse("targets-file", args=["csv"])).content.decode("utf-8-sig"),
        browser().get(reverse("tasks-file", args=[one.pk, "csv"])).content.decode("utf-8-sig"),
    ]
    rows = [list(csv.reader(io.StringIO(file)))[1] for file in files]

    assert rows[0][1:4] == ["2025", "15.0", "yes"]
    assert rows[0][9:12] == ["14.0", "10.0", "19.0"]
    assert rows[1][3] == TASK["what"]
    assert "示例" not in rows[1][-1]


def test_the_api_states_reads_and_steps(world):
    person = browser(world["district"])
    body = {
        "place": HERE, "year": 2025, "share": "15", "above": True, "base_year": 2020,
        "base_share": "10.2", "source": "示例",
    }  # fmt: skip

    def call(path, body, who=person):
        return who.post(f"/api/targets{path}", body, content_type="application/json")

    one = call("", body).json()
    task = {"what": "讲座", "due": "2025-06-30", "place": HERE}
    nobody = call(f"/{one['id']}/tasks", {**task, "organisation": 1})
    told = call(f"/{one['id']}/tasks", task).json()
    held = told["tasks"][0]["id"]
    foreign = call(f"/{one['id']}/tasks/{held}/finish", {}, browser(world["elsewhere"]))
    done = call(f"/{one['id']}/tasks/{held}/finish", {}).json()
    read = browser(world["stranger"]).get("/api/targets").json()

    assert nobody.status_code == 422
    assert foreign.status_code == 403
    assert done["tasks"][0]["done_at"]
    assert read["items"][0]["measured"]["share"] == pytest.approx(14)
    assert call("", body).status_code == 409


# --- years that no questions link -----------------------------------------------------------------


def later(world, **record) -> Run:
    """A run of two years later, as the button would keep it."""
    run = Run.objects.get(pk=world["run"].pk)
    run.pk, run.year, run.digest = None, run.year + 2, "f" * 64
    run.record = {**run.record, **record}
    run.save()
    return run


@pytest.mark.parametrize("path", [CITY, HERE])
def test_two_years_that_nothing_links_tell_no_probability_and_the_page_says_why(world, path):
    later(world)
    one = stated(world, path, year=2030)

    found = of(one)

    assert [m.year.year for m in found.measured] == [2026, 2028]
    assert found.reach is None
    assert shown.chance(found) == "cannot be told yet"
    page = browser().get(reverse("target", args=[one.pk])).content.decode()
    assert "2028 is not linked to 2026 by questions that both asked" in page
    measured = shown.picture(found).series[1:]
    assert [len([v for v in one.values if v is not None]) for one in measured] == [1, 1]


def test_real_years_are_never_in_one_line_with_invented_ones(world):
    run = later(world)
    one = stated(world, year=2030)
    assert [m.year.year for m in of(one).measured] == [2026, 2028]
    Run.objects.filter(pk=run.pk).update(synthetic=False)

    found = of(one)

    assert [(m.year.year, m.synthetic) for m in found.measured] == [(2028, False)]
    assert found.unlinked is None


def test_a_link_that_two_years_came_by_is_one_error_of_the_line(world):
    import numpy as np

    from kepu_engines.survey.trend import Year, reach

    kind = {"framework": "cast-2024", "modes": "home", "scale": "2020", "low": 0.1, "high": 0.2}
    then = {"year": 2026, "estimate": 0.1234, "se": 0.011, **kind}
    own = {"year": 2028, "estimate": 0.15, "se": 0.012, **kind}
    links = [[0.00009, 0.00008], [0.00008, 0.0001]]
    for year, rows, kept in ((2026, [then], [[0.00009]]), (2028, [then, own], links)):
        trend = {"years": rows, "links": kept, "linked": True, "target": None}
        if year == 2028:
            later(world, trend=trend)
        else:
            record = {**world["run"].record, "trend": trend}
            Run.objects.filter(pk=world["run"].pk).update(record=record)

    found = of(stated(world, year=2030))

    years = [
        Year(row["year"], row["estimate"], (row["se"] ** 2 - links[at][at]) ** 0.5,
             "cast-2024", "home", "2020")
        for at, row in enumerate((then, own))
    ]  # fmt: skip
    right = reach(years[1], years[:1], 0.15, 2030, np.array(links))
    assert found.reach.se == pytest.approx(right.se, rel=1e-9)
    alone = reach(*(Year(*(row[n] for n in ("year", "estimate", "se")), "a", "b") for row in (own,)),
                  [Year(*(then[n] for n in ("year", "estimate", "se")), "a", "b")], 0.15, 2030)  # fmt: skip
    assert found.reach.se < 0.9 * alone.se


@pytest.mark.parametrize("path", [CITY, HERE])
def test_two_linked_years_tell_a_probability_with_the_error_of_the_link(world, path):
    from kepu_engines.survey.trend import Year, reach

    own = {"year": 2028, "estimate": 0.15, "se": 0.02, "low": 0.11, "high": 0.19,
           "framework": "cast-2024", "modes": "home", "scale": "2026"}  # fmt: skip
    then = own | {"year": 2026, "estimate": 0.1234, "se": 0.011}
    district = {"code": "500103", "estimate": 0.15, "se": 0.02, "low": 0.11, "high": 0.19,
                "scale": "2026"}  # fmt: skip
    trend = {"years": [then, own], "districts": [district], "linked": True, "target": None}
    later(world, trend=trend)

    found = of(stated(world, path, year=2030))

    before = found.measured[0].year
    assert before.scale == "2026"
    now = Year(2028, 0.15, 0.02, "cast-2024", "home", "2026")
    assert found.reach == reach(now, [before], 0.15, 2030)
    assert found.reach.years == (2026, 2028)


# --- reminders ------------------------------------------------------------------------------------


def reminded(task: Task, on: date) -> None:
    """The worker's hour on a day, twice."""
    now = datetime(on.year, on.month, on.day, 9, tzinfo=BEIJING)
    for _hour in range(2):
        listeners.remind_of_tasks(Occasion(1, now))


def told(template: str) -> list[int]:
    return list(
        Notice.objects.filter(template=f"literacy.{template}").values_list("person", flat=True)
    )


def test_who_is_to_do_a_task_is_reminded_twice_and_the_city_told_once_it_is_late(world):
    target = stated(world, year=2026)
    task = targets.add_task(
        target.pk, what="村民讲座", responsible=factories.division(HERE), due=date(2026, 6, 12),
        by=world["city"], now=NOW,
    )  # fmt: skip

    counts = []
    for day in (2, 3, 11, 13):
        reminded(task, date(2026, 6, day))
        counts.append((len(told("task_near")), len(told("task_late"))))

    assert counts == [(0, 0), (1, 0), (2, 0), (2, 1)]
    assert set(told("task_near")) == {world["district"].pk}
    assert told("task_late") == [world["city"].pk]
    assert Entry.objects.filter(verb="target.remind_of_task").count() == 3


def test_a_unit_s_own_people_are_reminded_and_of_what_is_done_nobody(world):
    of, who = bank.unit(HERE)
    target = stated(world, year=2026)
    one, done = (
        targets.add_task(
            target.pk, what=what, responsible=of, due=date(2026, 6, 12), by=world["city"], now=NOW
        )
        for what in ("讲座", "展览")
    )
    targets.finish_task(done.pk, by=world["city"], now=NOW)

    reminded(one, date(2026, 6, 12))

    assert told("task_near") == [who.pk]


def test_a_task_whose_day_is_moved_is_reminded_of_anew(world):
    place = factories.division(HERE)
    task = targets.add_task(
        stated(world, year=2026).pk, what="讲座", responsible=place, due=date(2026, 6, 12),
        by=world["city"], now=NOW,
    )  # fmt: skip
    reminded(task, date(2026, 6, 13))

    targets.change_task(
        task.pk, what="讲座", responsible=place, due=date(2026, 7, 10), by=world["city"], now=NOW
    )
    reminded(task, date(2026, 7, 7))

    assert (len(told("task_near")), len(told("task_late"))) == (1, 1)
