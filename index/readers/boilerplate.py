"""Tells the lines of a web page that are no part of its report: "Read more: ...", cookie notices, calls to subscribe.

Only lines that say of themselves what they are count, so that no sentence of a report is lost: a call is left out where
it stands alone or has a colon and a headline behind it, a notice where it begins as no report does. Knows texts only.
"""

from __future__ import annotations

import re

__all__ = ["without_boilerplate"]

_MAX_CALL = 200  # characters, with the headline that it calls to
_MAX_NOTICE = 600

# A call to read something else, alone or with a colon and a headline.
_CALLS = (
    *("read more", "read also", "read next", "also read", "see also", "related", "related articles", "related stories"),
    *("more on this story", "more on this topic", "continue reading"),
    *("lesen sie auch", "lesen sie mehr", "lesen sie hier", "auch interessant", "mehr zum thema", "weiterlesen"),
    *("lire aussi", "à lire aussi", "lire la suite", "voir aussi", "lea también", "lea más", "leer más", "ver también"),
    *("читайте также", "читать далее", "читать также", "по теме", "читайте також", "читати далі", "більше за темою"),
    *(
        "اقرأ أيضا",
        "اقرأ أيضًا",
        "اقرأ أيضاً",
        "إقرأ أيضا",
        "إقرأ أيضاً",
        "اقرا ايضا",
        "اقرأ المزيد",
        "شاهد أيضا",
        "شاهد أيضاً",
    ),
    *("مواضيع ذات صلة", "أخبار ذات صلة", "بیشتر بخوانید", "همچنین بخوانید", "קראו גם", "קראו עוד"),
    *("ayrıca bakınız", "devamını oku", "ilgili haberler"),
)
# Words that are boilerplate alone, but may begin a sentence.
_LABELS = (
    *("advertisement", "sponsored", "recommended", "most read", "trending", "watch", "listen", "share", "share this"),
    *("share this article", "follow us", "subscribe", "sign up", "newsletter", "more"),
    *("anzeige", "werbung", "artikel teilen", "teilen", "drucken", "abonnieren", "folgen sie uns", "publicité"),
    *("partager", "abonnez-vous", "publicidad", "compartir", "suscríbase", "реклама", "поделиться", "подробнее"),
    *("подписывайтесь", "إعلان", "المزيد", "للمزيد", "تابعونا", "شارك"),
)


def _any(phrases: tuple[str, ...]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


_CALL = re.compile(
    rf"\W*(?:(?:{_any(_CALLS)})\s*(?:[:：>»›|→…]+.*|\.{{3}}|[!.]?)|(?:{_any(_LABELS)})[\W_]*)",
    re.IGNORECASE | re.DOTALL,
)
_NOTICE = re.compile(
    r"\W*(?:we use cookies|we and our partners (?:use|store)|this (?:web)?site uses cookies|"
    r"by (?:continuing|using) .{0,40}\bcookies|accept (?:all )?cookies|"
    r"your privacy (?:matters|is important)|all rights reserved|copyright ©|© ?\d{4}|"
    r"wir (?:verwenden|nutzen) cookies|wir und unsere partner|diese (?:web)?s(?:eite|ite) (?:verwendet|nutzt) cookies|"
    r"alle rechte vorbehalten|alle akzeptieren|"
    r"nous utilisons des cookies|ce site utilise des cookies|tous droits réservés|"
    r"utilizamos cookies|este sitio utiliza cookies|todos los derechos reservados|"
    r"мы используем (?:файлы )?cookie|этот сайт использует (?:файлы )?cookie|все права защищены|"
    r"نستخدم ملفات تعريف الارتباط|يستخدم هذا الموقع ملفات تعريف الارتباط|جميع الحقوق محفوظة)",
    re.IGNORECASE,
)


def without_boilerplate(paragraphs: list[str]) -> list[str]:
    """The paragraphs that are part of a report, in order."""
    return [paragraph for paragraph in paragraphs if not _is_boilerplate(paragraph)]


def _is_boilerplate(paragraph: str) -> bool:
    if len(paragraph) <= _MAX_CALL and _CALL.fullmatch(paragraph):
        return True
    return len(paragraph) <= _MAX_NOTICE and _NOTICE.match(paragraph) is not None
