"""Photographs and documents of venues: how many, who may read them, who takes them away."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.files.kinds import DOCUMENTS, IMAGES, TABLES
from kepu.kernel.files.models import FileState, StoredFile
from kepu.kernel.files.purposes import Purpose
from kepu.venues import rules
from kepu.venues.models import Venue, VenueFile
from kepu.venues.states import OVER, PUBLIC, FileKind, VenueState

PHOTOS, PAPERS = "venues.photo", "venues.document"
PURPOSE_OF = {FileKind.PHOTO.value: PHOTOS, FileKind.DOCUMENT.value: PAPERS}
LARGEST = 8 * 1024 * 1024
MOST = {FileKind.PHOTO: 12, FileKind.DOCUMENT: 20}


def of(venue: Venue, kind: FileKind) -> QuerySet[VenueFile]:
    """What was handed in and is there still, in that order. One query."""
    found = VenueFile.objects.filter(venue=venue, kind=kind, file__state=FileState.KEPT)
    return found.select_related("file", "venue__organisation")


def why_not_add(venue: Venue, kind: str) -> str | None:
    """A venue that is not over, and as many as somebody looks at."""
    if kind not in FileKind.values:
        return _("a photograph or a document is handed in")
    if venue.state in OVER or venue.state == VenueState.LISTED:
        return _("this venue is not on the register any more")
    most = MOST[FileKind(kind)]
    if of(venue, FileKind(kind)).count() >= most:
        return _("a venue keeps at most %(most)s of these; remove one first") % {"most": most}
    return None


def why_not_read(person: User | None, venue: Venue, kind: str, now: datetime) -> str | None:
    """A photograph everybody sees with the venue; a document only officers and its managers."""
    concerned = rules.why_not_keep(person, venue.organisation, now) is None or (
        venue.state != VenueState.DRAFT and rules.why_not_officer(person, venue, now) is None
    )
    if concerned or (kind == FileKind.PHOTO and venue.state in PUBLIC):
        return None
    return _("shown to the managers of the venue and to officers of the place")


def why_not_take_away(person: User | None, venue: Venue, now: datetime) -> str | None:
    """Who manages the venue; or an officer, where a picture shows what it should not."""
    if rules.why_not_keep(person, venue.organisation, now) is None:
        return None
    return rules.why_not_officer(person, venue, now)


def _of_file(file: StoredFile) -> VenueFile | None:
    return VenueFile.objects.select_related("venue__organisation").filter(file=file).first()


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    found = _of_file(file)
    if found is None:
        return _("this file is not there any more")
    return why_not_read(person, found.venue, found.kind, now)


def _why_not_remove(person: User | None, file: StoredFile, now: datetime) -> str | None:
    found = _of_file(file)
    if found is None:
        return _("this file is not there any more")
    return why_not_take_away(person, found.venue, now)


PURPOSES = (
    Purpose(
        PHOTOS, lazy("photograph of a venue"), IMAGES, LARGEST, _why_not_read,
        why_not_remove=_why_not_remove,
    ),
    Purpose(
        PAPERS, lazy("document of a venue"), IMAGES | DOCUMENTS | TABLES, LARGEST, _why_not_read,
        why_not_remove=_why_not_remove,
    ),
)  # fmt: skip
