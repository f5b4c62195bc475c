"""`kepu check`: is this installation in order? One line each; 1 when something is wrong."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator

from kepu.web import starting, unfinished
from kepu.web.speech import n_, say

ENOUGH = 2 * 10**9  # bytes a city needs free to go on for a while

EXAMPLE = "kepu check"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    starting.start_city(reading=True)
    wrong = 0
    for title, look in CHECKS.items():
        faults = list(look())
        wrong += bool(faults)
        verdict = say(n_("FAILED")) if faults else say(n_("ok"))
        print(f"{verdict:6}  {say(title)}")
        for fault in faults:
            print(f"        {fault}")
    for sentence in calendar():
        print(f"{say(n_('soon')):6}  {sentence}")
    return 1 if wrong else 0


def settings() -> Iterator[str]:
    from django.core import checks

    for message in checks.run_checks():
        if message.is_serious():
            yield message.msg


def keys() -> Iterator[str]:
    folder = starting.data() / "keys"
    for path in sorted(folder.iterdir()):
        if path.stat().st_mode & 0o077:
            yield say(n_("%(path)s can be read by others; chmod 600 it"), path=path)


def room_on_disk() -> Iterator[str]:
    free = shutil.disk_usage(starting.data()).free
    if free < ENOUGH:
        said = say(n_("only %(gb)s GB are free on the disk of %(data)s"))
        yield said % {"gb": f"{free / 1e9:.1f}", "data": starting.data()}


def setting_up() -> Iterator[str]:
    if starting.notice().exists():
        yield say(n_("a set-up was begun and not finished; start `kepu run`"))
    if unfinished.stands():
        yield say(n_("a demo city was begun and not finished; `kepu demo` builds it anew"))


def letters() -> Iterator[str]:
    from kepu.kernel.facts.models import Delivery, DeliveryState

    dead = Delivery.objects.filter(state=DeliveryState.DEAD).count()
    if dead:
        said = say(n_("%(n)s deliveries failed for good; a system administrator can revive them"))
        yield said % {"n": dead}


def worker() -> Iterator[str]:
    from datetime import timedelta

    from kepu.kernel import clock
    from kepu.kernel.facts.models import Delivery, DeliveryState

    late = clock.now() - timedelta(minutes=5)
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lt=late).count()
    if waiting:
        said = say(n_("%(n)s deliveries wait for more than 5 minutes; is `kepu worker` running?"))
        yield said % {"n": waiting}


def audit() -> Iterator[str]:
    from kepu.kernel.audit import chain

    yield from chain.verify().faults


def calendar() -> Iterator[str]:
    from kepu.kernel import clock
    from kepu.kernel.rulebooks import calendar

    warning = calendar.warning(clock.now())
    if warning:
        yield warning


def demo() -> Iterator[str]:
    from django.conf import settings as chosen

    here = starting.shipped(starting.DEMO) and starting.part(starting.DEMO, "complete")()
    if here and chosen.SESSION_COOKIE_SECURE:
        yield say(
            n_("demo people are here, with one printed password: a city goes live in an empty DATA")
        )


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    n_("settings and models"): settings,
    n_("keys are readable by their owner alone"): keys,
    n_("room on the disk"): room_on_disk,
    n_("set-up is complete"): setting_up,
    n_("no demo people where people are real"): demo,
    n_("no dead letters"): letters,
    n_("the worker keeps up"): worker,
    n_("the audit is sound"): audit,
}
