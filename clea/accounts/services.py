"""Writes on an account."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clea.accounts.models import Language, User
from clea.errors import Refused


def choose_language(*, by: User, language: str) -> User:
    """Remember the language a person reads in: their mails and PDFs follow. ``ValueError`` if unknown."""
    by.language = Language(language)
    by.save(update_fields=["language"])
    return by


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
