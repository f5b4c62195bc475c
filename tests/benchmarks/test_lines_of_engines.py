"""Cases without a database are held to their bars as the others are."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from benchmarks import dispatch, judging, reviewers


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(one) for one in capsys.readouterr().out.splitlines()]


def solved(cpu: float) -> dict[str, Any]:
    return {
        "cpu": cpu, "build_cpu": 0.1, "certify_cpu": 0.1, "memory_mib": 1.0, "objective": 7,
        "gap": 0.0, "value": 7, "bound": 7, "worst": 1, "worst_bound": 1,
    }  # fmt: skip


@pytest.fixture
def alone(monkeypatch):
    """Run as `python -m` would, without what the tests were called with."""
    monkeypatch.setattr(sys, "argv", ["benchmark"])


@pytest.mark.parametrize(("ours", "reached"), [(0.5, True), (1.5, False)])
def test_dispatch_says_whether_it_keeps_up_with_the_rival_and_a_re_plan_with_a_twentieth(
    capsys, monkeypatch, alone, ours, reached
):
    changed = {"case": "1 % of orders changed", "ratio": 0.0501, "certified": True}
    found = {"kepu": solved(ours), "ortools": solved(1.0), "change": changed,
             "fair": {"case": "price of fairness", "plans": []}}  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["benchmark", "--quick", "--runs", "1"])
    monkeypatch.setattr(dispatch, "instance", lambda orders: {})
    monkeypatch.setattr(dispatch, "run", lambda solver, file: dict(found[solver]))

    dispatch.main()

    optimum, change, fair = lines(capsys)
    assert (optimum["case"], optimum["orders"]) == ("dispatch optimum", 10_000)
    assert optimum["reached"] is reached
    assert ("ratio fell short" in optimum.get("why", "")) is not reached
    assert optimum["bar"]["ratio"] == "<= 1"
    assert "load average" in optimum["machine"]
    assert change["reached"] is False
    assert change["bar"]["ratio"] == "<= 0.05"
    assert (fair["bar"], fair["reached"]) == ({}, None)


@pytest.mark.parametrize(("ours", "reached"), [(0.5, True), (1.0001, False)])
def test_reviewers_are_held_to_the_rivals_time(capsys, monkeypatch, alone, ours, reached):
    found = {"kepu": solved(ours), "protect": solved(2.0), "ortools": solved(1.0)}
    monkeypatch.setattr(reviewers, "run", lambda solver: found[solver])

    reviewers.main()

    (told,) = lines(capsys)
    assert told["reached"] is reached
    assert told["bar"] == {"ratio": "<= 1", "value_short": "<= 0"}


def test_judging_is_held_to_time_recovery_and_fewer_wrong_decisions(capsys, monkeypatch, alone):
    call = {"cpu": 0.2, "recovered": 0.96, "fewer_wrong": 0.2499, "held": 0.95}
    monkeypatch.setattr(judging, "once", lambda severity, seed: call)

    judging.main()

    told = lines(capsys)
    assert len(told) == 4
    assert {one["reached"] for one in told} == {False}
    assert told[0]["why"].startswith("fewer_wrong fell short")


def test_whoever_is_honest_is_named_once_in_a_hundred_at_most(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmark", "--honest", "100"])
    said = {"somebody_named": 0.01, "short_held": 0.95}
    monkeypatch.setattr(judging, "honest", lambda severity, calls: said)

    judging.main()

    assert [one["reached"] for one in lines(capsys)] == [True, True]
