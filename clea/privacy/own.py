"""What is held of one person, told part by part: for their own copy, and for the desk that answers to them.

Each app declares its parts when it starts: a model, the columns that are theirs to read, and by which links a
row is theirs. What no part names is never given: a new column is closed until somebody opens it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from clea.privacy import holdings

if TYPE_CHECKING:
    from collections import Counter
    from datetime import date

    from clea.accounts.models import User
    from clea.privacy.holdings import Words


@dataclass(frozen=True)
class Person:
    """Whose data: an account, the addresses proved to be theirs, or one address that somebody wrote with.

    ``scope``: a territory's slug, for its desk, which reads nothing of the others'; ``None`` for the person.
    """

    user: User | None
    addresses: frozenset[str]
    scope: str | None = None


def person_of(user: User) -> Person:
    """Somebody signed in, with the addresses they proved: typing another one's gives nothing. One query."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return Person(user, frozenset(address.lower() for address in proved))


def person_by(address: str, scope: str) -> Person:
    """Whoever wrote with this address, as one territory's desk knows them."""
    return Person(None, frozenset({address.strip().lower()}), scope)


@dataclass(frozen=True)
class Part:
    """Rows of one model that are somebody's.

    ``user`` and ``email``: lookups from a row to its person; ``scope``: to the slug of its territory.
    ``fields``: what is read, nothing more. ``files``: links to stored files; ``stem``: the column their readable
    name begins with. ``only``: rows that may be told at all. ``more``: what no column says, by key, of these rows.
    ``erase`` (``by=``, ``rows=``) takes rows away when their person asks; without it they stay, for ``stays``.
    """

    holding: str
    name: str
    label: Words
    model: str
    fields: tuple[str, ...]
    #: The other holdings that the row may come under, as things go.
    also: tuple[str, ...] = ()
    user: str = ""
    email: str = ""
    scope: str = ""
    files: tuple[str, ...] = ()
    stem: str = ""
    only: Q = field(default_factory=Q)
    #: The uuid of who sent it, where several people share what the row hangs from: each has their own.
    sender: str = ""
    more: Callable[[list[int]], dict[int, dict[str, Any]]] | None = None
    erase: Callable[..., Counter[str]] | None = None
    #: Goes with the account, without anybody's word: what rests on consent, or serves nobody else.
    at_once: bool = False
    stays: Words = ""

    def rows(self, person: Person) -> QuerySet[Any]:
        """This person's rows, each once, in the order they came."""
        mine = Q(pk__in=[])
        if person.user is not None and self.user:
            mine |= Q(**{self.user: person.user.uuid if self.user.endswith("uuid") else person.user.pk})
        if self.email:
            for address in person.addresses:
                mine |= Q(**{f"{self.email}__iexact": address})
        found = apps.get_model(self.model)._base_manager.filter(mine).filter(self.only)
        if self.sender:
            found = found.filter(**{self.sender: person.user.uuid}) if person.user else found.none()
        if person.scope is not None:
            found = found.filter(**{self.scope: person.scope}) if self.scope else found.none()
        return found.order_by("pk").distinct()

    def told(self, person: Person) -> Iterator[dict[str, Any]]:
        """The rows as plain values, by the names of their columns. Two queries at most."""
        rows = self.rows(person)
        keys = list(rows.values_list("pk", flat=True)) if self.more else []
        more = self.more(keys) if self.more else {}
        for values in rows.values("pk", *self.fields).iterator(chunk_size=500):
            key = values.pop("pk")
            yield values | more.get(key, {})

    @property
    def until(self) -> str:
        """How long it is kept; each case by its name where it is one of several."""
        found = [holdings.get(key) for key in (self.holding, *self.also)]
        if len(found) == 1:
            return str(found[0].duration)
        return " – ".join(gettext("%(what)s : %(until)s") % {"what": x.label, "until": x.duration} for x in found)

    def columns(self) -> Iterator[tuple[str, str]]:
        """What each key means, in the reader's language where the program has words for it."""
        for name in self.fields:
            model: Any = apps.get_model(self.model)
            *links, last = name.split("__")
            for link in links:
                model = model._meta.get_field(link).related_model
            yield name, str(getattr(model._meta.get_field(last), "verbose_name", last))


_parts: dict[str, Part] = {}


def register(*parts: Part) -> None:
    """Add parts, from an ``AppConfig.ready``. ``ValueError`` for a name another one has taken."""
    for one in parts:
        if _parts.get(one.name, one) is not one:
            raise ValueError(f"the part {one.name!r} is already registered")
        _parts[one.name] = one


def parts() -> list[Part]:
    """All of them, in the order in which they were declared."""
    return list(_parts.values())


# Erasing ---------------------------------------------------------------------------------------

#: What becomes of a thing when its person asks to be erased: gone at once, kept for a while, or in the way.
NOW, LATER, FIRST = "now", "later", "first"


@dataclass(frozen=True)
class Fate:
    """One line of what an erasure does. ``first``: the person does something before; ``url`` is where.

    ``subject``: a key for the eraser. ``keeps_name``: the account's name is in an archive that stays.
    """

    when: str
    label: Words
    why: Words = ""
    until: date | None = None
    url: str = ""
    subject: str = ""
    keeps_name: bool = False


@dataclass(frozen=True)
class Domain:
    """What an app says of a person's erasure, and does: ``erase(by=, user=, subject=)`` for each fate « now »."""

    fates: Callable[[User], Iterable[Fate]]
    erase: Callable[..., Counter[str]] | None = None
    #: In the transaction that closes the account: what only served the account (``user=``).
    close: Callable[..., Counter[str]] | None = None


_domains: dict[str, Domain] = {}


def register_domain(key: str, domain: Domain) -> None:
    _domains[key] = domain


def domains() -> list[Domain]:
    return list(_domains.values())
