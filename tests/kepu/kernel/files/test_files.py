from __future__ import annotations

import io
import os
import resource
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook
from PIL import Image

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.files import actions, blobs, pictures, purposes, queries, shown, uploads
from kepu.kernel.files.kinds import DOCUMENTS, IMAGES, TABLES, Kind
from kepu.kernel.files.models import FileState, StoredFile
from kepu.kernel.files.purposes import Purpose, owner_only
from tests.factories import NOW, user

pytestmark = pytest.mark.django_db

MB = 2**20
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CSV = "队名,人数\n示例队,5\n".encode()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr(purposes, "_purposes", {})
    every = IMAGES | TABLES | DOCUMENTS
    purposes.register(Purpose("all", "all", every, 150 * MB, owner_only, personal=True))
    purposes.register(Purpose("photo", "photo", IMAGES, 10 * MB, owner_only))
    purposes.register(Purpose("open", "open", every, MB, lambda person, file, now: None))


@pytest.fixture
def person():
    return user()


def picture(kind: str = "JPEG", size=(40, 20), **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind, **options)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def archive(parts: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def document(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def store(content: bytes, person, purpose: str = "all", name: str = "证明.bin") -> StoredFile:
    return actions.store(io.BytesIO(content), purpose, name, by=person, now=NOW)


def content_of(file: StoredFile) -> bytes:
    with queries.open_file(file) as source:
        return source.read()


# --- what is taken


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), Kind.JPEG),
        (picture("PNG"), Kind.PNG),
        (picture("WEBP"), Kind.WEBP),
        (PDF, Kind.PDF),
        (workbook(), Kind.XLSX),
        (document(), Kind.DOCX),
        (CSV, Kind.CSV),
        ("\ufeff队名,人数\n示例队,5\n".encode(), Kind.CSV),
        ("队名,人数\n示例队,5\n".encode("gb18030"), Kind.CSV),
    ],
)  # fmt: skip
def test_the_content_says_what_a_file_is_whatever_its_name(person, content, kind):
    file = store(content, person, name="report.exe")

    assert file.kind == kind
    assert queries.name(file) == f"report{file.kind and '.' + {'jpeg': 'jpg'}.get(kind, kind)}"


def test_a_file_lies_under_its_digest_once_however_often_it_is_kept(person, tmp_path):
    first, second = store(PDF, person), store(PDF, user())

    assert first.sha256 == second.sha256
    assert [p.name for p in (tmp_path / "files").glob("??/*")] == [first.sha256]
    assert content_of(first) == PDF
    assert not list((tmp_path / "files" / "incoming").iterdir())


def test_where_a_photograph_was_taken_is_gone_and_it_stands_upright(person):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "camera of 张示例"
    exif.get_ifd(0x8825)[2] = (29.5, 0, 0)

    file = store(picture("JPEG", (40, 20), exif=exif, comment=b"secret"), person, "photo")

    kept = content_of(file)
    found = Image.open(io.BytesIO(kept))
    assert found.size == (20, 40)
    assert not dict(found.getexif())
    assert b"camera" not in kept
    assert b"secret" not in kept


