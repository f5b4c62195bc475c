"""Two runs of one fieldwork published at the same moment: its answers count once in the item bank."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.db.models import Sum

from kepu.literacy.actions import estimates, runs
from kepu.literacy.models import Calibration, DifFinding, Exposure, Run
from kepu.literacy.queries import fieldwork as interviews
from kepu.literacy.queries import learnt
from kepu.literacy.states import RunState
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy.test_estimates import CITY, worked_on
from tests.kepu.literacy.test_field_estimates import first as first_run
from tests.kepu.literacy.test_field_estimates import large_enough

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(*works) -> list[Exception]:
    """All begin at the same moment; what went wrong."""
    begin, wrong = threading.Barrier(len(works)), list[Exception]()

    def working(work) -> None:
        begin.wait()
        try:
            work()
        except Exception as error:
            wrong.append(error)
        connection.close()

    threads = [threading.Thread(target=working, args=(one,)) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def asked() -> int:
    return Exposure.objects.filter(use="survey").aggregate(all=Sum("asked"))["all"] or 0


@pytest.fixture
def estimated(monkeypatch, transactional_db):
    large_enough(monkeypatch)
    return first_run()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_runs_of_one_fieldwork_count_its_answers_once(estimated):
    first, by = estimated.run, estimated.made_by
    made = estimates.estimate_fieldwork(
        estimated.fieldwork_id, language="zh", synthetic=True, by=by, now=NOW
    )
    second = worked_on(made).run
    assert second.pk != first.pk
    other = factories.officer("survey_officer", CITY, "测评乙")
    both = (first.pk, second.pk)
    for pk in both:
        runs.propose_run(pk, by=by, now=NOW)
    given = _answers(estimated.fieldwork)
    assert given > 0
    for _again in range(4):
        wrong = at_once(*(lambda pk=pk: runs.publish_run(pk, by=other, now=NOW) for pk in both))

        assert wrong == []
        assert asked() == given
        _as_before(both, by)


def _answers(of) -> int:
    """How many answers were given to items of the booklets."""
    return sum(len(answers) for answers in interviews.counted(of).values_list("answers", flat=True))


def _as_before(both: tuple[int, ...], by) -> None:
    """Both are proposed again, and nothing was learnt."""
    for run in Run.objects.filter(pk__in=both):
        Calibration.objects.filter(wave=learnt.wave(run)).delete()
        DifFinding.objects.filter(wave=learnt.wave(run)).delete()
    Exposure.objects.all().delete()
    Run.objects.filter(pk__in=both).update(
        state=RunState.PROPOSED, proposed_by=by, published_at=None, published_by=None
    )
