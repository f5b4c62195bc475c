"""Files over HTTP: large ones pass through little memory; bad ones are refused and leave nothing."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from benchmarks import large
from kepu.appraisal.models import Application
from kepu.kernel.files import blobs
from kepu.kernel.files.models import StoredFile
from tests.factories import user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.test_review_files import document, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MB = 2**20
KINDS = ["pdf", "docx", "xlsx", "csv", "jpeg"]
PAPERS = [{"key": "rules", "title": "材料", "megabytes": 500, "most": 100, "kinds": KINDS}]


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "coming")
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir()


@pytest.fixture
def row() -> Application:
    return world.application(factories.call(**world.SAID | {"evidence": PAPERS}))


def browser(person: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def page(row: Application) -> str:
    return reverse("application-evidence", args=[row.pk, "rules"])


def left(settings: Any) -> list[str]:
    """Every file that an upload left on the disk."""
    folders = [Path(settings.FILE_UPLOAD_TEMP_DIR), blobs.folder()]
    return [name for one in folders for _at, _below, names in os.walk(one) for name in names]


class Wire:
    """A body that is made as it is read; `breaks` is where the connection is lost."""

    def __init__(self, pieces: Iterator[bytes], breaks: int | None = None) -> None:
        self.pieces, self.held, self.breaks = pieces, b"", breaks
        self.read_so_far = 0

    def readline(self, size: int = -1) -> bytes:
        raise AssertionError("a body is read in pieces, never by its lines")

    def read(self, size: int = -1) -> bytes:
        while len(self.held) < size and (piece := next(self.pieces, b"")):
            self.held += piece
        found, self.held = self.held[:size], self.held[size:]
        self.read_so_far += len(found)
        if self.breaks is not None and self.read_so_far > self.breaks:
            raise OSError("the connection was lost")
        return found


def form(content: Iterator[bytes]) -> Iterator[bytes]:
    yield (
        f'--{large.BORDER}\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    yield from content
    yield f"\r\n--{large.BORDER}--\r\n".encode()


def send(client: Client, address: str, size: int, breaks: int | None = None) -> Any:
    """As a server hands a request on: nothing of the body is in memory before it is read."""
    length = sum(map(len, form(large.pdf(size))))
    environ = client._base_environ(
        PATH_INFO=address, REQUEST_METHOD="POST", CONTENT_LENGTH=str(length),
        CONTENT_TYPE=f"multipart/form-data; boundary={large.BORDER}",
        **{"wsgi.input": Wire(form(large.pdf(size)), breaks)},
    )  # fmt: skip
    return client.handler(environ)


# --- size -----------------------------------------------------------------------------------------


def test_two_hundred_megabytes_pass_through_little_memory(row, settings):
    client, own = browser(row.made_by), os.getpid()
    send(client, page(row), 1 * MB)
    large.forget_peaks([own])
    before = large.memory(own, "VmRSS")

    answer = send(client, page(row), 200 * MB)

    assert answer.status_code == 302
    assert large.memory(own, "VmHWM") - before <= 64
    assert StoredFile.objects.latest("pk").size > 200 * MB
    assert os.listdir(settings.FILE_UPLOAD_TEMP_DIR) == []


def test_beyond_five_hundred_megabytes_nothing_is_read(row, settings):
    answer = send(browser(row.made_by), page(row), 502 * MB, breaks=0)

    assert answer.status_code == 413
    assert "at most 501 MB" in answer.content.decode()
    assert left(settings) == []


def test_more_than_this_entry_takes_is_refused_with_its_size(settings):
    row = world.application(
        factories.call(**world.SAID | {"evidence": [PAPERS[0] | {"megabytes": 3}]})
    )

    answer = send(browser(row.made_by), page(row), 5 * MB)

    assert answer.status_code == 422
    assert "larger than 3 MB" in answer.content.decode()
    assert left(settings) == []


def test_a_lost_connection_leaves_nothing(row, settings):
    answer = send(browser(row.made_by), page(row), 9 * MB, breaks=5 * MB)

    assert 400 <= answer.status_code < 500
    assert left(settings) == []
    assert not row.evidence.exists()


def test_ten_thousand_files_at_once_are_refused_in_words(row, settings):
    head = 'Content-Disposition: form-data; name="files"; filename="a.csv"'
    part = f"--{large.BORDER}\r\n{head}\r\n\r\na,b\r\n"
    body = part.encode() * 10_000 + f"--{large.BORDER}--\r\n".encode()

    answer = browser(row.made_by).post(
        page(row), body, content_type=f"multipart/form-data; boundary={large.BORDER}"
    )

    assert answer.status_code == 413
    assert "at most 100 files" in answer.content.decode()
    assert left(settings) == []
    assert not row.evidence.exists()


def test_a_stranger_sends_little_and_somebody_else_reaches_no_application(row, settings):
    nobody = send(Client(), page(row), 5 * MB, breaks=0)
    other = send(browser(user("路人示例")), page(row), 1 * MB)

    assert (nobody.status_code, other.status_code) == (401, 404)
    assert left(settings) == []


# --- content --------------------------------------------------------------------------------------


def packed(parts: dict[str, bytes | str], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def types(*kinds: str) -> str:
    rows = "".join(
        f'<Override PartName="/p{n}" ContentType="{one}"/>' for n, one in enumerate(kinds)
    )
    return f'<?xml version="1.0"?><Types>{rows}</Types>'


def office(main: str = "word/document.xml", kinds: str | bytes = "", **more: bytes) -> bytes:
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in more.items()}
    return packed({"[Content_Types].xml": kinds or types(WORD), main: "<w/>", **named})


def bomb() -> bytes:
    return packed({"[Content_Types].xml": types(WORD), "word/document.xml": b"0" * 310 * MB})


def locked() -> bytes:
    content = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(content, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    return content.getvalue()


def as_table() -> bytes:
    """Rows and columns to whom reads from the top, an archive to whom reads from the end."""
    return b"a,b\n1,2\n" * 600 + packed({"x": b"1"}, zipfile.ZIP_STORED)


BAD = {
    "pdf and archive": (lambda: pdf() + packed({"a": b"1"}), "two kinds"),
    "archive and pdf": (lambda: packed({"%PDF-1.4": b"1"}), "two kinds"),
    "table and archive": (as_table, "two kinds|not taken"),
    "gif and jar": (lambda: b"GIF89a" + packed({"Main.class": b"1"}), "not taken"),
    "docm": (lambda: office(kinds=types(MACRO)), "macros"),
    "xlsm": (lambda: office("xl/workbook.xml", types(SHEET)), "macros"),
    "docx with macros": (lambda: office(word__vbaProject_dot_bin=b"1"), "macros"),
    "macros under another name": (
        lambda: office(kinds=types(WORD, "application/vnd.ms-office.vbaProject")), "macros",
    ),
    "macro sheet": (
        lambda: office("xl/workbook.xml", types("application/vnd.ms-excel.macrosheet+xml")), "macros",
    ),
    "macros within": (lambda: office(word__embeddings__a_dot_docm=b"1"), "macros"),
    "macros spelt by number": (
        lambda: office(kinds=types(MACRO).replace("macroE", "macro&#69;")), "damaged",
    ),
    "macros in another encoding": (lambda: office(kinds=types(MACRO).encode("utf-16")), "damaged"),
    "bomb": (bomb, "unpacks to far more"),
    "archive in archive": (lambda: packed({"a.zip": packed({"b.zip": b"1"})}), "archives"),
    "locked pdf": (locked, "password"),
    "torn pdf": (lambda: b"%PDF-1.7\n" + b"x" * 3 * MB + b"%%EOF", "damaged"),
    "page": (lambda: b"<html><script>1</script>", "not taken"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_content_is_refused_in_words_and_leaves_nothing(row, settings, what):
    make, words = BAD[what]
    sent = SimpleUploadedFile("示例材料.pdf", make())

    answer = browser(row.made_by).post(page(row), {"files": sent})

    told = answer.content.decode()
    assert answer.status_code == 422
    assert any(word in told for word in words.split("|"))
    assert left(settings) == []
    assert not row.evidence.exists()


def test_a_pdf_that_opens_without_a_password_is_taken_though_it_forbids_copying(row):
    content = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(content, encryption=pikepdf.Encryption(owner="a", user="", R=6))

    for raw in (content.getvalue(), document("<w:p/>")):
        answer = browser(row.made_by).post(page(row), {"files": SimpleUploadedFile("x", raw)})
        assert answer.status_code == 302
