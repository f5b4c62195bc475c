"""Evidence: taken in within the programme's limits, taken back, made fit for blind reviewers."""

from __future__ import annotations

import io
import resource
import zipfile

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kepu.appraisal import actions, metadata, queries
from kepu.appraisal.models import Evidence
from kepu.appraisal.rules.evidence import BLIND
from kepu.appraisal.states import Blinding
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.files import blobs
from kepu.kernel.files.models import FileState, StoredFile
from tests.factories import NOW, grant, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.review_world import shown, told
from tests.kepu.appraisal.test_review_files import (
    _information,
    document,
    everything,
    paragraph,
    pdf,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CSV = "项目,数\n讲座,3\n".encode()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def row():
    return world.application(world.call())


def content(file: StoredFile) -> bytes:
    return blobs.place(file.sha256).read_bytes()


def copied(one: Evidence) -> Evidence:
    actions.evidence.free(one.pk, now=NOW)
    return Evidence.objects.select_related("file", "blind").get(pk=one.pk)


def test_a_file_is_kept_and_its_copy_made_by_the_worker(row):
    one = shown(row, pdf(_information))
    assert one.blinding == Blinding.WAITING

    worker.work_off(NOW)

    found = Evidence.objects.select_related("blind").get(pk=one.pk)
    assert found.blinding == Blinding.CLEAN
    assert b"Secret" in content(one.file)
    assert b"Secret" not in content(found.blind)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"%PDF-1.7\n" + b"x" * 60 * 2**20, "50 MB"),
        (b"", "empty"),
        (b"MZ\x90\x00program", "not taken"),
        (b"<html><script>1</script>", "not taken"),
        (b"%PDF-1.7 cut", "cut short"),
    ],
    ids=["large", "empty", "program", "page", "cut"],
)
def test_what_is_no_evidence_is_refused_in_words(row, raw, reason):
    with pytest.raises(BadInput, match=reason):
        shown(row, raw)
    assert not Evidence.objects.exists()


def test_two_kinds_at_once_programs_and_bombs_are_refused(row):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("a", "b")
    macros = document(paragraph("x"), {"word/vbaProject.bin": b"x"})
    bomb = document(paragraph("x"), {"word/media/a.png": b"\0" * 400 * 2**20})
    for raw, reason in (
        (pdf() + archive.getvalue(), "two kinds"),
        (b"PK\x03\x04%PDF-1.7" + document("")[12:], "two kinds"),
        (macros, "macros"),
        (bomb, "unpacks to far more"),
        (archive.getvalue(), "archives"),
    ):
        with pytest.raises(BadInput, match=reason):
            shown(row, raw)


def test_a_list_of_millions_of_parts_is_refused_before_it_is_read(row):
    """The central directory would be held in memory whole."""
    entry = b"PK\x01\x02" + b"\0" * 42 + b"a" * 2
    raw = io.BytesIO(b"PK\x03\x04" + b"\0" * 60)
    raw.seek(0, 2)
    start = raw.tell()
    raw.write(entry * 400_000)
    size = raw.tell() - start
    raw.write(b"PK\x05\x06" + b"\0" * 4 + (65535).to_bytes(2, "little") * 2)
    raw.write(size.to_bytes(4, "little") + start.to_bytes(4, "little") + b"\0\0")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(BadInput, match="unpacks to far more"):
        shown(row, raw.getvalue())

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KiB


def test_the_list_of_evidence_says_which_kinds_and_how_many(row):
    with pytest.raises(BadInput, match="only JPEG, PDF"):
        shown(row, CSV, key="licence")
    with pytest.raises(RuleBroken, match="no such file"):
        shown(row, CSV, key="diary")
    for n in range(5):
        shown(row, CSV + f"讲座,{n}\n".encode())
    with pytest.raises(RuleBroken, match="5 files at most"):
        shown(row, CSV)


