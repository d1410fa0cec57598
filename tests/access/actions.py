"""The desk's actions on rows: nothing of another territory moves, and nobody but the staff reaches one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.asking import send
from tests.access.matrix import ADMINISTRATOR, STAFF, Role
from tests.access.objects import Found, closed, reason
from tests.access.world import World

#: What a request writes whoever makes it.
_HOUSEKEEPING = re.compile(r'^(?:INSERT|UPDATE|DELETE)\b[^"]*"(?:django_session|clea_cache|accounts_opensession)"')
_WRITES = re.compile(r"^(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
#: What a page of confirmation sends.
_SURE = {"confirm": "1", "post": "yes", "apply": "1", "oui": "1", "reason": "Motif", "select_across": "0"}


def actions_of(kind: admin.ModelAdmin[Any], world: World) -> list[str]:
    request = RequestFactory().get("/")
    request.user = world.people[ADMINISTRATOR]
    return list(kind.get_actions(request))


def counts(sql: str) -> bool:
    """Whether this query writes anything of ours."""
    return bool(_WRITES.match(sql)) and not _HOUSEKEEPING.match(sql)


def sweep(world: World, neighbour: World, roles: Iterable[Role] = tuple(Role)) -> Found:
    """Each action of each list, with a row of a territory that is nobody's here, as each role: what is written is
    counted, whatever the answer says. ``acted``: how many would have written, an administrator sending the same.
    """
    found = Found()
    for model, kind in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        theirs = next(iter(neighbour.pks.get(model, ())), None)
        if theirs is None:
            continue
        # A page of confirmation sends back what it has shown: of one row, that is known.
        seen_before = hashlib.sha256(str(theirs).encode()).hexdigest()
        for action in actions_of(kind, world):
            for role in roles:
                data = {"action": action, ACTION_CHECKBOX_NAME: [str(theirs)], **_SURE, "confirme": seen_before}
                with CaptureQueriesContext(connection) as seen:
                    response = send(world, role, "post", url, data)
                found.requests += 1
                who = f"{action} of {model._meta.label_lower} as {role.name}"
                written = [
                    one["sql"][:120]
                    for one in seen
                    if _WRITES.match(one["sql"]) and not _HOUSEKEEPING.match(one["sql"])
                ]
                if response.status_code >= 500:
                    found.faults.append(f"{who}: {response.status_code} {reason(response)}")
                elif role not in STAFF and not closed(response):
                    found.faults.append(f"{who}: {response.status_code}")
                if role is ADMINISTRATOR:
                    found.acted += bool(written)
                elif written:
                    found.faults.append(f"{who}: writes {written[0]}")
    return found
