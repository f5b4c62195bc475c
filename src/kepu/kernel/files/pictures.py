"""Photographs are decoded and written anew: nothing hides in them, and where they were taken is gone."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kepu.kernel.errors import BadInput
from kepu.kernel.files.kinds import Kind

PIXELS = 50_000_000  # a good telephone's photograph; decoded it takes 150 MB for a moment
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
        with Image.open(source, formats=[kind.upper()]) as picture:
            _refuse_bomb(picture)
            upright = ImageOps.exif_transpose(picture)
            plain = _plain(upright, kind)
            plain.save(target, format=kind.upper(), **_OPTIONS[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadInput(_too_many()) from error
    except _DAMAGED as error:
        raise BadInput(_("this picture is damaged or cut short")) from error


def _refuse_bomb(picture: Image.Image) -> None:
    """Asked from the head of the file, before a single pixel is unpacked."""
    if picture.width * picture.height > PIXELS:
        raise BadInput(_too_many())


def _too_many() -> str:
    return _("this picture has too many pixels; please hand in a smaller one")


def _plain(picture: Image.Image, kind: Kind) -> Image.Image:
    modes = _MODES[kind]
    wanted = picture.mode if picture.mode in modes else modes[-1]
    plain = picture.convert(wanted)
    plain.info.clear()
    return plain


def small(source: BinaryIO, side: int) -> bytes:
    """The picture as a JPEG that fits a square of `side` pixels: for pages on a bad network."""
    with Image.open(source) as picture:
        picture.draft("RGB", (side, side))  # a JPEG is then unpacked at a fraction of its size
        picture.thumbnail((side, side))
        shown = io.BytesIO()
        picture.convert("RGB").save(shown, "JPEG", quality=80, optimize=True)
    return shown.getvalue()
