"""Figures that outlive what they count: rows of their own, without anybody in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.transaction import TransactionManagementError

from clea.privacy.models import KeptFigures

#: A group of fewer people than this is not told: it would name them.
K = 5
#: What the groups too small to be told become together.
OTHERS = "*"


def anonymous(counts: Mapping[str, int], *, k: int = K) -> dict[str, int]:
    """The same counts with every group of fewer than ``k`` folded into :data:`OTHERS`, itself never below ``k``.

    Nothing at all under ``k`` people. Subtracting the told groups from the total tells no group below ``k``
    either. Whoever counts may answer several times (axes): each answer is a person for this rule.
    """
    told = {name: n for name, n in counts.items() if n >= k}
    rest = sum(n for n in counts.values() if n < k)
    while rest and rest < k and told:
        smallest = min(told, key=lambda name: (told[name], name))
        rest += told.pop(smallest)
    if rest >= k:
        told[OTHERS] = rest
    return dict(sorted(told.items(), key=lambda pair: (pair[0] == OTHERS, -pair[1], pair[0])))


def add(*, scope: str, subject: UUID, name: str, counts: Mapping[str, Any]) -> None:
    """Add these whole numbers, nested as they are, to those kept of the subject. In the caller's transaction."""
    row = _locked(scope, subject, name)
    row.data = _summed(row.data, counts)
    row.save()


def put(*, scope: str, subject: UUID, name: str, data: Mapping[str, Any]) -> bool:
    """Keep these figures of the subject unless some are kept already: the first are the whole ones."""
    row = _locked(scope, subject, name)
    if row.data:
        return False
    row.data = dict(data)
    row.save()
    return True


def kept(subjects: Iterable[UUID], name: str) -> dict[UUID, dict[str, Any]]:
    """What is kept under this name of each subject. One query; none for no subject."""
    wanted = list(subjects)
    if not wanted:
        return {}
    return dict(KeptFigures.objects.filter(subject__in=wanted, name=name).values_list("subject", "data"))


def _locked(scope: str, subject: UUID, name: str) -> KeptFigures:
    if not connection.in_atomic_block:
        raise TransactionManagementError("figures are kept in the transaction of what takes their source away")
    KeptFigures.objects.get_or_create(subject=subject, name=name, defaults={"scope": scope})
    return KeptFigures.objects.select_for_update().get(subject=subject, name=name)


def _summed(known: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(known)
    for name, value in more.items():
        if isinstance(value, Mapping):
            found[name] = _summed(found.get(name, {}), value)
        else:
            found[name] = found.get(name, 0) + value
    return found
