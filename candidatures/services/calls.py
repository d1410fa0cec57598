"""Prepare a call, check it, publish it, take it up again the year after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import CallStatus, PeriodKind
from candidatures.models import (
    Axis,
    Call,
    CallPeriod,
    CallPiece,
    CallSection,
    ContactMessage,
    EligibilityCriterion,
    FrequentQuestion,
    MoneyRules,
    Position,
    ScoringCriterion,
    Season,
)
from candidatures.rules.seasons import is_open
from candidatures.services import notices
from clea.daycount import public_holidays, school_holidays
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from clea.ui.dates import day
from structures.rules import coordinates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clea.accounts.models import User

#: What a call is made of, copied whole by a clone.
CONTENT: tuple[type[models.Model], ...] = (
    Position,
    Axis,
    CallPeriod,
    CallSection,
    CallPiece,
    EligibilityCriterion,
    ScoringCriterion,
    FrequentQuestion,
)


@dataclass(frozen=True)
class Issue:
    """Something wrong with a call. A blocking one prevents publishing."""

    code: str
    message: str
    blocking: bool


def check(call: Call) -> list[Issue]:
    """Read a call as its public will: what is missing, out of order, or worth a second look."""
    issues: list[Issue] = []

    def add(code: str, message: str, *, blocking: bool) -> None:
        issues.append(Issue(code, message, blocking))

    if not call.positions.exists():
        add("no_position", _("Aucune résidence n'est proposée : ajoutez-en au moins une."), blocking=True)
    if not call.pieces.exists():
        add("no_piece", _("Aucune pièce n'est demandée : le dossier serait vide."), blocking=True)
    if not call.sections.exists():
        add("no_section", _("Le texte de l'appel est vide : ajoutez au moins un chapitre."), blocking=True)
    if getattr(call, "money", None) is None:
        add("no_money", _("Les règles financières ne sont pas renseignées."), blocking=False)
    if not call.criteria.exists():
        add("no_criterion", _("Aucune condition de recevabilité n'est demandée."), blocking=False)
    if call.closes_at <= timezone.now():
        add("closed", _("La clôture est déjà passée : personne ne pourra déposer."), blocking=False)
    periods = list(call.periods.all())
    if not periods:
        add("no_period", _("Aucune période de résidence n'est indiquée."), blocking=False)
    closing = timezone.localdate(call.last_day)
    steps = [
        (_("la clôture"), closing),
        (_("les entretiens"), call.interviews_from),
        (_("la fin des entretiens"), call.interviews_to),
        (_("le jury"), call.jury_on),
        (_("l'annonce des résultats"), call.results_on),
    ]
    known = [(label, value) for label, value in steps if value is not None]
    for (before, first), (after, second) in pairwise(known):
        if second < first:
            add(
                "order",
                _("Les dates ne se suivent pas : %(after)s (%(second)s) précède %(before)s (%(first)s).")
                % {"after": after, "second": day(second), "before": before, "first": day(first)},
                blocking=True,
            )
    presence = [period for period in periods if period.kind != PeriodKind.EVENT]
    if presence and presence[0].starts_on <= closing:
        add("starts_early", _("La résidence commencerait avant la clôture de l'appel."), blocking=True)
    for first_period, second_period in pairwise(presence):
        if second_period.starts_on <= first_period.ends_on:
            add(
                "overlap",
                _("« %(a)s » et « %(b)s » se chevauchent.") % {"a": first_period.title, "b": second_period.title},
                blocking=True,
            )
    zone = call.territory.school_zone
    for value, label in [(period.starts_on, period.title) for period in periods] + [
        (call.results_on, _("L'annonce des résultats")),
        (call.jury_on, _("Le jury")),
    ]:
        if value is None:
            continue
        if value.weekday() >= 5 or value in public_holidays(value.year):
            add(
                "day_off",
                _("%(label)s : %(day)s n'est pas un jour ouvré.") % {"label": label, "day": day(value)},
                blocking=False,
            )
    for period in periods:
        if period.starts_on in school_holidays(zone, period.starts_on.year):
            add(
                "school_holiday",
                _("« %(title)s » commence pendant les vacances scolaires de la zone %(zone)s.")
                % {"title": period.title, "zone": zone},
                blocking=False,
            )
    return issues


def _locked(call: Call, by: User, *, closed_too: bool = False) -> Call:
    """The row, for who coordinates; in an open season, unless what is done changes nothing of the closed one."""
    fresh = Call.objects.select_for_update(of=("self",)).select_related("season__programme__territory").get(pk=call.pk)
    if not coordinates(by, fresh.territory):
        raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")
    if not closed_too:
        require(is_open(fresh.season))
    return fresh


def publish(*, by: User, call: Call) -> Call:
    """Put the call online; it then opens and closes by itself. Refused while something blocks."""
    with transaction.atomic():
        fresh = _locked(call, by)
        require(rules.can_publish(fresh))
        blocking = [issue.message for issue in check(fresh) if issue.blocking]
        if blocking:
            raise Refused(_("L'appel n'est pas prêt. %(issues)s") % {"issues": " ".join(blocking)}, code="not_ready")
        fresh.status = CallStatus.PUBLISHED
        fresh.published_at = fresh.published_at or timezone.now()
        fresh.save(update_fields=["status", "published_at", "updated_at"])
        journal.record(by=by, verb="call.published", target=fresh)
        return fresh


def unpublish(*, by: User, call: Call) -> Call:
    """Take it back to preparation, while nobody has started a dossier."""
    with transaction.atomic():
        fresh = _locked(call, by)
        require(rules.can_unpublish(fresh, fresh.applications.exists()))
        fresh.status = CallStatus.DRAFT
        fresh.save(update_fields=["status", "updated_at"])
        journal.record(by=by, verb="call.unpublished", target=fresh)
        return fresh


def archive(*, by: User, call: Call) -> Call:
    """Put a closed call among the past ones. Its page stays."""
    with transaction.atomic():
        fresh = _locked(call, by)
        if fresh.status != CallStatus.PUBLISHED or fresh.closes_at > timezone.now():
            raise Refused(_("Seul un appel publié et clos s'archive."), code="not_closed")
        fresh.status = CallStatus.ARCHIVED
        fresh.save(update_fields=["status", "updated_at"])
        journal.record(by=by, verb="call.archived", target=fresh)
        return fresh


def changed(*, by: User, call: Call, fields: Sequence[str]) -> None:
    """Journal what was changed in a call that the public reads; nothing while it is in preparation.

    ``fields`` are names of columns and of contents, never their values.
    """
    with transaction.atomic():
        fresh = _locked(call, by)
        if fresh.status == CallStatus.DRAFT or not fields:
            return
        journal.record(by=by, verb="call.changed", target=fresh, data={"fields": sorted(set(fields))})


def shift_moment(value: datetime, days: int) -> datetime:
    """Move a moment by whole days and keep its wall-clock hour across summer time."""
    local = timezone.localtime(value)
    moved = datetime.combine(local.date() + timedelta(days=days), local.time())
    return timezone.make_aware(moved, timezone.get_current_timezone())


def clone(*, by: User, call: Call, season: Season, slug: str, title: str, reference_year: int, weeks: int = 52) -> Call:
    """Copy a call into another season, in preparation, its dates moved by whole weeks.

    Whole weeks keep the weekdays (a Sunday deadline stays a Sunday); ``check`` then tells what
    fell on a holiday. Dossiers, extensions and questions received are not copied.
    """
    days = weeks * 7
    with transaction.atomic():
        source = _locked(call, by, closed_too=True)
        season = Season.objects.select_related("programme__territory").get(pk=season.pk)
        if not coordinates(by, season.programme.territory):
            raise Forbidden(_("Cette saison appartient à un autre territoire."), code="not_coordinator")
        require(is_open(season))
        copy = Call.objects.get(pk=source.pk)
        copy.pk = None
        copy._state.adding = True
        copy.uuid = Call._meta.get_field("uuid").get_default()
        copy.season = season
        copy.slug = slug
        copy.title = title
        copy.title_en = ""
        # Its sentences say last year's dates: the site writes it again from the new ones.
        copy.plain_text = copy.plain_text_en = ""
        copy.reference_year = reference_year
        copy.status = CallStatus.DRAFT
        copy.published_at = None
        copy.cloned_from = source
        copy.opens_at = shift_moment(source.opens_at, days)
        copy.closes_at = shift_moment(source.closes_at, days)
        for name in ("interviews_from", "interviews_to", "jury_on", "results_on"):
            value: date | None = getattr(source, name)
            setattr(copy, name, value + timedelta(days=days) if value else None)
        copy.full_clean()
        copy.save()
        for model in CONTENT:
            rows = list(model._default_manager.filter(call=source))
            for row in rows:
                row.pk = None
                row._state.adding = True
                row.call = copy  # type: ignore[attr-defined]
                if isinstance(row, CallPeriod):
                    row.starts_on += timedelta(days=days)
                    row.ends_on += timedelta(days=days)
            model._default_manager.bulk_create(rows)
        money = MoneyRules.objects.filter(call=source).first()
        if money is not None:
            money.pk = None
            money._state.adding = True
            money.call = copy
            money.save()
        journal.record(by=by, verb="call.cloned", target=copy, data={"from": str(source.uuid), "weeks": weeks})
        return copy


def ask(*, call: Call, name: str, email: str, text: str) -> ContactMessage:
    """Keep a question from the public and carry it to the coordination's mailbox."""
    with transaction.atomic():
        message = ContactMessage(call=call, name=name, email=email, text=text)
        message.full_clean()
        message.save()
        notices.asked(message=message)
        journal.record(by=None, verb="call.question", target=call, data={"question": str(message.uuid)})
        return message
