"""Templates that were compiled are kept: a page's first reader after a start need not wait for it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Kept(FileSystemBytecodeCache):
    """In a folder that nobody else may write; a folder that cannot be written keeps nothing.

    What is kept names the text that it was compiled from, so a template that changes is compiled anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(str(folder))

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
