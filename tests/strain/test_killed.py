"""The server and the worker are killed at random moments while eight people go on working.

A reduced run stands in the suite; `make strain` (KEPU_STRAIN=full) does two thousand actions.
"""

from __future__ import annotations

import http.client
import os
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from subprocess import Popen
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import chain, sealer
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.models import Delivery, Happening
from kepu.orders.models import CheckIn, Order, Rating, Step
from kepu.people.models import Team
from kepu.web.simulation import past, sessions, town
from tests.factories import division, skill
from tests.strain.browsers import Browser, done, said
from tests.strain.conftest import City

FULL = os.environ.get("KEPU_STRAIN") == "full"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600 if FULL else 300)]
ACTIONS, CLIENTS, KILLS = (2000, 8, 12) if FULL else (300, 8, 3)
SEED = 20261123
CODE = "KILLED"
# Every other order goes the whole way, and the rest are given up when their time was set already.
WAYS = (
    ("dispatch", "accept", "open", "claim", "schedule", "check_in", "deliver", "rate"),
    ("dispatch", "accept", "open", "claim", "schedule", "release", "cancel"),
)
VERBS = {verb for way in WAYS for verb in way}
ORDERS = ACTIONS * len(WAYS) // sum(map(len, WAYS)) + CLIENTS
# A time may be set anew, so who asks again after a kill sets it again.
ONCE = VERBS - {"schedule"}
AHEAD = timedelta(seconds=2)  # from setting the time to the visit


