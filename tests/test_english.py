"""The site in English: what a reader who chose it sees, and what keeps a message out of reach.

``scripts/check_messages.py`` holds the catalogues against what makemessages finds; here, pages are
read as an English reader gets them, and the sources are held to what makemessages can find.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from candidatures.models import Application, Call
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.candidatures import ApplicationFactory, CallFactory, ContactMessageFactory, PieceRequestFactory
from tests.factories.structures import StructureFactory, TerritoryFactory

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("clea", "structures", "candidatures", "residencies")
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
FINDABLE = SINGLE | PLURAL | IN_CONTEXT
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
READ_ALOUD = {"aria-label", "alt", "placeholder", "title"}
# Words of the interface that no English sentence holds.
FRENCH = re.compile(
    r"\b(vous|votre|vos|nous|dossiers?|candidat\w*|candidatures?|déposer|dépôts?|pièces?|appels?|saison|enregistr\w+"
    r"|modifier|retirer|ouvrir|voir|aucune?|il manque|accueil|courriel|une|les|des|est|sont|avec|dans|jours?|heures?"
    r"|(lun|mar|mercre|jeu|vendre|same)di|dimanche|janvier|février|avril|mai|juin|juillet|août|septembre|octobre"
    r"|novembre|décembre)\b|[«»]",
    re.IGNORECASE,
)


class Words(HTMLParser):
    """The text of a page that is not marked as French: what an English voice would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = [("", "")]
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang") or self.open[-1][1]
        if not language.startswith("fr"):
            self.found += [value for name, value in attrs if name in READ_ALOUD and value]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index][0] == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        tag, language = self.open[-1]
        if not language.startswith("fr") and tag not in {"script", "style"}:
            self.found.append(data)


def french_left(client: Client, url: str, *, names: tuple[str, ...] = ()) -> list[str]:
    """What reads as French on ``url`` for someone who chose English; ``names`` are proper names."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    page = response.content.decode()
    assert '<html lang="en"' in page
    words = Words()
    words.feed(page)
    texts = [" ".join(text.split()) for text in words.found]
    for name in names:
        texts = [text.replace(name, "") for text in texts]
    return [text for text in texts if FRENCH.search(text)]


@pytest.fixture
def call() -> Call:
    """A call whose coordinator wrote in English what an artist's form shows."""
    call = CallFactory(complete=True, title_en="Five residencies", summary_en="Five residencies to create together.")
    call.criteria.update(text_en="I meet this condition.")
    call.pieces.filter(title_en="").update(title_en="Works")
    return call


@pytest.fixture
def draft(call: Call) -> Application:
    return ApplicationFactory(call=call, artist_name="Elan", applies_elsewhere=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["home", "calls:list", "accessibility", "legal", "privacy", "ecodesign", "site_map", "account_login"]
)
def test_the_public_pages_are_in_english(client: Client, call: Call, name: str) -> None:
    del call
    # The Défenseur des droits has no English name.
    assert french_left(client, reverse(name), names=("Défenseur des droits",)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("moment", [{}, {"closed": True}, {"upcoming": True}], ids=["open", "closed", "upcoming"])
def test_a_call_is_in_english_or_says_that_it_is_not(client: Client, moment: dict[str, Any]) -> None:
    call = CallFactory(complete=True, title_en="Residencies", summary_en="To create together.", **moment)
    assert french_left(client, call.get_absolute_url()) == []


@pytest.mark.django_db
def test_the_territory_is_in_english(client: Client) -> None:
    territory = TerritoryFactory(name="Terrils", short_name="Terrils", slug="terrils")
    venue = StructureFactory(territory=territory, name="Le Hangar")
    for url in (reverse("territory:index", args=["terrils"]), reverse("territory:directory", args=["terrils"])):
        kinds = tuple(text for kind in venue.kinds.all() for text in (kind.label, kind.plural))
        assert french_left(client, url, names=(*kinds, venue.commune.name if venue.commune else "")) == []


@pytest.mark.django_db
def test_an_artist_fills_and_files_in_english(client: Client, draft: Application) -> None:
    client.force_login(draft.owner)
    urls = [reverse("applications:list"), draft.get_absolute_url()]
    urls += [reverse(f"applications:{name}", args=[draft.uuid]) for name in ("review", "team", "withdraw")]
    page = client.get(draft.get_absolute_url())
    urls += [section.url for section in page.context["tasks"].sections]
    assert len(urls) > 12
    assert {url: left for url in urls if (left := french_left(client, url))} == {}


@pytest.mark.django_db
def test_a_filed_application_is_in_english(client: Client, call: Call) -> None:
    application = ApplicationFactory(call=call, submitted=True, artist_name="Elan")
    asked = PieceRequestFactory(application=application, message="Please send it again.")
    client.force_login(application.owner)
    deposit = application.deposits.get()
    urls = [
        application.get_absolute_url(),
        reverse("applications:deposit", args=[application.uuid, deposit.number]),
        reverse("applications:request", args=[application.uuid, asked.uuid]),
    ]
    assert {url: left for url in urls if (left := french_left(client, url))} == {}


@pytest.mark.django_db
def test_the_coordination_works_in_english(client: Client, call: Call) -> None:
    application = ApplicationFactory(call=call, submitted=True, artist_name="Elan")
    ContactMessageFactory(call=call, text="May I apply from Belgium?")
    client.force_login(AdministratorFactory())
    names = (call.title, str(call.season.programme))
    for name in ("application", "call", "contactmessage", "extension"):
        assert french_left(client, reverse(f"admin:candidatures_{name}_changelist"), names=names) == []
    assert french_left(client, reverse("admin:index"), names=names) == []
    del application


def test_an_account_without_a_language_of_its_own_follows_the_browser(client: Client, db: None) -> None:
    client.force_login(UserFactory())
    page = client.get(reverse("accessibility"), HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.9").content.decode()
    assert "Accessibility statement" in page


def test_nothing_takes_the_singular_in_french() -> None:
    """A French msgid without its plurals would follow English's rule, and write "0 dossiers"."""
    with translation.override("fr"):
        said = ngettext("%(n)s dossier déposé", "%(n)s dossiers déposés", 0)
    assert said == "%(n)s dossier déposé"


def calls_of_gettext() -> Iterator[tuple[str, str, ast.Call]]:
    for path in (path for name in SOURCES for path in sorted((ROOT / name).rglob("*.py"))):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if name in FINDABLE:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name, node


def test_each_message_of_the_code_has_its_english() -> None:
    """As the program says it, escapes resolved: gettext's tools read ``\\xa0`` as nothing at all."""
    catalogue = polib.pofile(str(ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    known = {entry.msgid for entry in catalogue if entry.translated()}
    missing = []
    for where, name, node in calls_of_gettext():
        argument = node.args[1 if name in IN_CONTEXT else 0]
        message = argument.value if isinstance(argument, ast.Constant) else None
        if message not in known:
            missing.append((where, message))
    assert missing == []


def test_gettext_keeps_a_name_that_makemessages_knows() -> None:
    renamed = [
        (str(path.relative_to(ROOT)), alias.asname)
        for name in SOURCES
        for path in sorted((ROOT / name).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname not in {None, "_"}
    ]
    assert renamed == []
