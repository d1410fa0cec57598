"""Where an archive's passphrase comes from."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from django.conf import settings

from clea.errors import Refused

SHORTEST = 12


def passphrase(file: str | None, *, twice: bool = False) -> str:
    """From the file, else BACKUP_PASSPHRASE, else asked at the keyboard (``twice`` when it is a new one)."""
    if file:
        given = Path(file).read_text("utf-8").strip("\r\n")
    elif settings.BACKUP_PASSPHRASE:
        given = settings.BACKUP_PASSPHRASE
    elif sys.stdin.isatty():
        given = getpass.getpass("Phrase secrète : ")
        if twice and getpass.getpass("Encore une fois : ") != given:
            raise Refused("Les deux phrases diffèrent : recommencez.", code="passphrase")
    else:
        raise Refused("Donnez la phrase secrète : BACKUP_PASSPHRASE ou --passphrase-file.", code="passphrase")
    if twice and len(given) < SHORTEST:
        raise Refused(f"Une phrase secrète a {SHORTEST} caractères au moins : allongez-la.", code="passphrase")
    return given
