"""Photographs are decoded and written anew: nothing hides in them, and where they were taken is gone."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kepu.kernel.errors import BadInput
from kepu.kernel.files.kinds import Kind

PIXELS = 16_000_000  # what is unpacked: 64 MB, twice that while it is turned upright
# What is taken in. A JPEG is unpacked at a half or a quarter where it has more pixels than that; the
# other kinds cannot be, and the writer of WEBP holds the picture three times more.
MOST = {Kind.JPEG: 64_000_000, Kind.PNG: PIXELS, Kind.WEBP: PIXELS // 2}
_unpacking = (
    Lock()
)  # one picture at a time in a process: its memory is that of one, however many ask
_DAMAGED = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip
_MODES = {Kind.JPEG: ("L", "RGB"), Kind.PNG: ("L", "LA", "RGB", "RGBA"), Kind.WEBP: ("RGB", "RGBA")}
_OPTIONS = {Kind.JPEG: {"quality": 88, "optimize": True}, Kind.PNG: {}, Kind.WEBP: {"quality": 88}}


def rewrite(source: Path, target: Path, kind: Kind) -> None:
    """Write the picture alone to `target`: upright, without EXIF, GPS, profile, comment or tail.

    Raises BadInput when it is cut short, damaged, or has more pixels than a photograph.
    """
    try:
        with _unpacking, Image.open(source, formats=[kind.upper()]) as picture:
            _refuse_bomb(picture, kind)
            picture.draft(None, _fitting(picture))
            upright = ImageOps.exif_transpose(picture)
            plain = _plain(upright, kind)
            plain.save(target, format=kind.upper(), **_OPTIONS[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadInput(_too_many()) from error
    except _DAMAGED as error:
        raise BadInput(_("this picture is damaged or cut short")) from error


def _refuse_bomb(picture: Image.Image, kind: Kind) -> None:
    """Asked from the head of the file, before a single pixel is unpacked."""
    # A progressive JPEG is held whole before its first line is drawn.
    most = PIXELS if "progressive" in picture.info else MOST[kind]
    if picture.width * picture.height > most:
        raise BadInput(_too_many())


def _fitting(picture: Image.Image) -> tuple[int, int]:
    """The size itself, or the largest even part of it that may be unpacked."""
    part = 1
    while picture.width * picture.height > PIXELS * part * part:
        part *= 2
    return picture.width // part, picture.height // part


def _too_many() -> str:
    return _("this picture has too many pixels; please hand in a smaller one")


def _plain(picture: Image.Image, kind: Kind) -> Image.Image:
    modes = _MODES[kind]
    wanted = picture.mode if picture.mode in modes else modes[-1]
    plain = picture if picture.mode == wanted else picture.convert(wanted)
    plain.load()
    plain.info.clear()
    return plain


def small(source: BinaryIO, side: int) -> bytes:
    """The picture as a JPEG that fits a square of `side` pixels: for pages on a bad network."""
    with _unpacking, Image.open(source) as picture:
        picture.draft("RGB", (side, side))  # a JPEG is then unpacked at a fraction of its size
        picture.thumbnail((side, side))
        shown = io.BytesIO()
        picture.convert("RGB").save(shown, "JPEG", quality=80, optimize=True)
    return shown.getvalue()
