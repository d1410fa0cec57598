"""Every page of a selection, as jurors, artists and the coordination meet it: valid, accessible in light and dark,
fit for a phone.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.eyes import Eyes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.looks]


@pytest.fixture
def room(site: str) -> SimpleNamespace:
    """Four members and a substitute, six dossiers read by two of them, but for one dossier and one reader."""
    from candidatures.enums import Advice
    from candidatures.models import DiscussionComment
    from candidatures.services.jury import letters
    from tests.candidatures.jury.sessions import committee, substitute
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory
    from tests.factories.jury import JurorFactory, RecusalFactory, ReviewFactory, read_by

    room = committee(members=4, dossiers=5)
    jury, jurors = room.jury, room.jurors
    whole = ApplicationFactory(
        call=room.call, submitted=True, state="eligible", practice=f"Je travaille avec {room.homes[1].name}."
    )
    room.dossiers = [whole, *room.dossiers]
    room.substitute = substitute(room)
    room.newcomer = JurorFactory(jury=jury, institution=room.homes[0], joined_at=None, user=UserFactory())
    room.desk = f"/coordination/candidatures/jury/{jury.uuid}/"
    room.space = f"/jury/{room.call.slug}/"
    for rank, dossier in enumerate(room.dossiers[1:]):
        for juror in jurors[1:3]:
            ReviewFactory(
                juror=juror,
                application=dossier,
                notes=[5 - rank % 3, 1 + rank],
                advice=Advice.FAVOURABLE if juror == jurors[1] else Advice.UNFAVOURABLE,
                comment="Une démarche **sincère**, à entendre.",
            )
    read_by(jurors[1], whole)
    ReviewFactory(juror=jurors[3], application=room.dossiers[1], notes=[3], draft=True, private_notes="À relire.")
    RecusalFactory(juror=jurors[0], application=room.dossiers[2])
    DiscussionComment.objects.create(
        application=room.dossiers[1], juror=jurors[2], author=jurors[2].user, text="Entendons-la."
    )
    letters.seed_rules(by=room.by, jury=jury)
    return room


@pytest.fixture
def shortlisted(room: SimpleNamespace) -> SimpleNamespace:
    """Three dossiers are received: one has booked, one chooses, one is over."""
    from candidatures.enums import ApplicationState
    from candidatures.models import InterviewNote
    from tests.candidatures.jury.decided import place
    from tests.candidatures.jury.interviews import booked, invited, open_slots, tomorrow

    room.dossiers[1:4] = [place(row, ApplicationState.SHORTLISTED) for row in room.dossiers[1:4]]
    room.slots = open_slots(room.jury, 4)
    booked(room.dossiers[1], room.slots[0])
    invited(room.dossiers[2])
    (room.held,) = open_slots(room.jury, 1, start=tomorrow(days=-1), remote=True)
    booked(room.dossiers[3], room.held)
    InterviewNote.objects.create(application=room.dossiers[3], author=room.by, text="Très claire sur la mission.")
    return room


@pytest.fixture
def settled(shortlisted: SimpleNamespace, smtp_server: Any) -> SimpleNamespace:
    """Decided: two retained, two in reserve, two declined; minutes made; letters sent to all but one."""
    from candidatures.models import Application, Position
    from candidatures.services.jury import letters, minutes, sessions
    from tests.candidatures.jury.decided import send
    from tests.candidatures.jury.sessions import decided, held

    room = shortlisted
    Position.objects.filter(call=room.call).update(count=2)
    room.jurors = [*room.jurors, room.newcomer]
    session = held(room, absent=1)
    sessions.attend(
        by=room.by,
        session=session,
        rows=[
            *((juror, "present", None) for juror in room.jurors[:4]),
            (room.newcomer, "excused", None),
            (room.substitute, "remote", room.newcomer),
        ],
    )
    decided(room, session, selected=2, reserve=2)
    sessions.decide(
        by=room.by, session=session, application=room.dossiers[5], outcome="declined",
        reason="Une technique que les lieux n'ont pas.", tell_reason=True,
    )  # fmt: skip
    room.edition = sessions.settle(by=room.by, session=session, recusal_reasons=True)
    minutes.ensure(room.edition.pk)
    room.session = session
    waiting = list(Application.objects.filter(pk__in=[row.pk for row in room.dossiers[:5]]))
    drafted = letters.draft(by=room.by, jury=room.jury, applications=waiting)
    send(room.by, *(letter.mail for letter in drafted))
    return room


def looking(signed_in: Any, user: Any) -> Eyes:
    return Eyes(signed_in(user).new_page())


@pytest.mark.smoke
def test_a_member_s_pages(shortlisted, signed_in):
    from candidatures.services.jury import conduct

    room = shortlisted
    space, dossiers = room.space, room.dossiers
    newcomer = looking(signed_in, room.newcomer.user)
    newcomer.visit([f"{space}engagement/"])
    eyes = looking(signed_in, room.jurors[3].user)
    eyes.visit([space, f"{space}dossiers/{dossiers[1].uuid}/", f"{space}dossiers/{dossiers[1].uuid}/deport/"])
    conduct.open_discussion(by=room.by, jury=room.jury)
    reader = looking(signed_in, room.jurors[1].user)
    reader.visit(
        [
            space,
            f"{space}dossiers/{dossiers[1].uuid}/",
            f"{space}classement/",
            f"{space}entretiens/",
            f"{space}entretiens/{dossiers[3].uuid}/",
        ]
    )
    for one in (newcomer, eyes, reader):
        one.assert_no_fault()


def test_a_member_s_pages_that_say_no(room, signed_in, browser_faults):
    browser_faults.expect(r"status of 4(22|03|04)")
    space, dossier = room.space, room.dossiers[1]
    eyes = looking(signed_in, room.jurors[3].user)
    eyes.visit([f"{space}classement/", f"{space}dossiers/{room.dossiers[0].uuid}/", f"{space}entretiens/"])
    eyes.page.goto(f"{space}dossiers/{dossier.uuid}/")
    eyes.page.get_by_role("button", name="Déposer ma lecture").click()
    expect(eyes.page.locator("[data-error-summary]")).to_be_focused()
    eyes.see("reading refused")
    eyes.page.goto(f"{space}dossiers/{dossier.uuid}/deport/")
    eyes.page.get_by_role("button", name="Me déporter").click()
    expect(eyes.page.locator("[data-error-summary]")).to_be_focused()
    eyes.see("conflict refused")
    eyes.visit([f"{space}engagement/"])
    nobody = looking(signed_in, room.dossiers[0].owner)
    nobody.visit(["/jury/"])
    eyes.assert_no_fault()
    nobody.assert_no_fault()


def test_an_artist_s_pages(settled, signed_in, browser_faults):
    browser_faults.expect(r"status of 422")
    room = settled
    selected, _other, waiting, *_rest = room.dossiers
    eyes = looking(signed_in, selected.owner)
    root = selected.get_absolute_url()
    eyes.visit([root, f"{root}reponse/", "/candidatures/"])
    eyes.page.goto(f"{root}reponse/")
    eyes.page.get_by_role("button", name="Continuer").click()
    expect(eyes.page.locator("[data-error-summary]")).to_be_focused()
    eyes.see("answer refused")
    eyes.page.get_by_label("Je décline cette résidence").check(force=True)
    eyes.page.get_by_label("Un message à la coordination").fill("Une tournée tombe le même mois.")
    eyes.page.get_by_role("button", name="Continuer").click()
    expect(eyes.page.get_by_role("heading", name="Décliner cette résidence ?")).to_be_visible()
    eyes.see("answer read back")
    eyes.page.get_by_role("button", name="Je décline la résidence").click()
    expect(eyes.page.get_by_text("Vous avez décliné.")).to_be_visible()
    eyes.see("answer given")
    reserve = looking(signed_in, waiting.owner)
    reserve.visit([waiting.get_absolute_url()])
    for one in (eyes, reserve):
        one.assert_no_fault()


def test_an_artist_s_interview(shortlisted, signed_in):
    room = shortlisted
    has_booked, chooses, _over = room.dossiers[1:4]
    root = chooses.get_absolute_url()
    eyes = looking(signed_in, chooses.owner)
    eyes.visit([root, f"{root}entretien/", f"{root}entretien/decliner/"])
    root = has_booked.get_absolute_url()
    other = looking(signed_in, has_booked.owner)
    other.visit([root, f"{root}entretien/"])
    eyes.assert_no_fault()
    other.assert_no_fault()


def test_the_desk_s_pages_before_the_interviews(room, signed_in):
    desk, whole = room.desk, room.dossiers[0]
    eyes = looking(signed_in, room.by)
    eyes.visit(
        [
            "/coordination/candidatures/jury/",
            f"/coordination/candidatures/jury/{room.jury.uuid}/change/",
            f"{desk}membres/",
            f"{desk}membres/inviter/",
            f"{desk}regles/",
            f"{desk}discussion/",
            f"{desk}relancer/",
            f"{desk}attribution/",
            f"{desk}attribution/calcul/",
            f"{desk}attribution/{whole.uuid}/",
            f"{desk}deports/",
            f"{desk}deports/{room.jurors[1].uuid}/{whole.uuid}/",
            f"{desk}dossiers/",
            f"{desk}dossiers/{room.dossiers[1].uuid}/",
            f"{desk}classement/",
            f"{desk}classement/?corrige=1&ordre=desaccords",
        ]
    )
    eyes.page.goto(f"{desk}membres/inviter-une-liste/")
    eyes.page.get_by_label("Une personne par ligne").fill("Maud;Isatis;maud@exemple.test;Inconnue;titulaire\nSans rien")
    eyes.page.get_by_role("button", name="Relire la liste").click()
    expect(eyes.page.get_by_role("heading", name="2 lignes à corriger")).to_be_visible()
    eyes.see("list of members with errors")
    eyes.assert_no_fault()


def test_the_desk_s_pages_of_choice(shortlisted, signed_in):
    room, desk = shortlisted, shortlisted.desk
    day = timezone.localdate(room.slots[0].starts_at).isoformat()
    eyes = looking(signed_in, room.by)
    eyes.visit(
        [
            f"{desk}entretiens/",
            f"{desk}entretiens/creneaux/",
            f"{desk}entretiens/{room.slots[0].uuid}/",
            f"{desk}entretiens/{room.held.uuid}/",
            f"{desk}entretiens/{room.slots[0].uuid}/annuler/",
            f"{desk}entretiens/grille/?jour={day}",
            f"{desk}ensembles/?taille=2&parmi=preselection&premiers=6&score=moyenne&notes=3&disciplines=1&axes=1&publics=1"
            "&origines=2&enveloppe=&ecart=1",
        ]
    )
    expect(eyes.page.locator("#ensemble-1")).to_be_visible()
    eyes.page.get_by_role("link", name="Retenir l'ensemble 1").click()
    expect(eyes.page.get_by_role("button", name="Retenir cet ensemble")).to_be_visible()
    eyes.see("set to retain")
    eyes.assert_no_fault()


def test_the_desk_s_pages_of_a_session(shortlisted, signed_in):
    from tests.candidatures.jury.sessions import held

    room, desk = shortlisted, shortlisted.desk
    eyes = looking(signed_in, room.by)
    eyes.visit([f"{desk}seances/"])
    session = held(room, absent=1)
    one = f"{desk}seances/{session.uuid}/"
    eyes.visit([f"{desk}seances/", one, f"{one}dossiers/{room.dossiers[2].uuid}/", f"{one}arreter/", f"{one}reste/"])
    eyes.assert_no_fault()


def test_the_desk_s_pages_after_the_decision(settled, signed_in):
    from candidatures.models import Offer

    room, desk = settled, settled.desk
    one = f"{desk}seances/{room.session.uuid}/"
    offer = Offer.objects.get(application=room.dossiers[0])
    rule = room.jury.letter_rules.first()
    eyes = looking(signed_in, room.by)
    eyes.visit(
        [
            one,
            f"{one}corriger/",
            f"{desk}courriers/",
            f"{desk}courriers/{room.dossiers[5].uuid}/apercu/",
            f"{desk}courriers/regles/{rule.uuid}/",
            f"{desk}reponses/",
            f"{desk}reponses/propositions/{offer.uuid}/delai/",
            f"{desk}reponses/autres-territoires/",
            f"{desk}reponses/publication/",
        ]
    )
    eyes.assert_no_fault()
