"""Row 17. Encodings: 12 charsets, 8 languages: exact, or flagged as uncertain; never silently wrong.

Each text is read once as plain text, which says nothing of its encoding, and once as a page that declares it. Where an
encoding lacks letters of a language, they are question marks in the bytes, as old programs write them.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from assistant.errors import ReportError
from index.readers import read

CHARSETS: tuple[str, ...] = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1252",
    "iso-8859-1",
    "cp1250",
    "cp1251",
    "koi8-r",
)
CHARSETS += ("cp1256", "gb18030")
TEXTS = {
    "en": "The army command announced the capture of the town on Thursday. “The last stronghold had fallen,” it said. "
    "Observers doubted this – the fighting went on in the northern quarters, and nobody could verify the claims.",
    "de": "Die Armee hat am Donnerstag die Einnahme der Stadt verkündet. Sie sei die letzte Hochburg gewesen, heißt "
    "es. Beobachter bezweifeln das größtenteils; die Kämpfe dauern in den nördlichen Vierteln an.",
    "fr": "L'armée a annoncé jeudi la prise de la ville. C'était le dernier bastion, selon la déclaration. "
    "Les observateurs émettent des réserves : les combats se poursuivent à l'intérieur.",
    "tr": "Ordu, perşembe günü şehrin ele geçirildiğini açıkladı. Açıklamaya göre burası örgütün son kalesiydi. "
    "Gözlemciler bundan kuşkulu; çatışmalar kuzeydeki mahallelerde sürüyor.",
    "ru": "Сирийская армия объявила в четверг о взятии города. Он был последним оплотом группировки. "
    "Наблюдатели сообщают, что бои в северных кварталах продолжаются.",
    "uk": "Армія оголосила в четвер про взяття міста. За її словами, це був останній оплот угруповання. "
    "Спостерігачі повідомляють, що бої в північних кварталах тривають, є поранені.",
    "ar": "أعلنت القيادة العامة للجيش يوم الخميس السيطرة الكاملة على المدينة. وكانت آخر معاقل التنظيم على الحدود. "
    "وقال مراقبون إن القتال مستمر في الأحياء الشمالية.",
    "zh": "叙利亚军队周四宣布占领该城。该城位于伊拉克边境，是该组织最后的据点。观察人士说，北部街区的战斗仍在继续。",
}
PAGE = "<!DOCTYPE html><html><head><meta charset='{}'><title>T</title></head><body><p>{}</p></body></html>"
DECLARED = {"utf-8-sig": "utf-8", "cp1252": "windows-1252", "cp1250": "windows-1250", "cp1251": "windows-1251"}
DECLARED |= {"cp1256": "windows-1256"}


@pytest.mark.parametrize("kind", ["txt", "html"])
@pytest.mark.parametrize(("charset", "language"), list(itertools.product(CHARSETS, TEXTS)))
def test_row_17_text_is_exact_or_flagged(tmp_path: Path, charset: str, language: str, kind: str) -> None:
    content = TEXTS[language] if kind == "txt" else PAGE.format(DECLARED.get(charset, charset), TEXTS[language])
    data = content.encode(charset, "replace")
    meant = TEXTS[language].encode(charset, "replace").decode(charset)
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data)
    (item,) = read(path)
    if isinstance(item, ReportError):
        assert "UTF-8" in item.reason or "binary" in item.reason or "main text" in item.reason
        flagged = True
    else:
        flagged = bool(item.warnings) and item.details["encoding_from"] == "guess"
        assert item.text == meant or flagged
    told = charset in ("utf-8", "utf-8-sig", "utf-16", "utf-32") or (charset != "utf-16-le" and kind == "html")
    if told or (meant.isascii() and charset != "utf-16-le"):  # what says its encoding, or needs none, leaves no doubt
        assert not flagged


def test_row_17_there_are_as_many_as_promised() -> None:
    assert len(CHARSETS) * len(TEXTS) * 2 == 192
