"""Sound files of every format with some bytes changed: only drafts and declared errors, and no parser crashes."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.store import Catalog
from index.readers import Draft, read
from index.readers.formats import CONTAINERS, ISOLATED
from tests.index.test_events import UCDP
from tests.index.test_formats import ARABIC, FIRST, PAGE, RSS, archive, docx, mail, pdf, w, warc, xlsx

PAGE_BYTES = PAGE.format(charset="utf-8").encode()


def _mail() -> bytes:
    message = mail()
    message.set_content(ARABIC)
    message.add_alternative(f"<p>{FIRST}</p>", subtype="html")
    return message.as_bytes()


SOUND: dict[str, bytes] = {
    ".pdf": pdf(FIRST, "Second page.", title="T"),
    ".docx": docx(w(FIRST) + w(ARABIC)),
    ".odt": archive(
        {"content.xml": "<x xmlns:t='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><t:p>Words.</t:p></x>"}
    ),
    ".xlsx": xlsx(S=[["title", "text"], ["T", FIRST]]),
    ".eml": _mail(),
    ".mhtml": b"Content-Type: text/html; charset=utf-8\nContent-Location: https://example.org/\n\n" + PAGE_BYTES,
    ".rss": RSS.format(encoding="utf-8").encode(),
    ".html": PAGE_BYTES,
    ".zip": archive({"a.txt": FIRST, "b.html": PAGE_BYTES}),
    ".csv.gz": gzip.compress((",".join(UCDP) + "\n" + ",".join(v.replace(",", ";") for v in UCDP.values())).encode()),
    ".warc.gz": warc(("https://example.org/a", "200 OK", PAGE_BYTES, "text/html")),
    ".csv": (",".join(UCDP) + "\n" + ",".join(v.replace(",", ";") for v in UCDP.values())).encode(),
    ".jsonl": b'{"text": "Words.", "date": "2017-11", "url": "https://example.org"}\n' * 3,
    ".md": b"---\ntitle: T\npublished: 2017-11\n---\nBEIRUT, Nov 9 (Reuters) - Words.\n",
}


def changed(sound: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with some of them replaced: at an offset, so many of them, by others."""
    data = bytearray(sound)
    for place, length, new in changes:
        at = place % (len(data) + 1)
        data[at : at + length] = new
    return bytes(data)


changes = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=6
)


def test_every_foreign_format_is_here() -> None:
    modules = {ISOLATED.get(suffix) or CONTAINERS.get(suffix) for suffix in SOUND}
    assert modules | {"index.readers.gzip_file"} >= set(ISOLATED.values()) | set(CONTAINERS.values())


@pytest.mark.parametrize("suffix", SOUND)
def test_sound_file_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(SOUND[suffix])
    assert any(isinstance(item, Draft) for item in read(path))


@pytest.mark.parametrize("suffix", SOUND)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
@given(changes=changes)
def test_changed_file_gives_drafts_or_errors(suffix: str, changes: list[tuple[int, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(changed(SOUND[suffix], changes))
        for item in read(path):
            if isinstance(item, Draft):
                assert item.text.strip()
                assert item.title
                assert (item.text + item.title + "".join(item.details.values())).encode()
            else:
                assert item.origin.startswith(str(path.resolve()))
                assert not any(word in item.reason for word in ("crashed", "astray", "longer than"))


def test_one_of_each_goes_into_the_index_with_what_is_known_of_it(tmp_path: Path, tiny: Assistant) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for suffix, data in SOUND.items():
        (folder / f"a{suffix}").write_bytes(data)
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    result = tiny.ingest([folder])
    assert [error.origin.rpartition("#")[2] for error in result.refused] == ["empty"]  # an entry of the feed
    again = tiny.ingest([folder])
    assert again.added == again.replaced == []
    assert len(again.unchanged) == len(result.added)
    with Catalog(tiny.settings.data / "catalog.sqlite") as catalog:
        reports = list(catalog.reports().values())
    (document,) = (report for report in reports if "page_starts" in report.details)
    assert document.details["page_starts"].startswith("0 ")
    event = next(report for report in reports if report.source == "UCDP GED")
    assert event.details["latitude"] == "35.763369"
    assert event.details["deaths_high"] == "5"
