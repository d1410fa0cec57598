"""The arithmetic of the chain: what is hashed, and how a value is written before hashing.

Pure functions, no query. Changing any of them breaks every journal already written.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

GENESIS = "0" * 64


def plain(value: Any, path: str = "data") -> Any:
    """Reduce ``value`` to JSON that both databases give back exactly as it went in.

    Amounts, dates, identifiers and enum members become strings. A float is refused
    (``TypeError``): ``1e16`` comes back from PostgreSQL as an integer, and the hash with it.
    """
    if isinstance(value, Enum):
        return plain(value.value, path)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{path}: a key is a string, not {type(key).__name__}")
        return {_text(str(key), path): plain(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    raise TypeError(f"{path}: {type(value).__name__} has no place in the journal")


def _text(value: str, path: str) -> str:
    """A plain copy of a string; ``ValueError`` for what PostgreSQL cannot store in jsonb."""
    if "\0" in value:
        raise ValueError(f"{path}: a null character cannot be stored")
    value.encode("utf-8")
    return str(value)


def canonical(value: Any) -> str:
    """One spelling for one value: sorted keys, no space, no escape but JSON's own."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def moment(at: datetime) -> str:
    """UTC, ISO 8601, always six decimals: ``2026-02-15T22:59:59.000000+00:00``."""
    if at.tzinfo is None:
        raise ValueError("the journal keeps aware datetimes only")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def new_salt() -> str:
    return secrets.token_hex(32)


def actor_digest(*, salt: str, user_uuid: UUID | None, label: str, role: str) -> str:
    """What the chain keeps of a person. Without the salt, no name can be tried against it."""
    return _sha256([salt, str(user_uuid) if user_uuid else "", label, role])


def entry_hash(
    *,
    seq: int,
    at: datetime,
    verb: str,
    target_type: str,
    target_id: str,
    summary: str,
    data: Any,
    actor_digest: str,
    prev_hash: str,
) -> str:
    """SHA-256, in hexadecimal, of everything the line says and of the line before it."""
    return _sha256(
        {
            "seq": seq,
            "at": moment(at),
            "verb": verb,
            "target": [target_type, target_id],
            "summary": summary,
            "data": data,
            "actor": actor_digest,
            "prev": prev_hash,
        }
    )


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()
