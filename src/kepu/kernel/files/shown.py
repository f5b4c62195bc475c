"""Small pictures, drawn at the first look and kept beside the files: no photograph is unpacked twice.

They are a convenience: not in a backup, and drawn again where they are missing.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings

from kepu.kernel.files import blobs, pictures


def folder() -> Path:
    return Path(settings.DATA) / "shown"


def small(sha256: str, side: int) -> bytes:
    """The picture as a JPEG that fits a square of `side`; raises FileNotFoundError when it is gone."""
    with blobs.open_blob(sha256) as content:
        kept = _of(sha256) / f"{side}.jpg"
        if not kept.exists():
            _keep(pictures.small(content, side), kept)
        return kept.read_bytes()


def forget(sha256: str) -> None:
    """Nothing is shown of a content that went."""
    shutil.rmtree(_of(sha256), ignore_errors=True)


def _of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


def _keep(drawn: bytes, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with blobs.workbench() as bench:
        made = bench / place.name
        made.write_bytes(drawn)
        os.replace(made, place)
