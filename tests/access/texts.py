"""Hostile words in every form, every query and every address: refused or kept, never a 500, and in bounded time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import NoReverseMatch, reverse

from tests.access.asking import send, undone, visitor
from tests.access.forms import TEXTS, Form
from tests.access.matrix import DENIED, LOGIN, Role, Row
from tests.access.objects import Found, reason
from tests.access.world import World

#: A request may take this long, the machine being busy.
SECONDS = 20
MARK = "<script>alert(1)</script>"
EVERYTHING = (
    f"=cmd|'/c calc'!A0 {MARK} {{{{7*7}}}} {{% now 'Y' %}} %(x)s %n {{0}} '; DROP TABLE x; --\r\nBcc: a@exemple.test"
    "\r\n\r\n a\0b \u202egpj.exe\u202c \u2066\u200b Zͨ̌ 🜁👩\u200d🎨 \u05d3\u05d5\u05d3 \ufffe \x1b[31m ../../etc/passwd"
)
WHOLE = (
    "", "\0", "-1", "9" * 400, "99999999999999999999", "0000-00-00", "9999-12-31", "10000-01-01", "25:61",
    "00000000-0000-0000-0000-000000000000", "nan", "1e400", "[]", "=1+1", "a\r\nBcc: b@exemple.test",
)  # fmt: skip
ODD = {
    "number": ("-1", "2147483648", "9223372036854775808", "9" * 400, "1e400", "nan", "1.5", "\u0665", "0"),
    "date": ("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2027-02-30", "31/12/9999"),
    "time": ("25:61", "00:00", "23:59:59.999999"),
    "datetime-local": ("0001-01-01T00:00", "9999-12-31T23:59"),
    "email": ("a@b", "a\r\nBcc: c@exemple.test", f"{'a' * 300}@exemple.test", "é@exemple.test", '"x y"@exemple.test'),
    "url": ("javascript:alert(1)", "http://[", "https://exemple.test/" + "a" * 3000, "//exemple.test", "ftp://x"),
    "select": ("-1", "9" * 30, "\0", "x"),
    "radio": ("-1", "x", "9" * 30),
    "checkbox": ("x", "9" * 30),
    "hidden": ("", "-1", "9" * 30, "x", "\0"),
}
LONG = 1_000_000
QUERIES = (
    {"page": "-1"}, {"page": "abc"}, {"page": "9" * 30}, {"p": "-1"}, {"p": "9" * 30}, {"q": "\0"}, {"q": EVERYTHING},
    {"q": "a " * 3000}, {"o": "-99.x.\0"}, {"o": "9" * 30}, {"e": "1"}, {"all": "x"}, {"_to_field": "pk"},
    {"_popup": "1"}, {"retour": "//exemple.test/"}, {"next": "javascript:alert(1)"}, {"id__in": "x,\0"},
    {"pk": "9" * 30}, {"season": "x"}, {"territory": "9" * 30}, {"call": "\0"}, {"date": "10000-01-01"},
    {"from": "0000-00-00", "to": "9999-99-99"}, {"year": "9" * 12}, {"month": "2027-13"}, {"_facets": "x"},
)  # fmt: skip
ENDS = ("%00", "a%00b", "%ff", "%E2%80%AE", "..%2f..%2fetc", "x" * 5000, "%25", "-1", "9" * 40, "%0d%0aX:1")


def posts(form: Form) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is sent to one form: everything hostile, then one field at a time, the others as they should be."""
    valid = form.valid()
    texts = [name for name in valid if form.fields[name].kind in TEXTS]
    if texts:
        yield "hostile texts", valid | {name: [EVERYTHING] for name in texts}
        yield "a very long word", valid | {texts[-1]: ["A" * LONG]}
    yield "nothing", {}
    for value in WHOLE:
        yield f"{value[:30]!r} everywhere", {name: [value] for name in valid}
    yield "each field twice", {name: [*values, *values] for name, values in valid.items()}
    yield "lists", {f"{name}[]": values for name, values in valid.items()}
    for name in valid:
        for value in ODD.get(form.fields[name].kind, ()):
            yield f"{value[:30]!r} in {name}", valid | {name: [value]}


def sweep(forms: list[Form], world: World) -> Found:
    """Every form, with what it does not expect."""
    found = Found()
    for form in forms:
        method = "post" if form.method == "post" else "get"
        for what, data in posts(form):
            said = {name: values if len(values) != 1 else values[0] for name, values in data.items()}
            if method == "get" and len(urlencode(said, doseq=True)) > 8000:
                continue  # a server refuses the line before we see it
            follow(found, world, form.role, method, form.action, said, f"the form of {form.page}, {what}")
    return found


