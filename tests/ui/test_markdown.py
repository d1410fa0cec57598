"""What a coordinator writes is shown; what an attacker writes is text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clea.ui.markdown import render

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[clic](javascript:alert(1))",
    "[clic](JaVaScRiPt:alert(1))",
    "[clic](&#106;avascript:alert(1))",
    "[clic](data:text/html;base64,PHNjcmlwdD4=)",
    "[clic](vbscript:x)",
    "![x](https://ailleurs.test/pixel.png)",
    '<a href="x" onclick="alert(1)">x</a>',
    "<style>body{display:none}</style>",
    "<svg onload=alert(1)>",
    "[x](https://a.test 'titre\" onmouseover=\"alert(1)')",
    "`<script>alert(1)</script>`",
    "<iframe src=//ailleurs.test></iframe>",
    "|a|\n|---|\n|<b style=color:red>x</b>|",
    "# <form action=//ailleurs.test>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_no_active_element(text):
    html = render(text)
    tags = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", html, re.IGNORECASE))
    assert tags <= {"p", "a", "h2", "code", "table", "thead", "tbody", "tr", "th", "td"}
    for tag in re.findall(r"<[a-z][^>]*>", html):
        assert not re.search(r"\s(on\w+|style|src)\s*=", re.sub(r'"[^"]*"', '""', tag))
    assert not re.search(r'href="\s*(javascript|data|vbscript)', html, re.IGNORECASE)


@given(st.text(alphabet=st.sampled_from("<>[]()!`*_#|-&;:/'\" \nabjscript=onx"), max_size=120))
def test_no_text_at_all_gives_a_script_or_a_handler(text):
    html = render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', html))


def test_the_highest_heading_takes_the_asked_level_whatever_was_written():
    assert render("# Un\n\n## Deux") == "<h2>Un</h2>\n<h3>Deux</h3>\n"
    assert render("### Trois\n\n#### Quatre", 3) == "<h3>Trois</h3>\n<h4>Quatre</h4>\n"
    assert "<h6>" in render("# a\n\n## b\n\n### c\n\n#### d", 5)


def test_links_to_elsewhere_say_so_and_ours_do_not():
    assert 'rel="noopener external"' in render("[x](https://ailleurs.test/)")
    assert "rel=" not in render("[x](/appels/)")
    assert "rel=" not in render("[x](http://testserver/appels/)")
    assert 'href="mailto:a@b.test"' in render("[x](mailto:a@b.test)")


def test_a_table_keeps_its_heads_and_its_figures_aligned():
    html = render("| Nature | Net |\n|---|---:|\n| Mission | 8 400 |")
    assert '<table tabindex="0">' in html
    assert '<th scope="col">Nature</th>' in html
    assert '<td class="num">8 400</td>' in html
    assert "style" not in html


def test_nothing_gives_nothing():
    assert render(None) == render("") == render("  \n ") == ""
