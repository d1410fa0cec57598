"""What residencies leave: productions, words, pictures, and who agreed to what.

What the public reads goes through :func:`published_testimonies`, :func:`published_pictures` and
:func:`productions_of`: nothing else decides what a consent covers.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.documents.access import Grant
from clea.documents.enums import READABLE
from clea.documents.models import StoredFile
from residencies.models import Consent, Picture, Production, Residency, Testimony
from residencies.rules.traces import SCOPE, Where
from structures.models import Territory
from structures.rules import coordinates

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def standing(where: Where, today: date | None = None, *, prefix: str = "") -> Q:
    """Consents that cover this today: as :func:`residencies.rules.traces.stands` says. No query."""
    day = today or timezone.localdate()
    return (
        Q(**{f"{prefix}{SCOPE[where]}": True, f"{prefix}withdrawn_at": None, f"{prefix}given_on__lte": day})
        & (Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day}))
    )  # fmt: skip


#: Of a residency whose name may be said, or of the whole season.
_ANNOUNCED = Q(residency=None) | Q(residency__published_at__isnull=False)


def _covered(rows: QuerySet[Picture], where: Where) -> QuerySet[Picture]:
    """Pictures where everyone agreed: each consent stands, and there is one if people can be recognised."""
    given = Consent.objects.filter(pictures=OuterRef("pk")).order_by()
    return rows.filter(~Exists(given.exclude(standing(where))), Q(shows_people=False) | Exists(given))


def testimonies_shown(where: Where) -> QuerySet[Testimony]:
    """Every testimony that may be read there today. No query."""
    return Testimony.objects.filter(_ANNOUNCED, standing(where, prefix="consent__"), is_published=True).select_related(
        "residency"
    )


def pictures_shown(where: Where) -> QuerySet[Picture]:
    """Every picture that may be seen there today; for the press, those put in the kit. No query.

    Not one that the antivirus keeps from being read.
    """
    flag = "in_kit" if where == "press" else "is_published"
    rows = Picture.objects.filter(_ANNOUNCED, stored_file__scan__in=READABLE, **{flag: True})
    return _covered(rows, where).select_related("residency", "stored_file", "thumbnail")


def productions_shown() -> QuerySet[Production]:
    """Every published production, and those of the lines of an older report. No query."""
    return Production.objects.filter(_ANNOUNCED, Q(is_published=True) | Q(entry__isnull=False)).select_related(
        "residency", "entry"
    )


def prepared_by(user: User | AnonymousUser) -> QuerySet[Picture]:
    """Pictures that this person may see before anybody: of their territories, of the residencies they run.

    No query.
    """
    rows = Picture.objects.select_related("residency", "stored_file", "thumbnail")
    if not user.is_authenticated:
        return rows.none()
    return rows.filter(
        Q(season__programme__territory__in=Territory.objects.coordinated_by(user))
        | Q(residency__in=Residency.objects.of(user))
    )


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """The proof of a consent: the coordination, and nobody else. Two queries."""
    consent = Consent.objects.filter(proof=stored_file).select_related("season__programme__territory").first()
    if consent is None or not coordinates(user, consent.season.programme.territory):
        return None
    return Grant(filename=f"accord-{consent.given_on:%Y-%m-%d}.pdf", journal_target=consent)


def published_testimonies(season: Season, *, where: Where = "site") -> list[Testimony]:
    """Words that may be read there today, in their order, each with its residency. One query."""
    return list(testimonies_shown(where).filter(season=season))


def published_pictures(season: Season, *, where: Where = "site") -> list[Picture]:
    """Pictures that may be seen there today, in their order, each with its residency and file. One query."""
    return list(pictures_shown(where).filter(season=season))


def productions_of(season: Season) -> list[Production]:
    """What was made and published, in its order, with its residency or its hand entry. One query."""
    return list(productions_shown().filter(season=season))


def scope_words(consent: Consent) -> str:
    """What it covers, as one reads it: « sur le site et dans le bilan en ligne, dans la presse ». No query."""
    said = [
        (consent.on_site, _("sur le site et dans le bilan en ligne")),
        (consent.in_print, _("dans les documents imprimés et les PDF")),
        (consent.in_press, _("dans la presse et les dossiers à télécharger")),
    ]
    return ", ".join(words for agreed, words in said if agreed)
