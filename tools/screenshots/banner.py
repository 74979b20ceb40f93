"""The banner of an addon: its icon, its name, what it is for, and a picture."""

import base64
from html import escape

from tools.stack.paths import ROOT, manifest

from .png import write_small

SIZE = {"width": 1120, "height": 560}
_PAGE = """
<style>
    * {{ box-sizing: border-box; margin: 0; }}
    body {{
        width: 1120px; height: 560px; overflow: hidden; display: flex;
        font-family: sans-serif; background: #f3f6f5; color: #17312d;
    }}
    div {{ width: 430px; padding: 64px 32px 0 48px; }}
    .icon {{ width: 96px; }}
    h1 {{ font-size: 40px; line-height: 1.15; margin: 32px 0 20px; }}
    p {{ font-size: 23px; line-height: 1.4; color: #48605b; }}
    .picture {{
        position: absolute; left: 430px; top: 64px; width: 860px;
        border: 1px solid #c9d4d1; border-radius: 10px;
    }}
</style>
<div><img class="icon" src="{icon}" /><h1>{name}</h1><p>{summary}</p></div>
<img class="picture" src="{picture}" />
"""


def make_banner(browser, addon, picture):
    """Write ``static/description/banner.png`` of an addon.

    :param browser: of Playwright.
    :param picture: the name of a file beside it.
    """
    directory = ROOT / addon / "static" / "description"
    about = manifest(addon)
    page = browser.new_page(viewport=SIZE)
    page.set_content(
        _PAGE.format(
            icon=_embedded(directory / "icon.png"),
            picture=_embedded(directory / picture),
            name=escape(about["name"]),
            summary=escape(about["summary"]),
        )
    )
    write_small(page.screenshot(), directory / "banner.png")
    page.close()


def _embedded(path):
    """
    :return: an address that holds the picture itself.
    """
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
