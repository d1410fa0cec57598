"""The pages about traces: at the desk, in the artist's space, in public; a person's consent; the press kit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Season
from clea.ui import limits
from residencies.admin.traces import desk_items
from residencies.models import Consent, Picture, Production, Residency
from residencies.services import consents, pictures
from residencies.views.public import press_kits
from tests.factories import traces as make
from tests.factories.residencies import ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(
        published_at=timezone.now(),
        presentation="Une compagnie qui **écoute**.",
        presentation_en="A company that listens.",
    )


@pytest.fixture
def desk(residency: Residency, client: Client) -> Client:
    client.force_login(CoordinatorFactory(territory=residency.territory))
    return client


@pytest.fixture
def studio(residency: Residency, client: Client) -> Client:
    client.force_login(artist_of(residency))
    return client


def at(residency: Residency, name: str, *args: Any) -> str:
    return reverse(f"admin:residencies_residency_{name}", args=[residency.uuid, *args])


def text(response: Any) -> str:
    return response.content.decode()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# Pictures ---------------------------------------------------------------------------------------


def test_a_picture_answers_only_while_it_is_published_and_everyone_agrees(residency: Residency, client: Client) -> None:
    row = make.consent(residency)
    shown = make.picture(residency, consents=[row], is_published=True)
    answer = client.get(shown.small_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert answer.content.startswith(b"petite.jpg")
    assert client.get(shown.small_url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(shown.url).content.startswith(b"grande.jpg")
    assert client.get(shown.url.replace(".jpg", ".png")).status_code == 404
    consents.withdraw(by=None, consent=row)
    assert client.get(shown.small_url).status_code == 404
    assert client.get(shown.url).status_code == 404
    for who, status in ((artist_of(residency), 200), (CoordinatorFactory(), 404)):
        client.force_login(who)
        answer = client.get(shown.small_url)
        assert answer.status_code == status
        if status == 200:
            assert answer["Cache-Control"] == "private, no-store"


def test_a_picture_in_public_is_one_query(residency: Residency, client: Client, django_assert_num_queries: Any) -> None:
    shown = make.picture(residency, shows_people=False, is_published=True)
    with django_assert_num_queries(1):
        assert client.get(shown.small_url).status_code == 200


# The public page and the kit ----------------------------------------------------------------------


def test_the_page_of_a_residency_shows_what_it_left(residency: Residency, client: Client) -> None:
    row = make.consent(residency)
    make.testimony(residency, consent=row, is_published=True)
    make.testimony(residency, text="Pas encore publié", consent=row)
    make.picture(residency, consents=[row], is_published=True)
    make.production(residency, is_published=True, url="https://exemple.test/voix")
    page = text(client.get(residency.get_absolute_url()))
    for said in ("On a écouté le terril respirer.", "une habitante de Liévin", "Voix de la fosse 9", "-petite.jpg"):
        assert said in page
    assert "Pas encore publié" not in page
    assert "Odile" not in page
    assert reverse("residencies:press_kit", args=[residency.slug]) in page
    consents.withdraw(by=None, consent=row)
    page = text(client.get(residency.get_absolute_url()))
    assert "terril respirer" not in page
    assert "-petite.jpg" not in page


def kit_of(residency: Residency, client: Client) -> dict[str, bytes]:
    answer = client.get(reverse("residencies:press_kit_zip", args=[residency.slug]))
    assert answer.status_code == 200
    assert f'filename="dossier-de-presse-{residency.slug}.zip"' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.testzip() is None
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def test_the_kit_holds_texts_pictures_and_whose_they_are(residency: Residency, client: Client) -> None:
    press, site = make.consent(residency, in_press=True), make.consent(residency)
    given = make.picture(
        residency, consents=[press], is_published=True, in_kit=True, caption="Écoute ! l'été, à Liévin/Lens"
    )
    make.picture(residency, consents=[press, site], is_published=True, in_kit=True, alt="Sans accord de presse")
    make.testimony(residency, consent=press, is_published=True)
    make.testimony(residency, text="Pour le site seul", consent=site, is_published=True)
    files = kit_of(residency, client)
    assert set(files) == {
        "textes/reperes.txt",
        "textes/agenda.txt",
        "textes/presentation.txt",
        "textes/presentation-en.txt",
        "notice.txt",
        "notice.html",
        "images/01-ecoute-lete-a-lievinlens.jpg",
    }
    assert files["images/01-ecoute-lete-a-lievinlens.jpg"].startswith(b"grande.jpg")
    for name in ("notice.txt", "notice.html"):
        notice = files[name].decode("utf-8-sig")
        for said in (given.alt, given.credit, given.rights, "terril respirer"):
            assert said in notice
        assert "Pour le site seul" not in notice
        assert "Sans accord" not in notice
    assert "A company that listens." in files["textes/presentation-en.txt"].decode("utf-8-sig")
    assert residency.artist_name in files["textes/reperes.txt"].decode("utf-8-sig")
    page = text(client.get(reverse("residencies:press_kit", args=[residency.slug])))
    assert given.rights in page
    assert "Sans accord" not in page
    consents.withdraw(by=None, consent=press)
    assert not [name for name in kit_of(residency, client) if name.startswith("images/")]


def test_a_kit_is_of_an_announced_residency_and_not_without_end(
    residency: Residency, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, archive = (reverse(f"residencies:press_kit{x}", args=[residency.slug]) for x in ("", "_zip"))
    with monkeypatch.context() as patched:
        patched.setattr(press_kits, "LIMIT", limits.Limit("tests", "press_kit", "1/h/ip", ""))
        assert [client.get(archive).status_code for _n in range(2)] == [200, 429]
    assert client.get(archive).status_code == 200
    Residency.objects.update(published_at=None)
    assert client.get(page).status_code == 404
    assert client.get(archive).status_code == 404


# A person's consent -------------------------------------------------------------------------------


def test_a_person_sees_what_is_covered_and_withdraws_it_by_a_link(residency: Residency, client: Client) -> None:
    row = make.consent(residency, person="Léo D.", guardian="Rose D.")
    make.testimony(residency, consent=row, is_published=True)
    online = make.picture(residency, consents=[row], is_published=True)
    offline = make.picture(residency, consents=[row], alt="Pas en ligne")
    page = reverse("residencies:consent", args=[consents.token(row)])
    shown = client.get(page)
    assert shown["Cache-Control"] == "private, no-store"
    assert shown["X-Robots-Tag"] == "noindex"
    for said in ("Léo D.", "terril respirer", online.small_url, offline.alt, "Retirer mon accord"):
        assert said in text(shown)
    assert offline.small_url not in text(shown)
    assert client.get(page.replace(":", "x")).status_code == 404
    Season.objects.update(closed_at=timezone.now())
    done = client.post(page, follow=True)
    assert "Cet accord est retiré" in text(done)
    assert "Retirer mon accord" not in text(done)
    row.refresh_from_db()
    assert row.withdrawn_at is not None


# The desk -----------------------------------------------------------------------------------------


def test_nothing_is_offered_to_add_in_a_closed_season(residency: Residency, desk: Client) -> None:
    assert "Ajouter un témoignage" in text(desk.get(at(residency, "traces")))
    Season.objects.update(closed_at=timezone.now())
    page = text(desk.get(at(residency, "traces")))
    assert "Ajouter" not in page
    assert "Noter un accord" not in page


def test_the_desk_notes_a_consent_then_publishes_what_it_covers(residency: Residency, desk: Client) -> None:
    words = make.testimony(residency)
    page = text(desk.get(at(residency, "traces")))
    assert "Notez d'abord l&#x27;accord" in page or "Notez d&#x27;abord l&#x27;accord" in page
    facts = {
        "person": "Odile Terrier",
        "email": "odile@exemple.test",
        "form": "paper",
        "on_site": "on",
        "given_on": "2026-10-07",
        "proof": make.paper(),
    }
    wrong = desk.post(at(residency, "consent_add"), facts | {"given_on": "2150-01-01"})
    assert "une fois donné" in text(wrong)
    facts["proof"] = make.paper()
    assert desk.post(at(residency, "consent_add"), facts).status_code == 302
    row = Consent.objects.get()
    change = at(residency, "trace", "temoignages", words.uuid)
    form = desk.get(change).context["form"]
    data = {"text": words.text, "signature": words.signature, "consent": row.pk, "seen": form["seen"].value()}
    assert desk.post(change, data).status_code == 302
    act = at(residency, "trace_act", "temoignages", words.uuid)
    desk.post(act, {"act": "publish"})
    words.refresh_from_db()
    assert words.is_published
    assert "en ligne" in text(desk.get(at(residency, "traces")))
    assert desk.post(act, {"act": "remove"}).status_code == 404
    assert "terril respirer" in text(desk.get(at(residency, "consent", row.uuid)))
    desk.post(at(residency, "consent_withdraw", row.uuid))
    words.refresh_from_db()
    assert not words.is_published
    assert "retiré" in text(desk.get(at(residency, "consent", row.uuid)))


def test_the_desk_adds_a_picture_and_gives_it_to_the_press(residency: Residency, desk: Client) -> None:
    row = make.consent(residency, in_press=True)
    facts = {"alt": "Le terril", "credit": "A. T.", "rights": "libre", "shows_people": "on", "consents": [row.pk]}
    assert "Choisissez l" in text(desk.post(at(residency, "trace_add", "images"), facts))
    refused = desk.post(at(residency, "trace_add", "images"), facts | {"upload": make.paper()})
    assert "JPEG" in text(refused)
    assert desk.post(at(residency, "trace_add", "images"), facts | {"upload": make.photo()}).status_code == 302
    found = Picture.objects.get()
    for act in ("publish", "put_in_kit"):
        desk.post(at(residency, "trace_act", "images", found.uuid), {"act": act})
    found.refresh_from_db()
    assert (found.is_published, found.in_kit) == (True, True)
    remove = at(residency, "trace_remove", "images", found.uuid)
    assert "Retirez-le d" in text(desk.get(remove))
    for act in ("unpublish", "take_from_kit"):
        desk.post(at(residency, "trace_act", "images", found.uuid), {"act": act})
    desk.post(remove)
    assert not Picture.objects.exists()


def test_what_belongs_to_the_whole_season_has_its_own_pages(residency: Residency, desk: Client) -> None:
    def there(name: str, *args: Any) -> str:
        return reverse(f"admin:residencies_season_{name}", args=[residency.season.uuid, *args])

    assert (
        desk.post(
            there("trace_add", "productions"), {"kind": "book", "title": "Le recueil", "qualifier": "exact"}
        ).status_code
        == 302
    )
    row = Production.objects.get()
    assert row.residency is None
    assert "Le recueil" in text(desk.get(there("traces")))
    assert "Le recueil" not in text(desk.get(at(residency, "traces")))
    assert desk.get(at(residency, "trace", "productions", row.uuid)).status_code == 404
    assert desk.get(there("trace_add", "autre-chose")).status_code == 404


def test_the_desk_hears_of_what_waits_and_of_what_nobody_sees(residency: Residency, rf: Any) -> None:
    request = rf.get("/")
    request.user = CoordinatorFactory(territory=residency.territory)
    artist = artist_of(residency)
    make.testimony(residency)
    assert desk_items(request) == []
    make.production(residency, made_by=artist)
    make.testimony(residency, made_by=artist, consent=make.consent(residency, withdrawn_at=timezone.now()))
    over = make.consent(residency, ends_on=timezone.localdate() - timedelta(days=1), given_on=make.GIVEN_ON)
    make.testimony(residency, consent=over, is_published=True)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        items = desk_items(request)
    assert len(asked) == 1
    assert [(item.count, item.urgency) for item in items] == [(1, "soon"), (1, "info")]


# The artist's space -------------------------------------------------------------------------------


def test_an_artist_adds_changes_and_removes_what_is_not_published(residency: Residency, studio: Client) -> None:
    def here(name: str, *args: Any) -> str:
        return reverse(f"studio:{name}", args=[residency.uuid, *args])

    add = here("trace_add", "productions")
    assert studio.post(add, {"kind": "video", "title": "", "qualifier": "exact"}).status_code == 422
    assert studio.post(add, {"kind": "video", "title": "Fosse 9", "qualifier": "exact"}).status_code == 302
    row = Production.objects.get()
    change = here("trace", "productions", row.uuid)
    seen = studio.get(change).context["form"]["seen"].value()
    data = {"kind": "video", "title": "Fosse 10", "qualifier": "exact", "seen": seen}
    assert studio.post(change, data).status_code == 302
    stale = studio.post(change, data | {"title": "Fosse 11"})
    assert stale.status_code == 422
    assert "Fosse 11" in text(stale)
    assert "Fosse 10" in text(studio.get(here("traces")))
    Production.objects.update(is_published=True)
    assert studio.get(change).status_code == 409
    Production.objects.update(is_published=False)
    assert studio.post(here("trace_remove", "productions", row.uuid)).status_code == 302
    assert not Production.objects.exists()


def test_an_artist_sends_a_picture_and_never_chooses_a_consent(residency: Residency, studio: Client) -> None:
    add = reverse("studio:trace_add", args=[residency.uuid, "images"])
    row = make.consent(residency)
    facts = {"alt": "Le terril", "credit": "A. T.", "rights": "libre", "shows_people": "on", "consents": [row.pk]}
    answer = studio.post(add, facts | {"upload": make.paper("photo.jpg")})
    assert answer.status_code == 422
    assert "n&#x27;est pas une image" in text(answer)
    # The browser forgets the picture when another answer sends the page back: it is asked for at once.
    assert "Choisissez l&#x27;image" in text(studio.post(add, facts | {"alt": "", "upload": make.photo()}))
    assert studio.post(add, facts | {"upload": make.photo()}).status_code == 302
    assert Picture.objects.get().consents.count() == 0
    assert "Odile" not in text(studio.get(add))
    pictures.remove(by=artist_of(residency), picture=Picture.objects.get())


# Queries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["traces", "studio", "public", "press_kit"])
def test_no_page_asks_more_for_more_rows(residency: Residency, client: Client, page: str) -> None:
    client.force_login(artist_of(residency) if page == "studio" else CoordinatorFactory(territory=residency.territory))
    addresses: dict[str, Callable[[], str]] = {
        "traces": lambda: at(residency, "traces"),
        "studio": lambda: reverse("studio:traces", args=[residency.uuid]),
        "public": residency.get_absolute_url,
        "press_kit": lambda: reverse("residencies:press_kit", args=[residency.slug]),
    }

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(addresses[page]()).status_code == 200
        return len(queries)

    def more(count: int) -> None:
        for _ in range(count):
            row = make.consent(residency, in_press=True)
            make.testimony(residency, consent=row, is_published=True)
            make.picture(residency, consents=[row], is_published=True, in_kit=True)
            make.production(residency, is_published=True)

    more(3)
    asked()
    few = asked()
    more(27)
    assert asked() == few
