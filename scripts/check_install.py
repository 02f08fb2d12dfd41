"""Install wheel and source distribution, each with all extras, into an empty environment, and use what is there.

    python -m scripts.check_install            some minutes, and some 3 GB in the folder for temporary files

The tests do the same with packages that are here already (tests/test_public.py); this one fetches them, as a user does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = "anthropic,eval,langchain,llm,mcp,metrics,ollama,ui"
DOORS = (
    "import app, assistant.langchain, assistant.llama_index, assistant.mcp_server, assistant.metrics, assistant.rest"
)


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; where it fails, its errors, and the end."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def check(distribution: Path, torch: str, folder: Path) -> None:
    """Install it into an environment of its own, and ask the sample reports that it brings."""
    started = time.monotonic()
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    lagebild = python.with_name("lagebild")
    # That of Python 3.11 (pip 23) is lost among old versions of what the extra `anthropic` brings along.
    run(python, "-m", "pip", "install", "-q", "--upgrade", "pip", cwd=folder)
    run(python, "-m", "pip", "install", "-q", torch, f"{distribution}[{EXTRAS}]", cwd=folder)
    run(python, "-m", "pip", "check", cwd=folder)
    installed = time.monotonic()
    run(python, "-c", DOORS, cwd=folder)
    home = Path(run(python, "-c", "import assistant; print(assistant.__file__)", cwd=folder).strip()).parent
    run(lagebild, "ingest", home / "examples" / "reports", "--data", "data", cwd=folder)
    answer = json.loads(run(lagebild, "ask", "Who controls Abu Kamal?", "--json", "--data", "data", cwd=folder))
    if not answer["citations"] or not home.is_relative_to(folder):
        sys.exit(f"{distribution.name}: installed in {home}, and answered {answer['summary']!r}")
    size = sum(file.lstat().st_size for file in (folder / "venv").rglob("*")) / 1e6
    used = time.monotonic() - installed
    print(
        f"{distribution.name}: installed in {installed - started:.0f} s, {size:.0f} MB; used in {used:.0f} s",
        flush=True,
    )


def main() -> None:
    """Both distributions, one after the other."""
    torch = os.environ.get("TORCH", "torch==2.13.0") + "+cpu"
    with tempfile.TemporaryDirectory() as made:
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", made, ROOT, cwd=ROOT)
        for distribution in sorted(Path(made).iterdir()):
            with tempfile.TemporaryDirectory() as folder:
                check(distribution, torch, Path(folder))


if __name__ == "__main__":
    main()
