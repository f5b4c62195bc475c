"""Every page of Kepu in a real browser, in Chinese: read by axe, and looked at in every width.

The pages stand in `town.SIGHTS`; an address without a sight fails the first test. One browser, one
server and one town serve all of them, so what is wrong is gathered and told at the end. With
KEPU_SCREENSHOTS=pages each is photographed into that folder, on a telephone and at a desk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import translation

from tests.architecture.test_endpoints import addresses, table
from tests.journeys import town
from tests.journeys.conftest import photograph

axe = pytest.importorskip("axe_playwright_python.base")

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "selectors": False,  # what is told is the element itself
}
# Colours take most of the time. Where the same page is opened by somebody else or in another state,
# the rest is read again.
AGAIN = {**RULES, "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# Colours are tokens, which test_look holds apart, and the gallery is read in the dark by its own test.
IN_THE_DARK = {"home", "order", "order-list", "desk", "visit", "rulebook-issue", "audit"}
# What goes on asking the server until it is left, and would ask with the cookies of the next person.
ASKING = '[hx-trigger^="every"], [data-visit], [data-interviews], [data-inspections]'
FOR_PROGRAMMERS = {"api-docs", "ui:gallery"}
OPENED = 390  # a telephone
# The width that a page is opened in comes first: a window that changes is drawn anew.
LOOKS = {OPENED: ["normal", "large"], 1440: ["normal", "large"], 320: ["large"]}

READ = """rules => axe.run(document, rules).then(read => read.violations.map(
    found => `${found.id}: ${found.nodes.map(node => node.html.slice(0, 160)).join(' | ')}`))"""

# What is measured in every width and both sizes of letters: nothing runs out of the window, nothing
# to press is smaller than WCAG 2.2 asks (2.5.8), and what is pressed by a thumb is as large as the
# look promises. Links within a sentence are exempt, as they are there.
MEASURE = """([width, looks]) => looks.flatMap(letters => {
    document.documentElement.dataset.type = letters;
    const thumb = letters === 'large' ? 56 : 44;
    const seen = element => element.checkVisibility({visibilityProperty: true});
    const tell = (what, element) => `${what}: ${element.outerHTML.slice(0, 120)}`;
    const wrong = [];
    const wide = document.documentElement.scrollWidth;
    if (wide > width) wrong.push(`${wide} pixels wide`);
    const inSentence = element => element.matches('a')
        && getComputedStyle(element).display === 'inline';
    for (const element of document.querySelectorAll('a[href], button, summary, input, select, textarea')) {
        if (!seen(element) || element.type === 'hidden' || inSentence(element)) continue;
        const box = (element.closest('label') || element).getBoundingClientRect();
        if (box.width < 2 || box.bottom < 0) continue;  // for readers only, or the skip link
        if (Math.min(box.width, box.height) < 23.5) wrong.push(tell('too small', element));
    }
    if (width < 500) for (const element of document.querySelectorAll(
        '.button, .thumb-link, .menu-item, .input, .choice, .bell, .top summary')) {
        const height = element.getBoundingClientRect().height;
        if (seen(element) && height && height < thumb - 0.5) wrong.push(tell('low', element));
    }
    for (const element of document.querySelectorAll('.thumb-link, .button')) {
        if (seen(element) && element.scrollHeight > element.clientHeight + 1)
            wrong.push(tell('cut off', element));
    }
    return wrong.map(found => `${width} ${letters} ${found}`);
})"""

# Words a reader of Chinese should not meet: codes, and English that nobody has translated.
KNOWN = (
    "Kepu|Apache|MIT|WTFPL|china|division|holiday|OpenStreetMap|contributors|English|Language"
    "|CQKP|AAPOR|Open|Badges|COOP|REF|CON|ODK|Collect|ZIP|BIC|BCH|DOCX|JPG|JPEG|PNG|WEBP|WebP|Word"
    "|docx|pdf|jpg|png|webp|SHA"
    "|XLSX|xlsx|XLSForm|Parquet|plan|yaml|Mantel|Haenszel|CSV|csv|YAML|JSON|PDF|API|PIN|AED|GB|WCAG|AA"
)
LATIN = """() => {
    const known = /^(WORDS)$/;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        if (holder.closest('code, pre, script, style, textarea, [lang=en], [translate=no]')) continue;
        if (!holder.checkVisibility()) continue;
        for (const word of node.data.match(/[A-Za-z_]{3,}/g) || [])
            if (!known.test(word)) found.push(word);
    }
    return [...new Set(found)];
}""".replace("WORDS", KNOWN)

# What is plain to see of a page, asked at once.
TOLD = """() => ({
    headings: document.querySelectorAll('h1').length,
    title: document.title,
    language: document.documentElement.lang,
})"""


def test_every_address_that_answers_get_has_a_sight_or_says_why_not():
    rows = table()
    only_posted = {
        name for (name, method), row in rows.items() if (method, row["owner"]) == ("GET", "405")
    }
    answering = {name for name, _parts in addresses() if not name.startswith("api:")} - only_posted
    shown = {sight.name for sight in town.SIGHTS}
    explained = set(town.NO_PAGE)

    assert answering - shown - explained == set()
    assert (shown | explained) - answering == set()
    assert shown & explained == set()


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.timeout(900)  # two hundred pages in five looks
@pytest.mark.django_db(transaction=True)
def test_nothing_is_wrong_with_any_page(browser, live_server, settings):
    settings.SHOW_SIGN_IN_CODES = True
    with time_machine.travel(town.MORNING, tick=True), translation.override("zh-hans"):
        here = town.build()
        wrong = list(all_of(town.SIGHTS, browser, live_server.url, here))

    assert wrong == [], "\n".join(wrong)


def opened(page: Any, sight: town.Sight, here: town.Town, url: str) -> Any:
    """What the server answers when the person of the sight opens its page on a telephone."""
    if page.locator(ASKING).count():
        page.goto(
            "about:blank"
        )  # only then: the browser begins a process for it, and another after it
    page.context.clear_cookies()
    cookies = town.client(here, sight).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": url} for name, cookie in cookies.items()]
    )
    look(page, OPENED)
    return page.goto(sight.address(here))


def look(page: Any, width: int) -> None:
    """Make the window so wide, if it is not."""
    if (page.viewport_size or {}).get("width") != width:
        page.set_viewport_size({"width": width, "height": 844})


def all_of(sights: Any, browser: Any, url: str, here: town.Town) -> Iterator[str]:
    """What is wrong with each of the sights, in every look."""
    context = browser.new_context(locale="zh-CN", base_url=url, reduced_motion="reduce")
    context.add_init_script(axe.AXE_SCRIPT)  # sent once; each page has it from its beginning
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda told: told.type == "error" and said.append(told.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    seen: set[str] = set()
    for sight in sights:
        said.clear()
        answer = opened(page, sight, here, url)
        told = [] if sight.name in FOR_PROGRAMMERS else page.evaluate(LATIN)
        rules = AGAIN if sight.name in seen else RULES
        seen.add(sight.name)
        found = [*of_one(page, answer, rules), *(f"says {word}" for word in told), *said]
        photographed(page, sight)
        if sight.name in IN_THE_DARK:
            found += in_the_dark(page)
        yield from (f"{sight}: {wrong}" for wrong in found)
    page.goto("about:blank")  # the context ends with its browser, see `device`


def of_one(page: Any, answer: Any, rules: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the page that is open."""
    if answer.status != 200:
        yield f"answered {answer.status} {page.url}"
        return
    told = page.evaluate(TOLD)
    if told["headings"] != 1:
        yield f"{told['headings']} main headings"
    if not told["title"].removesuffix("Kepu").strip(" -·—"):
        yield "no title"
    if told["language"] != "zh-CN":
        yield "not in Chinese"
    yield from page.evaluate(READ, rules)
    for width, letters in LOOKS.items():
        yield from measured(page, width, letters)


def photographed(page: Any, sight: town.Sight) -> None:
    name = re.sub(r"[^\w.-]+", "-", str(sight))
    looks = [(width, letters) for width in LOOKS for letters in LOOKS[width]]
    for width, letters in looks if os.environ.get("KEPU_SCREENSHOTS") else ():
        look(page, width)
        page.evaluate("letters => document.documentElement.dataset.type = letters", letters)
        photograph(page, f"{width}-{letters}/{name}", full_page=True)


def in_the_dark(page: Any) -> list[str]:
    """What cannot be read with dark colours."""
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    return [f"dark {found}" for found in page.evaluate(READ, CONTRAST)]


def measured(page: Any, width: int, letters: list[str]) -> list[str]:
    """What does not fit into one width, with each size of letters."""
    look(page, width)
    found: list[str] = page.evaluate(MEASURE, [width, letters])
    return found
