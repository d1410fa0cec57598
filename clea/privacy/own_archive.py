"""A person's own data as one ZIP: a file of JSON a part, their files under readable names. Made as it leaves."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from zipstream import ZIP_DEFLATED, ZipStream

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.documents.names import Names, safe_name
from clea.mail.models import MailAttachment
from clea.privacy import own
from clea.privacy.own import Part, Person
from clea.ui.dates import moment

log = logging.getLogger(__name__)

_CHUNK = 256 * 1024
MESSAGES = "messages"


def stream(person: Person, *, language: str = "fr") -> Iterator[bytes]:
    """The bytes of the archive, part after part: memory does not grow with the files.

    Keys are the program's own, in English, and never change; README.txt says what each means. A file that the
    antivirus holds, or that is missing, is named there and left out.
    """
    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=1)
    left_out: list[str] = []
    told = [part for part in own.parts() if part.rows(person).exists()]
    for part in told:
        # Never across a yield: the language is the thread's, which does other work meanwhile.
        with translation.override(language):
            written = _json(part, person)
        archive.add(written, f"{part.name}.json")
        yield from archive.all_files()
        for name, content in _files(part, person, left_out):
            archive.add(content, f"{part.name}/{name}")
            yield from archive.all_files()
    with translation.override(language):
        readme = _readme(told, left_out)
    archive.add(readme.encode("utf-8-sig"), "README.txt")
    yield from archive.finalize()


def _json(part: Part, person: Person) -> bytes:
    rows = list(part.told(person))
    said = {"what": str(part.label), "kept": str(part.until), "count": len(rows), "rows": rows}
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _files(part: Part, person: Person, left_out: list[str]) -> Iterator[tuple[str, Iterator[bytes] | bytes]]:
    """The files of a part: those stored, and what was attached to the messages. Names are each once."""
    names = Names()
    if part.name == MESSAGES:
        for attached in MailAttachment.objects.filter(mail__in=part.rows(person).values("pk")).order_by("pk"):
            stem, _dot, extension = attached.name.rpartition(".")
            yield names.unique(safe_name(stem or extension), f".{extension}" if stem else ""), bytes(attached.content)
    for link in part.files:
        rows = part.rows(person).filter(**{f"{link}__isnull": False})
        pairs = list(rows.values_list(link, part.stem))
        stored = StoredFile.objects.in_bulk({key for key, _stem in pairs})
        for key, stem in pairs:
            row = stored[key]
            # The extension is the one that we found, never the sender's.
            extension = "." + str(row.file.name).rpartition(".")[2]
            name = names.unique(safe_name(str(stem).removesuffix(extension)), extension)
            content = _content(row, f"{part.name}/{name}", left_out)
            if content is not None:
                yield name, content


def _content(stored: StoredFile, name: str, left_out: list[str]) -> Iterator[bytes] | None:
    try:
        file: Any = documents.opened(stored)
    except documents.Withheld as held:
        left_out.append(f"{name} : {held}")
        return None
    except OSError:
        log.exception("stored file %s cannot be read", stored.uuid)
        left_out.append(name)
        return None

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK):
                yield chunk

    return chunks()


def _readme(told: list[Part], left_out: list[str]) -> str:
    lines = [
        _("Vos données"),
        _("Faite le %(when)s.") % {"when": moment(timezone.now())},
        "",
        _(
            "Chaque fichier .json dit une chose que nous gardons de vous ; le dossier du même nom contient les "
            "fichiers qui vont avec. Ce que d'autres ont écrit de vous en délibérant n'y est pas, ni ce qui est à eux."
        ),
        "",
    ]
    for part in told:
        lines += [f"{part.name}.json – {part.label}", _("Conservation : %(until)s") % {"until": part.until}]
        lines += [f"    {key} : {words}" for key, words in part.columns()]
        lines.append("")
    if left_out:
        lines += [_("Ces fichiers manquent ; demandez-les à la coordination :"), *left_out]
    return "\r\n".join(lines) + "\r\n"
