"""A statistical return from its unit to the district, and a year up to what everybody reads."""

from __future__ import annotations

import io
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kepu.kernel.audit.models import Entry
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import NotAllowed, Outside, Refusal, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.facts.registry import Occasion
from kepu.kernel.notices.models import Notice
from kepu.literacy import listeners
from kepu.literacy.actions import returns, rounds
from kepu.literacy.bridge import returns as bridge
from kepu.literacy.models import Figure, Return, Round
from kepu.literacy.queries import returns as queries
from kepu.literacy.queries import totals
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy.factories import (
    figures,
    form,
    handed_in,
    return_of,
    statistics_round,
    unit,
)

pytestmark = pytest.mark.django_db
HERE, THERE = "50.103.", "50.105."
PEOPLE = {HERE: 500_000, THERE: 200_000}


@pytest.fixture(autouse=True)
def city():
    """Two districts with people, each with a township."""
    for path, people in PEOPLE.items():
        factories.division(f"{path}001.")
        Division.objects.filter(path=path).update(population=people)


@pytest.fixture
def keeper():
    return factories.officer("survey_officer", "50.")


@pytest.fixture
def checker():
    return factories.officer("district_officer", HERE)


def client(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


# --- opening --------------------------------------------------------------------------------------


def test_opening_a_year_asks_every_active_unit_once(keeper):
    asked = [unit(path)[0] for path in (HERE, THERE, "50.")]
    gone = factories.organisation("已注销单位", HERE, active=False)

    made = statistics_round(by=keeper)

    assert set(made.returns.values_list("organisation", flat=True)) == {one.pk for one in asked}
    assert gone.pk not in made.returns.values_list("organisation", flat=True)
    assert Happening.objects.filter(name="RoundOpened").count() == 1
    with pytest.raises(RuleBroken, match="open already"):
        statistics_round(by=keeper)


def test_a_unit_has_one_return_in_a_round_whatever_the_code_does():
    of, _who = unit()
    made = statistics_round()
    again = Return(round=made, organisation=of)
    again.place(of.division_now)

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_units_are_told_in_batches_and_each_once(monkeypatch):
    monkeypatch.setattr(listeners, "TOLD", 2)
    people = [unit()[1] for _one in range(3)]
    made = statistics_round()
    fact = Happening.objects.get(name="RoundOpened")

    for told in (fact, None):
        known = told or Happening.objects.filter(name="RoundOpened").latest("pk")
        data = {"round_id": made.pk, "after": known.data["after"]}
        listeners.tell_units(listeners.RoundOpened(at=NOW, **data), Occasion(1, NOW))

    told = Notice.objects.filter(template="literacy.return_asked")
    assert sorted(told.values_list("person", flat=True)) == sorted(one.pk for one in people)


def test_a_unit_registered_later_begins_its_return_itself():
    made = statistics_round()
    of, who = unit()

    assert [pair[1] for pair in queries.to_begin(who, NOW)] == [of]
    first = rounds.begin_return(made.pk, of, by=who, now=NOW)
    again = rounds.begin_return(made.pk, of, by=who, now=NOW)

    assert first == again
    assert queries.to_begin(who, NOW) == []


# --- filling --------------------------------------------------------------------------------------


def test_a_draft_is_kept_figure_by_figure_and_emptied_by_none():
    of, who = unit()
    one = return_of(statistics_round(), of)

    returns.keep_figures(
        one.pk, {"volunteers": Decimal(7), "websites": Decimal(1)}, by=who, now=NOW
    )
    returns.keep_figures(one.pk, {"volunteers": Decimal(9), "websites": None}, by=who, now=NOW)

    assert queries.values(one) == {"volunteers": 9}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"staff_total": Decimal(1)}, "does not ask"),
        ({"gold": Decimal(1)}, "does not ask"),
        ({"volunteers": Decimal(-1)}, "not below 0"),
    ],
)
def test_only_what_the_form_asks_for_is_kept(values, reason):
    of, who = unit()
    one = return_of(statistics_round(), of)

    with pytest.raises(RuleBroken, match=reason):
        returns.keep_figures(one.pk, values, by=who, now=NOW)
    assert not Figure.objects.exists()


