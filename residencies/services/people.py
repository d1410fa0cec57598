"""The people of a residency: who has its space, who is only named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.accounts.services import account_of
from clea.errors import Refused, require
from clea.journal import services as journal
from residencies.models import Residency, ResidencyArtist
from residencies.rules import opening as rules
from residencies.services import opening_notices as notices
from residencies.services.base import lock_residency, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User


def add_artist(
    *,
    by: User,
    residency: Residency,
    first_name: str,
    last_name: str,
    role: str = "",
    email: str = "",
    is_lead: bool = False,
) -> ResidencyArtist:
    """Name a person of the residency. With an address, its space is open to them, and they are told.

    Somebody who left may come back. Raises ``Refused`` on a field.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require(rules.can_change(locked))
        user = account_of(email=email, first_name=first_name, last_name=last_name) if email.strip() else None
        artist = ResidencyArtist.objects.filter(residency=locked, user=user).first() if user else None
        if artist is not None and artist.left_at is None:
            raise _already(user)
        artist = artist or ResidencyArtist(residency=locked, user=user)
        artist.residency = locked
        artist.left_at = None
        _write(artist, first_name, last_name, role, is_lead)
        if user is not None:
            notices.joined(by=by, artist=artist)
        journal.record(by=by, verb="residency.person_added", target=locked, data=_facts(artist))
        return artist


def change_artist(
    *,
    by: User,
    artist: ResidencyArtist,
    first_name: str,
    last_name: str,
    role: str = "",
    email: str = "",
    is_lead: bool = False,
) -> ResidencyArtist:
    """Rename a person, or give them the space: ``email`` links an account to who had none.

    An account that is linked stays: to give the seat to another, remove the person and add the other.
    """
    with transaction.atomic():
        locked, seat = _locked(by, artist)
        require(rules.can_change(locked))
        if seat.left_at is not None:
            raise Refused(
                _("%(name)s n'est plus dans la résidence : ajoutez cette personne de nouveau.") % {"name": seat},
                code="left",
            )
        linked = False
        if email.strip() and seat.user_id is None:
            user = account_of(email=email, first_name=first_name, last_name=last_name)
            if ResidencyArtist.objects.filter(residency=locked, user=user).exists():
                raise _already(user)
            seat.user, linked = user, True
        if not is_lead and seat.is_lead:
            raise Refused(
                _("Désignez plutôt une autre personne responsable : il en faut une."), code="lead", field="is_lead"
            )
        _write(seat, first_name, last_name, role, is_lead)
        if linked:
            notices.joined(by=by, artist=seat)
        journal.record(by=by, verb="residency.person_changed", target=locked, data=_facts(seat))
        return seat


def remove_artist(*, by: User, artist: ResidencyArtist) -> ResidencyArtist:
    """Take a person off the residency: its space closes to them. What they did stays.

    Raises ``Refused`` for the last one who could open the space, while the residency lives.
    """
    with transaction.atomic():
        locked, seat = _locked(by, artist)
        if seat.left_at is not None:
            return seat
        others = ResidencyArtist.objects.filter(residency=locked, left_at=None).exclude(pk=seat.pk)
        if locked.is_live and seat.user_id is not None and not others.filter(user__is_active=True).exists():
            raise Refused(
                _("C'est la seule personne qui peut ouvrir cet espace : donnez d'abord un accès à une autre."),
                code="last",
            )
        seat.left_at = timezone.now()
        was_lead, seat.is_lead = seat.is_lead, False
        seat.save(update_fields=["left_at", "is_lead"])
        if was_lead:
            heir = others.order_by("user", "pk").filter(user__is_active=True).first() or others.first()
            if heir is not None:
                heir.is_lead = True
                heir.save(update_fields=["is_lead"])
        journal.record(by=by, verb="residency.person_removed", target=locked, data=_facts(seat))
        return seat


def _already(user: User | None) -> Refused:
    return Refused(_("%(name)s est déjà dans cette résidence.") % {"name": user}, code="already", field="email")


def _locked(by: User, artist: ResidencyArtist) -> tuple[Residency, ResidencyArtist]:
    locked = lock_residency(artist.residency)
    require_desk(by, locked.territory)
    seat = ResidencyArtist.objects.select_for_update(of=("self",)).select_related("user").get(pk=artist.pk)
    seat.residency = locked
    return locked, seat


def _write(seat: ResidencyArtist, first_name: str, last_name: str, role: str, is_lead: bool) -> None:
    """The row, checked; one lead a residency."""
    seat.first_name, seat.last_name = " ".join(first_name.split()), " ".join(last_name.split())
    seat.role, seat.is_lead = " ".join(role.split()), is_lead
    seat.full_clean()
    if is_lead:
        ResidencyArtist.objects.filter(residency=seat.residency, is_lead=True).exclude(pk=seat.pk).update(is_lead=False)
    seat.save()


def _facts(seat: ResidencyArtist) -> dict[str, object]:
    return {"artist": str(seat.uuid), "account": seat.user_id is not None, "lead": seat.is_lead}
