"""The figures of a bilan in words: a qualifier is said, an unknown too, nothing is made up."""

from __future__ import annotations

from decimal import Decimal

from django.utils.dates import MONTHS_3
from django.utils.translation import get_language, ngettext, ngettext_lazy
from django.utils.translation import gettext as _

from clea.ui import dates
from residencies.enums import AudienceCategory, Qualifier
from residencies.enums.bilan import PUPILS_UNSPECIFIED, AudienceGroup, ProductionKind
from residencies.methods.bilan import SOME, UNSAID
from residencies.methods.headcounts import Total

#: The first months of a year, short enough for a phone.
_MONTHS = ("janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc")


_K = ProductionKind
#: Productions as they are counted, « 8 podcasts ».
_PRODUCTIONS = {
    _K.PODCAST: ngettext_lazy("podcast", "podcasts", "n"),
    _K.PODCAST_SERIES: ngettext_lazy("série de podcasts", "séries de podcasts", "n"),
    _K.VIDEO: ngettext_lazy("vidéo", "vidéos", "n"),
    _K.EXHIBITION: ngettext_lazy("exposition", "expositions", "n"),
    _K.BOOKLET: ngettext_lazy("livret", "livrets", "n"),
    _K.BOOK: ngettext_lazy("livre ou recueil", "livres ou recueils", "n"),
    _K.POSTER: ngettext_lazy("affiche", "affiches", "n"),
    _K.PORTRAIT: ngettext_lazy("portrait", "portraits", "n"),
    _K.SHOW: ngettext_lazy("spectacle ou lecture", "spectacles ou lectures", "n"),
    _K.CONFERENCE: ngettext_lazy("conférence", "conférences", "n"),
    _K.GAME: ngettext_lazy("jeu ou quiz", "jeux ou quiz", "n"),
    _K.WEB: ngettext_lazy("page en ligne", "pages en ligne", "n"),
    _K.OTHER: ngettext_lazy("autre production", "autres productions", "n"),
}


def production(kind: ProductionKind, count: int | None) -> str:
    """« podcasts », agreed with how many; nobody said how many: in the plural."""
    return str(_PRODUCTIONS[kind] % {"n": 2 if count is None else count})


def said(total: Total | None) -> str:
    """« plus de 1 488 », « environ 30 », « 12 »; « inconnu » when nobody counted, a dash when there is nothing."""
    if total is None:
        return ""
    if total.value is None:
        return _("inconnu") if total.unknown else "–"
    if total == SOME:
        return _("non compté")
    figure = dates.number(total.value)
    if total.qualifier == Qualifier.MORE_THAN:
        return _("plus de %(figure)s") % {"figure": figure}
    if total.qualifier == Qualifier.ABOUT:
        return _("environ %(figure)s") % {"figure": figure}
    return figure


def qualifier(total: Total | None) -> str:
    """The qualifier alone, for a column beside the figure; empty without a figure."""
    return "" if total is None or total.value is None else str(Qualifier(total.qualifier).label)


def hours(value: Decimal | None) -> str:
    """« 412 h 30 »: whole minutes; empty when unknown."""
    if value is None:
        return ""
    minutes = int((value * 60).to_integral_value())
    whole, rest = divmod(minutes, 60)
    tail = f"{dates.NBSP}{rest:02d}" if rest else ""
    return f"{dates.number(whole)}{dates.NBSP}h{tail}"


def uncounted(count: int) -> str:
    """What is not known of a number of sessions, in words; empty when everything is."""
    if not count:
        return ""
    return ngettext("%(n)s séance sans comptage", "%(n)s séances sans comptage", count) % {"n": dates.number(count)}


def month(key: str) -> str:
    """« 2026-03 » → « mars », as a plot writes it; in another language, as its readers shorten it."""
    if not key[5:7].isdigit():
        return key
    number = int(key[5:7])
    return _MONTHS[number - 1] if (get_language() or "fr").startswith("fr") else str(MONTHS_3[number]).capitalize()


def category(key: str) -> str:
    """A category without what its name says between brackets: a plot has little room."""
    if key == UNSAID:
        return _("public non précisé")
    if key == PUPILS_UNSPECIFIED:
        return _("élèves, niveau non précisé")
    if key in AudienceCategory.values:
        return str(AudienceCategory(key).label).split(" (", maxsplit=1)[0]
    return str(AudienceGroup(key).label) if key in AudienceGroup.values else key
