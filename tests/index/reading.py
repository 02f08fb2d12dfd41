"""What the tests of readers share: a file, what is read from it, and a page."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.dates import PartialDate
from assistant.errors import ReportError
from index.readers import Draft, read

UNKNOWN = PartialDate()
NOVEMBER = PartialDate(2017, 11)
DAY = PartialDate(2017, 11, 9)

# Three sentences each, in languages that the legacy encodings were made for.
SENTENCES = {
    "de": "Die Armee hat am Donnerstag die Einnahme der Stadt verkündet. Sie sei die letzte Hochburg gewesen, heißt "
    "es. Beobachter bezweifeln das größtenteils; die Kämpfe dauern in den nördlichen Vierteln an.",
    "fr": "L'armée a annoncé jeudi la prise de la ville. C'était le dernier bastion, selon la déclaration. "
    "Les observateurs émettent des réserves : les combats se poursuivent à l'intérieur.",
    "es": "El ejército anunció el jueves la toma de la ciudad. Era el último bastión, según la declaración. "
    "Los observadores dudan y dicen que los combates continúan en los barrios y seguirán mañana.",
    "ru": "Сирийская армия объявила в четверг о взятии города. Он был последним оплотом группировки. "
    "Наблюдатели сообщают, что бои в северных кварталах продолжаются.",
    "ar": "أعلنت القيادة العامة للجيش يوم الخميس السيطرة الكاملة على المدينة. وكانت آخر معاقل التنظيم على الحدود. "
    "وقال مراقبون إن القتال مستمر في الأحياء الشمالية.",
    "zh": "叙利亚军队周四宣布占领该城。该城位于伊拉克边境，是该组织最后的据点。观察人士说，北部街区的战斗仍在继续。",
    "ja": "シリア軍は木曜日、町を制圧したと発表した。この町は国境にあり、組織の最後の拠点だった。"
    "監視団によると、北部の地区では戦闘が続いている。",
}

ARTICLE = """<article><h1>Army takes town</h1>
<p>The army command announced the capture of the town on Thursday. It said the last stronghold had fallen.</p>
<p>A monitoring group doubted this &amp; said fighting continued in the north. Nobody could verify the claims.</p>
</article>"""
MENU = "<nav><ul><li><a href='/a'>Home</a></li><li><a href='/b'>News</a></li></ul></nav><footer>Imprint</footer>"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(path: Path) -> Draft:
    (draft,) = read(path)
    assert isinstance(draft, Draft), draft
    return draft


def refusal(path: Path) -> str:
    (error,) = read(path)
    assert isinstance(error, ReportError)
    assert error.origin == os.path.realpath(path)
    return error.reason


def page(head: str = "", body: str = ARTICLE, attributes: str = "") -> str:
    return f"<!DOCTYPE html>\n<html {attributes}><head><title>T</title>{head}</head><body>{body}</body></html>"
