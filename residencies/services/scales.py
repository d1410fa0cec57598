"""Kilometre scales: read from the file that comes with the program, corrected or followed by a later version.

A scale is the same for every territory; the territory says which one it applies. So a version is written by an
administrator, read by every desk, and never changed once a claim was counted with it: the next one begins on
its own day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused
from clea.journal import services as journal
from residencies.enums.money import ScaleMethod
from residencies.methods.mileage import Bracket, faults
from residencies.models import ScaleBracket, ScaleVersion
from residencies.selectors import scales as selectors
from structures.models import MileageScale

if TYPE_CHECKING:
    from clea.accounts.models import User

#: The scales that come with the program, each with its source.
FILE = Path(__file__).resolve().parent.parent / "data" / "rates.json"
#: What the two scales of the file are, and where their brackets are written.
_SHAPES = {
    "fiscal_car_scale": (MileageScale.FISCAL, ScaleMethod.TOTAL, "brackets_cv"),
    "public_agent_scale": (MileageScale.PUBLIC_AGENT, ScaleMethod.MARGINAL, "brackets"),
}
_POWER = re.compile(r"(\d+)(?: (et moins|et plus)| et (\d+)| à (\d+))?")
_KM = re.compile(r"le_\d+|(?P<from>\d+)_\d+|gt_(?P<above>\d+)")


@dataclass
class Loaded:
    """What loading did: versions written, already there, and there but different (left as they are)."""

    written: list[ScaleVersion] = field(default_factory=list)
    same: list[ScaleVersion] = field(default_factory=list)
    different: list[ScaleVersion] = field(default_factory=list)


def load(source: Path | str | Mapping[str, Any] = FILE, *, by: User | None = None) -> Loaded:
    """Write the versions that are not there yet. Twice changes nothing; what the desk corrected stays.

    Raises ``Refused`` for a file that does not say what it should: nothing of it is then written.
    """
    data = source if isinstance(source, Mapping) else _read(Path(source))
    loaded = Loaded()
    with transaction.atomic():
        for version, brackets in _versions(data):
            held = ScaleVersion.objects.filter(kind=version.kind, applies_from=version.applies_from).first()
            if held is None:
                _write(version, brackets)
                journal.record(by=by, verb="scale.loaded", target=version, data=_data(version))
                loaded.written.append(version)
            elif _told(held, selectors.brackets_of(held.brackets.all())) == _told(version, brackets):
                loaded.same.append(held)
            else:
                loaded.different.append(held)
    return loaded


def save(*, by: User, version: ScaleVersion, brackets: Sequence[Bracket]) -> ScaleVersion:
    """Write a version with all its brackets, new or corrected. ``Refused`` once claims were counted with it."""
    with transaction.atomic():
        _require_administrator(by)
        if version.pk is not None:
            held = ScaleVersion.objects.select_for_update().get(pk=version.pk)
            _require_unused(held)
        _write(version, brackets)
        journal.record(by=by, verb="scale.saved", target=version, data=_data(version))
        return version


def remove(*, by: User, version: ScaleVersion) -> None:
    """Take away a version that no claim was counted with."""
    with transaction.atomic():
        _require_administrator(by)
        held = ScaleVersion.objects.select_for_update().get(pk=version.pk)
        _require_unused(held)
        # The line names what goes, so it is written while it is there.
        journal.record(by=by, verb="scale.removed", target=held, data=_data(held))
        held.delete()


def _require_administrator(by: User) -> None:
    if not (by.is_active and by.is_superuser):
        raise Forbidden(
            _("Un barème vaut pour tous les territoires : seul un administrateur peut l'écrire."), code="not_admin"
        )


def _require_unused(version: ScaleVersion) -> None:
    if selectors.is_used(version):
        raise Refused(
            _(
                "Des voyages ont été calculés avec cette version : elle ne change plus. Ajoutez une version qui "
                "s'applique à partir d'un autre jour."
            ),
            code="used",
        )


def _write(version: ScaleVersion, brackets: Sequence[Bracket]) -> None:
    require_whole(brackets)
    version.full_clean()
    version.save()
    version.brackets.all().delete()
    for one in brackets:
        row = ScaleBracket(
            scale=version, power_from=one.power_from, power_to=one.power_to, km_above=one.km_above, rate=one.rate,
            fixed=one.fixed,
        )  # fmt: skip
        row.full_clean()
        row.save()


def require_whole(brackets: Sequence[Bracket]) -> None:
    """Raise ``Refused``, naming the power, unless every vehicle has its rates from the first kilometre."""
    for code, power in faults(brackets):
        raise Refused(
            {
                "no_first": _("Il manque la première tranche (0 km) des véhicules à partir de %(power)s CV."),
                "overlap": _("Deux lignes de puissance se recouvrent à %(power)s CV : corrigez l'une des deux."),
                "gap": _("Aucun taux n'est donné pour %(power)s CV : ajoutez les tranches qui manquent."),
                "no_last": _("Aucun taux n'est donné à partir de %(power)s CV : laissez vide la dernière puissance."),
            }[code]
            % {"power": power},
            code=code,
        )


def _told(version: ScaleVersion, brackets: Sequence[Bracket]) -> tuple[object, ...]:
    rows = sorted((one.power_from, one.power_to or 0, one.km_above, one.rate, one.fixed) for one in brackets)
    return version.method, Decimal(version.electric_multiplier), version.source, rows


def _data(version: ScaleVersion) -> dict[str, str]:
    return {"scale": str(version.uuid), "kind": version.kind, "applies_from": version.applies_from.isoformat()}


# The file ------------------------------------------------------------------------------------


def _read(path: Path) -> Mapping[str, Any]:
    try:
        data: Mapping[str, Any] = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise Refused(
            _("Ce fichier ne se lit pas (%(error)s) : donnez un fichier JSON de barèmes.")
            % {"error": type(error).__name__},
            code="unreadable",
        ) from None
    return data


def _versions(data: Mapping[str, Any]) -> Iterator[tuple[ScaleVersion, list[Bracket]]]:
    """The versions a file tells, checked as far as their shape."""
    try:
        found = list(_parsed(data))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise Refused(
            _("Ce fichier n'a pas la forme attendue (%(error)s) : comparez-le à celui du programme.")
            % {"error": f"{type(error).__name__}: {error}"},
            code="shape",
        ) from None
    if not found:
        raise Refused(_("Ce fichier ne contient aucun barème kilométrique."), code="nothing")
    yield from found


def _parsed(data: Mapping[str, Any]) -> Iterator[tuple[ScaleVersion, list[Bracket]]]:
    for name, (kind, method, rows) in _SHAPES.items():
        # One scale, or the list of its versions by date.
        scales = data.get(name, [])
        for scale in scales if isinstance(scales, list) else [scales]:
            # A file that gives no day is of the year it was written for.
            begins = scale.get("applies_from") or f"{data['as_of']}-01-01"
            version = ScaleVersion(
                kind=kind,
                method=method,
                applies_from=date.fromisoformat(begins),
                electric_multiplier=Decimal(str(scale.get("electric_multiplier", 1))),
                source=scale["source"],
            )
            yield version, [bracket for row in scale[rows] for bracket in _brackets(row)]


def _brackets(row: Mapping[str, Any]) -> Iterator[Bracket]:
    """``{"cv": "4", "le_5000": 0.606, "5001_20000": [0.34, 1330], "gt_20000": 0.407}``: three brackets."""
    power_from, power_to = _powers(row["cv"])
    for name, worth in row.items():
        if name == "cv":
            continue
        found = _KM.fullmatch(name)
        if found is None:
            raise ValueError(name)
        above = int(found["from"]) - 1 if found["from"] else int(found["above"] or 0)
        rate, fixed = worth if isinstance(worth, list) else (worth, 0)
        yield Bracket(power_from, power_to, above, Decimal(str(rate)), Decimal(str(fixed)))


def _powers(text: str) -> tuple[int, int | None]:
    """``3 et moins``, ``4``, ``6 et 7``, ``7 et plus``."""
    found = _POWER.fullmatch(text)
    if found is None:
        raise ValueError(text)
    power = int(found[1])
    if found[2]:
        return (1, power) if found[2] == "et moins" else (power, None)
    return power, int(found[3] or found[4] or power)
