"""Every page of Kepu in English on a telephone: words are longer there.

In a file of its own, so that it runs beside the reading of the Chinese pages.
"""

from __future__ import annotations

import pytest
import time_machine
from django.utils import translation

from tests.journeys import town
from tests.journeys.test_every_page import OPENED, measured, opened


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_no_page_in_english_runs_out_of_a_telephone(browser, live_server, settings):
    settings.SHOW_SIGN_IN_CODES = True
    with time_machine.travel(town.MORNING, tick=True), translation.override("en"):
        here = town.build()
        context = browser.new_context(locale="en-GB", base_url=live_server.url)
        page = context.new_page()
        wrong = []
        for sight in town.SIGHTS:
            opened(page, sight, here, live_server.url)
            told = measured(page, OPENED, ["normal", "large"])
            wrong += [f"{sight}: {found}" for found in told]
        context.close()

    assert wrong == [], "\n".join(wrong)