def test_a_return_is_handed_in_only_whole():
    of, who = unit()
    one = return_of(statistics_round(), of)
    some = figures()
    del some["volunteers"]
    returns.keep_figures(one.pk, some, by=who, now=NOW)

    with pytest.raises(RuleBroken, match="1 figure is not filled"):
        returns.submit_return(one.pk, by=who, now=NOW)


def test_what_cannot_be_is_refused_in_the_words_of_the_form():
    of, who = unit()
    one = return_of(statistics_round(), of)
    returns.keep_figures(one.pk, figures(staff_full=2, staff_full_female=3), by=who, now=NOW)

    with pytest.raises(RuleBroken, match="among the full-time staff"):
        returns.submit_return(one.pk, by=who, now=NOW)


def test_what_is_odd_is_explained_beside_the_figure():
    of, who = unit()
    one = return_of(statistics_round(), of)
    returns.keep_figures(one.pk, figures(fund_raised=10, fund_used=12), by=who, now=NOW)
    with pytest.raises(RuleBroken, match="please explain"):
        returns.submit_return(one.pk, by=who, now=NOW)

    said = {"parts.fund_balance": "动用上年结余", "parts.staff_full_female": "不收", "x": "不收"}
    returns.keep_figures(one.pk, {}, explanations=said, by=who, now=NOW)
    done = returns.submit_return(one.pk, by=who, now=NOW)

    assert done.state == "submitted"
    assert done.explanations == {"parts.fund_balance": "动用上年结余"}


def test_last_years_figure_stands_beside_and_a_leap_is_asked_after():
    of, who = unit()
    old = return_of(statistics_round(2024), of)
    handed_in(old, who, volunteers=100)
    one = return_of(statistics_round(2025), of)

    assert queries.last_values(one)["volunteers"] == 100
    returns.keep_figures(one.pk, figures(volunteers=300), by=who, now=NOW)
    with pytest.raises(RuleBroken, match="went from 100 last year to 300"):
        returns.submit_return(one.pk, by=who, now=NOW)


# --- checking -------------------------------------------------------------------------------------


def test_a_return_goes_back_with_remarks_is_corrected_checked_and_locked(checker):
    of, who = unit()
    one = return_of(statistics_round(), of)
    handed_in(one, who, volunteers=5)

    remarks = {"volunteers": "与平台数据不符", "gold": "不收"}
    returns.send_back_return(one.pk, reason="请核对", remarks=remarks, by=checker, now=NOW)
    one.refresh_from_db()
    assert queries.remarks(one).remarks == {"volunteers": "与平台数据不符"}
    assert Notice.objects.filter(template="literacy.return_sent_back", person=who).count() == 1
    returns.keep_figures(one.pk, {"volunteers": Decimal(6)}, by=who, now=NOW)
    returns.submit_return(one.pk, by=who, now=NOW)
    returns.accept_return(one.pk, by=checker, now=NOW)
    done = returns.lock_return(one.pk, by=checker, now=NOW)

    assert done.state == "locked"
    assert queries.remarks(done) is None
    assert [step.verb for step in queries.steps(done)] == [
        "lock", "accept", "submit", "send_back", "submit"
    ]  # fmt: skip


def test_figures_stand_still_once_they_are_handed_in():
    of, who = unit()
    one = handed_in(return_of(statistics_round(), of), who)

    with pytest.raises(RuleBroken, match="handed in"):
        returns.keep_figures(one.pk, {"volunteers": Decimal(1)}, by=who, now=NOW)


def test_nobody_checks_what_they_handed_in(checker):
    of, who = unit()
    factories.grant(who, "district_officer", HERE)
    one = handed_in(return_of(statistics_round(), of), who)

    with pytest.raises(NotAllowed, match="somebody else"):
        returns.accept_return(one.pk, by=who, now=NOW)
    assert returns.accept_return(one.pk, by=checker, now=NOW).state == "checked"


def test_unlocking_is_said_why_and_stands_in_the_audit(checker):
    of, who = unit()
    one = handed_in(return_of(statistics_round(), of), who, "locked")

    with pytest.raises(RuleBroken, match="say why"):
        returns.unlock_return(one.pk, reason=" ", by=checker, now=NOW)
    done = returns.unlock_return(one.pk, reason="漏填一项", by=checker, now=NOW)

    assert done.state == "checked"
    assert Entry.objects.filter(verb="return.unlock", actor=checker.pseudonym).count() == 1
    assert done.steps.first().reason == "漏填一项"


