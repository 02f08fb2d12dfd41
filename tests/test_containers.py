"""The container files, as far as they can be told without building them: linted, pinned, for this machine alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml
from typer.testing import CliRunner

from assistant.cli import ask as _commands  # noqa: F401  # with it, all commands are there
from assistant.cli.shared import app as command_line
from assistant.errors import SettingsError
from tests.helpers import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]


def test_the_containerfile_passes_the_linter() -> None:
    linter = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([linter, ROOT / "Containerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_runs_without_rights_and_says_whether_it_is_well() -> None:
    users = re.findall(r"^USER (\S+)", CONTAINERFILE, flags=re.MULTILINE)
    assert users
    assert users[-1] not in {"0", "root"}
    assert "HEALTHCHECK" in CONTAINERFILE


def test_everything_is_pinned_and_reached_from_this_machine_only() -> None:
    images = re.findall(r"^FROM (\S+)", CONTAINERFILE, flags=re.MULTILINE)
    images += [service["image"] for service in SERVICES.values()]
    assert all(re.search(r":\d+\.\d+\.\d+", image) for image in images), images
    assert all(port.startswith("127.0.0.1:") for service in SERVICES.values() for port in service.get("ports", ()))
    assert "host" not in {service.get("network_mode") for name, service in SERVICES.items() if name != "lagebild"}
    assert "--host" not in CONTAINERFILE
    assert SERVICES["ollama"]["profiles"] == ["ollama"]


def interpolated(text: str, **environment: str) -> str:
    """A text of the compose file with its variables filled in, as docker compose does it."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environment.get(found[1]) or found[2], text)


def test_others_are_let_in_by_a_login_only_with_the_command_as_it_is_written(tmp_path: Path) -> None:
    service = SERVICES["lagebild"]
    program, *here = interpolated(service["command"]).split()
    assert (program, here) == ("lagebild", ["serve", "--host", "127.0.0.1", "--name", "localhost"])
    there = interpolated(service["command"], LAGEBILD_HOST="192.168.1.5", LAGEBILD_NAME="lage.example.org").split()
    asked = interpolated(service["healthcheck"]["test"][-1], LAGEBILD_HOST="192.168.1.5")
    compile(asked, "health", "exec")
    assert "http://192.168.1.5:7860/health" in asked
    environment = {name: interpolated(value) for name, value in service["environment"].items()}
    assert environment.pop("LAGEBILD_CHROMA")
    result = CliRunner().invoke(command_line, [*there[1:], "--data", str(tmp_path)], env=environment)
    assert isinstance(result.exception, SettingsError)
    assert "has to log in" in str(result.exception)
    environment["LAGEBILD_AUTH"] = str(tmp_path / "passwords")
    result = CliRunner().invoke(command_line, [*there[1:], "--data", str(tmp_path)], env=environment)
    assert "no file of passwords can be read" in str(result.exception)


def test_what_the_image_is_made_of_is_named_and_there() -> None:
    ignored = (ROOT / ".containerignore").read_text("utf-8")
    assert ignored == (ROOT / ".dockerignore").read_text("utf-8")
    kept = [line[1:] for line in ignored.splitlines() if line.startswith("!")]
    assert all((ROOT / name).exists() for name in kept)
    included = re.search(r"only-include = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert included is not None
    assert set(re.findall(r'"([^"]+)"', included[1])) <= set(kept)
