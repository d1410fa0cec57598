"""The HTML twin of a message: what the text asked for, and nothing a value could slip in."""

from __future__ import annotations

import re

import pytest

from clea.mail.rendering import html_document, to_html, to_text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Un\n\ndeux", "<p>Un</p>\n<p>deux</p>\n"),
        ("Une ligne\npuis l'autre", "<p>Une ligne<br>\npuis l&#x27;autre</p>\n"),
        ("**gras**", "<p><strong>gras</strong></p>\n"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"),
        ("1. un\n2. deux", "<ol>\n<li>un</li>\n<li>deux</li>\n</ol>\n"),
        (
            "Voir https://clea.test/a?b=1&c=2.",
            '<p>Voir <a href="https://clea.test/a?b=1&amp;c=2">https://clea.test/a?b=1&amp;c=2</a>.</p>\n',
        ),
        (
            "(écrire à a.b@clea.test)",
            '<p>(écrire à <a href="mailto:a.b@clea.test">a.b@clea.test</a>)</p>\n',
        ),
    ],
)
def test_what_a_text_may_do(text, html):
    assert to_html(text) == html


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        '<img src="https://ailleurs.test/x.png">',
        "[cliquez](https://ailleurs.test)",
        "![x](https://ailleurs.test/x.png)",
        "[x]: https://ailleurs.test",
        "# Titre",
        "`code`",
        "javascript:alert(1)",
        "<https://ailleurs.test>",
        "&lt;b&gt;",
        "    quatre espaces",
        "> cité",
        "--- \n***",
        'https://ailleurs.test/"onmouseover="alert(1)',
    ],
)
def test_what_a_value_cannot_do(value):
    html = to_html(f"Bonjour {value}\n\n{value}")

    assert set(re.findall(r"<(\w+)", html)) <= {"p", "br", "a"}
    assert all(href == shown for href, shown in re.findall(r'<a href="([^"]*)">([^<]*)</a>', html))
    assert len(re.findall(r"<a\b", html)) == len(re.findall(r'<a href="https?://[^"]*">', html))


def test_the_page_fetches_nothing_and_speaks_its_language():
    page = html_document(subject="<Objet>", body="Bonjour", language="en")

    assert "<title>&lt;Objet&gt;</title>" in page
    assert page.startswith("<!doctype html>")
    assert '<html lang="en">' in page
    assert not re.search(r"(src=|url\(|@import|<link|<script|<img)", page)


def test_the_plain_text_shows_no_sign_of_bold():
    assert to_text("Votre numéro : **CLEA-2027-0001**.\n2 ** 3 et **deux mots**") == (
        "Votre numéro : CLEA-2027-0001.\n2 ** 3 et deux mots"
    )
