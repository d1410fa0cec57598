"""A juror's reading: saved as it is written, filed, taken back, tied to a newer deposit.

Each act locks the dossier, then asks again, with what the database holds at that instant, whether
it is still this juror's to read: a recusal or a decision that came first wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidatures.enums import DELIBERATED_STATES, Advice, ReviewState
from candidatures.models import Application, Deposit, Juror, Review, Score, ScoringCriterion
from candidatures.rules import jury as jury_rules
from candidatures.rules import reading as reading_rules
from candidatures.selectors import reading
from candidatures.selectors.jury_face import face
from candidatures.services.jury.base import lock_jury, require_desk
from candidatures.services.notices import absolute
from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from clea.mail import services as mail
from clea.ui.dates import hour

if TYPE_CHECKING:
    from clea.accounts.models import User

#: The journal keeps one line of edits for each quarter of an hour, in seconds.
JOURNAL_EVERY = 15 * 60


class NoLongerTheirs(Forbidden):
    """The dossier left this juror's hands: a recusal, another assignment, a seat given up."""


class Incomplete(Refused):
    """Saved, but for what ``problems`` names: a sentence by field of the grid. Nothing was filed."""

    def __init__(self, review: Review, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()), code="incomplete")
        self.review = review
        self.problems = dict(problems)


@dataclass(frozen=True)
class Values:
    """What the grid sends, of the right shape. What is absent, or ``None``, is left as it is."""

    #: By criterion: the note, ``None`` to take it back.
    notes: Mapping[int, int | None] = field(default_factory=dict)
    #: By criterion: the comment.
    words: Mapping[int, str] = field(default_factory=dict)
    advice: str | None = None
    comment: str | None = None
    private_notes: str | None = None


def save(
    *,
    by: User,
    juror: Juror,
    application: Application,
    values: Values,
    version: int | None,
    deposit: UUID | None = None,
) -> Review:
    """Write one's reading as it stands.

    ``version`` is that of the page the juror was looking at; ``None`` writes over, which only their
    explicit choice may ask. ``deposit``: the one they were reading, when the reading begins. The
    same content, sent again, is not written twice. Nine queries at most. Raises
    :class:`NoLongerTheirs`, ``Refused`` when the reading is filed or the jury has decided,
    ``StaleWrite`` when another tab wrote since, :class:`Incomplete` when a note is off its scale:
    the rest is then saved.
    """
    with transaction.atomic():
        work = _Work.enter(by, juror, application, deposit)
        work.take(values, version)
        review = work.write()
    if work.problems:
        raise Incomplete(review, work.problems)
    return review


def file(
    *,
    by: User,
    juror: Juror,
    application: Application,
    values: Values | None = None,
    version: int | None = None,
    deposit: UUID | None = None,
) -> Review:
    """Write the reading, then file it: every criterion noted and an advice, or an abstention.

    Incomplete, or made on a deposit that another has replaced, it is saved and not filed: raises
    :class:`Incomplete`, or ``Refused`` (``newer_deposit``). A second click finds it filed.
    """
    with transaction.atomic():
        work = _Work.enter(by, juror, application, deposit, filed_is_fine=True)
        if work.is_filed and not work.changes(values or Values()):
            return work.review
        work.take(values or Values(), version)
        problems = reading_rules.missing_to_file(work.review.advice, work.notes()) | work.problems
        verdict = reading_rules.can_file_on(work.review.deposit_id, work.place.application.last_deposit)
        review = work.write(filing=bool(verdict) and not problems)
    if problems:
        raise Incomplete(review, problems)
    require(verdict)
    return review


def read_again(*, by: User, review: Review) -> Review:
    """Say that the newer deposit was read too: the reading now stands on it, as it is written.

    Open to a filed reading: nothing of it changes but the deposit. Raises ``Refused`` once decided.
    """
    with transaction.atomic():
        place = _door(by, review.juror, review.application)
        if place.application.state not in DELIBERATED_STATES:
            raise Refused(_("Le jury s'est prononcé sur ce dossier : les lectures sont closes."), code="decided")
        locked = place.review
        assert locked is not None
        if not place.behind:
            return locked
        assert place.application.last_deposit is not None
        before_uuid = str(reading.read_deposit(locked).uuid)
        locked.deposit = place.application.last_deposit
        locked.version += 1
        locked.save(update_fields=["deposit", "version", "updated_at"])
        journal.record(
            by=by,
            verb="review.read_again",
            target=locked,
            data=_named(place.application) | {"deposit": str(locked.deposit.uuid), "replaces": before_uuid},
        )
        return locked


