"""Writes on an account."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clea.accounts import trace
from clea.accounts.models import Language, OpenSession, User
from clea.errors import Forbidden, Refused

#: How long a written reason is at least: a word is not one.
REASON_MIN = 10


def choose_language(*, by: User, language: str) -> User:
    """Remember the language a person reads in: their mails and PDFs follow. ``ValueError`` if unknown."""
    by.language = Language(language)
    by.save(update_fields=["language"])
    return by


def end_sessions(*, person: User, keep: str | None = None) -> int:
    """Close this person's sessions at once, but the one of the key to keep. How many there were. One query."""
    return OpenSession.objects.filter(person=person).exclude(session_key=keep or "").delete()[0]


def end_session(*, by: User, uuid: UUID) -> None:
    """Close one's own session in another browser. ``Refused`` when it is closed already, or is somebody else's."""
    if not OpenSession.objects.filter(person=by, uuid=uuid).delete()[0]:
        raise Refused(_("Cette session est déjà fermée."), code="gone")


@transaction.atomic
def reset_factor(*, by: User | None, person: User, reason: str) -> None:
    """Take a lost second factor off an account: the person sets another up at their next sign-in.

    Administrators only, and the machine's own console (``by=None``); nobody their own, which a stolen session
    could then do. The reason, checked outside (a call back, a meeting), stays with who wrote it: the journal
    says that one was given. Closes the person's sessions. Raises ``Forbidden`` or ``Refused``.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if by is not None and not (by.is_active and by.is_superuser):
        raise Forbidden(_("Seule l'administration retire un second facteur."), code="not_yours")
    if by is not None and by.pk == person.pk:
        raise Forbidden(
            _("On ne retire pas son propre second facteur : demandez-le à un autre administrateur."), code="own"
        )
    if len(reason.strip()) < REASON_MIN:
        raise Refused(
            _("Écrivez comment vous avez vérifié que la demande vient bien de cette personne."),
            code="reason",
            field="reason",
        )
    if not Authenticator.objects.filter(user=person).delete()[0]:
        raise Refused(_("Ce compte n'a pas de double authentification."), code="none")
    closed = end_sessions(person=person)
    trace.record(by=by, verb="account.factor_reset", target=person, data={"sessions": closed})


@transaction.atomic
def rights_changed(*, by: User, person: User, before: dict[str, bool]) -> None:
    """What follows a change of an account's rights, in its transaction: who gains or loses one starts again with
    a sign-in, and the journal says so. ``before``: ``is_active``, ``is_staff``, ``is_superuser`` as they were."""
    after = {name: bool(getattr(person, name)) for name in before}
    if after == before:
        return
    # One's own session stays, so that the page that was sent can answer; a right that is lost is lost anyway.
    closed = end_sessions(person=person) if by.pk != person.pk else 0
    trace.record(by=by, verb="account.rights_changed", target=person, data={**after, "sessions": closed})


def account_of(*, email: str, first_name: str, last_name: str) -> User:
    """The account of this address, opened if there is none. Names are given only where they are missing.

    A new account has no password: the code sent at sign-in proves the address. Call it inside the
    transaction of what needs the person. Raises ``Refused`` (field ``email``) on an address that is not
    one, or whose account is disabled.
    """
    email = User.objects.normalize_email(email.strip()).lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(_("Cette adresse électronique n'est pas valable."), code="bad_address", field="email") from error
    first_name, last_name = " ".join(first_name.split()), " ".join(last_name.split())
    user = _known(email) or _opened(email, first_name, last_name)
    if not user.is_active:
        raise Refused(_("Le compte de cette personne est désactivé."), code="inactive", field="email")
    names = (user.first_name or first_name, user.last_name or last_name)
    if names != (user.first_name, user.last_name):
        user.first_name, user.last_name = names
        user.full_clean(exclude=["password"])
        user.save(update_fields=["first_name", "last_name", "search"])
    return user


def _known(email: str) -> User | None:
    """By the account's address, or by a second one that its owner proved."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        address = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
        user = address.user if address else None
    return user


def _opened(email: str, first_name: str, last_name: str) -> User:
    """A new account without a password; another request may have opened it meanwhile."""
    try:
        with transaction.atomic():
            user = User(email=email, first_name=first_name, last_name=last_name)
            user.set_unusable_password()
            # The database says whether the address is taken: asked before, it could be a moment later.
            user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
            user.save()
            EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
            return user
    except IntegrityError:
        user_or_none = _known(email)
        if user_or_none is None:
            raise
        return user_or_none
