"""Dossiers for a body that names: one archive with a list, and each application with its files."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import IO

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.appraisal import queries
from kepu.appraisal.models import Application
from kepu.appraisal.programme.schema import Programme
from kepu.kernel import tables
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.files import queries as files
from kepu.kernel.files.models import StoredFile

IN_MEMORY = 8 * 2**20
PIECE = 2**20
UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


def dossiers(programme: Programme, rows: Sequence[Application]) -> IO[bytes]:
    """The archive, to be read from its beginning; in Chinese, whoever takes it: it goes to an office."""
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
    with (
        translation.override("zh-hans"),
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        archive.writestr("清单.csv", _list(programme, rows))
        for one in rows:
            _pack(archive, one, programme)
    packed.seek(0)
    return packed


def _list(programme: Programme, rows: Sequence[Application]) -> bytes:
    heads = [
        pgettext("application", "Code"), _("Applicant"), pgettext("title", "Class"),
        pgettext("title", "Level"), _("Place"), _("Score"), _("Folder"),
    ]  # fmt: skip
    names = divisions.full_names({one.path for one in rows})
    classes = {one.key: one.title for one in programme.classes}
    levels = {one.key: one.title for one in programme.levels}
    told = [
        [
            one.code, queries.applications.name_of(one), classes.get(one.klass, ""),
            levels.get(one.grade, ""), names[one.path], one.score, folder(one),
        ]
        for one in rows
    ]  # fmt: skip
    return tables.csv_text(heads, told)


def folder(one: Application) -> str:
    """What the folder of an application is called, on any system."""
    return UNSAFE.sub("_", f"{one.code}-{queries.applications.name_of(one)}")[:80]


def _pack(archive: zipfile.ZipFile, one: Application, programme: Programme) -> None:
    answers = queries.applications.answers(one)
    asked = programme.of_class(programme.form, one.klass)
    said = [[question.title, answers.get(question.key), question.unit] for question in asked]
    heads = [_("Question"), _("Answer"), pgettext("of a number", "Unit")]
    archive.writestr(f"{folder(one)}/申报表.csv", tables.csv_text(heads, said))
    for name, file in _files(one):
        with (
            closing(files.open_file(file)) as content,
            archive.open(f"{folder(one)}/{name}", "w", force_zip64=True) as target,
        ):
            while piece := content.read(PIECE):
                target.write(piece)


def _files(one: Application) -> Iterator[tuple[str, StoredFile]]:
    """Each file by a name that no other has: the entry of the list, a number, its own name."""
    rows = one.evidence.select_related("file__owner").order_by("key", "pk")
    for number, row in enumerate(rows, start=1):
        yield f"{row.key}-{number:02d}-{UNSAFE.sub('_', files.name(row.file))}", row.file
