"""Who sits in a jury: invited, changed, removed; what the person answers."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import VOTING_ROLES, JurorRole
from candidatures.models import Assignment, Call, Juror, Jury, Review
from candidatures.rules.jury import can_enter
from candidatures.selectors import panel
from candidatures.services.jury import notices
from candidatures.services.jury.base import lock_juror, lock_jury, require_desk
from candidatures.services.jury.conduct import (
    close_discussion,
    open_discussion,
    rules_mark,
    set_rules,
    show_identities,
)
from clea.accounts.models import User
from clea.accounts.services import account_of
from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from datetime import date

    from structures.models import Institution

__all__ = [
    "change",
    "close_discussion",
    "create",
    "decline",
    "first_dates",
    "invite",
    "invite_again",
    "join",
    "member_mark",
    "open_discussion",
    "remove",
    "rules_mark",
    "set_rules",
    "show_identities",
]

#: Between two letters to the same person: a double click is not a reminder.
PAUSE = timedelta(minutes=10)


# The jury ------------------------------------------------------------------------------------


def first_dates(call: Call) -> tuple[date, date | None]:
    """The reading a call suggests: from the day after its last day, to the eve of what comes next."""
    start = timezone.localdate(call.last_day) + timedelta(days=1)
    following = call.interviews_from or call.jury_on
    end = following - timedelta(days=1) if following else None
    return start, end if end and end >= start else None


def create(*, by: User, call: Call) -> Jury:
    """Make the jury of a call, with dates drawn from it and the usual letters. One a call: asked again,
    it is the one that stands.
    """
    from candidatures.services.jury import letters

    with transaction.atomic():
        locked = (
            Call.objects.select_for_update(of=("self",)).select_related("season__programme__territory").get(pk=call.pk)
        )
        require_desk(by, locked)
        standing = Jury.objects.filter(call=locked).first()
        if standing is not None:
            return standing
        start, end = first_dates(locked)
        jury = Jury(call=locked, reads_from=start, reads_to=end)
        jury.full_clean()
        jury.save()
        letters.seed_rules(by=by, jury=jury)
        journal.record(by=by, verb="jury.created", target=jury, data={"call": str(locked.uuid)})
        return jury


# Invitations ---------------------------------------------------------------------------------


def invite(
    *,
    by: User,
    jury: Jury,
    email: str,
    first_name: str,
    last_name: str,
    institution: Institution,
    role: str,
    substitute_for: Juror | None = None,
    function: str = "",
    city: str = "",
    max_load: int | None = None,
) -> Juror:
    """Give a seat to a person, who is written to at once.

    An address without an account gets one, without a password: the code sent at sign-in proves it.
    Somebody who declined or was removed may be invited again, and accepts again. Raises ``Refused``
    on a field, ``ValidationError`` on the others.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        _require_institution(locked, institution)
        user = _person(email, first_name, last_name)
        juror = Juror.objects.select_for_update().filter(jury=locked, user=user).first()
        if juror is not None and juror.is_sitting:
            raise Refused(
                _("%(name)s est déjà membre de ce jury.") % {"name": user}, code="already_member", field="email"
            )
        juror = juror or Juror(jury=locked, user=user)
        juror.jury, juror.user = locked, user
        juror.joined_at = juror.declined_at = juror.left_at = None
        juror.left_why = ""
        juror.invited_at = timezone.now()
        _seat(juror, institution, role, substitute_for, function, city, max_load)
        juror.save()
        notices.invited(by=by, juror=juror)
        journal.record(
            by=by,
            verb="jury.member_invited",
            target=locked,
            data={"juror": str(juror.uuid), "role": juror.role, "institution": str(institution.uuid)},
        )
        return juror


