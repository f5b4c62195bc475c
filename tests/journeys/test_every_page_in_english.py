"""Every page of Kepu in English on a telephone: words are longer there.

In a file of its own, so that it runs beside the reading of the Chinese pages. Those are opened one by
one; here one page stays open, with our styles, and the body of each answer is put into it.
"""

from __future__ import annotations

import pytest
import time_machine
from django.utils import translation

from tests.journeys import town
from tests.journeys.test_every_page import OPENED, measured

SHOW = """html => {
    const read = new DOMParser().parseFromString(html, 'text/html');
    document.body.replaceWith(document.adoptNode(read.body));
    document.documentElement.lang = read.documentElement.lang;
    return read.documentElement.lang;
}"""


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
        page.goto("/about/")
        wrong = []
        for sight in town.SIGHTS:
            answer = town.client(here, sight, "en-GB").get(sight.address(here))
            told = [] if answer.status_code == 200 else [f"answered {answer.status_code}"]
            if page.evaluate(SHOW, answer.content.decode()) != "en":
                told.append("not in English")
            told += measured(page, OPENED, ["normal", "large"])
            wrong += [f"{sight}: {found}" for found in told]
        page.evaluate("document.body.style.width = '2000px'")
        held_to = measured(page, OPENED, ["normal"])
        context.close()

    assert held_to, "nothing is measured any more"
    assert wrong == [], "\n".join(wrong)
