"""Possible conflicts of interest between people of a jury and dossiers: hints, with their evidence. Pure.

A hint is never a finding: the coordination looks, and recuses or sets aside. What is shared by many
dossiers says nothing about one of them, and is left out: see :func:`common`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from clea.text import normalise


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Mail boxes that anybody may open: the same domain says nothing. Written by hand in 2026 from the
#: consumer addresses of the French access providers (past and present) and of the largest free
#: services; no official list exists. A domain absent from it is still left out by :func:`common`
#: when many dossiers share it.
FREE_MAIL = _set_of(
    """
    aliceadsl.fr aol.com aol.fr bbox.fr cegetel.net club-internet.fr dartybox.com duck.com fastmail.com
    free.fr freesbee.fr gmail.com gmx.com gmx.de gmx.fr googlemail.com hey.com hotmail.be hotmail.co.uk
    hotmail.com hotmail.fr hushmail.com icloud.com ik.me infonie.fr kpnmail.nl laposte.net libero.it
    libertysurf.fr live.be live.com live.fr mac.com mail.com mail.ru mailbox.org mailfence.com mailo.com
    me.com msn.com neuf.fr netcourrier.com noos.fr nordnet.fr numericable.fr orange.fr outlook.be
    outlook.com outlook.fr pm.me posteo.net proton.me protonmail.ch protonmail.com riseup.net
    rocketmail.com sfr.fr skynet.be t-online.de telenet.be tuta.com tuta.io tutanota.com voila.fr
    wanadoo.fr web.de yahoo.be yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com
    yandex.ru ymail.com zaclys.net zoho.com
    """
)
#: Endings under which unrelated organisations register: being below the same one says nothing.
SHARED_ENDINGS = frozenset({"gouv.fr", "asso.fr", "co.uk", "org.uk", "ac.uk", "com.fr", "nom.fr"})
#: Words that name a kind of place and not one place: a name made of them alone is not looked for.
GENERIC = _set_of(
    """
    academie agence agglomeration amis association atelier ateliers bibliotheque centre centres cinema
    college comite commune communaute compagnie conseil conservatoire culture culturel culturelle cultures
    departement direction drac ecole education ensemble espace festival fondation france gare institut
    jeunesse lycee mairie maison mediatheque ministere mission musee musique office population prefecture
    rectorat region regionale salle service social sociale societe studio syndicat territoire theatre
    universite ville
    a au aux d de des du en et l la le les pour s sur un une
    """
)
#: A name shorter than this, or a domain's, is found by chance.
SHORTEST = 4
#: Shared by this share of the dossiers, and by this many at least: it says nothing of one of them.
COMMON_SHARE, COMMON_AT_LEAST = 0.2, 5


class Kind(StrEnum):
    OWN = "own"  # their own dossier, or one they take part in
    DOMAIN = "domain"  # the same e-mail domain
    NAMED = "named"  # their institution or their structure is named
    FAMILY_NAME = "family_name"
    CITY = "city"


STRONG = frozenset({Kind.OWN, Kind.DOMAIN, Kind.NAMED})


@dataclass(frozen=True)
class Person:
    """Someone of the jury. ``houses``: names of their institution, and of structures where they work."""

    key: int
    user: int
    email: str
    last_name: str
    city: str = ""
    houses: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """A dossier as filed. ``emails`` and ``names`` are of all its people; ``texts`` by the field's label."""

    key: int
    users: frozenset[int]
    emails: tuple[str, ...] = ()
    #: Family names, or whole names when nothing tells which part is which.
    names: tuple[str, ...] = ()
    city: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hint:
    """``words``: what was found; ``where``: in which field of the dossier, empty when the kind says it."""

    kind: Kind
    words: str
    where: str = ""

    @property
    def strong(self) -> bool:
        return self.kind in STRONG


@dataclass(frozen=True)
class Suspicion:
    """All that was noticed between a person and a dossier, strong hints first."""

    person: int
    file: int
    hints: tuple[Hint, ...]

    @property
    def strong(self) -> bool:
        return any(hint.strong for hint in self.hints)


@dataclass(frozen=True)
class Found:
    """Suspicions, strongest first, and what was left out because too many dossiers share it."""

    suspicions: tuple[Suspicion, ...]
    common: tuple[str, ...]


def common(counts: Mapping[str, int], files: int) -> set[str]:
    """What so many dossiers share that it says nothing of one of them."""
    bar = max(COMMON_AT_LEAST, COMMON_SHARE * files)
    return {word for word, count in counts.items() if count >= bar}


