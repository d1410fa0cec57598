"""The anonymous copy of a deposit: what a jury reads while identities are withheld.

Made from the frozen row alone, as the full PDF is. Pieces that identify are left out and said to be;
what was typed is masked (:mod:`candidatures.methods.anonymity`); of the pieces left in, only what
their pages show is kept. The machine cannot redraw a page: what it still reads there is written as
findings, which the coordination judges, leaving a piece out or not.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidatures.enums import JURY_STATES
from candidatures.methods.anonymity import WORD, Clue, Identity, findings, mask
from candidatures.models import BlindCopy, Call, Deposit, DepositPiece
from candidatures.selectors import anonymity as selector
from candidatures.services.applications import lock
from candidatures.services.assembly import frozen, keep, rendered, stand_in
from candidatures.services.jury.base import require_desk
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Made:
    stored: StoredFile
    findings: list[dict[str, Any]]


def ensure(deposit_id: int) -> StoredFile:
    """The anonymous copy, made now if nobody has. Safe to call twice at once.

    As ``assembly.ensure``: files are read and pages rendered outside any transaction, the row is
    written under its unique constraint, and whoever comes second throws their copy away. One query
    when it is there already.
    """
    existing = BlindCopy.objects.select_related("stored_file").filter(deposit=deposit_id).first()
    if existing is not None:
        return existing.stored_file
    deposit = frozen(deposit_id)
    withheld, judged = _withheld(deposit)
    began = timezone.now()
    made = _make(deposit, withheld)
    try:
        with transaction.atomic():
            row = BlindCopy.objects.create(
                deposit=deposit,
                stored_file=made.stored,
                findings=made.findings,
                withheld=withheld,
                judged_at=judged.judged_at if judged else None,
                judged_by=judged.judged_by if judged else None,
            )
            row.made_at = began
            row.save(update_fields=["made_at"])
        return made.stored
    except IntegrityError:
        first = BlindCopy.objects.select_related("stored_file").get(deposit=deposit).stored_file
        documents.discard(made.stored)
        return first


def make_again(deposit_id: int) -> None:
    """The same pages, in place of the copy that stands: what may be read of its pieces has changed.

    The choice of what to leave out stays; where the copy says something new of the applicant, it is to be judged again.
    """
    row = BlindCopy.objects.select_related("stored_file").filter(deposit=deposit_id).first()
    if row is None:
        return
    began = timezone.now()
    made = _make(frozen(deposit_id), row.withheld)
    with transaction.atomic():
        fresh = BlindCopy.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.stored_file_id != row.stored_file_id:  # another was quicker
            documents.discard(made.stored)
            return
        if {_told(one) for one in made.findings} - {_told(one) for one in fresh.findings}:
            fresh.judged_at = fresh.judged_by = None
        fresh.stored_file, fresh.findings, fresh.made_at = made.stored, made.findings, began
        fresh.save()
        documents.discard(row.stored_file)


def _told(finding: dict[str, Any]) -> tuple[Any, ...]:
    return finding["piece"], finding["page"], finding["what"]


def judge(*, by: User, copy: BlindCopy, withhold: Collection[str], seen: str = "") -> BlindCopy:
    """The coordination has looked: leave these pieces out of the copy, and no others.

    Makes the copy again when the list changed, before the transaction (seconds). ``seen`` is the
    :func:`seen_mark` of the page that was judged. Raises ``StaleWrite`` when a colleague was
    quicker, ``Refused`` when a code names no piece of the deposit.
    """
    deposit = frozen(copy.deposit_id)
    require_desk(by, deposit.application.call)
    codes = [piece.code for piece in deposit.pieces.all()]
    if unknown := set(withhold) - set(codes):
        raise Refused(_("Ce dépôt n'a pas de pièce « %(code)s ».") % {"code": sorted(unknown)[0]}, code="unknown_piece")
    chosen = [code for code in codes if code in withhold]
    began = timezone.now()
    made = _make(deposit, chosen) if set(chosen) != set(copy.withheld) else None
    try:
        with transaction.atomic():
            locked = lock(deposit.application)
            require_desk(by, locked.call)
            fresh = BlindCopy.objects.select_for_update(of=("self",)).select_related("stored_file").get(pk=copy.pk)
            if fresh.stored_file_id != copy.stored_file_id or (seen and seen != seen_mark(fresh)):
                raise StaleWrite(
                    _("Un collègue a modifié cette copie anonyme entre-temps. Relisez-la, puis décidez de nouveau."),
                    code="stale",
                )
            before = fresh.stored_file
            if made is not None:
                fresh.stored_file, fresh.findings, fresh.withheld = made.stored, made.findings, chosen
                fresh.made_at = began
            fresh.judged_at, fresh.judged_by = timezone.now(), by
            fresh.full_clean()
            fresh.save()
            if made is not None:
                documents.discard(before, by=by)
            journal.record(
                by=by,
                verb="blind.judged",
                target=locked,
                data={"deposit": deposit.number, "withheld": chosen, "findings": len(fresh.findings)},
            )
    except Exception:
        if made is not None:
            with transaction.atomic():
                documents.discard(made.stored)
        raise
    return fresh


def seen_mark(copy: BlindCopy) -> str:
    """Which state of the copy a page shows. No query."""
    return f"{copy.stored_file_id}/{copy.judged_at.isoformat() if copy.judged_at else ''}"


def missing(call: Call) -> list[int]:
    """The standing deposits before the jury that have no anonymous copy yet. One query."""
    return list(
        Deposit.objects.filter(
            pk__in=call.applications.for_jury().values("last_deposit_id"), blind_copy__isnull=True
        ).values_list("pk", flat=True)
    )


def prepare(deposit_ids: Iterable[int]) -> None:
    """Have copies made outside the request, once the transaction is committed."""
    from candidatures.tasks import blind_copy

    for pk in deposit_ids:
        transaction.on_commit(partial(blind_copy.enqueue, pk), robust=True)


def pending() -> int:
    """Make every copy that a jury will need; returns how many were made.

    For the regular round: one that cannot be made is logged and does not keep the others waiting.
    """
    awaited = Deposit.objects.filter(
        application__call__blind_reading=True,
        application__call__jury__isnull=False,
        application__call__jury__identities_shown_at=None,
        application__state__in=JURY_STATES,
        application__last_deposit=F("pk"),
        blind_copy__isnull=True,
    )
    count = 0
    for pk in awaited.values_list("pk", flat=True):
        try:
            ensure(pk)
            count += 1
        except Exception:
            log.exception("deposit %s has no anonymous copy", pk)
    return count


def is_wanted(deposit_id: int) -> bool:
    """A jury reads this deposit without its name. One query."""
    return Deposit.objects.filter(
        pk=deposit_id,
        application__call__blind_reading=True,
        application__call__jury__identities_shown_at=None,
        application__call__jury__isnull=False,
        application__state__in=JURY_STATES,
    ).exists()


# What is left out -------------------------------------------------------------------------------


def _withheld(deposit: Deposit) -> tuple[list[str], BlindCopy | None]:
    """Codes of the pieces to leave out, and the judgement that says so for every piece, if one does.

    What the coordination decided on an earlier deposit holds for the pieces that did not change;
    for the others, the call's own choice. One query.
    """
    earlier = (
        BlindCopy.objects.filter(deposit__application=deposit.application_id, judged_at__isnull=False)
        .select_related("judged_by")
        .order_by("-judged_at")
        .first()
    )
    known: dict[tuple[str, str], bool] = {}
    if earlier is not None:
        rows = DepositPiece.objects.filter(deposit=earlier.deposit_id).values_list("code", "sha256")
        known = {(code, sha256): code in earlier.withheld for code, sha256 in rows}
    pieces = list(deposit.pieces.all())
    withheld = [piece.code for piece in pieces if known.get((piece.code, piece.sha256), piece.identifying)]
    settled = all((piece.code, piece.sha256) in known for piece in pieces)
    return withheld, earlier if settled else None


# The pages --------------------------------------------------------------------------------------


def _make(deposit: Deposit, withheld: Collection[str]) -> _Made:
    identity = selector.identity(deposit.application.call, deposit.data)
    with translation.override(deposit.language), tempfile.TemporaryDirectory(prefix="clea-") as folder:
        path = Path(folder) / "dossier.pdf"
        footer = _("%(number)s – lecture anonyme") % {"number": deposit.number}
        made, parts = _build(deposit, withheld, identity, footer, path)
        found = _findings(path, made.pages, parts, identity, ours=set(WORD.findall(footer)))
        return _Made(stored=keep(path, name=f"{deposit.number}.pdf", pages=made.pages), findings=found)


def _build(
    deposit: Deposit, withheld: Collection[str], identity: Identity, footer: str, path: Path
) -> tuple[documents.Assembled, list[tuple[str, int]]]:
    """Write the copy at ``path``. Returns what was made, and each part's code and pages in its order;
    the code is empty for what we render ourselves.
    """
    title = _("Dossier %(number)s") % {"number": deposit.number}
    pieces = list(deposit.pieces.all())
    context = {
        "number": deposit.number,
        "data": masked(deposit.data, identity),
        "pieces": [{"title": piece.title, "withheld": piece.code in withheld} for piece in pieces],
        "call_title": deposit.data["call"]["title"],
        "territory": deposit.application.call.territory,
    }
    reword = partial(mask, identity=identity)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clea-")))
        language = deposit.language
        cover = documents.render_pdf("pdf/candidatures/blind_cover.html", context, title=title, language=language)
        sheet = rendered(
            "pdf/candidatures/blind_answers.html",
            _("Fiche de candidature"),
            context,
            folder / "fiche.pdf",
            language=language,
        )
        parts, codes = [sheet], [""]
        for piece in pieces:
            if piece.code in withheld:
                continue
            if piece.stored_file is None:
                typed = context | {"answer": context["data"]["answers"][piece.code]}
                target = folder / f"{piece.order}.pdf"
                parts.append(
                    rendered("pdf/candidatures/blind_piece.html", piece.title, typed, target, language=language)
                )
                codes.append("")
                continue
            if piece.stored_file.withheld:
                parts.append(stand_in(piece, deposit, folder))
                codes.append("")
                continue
            local = stack.enter_context(documents.local_path(piece.stored_file))
            parts.append(
                documents.Part(
                    title=piece.title, path=local, sha256=piece.sha256, pages=piece.pages or 0, reword=reword
                )
            )
            codes.append(piece.code)
        made = documents.assemble(
            cover_pdf=cover,
            parts=parts,
            footer=footer,
            title=title,
            language=language,
            out=path,
        )
    return made, [(code, part.pages) for code, part in zip(codes, parts, strict=True)]


def masked(data: dict[str, Any], identity: Identity) -> dict[str, Any]:
    """The answers without who gave them: nothing of the identity page nor of other territories is
    kept, and what was typed elsewhere is masked. The call's own words stay as they are.
    """

    def said(text: str) -> str:
        return mask(text, identity)

    practice, articulation, budget = data["practice"], data["articulation"], data["budget"]
    return {
        "practice": {"disciplines": practice["disciplines"], "practice": said(practice["practice"])},
        "declarations": [row | {"comment": said(row["comment"])} for row in data["declarations"]],
        "articulation": articulation
        | {
            "territory_link": said(articulation["territory_link"]),
            "transitions_link": said(articulation["transitions_link"]),
        },
        "budget": budget
        | {
            "lines": [line | {"label": said(line["label"])} for line in budget["lines"]],
            "comment": said(budget["comment"]),
        },
        "answers": {code: _masked_answer(answer, said) for code, answer in data["answers"].items()},
    }


def _masked_answer(answer: dict[str, Any], said: Any) -> dict[str, Any]:
    if "links" in answer:
        return {"links": [said(link) for link in answer["links"]]}
    if "works" in answer:
        return {"works": [{key: said(str(value)) for key, value in work.items()} for work in answer["works"]]}
    return {"text": said(answer.get("text", ""))}


def _findings(
    path: Path, total: int, parts: list[tuple[str, int]], identity: Identity, *, ours: set[str]
) -> list[dict[str, Any]]:
    """What the uploaded pieces still say, by their own page and by the copy's. ``ours``: words of the footer."""
    if not any(code for code, pages in parts):
        return []
    texts = documents.text_by_page(path)
    found: list[dict[str, Any]] = []
    first = total - sum(pages for code, pages in parts)
    for code, pages in parts:
        start, first = first, first + pages
        if not code:
            continue
        if texts is None or len(texts) != total:
            found.append(_finding(code, 0, start + 1, Clue.UNCHECKED))
            continue
        mine = texts[start:first]
        # A word cut at the end of a line is one word.
        seen = findings([f"{text}\n{text.replace('-' + chr(10), '')}" for text in mine], identity)
        found += [_finding(code, one.page, start + one.page, one.what) for one in seen]
        words = {word for text in mine for word in WORD.findall(text) if word.isalpha()}
        if not words - ours:
            found.append(_finding(code, 0, start + 1, Clue.NO_TEXT))
    return found


def _finding(code: str, page: int, at: int, what: Clue) -> dict[str, Any]:
    """``page`` 0: the whole piece."""
    return {"piece": code, "page": page, "at": at, "what": what.value}
