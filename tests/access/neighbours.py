"""A second world beside the first: the same things, of another territory and other people.

Every argument of every row then has a twin that its role must not reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from tests.access.asking import sign_in
from tests.access.objects import keys_of_everything, pks_of_everything
from tests.access.world import World, build_world

#: What a second world would write a second time: renamed in the first, so that the builders need not know.
_NAMES = ("slug", "scope", "email", "token_digest", "digest")
_PREFIX = "z"


@contextmanager
def two_worlds() -> Iterator[tuple[World, World]]:
    """The world, and its neighbour. Everything is undone at the end."""
    with transaction.atomic():
        neighbour = build_world()
        rename(neighbour)
        neighbour.keys = keys_of_everything()
        neighbour.pks = pks_of_everything()
        world = build_world()
        sign_in(world)
        yield world, neighbour
        transaction.set_rollback(True)


def rename(world: World) -> None:
    for model in apps.get_models():
        if model._meta.app_label == "journal":
            continue  # written once
        for field in model._meta.concrete_fields:
            named = field.name in _NAMES or (field.unique and field.name == "number")
            if named and isinstance(field, models.CharField | models.TextField):
                rows = model._base_manager.exclude(**{field.name: ""})
                rows.update(**{field.name: Substr(Concat(Value(_PREFIX), field.name), 1, field.max_length or 500)})
    for value in vars(world).values():
        refresh(value)


def refresh(value: Any) -> None:
    if isinstance(value, models.Model):
        value.refresh_from_db()
    elif isinstance(value, dict):
        for one in value.values():
            refresh(one)
    elif isinstance(value, list | tuple | set):
        for one in value:
            refresh(one)
