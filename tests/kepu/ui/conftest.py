"""The look alone: components rendered by the product's own environment, in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import trans_real
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

import kepu.ui
from kepu.ui.jinja import environment

UI = Path(kepu.ui.__file__).parent
Render = Callable[..., str]


@pytest.fixture(scope="session", autouse=True)
def catalogue() -> None:
    """The compiled texts are not kept in the repository; a test run without the set-up makes
    them."""
    source = UI / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po, locale="zh_Hans"))
        trans_real._translations.clear()


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.fixture(scope="session")
def env() -> Environment:
    return environment(loader=FileSystemLoader(UI / "templates"))


@pytest.fixture
def render(env: Environment) -> Render:
    def with_components(template: str, **context: object) -> Markup:
        head = '{% import "ui/components.html" as ui %}'
        return Markup(env.from_string(head + template).render(**context))

    return with_components
