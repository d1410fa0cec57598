"""A season of residencies: from the answer of a selected artist to a commune that was met."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.journeys.committee import plain
from tests.journeys.reading import Reading
from tests.journeys.season import FEBRUARY, PHONE, SEPTEMBER, Coordination, Visitor, decided
from tests.journeys.test_selection import ink, pictures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def season(site: str, time_machine: Any) -> SimpleNamespace:
    """The fifteenth of September, nine o'clock; the offer is accepted, nothing is open."""
    from tests.factories.residencies import moment

    time_machine.move_to(moment(SEPTEMBER, "09:00"))
    return decided()


@pytest.mark.smoke
def test_a_whole_season(season, signed_in, new_context, smtp_server, browser_faults, time_machine, tmp_path) -> None:
    browser_faults.expect(r"status of 422")
    from clea.accounts.models import User
    from residencies.models import Activity, Event, Residency, Session
    from tests.factories.residencies import ActivityFactory, SessionFactory, moment
    from tests.residencies.test_events import an_event, register

    desk = Coordination(signed_in(season.desk).new_page(), season.desk)
    school, library = season.school, season.places["Médiathèque du Coron"]

    # One act opens the residency, with its dates, its documents, its axes; the artist knows at once.
    desk.page.goto("/coordination/residencies/residency/ouvrir/")
    desk.press("Ouvrir la résidence : Lou Terril")
    desk.told("La résidence de Lou Terril est ouverte")
    lou = Residency.objects.get(artist_name="Lou Terril")
    expect(desk.page.get_by_role("rowheader", name="Phase 1")).to_be_visible()
    mailbox = Visitor(desk.page, smtp_server, email=season.owner.email)
    assert "/ma-residence/" in mailbox.last_message("résidence").text

    # Its name is public already: so may its page be, and teams may wish for it.
    desk.follow("Publier la page")
    desk.press("Publier la page")
    desk.told("La page est publiée.")

    # The contract: drafted from the territory's text, read, issued, sent, signed by one then by the other.
    desk.part("Contrat")
    desk.issue("Rédiger le contrat")
    contract = Reading(desk.pdf("Lire le PDF émis"))
    assert "Lou Terril" in plain(contract.texts[0])
    assert re.search("5 (octobre 2026 )?au .*9 octobre 2026", plain(" ".join(contract.texts)))
    for _party in range(2):
        signature = desk.unfold("Noter la signature")
        signature.get_by_label("Signé le").fill("15/09/2026")
        signature.get_by_role("button", name="Noter", exact=True).click()
        desk.told(re.compile("Signature notée|est signé par toutes les parties"))
    expect(desk.page.locator(".desk-state")).to_contain_text("Signé le mardi 15 septembre 2026")

    # The 27e heure is announced. A professional whom nobody ever saw comes in with a code, on a phone.
    event = an_event(season.desk, lou, residencies=[lou, season.other])
    register(event, library, wishes=[lou, season.other])
    noa = Visitor(new_context(viewport=PHONE).new_page(), smtp_server, email="noa.riviere@ecole.test")
    assert not User.objects.filter(email=noa.email).exists()
    noa.page.goto("/ma-structure/")
    noa.sign_in()
    expect(noa.page.get_by_role("heading", level=1)).to_have_text("École du Rivage")
    noa.page.get_by_role("link", name="S'inscrire", exact=True).click()
    noa.assert_fits("La 27e heure")
    noa.page.get_by_label("Nom de la personne qui inscrit").fill("Noa Rivière")
    noa.page.get_by_label("Souhait n° 1").select_option(label="Lou Terril")
    noa.press("Inscrire ma structure")
    expect(noa.page.get_by_role("heading", name="Votre inscription")).to_be_visible()

    # Who meets whom is computed, read, kept, told to each.
    desk.page.goto(f"/coordination/residencies/event/{Event.objects.get().uuid}/rendez-vous/")
    desk.follow("Calculer les rendez-vous")
    expect(desk.page.get_by_text("3 rendez-vous seraient placés")).to_be_visible()
    desk.press("Garder cet horaire")
    desk.told("3 rendez-vous placés.")
    desk.follow("Annoncer 4 horaires")
    desk.press("Envoyer")
    desk.told("4 horaires envoyés.")
    assert "Lou Terril" in noa.last_message("rendez-vous").text
    noa.page.reload()
    expect(noa.page.get_by_role("row").filter(has_text="Lou Terril")).to_be_visible()

    # The school wishes for Lou, on the same phone.
    noa.page.get_by_role("navigation", name="Pages de cet espace").get_by_role("link", name="Souhaits").click()
    noa.page.get_by_role("link", name=re.compile("^Faire un souhait pour")).click()
    noa.answer("Avec quel artiste", "Lou Terril")
    noa.answer("Sous quelle forme", "geste artistique")
    noa.page.get_by_label("Pour qui").fill("la classe de CM1")
    noa.page.get_by_label("Ce public est surtout fait de").select_option(label="élèves de maternelle et d'élémentaire")
    noa.answer("Sur quel temps", "temps scolaire")
    noa.page.get_by_label("Combien de personnes, environ").fill("24")
    noa.page.get_by_label("Qu'en attendez-vous").fill("Dessiner le chemin de l'école.")
    noa.assert_fits(re.compile("souhait", re.IGNORECASE))
    noa.press("Envoyer mon souhait")
    noa.told("Votre souhait est envoyé.")

    # The coordination reads what it would bring to the territory, and makes it an activity.
    desk.page.goto("/coordination/")
    desk.page.get_by_role("link", name=re.compile("souhaits? de structures? à étudier", re.IGNORECASE)).first.click()
    desk.page.get_by_role("link", name=re.compile("École du Rivage")).first.click()
    effect = desk.page.get_by_role("row").filter(has=desk.page.get_by_role("rowheader", name="Lou Terril"))
    expect(effect).to_contain_text("Rivage-sur-Deûle n'a jamais été rencontrée")
    expect(effect).to_contain_text("0 / 20")
    desk.follow("En faire une activité")
    desk.typed("Titre de l'activité", "Le chemin de l'école")
    desk.press("Créer l'activité")
    desk.told("« Le chemin de l'école » commence")
    noa.last_message("Votre souhait est retenu")
    desk.page.get_by_label("intention").fill("Dessiner ensemble le trajet de chacun.")
    desk.press("Enregistrer le texte")
    desk.told("Le texte est enregistré.")
    activity = Activity.objects.get(title="Le chemin de l'école")

    # A moment that breaks two rules is refused, with what is free instead; a reason passes over the one that stays.
    busy = ActivityFactory(residency=lou, structure=library, title="Lectures dessinées")
    SessionFactory(activity=busy, on=FEBRUARY, at="10:00")
    desk.part("Séances")
    desk.follow("Placer une séance")
    desk.when(FEBRUARY, "10:30", "11:30")
    desk.typed("élèves de maternelle et d'élémentaire", "24")
    desk.press("Placer la séance")
    expect(desk.page.get_by_text("Lou Terril est déjà à autre chose à ce moment.")).to_be_visible()
    expect(desk.page.get_by_text("École du Rivage ne reçoit pas ce jour-là.")).to_be_visible()
    free = desk.page.get_by_role("region", name="Moments libres").get_by_role("button")
    expect(free.first).to_be_visible()
    assert "mardi 2 février" not in plain(" ".join(free.all_inner_texts()))
    desk.when(FEBRUARY, "14:00", "15:30")
    desk.press("Placer la séance")
    expect(desk.page.locator(".plan-warning")).to_have_count(1)
    assert not activity.sessions.exists()
    desk.page.get_by_label("Pourquoi passer outre").fill("La directrice ouvre la classe pour l'occasion.")
    desk.press("Placer la séance")
    expect(desk.page.locator(".messagelist")).to_be_visible()
    session = Session.objects.get(activity=activity)
    assert session.waivers.get().reason == "La directrice ouvre la classe pour l'occasion."
    expect(desk.page.get_by_role("rowheader", name=re.compile("2 février 2027"))).to_be_visible()

    # The agreement: issued, sent to the team, looked at as it prints, signed.
    desk.part("Convention")
    desk.issue("Rédiger la convention")
    content = desk.pdf("Lire le PDF émis")
    agreement = Reading(content)
    said = plain(" ".join(agreement.texts))
    for words in ("Le chemin de l'école", "Lou Terril", "École du Rivage", "mardi 2 février 2027", "Dessiner ensemble"):
        assert words in said, words
    assert agreement.pdf.Root.MarkInfo.Marked
    assert str(agreement.pdf.Root.Lang) == "fr"
    assert all(0.0005 < ink(picture) < 0.3 for picture in pictures(content, tmp_path))
    noa.last_message("onvention")
    desk.unfold("Tout le monde a signé").get_by_role("button", name="Noter toutes les signatures").click()
    desk.told("est signé par toutes les parties.")

    # Before anything took place, nobody is met.
    coverage = f"/coordination/residencies/residency/{lou.uuid}/couverture/"
    everywhere = f"/coordination/residencies/residency/saison/{season.season.uuid}/couverture/"
    town = f"#commune-{school.commune.slug}"
    desk.page.goto(everywhere)
    expect(desk.page.locator(town)).to_contain_text("jamais rencontrée, prévue cette saison")
    desk.page.goto(coverage)
    expect(desk.page.locator(".cover-gauge__words")).to_contain_text("0 structure différente rencontrée, sur 20")

    # The evening of the session: each says it from a phone, with a number of their own.
    time_machine.move_to(moment(FEBRUARY, "18:00"))
    artist = Visitor(signed_in(season.owner, viewport=PHONE).new_page(), smtp_server, email=season.owner.email)
    artist.page.goto("/ma-residence/")
    artist.page.get_by_role("link", name="Confirmer 2 séances").click()
    artist.page.get_by_role("link", name=re.compile("^Confirmer : Le chemin de l'école")).click()
    artist.assert_fits("Le chemin de l'école")
    artist.confirm(24)
    expect(artist.page.get_by_role("heading", name="Ce que vous avez confirmé")).to_be_visible()
    team = User.objects.get(email=noa.email)
    noa = Visitor(signed_in(team, viewport=PHONE).new_page(), smtp_server, email=noa.email)
    noa.page.goto("/ma-structure/")
    noa.page.get_by_role("link", name="Confirmer", exact=True).click()
    noa.assert_fits("Le chemin de l'école")
    noa.confirm(21)
    expect(noa.page.get_by_role("heading", name="Ce que vous avez confirmé")).to_be_visible()

    # They differ: the coordination sees it first thing, and settles.
    desk = Coordination(signed_in(season.desk).new_page(), season.desk)
    desk.page.goto("/coordination/")
    desk.page.get_by_role(
        "link", name=re.compile("séance sur laquelle les confirmations diffèrent", re.IGNORECASE)
    ).click()
    desk.follow("Le chemin de l'école")
    expect(desk.page.get_by_text("Les confirmations diffèrent")).to_be_visible()
    desk.page.get_by_role("button", name="Retenir celle-ci").last.click()
    desk.told("C'est tranché : cette confirmation fait foi.")
    expect(desk.page.locator(".desk-state")).to_contain_text(re.compile(r"Présences\s*: 21"))

    # One structure is met, one commune more.
    desk.page.goto(coverage)
    expect(desk.page.locator(".cover-gauge__words")).to_contain_text("1 structure différente rencontrée, sur 20")
    desk.page.goto(everywhere)
    expect(desk.page.locator(town)).to_contain_text("dont 1 rencontrée")
    expect(desk.page.locator(town)).not_to_contain_text("jamais rencontrée")
    call_command("verify_journal", stdout=io.StringIO())


