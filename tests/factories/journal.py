"""Lines of the journal, written by the one service that writes them."""

from __future__ import annotations

from typing import Any

import factory
from django.db import transaction

from clea.journal import services
from clea.journal.models import Entry

# A verb that every installation has, whatever apps it runs.
VERB = "mail.edited"


class EntryFactory(factory.Factory[Entry]):
    """``EntryFactory(by=user, target=row)``; by default, the system said something of nothing."""

    class Meta:
        model = Entry

    by = None
    verb = VERB
    target = None
    data = factory.Sequence(lambda n: {"version": n})

    @classmethod
    def _create(cls, model_class: type[Entry], *args: Any, **kwargs: Any) -> Entry:
        with transaction.atomic():
            return services.record(**kwargs)
