"""Who brings money, and how much: funders, their shares, what leaves the house about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal
from residencies.models import Funder, FundingShare, Residency
from residencies.rules import funding as rules
from residencies.services.base import lock_season, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User


# The funders -----------------------------------------------------------------------------------


def save_funder(*, by: User, funder: Funder) -> Funder:
    """Write a funder, new or changed."""
    with transaction.atomic():
        require_desk(by, funder.territory)
        if funder.institution is not None and funder.institution.territory_id != funder.territory_id:
            raise Refused(_("Ce partenaire est d'un autre territoire."), code="foreign", field="institution")
        if funder.pk is not None:
            held = Funder.objects.select_for_update(of=("self",)).select_related("territory").get(pk=funder.pk)
            require_desk(by, held.territory)
            if held.territory_id != funder.territory_id and held.shares.exists():
                raise Refused(
                    _("Ce financeur a des parts dans une saison : il reste dans son territoire."),
                    code="used",
                    field="territory",
                )
        funder.full_clean()
        funder.save()
        journal.record(by=by, verb="funder.saved", target=funder)
        return funder


def remove_funder(*, by: User, funder: Funder) -> None:
    """Erase a funder that never had a share."""
    with transaction.atomic():
        require_desk(by, funder.territory)
        locked = Funder.objects.select_for_update(of=("self",)).get(pk=funder.pk)
        if locked.shares.exists():
            raise Refused(
                _("Ce financeur a des parts dans une saison : elles restent, et lui avec."),
                code="used",
            )
        key = str(locked.uuid)
        locked.delete()
        journal.record(by=by, verb="funder.removed", target=funder.territory, data={"funder": key})


# Their shares ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """A share as somebody wants it. ``version``: the one they saw, 0 where there was none."""

    funder: Funder
    residency: Residency | None
    planned: Decimal
    committed: Decimal
    received: Decimal
    reference: str = ""
    version: int = 0

    @property
    def place(self) -> tuple[int, int | None]:
        return self.funder.pk, self.residency.pk if self.residency is not None else None

    @property
    def is_empty(self) -> bool:
        return not (self.planned or self.committed or self.received or self.reference.strip())

    def same(self, row: FundingShare) -> bool:
        return (self.planned, self.committed, self.received, self.reference.strip()) == (
            row.planned,
            row.committed,
            row.received,
            row.reference,
        )


class WrongShares(Refused):
    """Nothing was written: what each wrong row is refused for, by its place in what was given."""

    def __init__(self, errors: dict[int, Refused], message: str) -> None:
        super().__init__(message, code="wrong_shares")
        self.errors = errors


def save_shares(*, by: User, season: Season, shares: Sequence[Typed]) -> int:
    """Write the shares that differ from what is there, all or none; one emptied goes. How many were written.

    Raises ``WrongShares``: a rule refuses a row, or somebody wrote it since (``StaleWrite`` among its errors).
    """
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        rows = {
            (row.funder_id, row.residency_id): row
            for row in FundingShare.objects.select_for_update(of=("self",)).filter(season=locked)
        }
        errors: dict[int, Refused] = {}
        written: list[dict[str, str | None]] = []
        for place, typed in enumerate(shares):
            row = rows.get(typed.place)
            if typed.same(row) if row is not None else typed.is_empty:
                continue
            try:
                written.append(_write(locked, row, typed))
            except Refused as error:
                errors[place] = error
        if errors:
            raise WrongShares(errors, _("Rien n'est enregistré : corrigez les lignes signalées."))
        if written:
            journal.record(by=by, verb="funding.changed", target=locked, data={"shares": written})
        return len(written)


def _write(season: Season, row: FundingShare | None, typed: Typed) -> dict[str, str | None]:
    if typed.funder.territory_id != season.programme.territory_id:
        raise Refused(_("Ce financeur est d'un autre territoire."), code="foreign")
    if typed.residency is not None and typed.residency.season_id != season.pk:
        raise Refused(_("Cette résidence est d'une autre saison."), code="foreign")
    if (row.version if row is not None else 0) != typed.version:
        raise StaleWrite(
            _("Quelqu'un vient de modifier cette part. Comparez, puis enregistrez de nouveau."), code="stale"
        )
    verdict = rules.can_write_share(typed.committed, typed.received, typed.reference)
    if not verdict:
        field = "reference" if verdict.code == "no_reference" else "received"
        raise Refused(verdict.reason, code=verdict.code, field=field)
    told = {
        "funder": str(typed.funder.uuid),
        "residency": str(typed.residency.uuid) if typed.residency is not None else None,
        "planned": str(typed.planned),
        "committed": str(typed.committed),
        "received": str(typed.received),
    }
    if typed.is_empty and row is not None:
        row.delete()
        return told
    if row is None:
        row = FundingShare(season=season, residency=typed.residency, funder=typed.funder)
    row.planned, row.committed, row.received = typed.planned, typed.committed, typed.received
    row.reference = typed.reference.strip()
    row.version += 1
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="invalid") from error
    row.save()
    return told


@transaction.atomic
def record_export(*, by: User, season: Season, form: str) -> None:
    """Journal an export of the financing plan. Raises ``Forbidden``."""
    require_desk(by, season.programme.territory)
    journal.record(by=by, verb="funding.exported", target=season, data={"form": form})