def test_only_who_applies_shows_and_takes_back_and_only_while_it_is_written(row):
    with pytest.raises(NotAllowed):
        actions.evidence.add(row.pk, "rules", io.BytesIO(CSV), "a.csv", by=user(), now=NOW)
    one, two = copied(shown(row, CSV)), shown(row, pdf())

    actions.evidence.take_back(one.pk, by=row.made_by, now=NOW)
    assert {one.file_id, one.blind_id} == set(
        StoredFile.objects.filter(state=FileState.REMOVED).values_list("pk", flat=True)
    )
    world.hand_in(row)

    with pytest.raises(RuleBroken, match="not changed any more"):
        actions.evidence.take_back(two.pk, by=row.made_by, now=NOW)
    with pytest.raises(RuleBroken, match="not changed any more"):
        shown(row, CSV)


def test_names_are_blanked_in_the_copy(row):
    one = copied(shown(row, document(paragraph("秘密馆示例的制度"))))

    assert "秘密馆示例" in everything(content(one.file))
    assert "秘密馆示例" not in everything(content(one.blind))


def test_names_told_after_a_file_came_are_blanked_once_it_goes_to_reviewers(row):
    one = copied(shown(row, document(paragraph("由张秘名主持"))))
    assert "张秘名" in everything(content(one.blind))
    seen = factories.again(row).version
    told_now = queries.applications.answers(factories.again(row)) | {"leader": "张秘名"}
    actions.applications.answer(row.pk, told_now, seen=seen, by=row.made_by, now=NOW)
    world.hand_in(row)

    world.asked(row, world.expert())
    assert Evidence.objects.get(pk=one.pk).blind is None
    worker.work_off(NOW)

    found = Evidence.objects.select_related("blind").get(pk=one.pk)
    assert "张秘名" not in everything(content(found.blind))


def test_what_cannot_be_cleaned_is_kept_back_and_the_secretary_told(row):
    secretary = factories.secretary()

    one = copied(shown(row, layered()))

    assert (one.blinding, one.blind) == (Blinding.HELD, None)
    assert "layers" in one.blind_note
    (text,) = told(secretary)
    assert row.code in text
    assert "秘密馆" not in text


def test_the_secretary_keeps_a_file_back_and_lets_it_be_seen_again(row):
    by = factories.secretary()
    one = copied(shown(row, CSV))
    with pytest.raises(NotAllowed):
        actions.evidence.hold(one.pk, reason="页眉有馆名", by=row.made_by, now=NOW)
    with pytest.raises(RuleBroken, match="reason"):
        actions.evidence.hold(one.pk, reason=" ", by=by, now=NOW)

    actions.evidence.hold(one.pk, reason="页眉有馆名", by=by, now=NOW)
    assert Evidence.objects.get(pk=one.pk).blinding == Blinding.HELD
    actions.evidence.let_see(one.pk, by=by, now=NOW)

    assert copied(one).blinding == Blinding.CLEAN


def test_a_copy_that_is_made_anew_leaves_no_older_one_on_the_disk(row):
    one = copied(shown(row, CSV))
    before = one.blind
    actions.evidence.let_see(one.pk, by=factories.secretary(), now=NOW)

    after = copied(one).blind

    before.refresh_from_db()
    assert (before.state, after.state) == (FileState.REMOVED, FileState.KEPT)
    copies = StoredFile.objects.filter(purpose=BLIND, state=FileState.KEPT)
    assert list(copies) == [after]


def layered() -> bytes:
    """A page with a layer that is switched off."""
    pdf, content = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="示例"))
    off = pikepdf.Dictionary(OFF=[layer])
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=off)
    pdf.save(content)
    return content.getvalue()


class Endless:
    """A file of a size, made as it is read."""

    def __init__(self, size: int) -> None:
        first, second = (
            b"1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n",
            b"2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj\n",
        )
        begin = b"%PDF-1.7\n"
        self.left, self.head = size, begin + first + second + b"%"
        rows = b"%010d 00000 n \n%010d 00000 n \n" % (len(begin), len(begin) + len(first))
        table = b"xref\n0 3\n0000000000 65535 f \n" + rows + b"trailer <</Size 3 /Root 1 0 R>>\n"
        self.tail = b"\n" + table + b"startxref\n%d\n%%%%EOF\n" % (len(self.head) + size + 1)

    def read(self, size: int) -> bytes:
        if self.head:
            piece, self.head = self.head, b""
            return piece
        if not self.left:
            piece, self.tail = self.tail, b""
            return piece
        size = min(size, self.left)
        self.left -= size
        return b"%" * size


