"""An Odoo that has the addons from packages alone."""

from tools.stack.paths import LOCAL, ROOT

from .wheels import WHEELS, create_environment, is_agent, run

PINS = ROOT / "tools" / "odoo" / "requirements.txt"
ODOO = LOCAL / "odoo" / "root" / "usr"
_OURS = "# the addon's"


def read_needs_of_odoo():
    """
    :return: what Odoo itself needs, as lines for pip: nothing of the addons.
    """
    needs, found, _ours = PINS.read_text().partition(f"\n{_OURS}\n")
    assert found, f"{PINS} has no line {_OURS!r}"
    return needs


def lay_odoo(directory):
    """Lay an environment with Odoo, what it needs, and nothing of the addons.

    :param directory: emptied before.
    :return: the path of its Python; :func:`link_odoo` adds the program.
    """
    python = create_environment(directory)
    needs = directory / "odoo.txt"
    needs.write_text(read_needs_of_odoo())
    run(python, "-m", "pip", "install", "--requirement", needs)
    # Not among the packages but beside them, as Debian has it
    get_path = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = directory / run(python, "-c", get_path).strip()
    (site / "odoo.pth").write_text(f"{ODOO / 'lib/python3/dist-packages'}\n")
    return python


def link_odoo(python):
    """
    :param python: of an environment with Odoo.
    :return: the path of the program ``odoo`` that is beside it now.
    """
    program = python.parent / "odoo"
    program.write_text(f'#!/bin/sh\nexec "{python}" "{ODOO}/bin/odoo" "$@"\n')
    program.chmod(0o755)
    return program


def install(wheels, directory):
    """Lay an environment with Odoo, and install packages of addons there as a company
    does: pip finds what they need.

    :param wheels: paths; the desktop agent's is left out.
    :param directory: emptied before.
    :return: the path of the program ``odoo``.
    :raise Failed: a package could not be installed, or misses something.
    """
    python = lay_odoo(directory)
    pip = (python, "-m", "pip")
    addons = [wheel for wheel in wheels if not is_agent(wheel)]
    run(*pip, "install", "--constraint", PINS, "--find-links", WHEELS, *addons)
    run(*pip, "check")
    return link_odoo(python)


def install_agent(wheels, directory):
    """Lay an environment for the desktop agent, and install its package.

    :return: the path of the program ``telephony-agent``.
    :raise Failed: it could not be installed, or misses something.
    """
    python = create_environment(directory)
    [agent] = filter(is_agent, wheels)
    pip = (python, "-m", "pip")
    run(*pip, "install", "--constraint", PINS, agent)
    run(*pip, "check")
    return directory / "bin" / "telephony-agent"
