"""Links one after another: what they add to a share, and what of it two years have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kepu.literacy.run.chains import Chain, Step, chain
from kepu.literacy.run.trend import Join
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.equating import curve
from kepu_engines.survey.irt.linking import Link
from kepu_engines.survey.literacy import CAST_2024
from kepu_engines.survey.trend import Year, change

OF = np.repeat(list(CAST_2024.points), [10, 5, 5, 5])
THEN, OWN = (1.1, 0.2), (0.95, 0.1)  # links: from 2026 to the base of 2024, from 2028 to 2026
SPREADS = [np.diag([0.0009, 0.0016]), np.array([[0.0004, 0.0001], [0.0001, 0.0006]])]
SHARES = (0.021, 0.18, 0.43)  # of a group, of the city, of another group


def form(seed):
    chance = np.random.default_rng(seed)
    return curve(CAST_2024, "literate", OF, chance.uniform(0.9, 1.7, 25), chance.normal(0, 0.8, 25))


def after(first, second):
    """One link after another."""
    return first[0] * second[0], first[0] * second[1] + first[1]


def spread_of_own():
    """Of this year's own link as it stands on the base's scale."""
    turn = np.diag([THEN[0], THEN[0]])
    return turn @ SPREADS[1] @ turn


@pytest.fixture(scope="module")
def join():
    steps = {2026: Step(2026, *THEN, None, SPREADS[0])}
    link = Link(*after(THEN, OWN), spread_of_own())
    return Join(link, 0.18, 2028, 2026, Chain(steps), 0.0, form(1), form(2))


def year(number, share):
    return Year(number, share, 0.006, "cast-2024", "home", "2024")


def means(join, share):
    """Where people are who have a share this year, and those who had it in 2026."""
    at = np.linspace(-4, 4, 4001)
    own = [join.own.share(mean) for mean in at]
    then = [join.earlier.share(mean, *THEN) for mean in at]
    return np.interp(share, own, at), np.interp(share, then, at)


@pytest.mark.parametrize("share", SHARES)
def test_errors_are_as_far_as_shares_lie_apart_when_both_links_are_moved(join, share):
    """Each group by its own density at the cut; against 2026 nearly nothing of the first link is left."""
    chance = np.random.default_rng(3)
    now, before = means(join, share)
    firsts = chance.multivariate_normal(THEN, SPREADS[0], 1500)
    owns = chance.multivariate_normal(OWN, SPREADS[1], 1500)
    led = np.array(
        [
            [join.earlier.share(now, *after(one, two)), join.earlier.share(before, *one)]
            for one, two in zip(firsts, owns, strict=True)
        ]
    )

    found = join.joined(year(2028, share))
    added = join.added(found, [year(2024, share), year(2026, share)], {})

    assert found.linking == pytest.approx(led[:, 0].std(), rel=0.08)
    assert added[-1, -1] == pytest.approx(found.linking**2)
    assert added[0] == pytest.approx(0)  # the base came by no link
    assert np.sqrt(added[1, 1]) == pytest.approx(led[:, 1].std(), rel=0.08)
    between = added[1, 1] + added[2, 2] - 2 * added[1, 2]
    assert np.sqrt(between) == pytest.approx((led[:, 0] - led[:, 1]).std(), rel=0.08)
    assert between < 0.6 * added[2, 2]


def test_a_year_by_another_link_has_nothing_in_common_and_a_third_one_all_before_it(join):
    steps = {
        **join.chain.steps,
        2025: Step(2025, 1.0, 0.1, None, SPREADS[1]),
        2027: Step(2027, 1.05, 0.25, 2026, SPREADS[1]),
    }
    more = replace(join, chain=Chain(steps), through=2027)

    added = more.added(
        more.joined(year(2028, 0.18)), [year(n, 0.18) for n in (2025, 2026, 2027)], {}
    )

    assert added[3, 0] == 0
    assert 0 < added[3, 1] < added[3, 2]  # the link of 2027 too
    assert added[2, 1] > 0
    assert np.linalg.eigvalsh(added).min() > -1e-12


def test_without_the_earlier_form_links_move_the_cut(join):
    bare = replace(join, own=None, earlier=None)
    found = bare.joined(year(2028, 0.18))

    added = bare.added(found, [year(2026, 0.17)], {2026: 0.17})

    assert added[1, 0] > 0.5 * added[0, 0]
    alone = replace(bare, chain=Chain(), through=None).joined(year(2028, 0.18))
    assert found.linking > alone.linking


def test_an_error_known_of_the_city_alone_is_a_group_s_by_its_own_density():
    """Twenty-five items, the shift's error 0.04: 0.0019 where 2 % are literate, 0.0146 where 43 % are."""
    link = Link(1.0, 0.0, np.diag([1e-12, 0.04**2]))
    plain = Join(link, 0.18, 2028, 2026, before=0.0, own=form(1), earlier=form(1))
    city = plain.joined(year(2028, 0.18)).linking
    known = replace(plain, before=city)

    before = [known.joined(year(2028, share)).before for share in SHARES]

    right = [plain.joined(year(2028, share)).linking for share in SHARES]
    assert before == pytest.approx(right, rel=1e-6)
    assert before[0] < 0.3 * city < city < 1.2 * city < before[2]


