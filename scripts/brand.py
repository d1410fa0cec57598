"""Draw the mark as the files that browsers, phones and social networks ask for: static/img/*.png, favicon.ico.

From the site's own SVGs (static/img/favicon.svg, templates/components/landscape.html), in Debian's Chromium.
Run it again when one of them changes: ``.venv/bin/python scripts/brand.py``.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "static" / "img"
PAPER, INK, BRICK, STRAW, SOFT, TERRIL = "#fbf9f5", "#1a1c1e", "#9c3a24", "#f4c95d", "#4a5056", "#2d5c45"
SHARE = (1200, 630)
# Name, side, share of the side that the mark takes: a maskable icon may lose a fifth on every edge.
ICONS = (("icon-192", 192, 0.78), ("icon-512", 512, 0.78), ("icon-maskable-512", 512, 0.56), ("touch-icon", 180, 0.7))
# What an .ico holds, for browsers that read no SVG.
ICO_SIDES = (16, 32, 48)


def mark() -> str:
    """The paths of the favicon, as drawn on paper."""
    source = (FOLDER / "favicon.svg").read_text(encoding="utf-8")
    return "".join(re.findall(r"<path[^>]*/>", source))


def icon(side: int, part: float, ground: str) -> str:
    size = round(side * part)
    return (
        f'<body style="margin:0;display:grid;place-items:center;inline-size:{side}px;block-size:{side}px;'
        f'background:{ground}"><svg width="{size}" height="{size}" viewBox="0 2 40 40">{mark()}</svg>'
    )


def card() -> str:
    """What a shared link shows: the mark, the name, the landscape of the home page."""
    source = (ROOT / "templates" / "components" / "landscape.html").read_text(encoding="utf-8")
    drawing = source[source.index("<svg") :]
    return f"""<style>
body {{ box-sizing: border-box; margin: 0; inline-size: 1200px; block-size: 630px; position: relative; }}
body {{ background: {PAPER}; color: {INK}; border-block-end: 4px solid {INK}; }}
.landscape {{ position: absolute; inset: auto 60px 0 auto; inline-size: 700px; }}
.landscape__sun {{ fill: {STRAW}; }} .landscape__far {{ fill: {TERRIL}; }} .landscape__near {{ fill: {INK}; }}
.landscape__stratum {{ fill: none; stroke: {PAPER}; stroke-width: 1.1; opacity: .55; }}
.landscape__house {{ fill: {BRICK}; }} .landscape__ground {{ fill: none; stroke: {INK}; stroke-width: 2; }}
.words {{ position: absolute; inset: 84px auto auto 84px; font-family: P052, serif; }}
h1 {{ font-size: 168px; line-height: 1; margin: 0; letter-spacing: -.01em; }}
p {{ font-size: 50px; line-height: 1.2; margin: 26px 0 0; color: {SOFT}; }}
</style><div class="words"><h1>CLEA</h1><p>Des artistes<br>en résidence</p></div>{drawing}"""


def shot(page: Page, html: str, width: int, height: int, colours: int) -> Image.Image:
    """The page as a picture, in a palette: flat drawings lose nothing by it."""
    page.set_viewport_size({"width": width, "height": height})
    page.set_content(html)
    drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    if drawn.mode == "RGBA" and drawn.getchannel("A").getextrema() != (255, 255):
        return drawn
    return drawn.convert("RGB").quantize(colours, dither=Image.Dither.NONE)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        page = browser.new_page()
        shot(page, card(), *SHARE, 24).save(FOLDER / "share.png", optimize=True)
        for name, side, part in ICONS:
            shot(page, icon(side, part, PAPER), side, side, 16).save(FOLDER / f"{name}.png", optimize=True)
        drawings = [shot(page, icon(side, 1, "transparent"), side, side, 16) for side in ICO_SIDES]
        drawings[-1].save(
            FOLDER / "favicon.ico", sizes=[(side, side) for side in ICO_SIDES], append_images=drawings[:-1]
        )
        browser.close()
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} octets")


if __name__ == "__main__":
    main()