def test_the_city_locks_only_when_everything_handed_in_is_locked(keeper):
    of, who = unit()
    unit()  # who reports nothing
    made = statistics_round(by=keeper)
    one = handed_in(return_of(made, of), who, "checked")

    with pytest.raises(RuleBroken, match="1 return was handed in and is not locked"):
        rounds.lock_round(made.pk, by=keeper, now=NOW)
    returns.lock_checked(made.pk, HERE, by=factories.officer("district_officer", HERE), now=NOW)
    rounds.lock_round(made.pk, by=keeper, now=NOW)

    with pytest.raises(RuleBroken, match="the city has locked"):
        returns.unlock_return(one.pk, reason="晚了", by=keeper, now=NOW)


# --- who sees what --------------------------------------------------------------------------------


def test_a_return_is_seen_by_its_unit_its_district_and_the_city_alone(keeper, checker):
    of, who = unit()
    _other, neighbour = unit()
    one = return_of(statistics_round(by=keeper), of)

    for person in (who, checker, keeper):
        assert queries.seen(person, one.pk, NOW) == one
    for person in (neighbour, factories.officer("district_officer", THERE), factories.user()):
        with pytest.raises(Outside):
            queries.seen(person, one.pk, NOW)
        assert client(person).get(reverse("return", args=[one.pk])).status_code == 404


def test_a_checker_neither_fills_nor_checks_elsewhere(checker):
    of, who = unit(THERE)
    one = handed_in(return_of(statistics_round(), of), who)

    with pytest.raises(NotAllowed):
        returns.accept_return(one.pk, by=checker, now=NOW)
    with pytest.raises(NotAllowed):
        returns.keep_figures(one.pk, {"volunteers": Decimal(1)}, by=checker, now=NOW)
    with pytest.raises(NotAllowed):
        returns.lock_checked(one.round_id, THERE, by=checker, now=NOW)


def test_a_district_adds_up_its_own_units_only(checker):
    made = _reported({HERE: [1], THERE: [5]})

    shown = client(checker).get(reverse("return-figures", args=[made.pk]))
    file = client(checker).get(reverse("return-round-file", args=[made.pk, "units", "csv"]))

    assert totals.whole(made, [HERE]).total.sums["volunteers"] == 1
    assert f"示例{THERE}" not in shown.content.decode()
    assert len(file.content.decode("utf-8-sig").splitlines()) == 2


# --- adding up ------------------------------------------------------------------------------------


def _reported(volunteers, year=2025, units=None, by=None, state="locked", **more) -> Round:
    """A round with so many units in each place, each of which reports so many volunteers."""
    units = units or {path: [unit(path) for _one in said] for path, said in volunteers.items()}
    made = statistics_round(year, by)
    for path, said in volunteers.items():
        for (of, who), number in zip(units[path], said, strict=True):
            handed_in(return_of(made, of), who, state, volunteers=number, **more)
    return made


def test_figures_add_up_by_district_and_say_of_how_many_units():
    made = _reported({HERE: [1, 2], THERE: [4], "50.": [8]}, state="checked")
    unit(HERE)
    late = unit(HERE)
    rounds.begin_return(made.pk, late[0], by=late[1], now=NOW)

    found = totals.whole(made)

    assert {row.path: row.sums["volunteers"] for row in found.rows} == {HERE: 3, THERE: 4, "50.": 8}
    assert found.total.sums["volunteers"] == 15
    assert (found.total.asked, found.total.reported, found.total.counted) == (5, 4, 4)


def test_funds_per_head_are_over_the_residents_of_the_census():
    money = {"fund_special": 150, "fund_gov": 200, "fund_raised": 300}
    made = _reported({HERE: [0, 0], THERE: [0]}, **money)

    found = totals.whole(made)
    heads = {row.path: row.per_head(found.rules) for row in found.rows}

    assert heads == {HERE: Decimal(6), THERE: Decimal("7.5")}  # 3 and 1.5 million over the people
    assert found.total.per_head(found.rules) == Decimal(4_500_000) / 700_000


