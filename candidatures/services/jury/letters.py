"""Letters: which rule writes to whom, what it says, drafts in the outbox. Nothing leaves by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidatures.enums import LetterOutcome, OfferState
from candidatures.messages.letter_texts import DEFAULTS
from candidatures.messages.letters import LETTER_VARIABLES
from candidatures.models import Application, Jury, Letter, LetterRule, Offer
from candidatures.selectors.answers import Case, cases
from candidatures.services.applications import lock
from candidatures.services.jury import renouncing
from candidatures.services.jury.base import lock_jury, require_desk
from candidatures.services.notices import _service, absolute
from clea.errors import Refused, StaleWrite
from clea.i18n import localised
from clea.journal import services as journal
from clea.mail import kinds
from clea.mail import services as mail
from clea.mail.kinds import MailKind
from clea.ui.dates import day, deadline

if TYPE_CHECKING:
    from clea.accounts.models import User

KIND = "decision.letter"
#: What the text of a rule may use: checked and filled by the rules of every message.
TEXT = MailKind(
    key="decision.letter.text",
    label="",
    description="",
    variables=LETTER_VARIABLES,
    subject={"fr": ""},
    body={"fr": ""},
)
#: They offer a residency, and wait for an answer.
OFFERING = frozenset({LetterOutcome.SELECTED, LetterOutcome.CALLED})
COLUMNS = ("name", "outcome", "interviewed", "reasoned", "subject", "body", "subject_en", "body_en", "is_active")


# Rules ---------------------------------------------------------------------------------------


def seed_rules(*, by: User, jury: Jury) -> list[LetterRule]:
    """Give a jury the rules it starts with, unless it has some. The coordination changes them at will."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if locked.letter_rules.exists():
            return list(locked.letter_rules.all())
        rules = LetterRule.objects.bulk_create(
            LetterRule(
                jury=locked,
                order=order,
                name=text.name,
                outcome=text.outcome,
                interviewed=text.interviewed,
                reasoned=text.reasoned,
                subject=text.subject,
                body=text.body,
                subject_en=text.subject_en,
                body_en=text.body_en,
            )
            for order, text in enumerate(DEFAULTS, start=1)
        )
        journal.record(by=by, verb="letter_rules.seeded", target=locked, data={"rules": len(rules)})
        return rules


def check_texts(rule: LetterRule) -> None:
    """Raise ``Refused``, on its field, unless every text is well written and uses known variables."""
    for name in ("subject", "body", "subject_en", "body_en"):
        try:
            kinds.check_text(TEXT, getattr(rule, name))
        except Refused as error:
            raise Refused(str(error), code=error.code, field=name) from None
    for name in ("subject", "subject_en"):
        if any(mark in getattr(rule, name) for mark in "\r\n"):
            raise Refused(_("L'objet tient sur une seule ligne."), code="bad_subject", field=name)
    if bool(rule.subject_en.strip()) != bool(rule.body_en.strip()):
        raise Refused(
            _("En anglais, donnez l'objet et le texte, ou ni l'un ni l'autre."), code="half_english", field="body_en"
        )


def rule_mark(rule: LetterRule) -> str:
    """What somebody looking at a rule sees."""
    said = "\0".join(str(getattr(rule, name)) for name in COLUMNS)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def save_rule(*, by: User, jury: Jury, rule: LetterRule, seen: str | None = None) -> LetterRule:
    """Write a rule, new or changed; a new one comes last. Letters already drafted keep their text.

    ``seen`` is the :func:`rule_mark` of the page: another text since is a ``StaleWrite``. Raises
    ``Refused`` on a variable that does not exist, ``ValidationError`` on a bad column.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        new = rule.pk is None
        if not new:
            stored = locked.letter_rules.filter(pk=rule.pk).first()
            if stored is None:
                raise Refused(_("Cette règle n'existe plus."), code="gone")
            if seen is not None and seen != rule_mark(stored):
                raise StaleWrite(
                    _("Quelqu'un a modifié cette règle entre-temps. Rien n'est enregistré : comparez d'abord."),
                    code="stale",
                )
            rule.order = stored.order
        rule.jury = locked
        if new:
            last = locked.letter_rules.order_by("order").last()
            rule.order = last.order + 1 if last is not None else 1
        check_texts(rule)
        rule.full_clean()
        rule.save()
        journal.record(by=by, verb="letter_rule.saved", target=locked, data={"rule": str(rule.uuid), "new": new})
        return rule


def move_rule(*, by: User, rule: LetterRule, up: bool) -> None:
    """Try a rule before the one above it, or after the one below. At the end of the list, nothing changes."""
    with transaction.atomic():
        locked = lock_jury(rule.jury)
        require_desk(by, locked.call)
        rows = list(locked.letter_rules.all())
        at = next((place for place, row in enumerate(rows) if row.pk == rule.pk), None)
        if at is None:
            raise Refused(_("Cette règle n'existe plus."), code="gone")
        other = at - 1 if up else at + 1
        if not 0 <= other < len(rows):
            return
        rows[at], rows[other] = rows[other], rows[at]
        for order, row in enumerate(rows, start=1):
            row.order = order
        LetterRule.objects.bulk_update(rows, ["order"])
        journal.record(by=by, verb="letter_rule.moved", target=locked, data={"rule": str(rule.uuid), "up": up})


# Preview -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A letter as it would leave."""

    subject: str
    body: str
    language: str


