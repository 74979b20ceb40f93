"""``python -m tools.screenshots [ADDON…]``"""

import argparse
import os
import sys
from contextlib import ExitStack

from playwright.sync_api import expect, sync_playwright

from tests.support.browser import WebClient, launch
from tools.stack.paths import ROOT, shown
from tools.stack.say import say

from .banner import make_banner
from .pictures import PICTURES
from .png import write_small
from .scene import Scene

TIMEOUT = 120_000  # milliseconds: the first page waits for its styles and scripts
SIZE = {"width": 1280, "height": 800}
IMAGES_ARE_THERE = """
    () => Promise.all(
        [...document.images].map((image) => image.decode().catch(() => {}))
    )
"""


def main():
    """
    :return: the exit status for the shell.
    """
    parser = argparse.ArgumentParser(prog="tools.screenshots", description=__doc__)
    parser.add_argument("addons", nargs="*", metavar="ADDON", help="none: all")
    addons = parser.parse_args().addons or PICTURES
    if unknown := set(addons) - set(PICTURES):
        parser.error(f"no pictures of {', '.join(unknown)}")
    os.chdir(ROOT)
    with ExitStack() as stack:
        scene = Scene(stack)
        browser = launch(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        for addon in addons:
            names = [
                _photograph(browser, scene, addon, take) for take in PICTURES[addon]
            ]
            make_banner(browser, addon, names[0])
    return 0


def _photograph(browser, scene, addon, take):
    """
    :param take: a generator of :mod:`.pictures`, which gives the picture's name once
        all that belongs on it is there.
    :return: the name of the file.
    """
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT)
    web = WebClient(context.new_page(), scene.odoo.url)
    web.log_in(scene.client)
    for name in take(scene, web):
        path = ROOT / addon / "static" / "description" / f"{name}.png"
        expect(web.page.locator(".o_loading_indicator")).to_have_count(0)
        web.page.evaluate(IMAGES_ARE_THERE)
        write_small(web.page.screenshot(animations="disabled"), path)
        say(f"  {shown(path)} ({path.stat().st_size // 1024} kB)")
    context.close()
    return path.name


if __name__ == "__main__":
    sys.exit(main())
