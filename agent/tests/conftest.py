import pytest

from .fake_odoo import FakeOdoo

TOKEN = "tca_secret-of-the-tests"


@pytest.fixture
def odoo():
    """A server on loopback that answers as Odoo does."""
    server = FakeOdoo(TOKEN)
    yield server
    server.stop()


@pytest.fixture
def config_path(tmp_path, monkeypatch):
    """Where the settings are kept, for this test alone."""
    path = tmp_path / "settings" / "config.json"
    monkeypatch.setenv("TELEPHONY_AGENT_CONFIG", str(path))
    return path
