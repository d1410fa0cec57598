"""What would tell who an applicant is, found in a text and masked. Pure: text in, text out.

Comparison ignores case, accents, ligatures and invisible characters, and holds to whole words.
What is looked for, and how far:

- names of people (the applicant, the members of a collective): the whole name in either order, and
  each of its words of three letters or more;
- the artist's or collective's name and the organisation's: the whole name, and each of its words of
  four letters or more when the text writes it with a capital (« Brumeval », not the « enfants » of
  « Les Enfants du Paradis »);
- the e-mail, telephone, website, street and postcode that were given; the city when it is written
  with a capital, unless it is a place that the call itself is about: a dossier must be able to speak
  of the territory;
- any e-mail address, web address, account name (``@…``) or telephone number, whoever's it is.

Doubt masks: a reading that loses a word is fairer than one that learns a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "ʼ": "'"})

#: Words of a company's name that name nobody.
GENERIC = frozenset(
    {
        "association", "atelier", "ateliers", "artist", "artiste", "artistes", "arts", "avec", "centre",
        "collectif", "collective", "compagnie", "company", "creation", "creations", "danse", "dans", "ensemble",
        "espace", "fabrique", "festival", "groupe", "lieu", "maison", "music", "musique", "pour", "production",
        "productions", "project", "projet", "scene", "sons", "studio", "sous", "territoire", "territoires",
        "theatre", "theater", "troupe", "vers",
    }
)  # fmt: skip
#: Between the words of one name: a space, a hyphen, a line's end, nothing in an account's name.
GAP = r"[\s\-–_'.,·&/+]{0,4}"
BEFORE, AFTER = r"(?<![^\W_])", r"(?![^\W_])"
ENDINGS = "art be blog ca ch co com dev de es eu fr info io it lu me net org paris pro tv uk xyz"

EMAIL = re.compile(r"[\w.+\-]+\s?(?:@|[\[(]\s?(?:at|arobase)\s?[\])])\s?[\w\-]+(?:\s?\.\s?[\w\-]+)+")
ACCOUNT = re.compile(r"(?<![\w@.])@[a-z0-9_.]{3,}")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>«»\"]+|"
    rf"(?<![\w@.\-])(?:[a-z0-9\-]{{2,}}\.)+(?:{ENDINGS.replace(' ', '|')})(?:/[^\s<>«»\"]*)?(?![\w\-])"
)
PHONE = re.compile(
    r"(?<![\w+])(?:0[1-9](?:[\s.\-/]{0,2}\d{2}){4}|(?:\+|00)[1-9]\d{0,2}(?:[\s.\-/()]{0,2}\d){7,12})(?!\w)"
)
WORD = re.compile(r"[^\W_]+")
#: Between two words masked, they are part of one mask.
JOINING = " \t\n\r-–'’.,\N{NO-BREAK SPACE}"


class Clue(models.TextChoices):
    """What a text gives away, or why nobody could tell."""

    NAME = "name", gettext_lazy("nom de la personne ou du collectif")
    ORGANISATION = "organisation", gettext_lazy("compagnie ou structure")
    MEMBER = "member", gettext_lazy("membre du collectif")
    EMAIL = "email", gettext_lazy("adresse électronique")
    PHONE = "phone", gettext_lazy("numéro de téléphone")
    WEBSITE = "website", gettext_lazy("site de l'artiste")
    LINK = "link", gettext_lazy("adresse d'un site ou d'un compte")
    PLACE = "place", gettext_lazy("adresse ou ville")
    NO_TEXT = "no_text", gettext_lazy("aucun texte lisible par la machine : à regarder")
    UNCHECKED = "unchecked", gettext_lazy("non vérifié par la machine : à lire")


@dataclass(frozen=True)
class _Trace:
    what: Clue
    pattern: re.Pattern[str]
    # Only where the text begins it with a capital.
    capital: bool = False


@dataclass(frozen=True)
class Span:
    """A run of characters of the original text that gives something away."""

    start: int
    end: int
    what: Clue


@dataclass(frozen=True)
class Finding:
    """``page`` counts from 1."""

    page: int
    what: Clue


@dataclass(frozen=True)
class Identity:
    """What a deposit's frozen answers say of who sent it."""

    traces: tuple[_Trace, ...]

    @classmethod
    def of(cls, data: dict[str, Any], *, shared_places: Iterable[str] = ()) -> Identity:
        """Read the answers that ``snapshot.take`` froze. ``shared_places``: where the call takes place."""
        who = data["identity"]
        first, last = who["first_name"], who["last_name"]
        traces = [*_of_person(first, last, Clue.NAME)]
        traces += _of_group(who["artist_name"], Clue.NAME)
        traces += _of_group(who["organisation"], Clue.ORGANISATION)
        for member in who["members"]:
            traces += _of_person(member["name"], "", Clue.MEMBER)
        traces += _of_contact(who["email"], who["phone"], data["practice"]["website"], {*_words(first), *_words(last)})
        traces += _of_place(
            who["address"], who["postal_code"], who["city"], {" ".join(_words(place)) for place in shared_places}
        )
        return cls(tuple(traces))

    def spans(self, text: str) -> list[Span]:
        """Every trace in ``text``, as they come; they may overlap."""
        folded, origins = _fold(text)
        found = []
        for trace in (*self.traces, *_ANYBODY):
            for match in trace.pattern.finditer(folded):
                start, end = match.start(), match.end()
                while end > start and trace.what in _WEB and folded[end - 1] in ".,;:!?)'":
                    end -= 1
                if end == start or (trace.capital and not text[origins[start]].isupper()):
                    continue
                found.append(Span(origins[start], origins[end - 1] + 1, trace.what))
        return found