@dataclass
class Planned:
    """One dossier among the letters: what it is due, which rule writes it and why, what stops it."""

    case: Case
    outcome: LetterOutcome
    rule: LetterRule | None = None
    why: list[str] = field(default_factory=list)
    blocked: str = ""

    @property
    def ready(self) -> bool:
        """It may be drafted now."""
        return self.case.to_write and self.rule is not None and not self.blocked


def preview(jury: Jury, applications: Iterable[Application] | None = None) -> list[Planned]:
    """Every decided or inadmissible dossier: its letter, its rule and why, or what is missing.

    Ten or eleven queries, whatever the number of dossiers.
    """
    rules = [rule for rule in jury.letter_rules.all() if rule.is_active]
    now = timezone.now()
    return [planned for case in cases(jury, applications) if (planned := _plan(case, rules, now)) is not None]


def _plan(case: Case, rules: Sequence[LetterRule], now: datetime) -> Planned | None:
    if case.due is None:
        return None
    planned = Planned(case, case.due)
    planned.rule = next((rule for rule in rules if _matches(rule, case)), None)
    if planned.rule is not None:
        planned.why = _why(planned.rule)
    planned.blocked = _blocked(case, now)
    return planned


def _reasoned(case: Case) -> bool:
    return case.decision is not None and case.decision.tell_reason and bool(case.decision.reason.strip())


def _matches(rule: LetterRule, case: Case) -> bool:
    return (
        rule.outcome == case.due
        and rule.interviewed in (None, case.interviewed)
        and rule.reasoned in (None, _reasoned(case))
    )


def _why(rule: LetterRule) -> list[str]:
    """The conditions, beyond what it announces, that made this rule the first to apply."""
    why = []
    if rule.interviewed is not None:
        why.append(_("reçue en entretien") if rule.interviewed else _("sans entretien"))
    if rule.reasoned is not None:
        why.append(_("motif à communiquer") if rule.reasoned else _("sans motif à communiquer"))
    return why or [_("sans autre condition")]


def _blocked(case: Case, now: datetime) -> str:
    """What must be settled before the letter is written, in words."""
    if case.due in OFFERING and case.blocking:
        conflict = case.blocking[0]
        return _("Retenue par %(territory)s, jury du %(day)s : réglez d'abord ce cas dans « Réponses ».") % {
            "territory": conflict.territory,
            "day": day(conflict.jury_on, weekday=False),
        }
    if case.due == LetterOutcome.INELIGIBLE:
        closes = max(case.application.call.closes_at, case.extended_to or case.application.call.closes_at)
        if now < closes:
            return _("L'artiste peut encore déposer de nouveau : %(until)s.") % {"until": deadline(closes)}
    return ""


def render(rule: LetterRule, case: Case, jury: Jury, answer_by: datetime) -> Text:
    """A rule's text filled for a dossier, in its owner's language when the rule speaks it."""
    language = case.application.owner.language
    if language == "en" and rule.subject_en and rule.body_en:
        subject, body = rule.subject_en, rule.body_en
    else:
        subject, body, language = rule.subject, rule.body, "fr"
    with translation.override(language):
        values = variables(case, jury, answer_by, rule.outcome)
        return Text(kinds.fill(subject, values), kinds.fill(body, values), language)


def variables(case: Case, jury: Jury, answer_by: datetime, outcome: str) -> dict[str, object]:
    """What a letter may name, in the active language. No query."""
    application, decision, call = case.application, case.decision, jury.call
    offering = outcome in OFFERING
    page = "applications:answer" if offering else "applications:detail"
    elsewhere = next((conflict.territory for conflict in case.conflicts if not conflict.settled), "")
    return _service(call) | {
        "nom": application.display_name,
        "appel": localised(call, "title"),
        "numero": application.last_deposit.number if application.last_deposit else "–",
        "saison": call.season.name,
        "date_jury": day(decision.session.held_on) if decision is not None else "–",
        "residence": localised(case.position, "title") if case.position is not None else localised(call, "title"),
        "repondre_avant": deadline(answer_by) if offering else "–",
        "lien": absolute(reverse(page, args=[application.uuid])),
        "motif": decision.reason.strip() if decision is not None and _reasoned(case) else "–",
        "conditions": "\n".join(f"- {localised(check.criterion, 'text')} {check.reason}" for check in case.unmet)
        or "–",
        "rang": case.reserve_rank if case.reserve_rank is not None else "–",
        "autre_territoire": elsewhere or "–",
    }


