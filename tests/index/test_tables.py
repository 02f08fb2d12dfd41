"""CSV tables, and which of their columns and of the fields of JSON records are what: by name, or by a mapping."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.embedding import WordLengthEmbedder
from assistant.errors import ReportError, SettingsError
from assistant.plain_data import report_to_export
from index.build import ingest
from index.readers import Draft, FieldMap, read
from tests.helpers import make_report
from tests.index.documents import xlsx
from tests.index.reading import put

TABLE = "id,headline,summary,details,day\n7,A town falls,The army took it.,Nobody confirmed it.,2017-11-09\n"
MAPPING = """
text = ["summary", "details"]
title = "headline"
published = "day"
key = "id"

[fixed]
source = "Levant Desk"
language = "en"
"""


def drafts(path: Path, fields: FieldMap | None = None) -> list[Draft]:
    found = list(read(path, fields))
    assert all(isinstance(item, Draft) for item in found), found
    return [item for item in found if isinstance(item, Draft)]


def refusals(path: Path, fields: FieldMap | None = None) -> dict[str, str]:
    found = [item for item in read(path, fields) if isinstance(item, ReportError)]
    return {error.origin.rpartition("/")[2]: error.reason for error in found}


def load(folder: Path, mapping: str) -> FieldMap:
    return FieldMap.load(put(folder, "mapping.toml", mapping))


# --- columns


def test_columns_with_known_names_need_no_mapping(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", 'title,text,date,outlet\nT,"One ""two"",\nthree.",2017-11,S\n\nU,More.,,\n')
    first, second = drafts(path)
    assert (first.title, first.text, str(first.published), first.source) == ("T", 'One "two",\nthree.', "2017-11", "S")
    assert (second.title, second.text, str(second.published), second.source) == ("U", "More.", "unknown", None)
    assert [draft.origin.rpartition("#")[2] for draft in (first, second)] == ["2", "4"]


def test_a_mapping_beside_the_file(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", TABLE)
    put(tmp_path, "a.csv.toml", MAPPING)
    (draft,) = drafts(path)
    assert draft.text == "The army took it.\n\nNobody confirmed it."
    assert (draft.title, str(draft.published)) == ("A town falls", "2017-11-09")
    assert (draft.source, draft.language) == ("Levant Desk", "en")
    assert draft.origin.endswith("a.csv#7")


def test_a_mapping_that_is_named_and_one_beside_the_file_that_wins(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", TABLE)
    assert drafts(path, load(tmp_path, 'text = "summary"'))[0].text == "The army took it."
    put(tmp_path, "a.csv.toml", 'text = "details"')
    assert drafts(path, load(tmp_path, 'text = "summary"'))[0].text == "Nobody confirmed it."


def test_a_mapping_says_whether_day_or_month_comes_first(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "text,date\nA.,4/5/2017\nB.,4/25/2017\n")
    mapping = "text = 'text'\npublished = 'date'\n"
    unsaid = drafts(path, load(tmp_path, mapping))
    said = drafts(path, load(tmp_path, mapping + "dates = 'month first'"))
    assert [str(draft.published) for draft in unsaid] == ["2017", "2017-04-25"]
    assert 'dates = "month first"' in unsaid[0].warnings[0]
    assert [str(draft.published) for draft in said] == ["2017-04-05", "2017-04-25"]
    assert not said[0].warnings


def test_another_mapping_makes_another_digest(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", TABLE)
    one = drafts(path, load(tmp_path, 'text = "summary"'))[0]
    same = drafts(path, load(tmp_path, 'text = "summary"\n'))[0]
    other = drafts(path, load(tmp_path, 'text = "details"'))[0]
    assert one.digest == same.digest != other.digest
    assert one.details["sha256"] == other.details["sha256"]


def test_without_a_text_the_columns_are_named_and_what_to_write(tmp_path: Path) -> None:
    (reason,) = refusals(put(tmp_path, "a.csv", TABLE)).values()
    assert "'headline', 'summary', 'details'" in reason
    assert "a.csv.toml" in reason
    (reason,) = refusals(put(tmp_path, "a.csv", TABLE), load(tmp_path, 'text = "sumary"')).values()
    assert "'sumary'" in reason
    assert "'summary'" in reason


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ("title = 'a'", "which column is the text"),
        ("text = 'a'\ntitel = 'b'", "no field 'titel'"),
        ("text = 5", "text is 5"),
        ("text = []", "text is"),
        ("text = ['a', 5]", "text is"),
        ("text = 'a'\nfixed = 'x'", "[fixed]"),
        ("text = 'a'\n[fixed]\nsource = 5", "source is 5"),
        ("text = 'a'\n[fixed]\nplace = 'x'", "no field 'place'"),
        ("text = 'a'\ndelimiter = ';;'", "';;'"),
        ("text = 'a'\nsheet = 5", "sheet is 5"),
        ("text = 'a'\ndates = 5", "dates is 5"),
        ("text = 'a'\ndates = 'american'", "'day first' or 'month first'"),
        ("text = ", "cannot be read"),
        ("\ud800", "cannot be read"),
    ],
)
def test_a_mapping_that_means_nothing(tmp_path: Path, mapping: str, named: str) -> None:
    path = put(tmp_path, "m.toml", mapping.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError, match=r".") as caught:
        FieldMap.load(path)
    assert str(path) in str(caught.value)
    assert named in str(caught.value)
    put(tmp_path, "a.csv", TABLE)
    path.rename(tmp_path / "a.csv.toml")
    (reason,) = refusals(tmp_path / "a.csv").values()
    assert named in reason


def test_a_mapping_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        FieldMap.load(tmp_path / "none.toml")


def test_a_mapping_survives_being_written_and_read(tmp_path: Path) -> None:
    fields = load(tmp_path, MAPPING + "")
    assert FieldMap.from_json(fields.to_json()) == fields


# --- rows


def test_rows_that_cannot_be_read_do_not_stop_the_others(tmp_path: Path) -> None:
    rows = [
        "text,date",
        "A.,2017-13",
        "B.",
        "C.,2017,x",
        '"",2017',
        "D.,2017",
        "caf\xe9.,2017",
        "Wörter.,2017",
        "Größe.,",
    ]
    path = put(
        tmp_path,
        "a.csv",
        "\r\n".join(rows).encode("latin-1").replace(b"W\xf6", "Wö".encode()).replace(b"Gr\xf6\xdfe", "Größe".encode()),
    )
    told = refusals(path)
    assert list(told) == ["a.csv#2", "a.csv#3", "a.csv#4", "a.csv#5", "a.csv#7"]
    assert "'2017-13'" in told["a.csv#2"]
    assert "1 values for 2 columns" in told["a.csv#3"]
    assert "3 values for 2 columns" in told["a.csv#4"]
    assert "there is no text" in told["a.csv#5"]
    assert "not UTF-8" in told["a.csv#7"]
    assert [item.text for item in read(path) if isinstance(item, Draft)] == ["D.", "Wörter.", "Größe."]


def test_a_column_whose_name_is_not_utf8_does_not_stop_the_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    put(folder, "a.csv", "größe,x\n".encode("latin-1") + "Wörter,1\nGröße,2\nFür,3\n".encode())
    put(folder, "b.csv", TABLE.replace("summary", "text"))
    result = ingest([folder], tmp_path / "data", WordLengthEmbedder)
    assert ["no column is the text" in error.reason for error in result.refused] == [True]
    assert len(result.added) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("text\n" + "\0", "NUL"),
        (b"PK\x03\x04", "ZIP"),
        ('text\n"never closed\n' + "x" * 5_000_000, "longer than 4 million"),
        ('text\n"never closed\n' + "xxxxxxxxx\n" * 500_000, "never be closed"),
        ("text" + "x" * 5_000_000, "longer than 4 million"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: str | bytes, reason: str) -> None:
    (told,) = refusals(put(tmp_path, "a.csv", content)).values()
    assert reason in told


@pytest.mark.parametrize(
    ("rows", "line", "texts"),
    [
        ('A,One.\nB,"never closed\nC,Three.\nD,Four.\n', 3, ["One."]),
        ('A,One.\r\nB,"never closed\r\n\r\n\r\n', 3, ["One."]),
        ('A,"One\nand more."\nB,"Two\nand more."\nC,Three.\nD,"', 7, ["One\nand more.", "Two\nand more.", "Three."]),
        ('A,"One,\n""two"" and\n\nmore.', 2, []),
        ('A,One.\n"B\nb","never closed\nC,Three.', 4, ["One."]),
    ],
)
def test_a_quotation_mark_that_is_never_closed_is_told_by_its_line(
    tmp_path: Path, rows: str, line: int, texts: list[str]
) -> None:
    path = put(tmp_path, "a.csv", f"title,text\n{rows}")
    assert f"opens on line {line} is never closed" in refusals(path)["a.csv"]
    assert [item.text for item in read(path) if isinstance(item, Draft)] == texts


def test_a_quotation_mark_that_the_next_one_closes_swallows_no_row_unseen(tmp_path: Path) -> None:
    rows = ['A,"never closed', "B,Two.", 'C,"Three."', 'D,"Four', 'and ""more""."', "E,Five."]
    path = put(tmp_path, "a.csv", "\n".join(["title,text", *rows]))
    (told,) = refusals(path).items()
    assert told[0] == "a.csv#2"
    assert "lines 2 to 4" in told[1]
    assert [item.text for item in read(path) if isinstance(item, Draft)] == ['Four\nand "more".', "Five."]


def test_quotation_marks_that_are_sloppy_within_a_line_are_read(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", 'title,text\nA,"Tel "Rifaat fell.\nB,A 5" gun fired.\nC, "Said" so.\n')
    assert [draft.text for draft in drafts(path)] == ["Tel Rifaat fell.", 'A 5" gun fired.', ' "Said" so.']


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    text = f'title{separator}text\nT{separator}"a, b; c | d"\n'
    assert drafts(put(tmp_path, "a.csv", text))[0].text == "a, b; c | d"
    assert drafts(put(tmp_path, "a.tsv", f"sep={separator}\n{text}"))[0].text == "a, b; c | d"
    assert drafts(put(tmp_path, "a.csv", text), load(tmp_path, f"text='text'\ndelimiter='{separator}'"))


def test_a_separator_that_only_the_mapping_knows(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "title^text\nT^Words, and more.\n")
    assert drafts(path, load(tmp_path, "text = 'text'\ndelimiter = '^'"))[0].text == "Words, and more."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_tables(tmp_path: Path, encoding: str) -> None:
    (draft,) = drafts(put(tmp_path, "a.csv", "title,text\nT,دخلت القوات المدينة.\n".encode(encoding)))
    assert (draft.text, draft.warnings) == ("دخلت القوات المدينة.", ())
    how = "strict UTF-8" if encoding == "utf-8" else "byte order mark"
    assert draft.details["encoding_from"] == how


def test_a_table_in_an_old_encoding_is_guessed_with_a_warning(tmp_path: Path) -> None:
    text = "Сирийская армия объявила в четверг о взятии города. Наблюдатели сообщают, что бои продолжаются."
    (draft,) = drafts(put(tmp_path, "a.csv", f'title,text\nT,"{text}"\n'.encode("cp1251")))
    assert draft.text == text
    assert (draft.encoding, draft.details["encoding_from"]) == ("cp1251", "guess")
    assert "guess" in draft.warnings[0]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_every_cell_comes_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([("title", "text"), *rows])
    found = list(read(put(tmp_path, "a.csv", written.getvalue())))
    texts = [item.text for item in found if isinstance(item, Draft) and "dateline" not in item.details]
    assert texts == [text for _, text in rows if text.strip()]
    assert len(found) == sum(bool(title.strip() or text.strip()) for title, text in rows)


def test_a_large_table_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = f"T,{'The army command announced the capture of the town on Thursday. ' * 20}\n"
    path.write_text("title,text\n" + row * 1_500, "utf-8")
    next(read(path))  # what is loaded once
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(path)) == 1_500
        assert tracemalloc.get_traced_memory()[1] < 1_000_000  # of a file of 2 MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("keys", "places"),
    [
        (["A1", "A1", "A1"], ["A1", "A1@3", "A1@4"]),
        (["", "2", "5", ""], ["2", "2@3", "5", "5@5"]),
        (["", "2", "2@3"], ["2", "2@3", "2@3@4"]),
        (["3", "", "A1@5", "A1", "A1"], ["3", "3@3", "A1@5", "A1", "A1@6"]),
        (["A1@4", "A1", "A1"], ["A1@4", "A1", "A1@4@4"]),
    ],
)
def test_no_row_stands_for_another_whatever_its_key(tmp_path: Path, keys: list[str], places: list[str]) -> None:
    rows = [f"{key},Report {number}." for number, key in enumerate(keys)]
    found = drafts(put(tmp_path, "a.csv", "\n".join(["id,text", *rows])), load(tmp_path, "text = 'text'\nkey = 'id'"))
    assert [draft.origin.rpartition("#")[2] for draft in found] == places


def test_no_row_stands_for_one_of_another_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "text"], ["A1", "The army came."]]
    path = put(tmp_path, "a.xlsx", xlsx(One=rows, Two=rows))
    found = drafts(path, load(tmp_path, "text = 'text'\nkey = 'id'"))
    assert [draft.origin.rpartition("#")[2] for draft in found] == ["A1", "A1@Two!2"]


# --- JSON


def test_json_records_by_a_mapping(tmp_path: Path) -> None:
    mapping = load(tmp_path, 'records = "data.items"\ntext = "body.text"\ntitle = "a.b"\nkey = "id"')
    items = [{"id": 7, "body": {"text": "One."}, "a.b": "T"}, {"id": "x", "body": {"text": "Two."}, "a": {"b": "U"}}]
    found = drafts(put(tmp_path, "a.json", json.dumps({"data": {"items": [*items]}})), mapping)
    assert [(draft.title, draft.text) for draft in found] == [("T", "One."), ("U", "Two.")]
    assert [draft.origin.rpartition("#")[2] for draft in found] == ["7", "x"]
    lines = "\n".join(map(json.dumps, items))
    assert [draft.text for draft in drafts(put(tmp_path, "a.jsonl", lines), mapping)] == ["One.", "Two."]
    (reason,) = refusals(put(tmp_path, "b.json", "{}"), mapping).values()
    assert "'data.items'" in reason


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_no_record_stands_for_another_whatever_its_key(tmp_path: Path, name: str) -> None:
    exported = report_to_export(make_report())
    records = [
        {"id": "A1", "text": "One."},
        {"text": "Two."},
        {"id": 2, "text": "Three."},
        {"id": "A1", "text": "Four."},
    ]
    lines = [json.dumps(record) for record in [*records, exported, exported]]
    content = "\n".join(lines) if name == "a.jsonl" else f"[{','.join(lines)}]"
    found = drafts(put(tmp_path, name, content), load(tmp_path, "text = 'text'\nkey = 'id'"))
    there = [draft.origin.rpartition("#")[2] for draft in found]
    assert there == ["A1", "2", "2@3", "A1@4", exported["id"], f"{exported['id']}@6"]


def test_gzip_is_no_table(tmp_path: Path) -> None:
    (reason,) = refusals(put(tmp_path, "a.csv", gzip.compress(TABLE.encode()))).values()
    assert "gzip" in reason
