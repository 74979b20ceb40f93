"""Each addon, and the desktop agent, is a package that says what it needs."""

import tomllib
import zipfile
from configparser import ConfigParser
from email.parser import Parser

import pytest

from tools.dist.wheels import AGENT, PACKAGES, build, is_agent, tracked
from tools.stack.paths import ADDONS, ROOT, manifest

SERIES = "19.0"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The wheels by the name of their directory, opened."""
    paths = build(tmp_path_factory.mktemp("wheels"))
    assert len(paths) == len(PACKAGES)
    opened = {
        AGENT if is_agent(path) else path.name.partition("-")[0]: zipfile.ZipFile(path)
        for path in paths
    }
    return {name.removeprefix("odoo_addon_"): opened[name] for name in opened}


def read(wheel, name):
    """
    :return: a file of a wheel's metadata, as text.
    """
    [path] = [path for path in wheel.namelist() if path.endswith(f".dist-info/{name}")]
    return wheel.read(path).decode()


@pytest.mark.parametrize("addon", ADDONS)
def test_an_addon_is_a_package_that_names_its_needs(wheels, addon):
    metadata = Parser().parsestr(read(wheels[addon], "METADATA"))
    assert metadata["Name"].replace("-", "_") == f"odoo_addon_{addon}"
    assert metadata["Version"] == manifest(addon)["version"]
    assert metadata["Version"].startswith(f"{SERIES}.")
    ours = {f"odoo-addon-{name}" for name in manifest(addon)["depends"]} & {
        f"odoo-addon-{name}" for name in ADDONS
    }
    python = manifest(addon).get("external_dependencies", {}).get("python", ())
    assert set(metadata.get_all("Requires-Dist")) == {
        f"odoo=={SERIES}.*",
        *(f"{name}=={SERIES}.*" for name in ours),
        *python,
    }


@pytest.mark.parametrize("addon", ADDONS)
def test_a_package_has_all_files_of_its_addon_and_no_others(wheels, addon):
    prefix = "odoo/addons/"
    packed = {name for name in wheels[addon].namelist() if name.startswith(prefix)}
    files = set(tracked(addon)) - {f"{addon}/pyproject.toml"}
    assert packed == {prefix + path for path in files}


def test_the_agent_is_a_package_with_a_command(wheels):
    entries = ConfigParser()
    entries.read_string(read(wheels[AGENT], "entry_points.txt"))
    assert entries["console_scripts"]["telephony-agent"] == "telephony_agent.cli:main"
    metadata = Parser().parsestr(read(wheels[AGENT], "METADATA"))
    assert {need.partition(">")[0] for need in metadata.get_all("Requires-Dist")} == {
        "requests",
        "websocket-client",
    }


def test_all_addons_are_built_the_same_way_by_the_pinned_tool():
    texts = {(ROOT / addon / "pyproject.toml").read_text() for addon in ADDONS}
    [text] = texts
    [need] = tomllib.loads(text)["build-system"]["requires"]
    pins = (ROOT / "tools" / "dist" / "requirements.txt").read_text().splitlines()
    assert need in pins


def test_the_agent_tells_the_version_of_its_package(wheels):
    metadata = Parser().parsestr(read(wheels[AGENT], "METADATA"))
    source = wheels[AGENT].read("telephony_agent/__init__.py").decode()
    assert f'__version__ = "{metadata["Version"]}"' in source
