"""Contracts and agreements: drafted, reread, issued, sent, cancelled (rules.md 19). Signatures: :mod:`.signatures`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from candidatures.models import Season
from clea.documents import services as documents
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import ActivityState, PaperKind, PaperState
from residencies.methods import paper_texts
from residencies.methods import papers as methods
from residencies.models import Activity, Paper, PaperTemplate, Residency, Signature
from residencies.rules import papers as rules
from residencies.selectors import paper_facts
from residencies.selectors import papers as selectors
from residencies.services import paper_notices as notices
from residencies.services.base import lock_activity, lock_residency, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Territory

_PREFIX = {PaperKind.CONTRACT: "CR", PaperKind.AGREEMENT: "CV"}
_DEFAULTS = {
    PaperKind.CONTRACT: (paper_texts.CONTRACT_NAME, paper_texts.CONTRACT_TITLE, paper_texts.CONTRACT),
    PaperKind.AGREEMENT: (paper_texts.AGREEMENT_NAME, paper_texts.AGREEMENT_TITLE, paper_texts.AGREEMENT),
}


# Templates -----------------------------------------------------------------------------------


def save_template(*, by: User, template: PaperTemplate, version: int | None = None) -> PaperTemplate:
    """Keep a template's text, new or changed. ``Refused`` on a placeholder that does not exist.

    ``version`` is the one the person was shown: another since is a ``StaleWrite``.
    """
    with transaction.atomic():
        require_desk(by, template.territory)
        try:
            methods.check(template.kind, template.body)
        except Refused as error:
            raise Refused(str(error), code=error.code, field="body") from None
        if template.pk is not None:
            held = PaperTemplate.objects.select_for_update().get(pk=template.pk)
            require_desk(by, held.territory)
            if version is not None and held.version != version:
                raise _stale()
            template.version = held.version + 1
        template.full_clean()
        template.save()
        journal.record(by=by, verb="paper_template.saved", target=template, data={"version": template.version})
        return template


def default_text(kind: str) -> tuple[str, str, str]:
    """The name, the title and the text that a territory starts from."""
    return _DEFAULTS[PaperKind(kind)]


def _template(territory: Territory, kind: PaperKind) -> PaperTemplate:
    """The territory's text in use, written from the program's own the first time it is needed."""
    held = PaperTemplate.objects.filter(territory=territory, kind=kind, is_active=True).order_by("pk").first()
    if held is not None:
        return held
    name, title, body = default_text(kind)
    template, made = PaperTemplate.objects.get_or_create(
        territory=territory, kind=kind, name=name, defaults={"title": title, "body": body}
    )
    if not made:
        raise Refused(
            _("Aucun modèle n'est en service : remettez-en un en service parmi les modèles de documents."),
            code="no_template",
        )
    return template


# Drafts --------------------------------------------------------------------------------------


def draft_contract(*, by: User, residency: Residency, template: PaperTemplate | None = None) -> Paper:
    """Write a residency's contract from the territory's text. The one that stands is returned if there is one."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        standing = selectors.standing_contract(locked)
        if standing is not None:
            return standing
        return _draft(by, Paper(kind=PaperKind.CONTRACT, residency=locked), locked, template)


def draft_agreement(*, by: User, activity: Activity, template: PaperTemplate | None = None) -> Paper:
    """Write an activity's agreement from the territory's text. The one that stands is returned if there is one."""
    with transaction.atomic():
        locked = lock_activity(activity)
        require_desk(by, locked.territory)
        standing = selectors.standing_agreement(locked)
        if standing is not None:
            return standing
        if locked.state == ActivityState.CANCELLED:
            raise Refused(_("Cette activité est annulée : elle n'a pas besoin de convention."), code="cancelled")
        return _draft(by, Paper(kind=PaperKind.AGREEMENT, activity=locked), locked, template)


