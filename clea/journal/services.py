"""Writing the journal, checking it, and taking a name out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Max, Subquery
from django.db.models.sql import InsertQuery
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from clea.journal import chain, changes, guards, verbs
from clea.journal.models import ActorRole, ActorSnapshot, ChainHead, Entry
from clea.journal.selectors import identify

if TYPE_CHECKING:
    from clea.accounts.models import User

SUMMARY_MAX = 500
#: Lines written in one statement.
BATCH = 100


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model | None = None,
    data: Mapping[str, Any] | None = None,
    summary: str = "",
) -> Entry:
    """Write one line, inside the transaction of what it tells. Two queries, three on SQLite.

    ``by=None`` is the machine. ``data`` and ``summary`` hold identifiers, states, dates, hashes
    and amounts, never what a person wrote: they are hashed, so they can never be erased.

    Writers queue on the chain's last row until they commit. Take the locks of your own rows
    first and record last, or two services may wait for each other.

    Raises ``TransactionManagementError`` outside ``atomic``, ``UnknownVerb`` for a verb that no
    app registered, ``TypeError`` or ``ValueError`` for data that is not plain JSON.
    """
    if len(summary) > SUMMARY_MAX:
        raise ValueError(f"a summary is {SUMMARY_MAX} characters at most")
    _require_transaction(verb)
    named = identify(target) if target is not None else ("", "")
    return _append(by=by, verb=verb, lines=[_Line(*named, data or {}, summary)])[0]


def record_all(*, by: User | None, verb: str, lines: Iterable[tuple[models.Model, Mapping[str, Any]]]) -> list[Entry]:
    """Write the same act on several targets, one line each, in their order. As :func:`record` for up to 100 of them.

    ``lines``: target and data. The rest as :func:`record`. Nothing is written for no target.
    """
    _require_transaction(verb)
    return _append(by=by, verb=verb, lines=[_Line(*identify(target), data) for target, data in lines])


def _require_transaction(verb: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("a line of the journal belongs in the transaction of what it tells")
    verbs.check(verb)


class _Line(NamedTuple):
    target_type: str
    target_id: str
    data: Mapping[str, Any]
    summary: str = ""


def _append(*, by: User | None, verb: str, lines: Sequence[_Line]) -> list[Entry]:
    details = [chain.plain(line.data) for line in lines]
    if not lines:
        return []
    head, actor = _locked_head_and_actor(by)
    entries = []
    for line, data in zip(lines, details, strict=True):
        entry = Entry(
            seq=head.seq + 1,
            at=timezone.now(),
            verb=verb,
            target_type=line.target_type,
            target_id=line.target_id,
            summary=chain.plain(str(line.summary), "summary"),
            data=data,
            actor=actor,
            prev_hash=head.hash,
        )
        entry.hash = entry.expected_hash()
        head.seq, head.hash = entry.seq, entry.hash
        entries.append(entry)
    if changes.taken():
        head.public = changes.new_mark()
    _write(entries, head)
    return entries


def _write(entries: list[Entry], head: ChainHead) -> None:
    """The lines, and the chain's end after them: one statement where the database takes both in one."""
    # The manager refuses to write anything in bulk; only this door may.
    if connection.vendor != "postgresql" or len(entries) > BATCH:
        models.QuerySet[Entry](Entry).bulk_create(entries, batch_size=BATCH)
        head.save(update_fields=["seq", "hash", "public"])
        return
    lines = InsertQuery(Entry)
    lines.insert_values(Entry._meta.concrete_fields, [*entries])
    [(insert, given)] = lines.get_compiler(connection=connection).as_sql()
    end = "UPDATE journal_chainhead SET seq = %s, hash = %s, public = %s WHERE id = 1"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH lines AS ({insert}) {end}", [*given, head.seq, head.hash, head.public])
    for entry in entries:
        entry._state.adding, entry._state.db = False, connection.alias


def _locked_head() -> ChainHead:
    """The chain's last row, held until the transaction ends."""
    try:
        return ChainHead.objects.select_for_update().get(pk=1)
    except ChainHead.DoesNotExist:
        ChainHead.objects.get_or_create(pk=1)
        return ChainHead.objects.select_for_update().get(pk=1)


def _locked_head_and_actor(by: User | None) -> tuple[ChainHead, ActorSnapshot]:
    """The chain's last row, held, and the row that names this person as they are today. One query once they are known.

    The name is the one that stood when the lock was asked for: a name taken out meanwhile is not written again.
    """
    name = _name(by)
    known = ActorSnapshot.objects.filter(**name, erased_at=None)
    heads = ChainHead.objects.select_for_update(of=("self",)).annotate(
        actor_pk=Subquery(known.values("pk")[:1]), actor_digest=Subquery(known.values("digest")[:1])
    )
    head = heads.filter(pk=1).first()
    if head is not None and head.actor_pk is not None:
        return head, ActorSnapshot(pk=head.actor_pk, digest=head.actor_digest, **name)
    return head or _locked_head(), _snapshot(name)


