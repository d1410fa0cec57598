"""A call in plain language: short sentences, one idea a line, in large type.

The coordinator writes it; until then it is drafted from the call's own facts, so that its dates and amounts
are always those of the call. ``## `` opens a chapter, each other line is one idea.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import CallKind, PeriodKind
from candidatures.pages.call import CallPage
from candidatures.pages.content import pick
from clea.ui import dates


@dataclass
class Chapter:
    title: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PlainCall:
    """The chapters, and ``fr`` in ``lang`` when an English page shows what is not translated."""

    chapters: list[Chapter]
    lang: str
    #: Made from the call's facts: nobody has written it yet.
    drafted: bool


def plain_call(page: CallPage) -> PlainCall:
    """What the coordinator wrote, else the draft. No query: the page of the call has read everything."""
    written, lang = pick(page.call.plain_text, page.call.plain_text_en)
    return PlainCall(read(written or draft(page)), lang, drafted=not written)


def read(text: str) -> list[Chapter]:
    """Chapters and lines of a text typed with ``## ``."""
    chapters: list[Chapter] = []
    for line in (_bound(raw.strip()) for raw in text.splitlines()):
        if line.startswith("#"):
            chapters.append(Chapter(line.lstrip("# ")))
        elif line:
            if not chapters:
                chapters.append(Chapter(""))
            chapters[-1].lines.append(line.removeprefix("- "))
    return chapters


def _bound(line: str) -> str:
    """Quotation marks and high points bound to their word: a person types plain spaces, and large type wraps often."""
    return re.sub("(?<=«) | (?=[»:;!?])", "\N{NO-BREAK SPACE}", line)


def draft(page: CallPage) -> str:
    """The call's facts in short sentences, in the reader's language."""
    parts = [
        (_("De quoi s'agit-il ?"), _what(page)),
        (_("Quand ?"), _when(page)),
        (_("Combien gagnez-vous ?"), _money(page)),
        (_("Qui peut répondre ?"), _who(page)),
        (_("Que faut-il envoyer ?"), _pieces(page)),
        (_("Comment faire ?"), _how()),
        (_("Qui peut vous aider ?"), _help(page)),
    ]
    said = [(title, list(lines)) for title, lines in parts]
    return "\n\n".join("\n".join([f"## {title}", *lines]) for title, lines in said if lines)


def _what(page: CallPage) -> Iterable[str]:
    journalist = page.call.kind == CallKind.EMI
    yield _("Qui invite : %(territory)s.") % {"territory": page.territory.name}
    if page.residencies and journalist:
        yield ngettext("On cherche %(count)s journaliste.", "On cherche %(count)s journalistes.", page.residencies) % {
            "count": page.residencies
        }
    elif page.residencies:
        yield ngettext(
            "On cherche %(count)s artiste ou groupe d'artistes.",
            "On cherche %(count)s artistes ou groupes d'artistes.",
            page.residencies,
        ) % {"count": page.residencies}
    yield _("C'est pour une résidence : vous venez vivre et travailler sur place.")
    yield _("Vous rencontrez les habitants, les écoles et les associations.")
    if journalist:
        yield _("Vous leur montrez comment on fabrique l'information.")
    else:
        yield _("Vous montrez vos œuvres, et vous inventez des choses avec eux.")


def _when(page: CallPage) -> Iterable[str]:
    yield _("Vous pouvez envoyer votre dossier à partir du %(day)s.") % {"day": dates.day(page.call.opens_at)}
    yield _("La date limite : %(deadline)s.") % {"deadline": dates.deadline(page.call.closes_at)}
    yield _("Après, c'est trop tard.")
    if page.call.results_on:
        yield _("Vous aurez une réponse au plus tard le %(day)s.") % {"day": dates.day(page.call.results_on)}
    for row in page.calendar.rows:
        if row.period.kind != PeriodKind.EVENT:
            yield _("Vous êtes sur place %(span)s.") % {"span": dates.span(row.period.starts_on, row.period.ends_on)}


def _money(page: CallPage) -> Iterable[str]:
    if page.money is None:
        return
    if page.money.allowance:
        yield _("Vous gagnez %(amount)s net.") % {"amount": page.money.allowance}
        yield _("« Net » veut dire : l'argent que vous recevez.")
    if page.money.rules.lodging_provided:
        yield _("Le logement est gratuit pendant que vous êtes sur place.")
    if trips := page.money.rules.return_trips:
        yield ngettext(
            "%(count)s voyage aller-retour depuis chez vous est payé.",
            "%(count)s voyages aller-retour depuis chez vous sont payés.",
            trips,
        ) % {"count": trips}
    if page.money.lump_sum:
        yield _("Vous recevez aussi %(amount)s pour vos trajets sur place.") % {"amount": page.money.lump_sum}


def _who(page: CallPage) -> Iterable[str]:
    for criterion in page.content["criterion"]:
        yield criterion.title


def _pieces(page: CallPage) -> Iterable[str]:
    for piece in page.content["piece"]:
        if piece.required:
            yield piece.title
    if page.money is not None and page.money.rules.budget_required:
        yield _("Un budget : il se remplit sur ce site.")
    optional = [piece.title for piece in page.content["piece"] if not piece.required]
    if optional:
        yield _("Si vous en avez : %(pieces)s.") % {"pieces": ", ".join(optional)}


def _how() -> Iterable[str]:
    yield _("Donnez votre adresse électronique : vous recevez un code pour entrer.")
    yield _("Remplissez le dossier, page après page.")
    yield _("Vous pouvez vous arrêter et revenir : ce que vous écrivez est gardé.")
    yield _("À la fin, appuyez sur « Déposer mon dossier ».")
    yield _("Vous recevez un message : il prouve que votre dossier est arrivé.")


def _help(page: CallPage) -> Iterable[str]:
    yield _("Écrivez à %(email)s.") % {"email": page.call.contact_email}
    if page.call.contact_phone:
        yield _("Ou téléphonez au %(phone)s.") % {"phone": page.call.contact_phone}
