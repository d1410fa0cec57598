"""What a line of an older report may say. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import number
from residencies.methods.bilan import Line


def can_count(lines: Sequence[Line]) -> Verdict:
    """A "dont" is inside another line, which is not inside it, and which is large enough to hold its parts.

    Lines are numbered from 1 in what the person reads.
    """
    for rank, line in enumerate(lines):
        if line.inside is None:
            continue
        if line.inside == rank or not 0 <= line.inside < len(lines):
            words = _("Ligne %(n)d : choisissez une autre ligne, où ce public est déjà compté.")
            return refuse(words % {"n": rank + 1}, "inside")
        if lines[line.inside].inside is not None:
            return refuse(
                _(
                    "Ligne %(n)d : la ligne %(other)d est elle-même comptée dans une autre. "
                    "Choisissez la ligne qui les contient toutes."
                )
                % {"n": rank + 1, "other": line.inside + 1},
                "inside",
            )
        if line.value is not None and lines[line.inside].value is None:
            return refuse(
                _("Ligne %(n)d : elle est comptée dans la ligne %(other)d, qui n'a pas de nombre. Donnez-le.")
                % {"n": rank + 1, "other": line.inside + 1},
                "inside",
            )
    for rank, line in enumerate(lines):
        parts = sum(one.value or 0 for one in lines if one.inside == rank)
        if line.value is not None and parts > line.value:
            return refuse(
                _(
                    "Ligne %(n)d : elle compte %(value)s personnes, et les lignes déjà comptées dedans "
                    "%(parts)s. Corrigez l'un ou l'autre nombre."
                )
                % {"n": rank + 1, "value": number(line.value), "parts": number(parts)},
                "inside",
            )
    return ALLOWED