def test_growth_is_of_units_counted_in_both_years_and_held_against_revenue(checker):
    units = {HERE: [unit(HERE), unit(HERE)]}
    _reported({HERE: [0, 0]}, 2024, units, fund_gov=100, fund_raised=100)
    units[HERE].append(unit(HERE))  # new this year: no growth of anybody
    made = _reported({HERE: [0, 0, 0]}, 2025, units, fund_gov=110, fund_raised=110)

    def growth():
        return next(row.growth for row in totals.whole(made).rows if row.path == HERE)

    assert (growth().percent, growth().units) == (pytest.approx(10), 2)
    assert growth().verdict == "rises"
    place = Division.objects.get(path=HERE)
    for percent, verdict in ((9, "above"), (10, "below"), (11, "below")):
        rounds.state_revenue(
            made.pk, place, growth=Decimal(percent), source="决算", by=checker, now=NOW
        )
        assert growth().verdict == verdict


def test_a_cell_of_few_units_is_withheld_and_another_so_that_it_stays_hidden():
    _made = _reported({HERE: [1, 2, 3], THERE: [4, 5], "50.": [6, 7, 8, 9]})

    told = bridge.public(totals.whole(_made))
    cells = {row["path"]: row["values"]["volunteers"] for row in told["rows"]}

    assert cells == {
        HERE: None,
        THERE: None,
        "50.": "30.00",
    }  # two are too few; three are hidden with it
    assert told["total"]["values"]["volunteers"] == "45.00"


def test_a_whole_that_rests_on_too_few_units_is_withheld_too():
    made = _reported({HERE: [1, 0, 0], THERE: [4, 0, 0]}, staff_full=2, staff_part=3)

    told = bridge.public(totals.whole(made))["total"]["values"]

    assert (told["volunteers"], told["staff_total"]) == (None, "30.00")


def test_a_sum_gives_no_withheld_part_away():
    made = _reported({HERE: [0, 0, 0], THERE: [0], "50.": [0, 0, 0]}, staff_full=2, staff_part=3)

    told = bridge.public(totals.whole(made))

    for row in told["rows"]:
        parts = [row["values"]["staff_full"], row["values"]["staff_part"]]
        assert (None in parts) == (row["values"]["staff_total"] is None)


def test_what_is_published_is_by_two_officers_and_stays_as_it_was(keeper):
    made = _reported({HERE: [1, 2, 3]}, by=keeper)
    second = factories.officer("survey_officer", "50.", "复核示例")
    page = reverse("statistics-year", args=[made.pk])
    rounds.lock_round(made.pk, by=keeper, now=NOW)
    with pytest.raises(RuleBroken, match="another officer"):
        rounds.publish_round(made.pk, by=keeper, now=NOW)
    assert Client().get(page).status_code == 404

    rounds.publish_round(made.pk, by=second, now=NOW)
    shown = Client(headers={"accept-language": "en"}).get(page).content.decode()

    assert "Kepu statistics of 2025" in shown
    assert "2020 census" in shown
    with pytest.raises(RuleBroken, match="say why"):
        rounds.withdraw_round(made.pk, reason="", by=second, now=NOW)
    rounds.withdraw_round(made.pk, reason="一个区县有误", by=second, now=NOW)
    assert Client().get(page).status_code == 404


def test_a_year_of_invented_units_says_so_in_large_letters(keeper):
    made = _reported({HERE: [1, 2, 3]}, by=keeper)
    rounds.lock_round(made.pk, by=keeper, now=NOW)
    rounds.publish_round(made.pk, by=factories.officer("survey_officer", "50."), now=NOW)

    def shown() -> str:
        page = Client(headers={"accept-language": "en"}).get(reverse("statistics"))
        return page.content.decode()

    assert "SYNTHETIC DATA" not in shown()
    type(made).objects.update(synthetic=True)
    assert "SYNTHETIC DATA" in shown()


def test_before_anything_is_published_the_page_says_what_comes_next():
    shown = Client(headers={"accept-language": "en"}).get(reverse("statistics"))

    assert "No year is published yet" in shown.content.decode()


# --- pages, tables, clocks ------------------------------------------------------------------------


def test_a_section_is_kept_and_what_does_not_fit_is_said_at_once():
    of, who = unit()
    one = return_of(statistics_round(), of)
    page = reverse("return-fill", args=[one.pk, "staff"])

    live = client(who).post(
        page, {"staff_full": "2", "staff_full_female": "3"}, headers={"HX-Request": "true"}
    )
    onward = client(who).post(page, {"staff_full": "4", "staff_full_female": "3", "rest_zero": "1"})

    assert "among the full-time staff" in live.content.decode()
    assert onward["Location"] == reverse("return-fill", args=[one.pk, "places"])
    kept = queries.values(one)
    assert (kept["staff_full"], kept["staff_full_female"], kept["volunteers"]) == (4, 3, 0)