def invite_again(*, by: User, juror: Juror) -> Juror:
    """Send the invitation again to somebody who has not answered. Refused within :data:`PAUSE`."""
    with transaction.atomic():
        jury = lock_jury(juror.jury)
        locked = lock_juror(juror)
        require_desk(by, jury.call)
        _require_sitting(locked)
        if locked.joined_at is not None:
            raise Refused(_("%(name)s a déjà accepté.") % {"name": locked}, code="joined")
        now = timezone.now()
        if locked.invited_at is not None and now - locked.invited_at < PAUSE:
            raise Refused(
                _("L'invitation vient de partir : attendez quelques minutes avant de la renvoyer."), code="too_soon"
            )
        locked.invited_at = now
        locked.save(update_fields=["invited_at"])
        notices.invited(by=by, juror=locked)
        journal.record(by=by, verb="jury.member_invited_again", target=jury, data={"juror": str(locked.uuid)})
        return locked


def _person(email: str, first_name: str, last_name: str) -> User:
    """The account of this address, opened if there is none, with a name: the minutes will say it."""
    user = account_of(email=email, first_name=first_name, last_name=last_name)
    if not user.last_name:
        raise Refused(_("Donnez le nom de la personne : le procès-verbal le dira."), code="nameless", field="last_name")
    return user


# A seat --------------------------------------------------------------------------------------

_SEAT = ("institution_id", "role", "substitute_for_id", "function", "city", "max_load")


def member_mark(juror: Juror) -> str:
    """What a page showed of a seat, so that two people do not overwrite each other."""
    values = [*(getattr(juror, name) for name in _SEAT), juror.left_at, juror.declined_at]
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()[:16]


def change(
    *,
    by: User,
    juror: Juror,
    institution: Institution,
    role: str,
    substitute_for: Juror | None = None,
    function: str = "",
    city: str = "",
    max_load: int | None = None,
    seen: str | None = None,
) -> Juror:
    """Change a seat. ``seen`` is the :func:`member_mark` of the page: changed since is a ``StaleWrite``."""
    with transaction.atomic():
        jury = lock_jury(juror.jury)
        locked = lock_juror(juror)
        require_desk(by, jury.call)
        if seen is not None and seen != member_mark(locked):
            raise StaleWrite(
                _("Ce membre a changé depuis que vous avez ouvert cette page. Relisez, puis enregistrez."), code="stale"
            )
        _require_sitting(locked)
        _require_institution(jury, institution)
        before = [getattr(locked, name) for name in _SEAT]
        if role not in VOTING_ROLES and (replaced := _named_substitutes(locked)):
            raise Refused(
                ngettext(
                    "%(names)s supplée ce membre : changez d'abord cette suppléance.",
                    "%(names)s suppléent ce membre : changez d'abord ces suppléances.",
                    len(replaced),
                )
                % {"names": ", ".join(replaced)},
                code="has_substitutes",
                field="role",
            )
        _seat(locked, institution, role, substitute_for, function, city, max_load)
        changed = [name for name, value in zip(_SEAT, before, strict=True) if getattr(locked, name) != value]
        if changed:
            locked.save(update_fields=[name.removesuffix("_id") for name in changed])
            journal.record(
                by=by,
                verb="jury.member_changed",
                target=jury,
                data={
                    "juror": str(locked.uuid),
                    "fields": [name.removesuffix("_id") for name in changed],
                    "role": locked.role,
                },
            )
        return locked


def _seat(
    juror: Juror,
    institution: Institution,
    role: str,
    substitute_for: Juror | None,
    function: str,
    city: str,
    max_load: int | None,
) -> None:
    """Put the values on the row and check them. A role that holds a seat replaces nobody."""
    if role != JurorRole.SUBSTITUTE:
        substitute_for = None
    if substitute_for is not None:
        held = Juror.objects.voting().filter(jury=juror.jury_id, pk=substitute_for.pk).exclude(pk=juror.pk)
        if not held.exists():
            raise Refused(
                _("Choisissez un membre titulaire, ou la présidence, de ce jury."),
                code="bad_substitution",
                field="substitute_for",
            )
    juror.institution, juror.role, juror.substitute_for = institution, role, substitute_for
    juror.function, juror.city, juror.max_load = " ".join(function.split()), " ".join(city.split()), max_load
    juror.full_clean()