def _draft(by: User, paper: Paper, owner: Residency | Activity, template: PaperTemplate | None) -> Paper:
    """From the template, or from the text of the edition before, as it was before its placeholders were filled."""
    before = next(iter(selectors.editions(owner)), None)
    if template is not None and (template.territory_id != owner.territory.pk or template.kind != paper.kind):
        raise Refused(_("Ce modèle n'est pas pour ce document : choisissez-en un autre."), code="other_template")
    if before is not None and template is None:
        source = before.facts.get("source") or before.body
        paper.title, paper.body, paper.edition = before.title, source, before.edition + 1
        paper.number = f"{_first_number(before)}-{paper.edition}"
    else:
        chosen = template or _template(owner.territory, PaperKind(paper.kind))
        paper.title, paper.body = chosen.title, chosen.body
        paper.edition = before.edition + 1 if before is not None else 1
        paper.number = f"{_first_number(before)}-{paper.edition}" if before else _next_number(paper, owner.season)
    paper.full_clean()
    paper.save()
    journal.record(by=by, verb="paper.drafted", target=owner, data={"paper": str(paper.uuid), "edition": paper.edition})
    return paper


def _first_number(before: Paper) -> str:
    """The number of the first edition, which the next ones repeat with their own."""
    return before.number.removesuffix(f"-{before.edition}") if before.edition > 1 else before.number


def _next_number(paper: Paper, season: Season) -> str:
    """``CR-2026-2027-003``: by kind and season. Seasons of one name share the series: numbers are unique."""
    list(Season.objects.select_for_update().filter(name=season.name).order_by("pk"))
    start = f"{_PREFIX[PaperKind(paper.kind)]}-{slugify(season.name).upper()}-"
    taken = Paper.objects.filter(number__startswith=start, edition=1).values_list("number", flat=True)
    last = max((int(tail) for one in taken if (tail := one.removeprefix(start)).isdigit()), default=0)
    return f"{start}{last + 1:03d}"


def rewrite(*, by: User, paper: Paper, version: int, title: str, body: str) -> Paper:
    """Reread and correct a draft. ``StaleWrite`` when it changed since ``version``."""
    with transaction.atomic():
        locked = lock_paper(paper)
        require_desk(by, selectors.territory_of(locked))
        require(rules.can_rewrite(locked))
        if locked.version != version:
            raise _stale()
        try:
            methods.check(locked.kind, body)
        except Refused as error:
            raise Refused(str(error), code=error.code, field="body") from None
        locked.title, locked.body = title.strip(), body.replace("\r\n", "\n").strip()
        locked.version += 1
        locked.full_clean()
        locked.save()
        journal.record(by=by, verb="paper.rewritten", target=owner_of(locked), data=_data(locked))
        return locked


# Issue and send ------------------------------------------------------------------------------


def issue(*, by: User, paper: Paper, version: int | None = None) -> Paper:
    """Freeze the text, make the PDF and say who must sign.

    The PDF is laid out before the transaction (a second or two): if the draft or what it says changed
    meanwhile, nothing is issued (``StaleWrite``). ``Refused``, naming what lacks and where to write
    it, while a placeholder has no value.
    """
    require_desk(by, selectors.territory_of(paper))
    require(rules.can_become(paper, PaperState.ISSUED))
    with override("fr"):
        read = selectors.reading(paper)
    _require_complete(read)
    now = timezone.now()
    content = pdf(paper, read, issued_on=timezone.localdate(now))
    with transaction.atomic():
        locked = lock_paper(paper)
        require_desk(by, selectors.territory_of(locked))
        require(rules.can_become(locked, PaperState.ISSUED))
        with override("fr"):
            values = paper_facts.values(locked)
            filled = methods.filled(locked.kind, locked.body, values)
        named = selectors.parties(locked)
        if filled.text != read.text or tuple(named) != read.parties or version not in (None, locked.version):
            raise _stale()
        locked.facts = {"values": methods.watched(locked.kind, locked.body, values), "source": locked.body}
        locked.stored_file = documents.store_bytes(
            by=by, content=content, name=f"{locked.number}.pdf", content_type="application/pdf"
        )
        locked.body, locked.state, locked.issued_at = filled.text, PaperState.ISSUED, now
        locked.version += 1
        locked.full_clean()
        locked.save()
        for order, party in enumerate(named):
            row = Signature(
                paper=locked, order=order, party=party.label, structure=party.structure, residency=party.residency
            )
            row.full_clean()
            row.save()
        journal.record(
            by=by,
            verb="paper.issued",
            target=owner_of(locked),
            data=_data(locked) | {"number": locked.number, "sha256": locked.stored_file.sha256},
        )
        return locked


