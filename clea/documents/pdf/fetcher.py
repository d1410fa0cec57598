"""What WeasyPrint may read while it makes a page. Imports WeasyPrint: import it lazily."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint.urls import URLFetcher


class HouseFetcher(URLFetcher):
    """Reads ``data:`` and the files under the given folders; refuses everything else."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)
        self._folders = tuple(folder.resolve() for folder in folders)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        parts = urlsplit(url)
        if parts.scheme.lower() == "file":
            path = Path(url2pathname(parts.path)).resolve()
            if parts.netloc or not any(path.is_relative_to(folder) for folder in self._folders):
                raise ValueError("a PDF may only use its own assets")
        return super().fetch(url, headers)
