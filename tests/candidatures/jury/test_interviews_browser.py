"""Interviews in a real browser: nothing wider than the screen, accessible, usable without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from candidatures.models import Application, InterviewNote, InterviewSlot, Jury
from clea.accounts.models import User
from tests.candidatures.jury.interviews import booked, coordinator, invited, open_slots, shortlisted
from tests.factories.jury import JurorFactory, JuryFactory, read_by

pytestmark = pytest.mark.django_db(transaction=True)

#: Between the two widths at which tests/journeys/test_selection_looks.py sees every page.
TABLET = {"width": 768, "height": 1000}


@pytest.fixture
def jury(live_server: Any) -> Jury:
    return JuryFactory()


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], live_server: Any) -> Callable[..., BrowserContext]:
    """A visitor already signed in."""

    def open_for(user: User, **options: Any) -> BrowserContext:
        client = Client()
        client.force_login(user)
        context = new_context(**options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return context

    return open_for


def entretien(application: Application) -> str:
    return reverse("applications:interview", args=[application.uuid])


def note_page(jury: Jury, application: Application) -> str:
    return reverse("jury:interview", args=[jury.call.slug, application.uuid])


@pytest.mark.looks
def test_every_page_is_accessible_and_never_wider_than_a_tablet(
    jury: Jury, enter: Callable[..., BrowserContext]
) -> None:
    chosen, choosing = shortlisted(jury, 2)
    slot, free, _left = open_slots(jury, 3)
    booked(chosen, slot)
    invited(choosing)
    juror = JurorFactory(jury=jury)
    read_by(juror, chosen, choosing)
    desk = f"/coordination/candidatures/jury/{jury.uuid}/entretiens/"
    day = timezone.localdate(slot.starts_at).isoformat()
    visits = [
        (
            coordinator(jury),
            [
                desk,
                f"{desk}creneaux/",
                f"{desk}{slot.uuid}/",
                f"{desk}{free.uuid}/",
                f"{desk}{slot.uuid}/annuler/",
                f"{desk}grille/?jour={day}",
            ],
        ),
        (chosen.owner, [chosen.get_absolute_url(), entretien(chosen)]),
        (choosing.owner, [entretien(choosing), f"{entretien(choosing)}decliner/"]),
        (juror.user, [reverse("jury:interviews", args=[jury.call.slug]), note_page(jury, chosen)]),
    ]
    for user, paths in visits:
        page = enter(user, viewport=TABLET).new_page()
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"], path
            # Preloading style sheets would ask the admin for addresses that do not exist.
            violations = Axe().run(page, options={"preload": False}).response["violations"]
            assert not violations, f"{path}: {[(v['id'], v['nodes'][0]['html']) for v in violations]}"


def test_an_artist_books_and_moves_without_a_script_from_the_keyboard(
    jury: Jury, enter: Callable[..., BrowserContext]
) -> None:
    (artist,) = shortlisted(jury)
    first, second = open_slots(jury, 2)
    invited(artist)
    page = enter(artist.owner, java_script_enabled=False).new_page()
    page.goto(artist.get_absolute_url())
    page.get_by_role("link", name="Choisir un créneau").press("Enter")
    page.get_by_role("radio").first.press("Space")
    page.get_by_role("button", name="Réserver ce créneau").press("Enter")
    expect(page.get_by_role("heading", name="Votre créneau est réservé")).to_be_visible()
    first.refresh_from_db()
    assert first.application == artist
    page.get_by_role("radio").first.press("Space")
    page.get_by_role("button", name="Changer pour ce créneau").press("Enter")
    expect(page.get_by_role("heading", name="Votre créneau est réservé")).to_be_visible()
    assert set(InterviewSlot.objects.values_list("uuid", "application")) == {
        (first.uuid, None),
        (second.uuid, artist.pk),
    }


def test_a_slot_taken_in_the_meantime_is_told_on_top_with_those_that_remain(
    jury: Jury, enter: Callable[..., BrowserContext], browser_faults: Any
) -> None:
    browser_faults.expect("status of 409")
    one, other = shortlisted(jury, 2)
    first, _second = open_slots(jury, 2)
    invited(one)
    invited(other)
    page = enter(one.owner).new_page()
    page.goto(entretien(one))
    page.get_by_role("radio").first.check()
    booked(other, first)
    page.get_by_role("button", name="Réserver ce créneau").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Quelqu'un vient de réserver ce créneau")
    expect(told).to_be_focused()
    expect(page.get_by_role("radio")).to_have_count(1)


def test_notes_are_saved_as_one_types(jury: Jury, enter: Callable[..., BrowserContext]) -> None:
    (artist,) = shortlisted(jury)
    booked(artist, open_slots(jury, 1)[0])
    juror = JurorFactory(jury=jury)
    read_by(juror, artist)
    page = enter(juror.user).new_page()
    page.goto(note_page(jury, artist))
    page.get_by_label("Vos notes").fill("Parle clair.")
    expect(page.locator("[data-save-status]")).to_contain_text("Enregistré à")
    page.get_by_label("Vos notes").press_sequentially(" Connaît le bassin.")
    expect(page.locator("[data-save-status]")).to_contain_text("Enregistré à")
    page.get_by_role("button", name="Enregistrer mes notes").click()
    expect(page.get_by_text("Vos notes sont enregistrées.")).to_be_visible()
    assert "Parle clair." in InterviewNote.objects.get().text
    assert "Connaît le bassin." in InterviewNote.objects.get().text.replace("Parle clair.", "")