def default_answer_by(jury: Jury, now: datetime | None = None) -> datetime:
    """The jury's days for an answer, the last one whole: the first instant too late is a midnight in Paris."""
    today = timezone.localdate(now)
    last = today + timedelta(days=jury.answer_days)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time(0)))


# Drafts --------------------------------------------------------------------------------------


def draft(
    *, by: User, jury: Jury, applications: Iterable[Application], answer_by: datetime | None = None
) -> list[Letter]:
    """Draft the letters of these dossiers in the outbox, with an offer for each one selected.

    A dossier whose letter stands already gets no other. A letter that announced something else and has
    not left is cancelled. Raises ``Refused``, and drafts nothing, when one dossier has no rule, or when
    another territory keeps its artist and nobody settled it.
    """
    wanted = list(applications)
    if not wanted:
        raise Refused(_("Choisissez au moins un dossier."), code="nobody")
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        held = [lock(row) for row in sorted(wanted, key=lambda row: row.pk)]
        if any(row.call_id != locked.call_id for row in held):
            raise Refused(_("Un de ces dossiers n'appartient pas à cet appel."), code="other_call")
        until = checked_answer_by(locked, answer_by)
        renouncing.lock_unsent(held)
        drafted = []
        for planned in preview(locked, held):
            if not planned.case.to_write:
                continue
            require_ready(planned)
            drafted.append(write(by=by, jury=locked, planned=planned, answer_by=until))
        return drafted


def checked_answer_by(jury: Jury, answer_by: datetime | None) -> datetime:
    """The date given, or the jury's own. ``Refused`` when it is past."""
    until = answer_by or default_answer_by(jury)
    if until <= timezone.now():
        raise Refused(_("Le délai de réponse doit être dans le futur."), code="past", field="answer_by")
    return until


def require_ready(planned: Planned) -> None:
    """Raise ``Refused`` with what stops this letter."""
    name = planned.case.application.display_name
    if planned.blocked:
        raise Refused(f"{name} – {planned.blocked}", code="blocked")
    if planned.rule is None:
        raise Refused(
            _("Aucune règle de courrier ne s'applique à « %(name)s » (%(outcome)s) : ajoutez-en une.")
            % {"name": name, "outcome": planned.outcome.label},
            code="no_rule",
        )


def write(*, by: User, jury: Jury, planned: Planned, answer_by: datetime, out_of_order: str = "") -> Letter:
    """One draft, its letter and its offer. Call with the jury and the dossier locked, on a ready plan."""
    case, rule = planned.case, planned.rule
    assert rule is not None
    application = case.application
    renouncing.void_letters(by=by, locked=application)
    former = case.offer
    if former is not None and former.state == OfferState.PENDING:
        # Its letter was cancelled in the outbox: nobody was offered anything.
        renouncing.close_offer(by=by, offer=former, state=OfferState.CANCELLED)
    text = render(rule, case, jury, answer_by)
    with translation.override(text.language):
        context = variables(case, jury, answer_by, rule.outcome) | {"sujet": text.subject, "texte": text.body}
        message = mail.queue(
            by=by,
            kind=KIND,
            to=application.owner.email,
            language=text.language,
            context=context,
            about=application,
            scope=jury.call.territory.slug,
            reply_to=jury.call.contact_email,
            approved=False,
            dedupe_key=f"letter:{application.uuid}:{len(case.letters) + 1}",
        )
    letter = Letter(application=application, decision=case.decision, outcome=planned.outcome, rule=rule, mail=message)
    letter.full_clean(exclude=["decision"])
    letter.save()
    journal.record(
        by=by,
        verb="letter.drafted",
        target=application,
        data={"letter": str(letter.uuid), "outcome": letter.outcome, "rule": str(rule.uuid)},
    )
    if planned.outcome in OFFERING:
        _offer(by, case, letter, answer_by, out_of_order)
    return letter


def _offer(by: User, case: Case, letter: Letter, answer_by: datetime, out_of_order: str) -> Offer:
    called = letter.outcome == LetterOutcome.CALLED
    former = next((offer for offer in case.offers if offer.out_of_order), None)
    offer = Offer(
        application=case.application,
        decision=case.decision,
        position=case.position,
        letter=letter,
        answer_by=answer_by,
        from_reserve=called,
        out_of_order=out_of_order or (former.out_of_order if called and former is not None else ""),
    )
    offer.full_clean(exclude=["answered_by", "position", "decision"])
    offer.save()
    journal.record(
        by=by,
        verb="offer.made",
        target=case.application,
        data={"offer": str(offer.uuid), "answer_by": answer_by.isoformat(), "from_reserve": called},
    )
    return offer