@dataclass
class Person:
    """One of eight who work at once: takes orders through all hands, or half of them, and notes what
    was said.
    """

    port: int
    district: town.District
    doors: dict[int, dict[str, str]]
    residents: dict[int, User]  # by order
    orders: list[int]
    lane: int
    told: Counter[tuple[int, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    refused: dict[tuple[int, str], list[tuple[int, str]]] = field(default_factory=dict)
    asked: int = 0
    begins: float = 0.0  # the visit of the order in hand

    def work(self) -> None:
        """Whatever goes wrong is a fault that the test reads: a thread that dies alone says nothing."""
        browser = Browser(self.port)
        try:
            for number, order in enumerate(self.orders):
                for verb in WAYS[number % len(WAYS)]:
                    self._insist(browser, order, verb)
        except Exception as error:
            self.faults.append(f"gave up: {error!r}")

    def _insist(self, browser: Browser, order: int, verb: str) -> None:
        """Ask until there is an answer. One that comes after a kill may say that it was done before."""
        if verb == "deliver":
            time.sleep(max(0, self.begins - time.time()))
        for _attempt in range(600):
            path, who, form = self._form(order, verb)
            self.asked += 1
            try:
                status, cookies = browser.post(path, self.doors[who], **form)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            self.told[order, verb] += done(status, cookies)
            if not done(status, cookies):
                self.refused[order, verb] = [(status, ""), *said(cookies)]
            if status >= 500:
                self.faults.append(f"{verb} of {order}: {status} {said(cookies)}")
            if verb == "schedule" and not done(status, cookies):
                time.sleep(0.1)  # the moment had come before the form did
                continue
            return
        self.faults.append(f"{verb} of {order}: no answer")

    def _form(self, order: int, verb: str) -> tuple[str, int, dict[str, str]]:
        leader, team = self.district.leaders[self.lane], self.district.teams[self.lane]
        if verb == "claim":
            return f"/orders/{order}/claim/{team.pk}/", leader.pk, {}
        hands = {
            "dispatch": (self.district.worker, {"department": str(self.district.department.pk)}),
            "accept": (self.district.officer, {}),
            "open": (self.district.officer, {}),
            "schedule": (leader, {"starts_at": self._soon() if verb == "schedule" else ""}),
            "check_in": (leader, {"code": CODE}),
            "deliver": (leader, {"attended": "18"}),
            "rate": (self.residents[order], {"stars": "5", "words": "谢谢"}),
            "release": (leader, {"reason": "示例原因"}),
            "cancel": (self.district.worker, {"reason": "示例原因"}),
        }
        who, form = hands[verb]
        return f"/orders/{order}/do/{verb}/", who.pk, form

    def _soon(self) -> str:
        begins = clock.now() + AHEAD
        self.begins = begins.timestamp()
        return begins.astimezone(clock.BEIJING).strftime("%Y-%m-%dT%H:%M:%S.%f")


def test_nothing_acknowledged_is_lost_and_no_order_is_half_done(city: City):
    people = _people(city)
    server, worker = city.serve(), city.work()
    threads = [threading.Thread(target=person.work, daemon=True) for person in people]
    for thread in threads:
        thread.start()

    kills = _kill_at_random(city, server, worker, people)
    for thread in threads:
        thread.join()
    _let_the_worker_finish(city)

    told: Counter[tuple[int, str]] = Counter()
    refused: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for person in people:
        told.update(person.told)
        refused.update(person.refused)
    print(
        f"{connection.vendor}: {sum(told.values())} acknowledged of {len(told)} actions, "
        f"{sum(person.asked for person in people)} requests, {kills} kills",
        file=sys.stderr,
    )
    assert [fault for person in people for fault in person.faults] == []
    assert kills >= KILLS
    _nothing_lost(told, refused)
    _nothing_half_done()
    _audit_is_sound()


def _people(city: City) -> list[Person]:
    now = clock.now()
    division("50.103.001.001.")
    skill()
    settled = town.build(now=now, teams=CLIENTS, residents=20, topics=1000)
    (district,) = settled.districts
    Team.objects.update(day_capacity=99, week_capacity=99)
    past.write(past.spread(settled, ORDERS, lambda _chance: "placed", now=now))
    placed = list(Order.objects.order_by("pk").select_related("resident"))
    # So that a visit can be set that begins at once.
    Order.objects.update(wanted_from=now, check_in_code=CODE)
    everybody = {*district.leaders, *(order.resident for order in placed)}
    doors = sessions.sign_in([*everybody, district.worker, district.officer], now)
    residents = {order.pk: order.resident for order in placed}
    return [
        Person(city.port, district, doors, residents, list(residents)[lane::CLIENTS], lane)
        for lane in range(CLIENTS)
    ]


def _kill_at_random(
    city: City, server: Popen[bytes], worker: Popen[bytes], people: list[Person]
) -> int:
    """Kill now the one, now the other, now both, after random numbers of actions; start them again."""
    chance, kills = random.Random(SEED), 0
    for moment in sorted(chance.sample(range(ACTIONS * 9 // 10), KILLS)):
        _wait_until_done(people, moment)
        time.sleep(chance.uniform(0, 0.3))
        victims = chance.choice(["server", "worker", "both"])
        if victims != "worker":
            city.kill(server)
            kills += 1
            server = city.serve()
        if victims != "server":
            city.kill(worker)
            kills += 1
            worker = city.work()
    _wait_until_done(people, ACTIONS * 9 // 10)
    city.kill(worker)
    return kills


def _wait_until_done(people: list[Person], actions: int) -> None:
    deadline = time.monotonic() + (1200 if FULL else 200)
    while sum(len(person.told) for person in people) < actions:
        assert [fault for person in people for fault in person.faults] == []
        assert time.monotonic() < deadline, "nobody gets on"
        time.sleep(0.02)


def _let_the_worker_finish(city: City) -> None:
    """Until nothing is due; a notice may rest until the morning."""
    for _round in range(200):
        city.start([sys.executable, "-m", "kepu.web.shell", "worker", "--once"]).wait(300)
        if not _due().exists():
            return
        time.sleep(1)


def _due() -> QuerySet[Delivery]:
    """What is due, and what a kill has put off for some seconds."""
    soon = clock.now() + timedelta(minutes=1)
    late = Delivery.objects.filter(fact__isnull=False, due_at__lte=soon)
    return late.exclude(state="done")


def _nothing_lost(
    told: Counter[tuple[int, str]], refused: dict[tuple[int, str], list[tuple[int, str]]]
) -> None:
    kept = Counter(Step.objects.values_list("order_id", "verb"))
    kept.update((order, "check_in") for order in CheckIn.objects.values_list("order_id", flat=True))
    lost = {what: times for what, times in told.items() if kept[what] < times}
    doubled = {what: n for what, n in kept.items() if n > 1 and what[1] in ONCE}
    missing = {what: refused.get(what) for what in told if not kept[what]}
    assert lost == {}
    assert doubled == {}
    assert missing == {}, "asked for until answered, and not there"
    assert {verb for _order, verb in told} == VERBS


def _nothing_half_done() -> None:
    """State, steps, version, audit and facts of every order tell the same story."""
    told = Entry.objects.filter(object_type="orders.order").exclude(verb="order.check_in")
    entries = _per_order(told, "object_id")
    facts = _per_order(Happening.objects.filter(name="OrderMoved"), "data__order_id")
    for order in Order.objects.prefetch_related("steps"):
        steps = list(order.steps.all())
        moving = [step for step in steps if step.verb != "draft"]
        assert order.state == steps[-1].state
        assert order.version == len(moving)
        assert entries[order.pk] == len(steps)
        assert facts[order.pk] == sum(step.verb != "escalate" for step in moving)
    rated = Order.objects.filter(state="rated")
    assert rated.count() == Rating.objects.count() == CheckIn.objects.count() > 0
    assert set(Order.objects.values_list("state", flat=True)) == {"rated", "cancelled"}
    connection.check_constraints()
    assert list(_due().values_list("listener", "last_error")) == []


def _per_order(rows: Any, column: str) -> Counter[int]:
    found = rows.values_list(column).annotate(n=Count("pk")).order_by()
    return Counter({int(pk): n for pk, n in found})


def _audit_is_sound() -> None:
    sealer.seal_alone(clock.now(), wait=True)
    verdict = chain.verify()
    assert verdict.sound, verdict.faults
    assert verdict.unsealed == 0