def reopen(*, by: User, review: Review, reason: str = "") -> Review:
    """Take a filed reading back to draft: its author before the discussion, or the coordination.

    The coordination gives its reason, which the juror receives by mail. Raises ``Refused``.
    """
    own = review.juror.user_id == by.pk
    with transaction.atomic():
        jury = lock_jury(review.juror.jury)
        if own:
            place = _door(by, review.juror, review.application)
            locked, application = place.review, place.application
        else:
            require_desk(by, jury.call)
            application = Application.objects.select_for_update().get(pk=review.application_id)
            locked = Review.objects.select_related("juror__user").get(pk=review.pk)
            if not Review.objects.standing().filter(pk=review.pk).exists():
                raise Refused(
                    _("Son auteur est en déport sur ce dossier : cette lecture ne compte plus."), code="recused"
                )
        assert locked is not None
        juror = locked.juror
        juror.jury = jury
        verdict = jury_rules.can_reopen_review(juror, locked, application)
        # What holds a juror back, so that nobody aligns on others, does not hold the coordination.
        if not verdict and (own or verdict.code != "discussion_open"):
            require(verdict)
        if not own and not reason.strip():
            raise Refused(_("Dites pourquoi vous rouvrez cette lecture : son auteur le lira."), field="reason")
        locked.state, locked.filed_at = ReviewState.DRAFT, None
        locked.version += 1
        locked.save(update_fields=["state", "filed_at", "version", "updated_at"])
        if not own:
            _tell_reopened(by, locked, application, reason.strip())
        journal.record(
            by=by,
            verb="review.reopened",
            target=locked,
            data=_named(application) | {"by": "juror" if own else "coordination"},
        )
        return locked


def _tell_reopened(by: User, review: Review, application: Application, reason: str) -> None:
    juror = review.juror
    call = juror.jury.call
    with translation.override(juror.user.language):
        named = Application.objects.select_related("last_deposit").get(pk=application.pk)
        mail.queue(
            by=by,
            kind="jury.review_reopened",
            to=juror.user.email,
            language=juror.user.language,
            context={
                "prenom": juror.user.first_name or juror.user.email,
                "dossier": face(named, juror.jury).label,
                "appel": call.title,
                "motif": reason,
                "lien": absolute(reverse("jury:dossier", args=[call.slug, application.uuid])),
                "courriel": call.contact_email,
            },
            about=juror,
            scope=call.territory.slug,
            reply_to=call.contact_email,
        )


def _named(application: Application) -> dict[str, object]:
    return {"application": str(application.uuid)}


def _door(by: User, juror: Juror, application: Application) -> reading.Place:
    """Lock the dossier, then see it through the juror's one door. Two queries."""
    if juror.user_id != by.pk:
        raise Forbidden(_("Une lecture n'est écrite que par son auteur."), code="not_author")
    try:
        Application.objects.select_for_update().only("pk").get(uuid=application.uuid)
        return reading.place(juror, application.uuid)
    except Application.DoesNotExist:
        raise NoLongerTheirs(_("Ce dossier n'est plus à lire."), code="gone") from None