def test_an_error_that_both_years_came_by_is_counted_once():
    """Sampling 0.006 and 0.006, links 0.008 and 0.005: 0.0099 and not 0.0150."""
    link = Link(1.0, 0.0, np.diag([0.0, 0.0016]))
    bare = Join(link, 0.18, 2028, 2026)
    scale = 0.005 / bare.joined(year(2028, 0.18)).linking
    link = Link(1.0, 0.0, np.diag([0.0, 0.0016]) * scale**2)
    join = Join(link, 0.18, 2028, 2026, before=0.008)
    now = join.joined(year(2028, 0.18))
    then = replace(year(2026, 0.17), linking=0.008)

    told = {}
    for one in (then, replace(year(2025, 0.16), linking=0.008), year(2024, 0.15)):
        added = join.added(now, [one], {})
        apart = np.sqrt(added[0, 0] + added[1, 1] - 2 * added[0, 1])
        told[one.year] = change(now.year, one, apart).se

    assert told[2026] == pytest.approx(np.hypot(np.hypot(0.006, 0.006), 0.005))
    assert told[2025] == pytest.approx(np.sqrt(2 * 0.006**2 + 2 * 0.008**2 + 0.005**2))
    assert told[2024] == pytest.approx(np.sqrt(2 * 0.006**2 + 0.008**2 + 0.005**2))


GOOD = "2026,,1.1,0.2,0.0009,0,0.0016\n2028,2026,1.0,0.3,0.0004,0.0001,0.0006\n"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2028,2026", "2028,2027", "row 3, column through: 2027 is no linked year before 2028"),
        ("2026,,", "2026,2028,", "row 2, column through: 2028 is no linked year before 2026"),
        ("\n2028,2026", "\n2026,", "2026"),
        (",1.1,", ",-1.1,", "row 2, column slope: the slope of a link must be above 0"),
        ("0.0004,0.0001", "0.0004,0.01", "row 3, column covariance: no link has these variances"),
        (",0.0016", ",", "column var_shift"),
    ],
)
def test_links_that_cannot_be_are_refused(tmp_path, old, new, sentence):
    heads = "year,through,slope,shift,var_slope,covariance,var_shift\n"
    file = tmp_path / "links.csv"
    file.write_text(heads + GOOD, "utf-8")
    assert chain(file).steps[2028].through == 2026
    file.write_text(heads + GOOD.replace(old, new, 1), "utf-8")

    with pytest.raises(EngineError, match=sentence):
        chain(file)
