"""What is done with a content before a row says that it is there: looked at, cleaned, put on the disk."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from kepu.kernel.errors import BadInput
from kepu.kernel.files import blobs, pictures, purposes, rules
from kepu.kernel.files import kinds as looks
from kepu.kernel.files.blobs import Readable
from kepu.kernel.files.kinds import IMAGES, Kind
from kepu.kernel.files.purposes import Purpose


@dataclass(frozen=True)
class Content:
    """A content that lies on the disk, clean, and what it was found to be."""

    purpose: str
    kind: Kind
    sha256: str
    size: int


def examine(
    stream: Readable,
    purpose: str,
    *,
    largest: int | None = None,
    kinds: Collection[Kind] | None = None,
    why_not: Callable[[Path, Kind], str | None] = lambda _path, _kind: None,
) -> Content:
    """Look at a content and lay it by; slow, so it belongs outside a transaction.

    `largest` (bytes) and `kinds` are narrower limits of this one record than its purpose has; `why_not`
    is asked last, of the content as it lies on the workbench.

    Raises BadInput in words when it is too large, damaged, or of a kind the purpose does not take. A
    content that no row comes to name goes with a later sweep.
    """
    meant = _narrowed(purposes.get(purpose), largest, kinds)
    with blobs.workbench() as bench:
        clean, kind = _checked(stream, meant, bench)
        if reason := why_not(clean, kind):
            raise BadInput(reason)
        sha256, size = blobs.digest(clean), clean.stat().st_size
        blobs.keep(clean, sha256)
    return Content(meant.key, kind, sha256, size)


def own(made: Path, purpose: str, kind: Kind) -> Content:
    """Lay by what Kepu made itself, which needs no looking at; the file is gone from its place."""
    sha256, size = blobs.digest(made), made.stat().st_size
    blobs.keep(made, sha256)
    return Content(purposes.get(purpose).key, kind, sha256, size)


def _narrowed(purpose: Purpose, largest: int | None, kinds: Collection[Kind] | None) -> Purpose:
    most = purpose.largest if largest is None else min(largest, purpose.largest)
    taken = purpose.kinds if kinds is None else purpose.kinds & frozenset(kinds)
    return replace(purpose, largest=most, kinds=taken)


def _checked(stream: Readable, purpose: Purpose, bench: Path) -> tuple[Path, Kind]:
    raw = bench / "raw"
    blobs.take_in(stream, raw, purpose.largest)
    kind = looks.of(raw)
    if reason := rules.why_not_kind(kind, purpose):
        raise BadInput(reason)
    if kind not in IMAGES:
        return raw, kind
    clean = bench / "clean"
    pictures.rewrite(raw, clean, kind)
    return clean, kind
