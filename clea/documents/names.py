"""Names that people read, for what an archive holds."""

from __future__ import annotations

import re
import unicodedata

# Windows refuses these characters, and these names whatever their extension.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
FOLDER_LENGTH, FILE_LENGTH = 80, 80


def safe_name(text: str, *, length: int = FILE_LENGTH) -> str:
    """A name that Windows, macOS and Linux all accept, and that cannot leave its folder.

    Accents and spaces stay: people read these names. Characters in the private, control and
    direction-changing categories go, dots and spaces at the ends too.
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    text = " ".join(_FORBIDDEN.sub(" ", text).split())[:length].strip(" .")
    if not text or _RESERVED.fullmatch(text):
        return f"_{text}"
    return text


class Names:
    """Names already given, without regard to case: some systems have none."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def unique(self, stem: str, extension: str = "") -> str:
        name, rank = f"{stem}{extension}", 1
        while name.casefold() in self.taken:
            rank += 1
            name = f"{stem} ({rank}){extension}"
        self.taken.add(name.casefold())
        return name
