"""The addons' pages in Odoo's Apps have what they show, and show what they have."""

import re

import pytest
from PIL import Image

from tools.screenshots.banner import SIZE
from tools.screenshots.pictures import PICTURES
from tools.screenshots.png import MAX_BYTES
from tools.stack.paths import ADDONS, ROOT, manifest

ICON, BANNER = "icon.png", "banner.png"


def description(addon):
    """
    :return: the directory of an addon's page.
    """
    return ROOT / addon / "static" / "description"


def test_each_addon_has_pictures_of_its_own():
    assert set(PICTURES) == set(ADDONS)


@pytest.mark.parametrize("addon", ADDONS)
def test_a_page_shows_all_pictures_and_nothing_from_elsewhere(addon):
    text = (description(addon) / "index.html").read_text()
    shown = re.findall(r'(?:src|href)="([^"]*)"', text)
    pictures = {path.name for path in description(addon).glob("*.png")}
    assert {ICON, BANNER} <= pictures
    assert set(shown) == pictures - {BANNER}
    assert len(pictures) > len({ICON, BANNER})
    assert "//" not in text
    assert "<script" not in text


@pytest.mark.parametrize("addon", ADDONS)
def test_the_manifest_names_the_banner_first_and_then_the_pictures(addon):
    first, *others = manifest(addon)["images"]
    prefix = "static/description/"
    assert first == f"{prefix}{BANNER}"
    pictures = {f"{prefix}{path.name}" for path in description(addon).glob("*.png")}
    assert set(others) == pictures - {f"{prefix}{ICON}", first}


@pytest.mark.parametrize("addon", ADDONS)
def test_pictures_are_small(addon):
    for path in description(addon).glob("*.png"):
        assert path.stat().st_size <= MAX_BYTES, path
        with Image.open(path) as picture:
            if path.name != ICON:
                assert picture.mode == "P", path
            if path.name == BANNER:
                assert picture.size == (SIZE["width"], SIZE["height"])
