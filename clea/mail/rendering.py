"""A message as it leaves: its text, its HTML twin, its headers."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from clea.mail.models import OutgoingMail

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

_LINK = re.compile(r"https?://[^\s<>\"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TRAILING = ".,;:!?)]}»…*_"
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")


def to_text(text: str) -> str:
    """The text as it is read without HTML: its bold loses the signs that ask for it."""
    return _BOLD.sub(r"\1", text)


def to_html(text: str) -> SafeString:
    """The text as HTML: paragraphs, lists, bold, line breaks, bare addresses made links.

    Nothing else is read: a name that holds HTML or a link under another link's words shows as
    it was typed, so a value can never disguise where a link leads.
    """
    return mark_safe(_parser().render(text))  # noqa: S308 - every text token is escaped below


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero", {"html": False, "breaks": True}).enable(["list", "newline", "emphasis"])
    parser.add_render_rule("text", _text)
    return parser


def _text(
    self: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    written, position = [], 0
    text = tokens[index].content
    for match in _LINK.finditer(text):
        address = match.group().rstrip(_TRAILING)
        href = address if "://" in address else f"mailto:{address}"
        written += [escape(text[position : match.start()]), f'<a href="{escape(href)}">{escape(address)}</a>']
        position = match.start() + len(address)
    return "".join([*written, escape(text[position:])])


def html_document(*, subject: str, body: str, language: str) -> str:
    """The whole HTML alternative, in the house style, with nothing to fetch from anywhere."""
    with override(language):
        return render_to_string(
            "mail/message.html",
            {
                "subject": subject,
                "content": to_html(body),
                "language": language,
                "site_name": getattr(settings, "SITE_NAME", "CLEA"),
                "site_url": settings.SITE_URL,
            },
        )


def message_id(mail: OutgoingMail) -> str:
    """The same at each try, so that a server that did take the first one knows the second."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{mail.uuid}@{domain}>"


def _headers(mail: OutgoingMail) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(mail),
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    if mail.leave_url:
        # RFC 8058: the reader's own button leaves the list with one POST.
        headers |= {"List-Unsubscribe": f"<{mail.leave_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def build(mail: OutgoingMail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The message to hand to the mail server. One query, for the attachments."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=f"{to_text(mail.body)}\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=_headers(mail),
        connection=connection,
    )
    message.attach_alternative(html_document(subject=mail.subject, body=mail.body, language=mail.language), "text/html")
    for attachment in mail.attachments.all():
        message.attach(attachment.name, bytes(attachment.content), attachment.content_type)
    return message