def remove(*, by: User, juror: Juror, reason: str) -> Juror:
    """Take a seat back. Readings that were filed stay and count; what was not filed may go to others."""
    with transaction.atomic():
        jury = lock_jury(juror.jury)
        locked = lock_juror(juror)
        require_desk(by, jury.call)
        _require_sitting(locked)
        if not reason.strip():
            raise Refused(
                _("Dites pourquoi cette personne quitte le jury : le motif est conservé."),
                code="reason_needed",
                field="reason",
            )
        locked.left_at, locked.left_why = timezone.now(), reason.strip()
        locked.full_clean()
        locked.save(update_fields=["left_at", "left_why"])
        released = _released(locked)
        # Their substitutes may then sit for any member.
        Juror.objects.filter(substitute_for=locked).update(substitute_for=None)
        journal.record(
            by=by, verb="jury.member_removed", target=jury, data={"juror": str(locked.uuid), "released": released}
        )
        return locked


# The person's own answer ---------------------------------------------------------------------


def join(*, by: User, juror: Juror) -> Juror:
    """Accept the charter: dossiers open then. What was accepted is journaled by its fingerprint."""
    with transaction.atomic():
        locked = _own(by, juror)
        if locked.joined_at is not None:
            return locked
        locked.joined_at = timezone.now()
        locked.save(update_fields=["joined_at"])
        text = panel.charter(locked.jury)
        journal.record(
            by=by,
            verb="jury.member_joined",
            target=locked.jury,
            data={"juror": str(locked.uuid), "charter": hashlib.sha256(text.encode()).hexdigest()},
        )
        return locked


def decline(*, by: User, juror: Juror) -> Juror:
    """Say no before having accepted. What was given to the person may go to others."""
    with transaction.atomic():
        locked = _own(by, juror)
        if locked.joined_at is not None:
            raise Refused(
                _("Vous avez accepté de siéger. Écrivez à la coordination si vous ne le pouvez plus."), code="joined"
            )
        locked.declined_at = timezone.now()
        locked.save(update_fields=["declined_at"])
        released = _released(locked)
        Juror.objects.filter(substitute_for=locked).update(substitute_for=None)
        notices.declined(juror=locked)
        journal.record(
            by=by,
            verb="jury.member_declined",
            target=locked.jury,
            data={"juror": str(locked.uuid), "released": released},
        )
        return locked


def _own(by: User, juror: Juror) -> Juror:
    """The person's own seat, still held, its jury locked before it."""
    lock_jury(juror.jury)
    locked = lock_juror(juror)
    if locked.user_id != by.pk:
        raise Forbidden(_("Cette invitation est adressée à une autre personne."), code="not_yours")
    require(can_enter(locked))
    return locked


def _released(juror: Juror) -> int:
    """Take back what this member has not filed; how many dossiers."""
    filed = Review.objects.filed().filter(juror=OuterRef("juror"), application=OuterRef("application"))
    return Assignment.objects.filter(~Exists(filed), juror=juror).delete()[0]


def _named_substitutes(juror: Juror) -> list[str]:
    rows = Juror.objects.sitting().filter(substitute_for=juror).select_related("user")
    return [str(row) for row in rows]


def _require_institution(jury: Jury, institution: Institution) -> None:
    if institution.territory_id != jury.territory.pk:
        raise Refused(
            _("Cette institution n'est pas un partenaire du territoire."), code="foreign", field="institution"
        )


def _require_sitting(juror: Juror) -> None:
    if not juror.is_sitting:
        raise Refused(_("%(name)s ne siège plus dans ce jury.") % {"name": juror}, code="not_sitting")
