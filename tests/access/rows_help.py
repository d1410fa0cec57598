"""The guides: for everyone, before signing in too."""

from __future__ import annotations

from tests.access.matrix import EVERYONE, Row

ROWS = [
    Row("help:index", get={EVERYONE: 200}),
    Row("help:guide", kwargs=lambda w: {"slug": "artiste"}, get={EVERYONE: 200}),
]
