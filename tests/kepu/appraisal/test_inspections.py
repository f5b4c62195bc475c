"""Inspections in the office: who goes, what counts, and what is proposed only afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.appraisal import actions, queries
from kepu.appraisal.models import Inspection
from kepu.appraisal.rules import inspections as rules
from kepu.appraisal.rules.pairing import why_not_meet
from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices.queries import of_person
from tests.factories import NOW, grant, officer, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import inspection_world as world
from tests.kepu.appraisal import review_world as reviews
from tests.kepu.appraisal import titles_world as titles

pytestmark = pytest.mark.django_db
TODAY = clock.day(NOW)
CLOSED = NOW + timedelta(days=31)


def order(about, who, **said):
    days = {"first": TODAY, "last": TODAY + timedelta(days=5)}
    ids = [one.pk for one in who]
    said = {"by": factories.secretary(), "now": NOW} | days | said
    return actions.inspections.order_of_application(about.pk, ids, **said)


def propose(one, **said):
    said = {"by": factories.secretary(), "now": NOW, "grade": "plain", "reason": "示例"} | said
    return actions.deciding.propose(one.pk, seen=factories.again(one).version, **said)


def test_inspectors_are_assigned_and_told_and_the_applicant_hears_of_an_announced_visit():
    about, who = world.checked(), world.people()

    made = order(about, who)

    assert set(made.inspectors.values_list("person", flat=True)) == {one.pk for one in who}
    assert made.due_at > NOW
    told = {one.template for one in of_person(who[0])}
    assert "appraisal.inspection_ordered" in told
    assert "appraisal.inspection_announced" in {one.template for one in of_person(about.made_by)}
    entry = Entry.objects.get(verb="appraisal.order_inspection")
    assert entry.detail["inspectors"] == sorted(one.pk for one in who)


def test_an_unannounced_visit_is_told_to_inspectors_alone():
    of = world.call(inspection=world.INSPECTION | {"unannounced": True})
    about = world.checked(of)

    made = order(about, world.people())

    assert "appraisal.inspection_announced" not in {
        one.template for one in of_person(about.made_by)
    }
    found = queries.inspections.announced_to(about, about.made_by, NOW)
    assert found is None
    world.send(made, made.inspectors.first().person, "arrive")
    assert queries.inspections.announced_to(about, about.made_by, NOW) == made


def test_one_inspector_is_not_enough():
    with pytest.raises(RuleBroken, match="at least 2"):
        order(world.checked(), world.people(1))


def test_nobody_inspects_who_is_bound_to_who_is_visited():
    about = world.checked()
    free, bound = reviews.expert("考察示例"), reviews.expert("旧职示例")
    reviews.worked(bound, about.organisation, 2024, None)

    with pytest.raises(RuleBroken, match="旧职示例"):
        order(about, [free.person, bound.person])
    with pytest.raises(RuleBroken, match="you stand for this applicant"):
        order(about, [free.person, about.made_by])
    with pytest.raises(RuleBroken, match="only experts and officers"):
        order(about, [free.person, user("路人示例")])
    assert not Inspection.objects.exists()


def test_a_reviewer_does_not_inspect_and_an_inspector_does_not_review():
    about = world.checked()
    judge, *rest = [reviews.expert(f"评审示例{n}") for n in range(3)]
    reviews.asked(about, judge)

    with pytest.raises(RuleBroken, match="you review this application"):
        order(about, [judge.person, rest[0].person])
    order(about, [one.person for one in rest])
    assert "asked about this application" in (why_not_meet(about, rest[0].pk, TODAY) or "")


def test_an_officer_of_the_district_may_inspect():
    about = world.checked()

    made = order(about, [reviews.expert("考察示例").person, factories.district(about.path)])

    assert made.inspectors.count() == 2


def test_an_officer_who_is_an_expert_too_is_held_to_the_bonds_of_experts():
    about = world.checked()
    both = reviews.expert("旧职示例")
    reviews.worked(both, about.organisation, 2024, None)
    grant(both.person, "appraisal_secretary", factories.CITY)

    with pytest.raises(RuleBroken, match="旧职示例"):
        order(about, [reviews.expert("考察示例").person, both.person])


@pytest.mark.parametrize(
    ("first", "last"), [(-1, 3), (3, 1)], ids=["in the past", "ends before it begins"]
)
def test_the_days_of_a_visit_make_sense(first, last):
    days = {"first": TODAY + timedelta(days=first), "last": TODAY + timedelta(days=last)}

    with pytest.raises(RuleBroken, match="days of the visit"):
        order(world.checked(), world.people(), **days)


def test_only_the_secretary_assigns_and_one_inspection_at_a_time():
    about, who = world.checked(), world.people()

    with pytest.raises(NotAllowed):
        order(about, who, by=user("路人示例"))
    with pytest.raises(NotAllowed):
        order(about, who, by=about.made_by)
    order(about, who)
    with pytest.raises(RuleBroken, match="under way"):
        order(about, who)


def test_a_programme_without_inspection_sends_nobody():
    about = reviews.checked(reviews.call())

    with pytest.raises(RuleBroken, match="asks for no field inspection"):
        order(about, world.people())


def test_nothing_is_proposed_before_its_inspection_is_countersigned():
    about = world.checked()
    factories.end_review(about)
    with pytest.raises(RuleBroken, match="not countersigned"):
        propose(about)

    made = world.handed_in(world.ordered(about))
    with pytest.raises(RuleBroken, match="not countersigned"):
        propose(about)
    actions.inspections.countersign(made.pk, seen=made.version, by=factories.secretary(), now=NOW)

    assert propose(about).state == "proposed"


def test_what_is_missed_stands_beside_the_scores_and_hinders_nobody_from_deciding():
    about = world.checked()
    factories.end_review(about)

    world.finished(about, exits=False)

    assert queries.inspections.missed_in([about.pk]) == {about.pk: ["疏散通道畅通"]}
    assert propose(about).state == "proposed"


def test_a_report_is_countersigned_by_somebody_who_did_not_inspect():
    about, other = world.checked(), reviews.expert("考察示例").person
    inspector = officer("appraisal_secretary", "50.", "秘书乙示例")
    made = world.handed_in(world.ordered(about, [other, inspector]))

    with pytest.raises(NotAllowed, match="one of the inspectors"):
        actions.inspections.countersign(made.pk, seen=made.version, by=inspector, now=NOW)
    with pytest.raises(RuleBroken, match="meantime"):
        actions.inspections.countersign(
            made.pk, seen=made.version - 1, by=factories.secretary(), now=NOW
        )


def test_a_report_that_is_sent_back_is_mended_and_signed_again():
    made = world.handed_in(world.ordered())
    by, said = factories.secretary(), {"now": NOW}
    with pytest.raises(RuleBroken, match="reason"):
        actions.inspections.send_back(made.pk, words=" ", seen=made.version, by=by, **said)

    actions.inspections.send_back(made.pk, words="面积再量一次", seen=made.version, by=by, **said)

    first, second = [one.person for one in made.inspectors.select_related("person")]
    assert "appraisal.inspection_sent_back" in {one.template for one in of_person(first)}
    later = NOW + timedelta(hours=1)
    assert world.note(made, first, "area", 1100, later).receipt == "done"
    assert [world.sign(made, one, later).receipt for one in (first, second)] == ["done", "done"]
    assert world.again(made).state == "handed_in"


def test_a_signature_that_waited_on_a_device_is_not_under_the_report_that_was_sent_back_since():
    made = world.handed_in(world.ordered())
    actions.inspections.send_back(
        made.pk, words="面积再量一次", seen=made.version, by=factories.secretary(), now=NOW
    )
    first = made.inspectors.first()
    later = NOW + timedelta(hours=1)

    late = world.sign(made, first.person, later, sent_back_times=0)

    assert (late.receipt, "sign again" in late.reason) == ("refused", True)
    first.refresh_from_db()
    assert first.signed_at is None
    assert world.sign(made, first.person, later).receipt == "done"


@pytest.mark.parametrize(("unannounced", "begun", "told"), [
    (False, False, True), (True, False, False), (True, True, True),
])  # fmt: skip
def test_who_knew_of_a_visit_hears_that_it_is_called_off(unannounced, begun, told):
    of = world.call(inspection=world.INSPECTION | {"unannounced": unannounced})
    about, who = world.checked(of), world.people()
    made = world.ordered(about, who)
    if begun:
        world.send(made, who[0], "arrive")
        made = world.again(made)

    actions.inspections.cancel(
        made.pk, words="内部原因示例", seen=made.version, by=factories.secretary(), now=NOW
    )

    heard = [one for one in of_person(about.made_by) if one.template.endswith("called_off")]
    assert bool(heard) is told
    assert not any("内部原因示例" in text for text in reviews.told(about.made_by))


def test_a_visit_is_called_off_and_another_one_ordered():
    about, who = world.checked(), world.people()
    made = world.ordered(about, who)

    actions.inspections.cancel(
        made.pk, words="馆舍检修", seen=made.version, by=factories.secretary(), now=NOW
    )

    assert world.note(made, who[0], "area", 3).receipt == "refused"
    assert world.ordered(about, who).pk != made.pk


def test_inspectors_are_reminded_once():
    made = world.ordered()
    late = made.due_at + timedelta(minutes=1)

    assert actions.inspections.remind(now=NOW) == 0
    assert actions.inspections.remind(now=late) == 1
    assert actions.inspections.remind(now=late) == 0
    person = made.inspectors.first().person
    assert "appraisal.inspection_due" in {one.template for one in of_person(person)}


def test_who_was_reminded_in_time_is_told_again_once_it_is_late_and_so_is_the_secretary():
    made = world.ordered()
    assert actions.inspections.remind(now=made.due_at - timedelta(hours=1)) == 1
    keeper = factories.secretary()
    assert "appraisal.inspection_due" not in {one.template for one in of_person(keeper)}

    late = made.due_at + timedelta(minutes=1)
    assert actions.inspections.remind(now=late) == 1
    assert actions.inspections.remind(now=late + timedelta(days=1)) == 0

    assert "appraisal.inspection_due" in {one.template for one in of_person(keeper)}


# --- the draw ---------------------------------------------------------------------------------------


def sampled(n: int = 4):
    of = world.call(inspection=world.INSPECTION | {"percent": 50})
    return of, [world.checked(of, f"秘密馆{one}示例") for one in "甲乙丙丁"[:n]]


def test_a_share_is_drawn_from_the_public_seed_and_can_be_drawn_again():
    of, rows = sampled()
    by = factories.secretary()
    with pytest.raises(RuleBroken, match="after the call has closed"):
        actions.inspections.draw(of.pk, by=by, now=NOW)

    made = actions.inspections.draw(of.pk, by=by, now=CLOSED)

    codes = sorted(one.code for one in rows)
    assert made.codes == codes
    lots = queries.inspections.lots(made.seed, codes)
    assert sorted(made.chosen) == sorted(code for code, _lot in lots[:2])
    with pytest.raises(RuleBroken, match="already"):
        actions.inspections.draw(of.pk, by=by, now=CLOSED)


def test_what_was_not_drawn_is_proposed_without_a_visit_and_nothing_before_the_draw():
    of, rows = sampled(2)
    for one in rows:
        factories.end_review(one)
    with pytest.raises(RuleBroken, match="first draw"):
        propose(rows[0])
    made = actions.inspections.draw(of.pk, by=factories.secretary(), now=CLOSED)

    (drawn,) = [one for one in rows if one.code in made.chosen]
    (spared,) = [one for one in rows if one.code not in made.chosen]
    assert propose(spared).state == "proposed"
    with pytest.raises(RuleBroken, match="not countersigned"):
        propose(drawn)


def test_nothing_is_drawn_while_an_application_waits_for_its_check():
    of, _rows = sampled(1)
    reviews.application(of, "晚到馆示例")
    late = of.applications.get(state="draft")
    actions.applications.submit(late.pk, seen=late.version, by=late.made_by, now=NOW)

    with pytest.raises(RuleBroken, match="formal check"):
        actions.inspections.draw(of.pk, by=factories.secretary(), now=CLOSED)


# --- titles -----------------------------------------------------------------------------------------


@pytest.fixture
def title():
    return titles.title(titles.application(titles.spot_call()))


def test_a_spot_check_of_a_title_follows_the_checklist_and_warns_nobody_by_itself(title):
    who = [officer("district_officer", title.path, f"区科协{n}示例") for n in "甲乙"]
    made = world.ordered(title, who)
    assert made.unannounced
    for one in who:
        world.note(made, one, "exits", False)
        assert world.sign(made, one).receipt == "done"
    made = world.again(made)

    actions.inspections.countersign(made.pk, seen=made.version, by=factories.decider(), now=NOW)

    check = title.spot_checks.get()
    assert (check.passed, check.text, check.inspection_id) == (False, "疏散通道畅通", made.pk)
    title.refresh_from_db()
    assert title.state == "active"


def test_the_holder_of_a_title_neither_inspects_nor_sees_who_comes(title):
    made = world.ordered(
        title, [officer("district_officer", title.path, f"区科协{n}示例") for n in "甲乙"]
    )
    holder = titles.keeper(title)

    assert rules.why_not_inspect(holder, title, NOW)
    assert not queries.inspections.oversees(holder, made, NOW)


def test_a_title_that_ended_is_not_inspected(title):
    title.state = "revoked"
    title.save()

    with pytest.raises(RuleBroken, match="holds no more"):
        world.ordered(title, [officer("district_officer", title.path, "区科协示例")])
