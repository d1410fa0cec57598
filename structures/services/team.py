"""A structure's team and public details: written by the team itself, or by the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from clea.journal.models import Entry
from clea.mail import services as mail
from structures.messages import INVITATION
from structures.models import Professional, Structure
from structures.rules import can_keep_team, coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Members of one team. More is a list pasted by mistake.
MOST = 40
#: Between two invitations to the same person: a double click is not a reminder.
PAUSE = timedelta(minutes=10)
#: The space is in French; so are its letters.
LANGUAGE = "fr"

_PERSON = ("first_name", "last_name", "role", "email", "phone", "is_contact")
_DETAILS = ("email", "phone", "website")


def lock_structure(structure: Structure) -> Structure:
    """The row, its territory with it: a team is written by one person at a time. One query."""
    return Structure.objects.select_for_update(of=("self",)).select_related("territory").get(pk=structure.pk)


def person_mark(person: Professional) -> str:
    """What a page showed of a member, so that two colleagues do not overwrite each other."""
    return _mark(person, _PERSON)


def details_mark(structure: Structure) -> str:
    """What a page showed of the public details."""
    return _mark(structure, _DETAILS)


def _mark(row: object, names: Sequence[str]) -> str:
    values = "\n".join(str(getattr(row, name)) for name in names)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def add(
    *,
    by: User,
    structure: Structure,
    last_name: str,
    first_name: str = "",
    role: str = "",
    email: str = "",
    phone: str = "",
    is_contact: bool = False,
    invite: bool = False,
) -> Professional:
    """Name a member of the team. ``invite`` writes to them at once: the letter also says how to be taken off.

    Raises ``Refused`` or ``ValidationError`` on a field.
    """
    with transaction.atomic():
        locked = _own(by, structure)
        if locked.professionals.count() >= MOST:
            raise Refused(
                _("L'équipe compte déjà %(n)d personnes : retirez celles qui n'y travaillent plus.") % {"n": MOST},
                code="too_many",
            )
        person = Professional(structure=locked)
        _write(person, (first_name, last_name, role, email, phone, is_contact))
        _require_free_address(person)
        _save(by, person)
        if is_contact:
            _only_contact(by, person)
        if invite and person.email:
            _invite(by, locked, person)
        journal.record(by=by, verb="team.member_added", target=locked, data={"person": str(person.uuid)})
        return person


def change(
    *,
    by: User,
    person: Professional,
    last_name: str,
    first_name: str = "",
    role: str = "",
    email: str = "",
    phone: str = "",
    is_contact: bool = False,
    seen: str | None = None,
) -> Professional:
    """Change a member. ``seen`` is the :func:`person_mark` of the page: changed since is a ``StaleWrite``.

    A member keeps, for themselves, an address that they proved: another would close the door behind them.
    """
    with transaction.atomic():
        structure = _own(by, person.structure)
        locked = _member(structure, person)
        if seen is not None and seen != person_mark(locked):
            raise StaleWrite(
                _("Cette fiche a changé depuis que vous avez ouvert la page. Relisez-la, puis enregistrez."),
                code="stale",
            )
        before, former = person_mark(locked), locked.email
        _write(locked, (first_name, last_name, role, email, phone, is_contact))
        if before == person_mark(locked):
            return locked
        if locked.email.casefold() != former.casefold():
            _require_free_address(locked)
            _require_own_door(by, structure, former, locked.email)
        _save(by, locked)
        if is_contact:
            _only_contact(by, locked)
        journal.record(
            by=by,
            verb="team.member_changed",
            target=structure,
            data={"person": str(locked.uuid), "address": locked.email.casefold() != former.casefold()},
        )
        return locked


def remove(*, by: User, person: Professional) -> None:
    """Take a member off, with what the history kept of them (GDPR, article 17); their access closes at once.

    The last one who can enter does not remove themselves: the structure would have no door left.
    """
    with transaction.atomic():
        structure = _own(by, person.structure)
        locked = _member(structure, person)
        require_not_last(by, locked)
        key = str(locked.uuid)
        locked._history_user = by
        locked.delete()
        journal.record(by=by, verb="team.member_removed", target=structure, data={"person": key})


def require_not_last(by: User, person: Professional) -> None:
    """Raise ``Refused`` when the team would have nobody left with an address. The desk may."""
    if not person.email or coordinates(by, person.structure.territory):
        return
    others = Professional.objects.filter(structure=person.structure_id).exclude(email="").exclude(pk=person.pk)
    if not others.exists():
        raise Refused(
            _(
                "C'est la dernière personne de l'équipe qui peut entrer ici : ajoutez d'abord quelqu'un avec son "
                "adresse électronique, ou écrivez à la coordination."
            ),
            code="last_member",
        )


def change_details(
    *, by: User, structure: Structure, email: str, phone: str, website: str, seen: str | None = None
) -> Structure:
    """Change what the public page says of how to reach the structure. Raises ``ValidationError`` on a field."""
    with transaction.atomic():
        locked = _own(by, structure)
        if seen is not None and seen != details_mark(locked):
            raise StaleWrite(
                _("Ces coordonnées ont changé depuis que vous avez ouvert la page. Relisez-les, puis enregistrez."),
                code="stale",
            )
        before = {name: getattr(locked, name) for name in _DETAILS}
        locked.email, locked.phone, locked.website = email.strip(), " ".join(phone.split()), website.strip()
        changed = [name for name, value in before.items() if getattr(locked, name) != value]
        if changed:
            locked.clean_fields(exclude=[f.name for f in locked._meta.fields if f.name not in _DETAILS])
            locked._history_user = by
            locked.save()
            journal.record(by=by, verb="structure.details_changed", target=locked, data={"fields": changed})
        return locked


# Invitations ---------------------------------------------------------------------------------


def invite(*, by: User, structure: Structure, people: Sequence[UUID] | None = None) -> list[Professional]:
    """The desk writes to members of the team how to enter: those chosen, or all who have an address.

    Whoever was written to within :data:`PAUSE` is left out. Raises ``Refused`` when nobody has an
    address, or when every letter has just left.
    """
    with transaction.atomic():
        locked = lock_structure(structure)
        require(coordinates(by, locked.territory))
        if not locked.is_active:
            raise Refused(_("Cette structure est fermée : rouvrez-la avant d'inviter son équipe."), code="closed")
        rows = locked.professionals.select_for_update().exclude(email="")
        if not rows.exists():
            raise Refused(
                _("Personne n'a d'adresse électronique dans cette équipe : ajoutez-en une, puis invitez."),
                code="no_address",
            )
        if people is not None:
            rows = rows.filter(uuid__in=people)
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused(_("Cochez au moins une personne à inviter."), code="nobody")
        since = timezone.now() - PAUSE
        last = last_invitations(locked)
        due = [person for person in found if person.uuid not in last or last[person.uuid] < since]
        if not due:
            raise Refused(
                _("L'invitation vient de partir : attendez quelques minutes avant de la renvoyer."), code="too_soon"
            )
        for person in due:
            _invite(by, locked, person)
        return due


def last_invitations(structure: Structure) -> dict[UUID, datetime]:
    """When each member was last invited, from the journal. One query."""
    entries = Entry.objects.filter(
        verb="team.member_invited", target_type="structures.structure", target_id=str(structure.uuid)
    ).order_by("seq")
    return {UUID(entry.data["person"]): entry.at for entry in entries}


def _invite(by: User, structure: Structure, person: Professional) -> None:
    now = timezone.now()
    territory = structure.territory
    service = territory.service_name or territory.name
    with translation.override(LANGUAGE):
        author = service if coordinates(by, territory) else str(by)
        mail.queue(
            by=by,
            kind=INVITATION,
            to=person.email,
            language=LANGUAGE,
            context={
                "nom": str(person),
                "structure": structure.name,
                "par": author,
                "adresse": person.email,
                "lien": f"{settings.SITE_URL}{reverse('team:home', args=[structure.uuid])}",
                "territoire": territory.name,
                "contact": ", ".join(
                    part for part in (service, territory.contact_email, territory.contact_phone) if part
                ),
            },
            about=structure,
            scope=territory.slug,
            reply_to=territory.contact_email,
            dedupe_key=f"structure-invitation:{person.uuid}:{now.isoformat()}",
        )
    journal.record(by=by, verb="team.member_invited", target=structure, data={"person": str(person.uuid)})


# Below ---------------------------------------------------------------------------------------


def _own(by: User, structure: Structure) -> Structure:
    """The structure, locked; the right checked inside."""
    locked = lock_structure(structure)
    require(can_keep_team(by, locked))
    return locked


def _member(structure: Structure, person: Professional) -> Professional:
    """The member, locked. ``Refused`` when a colleague has just removed them."""
    found = Professional.objects.select_for_update().filter(structure=structure, pk=person.pk).first()
    if found is None:
        raise Refused(_("Cette personne vient d'être retirée de l'équipe."), code="gone")
    found.structure = structure
    return found


def _write(person: Professional, values: tuple[str, str, str, str, str, bool]) -> None:
    first_name, last_name, role, email, phone, is_contact = values
    person.first_name, person.last_name = " ".join(first_name.split()), " ".join(last_name.split())
    person.role, person.phone = " ".join(role.split()), " ".join(phone.split())
    person.email, person.is_contact = email.strip().lower(), is_contact


def _save(by: User, person: Professional) -> None:
    person.full_clean()
    person._history_user = by
    person.save()


def _only_contact(by: User, person: Professional) -> None:
    """One person is written to first."""
    for other in Professional.objects.filter(structure=person.structure_id, is_contact=True).exclude(pk=person.pk):
        other.is_contact = False
        _save(by, other)


def _require_free_address(person: Professional) -> None:
    """One address, one person: two names behind one mailbox make a team of one."""
    if not person.email:
        return
    twins = Professional.objects.filter(structure=person.structure_id, email__iexact=person.email)
    twin = twins.exclude(pk=person.pk).first()
    if twin is not None:
        raise Refused(
            _("%(name)s a déjà cette adresse dans l'équipe.") % {"name": twin}, code="address_taken", field="email"
        )


def _require_own_door(by: User, structure: Structure, former: str, address: str) -> None:
    """Refuse that somebody leaves, by a slip of the keyboard, the only address by which they enter."""
    if coordinates(by, structure.territory):
        return
    own = {
        row.casefold() for row in EmailAddress.objects.filter(user=by, verified=True).values_list("email", flat=True)
    }
    if former.casefold() not in own or address.casefold() in own:
        return
    raise Refused(
        _(
            "Vous entrez ici par %(address)s. Pour en changer, ajoutez d'abord la nouvelle adresse à votre compte et "
            "confirmez-la."
        )
        % {"address": former},
        code="own_door",
        field="email",
    )