# --- hostile files


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>,"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"MZ" + b"\0" * 100, id="a program renamed"),
        pytest.param(b"MZ,a\nb,c\n", id="a program that looks like a table"),
        pytest.param(b"#!/bin/sh\nrm -rf a,b\n", id="a script"),
        pytest.param(b"\x7fELF" + b"\0" * 100, id="a Linux program"),
        pytest.param(SVG, id="SVG"),
        pytest.param(HTML, id="HTML"),
        pytest.param(b"\xef\xbb\xbf  \n" + HTML, id="HTML behind a mark and spaces"),
        pytest.param(b"plain words", id="text without columns"),
        pytest.param(PDF.replace(b"%%EOF", b""), id="PDF cut short"),
        pytest.param(PDF + archive({"a": b"b"}), id="PDF and archive at once"),
        pytest.param(archive({"a.txt": b"b"}), id="an archive"),
        pytest.param(document()[:-30], id="a document cut short"),
        pytest.param(document(**{"word/vbaProject.bin": b"x"}), id="macros"),
        pytest.param(picture("JPEG")[:300], id="a photograph cut short"),
        pytest.param(b"\xff\xd8\xff" + b"junk" * 50, id="a head without a photograph"),
        pytest.param(picture("GIF"), id="GIF"),
        pytest.param(picture("BMP"), id="BMP"),
        pytest.param(picture("TIFF"), id="TIFF"),
    ],
)  # fmt: skip
def test_refused_in_words_and_nothing_is_kept(person, tmp_path, content):
    with pytest.raises(BadInput) as refusal:
        store(content, person)

    assert refusal.value.reason
    assert not StoredFile.objects.exists()
    assert not list((tmp_path / "files").glob("??/*"))
    assert not list((tmp_path / "files" / "incoming").iterdir())


def test_a_picture_that_is_also_a_page_is_only_a_picture_afterwards(person):
    kept = content_of(store(picture("PNG") + HTML + archive({"a": b"b"}), person, "photo"))

    assert b"script" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("format", "size", "becomes"),
    [("JPEG", (400, 300), (400, 300)), ("JPEG", (800, 400), (400, 200)), ("PNG", (400, 300), (400, 300)),
     ("PNG", (800, 400), None), ("WEBP", (800, 400), None), ("JPEG", (1600, 400), None),
     ("JPEG progressive", (800, 400), None)],
)  # fmt: skip
def test_a_large_jpeg_is_kept_smaller_and_other_large_pictures_are_refused(
    person, monkeypatch, format, size, becomes
):
    monkeypatch.setattr(pictures, "PIXELS", 150_000)
    monkeypatch.setattr(pictures, "MOST", {**dict.fromkeys(IMAGES, 150_000), Kind.JPEG: 500_000})

    kind, *progressive = format.split()
    sent = picture(kind, size, **dict.fromkeys(progressive, True))

    if becomes is None:
        with pytest.raises(BadInput, match="too many pixels"):
            store(sent, person)
        return
    kept = content_of(store(sent, person))
    assert Image.open(io.BytesIO(kept)).size == becomes


