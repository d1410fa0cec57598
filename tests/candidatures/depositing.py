"""A whole deposit through the forms, as a browser asks for it: each page read, filled and sent."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures import sections
from candidatures.enums import PieceForm
from candidatures.models import Call, CallPiece, Deposit
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory, DisciplineFactory, tiny_pdf

NONE = {"lignes-TOTAL_FORMS": "0", "lignes-INITIAL_FORMS": "0"}


def answers(call: Call) -> dict[str, dict[str, Any]]:
    """What is typed on each page."""
    return {
        "identite": {
            "applicant_kind": "artist", "artist_name": "Élan", "first_name": "Ada", "last_name": "Nom",
            "phone": "00 00 00 00 00", "address": "1 rue des Terrils", "postal_code": "62300", "city": "Bourg",
            "country": "France", **NONE,
        },
        "pratique": {"disciplines": [DisciplineFactory(name="arts visuels").pk], "practice": "Je dessine."},
        "conditions": {
            f"{name}_{row.pk}": value
            for row in call.criteria.all()
            for name, value in (("declared", "on"), ("comment", ""))
        },
        "dossier-unique": {"single_pdf": "0"},
        "articulation": {"territory_link": "Le bassin.", "axes": [row.pk for row in call.axes.all()]},
        "budget": {
            "lignes-TOTAL_FORMS": "1", "lignes-INITIAL_FORMS": "0", "lignes-0-nature": "general",
            "lignes-0-label": "Salaire", "lignes-0-net": "12000", "lignes-0-gross": "15000",
            "lignes-0-employer_charges": "6000", "lignes-0-total": "21000",
        },
        "territoires": {"applies_elsewhere": "0", **NONE},
        "engagements": {"accuracy_declared": "on", "privacy_read": "on"},
        "piece-lettre": {"text": "Je souhaite créer avec vous."},
    }  # fmt: skip


def five_pieces(**given: Any) -> Call:
    """A call that asks for all there is, and for five PDFs."""
    call = CallFactory(complete=True, **given)
    call.pieces.all().delete()
    CallPiece.objects.bulk_create(
        CallPiece(call=call, code=f"piece{n}", title=f"Pièce {n}", form=PieceForm.FILE, required=True, order=n)
        for n in range(5)
    )
    return call


def plain(**given: Any) -> Call:
    """A call that asks for what the others' forms do: who one is, what one does, a text, an agreement."""
    call = CallFactory(ask_articulation=False, ask_other_territories=False, accepts_single_pdf=False, **given)
    CallPiece.objects.create(call=call, code="lettre", title="Lettre", form=PieceForm.TEXT, required=True)
    return call


def deposit(call: Call, *, pdf: bytes = b"", host: str = "testserver", **who: Any) -> list[int]:
    """File a dossier for the call: the queries of each request, transactions' own words left out."""
    client, counts = Client(headers={"host": host}), []
    client.force_login(UserFactory(**who), backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("applications:list"))  # templates are read once a process

    def ask(method: str, address: str, data: dict[str, Any] | None = None) -> Any:
        with CaptureQueriesContext(connection) as captured:
            response = getattr(client, method)(address, data)
        asked = [row["sql"] for row in captured.captured_queries]
        counts.append(sum(not re.match("BEGIN|COMMIT|SAVEPOINT|RELEASE", sql) for sql in asked))
        return response

    apply = reverse("calls:apply", args=[call.slug])
    ask("get", apply)
    address = ask("post", apply)["Location"]
    ask("get", address)
    typed = answers(call)
    for key in sections.keys(call):
        page = f"{address}{key}/"
        ask("get", page)
        if key in typed:
            ask("post", page, typed[key] | {"version": "0"})
        else:
            code = key.removeprefix(sections.PIECE_PREFIX)
            file = SimpleUploadedFile("piece.pdf", pdf or tiny_pdf(), "application/pdf")
            ask("get", ask("post", f"{address}pieces/{code}/envoyer/", {"fichier": file})["Location"])
    ask("get", f"{address}verifier/")
    ask("get", ask("post", f"{address}deposer/")["Location"])
    assert Deposit.objects.filter(application__call=call, application__uuid=address.split("/")[-2]).count() == 1
    return counts
