"""The change of 2025-11-06 on the real frame: history stays, and everything else follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from kepu.kernel.accounts.models import Organisation, OrganisationKind
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.crosswalk import actions, followers, queries, reading
from kepu.kernel.crosswalk.models import Change, Crossing
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division, Placed, Zone, ZonePart
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.models import Delivery, Happening
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.models import Grant
from kepu.kernel.roles.verbs import Verb
from tests.factories import officer, user
from tests.kepu.kernel.crosswalk.conftest import EARLIER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frame"), pytest.mark.slow]

EVE, DAY = date(2025, 11, 5), date(2025, 11, 6)
NOW = datetime(2025, 11, 6, 8, 0, tzinfo=BEIJING)
JIANGBEI, YUBEI, BEIBEI, LIANGJIANG = "50.105.", "50.112.", "50.109.", "50.liangjiang."
GUANYINQIAO = "50.105.006."  # moves to 两江新区
TONGJING = "50.112.133."  # moves to 北碚区
STAYS = "50.109.001."  # 天生街道 stays in 北碚区


def apply(now: datetime = NOW, by=None) -> Change:
    return actions.apply(reading.shipped()[0], by=by, now=now)


def unit_at(path: str) -> Organisation:
    unit = Organisation(name="示例单位", kind=OrganisationKind.SCHOOL)
    unit.place(divisions.at(path))
    unit.save()
    return unit


def townships(district: str, day: date) -> set[str]:
    found = divisions.standing(day).filter(path__within=district, level=Level.TOWNSHIP)
    return set(found.values_list("name", flat=True))


def test_the_document_moves_47_townships_42_of_them_to_the_new_district():
    document = reading.read(reading.shipped()[0])

    to = [row.to for row in document.moved]

    assert (len(to), to.count(LIANGJIANG), to.count(BEIBEI)) == (47, 42, 5)
    names = [row.name for row in document.moved if row.to == LIANGJIANG]
    assert sum(name.endswith("街道") for name in names) == 31
    assert sum(name.endswith("镇") for name in names) == 11


def test_each_day_is_answered_for_that_day():
    apply()

    assert len(townships(JIANGBEI, EVE)) == 12
    assert len(townships(YUBEI, EVE)) == 30
    assert len(townships(BEIBEI, EVE)) == 17
    assert not townships(LIANGJIANG, EVE)

    assert len(townships(LIANGJIANG, DAY)) == 42
    assert len(townships(BEIBEI, DAY)) == 17 - 5 + 5
    assert not townships(JIANGBEI, DAY) | townships(YUBEI, DAY)
    assert "统景镇" in townships(BEIBEI, DAY)


def test_no_ground_is_lost_and_none_is_doubled():
    before = _names(EVE)

    apply()

    assert _names(EVE) == before
    assert _names(DAY) == before


def _names(day: date) -> list[tuple[str, str]]:
    low = divisions.standing(day).filter(level__in=(Level.TOWNSHIP, Level.COMMUNITY))
    return sorted(low.values_list("level", "name"))


def test_history_is_not_rewritten():
    columns = ("path", "name", "official_code", "parent_id", "valid_from", "population", "lon")
    before = list(Division.objects.exclude(path=BEIBEI).order_by("pk").values_list(*columns))

    apply()

    old = Division.objects.filter(pk__lte=_last_of_the_frame()).exclude(path=BEIBEI)
    assert list(old.order_by("pk").values_list(*columns)) == before
    ended = divisions.at(GUANYINQIAO)
    assert (ended.valid_to, ended.official_code) == (EVE, "500105006")


def _last_of_the_frame() -> int:
    return (
        Division.objects.filter(valid_from__isnull=True)
        .order_by("-pk")
        .values_list("pk", flat=True)[0]
    )


def test_no_code_is_invented():
    apply()

    begun = Division.objects.filter(valid_from=DAY)

    assert begun.count() == 1 + Crossing.objects.filter(same_ground=True).count()
    assert set(begun.values_list("official_code", flat=True)) == {None}


def test_a_moved_place_keeps_its_name_below_it_and_where_it_lies():
    before = divisions.at(GUANYINQIAO)
    below = list(divisions.below(GUANYINQIAO, Level.COMMUNITY).values_list("name", flat=True))

    apply()

    after = queries.now_of(before)
    assert divisions.full_name(after.path) == "重庆市两江新区观音桥街道"
    assert (after.lon, after.lat, after.approximate_position) == (before.lon, before.lat, True)
    assert (
        list(divisions.below(after.path, Level.COMMUNITY).values_list("name", flat=True)) == below
    )
    assert queries.on_day(after, EVE) == before
    assert queries.on_day(before, DAY) == after
    assert queries.on_day(divisions.at(LIANGJIANG), EVE) is None


def test_records_follow_while_the_place_of_their_making_stays():
    moved, deep, stays = unit_at(GUANYINQIAO), unit_at(f"{TONGJING}002."), unit_at(STAYS)
    home = user()
    home.home = divisions.at(f"{GUANYINQIAO}001.")
    home.save()

    change = apply()

    for unit, path in (
        (moved, f"{LIANGJIANG}105006."),
        (deep, f"{BEIBEI}112133.002."),
        (stays, STAYS),
    ):
        at = unit.division_at
        unit.refresh_from_db()
        assert (unit.path, unit.division_now.path) == (path, path)
        assert unit.division_at == at
    home.refresh_from_db()
    assert home.home.path == f"{LIANGJIANG}105006.001."
    assert change.outcome["records"] == {"accounts.organisation": 2}
    assert change.outcome["homes"] == 1


def test_every_kind_of_placed_record_is_found_without_a_list():
    def kinds(base: type) -> set[type]:
        own = {base} if not base._meta.abstract else set()
        return own.union(*(kinds(kind) for kind in base.__subclasses__()))

    known = {kind for kind in kinds(Placed) if not kind._meta.proxy}

    assert Organisation in known
    assert set(followers.placed_models()) == known


@pytest.mark.parametrize(
    ("held_at", "goes_on_at"),
    [
        (GUANYINQIAO, f"{LIANGJIANG}105006."),
        (f"{GUANYINQIAO}001.", f"{LIANGJIANG}105006.001."),
        (TONGJING, f"{BEIBEI}112133."),
        (JIANGBEI, LIANGJIANG),  # its successor, named in the document
        (YUBEI, None),  # split: a person decides
        (BEIBEI, BEIBEI),
        (STAYS, STAYS),
        ("50.", "50."),
    ],
)
def test_roles_follow_their_place(held_at, goes_on_at):
    person = officer("district_officer", held_at)
    Grant.objects.update(valid_from=EARLIER)

    change = apply()

    assert roles.holds(person, Verb.TEAM_APPROVE, now=NOW - timedelta(minutes=1), path=held_at)
    now = {grant.path for grant in roles.open_grants(NOW).filter(person=person)}
    assert now == ({goes_on_at} if goes_on_at else set())
    ended = [need for need in change.outcome["needs_person"] if need["kind"] == "grant"]
    assert bool(ended) is (goes_on_at is None)
    assert Entry.objects.filter(verb="role.end").count() == len(ended)


def test_the_terms_of_a_role_go_with_it():
    person, until = user(), NOW + timedelta(days=90)
    terms = {"person": person, "role": "community_worker"}
    Grant.objects.create(**terms, path=GUANYINQIAO, post="B", valid_from=EARLIER, valid_to=until)
    later = Grant.objects.create(**terms, path=TONGJING, valid_from=NOW + timedelta(days=1))

    apply()

    assert roles.open_grants(NOW).get(person=person).valid_to == until
    assert roles.open_grants(NOW).get(person=person).post == "B"
    later.refresh_from_db()
    assert later.path == f"{BEIBEI}112133."  # not begun: it is simply held elsewhere


def test_two_posts_that_meet_at_the_successor_become_one():
    person = user()
    for path in (JIANGBEI, GUANYINQIAO):
        Grant.objects.create(person=person, role="district_officer", path=path, valid_from=EARLIER)

    apply()

    assert roles.open_grants(NOW).filter(person=person).count() == 2  # district and township
    assert roles.open_grants(NOW).filter(person=person, path=LIANGJIANG).count() == 1


def test_a_post_that_meets_a_lesser_one_at_the_successor_is_not_swallowed_by_it():
    person, at = user(), f"{LIANGJIANG}105006."
    terms = {"person": person, "role": "community_worker"}
    Grant.objects.create(**terms, path=GUANYINQIAO, valid_from=EARLIER)
    later = NOW + timedelta(days=30)
    twin = Grant.objects.create(**terms, path=at, post="B", valid_from=later)
    planned = Grant.objects.create(
        **terms, path=GUANYINQIAO, valid_from=later, valid_to=later + timedelta(days=9)
    )

    apply()

    kept = roles.unfinished_grants(NOW).get(person=person)
    assert (kept, kept.post, kept.valid_to) == (twin, "A", None)
    assert roles.open_grants(NOW).contains(twin)
    planned.refresh_from_db()
    assert planned.valid_to == planned.valid_from  # taken in too


def test_a_post_that_ends_before_the_one_at_the_successor_begins_goes_on_beside_it():
    person, at = user(), f"{LIANGJIANG}105006."
    terms = {"person": person, "role": "community_worker"}
    soon, later = NOW + timedelta(days=2), NOW + timedelta(days=30)
    Grant.objects.create(**terms, path=GUANYINQIAO, valid_from=EARLIER, valid_to=soon)
    Grant.objects.create(**terms, path=at, valid_from=later)

    apply()

    held = set(person.grants.filter(path=at).values_list("valid_from", "valid_to"))
    assert held == {(NOW, soon), (later, None)}


def test_zones_keep_their_ground():
    zone = Zone.objects.create(name="示例园区")
    for path in (GUANYINQIAO, YUBEI, BEIBEI):
        ZonePart.objects.create(zone=zone, path=path)

    change = apply()

    assert divisions.zone_paths(zone, EVE) == [GUANYINQIAO, BEIBEI, YUBEI]
    now = divisions.zone_paths(zone, DAY)
    assert f"{LIANGJIANG}105006." in now
    assert len(now) == 1 + 30 + 1  # the street, every town of 渝北区, and 北碚区 as it is
    asked = [need for need in change.outcome["needs_person"] if need["kind"] == "zone"]
    assert [need["path"] for need in asked] == [BEIBEI]


def test_what_no_rule_decides_is_listed():
    left = unit_at(YUBEI)
    follows = unit_at(JIANGBEI)

    change = apply()

    follows.refresh_from_db()
    assert follows.path == LIANGJIANG
    assert change.outcome["needs_person"] == [
        {
            "kind": "accounts.organisation",
            "path": YUBEI,
            "ids": [left.pk],
            "reason": "these records' place was abolished",
        }
    ]
    assert queries.now_of(divisions.at(YUBEI)) is None


FIGURES = [
    ([JIANGBEI], EVE, 925_800),
    ([YUBEI], EVE, 2_191_493),
    ([BEIBEI], EVE, 834_887),
    ([JIANGBEI, YUBEI, BEIBEI], EVE, 3_952_180),
    ([LIANGJIANG, BEIBEI], DAY, 3_952_180),  # the same ground: the same figure
    (["50."], DAY, 3_952_180 + 588_717),  # four districts are loaded here
    ([LIANGJIANG], DAY, None),
    ([BEIBEI], DAY, None),
    ([JIANGBEI], DAY, None),
    ([LIANGJIANG], EVE, None),
    ([LIANGJIANG, BEIBEI], EVE, None),
    (["50.103.", LIANGJIANG, BEIBEI], DAY, 3_952_180 + 588_717),
]


def test_populations_add_up_before_and_after():
    Division.objects.filter(path="50.").update(population=None)
    apply()  # once: the figures are only asked for after it

    found = [(paths, day, queries.population(paths, on=day)) for paths, day, _figure in FIGURES]

    assert [(paths, day, one.figure) for paths, day, one in found] == FIGURES
    without = [(paths, day) for paths, day, one in found if one.reason]
    assert without == [(paths, day) for paths, day, figure in FIGURES if figure is None]


def test_a_part_without_a_figure_says_why_while_the_whole_has_one():
    apply()

    found = queries.population([LIANGJIANG, BEIBEI], on=DAY)

    assert found.figure == 3_952_180
    assert [figure for _path, figure, _reason in found.parts] == [None, None]
    assert "Yubei District" in str(found.parts[0][2])


def test_a_zone_counts_its_people_until_a_district_it_holds_whole_is_redrawn():
    followed, redrawn = Zone.objects.create(name="示例园区"), Zone.objects.create(name="示例新区")
    for path in (JIANGBEI, YUBEI):  # abolished: the zone keeps their townships, wherever they went
        ZonePart.objects.create(zone=followed, path=path)
    ZonePart.objects.create(zone=redrawn, path=BEIBEI)  # stays, with other bounds
    census = {path: divisions.at(path).population for path in (JIANGBEI, YUBEI, BEIBEI)}

    apply()

    def people(zone: Zone, day: date) -> queries.Population:
        return queries.population(divisions.zone_paths(zone, day), on=day)

    both = census[JIANGBEI] + census[YUBEI]
    assert [people(followed, day).figure for day in (EVE, DAY)] == [both, both]
    assert [people(redrawn, day).figure for day in (EVE, DAY)] == [census[BEIBEI], None]
    assert people(redrawn, DAY).reason.cut


def test_nobody_reads_an_old_figure_for_new_bounds():
    apply()

    assert divisions.at(BEIBEI).population is None
    assert divisions.at(LIANGJIANG).population is None
    assert divisions.at(YUBEI).population == 2_191_493  # it ended with these bounds


def test_the_map_of_a_day_shows_the_districts_of_that_day_and_says_what_is_approximate():
    apply()

    before = {row.path: row for row in queries.boundaries(on=EVE).outlines}
    after = {row.path: row for row in queries.boundaries(on=DAY).outlines}

    assert set(before) == {"50.103.", JIANGBEI, BEIBEI, YUBEI}
    assert not any(row.approximate for row in before.values())
    assert set(after) == {"50.103.", BEIBEI, LIANGJIANG}
    assert after[LIANGJIANG].approximate
    assert after[BEIBEI].approximate
    assert not after["50.103."].approximate
    assert after[LIANGJIANG].rings == before[JIANGBEI].rings + before[YUBEI].rings
    captions = queries.boundaries(on=DAY).captions
    assert captions[0] == "© OpenStreetMap contributors"
    assert any("两江新区" in text and "江北区, 渝北区" in text for text in captions)


def test_one_entry_and_one_fact_tell_of_it():
    person = officer("community_worker", GUANYINQIAO)
    Grant.objects.update(valid_from=EARLIER)
    Entry.objects.all().delete()

    change = apply()

    entry = Entry.objects.get()
    assert (entry.verb, entry.actor, entry.object_id) == (
        "division.change",
        "system",
        str(change.pk),
    )
    old, new = person.grants.order_by("pk")
    assert entry.detail["grants"] == {str(old.pk): new.pk}
    fact = Happening.objects.get(name="DivisionsChanged")
    assert fact.data["change_id"] == change.pk
    assert Delivery.objects.filter(fact=fact).exists()


def test_a_record_written_meanwhile_is_swept_after_it():
    change = apply()
    late = unit_at(GUANYINQIAO)

    assert actions.sweep(change.pk, now=NOW) == 1
    assert actions.sweep(change.pk, now=NOW) == 0

    late.refresh_from_db()
    assert late.path == f"{LIANGJIANG}105006."


def test_it_is_applied_once():
    apply()

    with pytest.raises(RuleBroken, match="already applied on 2025-11-06"):
        apply()

    assert Change.objects.count() == 1


def test_it_waits_for_its_day():
    with pytest.raises(RuleBroken, match="takes effect on 2025-11-06"):
        apply(now=datetime(2025, 11, 5, 23, 59, tzinfo=BEIJING))

    assert actions.apply_shipped(now=EARLIER) == ()
    assert actions.apply_shipped(now=NOW) == ("2025-11-06",)
    assert actions.apply_shipped(now=NOW) == ()


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        ("city_officer", "50.", True),
        ("city_officer", JIANGBEI, False),
        ("city_officer", "51.", False),
        ("district_officer", "50.", False),
        ("security_administrator", "50.", False),
        (None, None, False),
    ],
)
def test_only_who_may_change_divisions_everywhere_concerned_applies_it(role, where, may):
    by = officer(role, where) if role else user()
    Grant.objects.update(valid_from=EARLIER)

    if may:
        assert apply(by=by).applied_by == by
        assert Entry.objects.get(verb="division.change").actor == by.pseudonym
        return
    with pytest.raises(NotAllowed):
        apply(by=by)
    assert not Division.objects.filter(path=LIANGJIANG).exists()


def test_what_breaks_in_the_middle_leaves_nothing(monkeypatch):
    officer("community_worker", GUANYINQIAO)
    unit = unit_at(GUANYINQIAO)
    before = _everything()

    def power_cut(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(actions.audit, "record", power_cut)
    with pytest.raises(KeyboardInterrupt):
        apply()

    assert _everything() == before
    assert not Change.objects.exists()
    unit.refresh_from_db()
    assert unit.path == GUANYINQIAO


def _everything() -> list[tuple]:
    columns = ("pk", "path", "valid_to", "population")
    grants = list(Grant.objects.order_by("pk").values_list("pk", "path", "valid_to"))
    return [*Division.objects.order_by("pk").values_list(*columns), *grants]