def _require_complete(read: selectors.Reading) -> None:
    if read.missing:
        lines = [f"{one.label} ({one.where})" if one.where else str(one.label) for one in read.missing]
        raise Refused(
            _("Il manque de quoi remplir ce document : %(list)s. Complétez, ou écrivez-le dans le texte.")
            % {"list": " ; ".join(lines)},
            code="incomplete",
        )
    if read.paper.kind == PaperKind.AGREEMENT and not any(one.structure for one in read.parties):
        raise Refused(
            _("Cette activité n'a encore aucune structure : associez-en une au projet avant d'émettre la convention."),
            code="no_structure",
        )
    if not any(one.residency for one in read.parties):
        raise Refused(
            _("Aucun artiste n'est nommé : ajoutez la personne qui signera à la résidence."), code="no_artist"
        )


def pdf(paper: Paper, read: selectors.Reading, *, issued_on: object = None) -> bytes:
    """The tagged PDF of a paper; a preview, said so on each page, while ``issued_on`` is empty. Slow."""
    return documents.render_pdf(
        "pdf/residencies/paper.html",
        {
            "paper": paper,
            "text": read.text,
            "parties": read.parties,
            "territory": selectors.territory_of(paper),
            "issued_on": issued_on,
            "footer_text": f"{paper.number} – {paper.title}",
        },
        title=f"{paper.title} – {paper.number}",
    )


def send(*, by: User, paper: Paper) -> tuple[Paper, int, list[str]]:
    """Write to each party, with the address where they read it. At the coordinator's act: nothing waits.

    Returns the paper, how many messages left, and the parties nobody can be written to. The same day,
    to the same person, once. Raises ``Refused`` when nobody has an address.
    """
    with transaction.atomic():
        locked = lock_paper(paper)
        require_desk(by, selectors.territory_of(locked))
        require(rules.can_send(locked))
        found = selectors.recipients(locked, unsigned_only=True)
        if not found.people:
            raise Refused(
                _("Personne ne peut être prévenu : donnez une adresse à l'artiste ou à l'équipe de la structure."),
                code="nobody",
            )
        mails = [notices.sent(by=by, paper=locked, to=person) for person in found.people]
        locked.mail = locked.mail or mails[0]
        locked.sent_at = timezone.now()
        locked.version += 1
        locked.save()
        journal.record(by=by, verb="paper.sent", target=owner_of(locked), data=_data(locked) | {"to": len(mails)})
        return locked, len({mail.pk for mail in mails}), found.unreachable


def cancel(*, by: User, paper: Paper, why: str) -> Paper:
    """Take a paper back, with its reason; whoever received it is told. Another edition may then be drafted."""
    with transaction.atomic():
        locked = lock_paper(paper)
        require_desk(by, selectors.territory_of(locked))
        require(rules.can_become(locked, PaperState.CANCELLED))
        if not (why := why.strip()):
            raise Refused(_("Dites pourquoi : les signataires le liront."), code="reason_needed", field="why")
        was_sent, before = locked.sent_at is not None, locked.state
        locked.state, locked.cancelled_at, locked.cancelled_why = PaperState.CANCELLED, timezone.now(), why
        locked.version += 1
        locked.full_clean()
        locked.save()
        if was_sent:
            for person in selectors.recipients(locked).people:
                notices.cancelled(by=by, paper=locked, to=person)
        journal.record(by=by, verb="paper.cancelled", target=owner_of(locked), data=_data(locked) | {"from": before})
        return locked


# Shared with the signatures ------------------------------------------------------------------


def lock_paper(paper: Paper) -> Paper:
    """The residency or the activity, then the paper, locked and fresh."""
    if paper.residency_id:
        lock_residency(Residency(pk=paper.residency_id))
    elif paper.activity_id:
        lock_activity(Activity(pk=paper.activity_id))
    return Paper.objects.select_for_update(of=("self",)).select_related(*selectors.WITH_OWNER).get(pk=paper.pk)


def owner_of(paper: Paper) -> Residency | Activity:
    """What the journal says it is about."""
    owner = paper.residency or paper.activity
    assert owner is not None
    return owner


def _data(paper: Paper) -> dict[str, object]:
    return {"paper": str(paper.uuid), "edition": paper.edition}


def _stale() -> StaleWrite:
    return StaleWrite(
        _(
            "Ce document, ou ce qu'il reprend, a changé depuis que vous avez ouvert cette page. "
            "Rien n'est enregistré : relisez, puis recommencez."
        ),
        code="stale",
    )
