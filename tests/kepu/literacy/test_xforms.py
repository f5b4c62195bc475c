"""XLSForms that Kepu writes are taken by ODK's own compiler, and become the form that was meant."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest

from kepu.literacy import odk, xlsform
from kepu.literacy.models import Item
from kepu.literacy.queries import booklets as sets
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = {"x": "http://www.w3.org/2002/xforms", "h": "http://www.w3.org/1999/xhtml"}


def compiled(form: bytes) -> tuple[ElementTree.Element, list[str]]:
    """The XForm, and what the compiler warned of; the Java validator is not asked."""
    convert = pytest.importorskip("pyxform.xls2xform").convert
    made = convert(xlsform=io.BytesIO(form), file_type=".xlsx", validate=False)
    return ElementTree.fromstring(made.xform), made.warnings


def test_the_form_of_a_booklet_becomes_an_xform_with_every_question_in_both_languages():
    of = field.fieldwork()
    items = sets.items_of(of.booklets, 1)

    form, warnings = compiled(odk.form(of, 1, items))

    binds = {one.get("nodeset").rsplit("/", 1)[1]: one for one in form.iterfind(".//x:bind", NAMES)}
    assert {f"q_{item.code.lower()}" for item in items} < binds.keys()
    assert "pulldata('doors'" in binds["chosen"].get("calculate")
    assert "came" in binds["adults"].get("relevant")
    assert binds["adults"].get("constraint") == ". >= 1 and . <= 20"
    languages = [one.get("lang") for one in form.iterfind(".//x:translation", NAMES)]
    assert sorted(languages) == ["English (en)", "中文 (zh)"]
    assert form.find(".//x:instance[@src='jr://file-csv/doors.csv']", NAMES) is not None
    assert warnings == []


def test_the_bank_as_a_form_becomes_an_xform_too():
    field.booklets(1)
    items = list(Item.objects.order_by("code").prefetch_related("wordings"))

    form, _warnings = compiled(xlsform.write(items, title="示例题库", with_key=False))

    asked = form.findall(".//h:body/x:select1", NAMES)
    assert len(asked) == len(items)


def test_words_that_a_compiler_would_take_for_its_own_stay_words():
    of = field.fieldwork()
    items = sets.items_of(of.booklets, 1)
    first, second = items[0].wordings.first(), items[1].wordings.first()
    first.stem, first.options = "若 ${a} < 3 & b > 2，\n则 a 是？", ["${a}", "<b>粗</b>", "'引号'"]
    first.save()
    second.options = ["1", "2.0", "=3+4"]
    second.save()

    form, _warnings = compiled(odk.form(of, 1, sets.items_of(of.booklets, 1)))

    said = [one.text or "" for one in form.iterfind(".//x:value", NAMES)]
    assert any("若 $ {a} < 3 & b > 2" in words for words in said)
    assert {"2.0", "=3+4", "<b>粗</b>"} <= set(said)
