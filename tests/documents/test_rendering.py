"""Pages made here are tagged, in the house's look, and made of nothing from elsewhere."""

from __future__ import annotations

import io
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from clea.documents import services as documents
from clea.documents.samples import sample_pdf

PAGE = "pdf/text_piece.html"
WORDS = "Bonjour à toutes et à tous.\n\nNous aimons les « terrils »."


def text_of(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_page_is_tagged_titled_and_in_its_language() -> None:
    data = documents.render_pdf(PAGE, {"body": WORDS}, title="Lettre d'Élise", language="fr")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.docinfo["/Title"]) == "Lettre d'Élise"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert pdf.check_pdf_syntax() == []
        fonts = {str(name) for page in pdf.pages for name in page.Resources.Font}
        assert fonts
    listed = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout.decode()
    assert all(" yes yes yes " in line for line in listed.splitlines()[2:])


def test_every_page_says_which_it_is() -> None:
    data = documents.render_pdf(PAGE, {"body": f"{WORDS}\n\n" * 40, "footer_text": "Pied de page"}, title="Titre")
    pages = text_of(data).split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        last = page.strip().splitlines()[-1].split()
        assert (last[:3], "".join(last[3:])) == (["Pied", "de", "page"], f"{number}/{len(pages)}")


def test_the_footer_is_the_title_when_nothing_else_is_said() -> None:
    assert text_of(documents.render_pdf(PAGE, {"body": "x"}, title="Mon titre")).count("Mon titre") == 2


def test_a_piece_of_a_dossier_leaves_numbers_to_the_dossier() -> None:
    data = documents.render_pdf(PAGE, {"body": f"{WORDS}\n\n" * 30, "inside": True}, title="Mon titre")
    assert text_of(data).count("Mon titre") == 1
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) > 1
        assert {round(float(page.mediabox[3])) for page in pdf.pages} == {818}


def test_what_was_typed_stays_text() -> None:
    data = documents.render_pdf(
        PAGE, {"body": "<script>alert(1)</script>\n\na & b <img src='file:///etc/passwd'>"}, title="<b>Titre</b>"
    )
    text = text_of(data)
    assert "<script>alert(1)</script>" in text
    assert "a & b <img src='file:///etc/passwd'>" in text
    assert "<b>Titre</b>" in text


def test_the_words_follow_the_language_asked() -> None:
    data = documents.render_pdf("pdf/contents.html", {"dossier": "", "entries": []}, title="x", language="en")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "en"


def test_the_same_page_gives_the_same_bytes() -> None:
    assert documents.render_pdf(PAGE, {"body": WORDS}, title="x") == documents.render_pdf(
        PAGE, {"body": WORDS}, title="x"
    )


@pytest.fixture
def page_with(settings: Settings, tmp_path: Path) -> Callable[[str], bytes]:
    """Render a page with this in its body, as a careless template would."""

    def render(markup: str) -> bytes:
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        (folder / "careless.html").write_text(
            "{% extends 'pdf/base.html' %}{% block content %}{{ markup|safe }}{% endblock %}"
        )
        engine = django_settings.TEMPLATES[0]
        settings.TEMPLATES = [{**engine, "DIRS": [folder, django_settings.BASE_DIR / "templates"]}]
        return documents.render_pdf("careless.html", {"markup": markup}, title="x")

    return render


def test_nothing_is_fetched_from_the_network(page_with: Callable[[str], bytes]) -> None:
    asked: list[str] = []

    class Witness(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Witness)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        here = f"http://127.0.0.1:{server.server_port}"
        page_with(
            f"<img src='{here}/a.png' alt='a'><link rel='stylesheet' href='{here}/b.css'>"
            f"<p style=\"background: url('{here}/c.png')\">texte</p><style>@import '{here}/d.css';</style>"
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == []


@pytest.mark.parametrize("address", ["file://{secret}", "{secret}", "file://localhost{secret}", "../../{name}"])
def test_nothing_is_read_from_the_disk_but_our_own_assets(
    address: str, page_with: Callable[[str], bytes], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='99' height='99'><text y='20'>SECRET</text></svg>")
    source = address.format(secret=secret, name=secret.name)
    assert "SECRET" not in text_of(page_with(f"<p>début</p><img src='{source}' alt=''>"))


def test_our_own_assets_and_embedded_ones_are_shown(page_with: Callable[[str], bytes]) -> None:
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='99' height='30'><text y='20'>MERCI</text></svg>"
    data = page_with(f'<img src="data:image/svg+xml,{drawing}" alt="merci">')
    assert "MERCI" in text_of(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert b"0.611765 0.227451 0.141176 rg" in b"".join(
            form.read_bytes() for form in pdf.pages[0].Resources.XObject.values()
        )


# Samples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [1, 2, 9, 30])
def test_a_sample_has_the_pages_and_the_words_asked(pages: int) -> None:
    data = sample_pdf("Nos horizons", ["Un été à l'œuvre, 50 €.", "Second paragraphe."], pages, author="Compagnie")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == pages
        assert str(pdf.docinfo["/Author"]) == "Compagnie"
        assert pdf.check_pdf_syntax() == []
    text = text_of(data)
    assert "Nos horizons" in text
    assert "Un été à l'œuvre, 50 €." in text


def test_samples_differ_by_their_words_and_by_nothing_else() -> None:
    one = sample_pdf("Nos horizons", ["Texte."], 3, author="A")
    assert one == sample_pdf("Nos horizons", ["Texte."], 3, author="A")
    assert one != sample_pdf("Nos horizons", ["Texte."], 3, author="B")


def test_a_sample_passes_our_own_inspection(tmp_path: Path) -> None:
    path = tmp_path / "sample.pdf"
    path.write_bytes(sample_pdf("Nos horizons", ["Texte."], 12, author="A"))
    found = documents.inspect(path, max_bytes=10**6, max_pages=12)
    assert found == documents.Inspection(True, pages=12, title="Nos horizons")


def test_a_sample_has_a_page() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        sample_pdf("x", [], 0, author="x")