def test_without_javascript_an_artist_plans_and_a_team_confirms(
    signed_in, smtp_server, browser_faults, time_machine
) -> None:
    browser_faults.expect(r"status of 422")
    from django.utils import timezone

    from residencies.models import Audience, Session
    from tests.factories.residencies import (
        ActivityFactory,
        ResidencyFactory,
        SessionFactory,
        artist_of,
        member_of,
        moment,
    )  # fmt: skip
    from tests.residencies.planning import place, signed

    time_machine.move_to(moment(FEBRUARY, "18:00"))
    residency = signed(ResidencyFactory(artist_name="Lou Terril"))
    house = place(residency, "Médiathèque du Coron", members=1)
    activity = ActivityFactory(residency=residency, structure=house, title="Lectures dessinées")
    held = SessionFactory(activity=activity, on=FEBRUARY, at="10:00")
    Audience.objects.create(session=held, category="primary", expected=24)

    # The team is not complete: the artist may pass over it, and says why.
    lou = Visitor(signed_in(artist_of(residency), java_script_enabled=False).new_page(), smtp_server)
    lou.page.goto(f"/ma-residence/{residency.uuid}/activites/{activity.uuid}/")
    lou.page.get_by_role("link", name="Placer une séance").click()
    for name, value in (("Jour", "2027-02-04"), ("De", "14:00"), ("À", "15:30")):
        lou.page.get_by_label(name, exact=True).fill(value)
    lou.press("Placer la séance")
    alert = lou.page.get_by_role("region", name="Une alerte")
    expect(alert).to_contain_text("Médiathèque du Coron n'a pas encore d'équipe complète.")
    lou.page.get_by_label("Pourquoi passer outre").fill("Une seconde personne arrive en mars.")
    lou.press("Placer la séance")
    planned = Session.objects.exclude(pk=held.pk).get()
    assert timezone.localtime(planned.starts_at).isoformat(timespec="minutes")[:16] == "2027-02-04T14:00"
    expect(lou.page.get_by_role("link", name=re.compile("4 février 2027")).first).to_be_visible()

    # Someone of the team says what took place; a number that is none comes back with the rest of what was typed.
    team = Visitor(signed_in(member_of(house), java_script_enabled=False, viewport=PHONE).new_page(), smtp_server)
    team.page.goto(f"/ma-structure/{house.uuid}/confirmer/")
    team.page.get_by_role("link", name=re.compile("^Confirmer : Lectures dessinées")).click()
    team.page.get_by_label("Ce qu'il faut savoir").fill("Un beau silence.")
    team.confirm(-3)
    expect(team.page.locator("[data-error-summary]")).to_contain_text("ne peut pas être négatif")
    expect(team.page.get_by_label("Ce qu'il faut savoir")).to_have_value("Un beau silence.")
    team.confirm(22)
    team.told("Rien à confirmer")
    held.refresh_from_db()
    assert held.state == "held"
