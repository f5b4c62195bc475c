"""The form of the yearly statistics as data, and whether figures hold together."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from django.utils import translation

from kepu.kernel.errors import Refusal
from kepu.kernel.rulebooks.reading import read
from kepu.literacy import cross_checks, national, statistics

SHIPPED = statistics.KIND.shipped()


def form(**changed) -> statistics.Statistics:
    said = yaml.safe_load(SHIPPED) | changed
    return read(statistics.STATISTICS, yaml.safe_dump(said, allow_unicode=True, sort_keys=False))


def found(values, last=(), rules=None) -> dict[str, bool]:
    """Keys of the cross-checks that do not hold, and whether each stops handing in."""
    numbers = {key: Decimal(str(value)) for key, value in values.items()}
    before = {key: Decimal(str(value)) for key, value in dict(last).items()}
    return {one.key: one.hard for one in cross_checks.findings(rules or form(), numbers, before)}


def test_the_form_has_the_68_indicators_and_asks_for_those_that_units_know():
    rules = form()

    assert len(rules.indicators) == 68
    assert len(rules.asked) == 58
    assert not set(rules.asked) & {"staff_total", "fund_percap", "csl", "cap_total"}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"staff_full": 3, "staff_full_female": 4}, "parts.staff_full_female"),
        ({"staff_part": 2, "staff_part_months": 25}, "parts.staff_part_months"),
        ({"venue_free_days": 367}, "range.free_days"),
        ({"fund_raised": 10, "fund_gov": 6, "fund_donation": 3, "fund_own": "1.01"}, "parts.fund_sources"),
        ({"lecture_n": 0, "lecture_p": 200}, "together.lecture_p"),
    ],
)  # fmt: skip
def test_what_cannot_be_stops_handing_in(values, key):
    assert found(values)[key] is True


@pytest.mark.parametrize(
    "values",
    [
        {"staff_full": 3, "staff_full_female": 3},
        {"staff_part": 2, "staff_part_months": 24},
        {"venue_free_days": 366},
        {"fund_raised": 10, "fund_gov": 6, "fund_donation": 3, "fund_own": 1},
        {"lecture_n": 0, "lecture_p": 0},
        {"staff_full_female": 4},  # the whole is not filled yet: nothing is known
    ],
)
def test_what_is_just_possible_passes(values):
    assert found(values) == {}


def test_spending_more_than_was_raised_may_be_explained():
    assert found({"fund_raised": 10, "fund_used": 11}) == {"parts.fund_balance": False}


@pytest.mark.parametrize(
    ("new", "asked"), [(150, False), (151, True), (50, False), (49, True), (100, False)]
)
def test_half_as_much_again_as_last_year_is_asked_after(new, asked):
    assert found({"volunteers": new}, {"volunteers": 100}) == (
        {"change.volunteers": False} if asked else {}
    )


def test_a_small_figure_may_double():
    assert found({"volunteers": 25}, {"volunteers": 6}) == {}


def test_a_sentence_names_the_figures_it_is_about():
    with translation.override("en"):
        (one,) = cross_checks.findings(
            form(), {"staff_full": Decimal(3), "staff_full_female": Decimal(4)}, {}
        )

    assert "Full-time women 4" in one.sentence
    assert "Full-time kepu staff 3" in one.sentence


def test_sums_that_the_form_computes_are_told_where_all_parts_are_there():
    some = {"staff_full": Decimal(3), "staff_part": Decimal(4)}

    assert cross_checks.with_sums(form(), some)["staff_total"] == 7
    assert "staff_total" not in cross_checks.with_sums(form(), {"staff_full": Decimal(3)})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"funds": {"per_head": "gold", "growth": "fund_gov", "rule_zh": "规", "rule_en": "r"}}, "gold"),
        ({"units": {"persons": {"zh": "人", "en": "persons"}}}, "no unit called"),
        ({"sources": {}}, "no source called"),
        ({"sections": {}}, "no indicator called"),
    ],
)  # fmt: skip
def test_a_form_whose_parts_do_not_fit_is_refused(changed, reason):
    with pytest.raises(Refusal, match=reason):
        form(**changed)


def test_every_national_value_stands_in_the_unit_of_the_form():
    assert national.nearest("fund_raised", 2022).value == 1_910_000  # 19.1 billion in 10,000 yuan
    assert national.nearest("fund_percap", 2022).value == Decimal("5.3")
    assert national.nearest("staff_total", 2022).value == 1_996_700
    assert national.nearest("lecture_p", 2025).year == 2020
    assert national.nearest("fund_raised", 2015) is None


def test_national_values_satisfy_the_identities_they_were_published_with():
    gov, raised = (national.nearest(key, 2022).value for key in ("fund_gov", "fund_raised"))
    museums = [national.nearest(key, 2022).value for key in ("museum_st", "museum_sci")]

    assert round(gov / raised * 100, 1) == Decimal("80.8")
    assert sum(museums) == national.nearest("museums_all", 2022).value
