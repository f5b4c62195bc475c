"""The office pages of the kernel: each opens to its own administrator, and does what it says."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.audit import chain
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.models import Delivery, Happening
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.rulebooks.models import Rulebook
from kepu.kernel.rulebooks.queries import in_force, shipped
from kepu.kernel.rulebooks.registry import KINDS
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CITY = "50."


@pytest.fixture(autouse=True)
def spring(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with translation.override("en"):
        yield


@pytest.fixture
def people() -> dict[str, User]:
    factories.division("50.103.001.")
    named = (
        "city_officer",
        "system_administrator",
        "security_administrator",
        "audit_administrator",
    )
    return {role: factories.officer(role, CITY) for role in named} | {
        "district_officer": factories.officer("district_officer", "50.103."),
        "resident": factories.user(),
    }


def reader(person: User | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client


OPEN_TO = {
    "/rulebooks/": {"city_officer", "system_administrator", "security_administrator",
                    "audit_administrator", "district_officer", "resident"},
    "/rulebooks/orders.clocks/issue/": {"city_officer"},
    "/audit/": {"audit_administrator"},
    "/deliveries/": {"system_administrator"},
    "/roles/": {"security_administrator"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("page", "role"),
    [
        ("/rulebooks/orders.clocks/issue/", "city_officer"),
        ("/audit/", "audit_administrator"),
        ("/deliveries/", "system_administrator"),
    ],
)
def test_what_is_everybodys_opens_to_nobody_whose_office_is_in_a_district(page, role):
    factories.division("50.103.")

    assert reader(factories.officer(role, "50.103.")).get(page).status_code == 403


@pytest.mark.parametrize("page", OPEN_TO)
def test_a_page_opens_to_its_own_administrator_and_to_nobody_else(people, page):
    found = {who for who, person in people.items() if reader(person).get(page).status_code == 200}

    assert found == OPEN_TO[page]
    assert reader(None).get(page).status_code == 302


# --- rulebooks ------------------------------------------------------------------------------------

KEY = "orders.clocks"


def changed(old: str = "similar_days: 7", new: str = "similar_days: 9") -> str:
    return KINDS[KEY].shipped().replace(old, new)


def test_a_version_is_shown_before_it_is_issued_and_holds_from_its_day(people):
    client = reader(people["city_officer"])
    sent = {"text": changed(), "effective_from": "2026-03-10"}

    shown = client.post(f"/rulebooks/{KEY}/issue/", {**sent, "do": "check"})
    assert shown.status_code == 200
    assert "+ similar_days: 9" in shown.content.decode()
    assert not Rulebook.objects.exists()
    client.post(f"/rulebooks/{KEY}/issue/", {**sent, "do": "issue"})

    assert Rulebook.objects.get().version == 1
    assert in_force(KEY, NOW).rules == shipped(KEY)
    assert "+ similar_days: 9" in client.get(f"/rulebooks/{KEY}/1/").content.decode()


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        (
            changed("limit: 3, unit: workdays", "limit: -3, unit: workdays"),
            "2026-03-10",
            "stages.open",
        ),
        ("stages: [", "2026-03-10", "cannot be read as YAML"),
        (changed(), "2026-03-05", "tomorrow at the earliest"),
    ],
)
@pytest.mark.parametrize("do", ["check", "issue"])
def test_what_is_wrong_is_named_by_place_and_nothing_is_issued(people, text, day, words, do):
    if do == "check" and "tomorrow" in words:
        pytest.skip("the day is asked when it is issued")

    answer = reader(people["city_officer"]).post(
        f"/rulebooks/{KEY}/issue/", {"text": text, "effective_from": day, "do": do}
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Rulebook.objects.exists()


# --- audit ----------------------------------------------------------------------------------------


def test_entries_are_found_by_verb_thing_person_and_day(people):
    client, actor = reader(people["audit_administrator"]), people["city_officer"]
    audit.record(actor, "team.approve", people["resident"], now=NOW)
    audit.record(None, "order.expire", people["resident"], now=NOW)

    def verbs(query: str) -> set[str]:
        page = client.get(f"/audit/?{query}").content.decode()
        return {verb for verb in ("team.approve", "order.expire") if f">{verb}<" in page}

    assert verbs("") == {"team.approve", "order.expire"}
    assert verbs("verb=team") == {"team.approve"}
    assert verbs(f"actor={actor.pseudonym}") == {"team.approve"}
    assert verbs(f"about=accounts.user+{people['resident'].pk}") == {"team.approve", "order.expire"}
    assert verbs("day=2026-03-05") == {"team.approve", "order.expire"}
    assert verbs("day=2026-03-06") == set()


def test_the_verify_button_says_whether_the_chain_was_touched(people):
    client = reader(people["audit_administrator"])
    chain.checkpoint_file().unlink(missing_ok=True)  # of a chain that another test took back
    audit.record(None, "order.expire", people["resident"], now=NOW)
    chain.seal(NOW)

    assert "The chain is sound" in client.post("/audit/verify/").content.decode()
    Entry.objects.update(verb="order.close")
    answer = client.post("/audit/verify/").content.decode()

    assert "The chain was touched" in answer
    assert "was changed" in answer
    chain.checkpoint_file().unlink(missing_ok=True)


# --- deliveries -----------------------------------------------------------------------------------


def test_a_dead_letter_shows_its_error_and_is_tried_again(people):
    client = reader(people["system_administrator"])
    fact = Happening.objects.create(name="OrderMoved", at=NOW, data={})
    dead = Delivery.objects.create(
        fact=fact,
        listener="x.y",
        due_at=NOW,
        state="dead",
        attempts=8,
        last_error="gateway is away",
    )

    assert "gateway is away" in client.get("/deliveries/").content.decode()
    assert client.post(f"/deliveries/{dead.pk}/revive/").status_code == 302
    assert client.post(f"/deliveries/{dead.pk}/revive/").status_code == 409
    assert client.post("/deliveries/999999/revive/").status_code == 404

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)


# --- roles ----------------------------------------------------------------------------------------


def test_roles_are_granted_here_or_in_an_organisation_and_refusals_are_told(people):
    client, person = reader(people["security_administrator"]), factories.user()
    unit = factories.organisation()

    here = {"person": person.login, "role": "community_worker", "post": "A"}
    assert client.post("/roles/?path=50.103.001.", here).status_code == 302
    assert client.post("/roles/?path=50.103.001.", here).status_code == 422
    there = {**here, "role": "department_officer", "organisation": unit.pk}
    assert client.post("/roles/", there).status_code == 302
    own = {**here, "person": people["security_administrator"].login}
    assert "to oneself" in client.post("/roles/", own).content.decode()
    assert client.post("/roles/", {**here, "person": "nobody-at-all"}).status_code == 422

    assert set(Grant.objects.filter(person=person).values_list("role", "path")) == {
        ("community_worker", "50.103.001."), ("department_officer", ""),
    }  # fmt: skip


def test_a_role_is_taken_away_leave_is_entered_and_a_post_handed_over(people):
    client = reader(people["security_administrator"])
    grant = people["district_officer"].grants.get()
    heir = factories.user()

    client.post(f"/roles/{grant.pk}/leave/", {"first": "2026-03-06", "last": "2026-03-08"})
    assert Leave.objects.get().person == people["district_officer"]
    client.post(f"/roles/{grant.pk}/hand-over/", {"to": heir.login})
    new = heir.grants.get()
    assert (new.role, new.path) == ("district_officer", "50.103.")
    client.post(f"/roles/{new.pk}/revoke/")

    new.refresh_from_db()
    assert new.valid_to == NOW
    assert client.post(f"/roles/{new.pk}/revoke/").status_code == 404


def test_an_administrator_of_one_district_does_not_see_another(people):
    local = factories.officer("security_administrator", "50.103.")
    factories.division("50.107.")
    elsewhere = factories.grant(factories.user(), "community_worker", "50.107.")
    client = reader(local)

    assert client.get("/roles/?path=50.103.001.").status_code == 200
    assert client.get("/roles/?path=50.107.").status_code == 404
    assert client.get("/roles/?path=50.").status_code == 404
    assert client.get(f"/roles/{elsewhere.pk}/revoke/").status_code == 404


def test_the_text_in_force_is_taken_away_changed_and_sent_back_as_a_file(people):
    client = reader(people["city_officer"])
    address = f"/rulebooks/{KEY}/file/"
    assert address in client.get(f"/rulebooks/{KEY}/").content.decode()

    taken = client.get(address)

    assert taken["Content-Disposition"] == f'attachment; filename="{KEY}.yaml"'
    text = taken.content.decode()
    assert "similar_days: 7" in text
    sent = SimpleUploadedFile("new.yaml", text.replace("days: 7", "days: 9", 1).encode())
    shown = client.post(
        f"/rulebooks/{KEY}/issue/", {"effective_from": "2026-03-10", "file": sent, "do": "check"}
    )
    assert "+ similar_days: 9" in shown.content.decode()
    assert reader(people["city_officer"]).get("/rulebooks/none/file/").status_code == 404
    assert reader(None).get(address).status_code == 302