def suspicions(people: Sequence[Person], files: Sequence[File]) -> Found:
    """Compare everybody with every dossier. Each text is folded once, whatever the number of people."""
    folded = [_Folded(file) for file in files]
    houses = dict.fromkeys(name for person in people for name in person.houses if searched(name))
    mentions = {name: [file for file in folded if file.names_house(name)] for name in houses}
    often = common({name: len(found) for name, found in mentions.items()}, len(files))
    domains = Counter(domain for file in folded for domain in file.domains)
    shared_domains = common(domains, len(files))
    cities = common(Counter(file.city for file in folded if file.city), len(files))
    naming = {name: {file.file.key for file in found} for name, found in mentions.items()}
    hints: dict[tuple[int, int], list[Hint]] = defaultdict(list)
    for person in people:
        domain, city, family = domain_of(person.email), _plain(person.city), _plain(person.last_name)
        for file in folded:
            pair = (person.key, file.file.key)
            if person.user in file.file.users or person.email.casefold() in file.emails:
                hints[pair].append(Hint(Kind.OWN, person.email))
            elif domain and domain not in shared_domains:
                hints[pair] += [
                    Hint(Kind.DOMAIN, other)
                    for other in sorted(file.domains - shared_domains)
                    if same_house(domain, other)
                ]
            for name in dict.fromkeys(person.houses):
                if name in naming and name not in often and file.file.key in naming[name]:
                    hints[pair] += file.where_named(name)
            if family and family in file.family:
                hints[pair].append(Hint(Kind.FAMILY_NAME, person.last_name))
            # Alone, a town that many share says nothing; beside something else, it does.
            if city and city == file.city and (city not in cities or hints.get(pair)):
                hints[pair].append(Hint(Kind.CITY, person.city))
    found = [
        Suspicion(*pair, tuple(sorted(dict.fromkeys(given), key=lambda hint: list(Kind).index(hint.kind))))
        for pair, given in hints.items()
        if given
    ]
    found.sort(key=lambda row: (not row.strong, -len(row.hints), row.person, row.file))
    said = sorted(often) + sorted(shared_domains) + sorted({file.file.city for file in folded if file.city in cities})
    return Found(tuple(found), tuple(said))


def domain_of(email: str) -> str:
    """The domain of an address that belongs to an organisation, else nothing."""
    domain = email.rpartition("@")[2].strip().casefold()
    return "" if domain in FREE_MAIL or "." not in domain else domain


def same_house(one: str, other: str) -> bool:
    """The same domain, or one below the other."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return short.count(".") >= 1 and short not in SHARED_ENDINGS and long.endswith(f".{short}")


@lru_cache(maxsize=2048)
def searched(name: str) -> tuple[str, ...]:
    """Forms under which a place's name is looked for, folded: whole, without brackets, and what they hold.

    None when the name says only what kind of place it is. Worked out once a name, asked for each dossier.
    """
    inside = re.findall(r"\(([^()]*)\)", name)
    outside = re.sub(r"\([^()]*\)", " ", name)
    found = []
    for form in (name, outside, *inside):
        plain = _plain(form)
        telling = [word for word in plain.split() if word not in GENERIC]
        if len(plain) >= SHORTEST and telling and plain not in found:
            found.append(plain)
    return tuple(found)


def _plain(text: str) -> str:
    """Folded words with one space between, without punctuation."""
    return re.sub(r"[^\w]+", " ", normalise(text)).strip()


class _Folded:
    """A dossier's words, ready to be searched."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.emails = {email.casefold() for email in file.emails}
        self.domains = {domain for email in file.emails if (domain := domain_of(email))}
        self.city = _plain(file.city)
        self.family = _families(file.names)
        self.texts = {label: f" {_plain(text)} " for label, text in file.texts.items() if text}
        self.whole = " ".join(self.texts.values())

    def names_house(self, name: str) -> bool:
        return any(f" {form} " in self.whole for form in searched(name))

    def where_named(self, name: str) -> list[Hint]:
        forms = searched(name)
        return [
            Hint(Kind.NAMED, name, label)
            for label, text in self.texts.items()
            if any(f" {form} " in text for form in forms)
        ]


def _families(names: Iterable[str]) -> set[str]:
    """Folded family names; of a whole name, its last word too."""
    found = set()
    for name in names:
        plain = _plain(name)
        if plain:
            found |= {plain, plain.split()[-1]}
    return found
