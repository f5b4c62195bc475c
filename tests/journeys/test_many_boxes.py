"""Forms with dozens of boxes: columns at a desk and on a telephone, one column in large letters."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kepu.people.models import Skill
from kepu.people.vocabularies import shipped
from tests import factories
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COLUMNS = """name => new Set([...document.querySelectorAll(`.choice:has([name=${name}])`)]
    .filter(one => one.checkVisibility()).map(one => Math.round(one.getBoundingClientRect().x))).size"""
TOPIC = ".choice:has([name=skills])"


@pytest.fixture(autouse=True)
def known_topics(transactional_db):
    """The list as it comes with Kepu; another test may have emptied the tables."""
    for word in shipped("skills"):
        Skill.objects.update_or_create(key=word["key"], defaults=word)


@pytest.fixture
def opened(browser, live_server):
    """Opens the form that a newcomer fills in."""
    contexts = []

    def page(width: int, letters: str = "normal", javascript: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 844}, locale="zh-CN", base_url=live_server.url,
            java_script_enabled=javascript, reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        context.add_cookies([{"name": "type", "value": letters, "url": live_server.url}])
        sign_in(context, factories.user("新人示例"), live_server.url)
        made = context.new_page()
        made.goto(reverse("volunteer-sign-up"))
        return made

    yield page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("width", "letters", "topics", "halves"),
    [(1440, "normal", 3, 2), (390, "normal", 2, 2), (390, "large", 1, 1)],
)
def test_topics_and_half_days_stand_in_as_many_columns_as_fit(
    opened, width, letters, topics, halves
):
    page = opened(width, letters)

    assert page.evaluate(COLUMNS, "skills") == topics
    assert page.evaluate(COLUMNS, "availability") == halves


def test_topics_are_narrowed_by_words_and_what_is_ticked_stays_in_sight(opened):
    page = opened(390)
    everything = page.locator(f"{TOPIC}:visible").count()
    page.get_by_label("急救自救").check()

    page.get_by_role("searchbox", name="服务主题").fill("农")

    shown = page.locator(f"{TOPIC}:visible").all_inner_texts()
    assert "急救自救" in shown
    assert "农机使用与维护" in shown
    assert len(shown) < everything
    page.get_by_role("searchbox", name="服务主题").fill("没有这个词")
    assert page.locator("[data-choices-none]").is_visible()
    page.get_by_role("searchbox", name="服务主题").press("Enter")
    assert page.locator(".error-summary").count() == 0


def test_without_script_every_topic_is_shown_and_no_search_that_does_nothing(opened):
    page = opened(390, javascript=False)

    assert page.locator(f"{TOPIC}:visible").count() > 30
    assert page.get_by_role("searchbox", name="服务主题").count() == 0
