"""Times in questions in languages of which data/times.toml has the most usual words."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.dates import PartialDate
from assistant.times import find_dates, find_windows

TODAY = dt.date(2017, 11, 20)
QUESTIONS = {
    "es": "¿Qué pasó en Mosul {}?",
    "it": "Che cosa è successo a Mosul {}?",
    "pt": "O que aconteceu em Mossul {}?",
    "pl": "Co się stało w Mosulu {}?",
    "tr": "{} Musul'da ne oldu?",
    "fa": "{} در موصل چه اتفاقی افتاد؟",
    "he": "מה קרה במוסול {}?",
    "zh": "{}摩苏尔发生了什么？",
    "ja": "{}、モスルで何が起きましたか。",
    "ko": "{} 모술에서 무슨 일이 있었습니까?",
}


@pytest.mark.parametrize(
    ("language", "time", "expected"),
    [
        ("es", "desde noviembre de 2017", "2017-11-01.."),
        ("es", "después del 9 de noviembre de 2017", "2017-11-10.."),
        ("es", "antes de marzo de 2016", "..2016-02-29"),
        ("es", "hasta el 3 de mayo de 2015", "..2015-05-03"),
        ("es", "entre marzo y mayo de 2016", "2016-03-01..2016-05-31"),
        ("es", "del 9 al 11 de noviembre de 2017", "2017-11-09..2017-11-11"),
        ("es", "la semana pasada", "2017-11-13..2017-11-19"),
        ("es", "ayer", "2017-11-19..2017-11-19"),
        ("es", "el mes pasado", "2017-10-01..2017-10-31"),
        ("es", "el año pasado", "2016-01-01..2016-12-31"),
        ("es", "a principios de noviembre de 2017", "2017-11-01..2017-11-10"),
        ("es", "a finales de 2016", "2016-09-01..2016-12-31"),
        ("es", "en verano de 2015", "2015-06-01..2015-08-31"),
        ("es", "hace tres días", "2017-11-17..2017-11-17"),
        ("es", "en los últimos diez días", "2017-11-10..2017-11-20"),
        ("es", "desde 2016", "2016-01-01.."),
        ("es", "en noviembre", "2000-11-01..2000-11-30 yearly"),
        ("es", "el 9 de noviembre", "2000-11-09..2000-11-09 yearly"),
        ("es", "en la primera semana de noviembre de 2017", "2017-11-01..2017-11-07"),
        ("es", "en el primer trimestre de 2016", "2016-01-01..2016-03-31"),
        ("it", "da novembre 2017", "2017-11-01.."),
        ("it", "dal 9 novembre 2017", "2017-11-09.."),
        ("it", "dopo il 9 novembre 2017", "2017-11-10.."),
        ("it", "prima di marzo 2016", "..2016-02-29"),
        ("it", "fino al 3 maggio 2015", "..2015-05-03"),
        ("it", "tra marzo e maggio 2016", "2016-03-01..2016-05-31"),
        ("it", "dal 9 all'11 novembre 2017", "2017-11-09..2017-11-11"),
        ("it", "la settimana scorsa", "2017-11-13..2017-11-19"),
        ("it", "ieri", "2017-11-19..2017-11-19"),
        ("it", "il mese scorso", "2017-10-01..2017-10-31"),
        ("it", "l'anno scorso", "2016-01-01..2016-12-31"),
        ("it", "all'inizio di novembre 2017", "2017-11-01..2017-11-10"),
        ("it", "alla fine del 2016", "2016-09-01..2016-12-31"),
        ("it", "nell'estate del 2015", "2015-06-01..2015-08-31"),
        ("it", "tre giorni fa", "2017-11-17..2017-11-17"),
        ("it", "negli ultimi dieci giorni", "2017-11-10..2017-11-20"),
        ("it", "dal 2016", "2016-01-01.."),
        ("it", "a novembre", "2000-11-01..2000-11-30 yearly"),
        ("it", "il 9 novembre", "2000-11-09..2000-11-09 yearly"),
        ("it", "nella prima settimana di novembre 2017", "2017-11-01..2017-11-07"),
        ("pt", "desde novembro de 2017", "2017-11-01.."),
        ("pt", "depois de 9 de novembro de 2017", "2017-11-10.."),
        ("pt", "antes de março de 2016", "..2016-02-29"),
        ("pt", "até 3 de maio de 2015", "..2015-05-03"),
        ("pt", "entre março e maio de 2016", "2016-03-01..2016-05-31"),
        ("pt", "de 9 a 11 de novembro de 2017", "2017-11-09..2017-11-11"),
        ("pt", "na semana passada", "2017-11-13..2017-11-19"),
        ("pt", "ontem", "2017-11-19..2017-11-19"),
        ("pt", "no mês passado", "2017-10-01..2017-10-31"),
        ("pt", "no ano passado", "2016-01-01..2016-12-31"),
        ("pt", "no início de novembro de 2017", "2017-11-01..2017-11-10"),
        ("pt", "no final de 2016", "2016-09-01..2016-12-31"),
        ("pt", "no verão de 2015", "2015-06-01..2015-08-31"),
        ("pt", "há três dias", "2017-11-17..2017-11-17"),
        ("pt", "nos últimos dez dias", "2017-11-10..2017-11-20"),
        ("pt", "desde 2016", "2016-01-01.."),
        ("pt", "em novembro", "2000-11-01..2000-11-30 yearly"),
        ("pt", "em 9 de novembro", "2000-11-09..2000-11-09 yearly"),
        ("pt", "na primeira semana de novembro de 2017", "2017-11-01..2017-11-07"),
        ("pl", "od listopada 2017", "2017-11-01.."),
        ("pl", "po 9 listopada 2017", "2017-11-10.."),
        ("pl", "przed marcem 2016", "..2016-02-29"),
        ("pl", "do 3 maja 2015", "..2015-05-03"),
        ("pl", "między marcem a majem 2016", "2016-03-01..2016-05-31"),
        ("pl", "od 9 do 11 listopada 2017", "2017-11-09..2017-11-11"),
        ("pl", "w zeszłym tygodniu", "2017-11-13..2017-11-19"),
        ("pl", "wczoraj", "2017-11-19..2017-11-19"),
        ("pl", "w zeszłym miesiącu", "2017-10-01..2017-10-31"),
        ("pl", "w zeszłym roku", "2016-01-01..2016-12-31"),
        ("pl", "na początku listopada 2017", "2017-11-01..2017-11-10"),
        ("pl", "pod koniec 2016 roku", "2016-09-01..2016-12-31"),
        ("pl", "latem 2015", "2015-06-01..2015-08-31"),
        ("pl", "trzy dni temu", "2017-11-17..2017-11-17"),
        ("pl", "w ciągu ostatnich dziesięciu dni", "2017-11-10..2017-11-20"),
        ("pl", "od 2016 roku", "2016-01-01.."),
        ("pl", "w listopadzie", "2000-11-01..2000-11-30 yearly"),
        ("pl", "9 listopada", "2000-11-09..2000-11-09 yearly"),
        ("pl", "w listopadzie 2017 roku", "2017-11-01..2017-11-30"),
        ("tr", "Kasım 2017'den beri", "2017-11-01.."),
        ("tr", "9 Kasım 2017'den sonra", "2017-11-10.."),
        ("tr", "Mart 2016'dan önce", "..2016-02-29"),
        ("tr", "3 Mayıs 2015'e kadar", "..2015-05-03"),
        ("tr", "geçen hafta", "2017-11-13..2017-11-19"),
        ("tr", "dün", "2017-11-19..2017-11-19"),
        ("tr", "geçen ay", "2017-10-01..2017-10-31"),
        ("tr", "geçen yıl", "2016-01-01..2016-12-31"),
        ("tr", "2016'nın sonunda", "2016-09-01..2016-12-31"),
        ("tr", "2015 yazında", "2015-06-01..2015-08-31"),
        ("tr", "üç gün önce", "2017-11-17..2017-11-17"),
        ("tr", "2016'dan beri", "2016-01-01.."),
        ("tr", "Kasım ayında", "2000-11-01..2000-11-30 yearly"),
        ("tr", "9 Kasım'da", "2000-11-09..2000-11-09 yearly"),
        ("tr", "Kasım 2017'nin başında", "2017-11-01..2017-11-10"),
        ("tr", "Kasım'dan beri", "2000-11-01..2017-11-20 yearly"),
        ("tr", "2015 kışında", "2015-12-01..2016-02-29"),
        ("tr", "Kasım ayının başında", "2000-11-01..2000-11-30 yearly"),
        ("tr", "2016 yılında", "2016-01-01..2016-12-31"),
        ("tr", "2016'da", "2016-01-01..2016-12-31"),
        ("fa", "از نوامبر ۲۰۱۷", "2017-11-01.."),
        ("fa", "پس از ۹ نوامبر ۲۰۱۷", "2017-11-10.."),
        ("fa", "قبل از مارس ۲۰۱۶", "..2016-02-29"),
        ("fa", "تا ۳ مه ۲۰۱۵", "..2015-05-03"),
        ("fa", "بین مارس و مه ۲۰۱۶", "2016-03-01..2016-05-31"),
        ("fa", "هفته گذشته", "2017-11-13..2017-11-19"),
        ("fa", "دیروز", "2017-11-19..2017-11-19"),
        ("fa", "ماه گذشته", "2017-10-01..2017-10-31"),
        ("fa", "سال گذشته", "2016-01-01..2016-12-31"),
        ("fa", "اوایل نوامبر ۲۰۱۷", "2017-11-01..2017-11-10"),
        ("fa", "تابستان ۲۰۱۵", "2015-06-01..2015-08-31"),
        ("fa", "سه روز پیش", "2017-11-17..2017-11-17"),
        ("fa", "از سال ۲۰۱۶", "2016-01-01.."),
        ("fa", "در نوامبر", "2000-11-01..2000-11-30 yearly"),
        ("he", "מאז נובמבר 2017", "2017-11-01.."),
        ("he", "אחרי 9 בנובמבר 2017", "2017-11-10.."),
        ("he", "לפני מרץ 2016", "..2016-02-29"),
        ("he", "עד 3 במאי 2015", "..2015-05-03"),
        ("he", "בשבוע שעבר", "2017-11-13..2017-11-19"),
        ("he", "אתמול", "2017-11-19..2017-11-19"),
        ("he", "בחודש שעבר", "2017-10-01..2017-10-31"),
        ("he", "בשנה שעברה", "2016-01-01..2016-12-31"),
        ("he", "בתחילת נובמבר 2017", "2017-11-01..2017-11-10"),
        ("he", "בסוף 2016", "2016-09-01..2016-12-31"),
        ("he", "בקיץ 2015", "2015-06-01..2015-08-31"),
        ("he", "לפני שלושה ימים", "2017-11-17..2017-11-17"),
        ("he", "מאז 2016", "2016-01-01.."),
        ("he", "ב-9 בנובמבר", "2000-11-09..2000-11-09 yearly"),
        ("zh", "2017年11月以来", "2017-11-01.."),
        ("zh", "2017年11月9日之后", "2017-11-10.."),
        ("zh", "2016年3月之前", "..2016-02-29"),
        ("zh", "截至2015年5月3日", "..2015-05-03"),
        ("zh", "2016年3月至5月", "2016-03-01..2016-05-31"),
        ("zh", "上周", "2017-11-13..2017-11-19"),
        ("zh", "昨天", "2017-11-19..2017-11-19"),
        ("zh", "上个月", "2017-10-01..2017-10-31"),
        ("zh", "去年", "2016-01-01..2016-12-31"),
        ("zh", "2017年11月初", "2017-11-01..2017-11-10"),
        ("zh", "2016年底", "2016-09-01..2016-12-31"),
        ("zh", "2015年夏天", "2015-06-01..2015-08-31"),
        ("zh", "三天前", "2017-11-17..2017-11-17"),
        ("zh", "自2016年以来", "2016-01-01.."),
        ("zh", "11月", "2000-11-01..2000-11-30 yearly"),
        ("zh", "11月9日", "2000-11-09..2000-11-09 yearly"),
        ("ja", "2017年11月以来", "2017-11-01.."),
        ("ja", "2017年11月9日以降", "2017-11-09.."),
        ("ja", "2016年3月以前", "..2016-02-29"),
        ("ja", "2015年5月3日まで", "..2015-05-03"),
        ("ja", "2016年3月から5月まで", "2016-03-01..2016-05-31"),
        ("ja", "先週", "2017-11-13..2017-11-19"),
        ("ja", "昨日", "2017-11-19..2017-11-19"),
        ("ja", "先月", "2017-10-01..2017-10-31"),
        ("ja", "昨年", "2016-01-01..2016-12-31"),
        ("ja", "2017年11月初め", "2017-11-01..2017-11-10"),
        ("ja", "2016年末", "2016-09-01..2016-12-31"),
        ("ja", "2015年夏", "2015-06-01..2015-08-31"),
        ("ja", "3日前", "2017-11-17..2017-11-17"),
        ("ja", "2016年から", "2016-01-01.."),
        ("ja", "11月に", "2000-11-01..2000-11-30 yearly"),
        ("ja", "11月9日に", "2000-11-09..2000-11-09 yearly"),
        ("ko", "2017년 11월 이후", "2017-11-01.."),
        ("ko", "2017년 11월 9일 이후", "2017-11-09.."),
        ("ko", "2016년 3월 이전", "..2016-02-29"),
        ("ko", "2015년 5월 3일까지", "..2015-05-03"),
        ("ko", "2016년 3월부터 5월까지", "2016-03-01..2016-05-31"),
        ("ko", "지난주", "2017-11-13..2017-11-19"),
        ("ko", "어제", "2017-11-19..2017-11-19"),
        ("ko", "지난달", "2017-10-01..2017-10-31"),
        ("ko", "작년", "2016-01-01..2016-12-31"),
        ("ko", "2017년 11월 초", "2017-11-01..2017-11-10"),
        ("ko", "2016년 말", "2016-09-01..2016-12-31"),
        ("ko", "2015년 여름", "2015-06-01..2015-08-31"),
        ("ko", "3일 전", "2017-11-17..2017-11-17"),
        ("ko", "2016년부터", "2016-01-01.."),
        ("ko", "11월에", "2000-11-01..2000-11-30 yearly"),
        ("ko", "11월 9일에", "2000-11-09..2000-11-09 yearly"),
    ],
)
def test_the_words_around_a_time_make_its_window(language: str, time: str, expected: str) -> None:
    ((_, _, window),) = find_windows(QUESTIONS[language].format(time), language, TODAY)
    assert f"{window.since or ''}..{window.until or ''}{' yearly' if window.yearly else ''}" == expected


@pytest.mark.parametrize(
    ("language", "time", "expected"),
    [
        ("es", "el dos de octubre de 2017", "2017-10-02..2017-10-02"),
        ("es", "el veintitrés de marzo de 2016", "2016-03-23..2016-03-23"),
        ("it", "il due ottobre 2017", "2017-10-02..2017-10-02"),
        ("it", "nel settembre del 2015", "2015-09-01..2015-09-30"),
        ("pt", "em vinte e três de março de 2016", "2016-03-23..2016-03-23"),
        ("pl", "dziewiątego maja 2016 roku", "2016-05-09..2016-05-09"),
        ("pl", "dwudziestego trzeciego marca 2017", "2017-03-23..2017-03-23"),
        ("pl", "w latach 1984-1999", "1984-01-01..1999-12-31"),
        ("tr", "1984-1999 yılları arasında", "1984-01-01..1999-12-31"),
        ("tr", "Mart ile Mayıs 2016 arasında", "2016-03-01..2016-05-31"),
        ("tr", "2016'nın son çeyreğinde", "2016-10-01..2016-12-31"),
        ("tr", "son 3 gün", "2017-11-17..2017-11-20"),
        ("fa", "در دو هفته اخیر", "2017-11-06..2017-11-20"),
        ("fa", "در سال‌های ۱۹۸۰ تا ۱۹۸۸", "1980-01-01..1988-12-31"),
        ("he", "מאז ה-8 ביולי 2014", "2014-07-08.."),
        ("he", "במרץ", "2000-03-01..2000-03-31 yearly"),
        ("zh", "二〇一五年三月", "2015-03-01..2015-03-31"),
        ("zh", "八月十五日", "2000-08-15..2000-08-15 yearly"),
        ("zh", "四月", "2000-04-01..2000-04-30 yearly"),
        ("zh", "过去三十天内", "2017-10-21..2017-11-20"),
        ("ja", "十一月九日", "2000-11-09..2000-11-09 yearly"),
        ("ja", "ここ五日間", "2017-11-15..2017-11-20"),
        ("ja", "2006年〜2009年", "2006-01-01..2009-12-31"),
        ("ko", "2016년 5월과 12월 사이", "2016-05-01..2016-12-31"),
        ("ko", "지난 3주 동안", "2017-10-30..2017-11-20"),
        ("ko", "1994년~1996년", "1994-01-01..1996-12-31"),
    ],
)
def test_days_in_words_and_spans_are_read_in_more_languages(language: str, time: str, expected: str) -> None:
    ((_, _, window),) = find_windows(QUESTIONS[language].format(time), language, TODAY)
    assert f"{window.since or ''}..{window.until or ''}{' yearly' if window.yearly else ''}" == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "第十月刊登的文章说，三月内不会有变化。"),
        ("zh", "一月之后又过了数十月。"),
        ("he", "הבמאי סיים סרט על המלחמה. במאי אחר סירב."),
        ("es", "Dos marzos después murieron tres."),
        ("pt", "Morreram dois em combate."),
    ],
)
def test_numbers_and_words_that_are_no_dates_date_nothing(language: str, text: str) -> None:
    assert not find_dates(text, language, PartialDate.parse("2017-11-20"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "3个月前线没有变化，2017年起义军退出，前后共有12个月。"),
        ("ja", "3か月の間、前半の戦闘が続いた。"),
        ("ko", "3개월 전투와 10월드컵"),
        ("it", "Sono morte 2000 persone in mare, e ora il set è vuoto."),
        ("es", "Unos 2000 hombres huyeron por el mar."),
        ("pl", "Zginęło 2000 osób po drugiej stronie, na lata."),
    ],
)
def test_what_only_looks_like_a_time_opens_and_closes_none(language: str, text: str) -> None:
    assert all(
        window.since is not None and window.until is not None for _, _, window in find_windows(text, language, TODAY)
    )


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh", "11月，军队收复了该城。", "2017-11"),
        ("zh", "11月9日，军队收复了该城。", "2017-11-09"),
        ("pl", "W listopadzie wojsko odbiło miasto.", "2017-11"),
        ("he", "ב-9 בנובמבר הצבא כבש את העיר.", "2017-11-09"),
        ("tr", "2017 yılının kasım ayında ordu şehri aldı.", "2017-11"),
    ],
)
def test_a_report_dates_by_months_as_they_are_declined(language: str, text: str, expected: str) -> None:
    (dated,) = find_dates(text, language, PartialDate.parse("2017-11-20"))
    assert str(dated.date) == expected


def test_a_month_of_a_year_that_is_too_long_ago_is_none_of_this_one() -> None:
    assert not find_dates("1347年11月，瘟疫传入。", "zh", PartialDate.parse("2017-11-20"))
    assert not find_dates("באותו היום נהרגו שלושה.", "he", PartialDate.parse("2017-11-20"))


@pytest.mark.parametrize(
    ("time", "days"),
    [("三天前", 3), ("十天前", 10), ("十五天前", 15), ("二十天前", 20), ("二十三天前", 23), ("两天前", 2)],
)
def test_chinese_numbers_are_read_as_they_are_written(time: str, days: int) -> None:
    ((_, _, window),) = find_windows(QUESTIONS["zh"].format(time), "zh", TODAY)
    assert window.since == window.until == TODAY - dt.timedelta(days=days)


def test_the_head_of_a_government_is_no_month() -> None:
    assert not find_windows("Theresa May'in ordusu ara verdi.", "tr", TODAY)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "What happened in Mosul in the 1970s?", "1970-01-01..1979-12-31"),
        ("en", "What has happened in Mosul since the 1970s?", "1970-01-01.."),
        ("en", "What happened in Mosul before the 1970's?", "..1969-12-31"),
        ("de", "Was geschah in den 1970er-Jahren in Mossul?", "1970-01-01..1979-12-31"),
        ("fr", "Que s'est-il passé à Mossoul dans les années 1970 ?", "1970-01-01..1979-12-31"),
        ("es", "¿Qué pasó en Mosul en los años 1970?", "1970-01-01..1979-12-31"),
        ("it", "Che cosa è successo a Mosul negli anni 1970?", "1970-01-01..1979-12-31"),
        ("pt", "O que aconteceu em Mossul nos anos 1970?", "1970-01-01..1979-12-31"),
        ("ru", "Что было в Мосуле в 1970-х годах?", "1970-01-01..1979-12-31"),
        ("uk", "Що було в Мосулі в 1970-х роках?", "1970-01-01..1979-12-31"),
        ("tr", "1970'lerde Musul'da ne oldu?", "1970-01-01..1979-12-31"),
        ("zh", "1970年代摩苏尔发生了什么？", "1970-01-01..1979-12-31"),
        ("ja", "1970年代、モスルで何が起きましたか。", "1970-01-01..1979-12-31"),
        ("ko", "1970년대 모술에서 무슨 일이 있었습니까?", "1970-01-01..1979-12-31"),
        ("en", "Which 1970 soldiers fled in 1975?", "1975-01-01..1975-12-31"),
    ],
)
def test_tens_of_years_are_ten(language: str, text: str, expected: str) -> None:
    ((_, _, window),) = find_windows(text, language, TODAY)
    assert f"{window.since or ''}..{window.until or ''}" == expected
