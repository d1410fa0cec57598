"""What ``manage.py verify`` checks of deposits: their digests, their pieces, the series of their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Prefetch

from candidatures import snapshot
from candidatures.models import Deposit, DepositCounter, DepositPiece
from clea.journal.models import Entry
from clea.upkeep import checks

FILED = ("application.filed", "piece.supplied")


def register() -> None:
    checks.register("deposits", "dépôts", deposits)
    checks.register("numbers", "numéros de dépôt", numbers)


def deposits(options: checks.Options, tally: checks.Tally) -> Iterator[checks.Finding]:
    """What was frozen is what was filed: answers, list of pieces, and each piece's file. Two queries for 200."""
    pieces = DepositPiece.objects.select_related("stored_file").order_by("order")
    rows = Deposit.objects.prefetch_related(Prefetch("pieces", queryset=pieces)).order_by("pk")
    for deposit in rows.iterator(chunk_size=200):
        tally.seen += 1
        if snapshot.digest(deposit.data) != deposit.sha256:
            yield checks.Finding("Dépôt dont l'empreinte n'est plus celle de ses réponses", deposit.number)
        said = [piece["sha256"] for piece in deposit.data.get("pieces", [])]
        if said != [piece.sha256 for piece in deposit.pieces.all()]:
            yield checks.Finding("Dépôt dont les pièces ne sont plus celles de sa liste", deposit.number)
        for piece in deposit.pieces.all():
            if piece.stored_file is not None and piece.stored_file.sha256 != piece.sha256:
                yield checks.Finding(
                    "Pièce déposée dont l'empreinte n'est plus celle de son fichier", f"{deposit.number} {piece.code}"
                )


def numbers(options: checks.Options, tally: checks.Tally) -> Iterator[checks.Finding]:
    """A series has neither hole nor number beyond its counter; a dossier since erased is in the journal."""
    given: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number in Deposit.objects.order_by().values_list("number", flat=True).iterator():
        prefix, year, place = number.rsplit("-", 2)
        given[prefix, year].add(int(place))
        tally.seen += 1
    erased: set[str] | None = None
    for counter in DepositCounter.objects.order_by("prefix", "year"):
        series = given.pop((counter.prefix, str(counter.year)), set())
        for rank in sorted(set(range(1, counter.last + 1)) - series):
            if erased is None:
                filed = Entry.objects.filter(verb__in=FILED).order_by()
                erased = set(filed.values_list("data__deposit", flat=True))
            number = f"{counter.prefix}-{counter.year}-{rank:04d}"
            if number not in erased:
                yield checks.Finding("Numéro de dépôt sauté, que le journal ne connaît pas", number)
        for rank in sorted(rank for rank in series if rank > counter.last):
            yield checks.Finding("Numéro de dépôt au-delà de son compteur", f"{counter}-{rank:04d}")
    for prefix, year in sorted(given):
        yield checks.Finding("Numéros de dépôt sans compteur", f"{prefix}-{year}")
