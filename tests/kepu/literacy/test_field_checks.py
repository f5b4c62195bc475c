"""Checks of interviews with planted faults, back-checks, and answers that the run reads."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.literacy import asked_again, field_files, schemas
from kepu.literacy.actions import back_checks, field_export
from kepu.literacy.bridge import paradata
from kepu.literacy.models import BackCheck, Case
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.run import plan as plans
from kepu.literacy.run import reading
from tests.factories import NOW, user
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE, THERE = field.DISTRICTS
SQUARE = ((106.4, 29.4), (106.7, 29.4), (106.7, 29.7), (106.4, 29.7), (106.4, 29.4))
INSIDE = {"latitude": 29.55, "longitude": 106.55}


def browser(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


@pytest.fixture
def asked():
    """Fieldwork with two interviewers of a district, each with twelve honest interviews."""
    of = field.fieldwork()
    for path, name in zip(field.COMMUNITIES, ("甲", "乙", "丙", "丁"), strict=True):
        district = HERE if path.startswith(HERE) else THERE
        of.people = getattr(of, "people", {})
        of.people[path] = field.interviewer(district, f"访问{name}")
        field.give(of, path, of.people[path])
    chance = np.random.default_rng(3)
    for number, case in enumerate(Case.objects.order_by("pk")):
        begun = NOW - 8 * field.DAY + timedelta(hours=2 * number)
        length = float(np.exp(chance.normal(np.log(1500), 0.2)))
        codes = list(codes_of(case))
        letters = "".join("ABC"[n] for n in chance.integers(0, 3, len(codes)))
        field.interview(
            case, letters, begun_at=begun, ended_at=begun + timedelta(seconds=length + 120),
            seconds=dict.fromkeys(codes, round(length / len(codes), 1)), **INSIDE,
        )  # fmt: skip
    return of


def codes_of(case: Case) -> list[str]:
    lines = case.fieldwork.booklets.lines.filter(number=case.booklet)
    return list(lines.values_list("item__code", flat=True))


def looked(of, outlines=None):
    interviews = list(queries.standing(of, queries.reach_of(of.made_by, NOW)))
    outlines = {HERE: (SQUARE,)} if outlines is None else outlines
    return paradata.look(of, interviews, schemas.field_rules(NOW), outlines)


def kinds(of) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for sign in looked(of).signs:
        found.setdefault(sign.kind, set()).update(one.case_id for one in sign.interviews)
    return found


def spoil(case: Case, **traits) -> int:
    for key, value in traits.items():
        case.interviews.update(**{key: value})
    return case.pk


def test_honest_interviews_show_no_sign(asked):
    told = looked(asked)

    assert told.interviews == 4 * field.DOORS
    assert told.signs == ()
    assert not any(one.odd for one in told.people)
    assert told.icc is not None


def test_every_planted_fault_is_named_and_nothing_else(asked):
    doors = list(Case.objects.order_by("pk"))
    one, other = doors[8], doors[9]
    codes = codes_of(doors[0])
    fast = spoil(doors[0], seconds=dict.fromkeys(codes, 5.0))
    quick = spoil(
        doors[1], seconds={c: 0.5 if n % 2 else 150.0 for n, c in enumerate(codes_of(doors[1]))}
    )
    line = spoil(doors[2], answers=dict.fromkeys(codes_of(doors[2]), "B"))
    far = spoil(doors[3], latitude=29.55, longitude=106.8)
    begun = doors[4].interviews.get().ended_at
    hurried = spoil(doors[5], begun_at=begun, ended_at=begun + timedelta(minutes=30))
    Case.objects.filter(pk=other.pk).update(booklet=one.booklet)
    spoil(other, answers=one.interviews.get().answers)

    found = kinds(asked)

    assert found == {
        "fast": {fast}, "quick": {quick}, "line": {line}, "far": {far}, "hurried": {hurried},
        "copy": {one.pk, other.pk},
    }  # fmt: skip


def test_an_interviewer_whose_people_all_know_everything_is_odd(asked):
    keys = {
        line.item.code: line.item.letter for line in asked.booklets.lines.select_related("item")
    }
    mine = asked.people[field.COMMUNITIES[0]]
    for case in Case.objects.filter(interviewer=mine):
        spoil(case, answers={code: keys[code] for code in codes_of(case)})

    told = {one.person: one for one in looked(asked).people}

    # Of two in a district nobody can say which is the odd one: both are named, each in its direction.
    assert {one.person for one in told.values() if one.odd} == {
        asked.people[path].pk for path in field.COMMUNITIES[:2]
    }
    assert told[mine.pk].off > 20


def test_the_page_says_it_in_words_and_by_district(asked):
    case = Case.objects.order_by("pk").first()
    spoil(case, seconds=dict.fromkeys(codes_of(case), 5.0))
    page, address = browser(asked.made_by), reverse("survey-fieldwork-checks", args=[asked.pk])

    here = page.get(address, {"district": HERE}).content.decode()
    there = page.get(address, {"district": THERE}).content.decode()

    assert "Too fast" in here
    assert "minutes; the median is" in here
    door = reverse("survey-fieldwork-community", args=[asked.pk, case.community_id])
    assert f'href="{door}#door-{case.number}"' in here
    assert f'id="door-{case.number}"' in page.get(door).content.decode()
    assert "Too fast" not in there
    assert "Nothing stands out" in there
    outside = browser(field.supervisor(THERE)).get(address, {"district": HERE}).content.decode()
    assert "Too fast" not in outside


# --- back-checks ----------------------------------------------------------------------------------


def test_a_draw_is_had_again_from_the_seed_and_reaches_every_interviewer(asked):
    by = asked.made_by

    drawn = back_checks.draw_back_checks(asked.pk, by=by, now=NOW)
    first = set(BackCheck.objects.values_list("case", flat=True))
    again = back_checks.draw_back_checks(asked.pk, by=by, now=NOW)
    BackCheck.objects.all().delete()
    back_checks.draw_back_checks(asked.pk, by=by, now=NOW)

    assert (drawn, again) == (4, 0)
    assert len(set(Case.objects.filter(pk__in=first).values_list("interviewer", flat=True))) == 4
    assert set(BackCheck.objects.values_list("case", flat=True)) == first
    entry = Entry.objects.filter(verb="fieldwork.draw_back_checks").earliest("pk")
    assert set(entry.detail["cases"]) == first


def test_a_supervisor_draws_in_the_own_district(asked):
    back_checks.draw_back_checks(asked.pk, by=field.supervisor(HERE), now=NOW)

    paths = BackCheck.objects.values_list("case__community__division__path", flat=True)
    assert {path[:7] for path in paths} == {HERE}
    with pytest.raises(NotAllowed):
        back_checks.draw_back_checks(asked.pk, by=user(), now=NOW)


def test_what_was_found_is_written_once_and_never_by_who_asked(asked):
    by = field.supervisor(HERE)
    back_checks.draw_back_checks(asked.pk, by=by, now=NOW)
    check = BackCheck.objects.order_by("pk").first()
    told = {"found": "never_held", "remark": "无人接受过访问", "now": NOW}

    for person in (check.case.interviewer, field.supervisor(THERE)):
        with pytest.raises(NotAllowed):
            back_checks.tell_back_check(check.pk, by=person, **told)
    back_checks.tell_back_check(check.pk, by=by, **told)
    with pytest.raises(RuleBroken, match="already"):
        back_checks.tell_back_check(check.pk, by=by, **told)

    check.refresh_from_db()
    assert (check.found, check.by) == ("never_held", by)


def test_a_supervisor_who_interviewed_does_not_check_it(asked):
    by = field.supervisor(HERE)
    case = Case.objects.filter(community__division__path=field.COMMUNITIES[0]).first()
    case.attempts.update(by=by)
    check = BackCheck.objects.create(case=case, drawn_at=NOW)

    with pytest.raises(NotAllowed, match="your own interview"):
        back_checks.tell_back_check(check.pk, found="agrees", remark="", by=by, now=NOW)


def test_back_checks_are_drawn_and_answered_by_their_pages(asked):
    page = browser(field.supervisor(HERE))
    listed = reverse("survey-fieldwork-back-checks", args=[asked.pk])
    page.post(reverse("survey-fieldwork-back-checks-draw", args=[asked.pk]))
    check = BackCheck.objects.order_by("pk").first()
    address = reverse("survey-fieldwork-back-check", args=[asked.pk, check.pk])

    assert page.get(address).status_code == 200
    assert page.post(address, {"found": "differs", "remark": "两题不同"}).status_code == 302

    shown = page.get(listed).content.decode()
    assert "it differs" in shown
    assert "两题不同" in shown
    away = BackCheck.objects.create(
        case=Case.objects.filter(community__division__path=field.COMMUNITIES[2]).first(),
        drawn_at=NOW,
    )
    other = reverse("survey-fieldwork-back-check", args=[asked.pk, away.pk])
    assert page.get(other).status_code == 404


def test_a_back_check_asks_a_few_questions_again_and_keeps_only_how_many_agree(asked):
    by = field.supervisor(HERE)
    back_checks.draw_back_checks(asked.pk, by=by, now=NOW)
    check = BackCheck.objects.order_by("pk").first()
    held = check.case.interviews.get()
    again = asked_again.questions(check.case)
    address = reverse("survey-fieldwork-back-check", args=[asked.pk, check.pk])

    shown = browser(by).get(address).content.decode()
    heard = {f"again-{one.key}": one.before for one in again} | {"again-age": "60-69"}
    browser(by).post(address, {"found": "agrees", "remark": "", **heard})

    assert [one.key for one in again[:3]] == ["sex", "age", "education"]
    assert {one.key for one in again[3:]} <= set(held.answers)
    assert all(one.words in shown for one in again)
    assert not re.search(r'value="[^"]+"[^>]* checked', shown)  # no answer is given away
    check.refresh_from_db()
    assert (check.asked, check.same) == (5, 4)
    listed = reverse("survey-fieldwork-back-checks", args=[asked.pk])
    assert "4 of 5 answers as before" in browser(by).get(listed).content.decode()


# --- for the run ----------------------------------------------------------------------------------


def unpacked(of, tmp_path):
    with zipfile.ZipFile(io.BytesIO(field_files.folder(of, NOW))) as archive:
        archive.extractall(tmp_path)
    plan = plans.load(tmp_path / "plan.yaml")
    return plan, reading.gather(plan, tmp_path)


def test_the_run_reads_what_is_exported(asked, tmp_path, monkeypatch):
    monkeypatch.setattr(field_files, "FEWEST_AREAS", 2)
    cases = list(Case.objects.order_by("pk"))
    for case, code in ((cases[0], "4.6"), (cases[1], "2.111")):
        case.interviews.all().delete()
        Case.objects.filter(pk=case.pk).update(outcome=code)
    BackCheck.objects.create(
        case=cases[2], drawn_at=NOW, found="never_held", by=asked.made_by, at=NOW
    )
    cases[3].interviews.update(answers=dict.fromkeys(codes_of(cases[3]), ""))

    plan, found = unpacked(asked, tmp_path)

    assert plan.title == asked.title
    assert len(found.table) == len(cases) - 1  # nobody lives in the first
    assert found.said.sum() == len(cases) - 3  # nor does who refused or was never asked answer
    assert found.weight()[0] == pytest.approx(1000 * field.ASKED / field.DOORS)
    names = [item.name for item in found.items]
    of_three = codes_of(cases[3])
    row = [found.table.cells[name][2] for name in names]
    assert {row[names.index(code)] for code in of_three} == {"dk"}
    assert {row[names.index(name)] for name in names if name not in of_three} == {"-"}
    assert plan.plausible
    assert found.asked[2].sum() == len(of_three)
    assert [(area.name, area.people) for area in found.areas] == [
        ("渝中区", 6e5),
        ("江北区", 1.5e5),
    ]
    key = {item.name: item.key for item in found.items}
    fifth = cases[4].interviews.get().answers
    right = sum(key[code] == letter for code, letter in fifth.items())
    assert found.right[3].sum() == right


def test_one_of_many_adults_stands_for_more(asked, tmp_path):
    case = Case.objects.order_by("pk").first()
    case.attempts.update(adults=4, chosen=2)  # the others have two

    _plan, found = unpacked(asked, tmp_path)

    weight = found.weight()
    assert weight[0] == pytest.approx(2 * weight[1])
    assert weight.mean() == pytest.approx(1000 * field.ASKED / field.DOORS)


@pytest.mark.parametrize(
    ("adults", "chosen", "stands_for"),
    [
        (5, 1, 6), (5, 2, 6), (5, 3, 4), (5, 4, 6), (5, 5, 4),  # Kish's tables for five are uneven
        (6, 4, 6), (7, 1, 7), (9, 6, 9),  # of more than six they choose among six
        (7, 7, 7),  # no table says so: a supervisor let it stand
        (4, None, 4),  # nobody wrote down who was asked
    ],
)  # fmt: skip
def test_a_person_stands_for_as_many_adults_as_kish_s_tables_have_it(
    asked, tmp_path, adults, chosen, stands_for
):
    case = Case.objects.order_by("pk").first()
    case.attempts.update(adults=adults, chosen=chosen)  # the others are one of two

    _plan, found = unpacked(asked, tmp_path)

    weight = found.weight()
    assert weight[0] / weight[1] == pytest.approx(stands_for / 2)


def test_only_officers_take_answers_away_and_it_is_kept(asked):
    with pytest.raises(NotAllowed):
        field_export.export_answers(asked.pk, by=field.supervisor(HERE), now=NOW)

    sent = browser(asked.made_by).post(reverse("survey-fieldwork-data", args=[asked.pk]))

    assert sent["Content-Type"] == "application/zip"
    assert Entry.objects.filter(verb="fieldwork.export", object_id=str(asked.pk)).count() == 1
