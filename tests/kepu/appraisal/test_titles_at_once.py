"""Officers who name at the same moment never give one number twice, nor leave one out."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from kepu.appraisal.actions import terms, titles
from kepu.appraisal.models import Title
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW
from tests.kepu.appraisal import titles_world as world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(*deeds) -> list[object]:
    """What each deed came to, all begun at the same moment."""
    start, ends = threading.Barrier(len(deeds)), list[object]()

    def do(deed) -> None:
        start.wait(10)
        try:
            ends.append(deed())
        except RuleBroken as refusal:
            ends.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ends


def test_numbers_given_at_the_same_moment_differ_and_leave_none_out():
    by = world.decider()
    waiting = [world.application() for _ in range(4)]

    def naming(one):
        return lambda: titles.grant(one, grade="gold", reference="1号", by=by, now=NOW).number

    numbers = at_once(*(naming(one) for one in waiting))

    assert sorted(str(one) for one in numbers) == [f"KP-BASE-2026-{n:04d}" for n in range(1, 5)]


def test_of_two_decisions_at_the_same_moment_the_second_was_about_what_is_no_more():
    title, by = world.title(), world.decider()

    def deciding(verb):
        said = world.SIGNED | {"seen": 1, "by": by, "now": NOW}
        return lambda: terms.decide(title.pk, verb, **said).state

    ends = at_once(deciding("suspend"), deciding("revoke"))

    assert sum(isinstance(one, RuleBroken) for one in ends) == 1
    assert Title.objects.get(pk=title.pk).steps.count() == 2
