"""What somebody can write into a field, and what a browser is told to refuse.

Every text field with marks of HTML, through the forms and in the records; the headers of a response;
addresses that lead away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts.models import User
from kepu.web import once
from tests import factories
from tests.journeys import town
from tests.worlds import standing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARK = "\"'><b data-mark=1>甲</b>"
SHOWN = "data-mark=1"


# --- marks of HTML in every field ---------------------------------------------------------------


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with standing(django_db_blocker, town.build, town.MORNING) as made:
        yield made


@pytest.fixture
def here(built, db, settings) -> Iterator[town.Town]:
    settings.SHOW_SIGN_IN_CODES = True
    with time_machine.travel(town.MORNING, tick=True):
        yield deepcopy(built)


@dataclass
class Form:
    """A form as a browser would send it."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """What a browser makes of a page: its forms, what the mark has become, addresses that run."""

    TYPED = {"text", "search", "tel", "email", "password", "number", "hidden", "url"}

    def __init__(self, answer: Any, address: str = "") -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.became: list[str] = []
        self.select = ""
        self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if "data-mark" in told:
            self.became.append(f"<{tag}>")
        self.links += [told[name] for name in ("href", "src", "action") if name in told]
        if tag == "form":
            action = told.get("action") or self.address
            self.forms.append(Form(action, told.get("method", "get").lower()))
        elif self.forms and told.get("name"):
            self.control(tag, told)
        elif (
            self.forms
            and tag == "option"
            and ("selected" in told or not self.forms[-1].values.get(self.select))
        ):
            self.forms[-1].values[self.select] = told.get("value", "")

    def control(self, tag: str, told: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], told["name"], told.get("type", "text")
        self.select = name if tag == "select" else self.select
        if kind in ("checkbox", "radio") and "checked" not in told:
            return
        form.values[name] = told.get("value", "")
        if name != "csrfmiddlewaretoken" and (
            tag == "textarea" or (tag == "input" and kind in self.TYPED)
        ):
            form.typed.append(name)

    @property
    def wrong(self) -> list[str]:
        return [
            *self.became,
            *(link for link in self.links if link.strip().startswith("javascript:")),
        ]


def test_nothing_typed_into_any_field_becomes_part_of_a_page(here):
    wrong, tried, echoed = [], set(), 0

    for sight in town.SIGHTS:
        browser = town.client(here, sight)
        address = sight.address(here)
        for form in Reader(browser.get(address), address).forms:
            for name in form.typed:
                # What every form carries unseen is the same field everywhere.
                field_of = (name,) if name == once.FIELD else (form.method, form.action, name)
                if field_of in tried:
                    continue
                tried.add(field_of)
                answer = sent(browser, form, name)
                echoed += SHOWN in answer.content.decode()
                wrong += [f"{sight}, {name}: {found}" for found in Reader(answer).wrong]

    assert wrong == []
    assert len(tried) > 60
    assert echoed > 30  # so that the search above means something


def sent(browser: Client, form: Form, name: str) -> Any:
    """Send the form with the mark in one field, look at the page it leads to, and undo it all."""
    with transaction.atomic():
        verb = browser.post if form.method == "post" else browser.get
        answer = verb(form.action.split("#")[0], {**form.values, name: MARK}, follow=True)
        transaction.set_rollback(True)
    return answer


WORDS = (models.CharField, models.TextField)
# Names that the machine reads, not people.
MACHINE = {
    "programme",  # the code of a rulebook
    "caller", "code_digest", "digest", "key", "kind", "language", "link", "listener", "login",
    "password", "path", "purpose", "query", "role", "sha256", "source", "template", "text",
    "text_version", "verb", "what",
}  # fmt: skip


def free_words(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a model that hold whatever somebody wrote."""
    return [
        one for one in model._meta.fields
        if type(one) in WORDS and not one.choices and not one.unique and not one.primary_key
        and one.name not in MACHINE and (one.max_length or 999) >= 40
    ]  # fmt: skip


def test_nothing_that_is_kept_becomes_part_of_a_page(here):
    marked = mark_everything()
    wrong, shown = [], set()

    for sight in town.SIGHTS:
        if sight.before:
            continue  # the way in shows nothing that is kept
        answer = town.client(here, sight).get(sight.address(here))
        text = answer.content.decode()
        assert answer.status_code == 200, f"{sight}: {answer.status_code}"
        wrong += [f"{sight}: {found}" for found in Reader(answer).wrong]
        shown |= {label for label in marked if f"甲{label}" in text}

    assert wrong == []
    assert len(shown) > 20, sorted(shown)


def mark_everything() -> list[str]:
    """Write the mark, and the name of the field, into every free field of every record."""
    marked = []
    for model in apps.get_models():
        if not model.__module__.startswith("kepu.") or model._meta.label in KEPT:
            continue
        for one in free_words(model):
            label = f"{model._meta.label}.{one.name}"
            words = f"甲{label}{MARK}"[: one.max_length or 200]
            with (
                suppress(IntegrityError),
                transaction.atomic(),
            ):  # some may only stand beside others
                model._default_manager.update(**{one.name: words})
                marked.append(label)
    for person in User.objects.all():
        person.keep(replace(person.personal, name=MARK))
        person.save()
    return marked


KEPT = {"audit.Entry", "rulebooks.Rulebook", "facts.Happening", "facts.Delivery"}


# --- what a browser is told ---------------------------------------------------------------------


@pytest.mark.parametrize("page", ["home", "sign-in", "menu", "api-docs", "accessibility"])
def test_no_page_can_be_framed_and_only_our_own_script_runs(page):
    answer = Client().get(reverse(page), {"place": "50."}, follow=True)
    policy = answer["Content-Security-Policy"]

    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_session_cookie_is_hidden_from_scripts_and_from_other_sites():
    browser = Client()
    browser.post(reverse("sign-in"), {"phone": "13800009997"})
    session = browser.cookies[settings.SESSION_COOKIE_NAME]

    assert session["httponly"]
    assert session["samesite"] == "Lax"


AWAY = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example",
    "javascript:x",
]


@pytest.mark.parametrize("wanted", AWAY)
def test_signing_in_never_leads_to_another_site(wanted):
    person = factories.user()
    browser = Client()

    said = browser.post(
        reverse("sign-in") + "?way=staff",
        {"username": person.login, "password": "correct horse battery", "next": wanted},
    )

    assert (said.status_code, said["Location"]) == (302, "/")


@pytest.mark.parametrize("wanted", AWAY)
def test_no_link_for_the_way_back_leads_to_another_site(wanted):
    community = factories.division()

    told = Client().get(reverse("places"), {"next": wanted, "q": "示例"})

    assert community.name in told.content.decode()  # so that there are links to look at
    assert not [link for link in Reader(told).links if link.startswith(wanted)]
