"""Sheets made to hurt whoever imports them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

Maker = Callable[[], bytes]

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
DOCUMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
ROW = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>'
HEAD = ROW.format(n=1, text="Nom")


def book(sheet: str | bytes, *, strings: str | bytes = "", declared: str = "", extra: str = "") -> bytes:
    """A workbook of one sheet; ``sheet`` is what its ``sheetData`` holds, or the whole when bytes."""
    if isinstance(sheet, str):
        sheet = f"{declared}<worksheet {SPACE}><sheetData>{sheet}</sheetData>{extra}</worksheet>".encode()
    if isinstance(strings, str):
        strings = f"{declared}<sst {SPACE}>{strings}</sst>".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        office = f'<Relationship Id="r1" Type="{DOCUMENTS}/officeDocument" Target="xl/workbook.xml"/>'
        packed.writestr("_rels/.rels", LINKS.format(office))
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook {SPACE} xmlns:r="{DOCUMENTS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            LINKS.format(
                f'<Relationship Id="r1" Type="{DOCUMENTS}/worksheet" Target="worksheets/sheet1.xml"/>'
                f'<Relationship Id="r2" Type="{DOCUMENTS}/sharedStrings" Target="sharedStrings.xml"/>'
            ),
        )
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        packed.writestr("xl/sharedStrings.xml", strings)
    return out.getvalue()


def rows(number: int, text: str = "a") -> str:
    return HEAD + "".join(ROW.format(n=n, text=text) for n in range(2, number + 2))


def laughs() -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f"<?xml version='1.0'?><!DOCTYPE worksheet [{entities}]>"


OUTSIDE = "<?xml version='1.0'?><!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
WIDE = "".join(f"<c t='inlineStr'><is><t>{n}</t></is></c>" for n in range(16_384))

BOOKS: dict[str, Maker] = {
    "sound": lambda: book(rows(3)),
    "formulas": lambda: book(HEAD + '<row r="2"><c r="A2"><f>HYPERLINK("https://x.example","a")</f><v>9</v></c></row>'),
    "texts that are formulas": lambda: book(rows(3, "=1+1")),
    "a zip that inflates to 300 MB": lambda: book(b" " * 300_000_000),
    "strings that inflate to 300 MB": lambda: book(rows(1), strings=b" " * 300_000_000),
    "a million strings": lambda: book(rows(1), strings="<si><t>a</t></si>" * 1_000_000),
    "one string of 100 MB": lambda: book(rows(1), strings=f"<si><t>{'a' * 100_000_000}</t></si>"),
    "one string named a hundred thousand times": lambda: book(
        HEAD + ("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>") * 2000,
        strings=f"<si><t>{'a' * 1_000_000}</t></si>",
    ),
    "a thousand million laughs": lambda: book(ROW.format(n=1, text="&a11;"), declared=laughs()),
    "laughs in the strings": lambda: book(rows(1), strings="<si><t>&a11;</t></si>", declared=laughs()),
    "an entity from outside": lambda: book(ROW.format(n=1, text="&x;"), declared=OUTSIDE),
    "a hundred thousand rows": lambda: book(rows(100_000)),
    "5 000 rows": lambda: book(rows(5_000)),
    "5 001 rows": lambda: book(rows(5_001)),
    "a million empty rows": lambda: book(HEAD + "<row/>" * 1_000_000),
    "a row at the bottom": lambda: book(HEAD + '<row r="1048576"><c t="inlineStr"><is><t>a</t></is></c></row>'),
    "a row beyond the bottom": lambda: book(HEAD + '<row r="999999999"><c t="inlineStr"><is><t>a</t></is></c></row>'),
    "a row below nothing": lambda: book(HEAD + '<row r="-9"><c t="inlineStr"><is><t>a</t></is></c></row>'),
    "16 384 columns": lambda: book(f'<row r="1">{WIDE}</row>'),
    "a cell at the far right": lambda: book(HEAD + '<row r="2"><c r="XFD2" t="inlineStr"><is><t>a</t></is></c></row>'),
    "a cell beyond": lambda: book(HEAD + '<row r="2"><c r="ZZZZZZZ2" t="inlineStr"><is><t>a</t></is></c></row>'),
    "cells that are one": lambda: book(rows(3), extra='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a string that is not there": lambda: book(HEAD + '<row r="2"><c r="A2" t="s"><v>999999999</v></c></row>'),
    "a date beyond dates": lambda: book(HEAD + '<row r="2"><c r="A2" t="d"><v>99999-99-99</v></c></row>'),
    "a number beyond numbers": lambda: book(HEAD + f'<row r="2"><c r="A2"><v>1{"0" * 999}</v></c></row>'),
    "not a number": lambda: book(HEAD + '<row r="2"><c r="A2"><v>NaN</v></c></row>'),
    "elements a hundred thousand deep": lambda: book("<row>" * 100_000),
    "xml cut": lambda: book(b"<worksheet><sheetData><row><c"),
    "no sheet": lambda: book(b""),
    "a zip of nothing": lambda: b"PK\x05\x06" + bytes(18),
    "a zip cut": lambda: book(rows(30))[:-200],
    "an old xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
    "a csv under the name": lambda: b"Nom;Commune\r\nA;B\r\n",
    "a web page under the name": lambda: b"<html><table><tr><td>Nom</td></tr></table></html>",
    "nothing": lambda: b"",
}

CSVS: dict[str, Maker] = {
    "semicolons, cp1252": lambda: "Nom;Commune\r\nÉcole;Béthune\r\n".encode("cp1252"),
    "utf-16": lambda: "Nom\tCommune\r\nÉcole\tBéthune\r\n".encode("utf-16"),
    "utf-16, cut": lambda: "Nom\tCommune\r\nÉcole\tBéthune\r\n".encode("utf-16")[:-1],
    "utf-8 with its mark": lambda: "Nom,Commune\nÉcole,Béthune\n".encode("utf-8-sig"),
    "a nul": lambda: b"Nom;Commune\r\nA\0B;C\r\n",
    "a hundred thousand rows": lambda: b"Nom\r\n" + b"a\r\n" * 100_000,
    "five million line ends": lambda: b"Nom\r\n" + b"\n" * 4_999_000,
    "five million separators": lambda: b"Nom\r\n" + b";" * 4_999_000,
    "five thousand rows of a thousand": lambda: b"Nom" + b";" * 60 + b"\n" + (b";" * 999 + b"\n") * 4_900,
    "one word of five million": lambda: b"Nom\r\n" + b"a" * 4_999_000,
    "a quote never closed": lambda: b'Nom\r\n"' + b"a\r\n" * 100_000,
    "five million quotes": lambda: b"Nom\r\n" + b'"' * 4_999_000,
    "formulas": lambda: b"Nom\r\n=cmd|' /C calc'!A0\r\n@SUM(1)\r\n+1\r\n-1\r\n",
    "a workbook under the name": lambda: book(rows(3)),
    "noise": lambda: bytes(range(1, 256)) * 999,
    "lone halves": lambda: b"Nom\r\n\xed\xa0\x80\xed\xb0\x80\r\n",
    "nothing": lambda: b"",
    "blanks": lambda: b" \r\n" * 9999,
}


def by_hand() -> Iterator[tuple[str, Maker]]:
    for name, maker in BOOKS.items():
        yield f"xlsx: {name}", maker
    for name, maker in CSVS.items():
        yield f"csv: {name}", maker


def bases() -> list[tuple[str, bytes]]:
    """Sound ones, to be spoilt."""
    return [("xlsx", book(rows(20))), ("stored", book(rows(3), strings="<si><t>é</t></si>"))]