def test_five_hundred_megabytes_go_to_the_disk_piece_by_piece(monkeypatch):
    of = world.call(years=3)
    row = world.application(of)
    exhibit = queries.calls.programme(of).evidence[0].model_copy(update={"megabytes": 500})
    monkeypatch.setattr("kepu.appraisal.rules.evidence.exhibit_of", lambda *_given: exhibit)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    one = actions.evidence.add(
        row.pk, "rules", Endless(499 * 2**20), "大.pdf", by=row.made_by, now=NOW
    )

    assert one.file.size > 498 * 2**20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB
    with pytest.raises(BadInput, match="500 MB"):
        actions.evidence.add(
            row.pk, "rules", Endless(501 * 2**20), "大.pdf", by=row.made_by, now=NOW
        )


def test_several_files_are_sent_at_once_and_the_wrong_one_is_named(client):
    """The good ones are kept, and the page says which was refused and why."""
    made = world.application(world.call())
    client.force_login(made.made_by)
    page = reverse("application-evidence", args=[made.pk, "rules"])
    good = SimpleUploadedFile("制度.csv", "条,款\n1,2\n".encode())
    bad = SimpleUploadedFile("程序.csv", b"MZ\x90\x00\x03")

    answer = client.post(page, {"files": [good, bad]})

    assert answer.status_code == 422
    assert "程序.csv" in answer.content.decode()
    assert made.evidence.count() == 1
    again = client.post(page, {"files": SimpleUploadedFile("再.csv", "甲,乙\n".encode())})
    assert again.status_code == 302
    assert made.evidence.count() == 2


def test_a_colleague_who_stands_for_the_unit_too_takes_a_file_back(row):
    one = copied(shown(row, CSV))
    colleague = user("同馆同事示例")
    grant(colleague, "venue_manager", row.organisation)

    actions.evidence.take_back(one.pk, by=colleague, now=NOW)

    assert not Evidence.objects.exists()
    assert not StoredFile.objects.filter(state=FileState.KEPT).exists()


def test_names_told_while_the_copy_was_made_are_not_in_it(row, monkeypatch):
    one, strip = shown(row, document(paragraph("由张秘名主持"))), metadata.strip

    def meanwhile(*given):
        strip(*given)
        monkeypatch.undo()
        seen = factories.again(row).version
        told_now = queries.applications.answers(factories.again(row)) | {"leader": "张秘名"}
        actions.applications.answer(row.pk, told_now, seen=seen, by=row.made_by, now=NOW)
        world.hand_in(row)
        world.asked(row, world.expert())

    monkeypatch.setattr(metadata, "strip", meanwhile)
    actions.evidence.free(one.pk, now=NOW)
    assert Evidence.objects.get(pk=one.pk).blind is None

    worker.work_off(NOW)
    found = Evidence.objects.select_related("blind").get(pk=one.pk)
    assert found.blinding == Blinding.CLEAN
    assert "张秘名" not in everything(content(found.blind))


def _hold(one: Evidence) -> None:
    actions.evidence.hold(one.pk, reason="有名称", by=factories.secretary(), now=NOW)


def _take_back(one: Evidence) -> None:
    actions.evidence.take_back(one.pk, by=one.added_by, now=NOW)


@pytest.mark.parametrize("deed", [copied, _hold, _take_back], ids=["copy", "hold", "take back"])
def test_the_application_is_locked_before_the_file(row, deed):
    """Of two that lock in turns each would wait for the other, and the database end one."""
    if not connection.features.has_select_for_update:
        pytest.skip("this database locks whole")
    one = shown(row, CSV)
    with CaptureQueriesContext(connection) as asked:
        deed(one)
    locks = [q["sql"] for q in asked if "FOR UPDATE" in q["sql"]]
    tables = [sql.split(' FROM "')[1].split('"')[0] for sql in locks]
    assert tables.index("appraisal_application") < tables.index("appraisal_evidence")
