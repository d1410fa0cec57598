"""A dossier that says who sent it in every way a dossier can, and eyes to look for it."""

from __future__ import annotations

import io
import subprocess
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from candidatures.enums import PieceForm
from candidatures.models import Application, CallPiece, Deposit, Document, Jury, PieceAnswer
from clea.documents import services as documents
from tests import pdfs
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory, file_application, fill_application
from tests.factories.jury import JuryFactory

#: Each of these, in any case, anywhere in what a juror receives, is a leak.
SECRETS = (
    "brumeval",
    "okoye",
    "zélie",
    "zelie",
    "vantadour",
    "coquelourdes",
    "tancrede",
    "tancrède",
    "0612345678",
    "06 12 34 56 78",
    "59190",
    "hazebrouck",
)
WHO: dict[str, Any] = {
    "first_name": "Zélie",
    "last_name": "Brumeval-Okoye",
    "artist_name": "Compagnie Vantadour",
    "organisation": "Association Coquelourdes",
    "phone": "06 12 34 56 78",
    "address": "12 bis rue des Coquelourdes",
    "postal_code": "59190",
    "city": "Hazebrouck",
    "website": "https://www.brumeval.example/zelie",
    "practice": "Je suis Zélie Brumeval, de Hazebrouck ; voir brumeval.example/zelie.",
    "territory_link": "La Cie Vantadour connaît ce bassin (zelie@brumeval.example, 06.12.34.56.78).",
    "budget_comment": "L'association COQUELOURDES emploie Zelie.",
}
#: The words left in the pages of the piece that is kept.
PAGE = "Des dessins au bord du canal"


def signed_pdf(text: str = PAGE) -> bytes:
    """A PDF whose page says nothing of its maker, and all the rest does: description, packet of
    metadata, bookmarks, link, comment, named place, layer, page label, picture, description of a tag.
    """
    with pdfs.document(1, text=text) as pdf:
        pdf.docinfo["/Author"] = "Zélie Brumeval"
        pdf.docinfo["/Title"] = "Portfolio Vantadour"
        packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Brumeval</x:xmpmeta>"
        pdf.Root.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
        page = pdf.pages[0].obj
        page.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot, Subtype=Name.Link, Rect=[10, 10, 90, 30],
                        A=Dictionary(S=Name.URI, URI=String("https://www.brumeval.example")),
                    )
                ),
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Annot, Subtype=Name.Text, Rect=[10, 40, 30, 60],
                        T=String("Zélie"), Contents=String("Relu par Brumeval"),
                    )
                ),
            ]
        )  # fmt: skip
        page.PieceInfo = Dictionary(Illustrator=Dictionary(Private=String("Brumeval")))
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String("Brumeval-"))]))
        pdf.Root.Names = Dictionary(Dests=Dictionary(Names=Array([String("vantadour"), Array([page, Name.Fit])])))
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Calque de Zélie")))
        pdf.Root.OCProperties = Dictionary(
            OCGs=Array([layer]), D=Dictionary(Order=Array([String("Brumeval"), layer]), Name=String("Brumeval"))
        )
        page.Resources.Properties = Dictionary(MC0=layer)
        tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        figure = pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem, S=Name.Figure, P=tree, Pg=page, K=0,
                Alt=String("Portrait de Zélie Brumeval au travail"), T=String("Brumeval"),
            )
        )  # fmt: skip
        tree.K = Array([figure])
        tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array([0, Array([figure])])))
        page.StructParents = 0
        pdf.Root.StructTreeRoot = tree
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdfs.add_outline(pdf, Title=String("Zélie Brumeval, parcours"), Dest=Array([page, Name.Fit]))
        return pdfs.write(pdf)


def blind_jury(**kwargs: Any) -> Jury:
    """A jury that reads without names, of a call that asks for a letter and a portfolio they may see."""
    jury = JuryFactory(**kwargs)
    call = jury.call
    call.blind_reading = True
    call.save()
    CallPiece.objects.create(
        call=call, code="images", title="Images du travail", form=PieceForm.FILE, identifying=False, order=5
    )
    CallPiece.objects.filter(call=call, code="lettre").update(identifying=False)
    return jury


def named_dossier(jury: Jury, *, images: bytes | None = None, **kwargs: Any) -> Application:
    """A filed, admissible dossier, full of its author's name."""
    owner = kwargs.pop("owner", None) or UserFactory(
        email="zelie@brumeval.example", first_name="Zélie", last_name="Brumeval-Okoye"
    )
    application = ApplicationFactory(call=jury.call, owner=owner, **(WHO | kwargs))
    application.members.create(name="Tancrède Okoye", role="son")
    fill_application(application)
    PieceAnswer.objects.filter(application=application, piece__code="lettre").update(
        text="Madame, Monsieur, je m'appelle ZELIE BRUMEVAL OKOYE. Avec Tancrède, nous dessinons."
    )
    content = images or signed_pdf()
    stored = documents.store_bytes(
        by=owner, content=content, name="portfolio-zelie-brumeval.pdf", content_type="application/pdf", pages=1
    )
    Document.objects.create(
        application=application, piece=jury.call.pieces.get(code="images"), stored_file=stored, added_by=owner
    )
    file_application(Application.objects.get(pk=application.pk))
    Application.objects.filter(pk=application.pk).update(state="eligible")
    return Application.objects.select_related("last_deposit", "call").get(pk=application.pk)


def standing(application: Application) -> Deposit:
    """The deposit that stands."""
    assert application.last_deposit is not None
    return application.last_deposit


def leaks(text: str) -> list[str]:
    """The secrets that ``text`` tells."""
    folded = text.casefold()
    return [secret for secret in SECRETS if secret in folded]


def pdf_words(content: bytes) -> str:
    """The text of a PDF's pages."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def pdf_strings(content: bytes) -> str:
    """All that a PDF holds outside its pages' drawings: every string of every object, and every
    stream that is not a picture or a font.
    """
    told: list[str] = []

    def tell(obj: Any) -> None:
        if isinstance(obj, pikepdf.String):
            told.append(str(obj))
        elif isinstance(obj, pikepdf.Array):
            for child in obj:
                held(child)
        elif isinstance(obj, (pikepdf.Dictionary, pikepdf.Stream)):
            for name, child in obj.items():
                told.append(name)
                held(child)

    def held(child: Any) -> None:
        if not getattr(child, "is_indirect", False):
            tell(child)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        for obj in pdf.objects:
            tell(obj)
            if isinstance(obj, pikepdf.Stream) and obj.get("/Subtype") != Name.Image and "/Length1" not in obj:
                told.append(obj.read_bytes().decode("latin-1"))
                told.append(obj.read_bytes().decode("utf-8", "replace"))
        for key, value in pdf.docinfo.items():
            told += [key, str(value)]
    return "\n".join(told)


def body(response: Any) -> bytes:
    """The bytes of an answer, streamed or not; read to its end, so that its file is closed."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)
