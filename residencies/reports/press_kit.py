"""The press kit of a residency as one ZIP: texts, pictures, and a notice that says whose they are."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from clea.documents import services as documents
from clea.ui.dates import day, moment, span
from residencies.selectors.press_kits import KitPicture, PressKit
from residencies.services.event_notices import contact

CHUNK = 256 * 1024
#: The same kit gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def file_name(kit: PressKit) -> str:
    """What a browser saves."""
    return f"dossier-de-presse-{kit.residency.slug}.zip"


class _Pipe:
    """What a ZIP is written to, taken away as it comes: nothing is kept, in memory or on the disk."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def archive(kit: PressKit) -> Iterator[bytes]:
    """The ZIP, piece by piece. No query; memory does not grow with the pictures.

    Texts are UTF-8 with the mark that word processors look for. Pictures are those kept, drawn again
    from their pixels: nothing hidden travels with them.
    """
    with override("fr"):
        written = {name: text.encode("utf-8-sig") for name, text in texts(kit).items()}
        written["notice.html"] = notice(kit).encode()
    return _stream(kit, file_name(kit).removesuffix(".zip"), written)


def _stream(kit: PressKit, folder: str, written: dict[str, bytes]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in written.items():
            made.writestr(_entry(f"{folder}/{name}", 6), content)
            yield pipe.take()
        for one in kit.pictures:
            entry = _entry(f"{folder}/images/{one.name}", 1)
            with (
                documents.local_path(one.row.stored_file) as path,
                path.open("rb") as source,
                made.open(entry, "w") as target,
            ):
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield pipe.take()
    yield pipe.take()


def _entry(name: str, level: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type, entry._compresslevel = zipfile.ZIP_DEFLATED, level  # type: ignore[attr-defined]
    entry.external_attr = 0o644 << 16
    return entry


def texts(kit: PressKit) -> dict[str, str]:
    """The files of text, by name."""
    residency = kit.residency
    made = {
        "textes/reperes.txt": _lines(facts(kit)),
        "textes/agenda.txt": _agenda(kit),
        "notice.txt": _notice(kit),
    }
    if residency.presentation:
        made["textes/presentation.txt"] = _paragraphs(residency.artist_name, residency.title, residency.presentation)
    if residency.presentation_en:
        made["textes/presentation-en.txt"] = _paragraphs(residency.artist_name, residency.presentation_en)
    return made


def facts(kit: PressKit) -> list[tuple[str, str]]:
    """What a journalist asks first: label and answer."""
    residency, territory = kit.residency, kit.residency.territory
    names = ", ".join(f"{one}{f' ({one.role})' if one.role else ''}" for one in kit.artists)
    said = [
        (_("Résidence"), residency.artist_name),
        (_("Titre"), residency.title),
        (_("Artistes"), names),
        (_("Discipline"), residency.discipline),
        (_("Saison"), residency.season.name),
        (_("Territoire"), territory.name),
        (_("Présence"), " ; ".join(f"{one.title}, {span(one.starts_on, one.ends_on)}" for one in kit.periods)),
        (_("Axes"), ", ".join(str(one) for one in kit.axes)),
        (_("Productions"), " ; ".join(one.title for one in kit.productions)),
        (_("Site"), residency.website),
        (_("Page publique"), f"{settings.SITE_URL}{residency.get_absolute_url()}"),
        (_("Contact"), contact(territory)),
    ]
    return [(label, answer) for label, answer in said if answer]


def notice(kit: PressKit) -> str:
    """The notice as a page that opens from the folder: each picture, what it shows, whose it is, what may be done."""
    context = {"kit": kit, "residency": kit.residency, "facts": facts(kit)}
    return render_to_string("residencies/public/press_kit_notice.html", context)


def _notice(kit: PressKit) -> str:
    parts = [
        _("Dossier de presse : %(name)s") % {"name": kit.residency.artist_name},
        _(
            "Chaque image se publie avec son crédit, dans les limites de ses droits. Les personnes photographiées ont "
            "donné leur accord pour la presse et peuvent le retirer : vérifiez que l'image est encore à cette adresse."
        ),
        f"{settings.SITE_URL}{reverse('residencies:press_kit', args=[kit.residency.slug])}",
        *(_of_picture(one) for one in kit.pictures),
        *(f"« {one.text} »\n{one.signature}" for one in kit.testimonies),
    ]
    return "\n\n".join(parts) + "\n"


def _of_picture(one: KitPicture) -> str:
    row = one.row
    said = [
        (_("Fichier"), f"images/{one.name} ({row.width} × {row.height})"),
        (_("Texte alternatif"), row.alt),
        (_("Légende"), row.caption),
        (_("Crédit"), row.credit),
        (_("Droits"), row.rights),
        (_("Prise le"), day(row.taken_on) if row.taken_on else ""),
    ]
    return _lines((label, answer) for label, answer in said if answer).strip()


def _agenda(kit: PressKit) -> str:
    if not kit.items:
        return _("Aucun rendez-vous public n'est annoncé pour le moment.") + "\n"
    return (
        "\n\n".join(
            "\n".join(
                part
                for part in (
                    moment(one.starts_at),
                    f"{one.title} ({_('annulé')})" if one.is_cancelled else one.title,
                    ", ".join(str(x) for x in (one.place, one.commune) if x),
                    one.summary,
                    one.how_to_come,
                )
                if part
            )
            for one in kit.items
        )
        + "\n"
    )


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(_("%(label)s : %(answer)s") % {"label": label, "answer": answer} + "\n" for label, answer in pairs)


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
