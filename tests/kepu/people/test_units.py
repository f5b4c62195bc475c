"""The register of units: who keeps it, codes that are checked, and what a closed unit takes no more."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.accounts import actions
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.roles import actions as roles
from kepu.orders import actions as orders
from tests.factories import NOW, division, loop, officer, organisation, user
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

HERE, THERE = "50.103.", "50.107."
CODE, OTHER_CODE = "91500000MA5U000010", "91500000MA5U000023"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for path in (HERE, THERE):
        division(path)


def security(path: str = HERE):
    return officer("security_administrator", path)


def browser(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


def typed(**changed: str) -> dict[str, str]:
    usual = {"name": "示例博物馆", "kind": "venue", "division": "示例50.103.", "credit_code": CODE}
    return usual | changed


def test_a_unit_is_registered_found_changed_closed_and_opened_again():
    by = security()
    page = browser(by)

    made = page.post(reverse("unit-new"), typed(), follow=True)
    unit = Organisation.objects.get(credit_code=CODE)
    here = reverse("unit-change", args=[unit.pk])
    changed = page.post(here, typed(name="新名示例馆"))
    closed = page.post(reverse("unit-turn", args=[unit.pk, "close"]), follow=True)

    assert "Registered" in made.content.decode()
    assert changed.status_code == 302
    assert "takes no order and no role" in closed.content.decode()
    undo = closed.text.partition("button-undo")[0].rpartition("<form")[2]
    assert reverse("unit-turn", args=[unit.pk, "reopen"]) in undo
    listed = page.get(reverse("units"), {"q": CODE.lower()}).content.decode()
    assert "新名示例馆" in listed
    page.post(reverse("unit-turn", args=[unit.pk, "reopen"]))
    unit.refresh_from_db()
    assert (unit.active, unit.path, unit.sort_key[:3]) == (True, HERE, "xin")
    verbs = [f"organisation.{verb}" for verb in ("register", "change", "close", "reopen")]
    assert (
        list(Entry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True))
        == verbs
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"credit_code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "check each character"),
        ({"credit_code": OTHER_CODE}, "registered already: 先到示例"),
        ({"name": " "}, "required"),
        ({"division": "示例50.107."}, "officer of this area"),
    ],
)
def test_what_is_not_right_is_said_and_nothing_is_registered(changed, sentence):
    organisation("先到示例", THERE, credit_code=OTHER_CODE)

    answer = browser(security()).post(reverse("unit-new"), typed(**changed))

    assert answer.status_code in (403, 409, 422)
    assert sentence in answer.content.decode()
    assert Organisation.objects.count() == 1


def test_a_unit_elsewhere_is_as_good_as_none():
    unit = organisation("他处示例", THERE)
    page = browser(security())

    assert "他处示例" not in page.get(reverse("units")).content.decode()
    assert page.get(reverse("unit-change", args=[unit.pk])).status_code == 404
    assert page.post(reverse("unit-turn", args=[unit.pk, "close"])).status_code == 404
    assert browser(user()).get(reverse("units")).status_code == 403
    with pytest.raises(NotAllowed):
        actions.close_organisation(unit.pk, by=security(), now=NOW)
    assert Organisation.objects.get().active


def test_a_code_is_one_units_and_stays_when_none_is_given():
    organisation("先到示例", HERE, credit_code=OTHER_CODE)
    unit = organisation("示例馆", HERE, credit_code=CODE)
    said = {"name": "示例馆", "kind": "venue", "by": security(), "now": NOW}

    with pytest.raises(RuleBroken, match="registered already"):
        actions.change_organisation(unit.pk, credit_code=OTHER_CODE, **said)
    assert actions.change_organisation(unit.pk, credit_code="", **said).credit_code == CODE


def test_what_a_unit_is_part_of_and_merged_into_is_entered_by_name_or_code_closed_ones_too():
    by = security()
    unit, over = organisation("分馆示例", HERE, credit_code=CODE), organisation("总馆示例", THERE)
    new = organisation("新馆示例", HERE, credit_code=OTHER_CODE, active=False)
    page, here = browser(by), reverse("unit-change", args=[unit.pk])
    wanted = typed(name=unit.name, parent=over.name, merged_into=OTHER_CODE)

    answer = page.post(here, wanted)
    again = page.get(here).content.decode()
    unknown = page.post(here, wanted | {"parent": "没有这个单位"})

    unit.refresh_from_db()
    assert answer.status_code == 302
    assert (unit.parent, unit.merged_into) == (over, new)
    assert over.name in again
    assert OTHER_CODE in again
    assert "no unit of this name" in unknown.content.decode()
    assert Entry.objects.filter(verb="organisation.relate").count() == 1


@pytest.mark.parametrize("by_what", ["parent", "merged_into"])
def test_no_unit_stands_above_itself_however_far(by_what):
    units = [organisation(f"{n}号示例", HERE) for n in range(3)]
    none = {"parent": None, "merged_into": None}
    for low, high in ((units[0], units[1]), (units[1], units[2])):
        actions.relate_organisation(low.pk, **none | {by_what: high}, by=security(), now=NOW)

    for unit, to in ((units[2], units[0]), (units[0], units[0])):
        with pytest.raises(RuleBroken, match="itself"):
            actions.relate_organisation(unit.pk, **none | {by_what: to}, by=security(), now=NOW)
        with pytest.raises(NotAllowed):
            actions.relate_organisation(unit.pk, **none, by=security(THERE), now=NOW)


def test_a_closed_unit_takes_no_order_and_no_role():
    city = loop()
    order = city.order("placed")
    actions.close_organisation(city.department.pk, by=security(), now=NOW)
    city.department.refresh_from_db()

    with pytest.raises(RuleBroken, match="does not take orders"):
        orders.dispatch(order.pk, department=city.department, by=city.worker, now=NOW)
    with pytest.raises(RuleBroken, match="organisation is closed"):
        roles.grant(
            user().pk, role="department_officer", organisation=city.department, by=None, now=NOW
        )
    with pytest.raises(RuleBroken, match="closed already"):
        actions.close_organisation(city.department.pk, by=security(), now=NOW)


def test_the_register_is_kept_over_the_wire_too():
    by, stranger = caller(security()), caller(user())
    body = {"name": "示例馆", "kind": "venue", "place": HERE, "credit_code": CODE}

    made = by.post("organisations", body)

    assert made.status_code == 201
    assert (made.json()["active"], made.json()["place"]["path"]) == (True, HERE)
    assert by.post("organisations", body).status_code == 409
    assert by.post("organisations", body | {"place": THERE}).status_code == 403
    assert by.post("organisations", body | {"credit_code": CODE[::-1]}).status_code == 422
    at = f"organisations/{made.json()['id']}"
    new = {"name": "新名示例馆", "kind": "school", "credit_code": CODE}
    assert by.post(f"{at}/change", new).json()["kind"] == "school"
    over = organisation("总馆示例", THERE)
    related = by.post(f"{at}/kin", {"parent_id": over.pk}).json()
    assert (related["part_of"], related["merged_into"]) == (
        {"id": over.pk, "name": over.name},
        None,
    )
    assert by.post(f"{at}/kin", {"parent_id": made.json()["id"]}).status_code == 409
    assert by.post(f"{at}/kin", {"merged_into_id": 4711}).status_code == 422
    assert stranger.post(f"{at}/kin", {}).status_code == 404
    assert by.post(f"{at}/close").json()["active"] is False
    assert by.post(f"{at}/close").status_code == 409
    assert [one["name"] for one in by.get("organisations").json()["items"]] == ["新名示例馆"]
    assert by.post(f"{at}/reopen").json()["active"] is True
    assert stranger.get("organisations").status_code == 403
    assert stranger.post(f"{at}/close").status_code == 404


def test_units_are_narrowed_sorted_and_taken_away(tmp_path):
    organisation("丙示例馆", HERE, kind="venue", credit_code=CODE)
    organisation("甲示例校", HERE, kind="school", active=False)
    organisation("乙示例校", f"{HERE}001.", kind="school")
    page, door = browser(security()), reverse("units")

    def found(**asked) -> list[str]:
        text = page.get(door, asked).text
        names = ("丙示例馆", "甲示例校", "乙示例校")
        return sorted((one for one in names if one in text), key=text.index)

    assert found(sort="new") == ["乙示例校", "甲示例校", "丙示例馆"]
    assert found(kind="school", state="closed") == ["甲示例校"]
    assert found(kind="school", state="works") == ["乙示例校"]
    assert found(q=CODE) == ["丙示例馆"]
    assert found(district=THERE) == []
    taken = page.get(reverse("register-export", args=["units", "csv"]), {"kind": "venue"})
    assert "丙示例馆" in b"".join(taken).decode("utf-8-sig")
    assert "乙示例校" not in b"".join(taken).decode("utf-8-sig")
    narrow = browser(user()).get(reverse("register-export", args=["units", "csv"]))
    assert narrow.status_code == 403


def test_units_are_narrowed_over_the_api():
    organisation("丙示例馆", HERE, kind="venue", credit_code=CODE)
    organisation("甲示例校", HERE, kind="school", active=False)
    api = caller(security())

    def found(query: str) -> list[str]:
        return [one["name"] for one in api.get(f"organisations?{query}").json()["items"]]

    assert found("kind=venue") == ["丙示例馆"]
    assert found("active=false") == ["甲示例校"]
    assert found(f"place={HERE}001.") == []
    assert api.get("organisations?kind=castle").status_code == 422


def test_the_filter_offers_only_districts_in_which_the_reader_keeps_units():
    text = browser(security()).get(reverse("units")).text

    assert f'value="{HERE}"' in text
    assert f'value="{THERE}"' not in text