@pytest.mark.parametrize("size", [(10_000, 6_000), (12_000, 9_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(person, size):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(BadInput):
        store(bomb(*size), person)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


@pytest.mark.slow
def test_a_document_that_unpacks_to_far_too_much_is_refused(person):
    with pytest.raises(BadInput):
        store(document(**{"word/a.bin": b"\0" * 40 * MB}), person)


def test_a_document_of_too_many_parts_is_refused(person, monkeypatch):
    monkeypatch.setattr("kepu.kernel.files.kinds.PARTS", 10)

    with pytest.raises(BadInput):
        store(document(**{f"part{n}": b"x" for n in range(10)}), person)


def test_parts_that_overlap_are_found(person):
    content = document(**{"big": os.urandom(2000)})
    end = content.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", content[end + 16 : end + 20])[0]
    directory = content[start:end]
    tail = bytearray(content[end:])
    tail[8:12] = struct.pack("<HH", 30, 30)
    tail[12:16] = struct.pack("<I", len(directory) * 10)

    with pytest.raises(BadInput):
        store(content[:start] + directory * 10 + bytes(tail), person)


class Endless:
    """A stream of zeros that counts what was read of it."""

    def __init__(self, size: int) -> None:
        self.size, self.read_so_far, self.largest = size, 0, 0

    def read(self, size: int) -> bytes:
        self.largest = max(self.largest, size)
        piece = b"\0" * min(size, self.size - self.read_so_far)
        self.read_so_far += len(piece)
        return piece


@pytest.mark.slow
def test_a_hundred_megabytes_pass_through_little_memory(person):
    stream = Endless(100 * MB)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(BadInput):
        actions.store(stream, "all", "zeros", by=person, now=NOW)

    assert stream.read_so_far == 100 * MB
    assert stream.largest <= blobs.CHUNK
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


def test_reading_stops_at_the_limit(person):
    stream = Endless(100 * MB)

    with pytest.raises(BadInput, match="10"):
        actions.store(stream, "photo", "x", by=person, now=NOW)

    assert stream.read_so_far <= 10 * MB + blobs.CHUNK


def test_a_purpose_takes_its_own_kinds_only(person):
    with pytest.raises(BadInput, match="JPEG, PNG, WEBP"):
        store(PDF, person, "photo")
    with pytest.raises(BadInput):
        store(PDF, person, "unheard of")


@pytest.mark.parametrize(
    ("given", "stem"),
    [
        ("证明.pdf", "证明"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.pdf", "a"),
        ("invoice\u202efdp.exe", "invoicefdp"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x"),
        ("\0\0", "file"),
        (".htaccess", "file"),
        ("长" * 300, "长" * 80),
    ],
)
def test_a_name_carries_no_folder_no_ending_and_no_trick(given, stem):
    assert queries.stem(given) == stem


def test_the_name_is_sealed_and_nothing_of_it_is_in_the_audit(person):
    file = store(PDF, person, name="张示例身份证.pdf")

    rows = str(list(StoredFile.objects.values())) + str(list(Entry.objects.values()))
    assert "张示例" not in rows
    assert queries.name(file) == "张示例身份证.pdf"


# --- handing out


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, "kepu.kernel.accounts.backend.Accounts")
    return client


def test_a_file_is_a_download_and_never_a_page(person):
    file = store(PDF, person, name="证明.pdf")

    answer = signed_in(person).get(reverse("file", args=[file.pk]))

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("purpose", "who", "allowed"),
    [
        ("all", "owner", True),
        ("all", "stranger", False),
        ("all", "nobody", False),
        ("open", "nobody", True),
        ("gone", "owner", False),
    ],
)
def test_the_purpose_decides_who_reads(person, purpose, who, allowed):
    file = store(PDF, person, "open" if purpose == "gone" else purpose)
    if purpose == "gone":
        StoredFile.objects.update(purpose="gone")
    client = {"owner": lambda: signed_in(person), "stranger": lambda: signed_in(user())}.get(
        who, Client
    )()

    status = client.get(reverse("file", args=[file.pk])).status_code

    assert status == (200 if allowed else 404)


def test_what_is_not_there_and_what_one_may_not_read_look_alike(person):
    file = store(PDF, person)
    stranger = signed_in(user())

    hidden = stranger.get(reverse("file", args=[file.pk]))
    missing = stranger.get(reverse("file", args=[file.pk + 999]))

    def main(page) -> str:
        return page.content.decode().partition("<main")[2].partition("</main>")[0]

    assert hidden.status_code == missing.status_code == 404
    assert main(hidden) == main(missing)


# --- removing and sweeping


def test_only_the_owner_takes_a_file_back_and_once(person):
    file = store(PDF, person)

    with pytest.raises(NotAllowed):
        actions.remove(file.pk, by=user(), now=NOW)
    actions.remove(file.pk, by=person, now=NOW)
    with pytest.raises(RuleBroken):
        actions.remove(file.pk, by=person, now=NOW)
    assert signed_in(person).get(reverse("file", args=[file.pk])).status_code == 404


def days_later(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_the_sweep_takes_what_no_row_names_after_a_day(person):
    kept, removed = store(PDF, person), store(CSV, person)
    actions.remove(removed.pk, by=person, now=NOW)

    assert actions.sweep(now=days_later(0)) == 0
    assert actions.sweep(now=days_later(2)) == 1
    assert content_of(kept) == PDF
    with pytest.raises(FileNotFoundError):
        queries.open_file(removed)


def test_the_sweep_spares_what_is_handed_in_while_it_looks(person, monkeypatch, tmp_path):
    first = store(PDF, person)
    actions.remove(first.pk, by=person, now=NOW)
    os.utime(blobs.place(first.sha256), (0, 0))
    kept = queries.kept

    class JustBefore:
        """Nobody has it, and in the next moment somebody hands it in."""

        def filter(self, **_which):
            return self

        def exists(self):
            monkeypatch.setattr(queries, "kept", kept)
            store(PDF, user())
            return False

    monkeypatch.setattr(queries, "kept", JustBefore)

    assert actions.sweep(now=datetime.now(UTC)) == 0
    assert content_of(StoredFile.objects.get(state=FileState.KEPT)) == PDF
    assert not list((tmp_path / "files" / "incoming").iterdir())


def test_what_was_shown_of_a_content_goes_with_it(person, tmp_path):
    file = store(picture("PNG"), person)
    shown.small(file.sha256, 8)
    assert list((tmp_path / "shown").glob("??/*/8.jpg"))
    actions.remove(file.pk, by=person, now=NOW)

    actions.sweep(now=days_later(2))

    assert not list((tmp_path / "shown").glob("??/*"))


def test_the_sweep_spares_what_somebody_else_handed_in_too(person):
    mine, theirs = store(PDF, person), store(PDF, user())
    actions.remove(mine.pk, by=person, now=NOW)

    assert actions.sweep(now=days_later(2)) == 0
    assert content_of(theirs) == PDF


def test_what_a_crash_left_behind_is_swept(person, tmp_path):
    left = tmp_path / "files" / "incoming" / "tmpcrash"
    left.mkdir(parents=True)
    (left / "raw").write_bytes(b"half")

    actions.sweep(now=days_later(2))

    assert not left.exists()


def test_an_upload_that_a_killed_server_left_is_swept_and_one_of_today_is_not(person, tmp_path):
    upload = uploads.IncomingFile("大.pdf", "application/pdf", 0, None)
    upload.write(b"half")
    upload.flush()
    place = Path(upload.temporary_file_path())

    assert place.parent == tmp_path / "files" / "incoming"
    actions.sweep(now=days_later(0))
    assert place.exists()
    actions.sweep(now=days_later(2))
    assert not place.exists()
    upload.file._closer.delete = False  # there is nothing to delete any more


def killed(*_ways: object) -> None:
    raise OSError("killed")


def test_a_small_picture_that_was_half_drawn_lies_on_the_workbench(person, monkeypatch, tmp_path):
    file = store(picture("PNG"), person)
    monkeypatch.setattr(shown, "os", SimpleNamespace(replace=killed))

    with pytest.raises(OSError, match="killed"):
        shown.small(file.sha256, 8)

    assert not [one for one in (tmp_path / "shown").glob("??/*/*") if one.is_file()]


def test_personal_files_go_with_their_person_and_the_others_stay_without_a_name(person):
    own, evidence = store(PDF, person, name="张示例.pdf"), store(CSV, person, "open", "名单.csv")
    accounts.erase(person, by=person, now=NOW)
    worker.work_off(NOW)

    own.refresh_from_db()
    evidence = StoredFile.objects.get(pk=evidence.pk)
    assert own.state == FileState.REMOVED
    assert queries.name(evidence) == "file.csv"


def test_an_export_names_the_files(person):
    from kepu.kernel.accounts import exports

    store(PDF, person, name="证明.pdf")

    assert exports._parts["files"](person, NOW)[0]["name"] == "证明.pdf"


def test_a_list_of_parts_that_is_longer_than_any_hides_nothing():
    parts = os.urandom(600_000).hex().encode() + b"macroEnabled"

    with pytest.raises(BadInput, match="unpacks to far more"):
        store(document(**{"[Content_Types].xml": parts}), user())