def test_a_figure_that_cannot_be_read_keeps_the_others():
    of, who = unit()
    one = return_of(statistics_round(), of)
    page = reverse("return-fill", args=[one.pk, "staff"])

    answer = client(who).post(page, {"staff_full": "很多", "volunteers": "5"})

    assert answer.status_code == 422
    assert queries.values(one) == {"volunteers": 5}


def test_a_spreadsheet_is_tried_first_then_kept():
    of, who = unit()
    one = return_of(statistics_round(), of)
    page, browser = reverse("return-import", args=[one.pk]), client(who)
    sent = browser.get(reverse("return-table", args=[one.pk])).content
    book = load_workbook(io.BytesIO(sent))
    for row in book.active.iter_rows(min_row=2):
        row[3].value = 3 if row[0].value == "volunteers" else 0
    out = io.BytesIO()
    book.save(out)

    def give(do: str):
        out.seek(0)
        out.name = "return.xlsx"
        return browser.post(page, {"table": out, "do": do})

    tried = give("try")
    assert "The table is clean: 58 figures" in tried.content.decode()
    assert queries.values(one) == {}
    assert give("import").status_code == 302
    assert queries.values(one) == figures(volunteers=3)


def test_every_wrong_row_of_a_spreadsheet_is_named_and_nothing_kept():
    of, who = unit()
    one = return_of(statistics_round(), of)
    code, value = "Code of the indicator", "Figure"
    table = io.BytesIO(
        f"{code},{value}\nvolunteers,5\ngold,1\nwebsites,-2\nweibo,1.5\nvolunteers,6\n".encode()
    )
    table.name = "return.csv"

    answer = client(who).post(
        reverse("return-import", args=[one.pk]), {"table": table, "do": "import"}
    )

    said = answer.content.decode()
    assert answer.status_code == 422
    assert "4 faults; nothing was imported" in said
    assert queries.values(one) == {}


def test_a_year_is_taken_away_by_district_with_its_coverage(keeper):
    made = _reported({HERE: [1, 2], THERE: [4]})

    sent = client(keeper).get(reverse("return-round-file", args=[made.pk, "districts", "xlsx"]))
    rows = list(load_workbook(io.BytesIO(sent.content)).active.values)

    at = next(n for n, head in enumerate(rows[0]) if head.startswith("Registered kepu volunteers"))
    assert [(row[1], row[2], row[at]) for row in rows[1:]] == [(2, 2, 3), (1, 1, 4), (3, 3, 7)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_lock_at_once_one_is_told_it_is_locked():
    of, who = unit()
    one = handed_in(return_of(statistics_round(), of), who, "checked")
    officers = [factories.officer("district_officer", HERE) for _one in range(2)]
    said: list[str] = []
    ready = threading.Barrier(2)

    def lock(by) -> None:
        try:
            ready.wait()
            returns.lock_return(one.pk, by=by, now=NOW)
            said.append("locked")
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    both = [threading.Thread(target=lock, args=(by,)) for by in officers]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(said) == ["locked", "rule_broken"]
    assert one.steps.filter(verb="lock").count() == 1


def test_the_api_fills_hands_in_and_checks(checker, django_user_model):
    of, who = unit()
    one = return_of(statistics_round(), of)
    plain = {key: str(value) for key, value in figures(volunteers=4).items()}

    def call(person, path, body):
        return client(person).post(
            f"/api/returns/{one.pk}/{path}", body, content_type="application/json"
        )

    kept = call(who, "figures", {"figures": plain})
    handed = call(who, "submit", {})
    back = call(checker, "send_back", {"reason": "请核对", "remarks": {"volunteers": "少了"}})

    assert (kept.status_code, kept.json()["missing"]) == (200, [])
    assert handed.json()["state"] == "submitted"
    assert back.json()["remarks"] == {"volunteers": "少了"}
    assert call(checker, "accept", {}).status_code == 409
    assert len(form().asked) == len(back.json()["figures"])
