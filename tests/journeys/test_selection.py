"""A whole selection: forty dossiers, eight members of five institutions, from the jury built to the names published."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from clea.documents.samples import sample_pdf
from tests.journeys.artist import Artist
from tests.journeys.committee import INSTITUTIONS, MEMBERS, Desk, Member, plain
from tests.journeys.reading import Reading

pytestmark = pytest.mark.django_db(transaction=True)

QUALITY, MEETING = "Qualité artistique", "Rencontre avec les habitants"
#: What readers think of those whom the story follows: a note for each criterion, in points of 5.
OPINIONS = {"lou": (5, 5), "sol": (5, 4), "nour": (5, 3), "ariel": (4, 4), "camille": (3, 5), "ilse": (3, 4)}


@pytest.fixture
def closed_call(site: str) -> Any:
    """A closed call for three residencies, with its institutions and two criteria of different weights."""
    from candidatures.models import Position, ScoringCriterion
    from tests.factories.candidatures import CallFactory
    from tests.factories.structures import InstitutionFactory, TerritoryFactory

    territory = TerritoryFactory(
        slug="terres-noires",
        name="Communauté des Terres noires",
        service_name="Service culture des Terres noires",
        contact_email="culture@terres-noires.exemple.test",
        contact_phone="00 00 00 00 01",
    )
    call = CallFactory(
        territory=territory, complete=True, closed=True, slug="residences", title="Résidences aux Terres noires",
        contact_email=territory.contact_email,
    )  # fmt: skip
    Position.objects.filter(call=call).update(count=3)
    ScoringCriterion.objects.create(call=call, title=MEETING, guidance="Comment, avec qui.", weight=1, order=2)
    for name in INSTITUTIONS:
        InstitutionFactory(territory=territory, name=name)
    return call


@pytest.fixture
def dossiers(closed_call: Any) -> dict[str, Any]:
    """Forty admissible dossiers: five whole ones with their PDFs, the others light; some have a name here."""
    from candidatures.models import Application
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory, DisciplineFactory, file_application
    from tests.factories.jury import eligible

    def whole(first: str, last: str, discipline: str = "arts visuels", **more: Any) -> Any:
        owner = UserFactory(email=f"{first.lower()}@exemple.test", first_name=first, last_name=last)
        row = ApplicationFactory(call=closed_call, owner=owner, artist_name=f"{first} {last}", complete=True, **more)
        row.disciplines.set([DisciplineFactory(name=discipline)])
        file_application(row)
        Application.objects.filter(pk=row.pk).update(state="eligible")
        return Application.objects.get(pk=row.pk)

    found = {
        "lou": whole("Lou", "Terril"),
        "sol": whole("Sol", "Lisière", "danse"),
        "nour": whole("Nour", "Fosse"),
        "ariel": whole("Ariel", "Coron", "création sonore"),
        "ilse": whole("Ilse", "Grès", practice="J'enseigne un jour par semaine au Conservatoire du Carreau."),
    }
    light = eligible(closed_call, 35)
    found |= {"camille": light[0], "dune": light[1]}
    found |= {f"autre-{rank}": row for rank, row in enumerate(light[2:])}
    return found


@pytest.fixture
def desk(closed_call: Any, signed_in: Any) -> Desk:
    from tests.factories.structures import CoordinatorFactory

    coordinator = CoordinatorFactory(territory=closed_call.territory, first_name="Cyr", last_name="Valon")
    return Desk(signed_in(coordinator).new_page(), coordinator)


def opinion(key: str, rank: int, severe: bool) -> tuple[int, int]:
    """The two notes of a reader: firm on those whom the story follows, lower and scattered elsewhere."""
    if key in OPINIONS:
        return OPINIONS[key]
    low = 1 + rank % 2
    return low - severe, 1 + (rank // 2) % 3


def read_the_rest(jury: Any, dossiers: dict[str, Any]) -> int:
    """Every reading still owed is filed, by the services the pages call; returns how many."""
    from candidatures.enums import Advice, AssignmentPurpose, ReviewState
    from candidatures.models import Assignment, Review
    from candidatures.services.jury import reviews

    keys = {row.pk: (key, rank) for rank, (key, row) in enumerate(dossiers.items())}
    first, second = jury.call.scoring.all()
    filed = set(Review.objects.filter(state=ReviewState.FILED).values_list("juror", "application"))
    owed = [
        row
        for row in Assignment.objects.filter(juror__jury=jury, purpose=AssignmentPurpose.READ)
        .select_related("juror__user", "juror__jury__call", "application")
        .order_by("juror", "application")
        if (row.juror_id, row.application_id) not in filed
    ]
    for row in owed:
        key, rank = keys[row.application_id]
        one, other = opinion(key, rank, row.juror.user.last_name == "Jusquiame")
        advice = Advice.FAVOURABLE if one >= 4 else Advice.RESERVED if one >= 2 else Advice.UNFAVOURABLE
        values = reviews.Values(notes={first.pk: one, second.pk: other}, advice=advice, comment="Lu avec soin.")
        reviews.file(by=row.juror.user, juror=row.juror, application=row.application, values=values)
    return len(owed)


def link_in(text: str, end: str) -> str:
    found = re.search(rf"http\S+{end}", text)
    assert found is not None, text
    return found[0]


def pictures(content: bytes, folder: Path) -> Iterator[Image.Image]:
    """A PDF as it is looked at: a PNG a page."""
    source = folder / "pages.pdf"
    source.write_bytes(content)
    subprocess.run(["pdftoppm", "-png", "-r", "50", source, folder / "page"], check=True)
    for path in sorted(folder.glob("page*.png")):
        with Image.open(path) as image:
            yield image.convert("L")


def ink(image: Image.Image) -> float:
    """The share of a page that is dark."""
    return sum(image.histogram()[:128]) / (image.width * image.height)


def test_a_whole_selection(
    closed_call, dossiers, desk, signed_in, new_context, smtp_server, browser_faults, tmp_path
) -> None:
    browser_faults.expect(r"status of 4(04|22)")
    from candidatures.models import Assignment, InterviewSlot, Juror, Jury, Minutes
    from candidatures.services.jury import interview_booking, interviews, members, offers
    from clea.mail.models import OutgoingMail

    call, today = closed_call, timezone.localdate()
    names = {key: row.display_name for key, row in dossiers.items()}
    space = {key: row.get_absolute_url() for key, row in dossiers.items()}

    def of_jury(key: str, end: str = "") -> str:
        return f"/jury/residences/dossiers/{dossiers[key].uuid}/{end}"

    # The jury, from the page of the call: a list is pasted, a line of it corrected, eight are invited.
    desk.build_jury(f"/coordination/candidatures/call/{call.uuid}/change/")
    desk.follow("Inviter une liste")
    faulty = MEMBERS.replace("Rectorat de la plaine", "Rectorat d'ailleurs", 1)
    desk.page.get_by_label("Une personne par ligne").fill(faulty)
    desk.press("Relire la liste")
    expect(desk.page.get_by_text("« Rectorat d'ailleurs » n'est pas un partenaire du territoire.")).to_be_visible()
    assert not Juror.objects.exists()
    desk.tab("Membres")
    desk.invite(MEMBERS)
    desk.told("8 personnes sont invitées")
    expect(desk.page.get_by_role("heading", name="8 membres, 5 institutions")).to_be_visible()
    desk.follow("Modifier les règles")
    desk.page.get_by_label("Lecture, jusqu'au").fill((today + timedelta(days=10)).isoformat())
    desk.page.get_by_label("Quorum : institutions représentées, au moins").fill("3")
    desk.press("Enregistrer les règles")
    desk.told("Règles du jury enregistrées.")
    jury = Jury.objects.get(call=call)
    desk.hub = f"/coordination/candidatures/jury/{jury.uuid}/change/"
    by_name = {juror.user.last_name: juror for juror in jury.jurors.select_related("user")}

    # The president comes in from the message, with a code and no password, and accepts the charter.
    ines = Member(new_context().new_page(), smtp_server, email="ines.aubier@jury.test")
    invitation = ines.last_message("votre invitation")
    assert "présidence" in invitation.text
    ines.page.goto(link_in(invitation.text, "/jury/residences/"))
    ines.sign_in()
    ines.accept_the_charter()
    expect(ines.page.get_by_text("Aucun dossier ne vous est attribué pour l'instant")).to_be_visible()
    assert ines.status_of(of_jury("lou")) == 404
    for juror in by_name.values():
        if juror.user.email != ines.email:
            members.join(by=juror.user, juror=juror)

    # What the machine noticed is looked at, and retained: the computation then leaves this pair out.
    desk.tab("Déports")
    expect(desk.row("Yann Guède")).to_contain_text("« Conservatoire du Carreau » est cité dans : pratique.")
    desk.recuse_suggested("Yann Guède", names["ilse"], "lien professionnel ou hiérarchique")
    shown = desk.assign()
    assert "120 lectures à attribuer" in shown
    assert "charge la plus lourde : 18" in shown
    assert "écart entre les charges : 1" in shown
    desk.told("120 attributions enregistrées, 7 membres prévenus.")
    readers = {
        key: list(Juror.objects.filter(assignments__application=row).select_related("user", "institution"))
        for key, row in dossiers.items()
    }
    assert all(len(rows) == 3 and len({juror.institution_id for juror in rows}) >= 2 for rows in readers.values())
    assert by_name["Guède"] not in readers["ilse"]
    assert re.search(r"1[78] dossiers", ines.last_message("– jury de l'appel").text)

    # A member finds a dossier of somebody they know, and steps aside: it does not exist for them any more.
    aside = next(juror for juror in readers["sol"] if juror.user.last_name not in ("Aubier", "Guède"))
    stranger = Member(signed_in(aside.user).new_page(), smtp_server, email=aside.user.email)
    stranger.page.goto("/jury/residences/")
    stranger.page.get_by_role("link", name=names["sol"], exact=True).click()
    assert stranger.status_of(of_jury("sol", "dossier.pdf")) == 200
    stranger.page.get_by_role("link", name="Me déporter de ce dossier").click()
    stranger.page.get_by_label("lien familial ou amical").check(force=True)
    stranger.page.get_by_label("Je comprends que ce dossier disparaît").check()
    stranger.press("Me déporter")
    expect(stranger.page.get_by_text("Votre déport est enregistré.")).to_be_visible()
    expect(stranger.page.get_by_text(names["sol"])).to_have_count(0)
    for end in ("", "dossier.pdf", "discussion/", "deport/"):
        assert stranger.status_of(of_jury("sol", end)) == 404, end
    yann = Member(signed_in(by_name["Guède"].user).new_page(), smtp_server, email="yann.guede@jury.test")
    assert {yann.status_of(of_jury("ilse", end)) for end in ("", "dossier.pdf")} == {404}
    desk.tab("Déports")
    expect(desk.page.get_by_role("heading", name="2 déports en vigueur")).to_be_visible()

    # The reading it leaves open is topped up; nothing else moves.
    before = set(Assignment.objects.values_list("juror", "application"))
    assert "1 lecture à attribuer" in desk.assign()
    desk.told("1 attribution enregistrée, 1 membre prévenu.")
    assert len(set(Assignment.objects.values_list("juror", "application")) - before) == 1

    # The president reads, notes, and files; the total follows as one scores.
    ines.page.goto("/jury/residences/")
    to_read = Assignment.objects.filter(juror=by_name["Aubier"]).count()
    expect(ines.page.get_by_role("heading", level=1)).to_have_text(f"{to_read} dossiers à lire")
    expect(ines.page.get_by_role("link", name=re.compile("^Lire : "))).to_be_visible()
    first = next(key for key, rows in readers.items() if key not in OPINIONS and by_name["Aubier"] in rows)
    ines.page.get_by_role("link", name=names[first], exact=True).click()
    expect(ines.page.get_by_role("heading", level=1)).to_have_text(names[first])
    paper = ines.page.request.get(ines.page.locator("iframe").get_attribute("src").partition("#")[0])
    assert paper.body().startswith(b"%PDF-")
    assert dossiers[first].last_deposit.number in Reading(paper.body()).texts[0]
    ines.note(QUALITY, 4)
    expect(ines.total).to_have_text("16,00")
    ines.note(MEETING, 2)
    expect(ines.total).to_have_text("14,00")
    ines.page.get_by_label(f"Commentaire : {QUALITY}").fill("Un vrai regard.")
    ines.page.get_by_label("Appréciation générale").fill("À discuter : le lien avec les équipes.")
    ines.page.get_by_label("Notes personnelles").fill("Relire le budget.")
    ines.press("Déposer ma lecture")
    expect(ines.page.locator("[data-error-summary]")).to_contain_text("Choisissez un avis")
    ines.advise("réservé")
    ines.press("Déposer ma lecture")
    expect(ines.page.get_by_text("Voici le dossier suivant.")).to_be_visible()
    ines.page.goto("/jury/residences/")
    expect(ines.page.get_by_role("heading", level=1)).to_have_text(f"{to_read - 1} dossiers à lire")
    assert read_the_rest(jury, dossiers) == 119

    # Nobody sees another's notes before the discussion opens; then those who filed do, and write.
    talker = next(juror for juror in readers["lou"] if juror.pk not in (aside.pk, by_name["Aubier"].pk))
    third = Member(signed_in(talker.user).new_page(), smtp_server, email=talker.user.email)
    third.page.goto("/jury/residences/")
    expect(third.page.get_by_role("heading", name="Toutes vos lectures sont déposées")).to_be_visible()
    expect(third.page.get_by_role("link", name="Classement")).to_have_count(0)
    third.page.get_by_role("link", name=names["lou"], exact=True).click()
    expect(third.page.get_by_text("Vous pouvez la reprendre tant que la discussion n'est pas ouverte.")).to_be_visible()
    expect(third.page.locator(".opinion")).to_have_count(0)
    desk.open_discussion()
    third.page.reload()
    expect(third.page.locator(".opinion")).to_have_count(2)
    expect(third.page.locator(".opinion").first).to_contain_text(re.compile(r"20,00\s+/ 20"))
    third.page.get_by_label("Votre remarque").fill("À entendre : les œuvres sont plus fortes que la lettre.")
    third.press("Ajouter ma remarque")
    expect(third.page.locator(".remark__text")).to_have_text("À entendre : les œuvres sont plus fortes que la lettre.")
    third.page.goto("/jury/residences/")
    third.page.get_by_role("link", name="Classement").click()
    expect(third.page.get_by_role("rowheader", name=names["lou"])).to_be_visible()
    stranger.page.goto("/jury/residences/classement/")
    expect(stranger.page.get_by_role("table")).to_be_visible()
    expect(stranger.page.get_by_text(names["sol"])).to_have_count(0)

    # The ranking: raw and corrected side by side, how sure each rank is; six are shortlisted.
    desk.tab("Dossiers")
    desk.follow(names["lou"])
    expect(desk.page.get_by_text("les œuvres sont plus fortes que la lettre")).to_be_visible()
    desk.tab("Classement")
    expect(desk.page.get_by_text("40 dossiers devant le jury")).to_be_visible()
    assert [plain(text) for text in desk.page.locator(".ranking-table tbody th > a").all_inner_texts()[:6]] == [
        names[key] for key in ("lou", "sol", "nour", "ariel", "camille", "ilse")
    ]
    expect(desk.row(names["lou"])).to_contain_text("20,00")
    expect(desk.page.get_by_role("heading", name="Un rang est-il sûr ?")).to_be_visible()
    expect(desk.page.get_by_role("region", name="Intervalles des rangs").locator("svg")).to_be_visible()
    desk.page.locator("summary", has_text="Sévérité estimée des lecteurs").click()
    expect(desk.row("Rémi Jusquiame")).to_contain_text("−")
    desk.tick(names[key] for key in OPINIONS)
    desk.press("Présélectionner")
    desk.told("6 dossiers sont présélectionnés.")

    # Slots are opened, invitations drafted, read and approved: only then do they leave.
    meeting = today + timedelta(days=6)
    desk.open_slots(f"{meeting:%d/%m/%Y}", "09:00", "13:00", "Maison du Carreau, salle 2")
    desk.press("Ouvrir ces 6 créneaux")
    for key in OPINIONS:
        desk.page.get_by_role("checkbox", name=names[key], exact=True).check()
    desk.page.get_by_role("textbox", name="Date").fill(f"{today + timedelta(days=3):%d/%m/%Y}")
    desk.press("Préparer les invitations")
    lou = Artist(new_context().new_page(), smtp_server, email="lou@exemple.test")
    assert not [message for message in smtp_server.to(lou.email) if "Entretien" in message.subject]
    desk.approve_all("interview.invitation")
    call_to_meet = lou.last_message("Entretien avec le jury")
    lou.page.goto(link_in(call_to_meet.text, "/entretien/"))
    lou.sign_in()
    lou.page.get_by_role("radio").first.check()
    lou.press("Réserver ce créneau")
    expect(lou.page.get_by_role("heading", name="Votre créneau est réservé")).to_be_visible()
    expect(lou.page.get_by_text("Maison du Carreau, salle 2").first).to_be_visible()
    (calendar,) = lou.last_message("Entretien réservé").attachments.values()
    slot = InterviewSlot.objects.get(application=dossiers["lou"])
    begins = f"DTSTART;TZID=Europe/Paris:{timezone.localtime(slot.starts_at):%Y%m%dT%H%M%S}"
    assert begins.encode() in calendar
    for key in OPINIONS:
        if key != "lou":
            free = InterviewSlot.objects.free().filter(jury=jury).order_by("starts_at")[0]
            interview_booking.book(by=dossiers[key].owner, application=dossiers[key], slot=free)
    third.page.goto("/jury/residences/entretiens/")
    expect(third.page.get_by_role("link", name=names["lou"])).to_be_visible()
    stranger.page.goto("/jury/residences/entretiens/")
    expect(stranger.page.get_by_text(names["sol"])).to_have_count(0)

    # The day has come and gone.
    for row in InterviewSlot.objects.filter(jury=jury):
        row.starts_at -= timedelta(days=7)
        row.save()
    desk.come_back("Entretiens")
    desk.page.locator(f'a[href$="/{slot.uuid}/"]').last.click()
    desk.press("L'entretien a eu lieu")
    desk.told("C'est noté : « tenu ».")
    for row in InterviewSlot.objects.filter(jury=jury).exclude(pk=slot.pk):
        interviews.hold(by=desk.user, slot=row)
    lou.page.goto(space["lou"])
    expect(lou.page.get_by_text("Il est à l'étude.")).to_be_visible()

    # Which set: different disciplines are asked for; the machine says what that gains and gives up.
    desk.tab("Ensembles")
    desk.page.get_by_label("Des disciplines différentes").select_option(label="exigé")
    desk.press("Comparer les ensembles")
    best = desk.page.locator("#ensemble-1")
    expect(best.locator(".set-names")).to_contain_text(names["ariel"])
    expect(best).to_contain_text(f"entre : {names['ariel']}")
    expect(best).to_contain_text(f"laisse sa place : {names['nour']}")
    desk.follow("Retenir l'ensemble 1")
    reason = "Trois disciplines, trois façons d'aller vers."
    desk.page.get_by_label("Pourquoi le comité retient cet ensemble").fill(reason)
    desk.press("Retenir cet ensemble")
    desk.told("Rien n'est décidé pour autant")

    # The session: one member is excused, the substitute takes the seat; the set is where one starts from.
    excused = next(j for j in by_name.values() if j.role == "member" and j.pk not in (aside.pk, by_name["Guède"].pk))
    substitute = by_name["Kermès"]
    desk.prepare_session(today.isoformat(), "Maison du Carreau", "Inès Aubier")
    desk.told("La séance est ouverte, avec 40 dossiers à l'ordre du jour.")
    expect(desk.page.get_by_text("Notez la présence ou l'absence de chaque membre")).to_be_visible()
    desk.write_attendance(
        [str(j) for j in by_name.values() if j not in (excused, substitute)], str(excused), str(substitute)
    )
    desk.told("Les présences sont enregistrées")
    expect(desk.row(names["sol"])).to_contain_text(f"Déport : {aside}")
    expect(desk.row(names["sol"])).to_contain_text("6 sur 6, quorum 3")
    expect(desk.row(names["lou"])).to_contain_text("7 sur 7, quorum 4")
    desk.start_from("l'ensemble retenu", 3)
    desk.told("Point de départ posé : 3 retenues, 3 en liste complémentaire. Rien n'est arrêté.")
    assert desk.reserve() == [names["nour"], names["camille"], names["ilse"]]
    desk.press(f"Monter {names['ilse']}")
    desk.told("La liste complémentaire est en ordre, de 1 à n.")
    assert desk.reserve() == [names["nour"], names["ilse"], names["camille"]]
    desk.follow(names["dune"])
    desk.page.get_by_label("non retenue").check()
    for label, votes in (("Voix pour", "2"), ("Voix contre", "4"), ("Abstentions", "1")):
        desk.page.get_by_label(label).fill(votes)
    desk.page.get_by_label("Motif", exact=True).fill("Les formes proposées demandent une scène équipée.")
    desk.page.get_by_label("Communiquer ce motif à l'artiste").check()
    desk.press("Enregistrer la décision")
    desk.follow("Ne pas retenir les 33 dossiers restants")
    desk.press("Ne pas les retenir")
    desk.told("33 dossiers ne sont pas retenus.")
    desk.settle()
    desk.told("La séance est arrêtée. Le procès-verbal est à signer ; rien n'est annoncé aux artistes.")

    # The minutes, looked at page by page, then signed: the session is closed.
    address = desk.page.get_by_role("link", name="Lire le procès-verbal (PDF)").get_attribute("href")
    answer = desk.page.request.get(address)
    assert answer.headers["content-type"].startswith("application/pdf")
    numbers = {key: row.last_deposit.number for key, row in dossiers.items()}
    minutes = Reading(answer.body())
    assert minutes.pdf.Root.MarkInfo.Marked
    assert str(minutes.pdf.Root.Lang) == "fr"
    said = plain(" ".join(minutes.texts))
    for words in (
        f"{aside} {numbers['sol']} {names['sol']} lien familial ou amical",
        f"Yann Guède {numbers['ilse']} {names['ilse']} lien professionnel ou hiérarchique",
        "7 sièges sur 7 occupés, quorum 4",
        f"siège à la place de {excused}",
        "Les formes proposées demandent une scène équipée.",
        *numbers.values(),
        *(str(juror) for juror in by_name.values()),
    ):
        assert words in said, words
    order = said.partition("Dans l'ordre où les artistes seraient appelés")[2]
    assert re.search(rf"\b1 {numbers['nour']}.*\b2 {numbers['ilse']}.*\b3 {numbers['camille']}", order)
    pages = list(pictures(answer.body(), tmp_path))
    assert len(pages) == minutes.pages > 2
    assert all(0.002 < ink(page) < 0.3 for page in pages)
    scan = sample_pdf("Procès-verbal signé", ["Signatures."], 3, author="Copieur")
    desk.page.get_by_label("Procès-verbal signé (PDF)").set_input_files(
        {"name": "pv-signe.pdf", "mimeType": "application/pdf", "buffer": scan}
    )
    desk.press("Joindre la copie signée et clore la séance")
    desk.told("Le procès-verbal signé est enregistré : la séance est close.")
    assert Minutes.objects.get().signed.pages == 3

    # Letters: read, drafted, one corrected. Until they are sent, every artist reads « à l'étude ».
    sol = Artist(signed_in(dossiers["sol"].owner).new_page(), smtp_server, email="sol@exemple.test")
    nour = Artist(signed_in(dossiers["nour"].owner).new_page(), smtp_server, email="nour@exemple.test")
    dune = Artist(signed_in(dossiers["dune"].owner).new_page(), smtp_server, email=dossiers["dune"].owner.email)
    artists = {"lou": lou, "sol": sol, "nour": nour, "dune": dune}
    desk.tab("Courriers")
    expect(desk.page.get_by_text("40 courriers à préparer")).to_be_visible()
    desk.follow(f"Lire avant : {names['lou']}")
    expect(desk.page.get_by_label("Texte du courrier")).to_contain_text("a retenu la candidature de Lou Terril")
    desk.tab("Courriers")
    desk.press("Préparer les courriers cochés")
    # So many are long work: its page, then back to the letters.
    expect(desk.page.get_by_text(re.compile("^40 courriers préparés"))).to_be_visible()
    desk.come_back("Courriers")
    received = len(smtp_server.received)
    desk.follow(f"Ouvrir le message : {names['dune']}")
    letter = desk.page.locator('textarea[name="body"]')
    letter.fill(letter.input_value() + "\nMerci d'avoir pensé à nous.\n")
    desk.press("Enregistrer")
    for key, artist in artists.items():
        artist.page.goto(space[key])
        expect(artist.page.get_by_text("Il est à l'étude.")).to_be_visible()
        assert artist.page.request.get(f"{space[key]}reponse/").status == 404
    assert len(smtp_server.received) == received
    desk.approve_all("decision.letter")
    expect(desk.page.get_by_text("terminé", exact=True).first).to_be_visible()
    told = {recipient for message in smtp_server.received[received:] for recipient in message.recipients}
    assert told == {row.owner.email for row in dossiers.values()}
    refusal = dune.last_message("Votre candidature –").text
    assert "Les formes proposées demandent une scène équipée." in refusal
    assert "Merci d'avoir pensé à nous." in refusal
    dune.page.goto(space["dune"])
    expect(dune.page.get_by_text("La commission n'a pas retenu votre candidature.")).to_be_visible()
    nour.page.goto(space["nour"])
    expect(nour.page.get_by_text("Votre candidature est en liste complémentaire.")).to_be_visible()

    # One accepts from the letter's link; another declines in their space.
    lou.page.goto(link_in(lou.last_message("est retenue").text, "/reponse/"))
    reply(lou, accepts=True)
    lou.last_message("Vous acceptez la résidence")
    sol.page.goto(space["sol"])
    sol.page.get_by_role("link", name="Accepter ou décliner").click()
    reply(sol, accepts=False)
    sol.page.goto(space["sol"])
    expect(sol.page.get_by_text("Vous avez décliné la résidence le")).to_be_visible()
    offers.accept(by=dossiers["ariel"].owner, offer=dossiers["ariel"].offers.get())

    # The next of the reserve is called, by a letter that is approved too; and accepts.
    desk.come_back("Réponses")
    expect(
        desk.page.get_by_text(f"La première de la liste complémentaire est {names['nour']} (rang 1).")
    ).to_be_visible()
    desk.follow(f"Appeler {names['nour']}")
    desk.press("Appeler")
    desk.told("Le courrier est préparé")
    nour.page.reload()
    expect(nour.page.get_by_text("Votre candidature est en liste complémentaire.")).to_be_visible()
    desk.tab("Réponses")
    desk.follow(f"Ouvrir le message : {names['nour']}")
    desk.approve_this()
    nour.page.goto(link_in(nour.last_message("résidence").text, "/reponse/"))
    reply(nour, accepts=True)

    # The names are approved for today: those who accepted, and nobody else.
    visitor = new_context().new_page()
    visitor.goto("/appels/residences/")
    expect(visitor.get_by_text(names["lou"])).to_have_count(0)
    desk.come_back("Réponses")
    desk.follow("Publier les noms")
    desk.press("Approuver la publication")
    desk.told("La publication est approuvée.")
    visitor.reload()
    assert visitor.locator(".laureates li").all_inner_texts() == sorted(names[key] for key in ("lou", "ariel", "nour"))
    expect(visitor.get_by_text(names["sol"])).to_have_count(0)
    assert not OutgoingMail.objects.drafts().exists()
    call_command("verify_journal", stdout=io.StringIO())


def reply(artist: Artist, *, accepts: bool) -> None:
    """Answer the offer on the page, read the answer back, confirm."""
    artist.page.get_by_label("J'accepte cette résidence" if accepts else "Je décline cette résidence").check(force=True)
    artist.press("Continuer")
    artist.press("J'accepte la résidence" if accepts else "Je décline la résidence")
    expect(artist.page.get_by_text("Vous avez accepté." if accepts else "Vous avez décliné.")).to_be_visible()


def test_without_javascript_a_member_reads_and_the_coordination_decides(
    closed_call, desk, signed_in, new_context, smtp_server
) -> None:
    from candidatures.models import Review
    from candidatures.services.jury import members
    from structures.models import Institution
    from tests.factories.jury import eligible

    # The two dossiers are filed; the member is invited by the service.
    chosen, other = eligible(closed_call, 2)
    bare = new_context(java_script_enabled=False).new_page()
    coordination = Desk(signed_in(desk.user, java_script_enabled=False).new_page(), desk.user)
    jury = members.create(by=desk.user, call=closed_call)
    members.invite(
        by=desk.user, jury=jury, email="maud.isatis@jury.test", first_name="Maud", last_name="Isatis",
        institution=Institution.objects.get(name=INSTITUTIONS[1]), role="president",
    )  # fmt: skip

    # She comes in by the message's address and its code, and commits herself.
    maud = Member(bare, smtp_server, email="maud.isatis@jury.test")
    bare.goto(link_in(maud.last_message("votre invitation").text, "/jury/residences/"))
    maud.sign_in()
    maud.accept_the_charter()

    # Assigned by hand: what will change is said first.
    coordination.hub = f"/coordination/candidatures/jury/{jury.uuid}/change/"
    coordination.come_back("Attribution")
    coordination.tick([chosen.display_name])
    coordination.page.get_by_role("group", name="Membres", exact=True).get_by_label("Maud Isatis").check()
    coordination.press("Attribuer à lire")
    expect(coordination.page.get_by_text("Chaque membre concerné est prévenu aussitôt par courriel")).to_be_visible()
    coordination.press("Attribuer 1 lecture")
    coordination.told("1 attribution enregistrée, 1 membre prévenu.")

    # She reads, saves, comes back, files.
    bare.goto("/jury/residences/")
    bare.get_by_role("link", name=chosen.display_name, exact=True).click()
    maud.note(QUALITY, 5)
    maud.press("Enregistrer")
    expect(bare.get_by_text("Enregistré. Votre lecture n'est pas encore déposée.")).to_be_visible()
    expect(maud.total).to_have_text("20,00")
    expect(bare.get_by_text("provisoire")).to_be_visible()
    maud.note(MEETING, 3)
    maud.advise("favorable")
    maud.press("Déposer ma lecture")
    expect(bare.get_by_text("C'était la dernière, merci.")).to_be_visible()
    assert Review.objects.get().state == "filed"
    assert maud.status_of(f"/jury/residences/dossiers/{other.uuid}/") == 404

    # The session, from its day to its minutes.
    today = timezone.localdate().isoformat()
    coordination.prepare_session(today, "Maison du Carreau", "Maud Isatis")
    coordination.page.get_by_label("Présence : Maud Isatis").select_option(label="à distance")
    coordination.press("Enregistrer les présences")
    coordination.told("1 siège sur 1 occupé, quorum 1 : atteint")
    coordination.tick([chosen.display_name])
    coordination.press("Retenir")
    coordination.tick([other.display_name])
    coordination.press("Ne pas retenir")
    coordination.settle()
    coordination.told("La séance est arrêtée.")
    address = coordination.page.get_by_role("link", name="Lire le procès-verbal (PDF)").get_attribute("href")
    assert address is not None
    said = plain(" ".join(Reading(coordination.page.request.get(address).body()).texts))
    assert "Candidature retenue : 1" in said
    assert "à distance" in said