def _name(by: User | None) -> dict[str, Any]:
    if by is None:
        return {"user_uuid": None, "label": "", "role": ActorRole.SYSTEM}
    return {"user_uuid": by.uuid, "label": str(by)[:320], "role": _role(by)}


def _snapshot(name: dict[str, Any]) -> ActorSnapshot:
    """The row of this name, made if nobody has yet. Called under the chain's lock."""
    known = ActorSnapshot.objects.filter(**name, erased_at=None).first()
    if known is not None:
        return known
    salt = chain.new_salt()
    snapshot = ActorSnapshot(**name, salt=salt, digest=chain.actor_digest(salt=salt, **name))
    snapshot.save()
    return snapshot


def _role(user: User) -> ActorRole:
    if user.is_superuser:
        return ActorRole.ADMINISTRATOR
    return ActorRole.COORDINATOR if user.is_staff else ActorRole.PERSON


@transaction.atomic
def erase(user_uuid: UUID, *, by: User | None = None) -> int:
    """Take a person's name out of every line; return how many snapshots lost it.

    The lines stay, with the account's identifier and role, and the chain still verifies. That
    it was done is journaled, once, and not again when nothing was left to erase.
    """
    _locked_head()
    snapshots = ActorSnapshot.objects.filter(user_uuid=user_uuid, erased_at=None)
    # The manager refuses every update; this one, the database's trigger lets through.
    erased = (
        models.QuerySet(ActorSnapshot)
        .filter(pk__in=snapshots.values("pk"))
        .update(label="", salt="", erased_at=timezone.now())
    )
    if erased:
        named = _Line("accounts.user", str(user_uuid), {"snapshots": erased})
        _append(by=by, verb="journal.actor_erased", lines=[named])
    return erased


@dataclass(frozen=True)
class Verification:
    """What a reading of the whole chain found.

    ``broken_seq`` is the first line that does not hold, with ``reason``; ``None`` when all do.
    ``last_seq`` and ``last_hash`` are worth noting elsewhere: given back as an anchor, they
    prove that nobody rewrote the chain from some line on.
    """

    count: int
    last_seq: int
    last_hash: str
    broken_seq: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        return self.broken_seq is None


def verify(*, anchors: Mapping[int, str] | None = None) -> Verification:
    """Read every line and recompute every hash. Writers are not blocked meanwhile.

    ``anchors`` maps line numbers to the hash they were seen with. One pass in constant memory:
    about 50 000 lines a second is the hashing's own limit.
    """
    anchors = dict(anchors or {})
    # A committed writer moved both; reading the lines first, the head cannot be behind them.
    top = Entry.objects.aggregate(top=Max("seq"))["top"] or 0
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    expected, previous = 1, chain.GENESIS
    checked: set[int] = set()

    def broken(seq: int, reason: str) -> Verification:
        return Verification(expected - 1, head.seq, head.hash, seq, reason)

    lines = _lines(head.seq)
    while True:
        try:
            entry = next(lines)
        except StopIteration:
            break
        except (ValueError, TypeError) as error:
            return broken(expected, f"unreadable: {error}")
        if entry.seq != expected:
            return broken(expected, f"missing: the next line is {entry.seq}")
        if entry.prev_hash != previous:
            return broken(entry.seq, "does not follow the line before")
        if entry.hash != entry.expected_hash():
            return broken(entry.seq, "its content does not match its hash")
        if entry.actor_id not in checked:
            if not entry.actor.holds():
                return broken(entry.seq, "its author's name does not match its digest")
            checked.add(entry.actor_id)
        if entry.seq in anchors and anchors.pop(entry.seq) != entry.hash:
            return broken(entry.seq, "differs from the anchor")
        previous, expected = entry.hash, expected + 1
    if expected - 1 != head.seq:
        return broken(expected, f"missing: the chain should end at line {head.seq}")
    if previous != head.hash:
        return broken(head.seq, "differs from the end of the chain")
    if top > head.seq:
        return broken(head.seq + 1, "stands after the end of the chain")
    if anchors:
        return broken(min(anchors), "missing: the anchor is beyond the end of the chain")
    return Verification(expected - 1, head.seq, head.hash)


def _lines(last_seq: int) -> Iterator[Entry]:
    return Entry.objects.filter(seq__lte=last_seq).select_related("actor").order_by("seq").iterator(chunk_size=2000)


def missing_guards() -> list[str]:
    """Names of the database triggers that should stand and do not."""
    return guards.missing(connection)
