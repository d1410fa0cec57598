"""The anonymous copy of a deposit: what it holds, what it leaves out, what it warns of."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from candidatures import snapshot, tasks
from candidatures.models import Application, BlindCopy, Deposit, DepositPiece
from candidatures.selectors.anonymity import identity
from candidatures.services import assembly
from candidatures.services.jury import blind
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused, StaleWrite
from structures.models import Commune
from tests import pdfs
from tests.candidatures.jury.blind import (
    PAGE,
    blind_jury,
    leaks,
    named_dossier,
    pdf_strings,
    pdf_words,
    signed_pdf,
    standing,
)
from tests.factories.candidatures import ApplicationFactory, file_again, stored_pdf
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury(db):
    return blind_jury()


@pytest.fixture
def coordinator(jury):
    return CoordinatorFactory(territory=jury.territory)


def content(stored: StoredFile) -> bytes:
    with stored.file.open("rb") as file:
        return bytes(file.read())


def copy_of(application: Application) -> BlindCopy:
    blind.ensure(standing(application).pk)
    return BlindCopy.objects.select_related("stored_file").get(deposit=standing(application).pk)


@pytest.fixture
def quick(monkeypatch):
    """Copies of one blank page, for what is not about their content."""

    def make(deposit: Deposit, withheld: Any) -> Any:
        return blind._Made(stored=stored_pdf(name=f"{deposit.number}.pdf"), findings=[])

    monkeypatch.setattr(blind, "_make", make)


# What it holds -----------------------------------------------------------------------------------


def test_the_full_pdf_names_the_artist_and_the_copy_does_not_anywhere(jury) -> None:
    application = named_dossier(jury)
    full = content(assembly.ensure(standing(application).pk))
    assert {"brumeval", "vantadour", "coquelourdes", "tancrède"} <= set(leaks(pdf_words(full)))
    assert leaks(pdf_strings(full))
    made = content(blind.ensure(standing(application).pk))
    assert leaks(pdf_words(made)) == []
    assert leaks(pdf_strings(made)) == []
    assert leaks(made.decode("latin-1")) == []


def test_it_keeps_the_work_and_says_what_is_held_back(jury) -> None:
    copy = copy_of(named_dossier(jury))
    words = " ".join(pdf_words(content(copy.stored_file)).split())
    for said in (PAGE, "je m'appelle [masqué]", "arts visuels", "21 000,00", "CV retenue : lecture anonyme"):
        assert said in words
    assert "Lettre d'intention jointe" in words
    assert copy.withheld == ["cv", "portfolio", "oeuvres"]
    assert copy.findings == []
    assert leaks(copy.stored_file.original_name) == []


def test_its_own_description_is_neutral_and_the_tags_stay(jury) -> None:
    application = named_dossier(jury)
    made = content(blind.ensure(standing(application).pk))
    title = f"Dossier {standing(application).number}"
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert {key: str(value) for key, value in pdf.docinfo.items()} == {"/Title": title}
        assert title.encode() in pdf.Root.Metadata.read_bytes()
        assert not list(pdf.attachments)
        headings = [str(item.title) for item in pdf.open_outline().root]
        assert headings[2:] == ["Fiche de candidature", "Lettre d'intention", "Images du travail"]
        assert pdf.Root.MarkInfo.Marked
        told = "".join(str(obj.get("/Alt", "")) for obj in pdf.objects if isinstance(obj, Dictionary))
        assert "Portrait de [masqué] au travail" in told


def test_other_territories_and_contact_details_are_nowhere(jury) -> None:
    application = named_dossier(jury)
    Application.objects.filter(pk=application.pk).update(applies_elsewhere=True)
    data = standing(application).data
    masked = blind.masked(data, identity(application.call, data))
    assert set(masked) == {"practice", "declarations", "articulation", "budget", "answers"}
    assert set(masked["practice"]) == {"disciplines", "practice"}


def test_the_territory_may_be_spoken_of_by_who_lives_in_it(jury) -> None:
    commune = Commune.objects.create(territory=jury.territory, insee="62498", slug="lens", name="Hazebrouck")
    letter = "À Hazebrouck, entre les terrils."
    application = named_dossier(jury, territory_link=letter)
    words = " ".join(pdf_words(content(blind.ensure(standing(application).pk))).split())
    assert letter in words
    assert commune.name not in words.replace(letter, "").replace("Je suis [masqué], de Hazebrouck", "")


def test_a_dossier_already_in_one_pdf_is_withheld_whole(jury) -> None:
    application = named_dossier(jury)
    deposit = standing(application)
    row = deposit.pieces.get(code="images")
    DepositPiece.objects.filter(deposit=deposit).delete()
    DepositPiece.objects.create(
        deposit=deposit, order=0, code=snapshot.WHOLE, title="Dossier complet", stored_file=row.stored_file,
        sha256=row.sha256, pages=1, identifying=True,
    )  # fmt: skip
    copy = copy_of(application)
    assert copy.withheld == [snapshot.WHOLE]
    assert copy.stored_file.pages == 3
    assert "Dossier complet retenue" in " ".join(pdf_words(content(copy.stored_file)).split())


# What it warns of --------------------------------------------------------------------------------


def test_a_name_written_in_the_pages_is_found_with_its_place(jury) -> None:
    application = named_dossier(jury, images=signed_pdf("Zélie Brumeval 0612345678"))
    copy = copy_of(application)
    place = {"piece": "images", "page": 1, "at": 5}
    assert copy.findings == [place | {"what": "name"}, place | {"what": "phone"}]
    with pikepdf.open(io.BytesIO(content(copy.stored_file))) as pdf:
        assert len(pdf.pages) == 5


def test_a_name_typed_into_a_form_of_the_piece_is_read_too(jury) -> None:
    with pdfs.document(1, text="Portfolio") as pdf:
        pdfs.field(pdf, "nom", "Vantadour", Rect=[60, 60, 300, 90])
        data = pdfs.write(pdf)
    copy = copy_of(named_dossier(jury, images=data))
    assert {"piece": "images", "page": 1, "at": 5, "what": "name"} in copy.findings
    assert "Vantadour" in pdf_words(content(copy.stored_file))


def test_pages_without_a_word_are_to_be_looked_at(jury) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        data = pdfs.write(pdf)
    copy = copy_of(named_dossier(jury, images=data))
    assert copy.findings == [{"piece": "images", "page": 0, "at": 5, "what": "no_text"}]


def test_without_the_reader_of_words_nobody_is_told_that_all_is_well(jury, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    copy = copy_of(named_dossier(jury))
    assert copy.findings == [{"piece": "images", "page": 0, "at": 5, "what": "unchecked"}]


def test_a_copy_without_uploaded_piece_has_nothing_to_find(jury) -> None:
    application = ApplicationFactory(call=jury.call, submitted=True, state="eligible")
    assert copy_of(application).findings == []


# Once, and again ---------------------------------------------------------------------------------


def test_it_is_made_once(quick, jury, django_assert_num_queries) -> None:
    application = named_dossier(jury)
    first = blind.ensure(standing(application).pk)
    with django_assert_num_queries(1):
        assert blind.ensure(standing(application).pk) == first


def test_the_second_of_two_at_once_throws_its_copy_away(quick, jury, monkeypatch) -> None:
    application = named_dossier(jury)
    make = blind._make
    others: list[StoredFile] = []

    def slowly(*args: Any) -> Any:
        made = make(*args)
        if not others:
            others.append(make(*args).stored)
            BlindCopy.objects.create(deposit_id=standing(application).pk, stored_file=others[0])
        return made

    monkeypatch.setattr(blind, "_make", slowly)
    files = StoredFile.objects.count()
    assert blind.ensure(standing(application).pk) == others[0]
    assert StoredFile.objects.count() == files + 1


def test_only_deposits_that_a_blind_jury_reads_are_prepared(quick, jury) -> None:
    application = named_dossier(jury)
    ApplicationFactory(call=jury.call, submitted=True)  # not admissible yet
    open_reading = ApplicationFactory(submitted=True, state="eligible")  # no jury, not blind
    assert blind.missing(jury.call) == [standing(application).pk]
    assert blind.is_wanted(standing(application).pk)
    assert not blind.is_wanted(standing(open_reading).pk)
    assert blind.pending() == 1
    assert blind.pending() == 0
    assert BlindCopy.objects.get().deposit_id == standing(application).pk


def test_one_that_cannot_be_made_does_not_keep_the_others_waiting(jury, caplog) -> None:
    broken, sound = named_dossier(jury), ApplicationFactory(call=jury.call, submitted=True, state="eligible")
    DepositPiece.objects.filter(deposit=standing(broken).pk, code="images").update(sha256="0" * 64)
    assert blind.pending() == 1
    assert BlindCopy.objects.get().deposit_id == standing(sound).pk
    assert "has no anonymous copy" in caplog.text


def test_a_supplement_received_while_the_jury_reads_is_prepared_with_its_pdf(jury) -> None:
    application = named_dossier(jury)
    tasks.assemble_deposit.call(standing(application).pk)
    assert BlindCopy.objects.count() == 1
    Application.objects.filter(pk=application.pk).update(state="submitted")
    later = file_again(application)
    tasks.assemble_deposit.call(later.pk)
    assert BlindCopy.objects.count() == 1


# Judged ------------------------------------------------------------------------------------------


def test_what_was_decided_holds_for_the_same_piece_of_a_later_deposit(quick, jury, coordinator) -> None:
    application = named_dossier(jury, images=signed_pdf("Zélie"))
    copy = copy_of(application)
    blind.judge(by=coordinator, copy=copy, withhold=["cv", "images"])
    file_again(application)
    later = Application.objects.select_related("last_deposit").get(pk=application.pk)
    again = copy_of(later)
    assert again.deposit_id != copy.deposit_id
    assert again.withheld == ["cv", "images"]
    assert again.judged_by == coordinator


def test_a_changed_piece_is_to_be_judged_anew(quick, jury, coordinator) -> None:
    application = named_dossier(jury)
    blind.judge(by=coordinator, copy=copy_of(application), withhold=["cv", "images"])
    data = pdfs.sound(1, text="Autre")
    stored = documents.store_bytes(by=None, content=data, name="x.pdf", content_type="application/pdf", pages=1)
    application.documents.filter(piece__code="images").update(stored_file=stored)
    file_again(application)
    again = copy_of(Application.objects.get(pk=application.pk))
    assert again.withheld == ["cv"]
    assert again.judged_at is None


def test_a_stranger_does_not_judge_and_unknown_pieces_are_refused(quick, jury, coordinator) -> None:
    copy = copy_of(named_dossier(jury))
    with pytest.raises(Forbidden):
        blind.judge(by=CoordinatorFactory(), copy=copy, withhold=[])
    with pytest.raises(Refused, match="autre-chose"):
        blind.judge(by=coordinator, copy=copy, withhold=["autre-chose"])
    files = StoredFile.objects.count()
    stale = BlindCopy.objects.get()
    blind.judge(by=coordinator, copy=copy, withhold=["images"])
    with pytest.raises(StaleWrite):
        blind.judge(by=coordinator, copy=stale, withhold=["cv"])
    assert StoredFile.objects.count() == files
    assert BlindCopy.objects.get().withheld == ["images"]


def test_links_of_a_piece_left_in_are_masked(jury, coordinator) -> None:
    copy = copy_of(named_dossier(jury))
    fresh = blind.judge(by=coordinator, copy=copy, withhold=["cv"])
    words = pdf_words(content(fresh.stored_file))
    assert "Lisières" in words
    assert "exemple.test" not in words
    assert Deposit.objects.get(pk=copy.deposit_id).data["answers"]["portfolio"] == {
        "links": ["https://exemple.test/travaux"]
    }


# The pages alone ---------------------------------------------------------------------------------


def test_what_a_comment_draws_stays_on_the_page_and_the_comment_goes(jury) -> None:
    with pdfs.document(1, text="Page") as pdf:
        drawing = pdf.make_stream(
            b"0 0 1 rg 0 0 100 40 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 40]
        )
        pdfs.annotate(
            pdf, Subtype=Name.Stamp, Rect=[20, 20, 120, 60], F=4, AP=Dictionary(N=drawing), Contents=String("Okoye")
        )
        data = pdfs.write(pdf)
    made = content(copy_of(named_dossier(jury, images=data)).stored_file)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        page = pdf.pages[4].obj
        assert list(page.get("/Annots", Array())) == []
        drawn = b"".join(stream.read_bytes() for stream in pdf.objects if isinstance(stream, pikepdf.Stream))
        assert b"0 0 1 rg 0 0 100 40 re f" in drawn
    assert leaks(pdf_strings(made)) == []
