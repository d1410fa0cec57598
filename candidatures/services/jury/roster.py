"""A list of members pasted from a spreadsheet or a mail: read line by line, then invited together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import JurorRole
from candidatures.models import Juror, Jury
from candidatures.services.jury import members
from clea.errors import Refused
from clea.text import normalise
from structures.models import Institution

if TYPE_CHECKING:
    from clea.accounts.models import User

#: A jury of several hundred people is a mistake in the paste.
MAX_LINES = 200
_ROLES = {
    "": JurorRole.MEMBER,
    "membre": JurorRole.MEMBER,
    "titulaire": JurorRole.MEMBER,
    "membre titulaire": JurorRole.MEMBER,
    "presidence": JurorRole.PRESIDENT,
    "president": JurorRole.PRESIDENT,
    "presidente": JurorRole.PRESIDENT,
    "suppleant": JurorRole.SUBSTITUTE,
    "suppleante": JurorRole.SUBSTITUTE,
    "suppleance": JurorRole.SUBSTITUTE,
    "membre suppleant": JurorRole.SUBSTITUTE,
    "membre suppleante": JurorRole.SUBSTITUTE,
}


@dataclass
class Line:
    """One person of the list, as read, and what is wrong with it. ``number`` is the line's, from 1."""

    number: int
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    institution_name: str = ""
    role_name: str = ""
    institution: Institution | None = None
    role: JurorRole = JurorRole.MEMBER
    errors: list[str] = field(default_factory=list)


def read(jury: Jury, text: str) -> list[Line]:
    """Each line that is not blank: ``prénom;nom;courriel;institution;rôle``. Two queries.

    Tabs separate too, as a paste from a spreadsheet does. A line of titles is left out. An
    institution is found by its name without accents or case, by its identifier, by its initials, or by
    words that only one of them holds.
    """
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        cells = [" ".join(cell.split()) for cell in raw.split("\t" if "\t" in raw else ";")]
        if not lines and {"courriel", "email", "e-mail", "mail"} & {normalise(cell) for cell in cells}:
            continue
        line = Line(number)
        if len(cells) < 4:
            line.errors.append(
                ngettext(
                    "Cette ligne compte %(n)d partie : il en faut au moins quatre, séparées par des points-virgules.",
                    "Cette ligne compte %(n)d parties : il en faut au moins quatre, séparées par des points-virgules.",
                    len(cells),
                )
                % {"n": len(cells)}
            )
        elif len(cells) > 5 and any(cells[5:]):
            line.errors.append(_("Cette ligne compte plus de cinq parties."))
        values = [*cells, "", "", "", "", ""]
        line.first_name, line.last_name, line.email, line.institution_name, line.role_name = values[:5]
        line.email = line.email.lower()
        lines.append(line)
    _check(jury, lines)
    return lines


def invite_all(*, by: User, jury: Jury, lines: list[Line]) -> list[Juror]:
    """Invite everyone of a list without errors: all of them or none. Each is written to at once.

    Raises ``Refused`` that names the line.
    """
    with transaction.atomic():
        found = []
        for line in lines:
            if line.errors or line.institution is None:
                raise Refused(_("La liste contient encore des erreurs : personne n'est invité."), code="errors")
            try:
                juror = members.invite(
                    by=by,
                    jury=jury,
                    email=line.email,
                    first_name=line.first_name,
                    last_name=line.last_name,
                    institution=line.institution,
                    role=line.role,
                )
            except ValidationError as error:
                raise Refused(_at(line, " ".join(error.messages)), code="errors") from error
            except Refused as refusal:
                raise type(refusal)(_at(line, str(refusal)), code=refusal.code) from refusal
            found.append(juror)
        return found


def _at(line: Line, message: str) -> str:
    return _("Ligne %(n)d : %(message)s") % {"n": line.number, "message": message}


def _check(jury: Jury, lines: list[Line]) -> None:
    institutions = list(Institution.objects.filter(territory=jury.territory))
    addresses = {
        email.lower()
        for email in Juror.objects.sitting()
        .filter(jury=jury, user__email__in=[line.email for line in lines])
        .values_list("user__email", flat=True)
    }
    first: dict[str, int] = {}
    for line in lines:
        if not line.errors:
            _check_one(line, institutions)
        if line.email and line.email in addresses:
            line.errors.append(_("Cette personne est déjà membre de ce jury."))
        elif line.email in first:
            line.errors.append(_("Cette adresse est déjà à la ligne %(n)d.") % {"n": first[line.email]})
        elif line.email:
            first[line.email] = line.number


def _check_one(line: Line, institutions: list[Institution]) -> None:
    if not line.last_name:
        line.errors.append(_("Le nom manque."))
    for value in (line.first_name, line.last_name):
        if len(value) > 150:
            line.errors.append(_("Le prénom ou le nom est trop long."))
    try:
        validate_email(line.email)
    except ValidationError:
        line.errors.append(
            _("L'adresse « %(email)s » n'est pas valable.") % {"email": line.email}
            if line.email
            else _("L'adresse électronique manque.")
        )
    role = _ROLES.get(normalise(line.role_name))
    if role is None:
        line.errors.append(
            _("Rôle inconnu : « %(role)s ». Écrivez présidence, titulaire ou suppléant.") % {"role": line.role_name}
        )
    else:
        line.role = role
    matching = _matching(line.institution_name, institutions)
    if len(matching) == 1:
        line.institution = matching[0]
    elif not line.institution_name:
        line.errors.append(_("L'institution manque."))
    elif matching:
        line.errors.append(
            _("Plusieurs institutions répondent à « %(name)s » : %(list)s.")
            % {"name": line.institution_name, "list": ", ".join(str(row) for row in matching[:4])}
        )
    else:
        line.errors.append(_("« %(name)s » n'est pas un partenaire du territoire.") % {"name": line.institution_name})


def _matching(name: str, institutions: list[Institution]) -> list[Institution]:
    """Those of this name or identifier, or of these initials ("DRAC"), or that alone hold these words."""
    key = normalise(name)
    if not key:
        return []
    exact = [row for row in institutions if key in (normalise(row.name), normalise(row.slug))]
    if exact:
        return exact
    if initials := [row for row in institutions if _initials(row.name) == key]:
        return initials
    words = key.split()
    return [row for row in institutions if all(word in normalise(row.name).split() for word in words)]


def _initials(name: str) -> str:
    """``drac`` for "Direction régionale des affaires culturelles": small words do not count."""
    return "".join(word[0] for word in normalise(name).split() if len(word) > 3)
