"""Dockerfile and compose.yaml name what there is; ``make docker`` follows them."""

import json
import re
import subprocess

import pytest

from tools.dist.wheels import tracked
from tools.docker.dockerfile import context, read
from tools.stack.paths import ADDONS, LOCAL, ROOT

PYTHON = LOCAL / "packaging" / "bin" / "python"
NEEDS = "tools/dist/requirements.txt"


def read_compose(path):
    """
    :return: what the reader of compose.yaml made of a file, as ``subprocess`` has it.
    """
    command = [PYTHON, ROOT / "tools" / "docker" / "read_compose.py", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def services():
    """The services of compose.yaml."""
    return json.loads(read_compose(ROOT / "compose.yaml").stdout)["services"]


def test_all_addons_and_what_builds_them_go_to_the_engine_and_no_more():
    files = {path for addon in ADDONS for path in tracked(addon)}
    assert set(context()) == files | {NEEDS}


def test_the_image_is_odoo_s_with_the_packages_of_the_stage_before(tmp_path):
    first, last = read(ROOT / "Dockerfile", tmp_path)
    assert last.image == "odoo:19"
    assert ("COPY", f"--from={first.name} /packages /tmp/packages") in last.steps
    assert ("USER", "odoo") == last.steps[-1]


def test_two_listeners_and_a_proxy_stand_beside_odoo(services):
    assert services["listener"]["deploy"]["replicas"] == 2
    ours = {name for name in services if services[name].get("build")}
    assert ours == {"install", "odoo", "listener"}
    assert len({services[name]["image"] for name in ours}) == 1
    assert "--proxy-mode" in services["odoo"]["command"]


def test_the_proxy_sends_pages_and_the_websocket_to_odoo_s_ports(services):
    [mounted] = services["proxy"]["volumes"]
    text = (ROOT / mounted.partition(":")[0]).read_text()
    places = dict(re.findall(r"location (\S+) {\s*proxy_pass http://(\S+);", text))
    assert places == {"/": "odoo:8069", "/websocket": "odoo:8072"}


def test_the_reader_finds_a_fault(tmp_path):
    wrong = tmp_path / "compose.yaml"
    wrong.write_text("services:\n  odoo:\n    image: odoo:19\n    comand: [odoo]\n")
    assert read_compose(wrong).returncode
