"""People. Every password is ``clea-demo``; the address is verified, as after a sign-up by code."""

from __future__ import annotations

from typing import Any

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from clea.accounts.models import User

PASSWORD = "clea-demo"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        django_get_or_create = ("email",)
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.test")
    first_name = factory.Sequence(lambda n: ["Ada", "Basile", "Céleste", "Dorian", "Élise"][n % 5])
    last_name = factory.Sequence(lambda n: f"Nom{n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        user = User.objects.filter(email=kwargs["email"]).first()
        if user is None:
            user = User.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        return user


class AdministratorFactory(UserFactory):
    is_staff = True
    is_superuser = True
