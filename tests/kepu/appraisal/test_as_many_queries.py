"""Lists and deeds of a call ask as many questions for thirty rows as for three."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Title
from kepu.appraisal.queries import applications, calls
from kepu.appraisal.rules import pairing
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.notices.models import Notice
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.models import Grant
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Expert
from tests.factories import NOW, division, grant, officer, user
from tests.kepu.appraisal import factories, inspection_world, meeting_world, titles_world
from tests.kepu.appraisal import review_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEW, MANY = 3, 30


@contextmanager
def counted(costs: list[int]):
    with CaptureQueriesContext(connection) as asked:
        yield
    costs.append(len(asked))


def copied(row: Any, **said: Any) -> Any:
    """The same row once more, but for what is said."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del values["id"]
    return type(row).objects.create(**values | said)


def more(one: Application, last: int) -> list[Application]:
    """Further applications in the state of the first, each of a unit of its own with a manager."""
    found = []
    for n in range(one.call.applications.count(), last):
        unit = copied(one.organisation, name=f"单位示例{n}", credit_code=None)
        Grant.objects.create(
            person=one.made_by, role="venue_manager", organisation=unit, valid_from=NOW
        )
        said = {"organisation_id": unit.pk, "subject_name": unit.name, "venue_id": None}
        found.append(copied(one, code=f"C{n:05d}", **said))
    return found


def experts(last: int) -> None:
    """Experts as the first one, each a person of their own."""
    first = Expert.objects.order_by("pk").first() or world.expert("专家示例0")
    for n in range(Expert.objects.count(), last):
        fields = list(first.fields.all())
        copied(first, person_id=user(f"专家示例{n}").pk).fields.set(fields)


def costs_of(make: Callable[[int], object], ask: Callable[[], object]) -> list[int]:
    """What it costs with few and with many; caches are filled by the first time, which is not counted."""
    costs: list[int] = []
    make(FEW)
    ask()
    with counted(costs):
        ask()
    make(MANY)
    with counted(costs):
        ask()
    return costs


def page(person: User, name: str, *args: Any) -> Callable[[], str]:
    browser = Client()
    browser.force_login(person)

    def ask() -> str:
        answer = browser.get(reverse(name, args=args))
        assert answer.status_code == 200
        return answer.content.decode()

    return ask


def test_who_may_sit_on_a_panel(db):
    of = meeting_world.call()
    found = lambda: actions.meetings.able_experts(of, NOW)  # noqa: E731 (asked twice)

    few, many = costs_of(experts, found)

    assert few == many
    assert len(found()) == MANY
    keeper = Expert.objects.order_by("pk").last()
    grant(keeper.person, "appraisal_secretary", "50.")
    assert keeper.pk not in {one.id for one in found()}


def test_who_may_judge_all_candidates_of_a_vote(db):
    one = world.checked(world.call())
    programme, on = calls.programme(one.call), clock.day(NOW)
    found = lambda: pairing.why_not_judge_any([one], programme, on)  # noqa: E731

    few, many = costs_of(experts, found)

    assert few == many
    assert [why for _expert, why in found()] == [None] * MANY
    last = Expert.objects.order_by("pk").last()
    grant(last.person, "district_officer", one.path)
    assert "has an office" in {each.id: why for each, why in found()}[last.pk]


def test_which_applications_are_to_be_inspected(db):
    one = inspection_world.checked()
    ask = page(factories.secretary(), "appraisal-inspections", one.call_id)

    few, many = costs_of(lambda n: more(one, n), ask)

    assert few == many
    who = inspection_world.people()
    inspection_world.ordered(one, who)
    shown = ask()
    assert reverse("inspection", args=[one.inspections.get().pk]) in shown


def test_who_is_called_up_at_the_ceremony(db):
    first = titles_world.title(titles_world.application())

    def make(last: int) -> None:
        for n in range(Title.objects.count(), last):
            of = copied(first.application, code=f"T{n:05d}", venue_id=None)
            made = copied(
                first, application_id=of.pk, number=f"示例{n}", venue_id=None, holder_name=f"馆{n}"
            )
            copied(first.steps.first(), title_id=made.pk, reference=f"文号{n}")

    ask = page(titles_world.decider(), "title-ceremony")
    few, many = costs_of(make, ask)

    assert few == many
    assert "文号29" in ask()


def test_the_reviewers_of_a_call(db):
    one = world.checked(world.call())
    review = world.asked(one, world.expert("专家一"))

    def make(last: int) -> None:
        for row in more(one, last):
            copied(review, application_id=row.pk)

    few, many = costs_of(make, page(factories.secretary(), "appraisal-reviewers", one.call_id))

    assert few == many


@pytest.mark.parametrize("deed", ["notice", "weigh"])
def test_what_is_done_with_all_of_a_call_is_written_in_few_statements(db, deed):
    costs = []
    for size in (FEW, MANY):
        of = world.call(each=1, levels=[{"key": "plain", "title": "合格", "cut": 10}])
        one = world.checked(of, f"首馆示例{size}")
        review = world.done(one, world.expert(f"专家{size}"), 2000, 4000)
        for row in more(factories.again(one), size):
            made = copied(review, application_id=row.pk)
            for score in review.scores.all():
                copied(score, review_id=made.pk)
        by = factories.secretary()
        if deed == "notice":
            actions.judging.weigh(of.pk, by=by, now=NOW)
            proposed = actions.judging.propose_all(of.pk, 1, by=by, now=NOW)
            assert len(proposed) == size
        with counted(costs):
            if deed == "notice":
                actions.deciding.put_in_notice(of.pk, by=by, now=NOW)
            else:
                actions.judging.weigh(of.pk, by=by, now=NOW)

    few, many = costs
    # A savepoint and a list in two parts at most: nothing for each application.
    assert many - few < 5
    if deed == "notice":
        told = Notice.objects.filter(template="appraisal.noticed")
        assert told.count() == FEW + MANY


def test_whose_side_somebody_is_on_is_not_asked_application_by_application(db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL says it in other words")
    one = world.checked(world.call())
    found = applications.bound(factories.secretary(), NOW, one.call.applications.all())

    assert "CORRELATED" not in found.explain()
    assert not found.exists()
    assert applications.bound(one.made_by, NOW, one.call.applications.all()).get() == one


def test_the_reach_of_many_is_what_each_has(db):
    division("50.103.")
    plain, deputy, both, nobody = (user(f"示例{n}") for n in range(4))
    grant(plain, "appraisal_secretary", "50.103.")
    grant(both, "city_officer", "50.")
    grant(both, "appraisal_secretary", "50.103.")
    grant(deputy, "appraisal_secretary", "50.103.", post="B")
    gone = officer("appraisal_secretary", "50.")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    people = [plain, deputy, both, nobody, User.objects.get(pk=gone.pk)]
    verbs = [Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE]

    found = roles.reaches_of(people, verbs, NOW)

    assert found == {one.pk: roles.reaches(one, verbs, NOW) for one in people}
    assert found[both.pk][Verb.APPRAISAL_DECIDE].paths == ("50.",)
