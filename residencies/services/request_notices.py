"""What teams, artists and the coordination are told about a wish. Call inside the act's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clea.mail import services as mail
from residencies.messages import requests as texts
from residencies.models import Activity, ActivityRequest, Residency, ResidencyArtist
from structures.models import Professional

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Structure

#: The team's space is in French; so are its letters.
LANGUAGE = "fr"


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def filed(*, by: User, request: ActivityRequest) -> None:
    """The confirmation, to who filed."""
    _to_team(texts.FILED, by=by, request=request, to=[by.email])


def proposed(*, by: User, request: ActivityRequest, residency: Residency) -> None:
    """Another artist is proposed: the team answers in its space."""
    _to_team(
        texts.PROPOSED,
        by=by,
        request=request,
        to=_writers(request),
        context={"propose": residency.artist_name, "mots": _said(request.answer)},
    )


def refused(*, by: User, request: ActivityRequest) -> None:
    """No, with the coordination's own words."""
    _to_team(texts.REFUSED, by=by, request=request, to=_writers(request), context={"mots": request.answer})


def accepted(
    *, by: User, request: ActivityRequest, activity: Activity, residencies: Sequence[Residency], joined: bool
) -> None:
    """The wish is an activity: to the whole team, and to the artists."""
    names = _names(residencies)
    _to_team(
        texts.JOINED if joined else texts.ACCEPTED,
        by=by,
        request=request,
        to=_team(request.structure) or _writers(request),
        context={
            "artiste": names,
            "activite": activity.title,
            "mots": _said(request.answer),
            "lien": absolute(reverse("team:activity", args=[request.structure.uuid, activity.uuid])),
        },
    )
    _to_artists(by=by, request=request, activity=activity, residencies=residencies)


def partners_told(
    *,
    by: User,
    request: ActivityRequest,
    activity: Activity,
    partners: Iterable[Structure],
    residencies: Sequence[Residency],
) -> None:
    """The structure with whom the wisher hoped to do it is in: its team is told."""
    for partner in partners:
        for address in _team(partner):
            with translation.override(LANGUAGE):
                _queue(
                    texts.PARTNER,
                    by=by,
                    request=request,
                    to=address,
                    context={
                        "structure": request.structure.name,
                        "artiste": _names(residencies),
                        "activite": activity.title,
                        "lien": absolute(reverse("team:activity", args=[partner.uuid, activity.uuid])),
                    },
                )


def proposal_answered(*, by: User, request: ActivityRequest, residency: Residency, accepts: bool) -> None:
    """The coordination learns what the team answered."""
    with translation.override(LANGUAGE):
        _queue(
            texts.PROPOSAL_ANSWERED,
            by=by,
            request=request,
            to=request.territory.contact_email,
            context={
                "structure": request.structure.name,
                "propose": residency.artist_name,
                "reponse": _("oui, et le souhait est devenu une activité")
                if accepts
                else _("non, et le souhait attend de nouveau une réponse"),
                "mots": _said(request.team_answer),
                "lien": absolute(reverse("admin:residencies_activityrequest_change", args=[request.uuid])),
            },
        )


# Below ---------------------------------------------------------------------------------------


def _to_team(
    kind: str,
    *,
    by: User,
    request: ActivityRequest,
    to: Iterable[str],
    context: dict[str, object] | None = None,
) -> None:
    with translation.override(LANGUAGE):
        common = {
            "structure": request.structure.name,
            "public": request.public,
            "souhait": wished(request),
            "lien": absolute(reverse("team:request", args=[request.structure.uuid, request.uuid])),
        }
        for address in to:
            _queue(kind, by=by, request=request, to=address, context=common | (context or {}))


def _to_artists(*, by: User, request: ActivityRequest, activity: Activity, residencies: Sequence[Residency]) -> None:
    """Each artist who has an account, in their language."""
    seats = ResidencyArtist.objects.filter(residency__in=residencies, left_at=None, user__is_active=True)
    told: set[str] = set()
    for seat in seats.select_related("user", "residency").order_by("pk"):
        user = seat.user
        if user is None or user.email in told:
            continue
        told.add(user.email)
        with translation.override(user.language):
            _queue(
                texts.FOR_ARTIST,
                by=by,
                request=request,
                to=user.email,
                language=user.language,
                context={
                    "nom": str(seat),
                    "structure": request.structure.name,
                    "commune": str(request.structure.commune or ""),
                    "public": request.public,
                    "personnes": request.people,
                    "activite": activity.title,
                    "attente": request.hope,
                    "lien": absolute(reverse("studio:activity", args=[seat.residency.uuid, activity.uuid])),
                },
            )


def _queue(
    kind: str,
    *,
    by: User,
    request: ActivityRequest,
    to: str,
    context: dict[str, object],
    language: str = LANGUAGE,
) -> None:
    territory = request.territory
    service = territory.service_name or territory.name
    mail.queue(
        by=by,
        kind=kind,
        to=to,
        language=language,
        context=context
        | {
            "contact": ", ".join(part for part in (service, territory.contact_email, territory.contact_phone) if part),
        },
        about=request,
        scope=territory.slug,
        reply_to=territory.contact_email,
        # One letter a person and a change of the wish.
        dedupe_key=f"{kind}:{request.uuid}:{request.version}:{to}",
    )


def _writers(request: ActivityRequest) -> list[str]:
    """Whoever filed, while they are of the team; else who is contacted first; else the structure's own mailbox."""
    author = request.made_by
    if author is not None and Professional.objects.of(author).filter(structure=request.structure_id).exists():
        return [author.email]
    team = _team(request.structure)
    return team[:1] or ([request.structure.email] if request.structure.email else [])


def _team(structure: Structure) -> list[str]:
    """Addresses of the team, who is contacted first before the others."""
    rows = Professional.objects.filter(structure=structure).exclude(email="").order_by("-is_contact", "pk")
    return list(dict.fromkeys(address.lower() for address in rows.values_list("email", flat=True)))


def wished(request: ActivityRequest) -> str:
    """Whom, or what, in words."""
    if request.residency is not None:
        return request.residency.artist_name
    if request.axis is not None:
        return _("l'axe « %(axis)s »") % {"axis": request.axis.title}
    return _("un artiste à trouver ensemble")


def _names(residencies: Sequence[Residency]) -> str:
    names = [row.artist_name for row in residencies]
    if len(names) < 2:
        return names[0] if names else ""
    return pgettext("deux artistes", "%(first)s et %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _said(words: str) -> str:
    """What a person wrote, or a sentence where they wrote nothing."""
    return words or _("(sans commentaire)")
