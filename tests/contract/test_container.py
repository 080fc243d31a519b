"""The image, proved without a container engine: its own steps in clean virtual environments, its own entry point.

The Dockerfile is read, not repeated: each COPY and RUN of the build stage is carried out with its absolute paths moved under
a temporary root, then the entry point is started from the empty data directory with the image's environment.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import miniqmt_sim

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a Linux image: Windows has other venv paths and no SIGTERM")

ROOT: Final = Path(__file__).resolve().parents[2]
TOKEN: Final = "a-token-for-this-test-only"
INSTALL_PATIENCE_S: Final = 300
"""What an index may take to answer."""
PATIENCE_S: Final = 60
"""A process that is silent for so long is ended, and its test fails."""


class Step(NamedTuple):
    """One instruction of the Dockerfile: the word in capitals, what follows it, and the stage it is in."""

    word: str
    text: str
    stage: int


def read_dockerfile() -> list[Step]:
    """Parse the Dockerfile into its instructions, continued lines joined and comments dropped."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    steps: list[Step] = []
    stage = -1
    for line in filter(None, (line.strip() for line in text.replace("\\\n", " ").splitlines())):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        steps.append(Step(word, rest.strip(), stage))
    return steps


STEPS: Final = read_dockerfile()
LAST: Final = STEPS[-1].stage


def texts(word: str, stage: int = LAST) -> list[str]:
    """Return what follows an instruction, each time it stands in a stage."""
    return [step.text for step in STEPS if step.word == word and step.stage == stage]


def only(word: str) -> str:
    """Return what follows an instruction that stands exactly once in the last stage."""
    (text,) = texts(word)
    return text


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for text in texts("ENV") for pair in shlex.split(text))


# --------------------------------------------------------------------------------------------------------------------
# What the Dockerfile says


def test_the_base_is_small_and_pinned_to_a_patch_version() -> None:
    bases = {text.split(" AS ")[0] for step in range(LAST + 1) for text in texts("FROM", step)}
    assert len(bases) == 1, "a virtual environment only works on the base it was made on"
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", bases.pop())


def test_it_does_not_run_as_root() -> None:
    words = [step.word for step in STEPS if step.stage == LAST]
    assert only("USER").isdigit()
    assert int(only("USER")) > 0
    assert f"--uid {only('USER')} " in only("RUN")
    assert words.index("USER") > words.index("RUN")


def test_data_lie_on_the_volume_that_the_user_owns() -> None:
    assert only("VOLUME") == image_environment()["MINIQMT_SIM_USERDATA"] == "/data"
    assert "install --directory --owner=miniqmt /data" in only("RUN")


def test_the_port_is_the_one_it_listens_on() -> None:
    assert image_environment()["MINIQMT_SIM_LISTEN"] == f"0.0.0.0:{only('EXPOSE')}"


def test_it_is_stopped_by_the_signal_that_the_server_finishes_on() -> None:
    assert only("STOPSIGNAL") == "SIGTERM"


def test_the_builder_is_sent_what_is_copied_and_no_more() -> None:
    copied = {word.rstrip("/") for text in texts("COPY", stage=0) for word in text.split()[:-1]}
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignore if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:].rstrip("/") for rule in rules if rule.startswith("!")} == copied


# --------------------------------------------------------------------------------------------------------------------
# What it does


