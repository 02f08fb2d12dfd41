"""The notebook of the examples runs from its first cell to its last, and plots."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.helpers import EXAMPLES

NOTEBOOK = EXAMPLES.parent / "timeline.ipynb"
_RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(notebook, sys.argv[3])
"""


def test_the_notebook_finds_and_plots(sample_files: Path, tmp_path: Path) -> None:
    data = shutil.copytree(sample_files, tmp_path / "data")  # the samples are in it, so that nothing is embedded
    done = subprocess.run(
        [sys.executable, "-c", _RUN, NOTEBOOK, EXAMPLES.parent, tmp_path / "run.ipynb"],
        env={**os.environ, "LAGEBILD_DATA": str(data), "HF_HUB_OFFLINE": "1", "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    cells = [cell for cell in json.loads((tmp_path / "run.ipynb").read_text("utf-8"))["cells"] if "outputs" in cell]
    found, plotted, behind = (cell["outputs"] for cell in cells[1:])
    assert len("".join(found[0]["text"]).splitlines()) == 6
    assert any("image/png" in output.get("data", {}) for output in plotted)
    assert "2017-11" in "".join(behind[0]["text"])


def test_the_notebook_is_kept_without_what_it_put_out() -> None:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
