from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.errors import BadInput, RuleBroken
from kepu.kernel.idempotency import actions
from kepu.kernel.idempotency.models import Answered
from tests.factories import NOW, organisation

pytestmark = pytest.mark.django_db


class Work:
    """Counts how often it is really done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self):
        self.done += 1
        return 201, {"number": self.done, "名": "科普"}


def once(work, *, actor="p-1", key="k", request="claim 1", now=NOW):
    return actions.once(work, actor=actor, key=key, request=request, now=now)


def test_the_same_request_again_gets_the_same_answer_and_nothing_happens_twice():
    work = Work()

    first, second = once(work), once(work)

    assert work.done == 1
    assert (second.status, second.body) == (first.status, first.body)
    assert (first.replayed, second.replayed) == (False, True)


def test_another_request_under_a_used_key_is_refused():
    work = Work()
    once(work)

    with pytest.raises(actions.KeyReused) as refusal:
        once(work, request="claim 2")

    assert (refusal.value.status, refusal.value.code, work.done) == (422, "key_reused", 1)


def test_keys_belong_to_their_actor():
    work = Work()

    once(work, actor="p-1")
    once(work, actor="p-2")

    assert work.done == 2


def test_a_refusal_leaves_no_trace_and_may_be_tried_again():
    def refuse():
        organisation("半成品")
        raise RuleBroken("not now")

    with pytest.raises(RuleBroken):
        once(refuse)

    work = Work()
    assert once(work).replayed is False
    assert work.done == 1
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("key", ["", "k" * 101, "a\nb", "a\x00b"])
def test_a_key_that_cannot_be_kept_is_refused(key):
    with pytest.raises(BadInput, match="1 to 100"):
        once(Work(), key=key)

    assert not Answered.objects.exists()


def test_the_order_of_words_in_a_request_does_not_matter():
    assert actions.digest({"a": 1, "b": NOW}) == actions.digest({"b": NOW, "a": 1})
    assert actions.digest({"a": 1}) != actions.digest({"a": "1"})


def test_answers_are_forgotten_after_thirty_days():
    once(Work(), key="old", now=NOW - timedelta(days=31))
    once(Work(), key="young", now=NOW - timedelta(days=29))

    assert actions.forget(NOW) == 1
    assert Answered.objects.get().key == "young"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_one_does_the_work_and_all_get_its_answer():
    answers, done, start = [], [], threading.Barrier(8)

    def work():
        done.append(1)
        return 200, {"n": len(done)}

    def ask():
        start.wait()
        try:
            answers.append(once(work))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 1
    assert [answer.body for answer in answers] == [{"n": 1}] * 8
    assert sum(not answer.replayed for answer in answers) == 1
