"""How much one request may bring."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

#: The heaviest thing a page takes is a whole dossier in one PDF, 100 MB, with its envelope.
MAX_REQUEST_BYTES = 110 * 1024 * 1024


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Files go to the disk as they come, and a request too heavy for any page is not read at all.

    The view that knows a piece's own limit only runs once the whole request has been received:
    without this, anyone could fill the disk, signed in or not. Raises ``RequestDataTooBig``.
    """

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        if content_length > MAX_REQUEST_BYTES:
            raise RequestDataTooBig("more bytes than any page takes")
        super().handle_raw_input(input_data, META, content_length, boundary, encoding)
