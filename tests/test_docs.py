"""The README cannot lie: its commands and its code are run, and its links and names exist."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = """<html lang="en"><head><title>Border crossing taken</title><meta name="date" content="2017-11-03"></head>
<body><article><h1>Border crossing taken</h1>
<p>Iraqi forces took the border crossing at Husaybah on Friday. The commander
said that his units had met little resistance on the way there, and that engineers were clearing the road of mines.</p>
<p>Residents reached by telephone spoke of an orderly night,
and of shops that had opened again in the morning.</p>
</article></body></html>"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", place / "examples")
    shutil.copytree(ROOT / "examples" / "reports", place / "reports")
    (place / "more").mkdir()
    (place / "more" / "report.html").write_text(PAGE, "utf-8")
    return place


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HF_HUB_OFFLINE": "1",
    }


def test_the_commands_of_the_readme_run(folder: Path) -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("lagebild ")]
    assert len(commands) >= 5
    for command in commands:
        arguments = shlex.split(command)
        if arguments[1] != "serve":  # the chat has tests of its own
            result = subprocess.run(
                arguments,
                cwd=folder,
                env=environment(),
                input="Who took al-Qaim?\nAnd Rawa?\n",  # for the chat
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            assert result.returncode == 0, f"{command}: {result.stderr}"
            assert result.stdout.strip()


def test_the_code_of_the_readme_runs(folder: Path) -> None:
    codes = blocks("python")
    assert len(codes) >= 2
    for code in codes:
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert result.returncode == 0, result.stderr
        assert "Al-Bukamal is under the full control" in result.stdout or "Abu Kamal" in result.stdout


def test_every_file_that_the_documents_link_to_exists() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_of_the_environment_is_in_the_readme() -> None:
    named = set(re.findall(r"LAGEBILD_\w+", (ROOT / "assistant" / "settings.py").read_text("utf-8")))
    assert named
    assert named <= set(re.findall(r"LAGEBILD_\w+", README))
