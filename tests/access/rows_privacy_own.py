"""One's own data: whoever is signed in, and nobody else's."""

from __future__ import annotations

from tests.access.matrix import SIGNED_IN, Row

ROWS = [
    Row("own_data:page", get={SIGNED_IN: 200}),
    Row("own_data:download", post={SIGNED_IN: 200}),
    # Nothing typed: refused in words, on the page itself.
    Row("own_data:erase", get={SIGNED_IN: 200}, post={SIGNED_IN: 422}),
]
