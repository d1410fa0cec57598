"""The closed list of messages the program knows how to write, each with its default text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext as _

from clea.errors import Refused
from clea.rules import ALLOWED, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from clea.mail.models import OutgoingMail

    Label: TypeAlias = str | _StrPromise

_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
FALLBACK_LANGUAGE = "fr"


class UnknownKind(LookupError):
    """A kind of message that no app registered: a programming error."""


class MissingVariable(LookupError):
    """A caller did not give every variable its kind declares: a programming error."""


@dataclass(frozen=True)
class MailKind:
    """A kind of message: what it is for, the variables it may use, and its text by language.

    ``subject`` and ``body`` are plain text with ``{{ variable }}`` placeholders; French is
    required. The body may use ``**bold**``, ``- lists`` and bare addresses, nothing else.
    ``samples`` fill the preview; a variable without one shows its label in brackets.
    """

    key: str
    label: Label
    description: Label
    variables: Mapping[str, Label]
    subject: Mapping[str, str]
    body: Mapping[str, str]
    samples: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.variables:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{self.key}: {name!r} is not a variable's name")
        for texts in (self.subject, self.body):
            if FALLBACK_LANGUAGE not in texts:
                raise ValueError(f"{self.key}: the French text is required")
            for text in texts.values():
                if unknown := set(placeholders(text)) - set(self.variables):
                    raise ValueError(f"{self.key}: undeclared {sorted(unknown)}")
        if set(self.subject) != set(self.body):
            raise ValueError(f"{self.key}: a subject and a body for each language")

    def default(self, language: str) -> tuple[str, str]:
        """Subject and body of the program itself, in French when there is no such language."""
        known = language if language in self.subject else FALLBACK_LANGUAGE
        return self.subject[known], self.body[known]

    def sample(self) -> dict[str, str]:
        """A value for every variable, for a preview."""
        return {name: self.samples.get(name, f"[{label}]") for name, label in self.variables.items()}


_KINDS: dict[str, MailKind] = {}


def register(*kinds: MailKind) -> None:
    """Add kinds, from ``AppConfig.ready``. ``ValueError`` on a key already taken."""
    for kind in kinds:
        if _KINDS.get(kind.key, kind) is not kind:
            raise ValueError(f"the kind of message {kind.key!r} is already registered")
        _KINDS[kind.key] = kind


_GUARDS: dict[str, Callable[[OutgoingMail], Verdict]] = {}


def guard(key: str, may_leave: Callable[[OutgoingMail], Verdict]) -> None:
    """Let an app look once more at a message of this kind when a person approves it. From ``AppConfig.ready``.

    A draft may wait for days: what it says may have stopped being so.
    """
    _GUARDS[key] = may_leave


def may_leave(mail: OutgoingMail) -> Verdict:
    """What the app that wrote this message says of its leaving now."""
    ask = _GUARDS.get(mail.kind)
    return ask(mail) if ask is not None else ALLOWED


def get(key: str) -> MailKind:
    """The kind registered under this key, or :class:`UnknownKind`."""
    try:
        return _KINDS[key]
    except KeyError:
        raise UnknownKind(f"{key!r} is not registered with clea.mail.kinds.register") from None


def everything() -> list[MailKind]:
    """All kinds, in the order of their labels."""
    return sorted(_KINDS.values(), key=lambda kind: str(kind.label))


def label(key: str) -> str:
    """What people read; the key itself for a kind whose app has since been removed."""
    return str(_KINDS[key].label) if key in _KINDS else key


def placeholders(text: str) -> list[str]:
    """What stands between double braces, in order, known or not."""
    return [match.strip() for match in _PLACEHOLDER.findall(text)]


def check_text(kind: MailKind, text: str) -> None:
    """Raise :class:`Refused` unless every placeholder is a variable of the kind, well written."""
    check_placeholders(kind.variables, text)


def check_placeholders(variables: Iterable[str], text: str) -> None:
    """Raise :class:`Refused` unless every placeholder is one of ``variables``, well written."""
    names = list(variables)
    known = ", ".join(f"{{{{ {name} }}}}" for name in names) or _("aucune")
    for name in placeholders(text):
        if name not in names:
            raise Refused(
                _("La variable « {{ %(name)s }} » n'existe pas. Variables possibles : %(known)s.")
                % {"name": name, "known": known},
                code="unknown_placeholder",
            )
    rest = _PLACEHOLDER.sub("", text)
    if any(mark in rest for mark in ("{{", "}}", "{%", "%}")):
        raise Refused(
            _(
                "Des accolades ne sont pas fermées ou ne désignent pas une variable. "
                "Une variable s'écrit {{ nom }}. Variables possibles : %(known)s."
            )
            % {"known": known},
            code="malformed_placeholder",
        )


def fill(text: str, context: Mapping[str, object]) -> str:
    """Replace each placeholder by its value. Values are text: they are never read again."""
    return _PLACEHOLDER.sub(lambda match: str(context[match.group(1).strip()]), text)