def mask(text: str, identity: Identity) -> str:
    """``text`` with every trace of ``identity`` replaced by « [masqué] »; neighbours become one."""
    spans = sorted(identity.spans(text), key=lambda span: (span.start, -span.end))
    kept: list[str] = []
    at = 0
    for span in spans:
        if span.end <= at:
            continue
        between = text[at : span.start]
        if not kept or between.strip(JOINING):
            kept += [between, _("[masqué]")]
        at = span.end
    return "".join([*kept, text[at:]])


def findings(text_by_page: Sequence[str], identity: Identity) -> list[Finding]:
    """What each page still gives away: each kind once a page, in the order of the pages."""
    order = {what: rank for rank, what in enumerate(Clue)}
    return [
        Finding(page, what)
        for page, text in enumerate(text_by_page, start=1)
        for what in sorted({span.what for span in identity.spans(text)}, key=lambda one: order[one])
    ]


def fold(text: str) -> str:
    """The text as it is compared: no case, accents, ligatures or invisible characters."""
    return _fold(text)[0]


def _fold(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the one of ``text`` it comes from."""
    folded: list[str] = []
    origins: list[int] = []
    for at, char in enumerate(text):
        if unicodedata.category(char) == "Cf":
            continue
        for plain in unicodedata.normalize("NFKD", char.translate(LIGATURES)):
            if not unicodedata.combining(plain):
                lower = plain.casefold()
                folded.append(lower)
                origins.extend([at] * len(lower))
    return "".join(folded), origins


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))


def _whole(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(BEFORE + GAP.join(re.escape(word) for word in words) + AFTER)


def _of_person(first: str, last: str, what: Clue) -> list[_Trace]:
    given, family = _words(first), _words(last)
    orders = [given + family, family + given]
    if not family:  # one field holds both: « Ada Brumeval »
        orders = [given, given[-1:] + given[:-1]]
    traces = [_Trace(what, _whole(words)) for words in orders if len("".join(words)) > 2]
    return traces + [_Trace(what, _whole([word])) for word in {*given, *family} if len(word) > 2]


def _of_group(name: str, what: Clue) -> list[_Trace]:
    words = _words(name)
    if len("".join(words)) < 3:
        return []
    traces = [_Trace(what, _whole(words))]
    if len(words) > 1:
        single = {word for word in words if len(word) > 3 and word not in GENERIC}
        traces += [_Trace(what, _whole([word]), capital=True) for word in single]
    return traces


def _of_contact(email: str, phone: str, website: str, names: set[str]) -> list[_Trace]:
    traces = []
    if email:
        traces.append(_Trace(Clue.EMAIL, re.compile(re.escape(fold(email)))))
        name = fold(email).partition("@")[0]
        if len(name) > 4 and name not in names:
            traces.append(_Trace(Clue.EMAIL, re.compile(BEFORE + re.escape(name) + AFTER)))
    digits = re.sub(r"\D", "", phone)
    if len(digits) > 6:
        traces.append(_Trace(Clue.PHONE, re.compile(r"(?<!\d)" + r"[\s.\-/()]{0,3}".join(digits) + r"(?!\d)")))
    address = urlsplit(website if "//" in website else f"//{website}")
    host = fold(address.hostname or "").removeprefix("www.")
    if host:
        path = re.escape(fold(address.path).rstrip("/"))
        traces.append(_Trace(Clue.WEBSITE, re.compile(rf"(?:https?://)?(?:www\.)?{re.escape(host)}{path}[^\s<>«»\"]*")))
    return traces


def _of_place(street: str, postcode: str, city: str, shared: set[str]) -> list[_Trace]:
    road, town = _words(street), _words(city)
    traces = []
    if len(road) > 1:
        named = list(dropwhile(lambda word: word.isdigit() or len(word) == 1 or word in {"bis", "ter"}, road))
        traces.append(_Trace(Clue.PLACE, _whole(named if len(named) > 2 else road)))
    code = fold(postcode).strip()
    if code:
        traces.append(_Trace(Clue.PLACE, re.compile(BEFORE + re.escape(code) + AFTER)))
        if town:
            traces.append(_Trace(Clue.PLACE, re.compile(re.escape(code) + r"\W{1,3}" + GAP.join(town) + AFTER)))
    if len("".join(town)) > 2 and " ".join(town) not in shared:
        traces.append(_Trace(Clue.PLACE, _whole(town), capital=True))
    return traces


_WEB = frozenset({Clue.LINK, Clue.WEBSITE, Clue.EMAIL})
_ANYBODY = (
    _Trace(Clue.EMAIL, EMAIL),
    _Trace(Clue.LINK, LINK),
    _Trace(Clue.LINK, ACCOUNT),
    _Trace(Clue.PHONE, PHONE),
)
