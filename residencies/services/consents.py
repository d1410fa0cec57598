"""What people agreed to: noted with its proof, corrected, and withdrawn at any time (RGPD, articles 6 and 7).

Withdrawn, whatever it covers leaves the public pages, the kits and the bilan's files at once, in a closed
season too. The row stays, with its date: it shows that the consent was given, and that it was withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.documents import services as documents
from clea.errors import Refused, require
from clea.journal import services as journal
from residencies.models import Consent, Picture, Testimony
from residencies.rules import traces as rules
from residencies.services import consent_notices as notices
from residencies.services.base import lock_season, require_desk
from residencies.services.trace_locks import forget_files, hold_to_take_off, known, require_seen

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from clea.accounts.models import User
    from clea.documents.models import StoredFile

#: What is written of a consent.
FIELDS = ("person", "guardian", "email", "form", "on_site", "in_print", "in_press", "given_on", "ends_on")
PROOF_BYTES = 10 * 1024 * 1024
PROOF_PAGES = 10
_SALT = "residencies.consent"


def record(*, by: User, season: Season, proof: UploadedFile | None = None, **values: Any) -> Consent:
    """Note somebody's consent, with its scanned proof when there is one.

    With an address, the person receives at once the link that shows what is covered and withdraws it.
    ``PieceRefused`` when the proof is not a sound PDF.
    """
    require_desk(by, season.programme.territory)
    stored = _intake(by, proof)
    try:
        with transaction.atomic():
            locked = lock_season(season)
            require_desk(by, locked.programme.territory)
            row = Consent(season=locked, proof=stored, **known(values, FIELDS))
            _check(row)
            row.save()
            if row.email:
                notices.recorded(by=by, consent=row, token=token(row))
            journal.record(by=by, verb="consent.recorded", target=row, data=_data(row))
            return row
    except Exception:
        if stored is not None:
            documents.discard(stored)
        raise


def change(
    *, by: User, consent: Consent, seen: str | None = None, proof: UploadedFile | None = None, **values: Any
) -> Consent:
    """Correct what was noted. What it no longer covers leaves the public pages at once."""
    require_desk(by, consent.season.programme.territory)
    stored = _intake(by, proof)
    try:
        with transaction.atomic():
            season = lock_season(consent.season)
            require_desk(by, season.programme.territory)
            row = _lock(consent, season)
            require_seen(row, seen)
            require(rules.can_change_consent(row))
            former, address, scope = row.proof, row.email, _scope(row)
            for name, value in known(values, FIELDS).items():
                setattr(row, name, value)
            row.proof = stored or former
            _check(row)
            row.save()
            if stored is not None and former is not None:
                documents.discard(former, by=by)
            if _scope(row) != scope:
                forget_files(season)
            if row.email and (row.email != address or _scope(row) != scope):
                # Whoever agreed reads what is now said to be covered.
                notices.recorded(by=by, consent=row, token=token(row))
            journal.record(by=by, verb="consent.changed", target=row, data=_data(row))
            return row
    except Exception:
        if stored is not None:
            documents.discard(stored)
        raise


def send_link(*, by: User, consent: Consent) -> Consent:
    """Send again the link that withdraws it. ``Refused`` without an address."""
    with transaction.atomic():
        season = hold_to_take_off(consent.season)
        require_desk(by, season.programme.territory)
        row = _lock(consent, season)
        require(rules.can_change_consent(row))
        if not row.email:
            raise Refused(_("Cette personne n'a pas donné d'adresse : notez-la d'abord."), code="no_address")
        notices.recorded(by=by, consent=row, token=token(row))
        journal.record(by=by, verb="consent.link_sent", target=row)
        return row


def withdraw(*, by: User | None, consent: Consent) -> Consent:
    """Withdraw it, at any time and in any season. ``by=None``: the person, by the link.

    Testimonies and pictures it covers are no longer published nor in a kit, and the bilan's stored files
    are dropped. Done twice, nothing more happens.
    """
    with transaction.atomic():
        season = hold_to_take_off(consent.season)
        if by is not None:
            require_desk(by, season.programme.territory)
        row = _lock(consent, season)
        if row.withdrawn_at is not None:
            return row
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        words = Testimony.objects.filter(consent=row)
        pictures = Picture.objects.filter(consents=row)
        data = _data(row) | {
            "online": by is None,
            "testimonies": [str(key) for key in words.filter(is_published=True).values_list("uuid", flat=True)],
            "pictures": [str(key) for key in pictures.filter(is_published=True).values_list("uuid", flat=True)],
            "in_kit": [str(key) for key in pictures.filter(in_kit=True).values_list("uuid", flat=True)],
        }
        words.update(is_published=False)
        Picture.objects.filter(pk__in=list(pictures.values_list("pk", flat=True))).update(
            is_published=False, in_kit=False
        )
        forget_files(season)
        if row.email:
            notices.withdrawn(by=by, consent=row, token=token(row))
        journal.record(by=by, verb="consent.withdrawn", target=row, data=data)
        return row


def remove(*, by: User, consent: Consent) -> None:
    """Erase one noted by mistake: it covers nothing. One that served is withdrawn, and stays."""
    with transaction.atomic():
        season = lock_season(consent.season)
        require_desk(by, season.programme.territory)
        row = _lock(consent, season)
        if row.testimonies.exists() or row.pictures.exists():
            raise Refused(
                _("Cet accord couvre un témoignage ou une image : retirez-le plutôt que de l'effacer."), code="used"
            )
        stored, data = row.proof, _data(row) | {"consent": str(row.uuid)}
        row.delete()
        if stored is not None:
            documents.discard(stored, by=by)
        journal.record(by=by, verb="consent.removed", target=season, data=data)


# The person's link ---------------------------------------------------------------------------


def token(consent: Consent) -> str:
    """The end of the private address where the person sees and withdraws it."""
    return signing.Signer(salt=_SALT).sign(consent.uuid.hex)


def opened(text: str) -> Consent | None:
    """The consent behind such an address; nothing when it was not signed here. One query."""
    try:
        key = signing.Signer(salt=_SALT).unsign(text)
    except signing.BadSignature:
        return None
    return Consent.objects.filter(uuid=key).select_related("season__programme__territory").first()


# Inside a transaction ------------------------------------------------------------------------


def _intake(by: User, proof: UploadedFile | None) -> StoredFile | None:
    if proof is None:
        return None
    return documents.intake_pdf(by=by, upload=proof, max_bytes=PROOF_BYTES, max_pages=PROOF_PAGES)


def _lock(consent: Consent, season: Season) -> Consent:
    row = Consent.objects.select_for_update(of=("self",)).select_related("proof").get(pk=consent.pk)
    row.season = season
    return row


def _check(row: Consent) -> None:
    row.full_clean()
    if not (row.on_site or row.in_print or row.in_press):
        raise Refused(_("Cochez au moins un usage que la personne accepte."), code="no_scope", field="on_site")
    if row.given_on > timezone.localdate():
        raise Refused(_("Un accord se note une fois donné."), code="future", field="given_on")
    if row.ends_on is not None and row.ends_on < row.given_on:
        raise Refused(_("L'accord ne peut pas finir avant d'être donné."), code="ends_before", field="ends_on")


def _scope(row: Consent) -> tuple[object, ...]:
    return (row.on_site, row.in_print, row.in_press, row.given_on, row.ends_on)


def _data(row: Consent) -> dict[str, Any]:
    return {
        "form": row.form,
        "site": row.on_site,
        "print": row.in_print,
        "press": row.in_press,
        "given_on": row.given_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "proof": row.proof.sha256 if row.proof else None,
    }
