"""Odoo: databases with modules in them, and the server."""

import os
import shutil
import subprocess
import urllib.error
import urllib.request

from .paths import ADDONS_PATH, BASE, LOCAL, ODOO_BIN, ROOT, dependencies, shown
from .postgres import ROLE
from .process import Process
from .say import say
from .waiting import free_port, wait_for

DATA = LOCAL / "odoo-data"
LOGS = LOCAL / "log"
UNTIL_WE_END = ("setpriv", "--pdeathsig", "TERM", "--")


class OdooFailed(RuntimeError):
    """An Odoo command ended with an error; the message holds the end of its log."""


class Odoo:
    """One database with its configuration file, its server and its listener.

    :param postgres: the :class:`Postgres` that holds the database.
    :param database: its name; also that of its configuration and log files.
    :param program: the Odoo to run.
    :param addons_path: where it finds addons; ``None`` where it needs no telling.
    :param options: of the configuration file, where they are to differ.
    """

    def __init__(
        self,
        postgres,
        database,
        program=ODOO_BIN,
        addons_path=ADDONS_PATH,
        **options,
    ):
        self.postgres = postgres
        self.database = database
        self._program = program
        self._addons_path = addons_path
        self._options = options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = LOCAL / "conf" / f"{database}.conf"
        self.write_config()

    def write_config(self):
        """Write the configuration file; another one of this database may have."""
        options = {
            **({"addons_path": self._addons_path} if self._addons_path else {}),
            "data_dir": DATA,
            "db_host": self.postgres.socket_dir,
            "db_user": ROLE,
            "db_name": self.database,
            "dbfilter": f"^{self.database}$",
            "list_db": False,
            "http_interface": "127.0.0.1",
            "http_port": self.port,
            "gevent_port": free_port(),
            "max_cron_threads": 0,  # else Odoo would listen, too
            **self._options,
        }
        lines = ["[options]", *(f"{key} = {value}" for key, value in options.items())]
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text("\n".join(lines) + "\n")

    def log(self, what):
        """
        :return: the path of the log file for ``what``, as in ``server``.
        """
        return LOGS / f"{self.database}-{what}.log"

    # -- databases --

    def create(self, addons=(BASE,), demo=False):
        """Make the database anew, with all that addons depend on installed.

        :param addons: names of addons of this repository.
        :param demo: with Odoo's demo data.
        """
        self._copy(self._template(dependencies(addons), demo))

    def copy(self, other):
        """Make the database anew, as a copy of that of another :class:`Odoo`."""
        self._copy(other.database)

    def _copy(self, source):
        self.postgres.create(self.database, source)
        shutil.rmtree(filestore(self.database), ignore_errors=True)
        if filestore(source).exists():
            shutil.copytree(filestore(source), filestore(self.database))

    def _template(self, modules, demo):
        """
        :return: the name of a database to copy; the first call takes half a minute.
        """
        further = sorted(set(modules) - set(dependencies([BASE])))
        name = "_".join(["template", "demo" if demo else "plain", *further])
        if not self.postgres.exists(name):
            say(f"Preparing the database {name} (once) …")
            draft = Odoo(self.postgres, f"{name}_draft")
            shutil.rmtree(filestore(draft.database), ignore_errors=True)
            shutil.rmtree(filestore(name), ignore_errors=True)
            self.postgres.create(draft.database)
            draft.install(modules, demo=demo)
            if filestore(draft.database).exists():
                filestore(draft.database).rename(filestore(name))
            self.postgres.rename(draft.database, name)
        return name

    def install(self, modules=(BASE,), demo=False):
        """Install modules; see :meth:`run`."""
        options = ["--with-demo"] if demo else []
        return self.run("install", "-i", ",".join(modules), *options)

    def upgrade(self, modules=(BASE,)):
        """Upgrade modules with what depends on them, or install them; see :meth:`run`.

        An upgrade that a database needs may bring new modules along.
        """
        names = ",".join(modules)
        return self.run("upgrade", "-u", names, "-i", names)

    def start_upgrade(self):
        """Begin to upgrade the addons beside the running server.

        :return: the :class:`Process` that ends when it is done.
        """
        command = [self._program, "-c", self.config, "-u", BASE, "--stop-after-init"]
        return Process("the upgrade", [*command, "--no-http"], self.log("upgrade"))

    def run(self, what, *args):
        """Have Odoo do something with the database and stop.

        :param what: names the log file.
        :return: what it logged.
        :raise OdooFailed: it failed.
        """
        return self._odoo(what, ["-c", self.config, *args, "--stop-after-init"])

    def telephony(self, command, *args):
        """Run ``odoo telephony …`` with the database.

        :return: what it printed and logged.
        :raise OdooFailed: it failed.
        """
        options = ["-c", self.config, "-d", self.database]
        return self._odoo(command, [*self._telephony_args(), command, *options, *args])

    def _telephony_args(self):
        """
        :return: what stands before the name of a command of ``odoo telephony``: Odoo
            looks for it before it reads the configuration file.
        """
        path = [f"--addons-path={self._addons_path}"] if self._addons_path else []
        return [*path, "telephony"]

    def export_texts(self, addon):
        """
        :param addon: which is installed.
        :return: the template of its translations, as Odoo exports it, without
            the time of the export.
        :raise OdooFailed: it failed.
        """
        path = LOCAL / f"{self.database}.pot"
        self._odoo("i18n", ["i18n", "export", "-c", self.config, "-o", path, addon])
        lines = path.read_text().splitlines(keepends=True)
        return "".join(line for line in lines if "-Date: " not in line)

    def shell(self, code):
        """Run Python code in Odoo's shell, as the superuser, with ``env``.

        :return: what it printed and logged.
        :raise OdooFailed: it raised.
        """
        return self._odoo(
            "shell",
            ["shell", "-c", self.config, "--shell-interface=python"],
            stdin=f"try:\n{_indent(code)}\n    env.cr.commit()\n"
            "except BaseException:\n"
            "    import os, traceback\n    traceback.print_exc()\n    os._exit(1)\n",
        )

    def _odoo(self, what, args, stdin=""):
        log = self.log(what)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as output:
            status = subprocess.run(
                [*UNTIL_WE_END, self._program, *map(str, args)],
                cwd=ROOT,
                input=stdin,
                text=True,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        logged = log.read_text()
        if status:
            end = "\n".join(logged.splitlines()[-30:])
            raise OdooFailed(f"odoo ended with {status}; {shown(log)} ends:\n{end}")
        return logged

    # -- processes --

    def start(self):
        """Start the server.

        :return: its :class:`Process`, once it answers.
        """
        # Odoo turns styles around for languages from right to left by rtlcss.
        path = f"{ROOT / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}"
        server = Process(
            "Odoo",
            [self._program, "-c", self.config],
            self.log("server"),
            env={"PATH": path},
        )

        def answers():
            server.check()
            try:
                with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                    return True
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                return False

        try:
            wait_for(answers, 120, what=f"Odoo at {self.url}")
        except BaseException:
            server.stop()
            raise
        return server

    def start_listener(self, name="listener"):
        """Start the listener.

        :param name: of its log.
        :return: its :class:`Process`; it connects to its telephone systems by itself.
        """
        command = [self._program, *self._telephony_args(), "listen"]
        return Process(
            "the listener",
            [*command, "-c", self.config, "-d", self.database],
            self.log(name),
            env={"PYTHONUNBUFFERED": "1"},
        )


def _indent(code):
    return "".join(f"    {line}\n" for line in code.splitlines())


def filestore(database):
    """
    :return: the directory of a database's attachments.
    """
    return DATA / "filestore" / database
