"""Every verb that is written into the audit has a name in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

import kepu
from kepu.appraisal import states as appraisal
from kepu.appraisal.standards_states import STANDARD
from kepu.kernel.audit import actions as audit
from kepu.kernel.audit import queries, words
from kepu.kernel.exports.registry import SOURCES
from kepu.literacy import states as literacy
from kepu.orders import states as orders
from kepu.people import states as people
from kepu.venues import states as venues
from tests.factories import NOW, officer, user

# What stands in a verb that is put together: which verbs there are for each noun.
MOVES = {
    "order": orders.ORDER,
    "plan": orders.PLAN,
    "service": orders.SERVICE,
    "team": people.TEAM,
    "expert": people.EXPERT,
    "worker": people.WORKER,
    "item": literacy.ITEM,
    "booklets": literacy.BOOKLETS,
    "run": literacy.RUN,
    "estimate": literacy.ESTIMATE,
    "sample": literacy.SAMPLE,
    "study": literacy.STUDY,
    "fieldwork": literacy.FIELDWORK,
    "absence": people.ABSENCE,
    "course": people.COURSE,
    "venue": venues.VENUE,
    "nomination": people.NOMINATION,
    "objection": people.OBJECTION,
    "volunteer": people.VOLUNTEER,
    "return": literacy.RETURN,
    "round": literacy.ROUND,
    "standard": STANDARD,
    "facility_plan": venues.PLAN,
    "project": venues.WORKS,
}


def recorded() -> Iterator[ast.expr]:
    """The verb of every `audit.record(by, verb, ...)` there is."""
    for path in Path(kepu.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield node.args[1]


def verbs() -> set[str]:
    found = {f"{kind}.export" for kind in SOURCES} | {"export.ready", "export.failed"}
    found |= {"field_event.take_anyway", "field_event.set_aside"}
    found |= {f"{noun}.{move.verb}" for noun, machine in MOVES.items() for move in machine.moves}
    found |= {
        f"appraisal.{move.verb}_{noun}"
        for noun, machine in (("review", appraisal.REVIEW), ("panels", appraisal.PANELS))
        for move in machine.moves
    }
    return found | {str(verb.value) for verb in recorded() if isinstance(verb, ast.Constant)}


def test_every_verb_has_a_chinese_name():
    assert [verb for verb in sorted(verbs()) if not words.known(verb)] == []


def test_every_verb_that_is_put_together_is_one_we_know_how_to_spell_out():
    nouns = {ast.unparse(verb).removeprefix("f").strip("'").split(".")[0] for verb in recorded()
             if not isinstance(verb, ast.Constant)}  # fmt: skip

    assert nouns - MOVES.keys() == {"{kind}", "appraisal", "export", "field_event"}


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "服务队接单"), ("en", "order: claim")])
def test_the_verb_is_said_in_the_readers_language(language, said):
    with translation.override(language):
        assert words.of("order.claim") == said


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["服务队接单", "order.cl", "接单"])
def test_an_entry_is_found_by_the_verb_or_its_chinese_name(asked):
    audit.record(None, "order.claim", user(), now=NOW)
    audit.record(None, "order.rate", user(), now=NOW)

    found = queries.entries(queries.Asked(verb=asked))

    assert [entry.verb for entry in found] == ["order.claim"]


@pytest.mark.django_db
def test_the_page_shows_the_chinese_name():
    audit.record(None, "order.claim", user(), now=NOW)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(officer("audit_administrator", "50."))

    assert "服务队接单" in client.get(reverse("audit")).content.decode()


@pytest.mark.django_db
def test_a_browser_that_looks_for_an_icon_by_itself_finds_the_mark():
    answer = Client().get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (301, "/static/kepu/mark.svg")
