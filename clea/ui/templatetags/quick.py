"""``{% translate %}`` and ``{% url %}``, the same tags as Django's, worked out once instead of on every page.

What a constant sentence is called in a language, and what the address of a page is, depend on the program alone: each
process remembers them. A page of the site says about a hundred of them. Loaded in every template by the settings.
"""

from __future__ import annotations

from uuid import UUID

from django import template
from django.template.base import Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clea.ui.addresses import address

register = template.Library()

#: What an address may be made of for it to be remembered: what never says something else later.
_PLAIN = frozenset({str, SafeString, int, UUID})


class Sentence(Node):
    """``{% translate "…" %}`` of a constant: its words in each language, found once."""

    child_nodelists = ()

    def __init__(self, said: TranslateNode) -> None:
        self.said = said
        self.words: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        words = self.words.get(language)
        if words is None:
            words = self.words[language] = self.said.render(context)
        return words


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """As Django's; a constant sentence without options is a :class:`Sentence`."""
    node = do_translate(parser, token)
    found = node.filter_expression
    constant = getattr(found.var, "literal", None) is not None and not found.filters
    return Sentence(node) if constant and not (node.noop or node.asvar or node.message_context) else node


class Address(URLNode):
    """``{% url %}`` whose plain addresses are looked up once a process."""

    def render(self, context: template.Context) -> str:
        name = self.view_name.resolve(context)
        args = [arg.resolve(context) for arg in self.args]
        if self.asvar or self.kwargs or type(name) not in _PLAIN or not all(type(arg) in _PLAIN for arg in args):
            return super().render(context)
        request = getattr(context, "request", None)
        app = getattr(request, "current_app", getattr(getattr(request, "resolver_match", None), "namespace", None))
        found = address(name, *args, app=app)
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """As Django's."""
    node = parse_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)
