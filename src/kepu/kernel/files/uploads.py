"""Uploads on their way in: beside the files, where the sweep finds what a killed server left."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from kepu.kernel.files import blobs


class IncomingFile(TemporaryUploadedFile):
    """A file that is being received, on the disk of the files and not on that of the system."""

    def __init__(
        self, name: str | None, content_type: str | None, size: int, charset: str | None,
        extra: Any = None,
    ) -> None:  # fmt: skip
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=blobs.inbox())  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, size, charset, extra)


class IncomingFileHandler(TemporaryFileUploadHandler):
    """What is too large for memory goes to the inbox."""

    def new_file(self, *args: Any, **options: Any) -> None:
        FileUploadHandler.new_file(self, *args, **options)
        self.file = IncomingFile(
            self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )
