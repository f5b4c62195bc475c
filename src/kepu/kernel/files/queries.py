"""Reads of files."""

from __future__ import annotations

import re
import unicodedata
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from django.db.models import QuerySet

from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import User
from kepu.kernel.files import blobs
from kepu.kernel.files.kinds import LOOKS, Kind
from kepu.kernel.files.models import FileState, StoredFile

_UNSAFE = re.compile(r'[\\/:*?"<>|]')


def kept() -> QuerySet[StoredFile]:
    """Files that are there, the newest first."""
    return StoredFile.objects.filter(state=FileState.KEPT).order_by("-created_at", "-pk")


def of_owner(person: User, purpose: str) -> QuerySet[StoredFile]:
    """What a person handed in for one purpose, the newest first."""
    return kept().filter(owner=person, purpose=purpose)


def media_type(file: StoredFile) -> str:
    return LOOKS[Kind(file.kind)].media_type


def name(file: StoredFile) -> str:
    """What its owner called the file, with the ending its content asks for; "file" once they are erased."""
    ending = LOOKS[Kind(file.kind)].extension
    if file.owner.data_key is None:
        return f"file{ending}"
    try:
        kept = keys.unseal(file.owner.data_key, file.sealed_name, owner_of_name(file.owner))
    except InvalidTag:
        return f"file{ending}"
    return f"{kept['stem']}{ending}"


def owner_of_name(person: User) -> str:
    return f"{person.pseudonym}:file"


def stem(given: str) -> str:
    """A name without folders, endings, control and direction characters: U+202E turns fdp.exe round."""
    last = given.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    base = _UNSAFE.sub("_", shown).partition(".")[0].strip()
    return base[:80] or "file"


def open_file(file: StoredFile) -> BinaryIO:
    """The content for reading. Ask the purpose's `why_not_read` first; this does not."""
    return blobs.open_blob(file.sha256)
