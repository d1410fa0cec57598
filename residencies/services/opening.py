"""A residency: opened from an accepted offer or outside the selection, changed, moved, shown to the public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from candidatures.models import Application, Axis, Call, Offer, Season
from candidatures.services.applications import lock as lock_application
from clea.accounts.services import account_of
from clea.errors import Refused, require
from clea.journal import services as journal
from clea.text import normalise
from residencies.enums import CountBasis, ResidencyState
from residencies.models import Period, RequestedDocument, Residency, ResidencyArtist
from residencies.rules import opening as rules
from residencies.selectors import opening as selectors
from residencies.selectors.planning_rules import planning_rules
from residencies.services import opening_notices as notices
from residencies.services.base import hold_open, lock_residency, lock_season, require_desk
from residencies.services.people import add_artist, change_artist, remove_artist
from residencies.services.periods import PeriodRow, require_version, set_periods, write_periods

if TYPE_CHECKING:
    from clea.accounts.models import User

__all__ = [
    "PeriodRow",
    "add_artist",
    "change",
    "change_artist",
    "finish",
    "open_from_offer",
    "open_outside",
    "publish",
    "remove_artist",
    "resume",
    "set_periods",
    "start",
    "stop",
    "unpublish",
]

R = ResidencyState
#: What :func:`change` writes, and what may be given when a residency opens.
FACTS = (
    "artist_name",
    "title",
    "discipline",
    "position_title",
    "contract_days",
    "count_basis",
    "structures_target",
    "employer",
    "home_city",
    "lodging_needed",
    "presentation",
    "presentation_en",
    "website",
)


# Opening -------------------------------------------------------------------------------------


def open_from_offer(*, by: User, offer: Offer, **facts: Any) -> Residency:
    """Turn an accepted offer into a residency, with all that its call and its dossier say. Idempotent.

    ``facts`` replace what would be copied (see :data:`FACTS`). Raises ``Refused`` when the offer is no
    longer accepted. Some thirty queries.
    """
    with transaction.atomic():
        application = lock_application(Application(pk=offer.application_id))
        locked = Offer.objects.select_for_update(of=("self",)).select_related("position").get(pk=offer.pk)
        require_desk(by, application.call.territory)
        standing = Residency.objects.with_place().filter(application=application).first()
        if standing is not None and standing.offer_id == locked.pk:
            return standing
        hold_open(application.call.season)
        require(rules.can_open(locked))
        if standing is not None:
            raise Refused(
                _("Une résidence a déjà été ouverte pour ce dossier : reprenez-la plutôt que d'en ouvrir une autre."),
                code="already_open",
            )
        call = application.call
        residency = Residency(
            season=call.season,
            kind=call.kind,
            artist_name=application.display_name,
            discipline=", ".join(map(str, application.disciplines.all()))[:200],
            application=application,
            offer=locked,
            position_title=locked.position.title if locked.position else "",
            employer=application.organisation,
            home_city=application.city,
            lodging_needed=_lodging(call),
            presentation=application.practice,
            website=application.website if len(application.website) <= 200 else "",
        )
        _save_new(residency, _periods_of(call), facts)
        residency.axes.set(application.axes.all())
        _seat_dossier(residency, application)
        _seed_documents(residency)
        _told(by, residency, {"offer": str(locked.uuid), "application": str(application.uuid)})
        return residency


def open_outside(
    *,
    by: User,
    season: Season,
    kind: str,
    artist_name: str,
    first_name: str,
    last_name: str,
    email: str,
    reason: str,
    periods: Sequence[PeriodRow] | None = None,
    axes: Sequence[Axis] = (),
    **facts: Any,
) -> Residency:
    """Open a residency for an artist whom no jury of ours chose; ``reason`` says how they were.

    The address without an account gets one. Periods, lodging and position come from the season's call of the
    same kind, when there is one and nothing else is given.
    """
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        if not reason.strip():
            raise Refused(
                _("Dites comment l'artiste a été choisi : c'est ce qui remplace la décision d'un jury."),
                code="reason_needed",
                field="reason",
            )
        user = account_of(email=email, first_name=first_name, last_name=last_name)
        _refuse_second(locked, user)
        call = selectors.model_call(locked, kind)
        residency = Residency(
            season=locked,
            kind=kind,
            artist_name=" ".join(artist_name.split()) or f"{first_name} {last_name}".strip(),
            outside_reason=reason.strip(),
            lodging_needed=_lodging(call),
        )
        rows = list(periods) if periods is not None else (_periods_of(call) if call else [])
        _save_new(residency, rows, facts)
        residency.axes.set(axes)
        _seat(residency, user=user, first_name=first_name, last_name=last_name, is_lead=True)
        _seed_documents(residency)
        _told(by, residency, {"outside": True})
        return residency


def _refuse_second(season: Season, user: User) -> None:
    """The same person twice in a season is a double click, or a mistake."""
    twin = Residency.objects.live().filter(season=season, artists__user=user, artists__left_at=None).first()
    if twin is not None:
        raise Refused(
            _("Cette personne a déjà une résidence cette saison : « %(name)s ».") % {"name": twin},
            code="already_open",
            field="email",
        )


def _lodging(call: Call | None) -> bool:
    """What the call promises. Without one, better to ask for a bed than to forget it."""
    money = getattr(call, "money", None)
    return True if money is None else money.lodging_provided


def _periods_of(call: Call) -> list[PeriodRow]:
    return [
        PeriodRow(kind=row.kind, title=row.title, starts_on=row.starts_on, ends_on=row.ends_on)
        for row in selectors.presence_periods(call)
    ]


def _save_new(residency: Residency, rows: Sequence[PeriodRow], facts: dict[str, Any]) -> None:
    """The row and its periods; days due are those of the periods unless given."""
    territory = residency.territory
    residency.structures_target = planning_rules(territory).structures_target
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"not a fact of a residency: {sorted(unknown)}")
    for name, value in facts.items():
        setattr(residency, name, value)
    counted = selectors.day_count([Period(starts_on=row.starts_on, ends_on=row.ends_on) for row in rows], territory)
    if "contract_days" not in facts:
        residency.contract_days = _days(counted.weekdays, counted.working_days, residency.count_basis)
    _insert(residency)
    write_periods(residency, rows)


def _days(weekdays: int, working_days: int, basis: str) -> Decimal:
    return Decimal(weekdays if basis == CountBasis.WEEKDAYS else working_days)


def _insert(residency: Residency) -> None:
    """Save under an address of its own: another residency may take the same word meanwhile."""
    base = slugify(residency.artist_name)[:90] or "residence"
    for _attempt in range(5):
        taken = set(Residency.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        numbers = (f"{base}-{n}" for n in range(2, len(taken) + 3))
        residency.slug = next(slug for slug in (base, *numbers) if slug not in taken)
        residency.full_clean()
        try:
            with transaction.atomic():
                residency.save(force_insert=True)
        except IntegrityError:
            residency.pk = None
            continue
        return
    raise Refused(_("L'adresse de cette résidence n'a pas pu être réservée : réessayez."), code="slug")


def _seat_dossier(residency: Residency, application: Application) -> None:
    """The dossier's owner, with their space; the collective's other members by name, without an account."""
    owner = application.owner
    first, last = application.first_name or owner.first_name, application.last_name or owner.last_name
    _seat(residency, user=owner, first_name=first, last_name=last, is_lead=True)
    named = {normalise(f"{first} {last}")}
    for member in application.members.all():
        key = normalise(member.name)
        if not key or key in named:
            continue
        named.add(key)
        given, _space, family = " ".join(member.name.split()).partition(" ")
        if not family:
            given, family = "", given
        ResidencyArtist.objects.create(
            residency=residency, first_name=given[:100], last_name=family[:100], role=member.role[:160]
        )


def _seat(residency: Residency, *, user: User, first_name: str, last_name: str, is_lead: bool) -> ResidencyArtist:
    artist = ResidencyArtist(
        residency=residency,
        user=user,
        first_name=(first_name or user.first_name)[:100],
        last_name=(last_name or user.last_name or user.email)[:100],
        is_lead=is_lead,
    )
    artist.full_clean()
    artist.save()
    return artist


def _seed_documents(residency: Residency) -> None:
    """Ask for the usual papers, before the first day."""
    first_day, _last = selectors.bounds(residency.periods.all())
    due = rules.first_due(first_day, timezone.localdate())
    RequestedDocument.objects.bulk_create(
        RequestedDocument(
            residency=residency,
            kind=kind,
            title=capfirst(selectors.in_french(kind.label)),
            why=selectors.in_french(selectors.WHY[kind]),
            due_on=due,
        )
        for kind in selectors.SEEDED
    )


def _told(by: User, residency: Residency, data: dict[str, Any]) -> None:
    for user in selectors.people_with_account(residency):
        notices.opened(by=by, residency=residency, user=user)
    more = {"season": str(residency.season.uuid), "kind": residency.kind, "days": str(residency.contract_days)}
    journal.record(by=by, verb="residency.opened", target=residency, data=data | more)


# Changing ------------------------------------------------------------------------------------


def change(
    *, by: User, residency: Residency, version: int, axes: Sequence[Axis] | None = None, **values: Any
) -> Residency:
    """Write facts and texts. ``version`` is the page's: changed since is a ``StaleWrite``. The address stays."""
    if unknown := set(values) - set(FACTS):
        raise TypeError(f"not a fact of a residency: {sorted(unknown)}")
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require(rules.can_change(locked))
        require_version(locked, version)
        changed = [name for name, value in values.items() if getattr(locked, name) != value]
        if axes is not None and {axis.pk for axis in axes} != set(locked.axes.values_list("pk", flat=True)):
            changed.append("axes")
            locked.axes.set(axes)
        if not changed:
            return locked
        for name, value in values.items():
            setattr(locked, name, value)
        if locked.published_at is not None and not locked.presentation.strip():
            raise Refused(
                _("La page est publiée : retirez-la avant d'effacer sa présentation."),
                code="published",
                field="presentation",
            )
        locked.version += 1
        locked.full_clean()
        locked.save()
        journal.record(by=by, verb="residency.changed", target=locked, data={"fields": sorted(changed)})
        return locked


