import os

import pytest
import time_machine
from django.utils import translation

from tests.journeys import test_every_page as ep
from tests.journeys import town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
PRE = os.environ.get(
    "PRE",
    "programme,standard,clause,title,my-titles,my-standards,venue,my-venues,alliance,pass,my-passes,expert,staff,worker,appraisal,application",
).split(",")


def test_shots(browser, live_server, settings, monkeypatch):
    settings.SHOW_SIGN_IN_CODES = True
    monkeypatch.setattr(ep, "LOOKS", [(390, "normal"), (1280, "normal"), (390, "large")])
    with time_machine.travel(town.MORNING, tick=True), translation.override("zh-hans"):
        here = town.build()
        sights = [s for s in town.SIGHTS if any(s.name == p or s.name.startswith(p) for p in PRE)]
        wrong = list(ep.all_of(sights, browser, live_server.url, here))
    print(len(sights))
    assert wrong == [], "\n".join(wrong)
