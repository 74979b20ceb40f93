"""``python -m tools.docker``: see the package."""

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import websocket

from tools.dist.environment import lay_odoo, link_odoo
from tools.dist.trial import Trial
from tools.dist.wheels import Failed, create_environment, run
from tools.stack.odoo import LOGS
from tools.stack.paths import LOCAL, ROOT
from tools.stack.postgres import ROLE, Postgres
from tools.stack.process import Process
from tools.stack.rpc import OdooClient
from tools.stack.say import say
from tools.stack.waiting import free_port, wait_for

from .dockerfile import follow, read

HERE = LOCAL / "docker"
TOOLS = LOCAL / "packaging" / "bin"
BASES = {"python:": create_environment, "odoo:": lay_odoo}
"""What plays an image, by the begin of its name; returns the path of its Python."""
PROXY = ROOT / "tools" / "docker" / "nginx.conf"


def main():
    """
    :return: the exit status for the shell.
    """
    os.chdir(ROOT)
    shutil.rmtree(HERE, ignore_errors=True)
    say("Reading Dockerfile and compose.yaml …")
    run(TOOLS / "hadolint", "--failure-threshold", "warning", "Dockerfile")
    compose = run(TOOLS / "python", "tools/docker/read_compose.py", "compose.yaml")
    services = json.loads(compose)["services"]
    with tempfile.TemporaryDirectory() as directory:
        image = _build(Path(directory))
    with ExitStack() as stack:
        _up(stack, services, image)
    say("The containers' commands are fine.")
    return 0


def _build(directory):
    """
    :param directory: for the stages; not within the repository, where whool would ask
        git for the files.
    :return: the directory of programs of the image that the Dockerfile makes.
    """
    stages = {}
    for stage in read(ROOT / "Dockerfile", directory):
        say(f"FROM {stage.image} AS {stage.name}")
        [lay] = [BASES[base] for base in BASES if stage.image.startswith(base)]
        stage.programs = lay(HERE / "images" / stage.name).parent
        stage.directory.mkdir()
        follow(stage, stages, say)
        stages[stage.name] = stage
    link_odoo(stage.programs / "python")
    return stage.programs


class Service:
    """A service that runs the image of the Dockerfile.

    :param name: its name in compose.yaml, also of its logs.
    :param about: what stands there.
    :param image: the directory of programs.
    :param places: what replaces the values of its environment, by variable.
    """

    def __init__(self, name, about, image, places):
        self.name = name
        program, *self._args = about["command"]
        self._program = image / program
        self.replicas = about.get("deploy", {}).get("replicas", 1)
        self._env = {
            **{key: str(value) for key, value in about["environment"].items()},
            **places,
        }

    def run(self):
        """Run its command to its end.

        :raise Failed: it failed.
        """
        run(self._program, *self._args, env={**os.environ, **self._env})

    def start(self, stack, number=1, options=()):
        """
        :return: the running :class:`Process`.
        """
        process = Process(
            f"{self.name} {number}",
            [self._program, *self._args, *options],
            LOGS / f"docker-{self.name}-{number}.log",
            env={**self._env, "PYTHONUNBUFFERED": "1"},
        )
        stack.callback(process.stop)
        return process


def _up(stack, services, image):
    postgres = Postgres()
    stack.callback(postgres.stop)
    database = services["odoo"]["environment"]["PGDATABASE"]
    postgres.drop(database)
    stack.callback(postgres.drop, database)
    # As in the image, where the names of the database stand in the environment
    config = HERE / "odoo.conf"
    config.write_text(f"[options]\ndata_dir = {HERE / 'files'}\n")
    places = {
        "ODOO_RC": str(config),
        "PGHOST": postgres.socket_dir,
        "PGPORT": "5432",
        "PGUSER": ROLE,
    }
    install, odoo, listener = (
        Service(name, services[name], image, places)
        for name in ("install", "odoo", "listener")
    )
    say("install …")
    install.run()
    say("install, again: it upgrades …")
    install.run()
    say("odoo, proxy …")
    port, gevent_port = free_port(), free_port()
    options = [f"--http-port={port}", f"--gevent-port={gevent_port}"]
    options += ["--http-interface=127.0.0.1"]
    server = odoo.start(stack, options=options)
    url = _start_proxy(stack, {"odoo:8069": port, "odoo:8072": gevent_port})
    wait_for(lambda: _answers(url), 120, what="Odoo behind the proxy")
    address = f"{url.replace('http', 'ws', 1)}/websocket"
    wait_for(lambda: _opens(address, url), 120, what="the websocket behind the proxy")
    trial = Trial(stack, "docker")
    client = OdooClient(url, database, "admin")
    trial.connect(client)
    say(f"listener, {listener.replicas} times …")
    running = [
        listener.start(stack, number) for number in range(1, listener.replicas + 1)
    ]
    # Odoo's own scheduled action listens, too: whoever came first leads
    running.append(server)
    leader = wait_for(lambda: _leader(running), 60, what="a listener to lead")
    say(f"  {leader.name} leads. A customer calls …")
    trial.play(client)
    say(f"{leader.name} is killed …")
    leader.kill()
    running.remove(leader)
    other = wait_for(lambda: _leader(running), 60, what="another listener to lead")
    if leader is server:
        odoo.start(stack, 2, options)
        wait_for(lambda: _answers(url), 120, what="Odoo behind the proxy")
    say(f"  {other.name} leads. The customer calls again …")
    trial.play(client)


def _leader(listeners):
    """
    :return: the listener that has a connection with the telephone system.
    """
    for listener in listeners:
        listener.check()
    found = (each for each in listeners if re.search(": connected", each.read()))
    return next(found, None)


def _answers(url):
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"{url}/web/health", timeout=5).close()
        return True
    return False


def _opens(address, origin):
    """
    :return: whether a websocket opens, to Odoo's process for it.
    """
    with contextlib.suppress(OSError, websocket.WebSocketException):
        websocket.create_connection(address, timeout=20, origin=origin).close()
        return True
    return False


def _start_proxy(stack, upstreams):
    """
    :param upstreams: our ports by the addresses of the configuration.
    :return: the address of nginx.
    """
    text = PROXY.read_text()
    port = free_port()
    for name, value in {**upstreams, "listen 80": port}.items():
        if name not in text:
            raise Failed(f"{PROXY.name} does not name {name}")
        host = "listen 127.0.0.1" if name.startswith("listen") else "127.0.0.1"
        text = text.replace(f"{name};", f"{host}:{value};")
    directory = HERE / "nginx"
    directory.mkdir()
    config = directory / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {directory / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off;\npid {directory / 'pid'};\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{text}}}\n"
    )
    log = LOGS / "docker-proxy.log"
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    proxy = Process("nginx", [nginx, "-p", directory, "-c", config], log)
    stack.callback(proxy.stop)
    return f"http://127.0.0.1:{port}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as error:
        say(str(error))
        sys.exit(1)