# States --------------------------------------------------------------------------------------


def _move(by: User, residency: Residency, target: ResidencyState, verb: str, *, why: str = "") -> Residency:
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require(rules.can_become(locked, target))
        before, locked.state = locked.state, target
        locked.stopped_why = why
        if target == R.STOPPED:
            # What is no longer takes place is no longer announced.
            locked.published_at = None
        locked.version += 1
        locked.full_clean()
        locked.save()
        journal.record(by=by, verb=verb, target=locked, data={"from": before, "to": str(target)})
        return locked


def start(*, by: User, residency: Residency) -> Residency:
    """The artist is here."""
    return _move(by, residency, R.CURRENT, "residency.started")


def finish(*, by: User, residency: Residency) -> Residency:
    """Everything took place. It may be taken up again."""
    return _move(by, residency, R.FINISHED, "residency.finished")


def stop(*, by: User, residency: Residency, reason: str) -> Residency:
    """Break it off: its page leaves the public site. The reason is kept, and never shown outside."""
    if not reason.strip():
        raise Refused(
            _("Dites pourquoi la résidence s'interrompt : le motif est conservé."), code="why", field="reason"
        )
    return _move(by, residency, R.STOPPED, "residency.stopped", why=reason.strip())


def resume(*, by: User, residency: Residency) -> Residency:
    """Take up a stopped or finished residency: under way once its first day has come, else in preparation."""
    first_day, _last = selectors.bounds(residency.periods.all())
    begun = first_day is not None and first_day <= timezone.localdate()
    back = R.CURRENT if residency.state == R.FINISHED or begun else R.PREPARING
    return _move(by, residency, back, "residency.resumed")


# The public page -----------------------------------------------------------------------------


def publish(*, by: User, residency: Residency, today: date | None = None) -> Residency:
    """Show the residency to the public, once its name may be said."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        if locked.published_at is not None:
            return locked
        require(rules.can_publish(locked, selectors.announcing_jury(locked), today or timezone.localdate()))
        locked.published_at = timezone.now()
        locked.version += 1
        locked.full_clean()
        locked.save()
        journal.record(by=by, verb="residency.published", target=locked, data={"slug": locked.slug})
        return locked


def unpublish(*, by: User, residency: Residency) -> Residency:
    """Take its page off the public site."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        if locked.published_at is None:
            return locked
        locked.published_at = None
        locked.version += 1
        locked.save()
        journal.record(by=by, verb="residency.unpublished", target=locked, data={"slug": locked.slug})
        return locked
