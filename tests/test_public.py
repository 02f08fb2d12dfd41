"""The public surface: what is promised is there, importing is cheap, and the wheel stands beside hostile names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Set
from email import message_from_bytes
from importlib.metadata import Distribution, PackagePath, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import assistant
from tests.helpers import EXAMPLES, ROOT


def test_everything_promised_can_be_imported() -> None:
    assert set(assistant.__all__) == {"Assistant", "ConflictRetriever", "Settings", "Report", "Answer", "Citation"}
    for name in (*assistant.__all__, "ConflictQueryEngine", "Conversation", "Filter", "Settled", "Turn"):
        assert getattr(assistant, name).__name__ == name
    assert dir(assistant) == sorted(assistant.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = assistant.nothing_like_it


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import assistant", ["torch", "chromadb", "gradio", "llama_index", "numpy", "pydantic", "httpx", "index"]),
        ("from assistant import Assistant, Report, Settings", ["torch", "chromadb", "gradio", "llama_index", "index"]),
        ("from assistant import Assistant; Assistant('absent')", ["torch", "chromadb", "gradio", "index"]),
        ("import index.build", ["torch", "chromadb", "gradio", "llama_index"]),
        ("from assistant import ConflictRetriever", ["torch", "chromadb", "gradio", "index"]),
        ("from assistant import Conversation, Turn", ["torch", "chromadb", "gradio", "llama_index", "index"]),
    ],
)
def test_importing_loads_nothing_heavy_and_says_nothing(code: str, absent: list[str]) -> None:
    code += "; import sys, json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & set(absent)
    assert done.stderr == ""


_HOSTILE = "raise SystemExit('a hostile module was imported: ' + __name__)\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the source distribution, so that both are whole."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--skip-dependency-check", "--outdir", str(folder)]
    done = subprocess.run([*command, ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(folder.glob("lagebild-*.tar.gz"))
    (found,) = folder.glob("lagebild-*.whl")
    return found


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = [path.relative_to(ROOT).as_posix() for path in (ROOT / "assistant" / "data").rglob("*.*")]
    wording = [f"assistant/prompts/wording/{path.name}" for path in (ROOT / "prompts" / "wording").iterdir()]
    examples = [f"assistant/{path.relative_to(ROOT)}" for path in (ROOT / "examples").rglob("*.*")]
    code = ["app.py", "assistant/py.typed", "index/py.typed", "index/readers/html.py", "assistant/evaluation/page.html"]
    assert {*code, *data, *wording, *examples} <= names
    allowed = ("assistant/", "index/", "app.py", "lagebild-")
    assert all(name.startswith(allowed) for name in names), names
    assert not any("__pycache__" in name or name.startswith("prompts/") for name in names)


EXTRAS = frozenset({"eval", "langchain", "llm", "mcp", "metrics", "ollama", "ui"})  # that the tests have here


def needed(wheel: Path, extras: Set[str]) -> dict[str, Distribution]:
    """What the wheel says that it needs, and what that needs in turn, as it is installed here."""
    with zipfile.ZipFile(wheel) as archive:
        (about,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = message_from_bytes(archive.read(about)).get_all("Requires-Dist", [])
    waiting = [(line, frozenset(extras)) for line in lines]
    seen, found = set[tuple[str, frozenset[str]]](), dict[str, Distribution]()
    while waiting:
        line, of = waiting.pop()
        asked = Requirement(line)
        if asked.marker is not None and not any(asked.marker.evaluate({"extra": extra}) for extra in {"", *of}):
            continue
        one = distribution(asked.name)
        assert asked.specifier.contains(one.version, prereleases=True), line
        wanted = (canonicalize_name(asked.name), frozenset(asked.extras))
        if wanted not in seen:
            seen.add(wanted)
            found[wanted[0]] = one
            waiting += [(line, wanted[1]) for line in one.requires or ()]
    return found


def environment_of(folder: Path, wheel: Path, extras: Set[str]) -> Path:
    """An environment that holds the wheel, what it says it needs, and nothing else; the folder of its programs.

    What is needed is linked from where it is installed, in place of being fetched again.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for one in needed(wheel, extras).values():
        for file in one.files or ():
            part = file
            top = Path(str(one.locate_file(file.parts[0])))
            if top.suffix == ".dist-info" or (top / "__init__.py").exists():  # else others may have a part in it
                part = PackagePath(file.parts[0])
            target = packages / part
            if ".." not in part.parts and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(Path(str(one.locate_file(part))).resolve())
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    install = [*pip, "install", "--no-deps", "--no-index", str(wheel)]
    for command in (install, [*pip, "check"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`pip install lagebild`."""
    return environment_of(tmp_path_factory.mktemp("installed"), wheel, frozenset())


def test_with_all_extras_every_door_opens(wheel: Path, tmp_path: Path) -> None:
    programs = environment_of(tmp_path / "all", wheel, EXTRAS)
    doors = "app, assistant.langchain, assistant.llama_index, assistant.mcp_server, assistant.metrics"
    more = "assistant.evaluation.plots, assistant.evaluation.page, assistant.openai_api, assistant.rest"
    models = "; ".join(f"load_llm({name!r}, 9)" for name in ("openai-like:m@http://127.0.0.1:9/v1", "ollama:m"))
    code = f"import {doors}, {more}; from assistant.llm import load_llm; {models}; print(assistant.__file__)"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [programs / "python", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(tmp_path / "all")


def test_the_installed_wheel_ingests_and_answers_beside_hostile_names(installed: Path, tmp_path: Path) -> None:
    for name in ("index.py", "prompts.py", "app.py"):
        (tmp_path / name).write_text(_HOSTILE)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"HF_HUB_OFFLINE": "1"}

    def run(*command: str | Path) -> str:
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run(installed / "python", "-c", "import assistant; print(assistant.__file__)").strip()
    assert Path(where).is_relative_to(installed.parent)
    samples = Path(where).parent / "examples" / "reports"
    some = [samples / name for name in ("2017-10-23-al-omar-field.en.md", "2017-11-17-rawa-retaken.en.md")]
    told = run(installed / "lagebild", "ingest", *some, "--data", "data")
    assert told.strip() == "2 added, 0 replaced, 0 unchanged, 0 refused"
    # as a module, so that the hostile names come first on the path
    answer = json.loads(
        run(
            installed / "python",
            "-m",
            "assistant",
            "ask",
            "Who holds the al-Omar oil field?",
            "--json",
            "--data",
            "data",
        )
    )
    texts = [path.read_text("utf-8") for path in EXAMPLES.iterdir()]
    assert answer["citations"]
    assert all(any(c["quote"] in text for text in texts) for c in answer["citations"])
    assert answer["summary"].startswith("As of ")


_EACH = """
import os, sys

for code in CASES:
    sys.stdout.flush()
    if os.fork() == 0:
        sys.stderr = sys.stdout
        try:
            exec(code)
        except SystemExit as stopped:
            print("EXIT", stopped.code)
        except Exception as error:
            print(type(error).__name__, error)
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""
_COMMAND = "import sys; sys.argv = {}; from assistant.cli import main; main()"
_CASES = {
    "gradio": ("ui", _COMMAND.format(["lagebild", "serve", "--data", "none"])),
    "llama_index.llms.openai_like": (
        "llm",
        "from assistant.llm import load_llm; load_llm('openai-like:m@http://127.0.0.1:9/v1', 9)",
    ),
    "llama_index.llms.ollama": ("ollama", "from assistant.llm import load_llm; load_llm('ollama:m', 9)"),
    "llama_index.llms.anthropic": ("anthropic", "from assistant.llm import load_llm; load_llm('anthropic:m', 9)"),
    "langchain_core": ("langchain", "import assistant.langchain"),
    "mcp": ("mcp", _COMMAND.format(["lagebild", "mcp", "--data", "none"])),
    "prometheus_client": ("metrics", "import assistant.metrics"),
    "ir_measures": ("eval", "from assistant.evaluation.ranking import values_of; values_of(['a'], {})"),
    "matplotlib": ("eval", "from assistant.evaluation.plots import figures_plot; figures_plot([])"),
}


def test_a_missing_extra_is_named_with_the_line_that_installs_it(installed: Path, tmp_path: Path) -> None:
    script = f"CASES = {[code for _, code in _CASES.values()]!r}\n{_EACH}"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [installed / "python", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if "pip install" in line]
    assert len(told) == len(_CASES), done.stdout + done.stderr
    for line, (extra, _) in zip(told, _CASES.values(), strict=True):
        assert f"pip install 'lagebild[{extra}]'" in line
    assert "Traceback" not in done.stdout
    assert {extra for extra, _ in _CASES.values()} == EXTRAS | {"anthropic"}
