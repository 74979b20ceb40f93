"""The steps of a Dockerfile."""

import os
import re
import shutil
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tools.dist.wheels import Failed, run, tracked
from tools.stack.paths import ROOT

_CONTINUED = re.compile(r"\\\n\s*")
# An absolute path in a command, which lies below the stage's directory here.
_ABSOLUTE = re.compile(r"(?<=\s)/(?=\w)")


@dataclass
class Stage:
    """One ``FROM`` with its steps.

    ``image`` is what it begins with, ``directory`` its root here, and ``programs`` the
    directory of programs that play those of the image.
    """

    image: str
    name: str
    directory: Path
    programs: Path = None
    work: str = "/"
    steps: list = field(default_factory=list)

    def path(self, path):
        """
        :return: where a path within the image lies.
        """
        return self.directory / os.path.join(self.work, path).lstrip("/")


def read(path, directory):
    """
    :param path: of the Dockerfile.
    :param directory: for the stages.
    :return: its stages, in their order.
    :raise Failed: it has an instruction that is not known here.
    """
    stages = []
    text = _CONTINUED.sub(" ", path.read_text())
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _space, rest = line.partition(" ")
        if word == "FROM":
            image, _as, name = rest.partition(" AS ")
            name = name or "final"
            stages.append(Stage(image, name, directory / name))
        elif word in ("WORKDIR", "COPY", "RUN", "USER"):
            stages[-1].steps.append((word, rest))
        else:
            raise Failed(f"{path.name}: {word} is not known here")
    return stages


def follow(stage, stages, say):
    """Carry out the steps of a stage.

    :param stages: those before it, by name.
    :param say: called with each step.
    :raise Failed: one failed, or names what is not there.
    """
    for word, rest in stage.steps:
        say(f"  {word} {rest}")
        if word == "WORKDIR":
            stage.work = rest
            stage.path(".").mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            _copy(stage, stages, rest.split())
        elif word == "RUN":
            _run(stage, rest)


def _copy(stage, stages, words):
    options = [word for word in words if word.startswith("--")]
    *sources, target = [word for word in words if word not in options]
    target = stage.path(target)
    if options:
        [option] = options
        origin = stages[option.removeprefix("--from=")].directory
        for source in sources:
            path = origin / source.lstrip("/")
            if not path.exists():
                raise Failed(f"{source} is not there")
            shutil.copytree(path, target, dirs_exist_ok=True)
        return
    for source in sources:
        files = [path for path in context() if _is_in(path, source)]
        if not files:
            raise Failed(f"{source} does not go to the engine")
        for path in files:
            is_file = path == source
            copy = target / (Path(path).name if is_file else path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, copy)


def _is_in(path, source):
    return source == "." or path == source or path.startswith(f"{source}/")


def context():
    """
    :return: the paths that ``.dockerignore`` lets go to the engine.
    """
    patterns = [
        line.strip()
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return [path for path in tracked(".") if not _is_ignored(path, patterns)]


def _is_ignored(path, patterns):
    """The last pattern that fits a path, or a directory that it is in, decides."""
    places = [path, *(str(parent) for parent in Path(path).parents)][:-1]
    ignored = False
    for pattern in patterns:
        keeps = pattern.startswith("!")
        bare = pattern.removeprefix("!").removeprefix("**/")
        deep = "**/" in pattern
        if any(
            fnmatch(Path(place).name if deep else place, bare)
            and (deep or place.count("/") == bare.count("/"))
            for place in places
        ):
            ignored = not keeps
    return ignored


def _run(stage, command):
    command = _ABSOLUTE.sub(f"{stage.directory}/", command)
    env = {**os.environ, "PATH": f"{stage.programs}{os.pathsep}{os.environ['PATH']}"}
    work = stage.path(".")
    work.mkdir(parents=True, exist_ok=True)
    run("sh", "-ec", command, cwd=work, env=env)
