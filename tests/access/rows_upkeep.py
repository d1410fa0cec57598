"""What an operator's tools read."""

from tests.access.matrix import ADMINISTRATOR, EVERYONE, Row

ROWS = [
    # Without the token of the tools, administrators only; nobody else may know that it is there.
    Row("measures", get={EVERYONE: 404, ADMINISTRATOR: 200}, post={EVERYONE: 405}),
]
