"""The register is whole, and a small group is never told."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from clea.privacy import holdings, months
from clea.privacy.models import DisposalLine, DisposalList
from clea.privacy.services import anonymous
from tests.factories.accounts import AdministratorFactory

#: They name nobody: texts of the service, figures, rules; or only say who last touched them.
NOBODY = {
    "candidatures.Call", "auth.Group", "auth.Permission", "contenttypes.ContentType", "accounts.User_groups",
    "accounts.User_user_permissions", "mail.MailTemplate", "mail.HistoricalMailTemplate",
}  # fmt: skip
_PERSONAL = {"first_name", "last_name", "phone", "email", "to", "signatory", "address", "original_name", "owner_email"}


def _personal() -> set[str]:
    """Models with an address, a person's name, or a row of one's own."""
    user = get_user_model()
    found = set()
    for model in (one for one in apps.get_models() if not one._meta.proxy):
        for field in model._meta.concrete_fields:
            own = (
                field.is_relation
                and field.related_model is user
                and field.remote_field.on_delete is not models.SET_NULL
            )
            if isinstance(field, models.EmailField) or field.name in _PERSONAL or own:
                found.add(model._meta.label)
    return found


def test_every_model_that_holds_personal_data_is_in_the_register() -> None:
    declared = {label for one in holdings.everything() for label in one.models}
    assert declared <= {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert not _personal() - declared - NOBODY


@settings(max_examples=40)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 12), max_size=8))
def test_no_group_below_five_is_told_nor_found_by_subtraction(counts: dict[str, int]) -> None:
    told, total = anonymous(counts), sum(counts.values())
    assert all(n >= 5 for n in told.values())
    assert sum(told.values()) == total or total < 5
    assert all(told[name] == counts[name] for name in told if name != "*")


@pytest.mark.parametrize(("day", "after"), [((2026, 11, 30), (2027, 2, 28)), ((2026, 3, 13), (2026, 6, 13))])
def test_months_end_with_the_month(day: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    assert months.after(date(*day), 3) == date(*after)


@pytest.mark.django_db
def test_a_list_costs_the_same_however_long(client: Client) -> None:
    client.force_login(AdministratorFactory())
    disposal = DisposalList.objects.create(scope="", number="ELIM-2026-1")
    place = reverse("admin:privacy_disposallist_change", args=[disposal.uuid])
    counts = []
    for upto in (3, 30):
        DisposalLine.objects.bulk_create(
            DisposalLine(
                disposal=disposal, holding="comptes", subject=f"{upto}-{n}", reference="compte",
                since=timezone.localdate(), due_on=timezone.localdate(),
            )
            for n in range(upto)
        )  # fmt: skip
        client.get(place)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