def follow(found: Found, world: World, role: Role, method: str, url: str, data: Any, what: str, **extra: Any) -> None:
    """One request, and the page it leads to; both undone."""
    who = f"{method.upper()} {urlsplit(url).path[:90]} as {role.name}, {what}"
    with undone():
        client = visitor(world, role)
        started = time.monotonic()
        if isinstance(data, bytes | str):
            # As it is: the client's own methods would read it in the charset it claims.
            response = client.generic(method.upper(), url, data, **extra)
        else:
            response = getattr(client, method)(url, data, **extra)
        found.requests += 1
        pages = [response]
        if response.status_code in {302, 303} and response.headers["Location"].startswith("/"):
            pages.append(client.get(response.headers["Location"]))
            found.requests += 1
        for page in pages:
            if page.status_code >= 500:
                found.faults.append(f"{who}: {page.status_code} {reason(page)}")
            if page.streaming:
                b"".join(page.streaming_content)  # type: ignore[attr-defined]
            elif MARK.encode() in page.content and "html" in page.headers.get("Content-Type", ""):
                found.faults.append(f"{who}: the script comes back as it was sent")
        if (spent := time.monotonic() - started) > SECONDS:
            found.faults.append(f"{who}: {spent:.0f} s")


def malformed(forms: list[Form], world: World) -> Found:
    """Bodies that are no form."""
    found = Found()
    seen = set()
    for form in forms:
        if form.method != "post" or (form.key[0], form.role) in seen:
            continue
        seen.add((form.key[0], form.role))
        names = list(form.fields)
        bodies = {
            "JSON": (json.dumps({name: [None, {"a": 1}] for name in names}), "application/json"),
            "a broken multipart": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
            "a multipart without boundary": (b"--x--", "multipart/form-data"),
            "3 000 fields": (urlencode({f"f{n}": "" for n in range(3000)}), "application/x-www-form-urlencoded"),
            "bytes that are no text": (
                "&".join(f"{name}=%ff%fe%ED%A0%80%zz" for name in names), "application/x-www-form-urlencoded",
            ),
            "an unknown type": (b"\x00\xff", "text/\x7f; charset=klingon"),
            "an odd charset": (b"a=1", "application/x-www-form-urlencoded; charset=utf-7"),
        }  # fmt: skip
        for what, (body, kind) in bodies.items():
            follow(found, world, form.role, "post", form.action, body, what, content_type=kind)
    return found


def queries(rows: list[Row], world: World) -> Found:
    """Every page with parameters nobody expects, and every address with an odd end."""
    found = Found()
    for row in rows:
        role = next((one for one in Role if row.expected("get", one) not in (DENIED, LOGIN, 403, 404)), None)
        if role is None:
            continue
        url, own = row.url(world), row.query(world)
        odd: dict[str, Any] = {}
        for query in QUERIES:
            odd |= query
            follow(found, world, role, "get", url, own | query, f"?{next(iter(query))}")
        follow(found, world, role, "get", url, own | odd, "every parameter")
        for end in ENDS:
            for base in (url, url.rstrip("/").rpartition("/")[0] + "/"):
                follow(found, world, role, "get", f"{base}{end}/", None, f"the end {end[:12]}")
        follow(found, world, role, "get", url, own, "a huge cookie", headers={"cookie": f"x={'a' * 6000}"})
    return found


def arguments(rows: list[Row], world: World) -> Found:
    """Every argument that takes a text, with what is no key."""
    found = Found()
    for row in rows:
        own = row.kwargs(world)
        role = next((one for one in Role if row.expected("get", one) not in (DENIED, LOGIN, 403, 404)), None)
        if role is None or row.path:
            continue
        for name in own:
            for value in ("\0", "x" * 3000, "9" * 40, "é\u202e", "-1", "%", "..", "{}", "'--"):
                try:
                    url = reverse(row.name.partition("(")[0], kwargs=own | {name: value})
                except (NoReverseMatch, ValueError, OverflowError):
                    continue
                for method in ("get", "post"):
                    follow(found, world, role, method, url, None, f"{value[:6]!r} as {name}")
    return found


def methods(rows: list[Row], world: World, roles: tuple[Role, ...]) -> Found:
    """Verbs that nobody uses, and the fragments' header: no 500, and nothing that GET does not give."""
    found = Found()
    for row in rows:
        for role in roles:
            url = row.url(world)
            plain = send(world, role, "get", url, row.query(world))
            for verb in ("head", "options", "put", "patch", "delete"):
                response = send(world, role, verb, url)
                found.requests += 1
                who = f"{verb.upper()} {row.name} as {role.name}"
                if response.status_code >= 500:
                    found.faults.append(f"{who}: {response.status_code} {reason(response)}")
                elif response.status_code == 200 and plain.status_code != 200 and getattr(response, "content", b""):
                    found.faults.append(f"{who}: 200, where GET answers {plain.status_code}")
            part = send(world, role, "get", url, row.query(world), headers={"hx-request": "true"})
            found.requests += 2
            if part.status_code != plain.status_code:
                found.faults.append(
                    f"GET {row.name} as {role.name}: {part.status_code} to htmx, {plain.status_code} else"
                )
    return found