class Image(NamedTuple):
    """The result of the Dockerfile's steps: where ``/`` of the image lies here, and the environment of its processes."""

    root: Path
    environment: dict[str, str]

    def command(self, argv: list[str]) -> list[str]:
        """Resolve a command as the image's PATH would."""
        found = shutil.which(argv[0], path=self.environment["PATH"])
        assert found is not None, f"{argv[0]} is not on the image's PATH"
        return [found, *argv[1:]]

    def run(self, argv: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end in the data directory."""
        return subprocess.run(
            self.command(argv), cwd=self.root / "data", env=self.environment | environment,
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Carry out the build stage, and the last stage as far as it is not about the image's own user."""
    root = tmp_path_factory.mktemp("image")
    work = root
    for step in STEPS:
        if step.word == "WORKDIR":
            work = moved(step.text, root)
            work.mkdir(exist_ok=True)
        elif step.word == "COPY":
            copy(step.text, root, work)
        elif step.word == "RUN" and not step.text.startswith("useradd "):
            execute(step.text, root, work)
    inherited = {key: value for key, value in host_environment().items() if key != "PATH"}
    own = {key: in_root(value, root) for key, value in image_environment().items()}
    own["PATH"] = own["PATH"].replace("$PATH", "/usr/bin:/bin")
    # Port 0 so that two runs of the tests do not meet; the address stays the image's: every interface.
    own["MINIQMT_SIM_LISTEN"] = own["MINIQMT_SIM_LISTEN"].rpartition(":")[0] + ":0"
    return Image(root, inherited | own)


def host_environment() -> dict[str, str]:
    """Return this process's environment without anything that would reach into the image."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("MINIQMT_SIM_", "PYTHON", "VIRTUAL_ENV"))}


def moved(path: str, root: Path) -> Path:
    return root / path.lstrip("/")


def in_root(text: str, root: Path) -> str:
    return re.sub(r"(?<!\S)/(opt|data|src)\b", rf"{root}/\1", text)


def copy(text: str, root: Path, work: Path) -> None:
    """Carry out a COPY: from the checkout, or from the stage before, where it must keep its place."""
    *sources, target = text.split()
    if sources[0] == "--from=build":
        assert sources[1:] == [target], "a virtual environment must lie where it was made"
        assert moved(target, root).is_dir()
        return
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, work / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, work / target)


def execute(text: str, root: Path, work: Path) -> None:
    """Carry out a RUN; ``python`` is the interpreter of this test."""
    words = [in_root(word, root) for word in shlex.split(text)]
    argv = [sys.executable if words[0] == "python" else words[0], *words[1:]]
    done = subprocess.run(
        argv, cwd=work, env=host_environment(), capture_output=True, text=True, timeout=INSTALL_PATIENCE_S, check=False
    )
    assert done.returncode == 0, f"RUN {text}\n{done.stdout}\n{done.stderr}"


@contextmanager
def serving(image: Image, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the image as it would start by itself; yield the process and its ``ready`` line."""
    argv = image.command([*json.loads(only("ENTRYPOINT")), *json.loads(only("CMD"))])
    server = subprocess.Popen(
        argv, cwd=image.root / "data", env=image.environment | environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    watchdog = threading.Timer(PATIENCE_S, server.kill)
    watchdog.start()
    try:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if line.startswith("ready "):
                yield server, line
                return
        pytest.fail("it ended without being ready:\n" + "".join(said))
    finally:
        watchdog.cancel()
        server.kill()
        server.communicate()


def stop(server: subprocess.Popen[str]) -> int:
    server.send_signal(getattr(signal, only("STOPSIGNAL")))
    return server.wait(PATIENCE_S)


def test_what_is_installed_fits_together(image: Image) -> None:
    done = image.run(["pip", "check"])
    assert done.returncode == 0, done.stdout


def test_it_tells_its_version_from_an_empty_directory(image: Image) -> None:
    done = image.run([*json.loads(only("ENTRYPOINT")), "version"])
    assert done.returncode == 0, done.stderr
    assert miniqmt_sim.__version__ in done.stdout


def test_it_finds_its_configuration_and_the_quick_start_program_inside_the_installation(image: Image) -> None:
    imports = "from miniqmt_sim.cli.demo import find_quickstart; from miniqmt_sim.settings import config_dir"
    done = image.run(["python", "-c", f"{imports}; print(config_dir(), find_quickstart())"])
    assert done.returncode == 0, done.stderr
    assert all(str(image.root) in place for place in done.stdout.split())


def test_it_refuses_to_listen_to_the_world_without_a_token(image: Image) -> None:
    done = image.run([*json.loads(only("ENTRYPOINT")), *json.loads(only("CMD"))])
    assert done.returncode == 2, done.stdout + done.stderr
    assert "MINIQMT_SIM_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_serves_is_healthy_and_stops_when_told(image: Image) -> None:
    health = json.loads(only("HEALTHCHECK").partition("CMD ")[2])
    with serving(image, MINIQMT_SIM_TOKEN=TOKEN) as (server, ready):
        assert "addr=0.0.0.0:" in ready
        healthy = image.run(health, MINIQMT_SIM_TOKEN=TOKEN)
        assert healthy.returncode == 0, healthy.stdout + healthy.stderr
        assert TOKEN not in ready + healthy.stdout + healthy.stderr
        assert stop(server) == 0
    assert image.run(health, MINIQMT_SIM_TOKEN=TOKEN).returncode != 0


def test_what_it_keeps_lies_on_the_volume_and_is_found_again(image: Image) -> None:
    for _ in range(2):
        with serving(image, MINIQMT_SIM_TOKEN=TOKEN) as (server, ready):
            assert f"userdata={image.root / 'data'}" in ready
            assert stop(server) == 0
    assert any((image.root / "data").iterdir())
