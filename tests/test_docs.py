"""What README and pages show works: code, and calls of `lagebild` and `curl`, are run, and links and names exist.

Run are, of README, doors and guides, every python block, and every line of an sh block that calls lagebild (but serve
and mcp) or curl.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lxml import html

ROOT = Path(__file__).parents[1]
PAGE = """<html lang="en"><head><title>Border crossing taken</title><meta name="date" content="2017-11-03"></head>
<body><article><h1>Border crossing taken</h1>
<p>Iraqi forces took the border crossing at Husaybah on Friday. The commander
said that his units had met little resistance on the way there, and that engineers were clearing the road of mines.</p>
<p>Residents reached by telephone spoke of an orderly night,
and of shops that had opened again in the morning.</p>
</article></body></html>"""


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HF_HUB_OFFLINE": "1",
    }


def test_everything_on_the_pages_runs(sample_files: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_files, tmp_path / "my-data")  # the samples are in it, so that only the others are embedded
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    shutil.copytree(ROOT / "examples" / "reports", tmp_path / "reports")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "report.html").write_text(PAGE, "utf-8")
    evaluation = (ROOT / "docs" / "evaluation.md").read_text("utf-8")
    (questions,) = re.findall(r"^```json\n(.*?)^```$", evaluation, flags=re.DOTALL | re.MULTILINE)
    (tmp_path / "questions.jsonl").write_text(questions, "utf-8")
    doors = sorted((ROOT / "docs" / "doors").glob("*.md"))
    guides = [ROOT / "docs" / f"{name}.md" for name in ("index", "analysts", "reports", "developers", "evaluation")]
    pages = [*doors, *guides, ROOT / "README.md", ROOT / "docs" / "operations.md"]  # these two remove reports
    done = subprocess.run(
        [sys.executable, "-m", "tests.run_pages", *pages],
        cwd=tmp_path,
        env={**environment(), "PYTHONPATH": str(ROOT)},
        input="Who took al-Qaim?\nAnd Rawa?\n",  # for the chat
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    ran = [line for line in done.stdout.splitlines() if line.startswith(("RUN ", "ALL RUN"))]
    assert done.returncode == 0, f"{ran[-1:]}: {done.stderr[-2000:]}"
    assert ran[-1] == "ALL RUN"
    assert {line.split(":")[0] for line in ran[:-1]} == {f"RUN {page.name}" for page in pages}
    assert len(ran) > 40
    assert "Al-Bukamal is under the full control" in done.stdout


def test_the_site_is_made_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    pages = tmp_path / "docs"  # a copy: the page of all commands is written beside the others
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("_build"))
    for name in ("assistant", "training", "tests", "examples", "README.md"):  # what the pages link to
        (tmp_path / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", pages, tmp_path / "site"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    made = sorted((tmp_path / "site").rglob("*.html"))
    assert len(made) > 40
    for page in made:
        text = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]* src=\"([^\"]+)|<link[^>]* href=\"([^\"]+)", text)
        assert not [a for pair in loaded for a in pair if a.startswith(("http:", "https:", "//"))], page
    for style in (tmp_path / "site").rglob("*.css"):
        text = style.read_text("utf-8")
        assert not re.search(r"@import|url\([\"']?(?:https?:)?//", text), style
    commands = html.fromstring((tmp_path / "site" / "commands.html").read_text("utf-8")).text_content()
    assert all(f"lagebild {name}" in commands for name in ("ask", "ingest", "serve", "eval"))
    assert "--against" in commands


def test_every_file_that_the_documents_link_to_exists() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if not target.startswith("http") and not target.endswith("commands.md"):  # which the site makes
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_of_the_environment_is_on_the_page_of_settings() -> None:
    named = set(re.findall(r"LAGEBILD_\w+", (ROOT / "assistant" / "settings.py").read_text("utf-8")))
    assert named
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert named <= set(re.findall(r"LAGEBILD_\w+", page))
