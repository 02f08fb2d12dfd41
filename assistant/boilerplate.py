"""Tells the lines that are no part of the report that they stand in: "Read more: ...", cookie notices, "About us".

Only lines that say of themselves what they are count, so that no sentence of a report is lost: a call is left out where
it stands alone or has a colon and a headline behind it, a notice where it begins as no report does. What only repeats
is told by comparing reports (store/frame.py). Knows texts only.
"""

from __future__ import annotations

import re

__all__ = ["is_boilerplate", "tells_of_outlet", "without_boilerplate"]

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
_NOTICES = (
    *("we use cookies", "we and our partners (?:use|store)", "this (?:web)?site uses cookies"),
    *(r"by (?:continuing|using) .{0,40}\bcookies", "accept (?:all )?cookies", "your privacy (?:matters|is important)"),
    *("all rights reserved", "copyright ©", r"© ?\d{4}"),
    *("wir (?:verwenden|nutzen) cookies", "wir und unsere partner", "alle rechte vorbehalten", "alle akzeptieren"),
    "diese (?:web)?s(?:eite|ite) (?:verwendet|nutzt) cookies",
    *("nous utilisons des cookies", "ce site utilise des cookies", "tous droits réservés"),
    *("utilizamos cookies", "este sitio utiliza cookies", "todos los derechos reservados"),
    *("мы используем (?:файлы )?cookie", "этот сайт использует (?:файлы )?cookie", "все права защищены"),
    *("نستخدم ملفات تعريف الارتباط", "يستخدم هذا الموقع ملفات تعريف الارتباط", "جميع الحقوق محفوظة"),
)
_NOTICE = re.compile(rf"\W*(?:{'|'.join(_NOTICES)})", re.IGNORECASE)
# How lines begin that tell of an outlet and its people. Reports may begin so too: it counts for lines that repeat.
_OUTLET = re.compile(
    r"\W*(?:about (?:the (?:author|writer|reporter)s?|us|this (?:site|page|report))|the (?:author|writer) is|"
    r"(?:additional )?(?:reporting|writing|editing) by|follow|subscribe|sign up|support (?:us|our)|donate|contact|"
    r"click|for more|join (?:us|our)|this (?:article|report|story) (?:was|is|first|originally)|"
    r"über (?:den autor|die autorin|uns)|folgen sie|abonnieren|unterstützen sie|kontakt|impressum|mehr (?:auf|unter)|"
    r"diese[rs]? (?:artikel|bericht|text|beitrag)|à propos|suivez|abonnez|soutenez|cet article|"
    r"sobre (?:el autor|la autora|nosotros)|síg[au]nos|suscríb|este artículo|"
    r"об авторе|о нас|подпи[сш]|следите|поддержите|контакты|"
    r"عن الكاتب|من نحن|نبذة عن|تابعونا|اشترك|للتواصل|للمزيد|نشر هذا)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|©")


def _first_word(text: str) -> str:
    found = _WORD.search(text)
    return found[0].casefold() if found else ""


_FIRST_WORDS = frozenset(map(_first_word, (*_CALLS, *_LABELS, *_NOTICES)))


def without_boilerplate(paragraphs: list[str]) -> list[str]:
    """The paragraphs that are part of a report, in order."""
    return [paragraph for paragraph in paragraphs if not is_boilerplate(paragraph)]


def is_boilerplate(paragraph: str) -> bool:
    """Whether a paragraph, or a sentence, says of itself that it is no part of a report."""
    if _first_word(paragraph) not in _FIRST_WORDS:
        return False
    if len(paragraph) <= _MAX_CALL and _CALL.fullmatch(paragraph):
        return True
    return len(paragraph) <= _MAX_NOTICE and _NOTICE.match(paragraph) is not None


def tells_of_outlet(sentence: str) -> bool:
    """Whether a sentence begins as lines do that tell of an outlet and its people. Only for one that repeats."""
    return _OUTLET.match(sentence) is not None
