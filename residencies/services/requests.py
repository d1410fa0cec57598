"""Wishes: filed and changed by a structure's team, answered by the coordination.

Two people may answer the same wish at once, or the team take it back meanwhile: each act locks the
row, looks at its state again, and the second one is told what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import ActivityKind, RequestState
from residencies.models import Activity, ActivityRequest, Residency
from residencies.rules import requests as rules
from residencies.selectors import requests as selectors
from residencies.services import activities, request_notices
from residencies.services.base import (
    lock_activity,
    lock_request,
    lock_residency,
    lock_season,
    require_desk,
    require_team,
)

if TYPE_CHECKING:
    from candidatures.models import Season
    from clea.accounts.models import User
    from structures.models import Structure

_S = RequestState
#: What the team writes.
FIELDS = (
    "residency", "axis", "kind", "public", "category", "life_stage", "people", "dates", "hope", "partner",
)  # fmt: skip
#: Wishes of one structure that wait at the same time.
MOST = 30


# The team ------------------------------------------------------------------------------------


def file(*, by: User, structure: Structure, season: Season | None = None, **values: Any) -> ActivityRequest:
    """File a wish for the season under way. ``values``: those of :data:`FIELDS`.

    Whoever files it gets a confirmation. Raises ``Refused`` when no residency welcomes wishes, or
    ``ValidationError`` on a field.
    """
    with transaction.atomic():
        require_team(by, structure)
        season = season or selectors.open_season(structure.territory)
        if season is None or season.programme.territory_id != structure.territory_id:
            raise Refused(
                _("Aucune saison n'accueille de souhaits pour le moment : la coordination vous préviendra."),
                code="no_season",
            )
        season = lock_season(season)
        if ActivityRequest.objects.filter(structure=structure, season=season, state=_S.SENT).count() >= MOST:
            raise Refused(
                _("%(n)d souhaits de votre structure attendent déjà une réponse : retirez ceux qui ne comptent plus.")
                % {"n": MOST},
                code="too_many",
            )
        request = ActivityRequest(season=season, structure=structure, made_by=by)
        _write(request, values)
        request.save()
        request_notices.filed(by=by, request=request)
        journal.record(by=by, verb="request.filed", target=request, data=_facts(request))
        return request


def change(*, by: User, request: ActivityRequest, version: int, **values: Any) -> ActivityRequest:
    """Rewrite a wish that nobody answered yet."""
    with transaction.atomic():
        locked = lock_request(request)
        require_team(by, locked.structure)
        require(rules.can_change(locked))
        _require_fresh(locked, version)
        _write(locked, values)
        _bump(locked)
        journal.record(by=by, verb="request.changed", target=locked, data=_facts(locked))
        return locked


def withdraw(*, by: User, request: ActivityRequest) -> ActivityRequest:
    """The team gives it up, before an answer or instead of answering a proposal."""
    with transaction.atomic():
        locked = lock_request(request)
        require_team(by, locked.structure)
        require(rules.can_withdraw(locked))
        locked.proposed = None
        _move(locked, _S.WITHDRAWN)
        journal.record(by=by, verb="request.withdrawn", target=locked, data={})
        return locked


def resume(*, by: User, request: ActivityRequest) -> ActivityRequest:
    """The team takes its withdrawal back: the wish waits again."""
    with transaction.atomic():
        locked = lock_request(request)
        require_team(by, locked.structure)
        require(rules.can_resume(locked))
        _clear(locked)
        _move(locked, _S.SENT)
        journal.record(by=by, verb="request.resumed", target=locked, data={})
        return locked


def answer_proposal(
    *, by: User, request: ActivityRequest, accepts: bool, words: str = "", version: int | None = None
) -> ActivityRequest:
    """Say yes to the artist proposed, and it becomes an activity; or no, and the wish waits as it was."""
    with transaction.atomic():
        residency = lock_residency(request.proposed) if request.proposed is not None else None
        locked = lock_request(request)
        require_team(by, locked.structure)
        require(rules.can_answer_proposal(locked))
        _require_fresh(locked, version)
        if residency is None or locked.proposed_id != residency.pk:
            raise StaleWrite(_("La proposition vient de changer : relisez-la avant de répondre."), code="stale")
        locked.team_answer = words.strip()
        if accepts:
            require(rules.can_serve(locked, residency))
            _become(by, locked, residency, kind=locked.kind, title="", with_partner=True)
            verb = "request.proposal_accepted"
        else:
            locked.proposed = None
            _move(locked, _S.SENT)
            verb = "request.proposal_declined"
        request_notices.proposal_answered(by=by, request=locked, residency=residency, accepts=accepts)
        journal.record(
            by=by,
            verb=verb,
            target=locked,
            data={"residency": str(residency.uuid)}
            | ({"activity": str(locked.activity.uuid)} if locked.activity else {}),
        )
        return locked


# The coordination ----------------------------------------------------------------------------


def turn_into_activity(
    *,
    by: User,
    request: ActivityRequest,
    residency: Residency | None = None,
    kind: str = "",
    title: str = "",
    words: str = "",
    with_partner: bool = True,
    version: int | None = None,
) -> Activity:
    """Make it an activity, still an idea, of the artist wished for or of ``residency``. Both sides are told.

    Raises ``Refused`` when no artist is named, or when the residency is over.
    """
    with transaction.atomic():
        chosen = residency or request.residency
        if chosen is None:
            raise Refused(_("Choisissez l'artiste."), code="no_artist", field="residency")
        chosen = lock_residency(chosen)
        locked = _answerable(by, request, _S.ACCEPTED, version)
        require(rules.can_serve(locked, chosen))
        locked.answer = words.strip()
        activity = _become(by, locked, chosen, kind=kind, title=title, with_partner=with_partner)
        journal.record(
            by=by,
            verb="request.turned",
            target=locked,
            data={"activity": str(activity.uuid), "residency": str(chosen.uuid)},
        )
        return activity


def join(
    *,
    by: User,
    request: ActivityRequest,
    activity: Activity,
    words: str = "",
    with_partner: bool = True,
    version: int | None = None,
) -> Activity:
    """Let the structure join an activity that exists. Its sessions do not change: they are planned by hand."""
    with transaction.atomic():
        held = lock_activity(activity)
        locked = _answerable(by, request, _S.ACCEPTED, version)
        require(rules.can_join(locked, held))
        known = set(held.structures.values_list("pk", flat=True))
        comers = _structures(locked, with_partner)
        held.structures.add(*comers)
        held.version += 1
        held.save(update_fields=["version", "updated_at"])
        locked.answer, locked.activity, locked.proposed = words.strip(), held, None
        _answered(locked, _S.ACCEPTED)
        residencies = list(held.residencies.order_by("pk"))
        request_notices.accepted(by=by, request=locked, activity=held, residencies=residencies, joined=True)
        partners = [row for row in comers if row.pk != locked.structure_id and row.pk not in known]
        request_notices.partners_told(by=by, request=locked, activity=held, partners=partners, residencies=residencies)
        journal.record(by=by, verb="request.joined", target=locked, data={"activity": str(held.uuid)})
        return held


def propose(
    *, by: User, request: ActivityRequest, residency: Residency, words: str = "", version: int | None = None
) -> ActivityRequest:
    """Propose another artist; the structure answers in its space. A new proposal replaces the former."""
    with transaction.atomic():
        residency = lock_residency(residency)
        locked = _answerable(by, request, _S.PROPOSED, version)
        require(rules.can_serve(locked, residency))
        if residency.pk == locked.residency_id:
            raise Refused(
                _("C'est l'artiste souhaité : faites-en une activité."), code="same_artist", field="residency"
            )
        locked.proposed, locked.answer, locked.team_answer = residency, words.strip(), ""
        _answered(locked, _S.PROPOSED)
        request_notices.proposed(by=by, request=locked, residency=residency)
        journal.record(by=by, verb="request.proposed", target=locked, data={"residency": str(residency.uuid)})
        return locked


def refuse(*, by: User, request: ActivityRequest, words: str, version: int | None = None) -> ActivityRequest:
    """Say no, with the reasons: they leave by mail as they are written. Never without words."""
    with transaction.atomic():
        locked = _answerable(by, request, _S.REFUSED, version)
        if not words.strip():
            raise Refused(
                _("Dites pourquoi : la structure lit ces mots et peut en faire un autre souhait."),
                code="words_needed",
                field="words",
            )
        locked.answer, locked.proposed = words.strip(), None
        _answered(locked, _S.REFUSED)
        request_notices.refused(by=by, request=locked)
        journal.record(by=by, verb="request.refused", target=locked, data={})
        return locked


def refuse_several(*, by: User, requests: Iterable[ActivityRequest], words: str) -> list[ActivityRequest]:
    """The same words to several structures; all of them or none."""
    with transaction.atomic():
        done = []
        for request in sorted(requests, key=lambda row: row.pk):
            try:
                done.append(refuse(by=by, request=request, words=words))
            except Refused as error:
                raise type(error)(
                    _("%(structure)s : %(reason)s Aucun message n'est parti.")
                    % {"structure": request.structure, "reason": error},
                    code=error.code,
                    field=error.field,
                ) from error
        return done


def reopen(*, by: User, request: ActivityRequest) -> ActivityRequest:
    """Take the answer back: the refusal was a mistake, or the activity was called off. The wish waits again."""
    with transaction.atomic():
        activity = lock_activity(request.activity) if request.activity is not None else None
        locked = lock_request(request)
        require_desk(by, locked.territory)
        if locked.activity_id != (activity.pk if activity else None):
            raise StaleWrite(_("Ce souhait vient de changer : relisez-le."), code="stale")
        require(rules.can_reopen(locked, activity))
        before = locked.state
        _clear(locked)
        _move(locked, _S.SENT)
        journal.record(by=by, verb="request.reopened", target=locked, data={"from": before})
        return locked


# Below ---------------------------------------------------------------------------------------


def _answerable(by: User, request: ActivityRequest, target: RequestState, version: int | None) -> ActivityRequest:
    """The wish, locked, of a territory of the person, still open to this answer."""
    locked = lock_request(request)
    require_desk(by, locked.territory)
    require(rules.can_become(locked, target))
    _require_fresh(locked, version)
    return locked


def _require_fresh(request: ActivityRequest, version: int | None) -> None:
    if version is not None and version != request.version:
        raise StaleWrite(
            _("Ce souhait a changé depuis que vous avez ouvert cette page. Relisez-le, puis recommencez."), code="stale"
        )


def _write(request: ActivityRequest, values: dict[str, Any]) -> None:
    """Put the values on the row and check them, those that must belong to its season too."""
    former = request.residency_id
    for name in FIELDS:
        if name in values:
            value = values[name]
            setattr(request, name, value.strip() if isinstance(value, str) else value)
    wrong: dict[str, str] = {}
    residency = request.residency
    # An artist already wished for stays, even if their residency has stopped: the desk then proposes another.
    if residency is not None and residency.pk != former and not selectors.is_wishable(residency, request.season):
        wrong["residency"] = _("Cet artiste n'accueille pas de souhaits : choisissez-en un autre.")
    if request.axis is not None and request.axis.call.season_id != request.season_id:
        wrong["axis"] = _("Cet axe n'est pas de la saison.")
    if request.partner is not None:
        if request.partner.pk == request.structure_id:
            wrong["partner"] = _("Choisissez une autre structure que la vôtre.")
        elif request.partner.territory_id != request.structure.territory_id:
            wrong["partner"] = _("Cette structure n'est pas du territoire.")
    try:
        request.full_clean(exclude=["season", "structure", "made_by", "proposed", "activity"])
    except ValidationError as error:
        raise ValidationError({**{name: [text] for name, text in wrong.items()}, **error.message_dict}) from error
    if wrong:
        raise ValidationError(wrong)


def _become(
    by: User, request: ActivityRequest, residency: Residency, *, kind: str, title: str, with_partner: bool
) -> Activity:
    """The activity the wish asks for; the row accepted; everyone told. Inside the caller's locks."""
    comers = _structures(request, with_partner)
    activity = activities.create(
        by=by,
        season=request.season,
        residencies=[residency],
        structures=comers,
        kind=kind or request.kind or ActivityKind.GESTURE,
        title=title.strip() or selectors.suggested_title(request),
        axes=[request.axis] if request.axis is not None else [],
        agreed=request.state == _S.PROPOSED and request.proposed_id == residency.pk,
        public=request.public,
        life_stage=request.life_stage,
        people_expected=request.people,
        intention=request.hope,
    )
    request.activity, request.proposed = activity, None
    _answered(request, _S.ACCEPTED)
    request_notices.accepted(by=by, request=request, activity=activity, residencies=[residency], joined=False)
    partners = [row for row in comers if row.pk != request.structure_id]
    request_notices.partners_told(by=by, request=request, activity=activity, partners=partners, residencies=[residency])
    return activity


def _structures(request: ActivityRequest, with_partner: bool) -> list[Structure]:
    partner = request.partner if with_partner else None
    return [request.structure, *([partner] if partner is not None and partner.is_active else [])]


def _answered(request: ActivityRequest, target: RequestState) -> None:
    request.answered_at = timezone.now()
    _move(request, target)


def _clear(request: ActivityRequest) -> None:
    """Nothing is answered any more; the journal keeps what was."""
    request.answer = request.team_answer = ""
    request.answered_at = request.proposed = request.activity = None


def _move(request: ActivityRequest, target: RequestState) -> None:
    """Change the state by its table."""
    require(rules.can_become(request, target))
    request.state = target
    _bump(request)


def _bump(request: ActivityRequest) -> None:
    request.version += 1
    request.full_clean(exclude=["season", "structure", "made_by", "residency", "axis", "partner", "activity"])
    request.save()


def _facts(request: ActivityRequest) -> dict[str, Any]:
    return {
        "structure": str(request.structure.uuid),
        "residency": str(request.residency.uuid) if request.residency else None,
        "kind": request.kind,
        "people": request.people,
    }
