"""The register of processing: the same for every member of the coordination."""

from tests.access.matrix import STAFF, Row

ROWS = [
    Row("privacy_answer", get={STAFF: 200}, post={STAFF: 422}, data=lambda w: {"address": "x", "scope": "ailleurs"}),
    Row("privacy_register:page", get={STAFF: 200}),
    Row("privacy_register:table", get={STAFF: 200}),
]
