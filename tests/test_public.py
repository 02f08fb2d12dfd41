"""The public surface: what is promised is there, importing is cheap, and the wheel stands beside hostile names."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import assistant
from tests.helpers import EXAMPLES, ROOT


def test_everything_promised_can_be_imported() -> None:
    for name in assistant.__all__:
        assert getattr(assistant, name).__name__ == name
    assert dir(assistant) == sorted(assistant.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = assistant.nothing_like_it


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import assistant", ["torch", "chromadb", "gradio", "llama_index", "numpy", "lingua", "index"]),
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
_ASK = """
import json, sys
import assistant
from assistant import Assistant
with Assistant(sys.argv[1]) as one:
    answer = one.ask("Who holds the al-Omar oil field?")
print(json.dumps({"file": assistant.__file__, "first": sys.path[0], "answer": answer.to_dict()}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("building the wheel without a network needs hatchling: pip install hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q"]
    done = subprocess.run([*command, "-w", folder, ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("lagebild-*.whl")
    return found


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = [path.relative_to(ROOT).as_posix() for path in (ROOT / "assistant" / "data").iterdir()]
    wording = [f"assistant/prompts/wording/{path.name}" for path in (ROOT / "prompts" / "wording").iterdir()]
    assert {"app.py", "assistant/py.typed", "index/py.typed", "index/readers/html.py", *data, *wording} <= names
    allowed = ("assistant/", "index/", "app.py", "lagebild-")
    assert all(name.startswith(allowed) for name in names), names
    assert not any("__pycache__" in name or name.startswith("prompts/") for name in names)


def test_the_wheel_answers_beside_hostile_names(wheel: Path, sample_index: Path, tmp_path: Path) -> None:
    unpacked, work = tmp_path / "unpacked", tmp_path / "work"
    zipfile.ZipFile(wheel).extractall(unpacked)
    work.mkdir()
    for name in ("index.py", "prompts.py", "app.py"):
        (work / name).write_text(_HOSTILE)
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", _ASK, sample_index],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["first"] == ""
    assert Path(found["file"]).is_relative_to(unpacked)
    answer = found["answer"]
    texts = [path.read_text("utf-8") for path in EXAMPLES.iterdir()]
    assert answer["citations"]
    assert all(any(c["quote"] in text for text in texts) for c in answer["citations"])
    assert answer["summary"].startswith("As of ")