class _Work:
    """One reading under its dossier's lock: what is stored, what is sent, what differs."""

    def __init__(self, by: User, juror: Juror, place: reading.Place, review: Review) -> None:
        self.by = by
        self.juror = juror
        self.place = place
        self.review = review
        self.marks = {mark.criterion.pk: mark for mark in reading.grid(juror, place.review)}
        self.scores: dict[int, Score] = {}
        self.problems: dict[str, str] = {}
        self.columns: list[str] = []
        self.before: datetime | None = review.updated_at if place.review else None

    @classmethod
    def enter(
        cls, by: User, juror: Juror, application: Application, seen: UUID | None, *, filed_is_fine: bool = False
    ) -> _Work:
        place = _door(by, juror, application)
        verdict = jury_rules.can_write_review(
            juror, place.assignment, place.application, place.review, timezone.localdate()
        )
        if not (filed_is_fine and verdict.code == "filed"):
            require(verdict)
        review = place.review or Review(
            juror=juror, application=place.application, deposit=_read(place.application, seen)
        )
        return cls(by, juror, place, review)

    @property
    def is_filed(self) -> bool:
        return self.review.state == ReviewState.FILED

    def changes(self, values: Values) -> bool:
        """Whether ``values`` say anything else than what is stored."""
        return bool(self._columns(values) or self._scores(values))

    def _columns(self, values: Values) -> dict[str, str]:
        sent = {"advice": values.advice, "comment": values.comment, "private_notes": values.private_notes}
        return {name: value for name, value in sent.items() if value not in (None, getattr(self.review, name))}

    def _scores(self, values: Values) -> dict[int, tuple[int | None, str]]:
        differ = {}
        for pk, mark in self.marks.items():
            sent = values.notes.get(pk, mark.value), values.words.get(pk, mark.comment)
            if sent != (mark.value, mark.comment):
                differ[pk] = sent
        return differ

    def take(self, values: Values, version: int | None) -> None:
        """Put what is sent into the rows, unwritten. Raises ``StaleWrite``, or ``Refused`` on a wrong shape."""
        columns, scores = self._columns(values), self._scores(values)
        if self.is_filed:
            require(
                jury_rules.can_write_review(
                    self.juror, self.place.assignment, self.place.application, self.review, timezone.localdate()
                )
            )
        if not columns and not scores:
            return
        if version is not None and self.place.review is not None and self.review.version != version:
            raise StaleWrite(
                _(
                    "Cette lecture a été enregistrée à %(when)s depuis un autre onglet. Rien de ce que vous avez saisi "
                    "n'est perdu : comparez, puis enregistrez de nouveau pour garder votre version."
                )
                % {"when": hour(timezone.localtime(self.review.updated_at))},
                code="stale",
            )
        for name, value in columns.items():
            setattr(self.review, name, value)
        self.columns = list(columns)
        try:
            self.review.clean_fields(exclude={f.name for f in Review._meta.fields} - set(columns))
            self.scores = {pk: self._score(pk, value, comment) for pk, (value, comment) in scores.items()}
        except ValidationError as error:
            raise Refused(" ".join(error.messages), code="invalid") from None

    def _score(self, pk: int, value: int | None, comment: str) -> Score:
        mark = self.marks[pk]
        if value is not None and not 0 <= value <= mark.criterion.max_score:
            self.problems[f"note_{pk}"] = _("La note va de 0 à %(maximum)d.") % {"maximum": mark.criterion.max_score}
            value = mark.value
        score = Score(review=self.review, criterion=mark.criterion, value=value, comment=comment)
        score.clean_fields(exclude=["review", "criterion"])
        return score

    def notes(self) -> Sequence[tuple[ScoringCriterion, int | None]]:
        """The notes as they will be, in the order of the grid."""
        return [
            (mark.criterion, self.scores[pk].value if pk in self.scores else mark.value)
            for pk, mark in self.marks.items()
        ]

    def write(self, *, filing: bool = False) -> Review:
        """Write what differs and journal it. Seven queries at most; none when nothing does."""
        review = self.review
        if not (self.columns or self.scores or filing):
            return review
        now = timezone.now()
        review.version += 1
        if filing:
            review.state, review.filed_at = ReviewState.FILED, now
            self.columns += ["state", "filed_at"]
        if self.place.review is None:
            review.save(force_insert=True)
        else:
            review.save(update_fields=[*self.columns, "version", "updated_at"])
        if self.scores:
            Score.objects.bulk_create(
                self.scores.values(),
                update_conflicts=True,
                unique_fields=["review", "criterion"],
                update_fields=["value", "comment"],
            )
        self._note(now, filing=filing)
        return review

    def _note(self, now: datetime, *, filing: bool) -> None:
        data = _named(self.place.application)
        if filing:
            data["deposit"] = str(_standing(self.place.application).uuid)
            data["abstains"] = self.review.advice == Advice.ABSTAIN
            journal.record(by=self.by, verb="review.filed", target=self.review, data=data)
        elif self.before is None:
            journal.record(by=self.by, verb="review.started", target=self.review, data=data)
        elif self.before.timestamp() // JOURNAL_EVERY != now.timestamp() // JOURNAL_EVERY:
            journal.record(by=self.by, verb="review.edited", target=self.review, data=data)


def _standing(application: Application) -> Deposit:
    assert application.last_deposit is not None, "a dossier before a jury was filed"
    return application.last_deposit


def _read(application: Application, seen: UUID | None) -> Deposit:
    """The deposit that was on the page when the reading began: the standing one, or the one before it."""
    standing = _standing(application)
    if seen is None or seen == standing.uuid:
        return standing
    return Deposit.objects.filter(application=application, uuid=seen).first() or standing
