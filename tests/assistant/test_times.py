"""The times that questions ask about, as people of many languages write them."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import PartialDate, Window
from assistant.times import find_dates, find_windows

TODAY = dt.date(2017, 11, 22)


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("question", "language", "since", "until"),
    [
        ("What happened in November 2017?", "en", "2017-11-01", "2017-11-30"),
        ("Was geschah im November 2017?", "de", "2017-11-01", "2017-11-30"),
        ("ماذا حدث في تشرين الثاني 2017؟", "ar", "2017-11-01", "2017-11-30"),
        ("ماذا حدث في نوفمبر ٢٠١٧؟", "ar", "2017-11-01", "2017-11-30"),
        ("Что произошло в ноябре 2017 года?", "ru", "2017-11-01", "2017-11-30"),
        ("Que s'est-il passé en novembre 2017 ?", "fr", "2017-11-01", "2017-11-30"),
        ("Who died on 9 November 2017?", "en", "2017-11-09", "2017-11-09"),
        ("Who died on November 9, 2017?", "en", "2017-11-09", "2017-11-09"),
        ("Wer starb am 9.11.2017?", "de", "2017-11-09", "2017-11-09"),
        ("Кто погиб 9 ноября 2017 года?", "ru", "2017-11-09", "2017-11-09"),
        ("من قتل في 15 نيسان/أبريل 2017؟", "ar", "2017-04-15", "2017-04-15"),
        ("What has changed since 2016?", "en", "2016-01-01", None),
        ("Was hat sich seit 2016 geändert?", "de", "2016-01-01", None),
        ("ماذا تغير منذ عام 2016؟", "ar", "2016-01-01", None),
        ("ماذا حدث في الأول من آذار/مارس 2017؟", "ar", "2017-03-01", "2017-03-01"),
        ("ماذا حدث في الاول اذار 2017؟", "ar", "2017-03-01", "2017-03-01"),
        ("ماذا تغير منذ الثاني عشر من شهر مارس عام 2016؟", "ar", "2016-03-12", None),
        ("ماذا حدث في النصف الثاني من مارس 2017؟", "ar", "2017-03-16", "2017-03-31"),
        ("ماذا حدث في 15 من شهر آذار 2017؟", "ar", "2017-03-15", "2017-03-15"),
        ("Что изменилось с 2016 года?", "ru", "2016-01-01", None),
        ("Qu'est-ce qui a changé depuis 2016 ?", "fr", "2016-01-01", None),
        ("Who held it before 10 November 2017?", "en", None, "2017-11-09"),
        ("Wer hielt sie vor dem 10. November 2017?", "de", None, "2017-11-09"),
        ("Qui la tenait avant le 10 novembre 2017 ?", "fr", None, "2017-11-09"),
        ("What came after 15 November 2017?", "en", "2017-11-16", None),
        ("Losses between March and May 2013?", "en", "2013-03-01", "2013-05-31"),
        ("Verluste zwischen dem 9. und dem 12. November 2017?", "de", "2017-11-09", "2017-11-12"),
        ("What was said last week?", "en", "2017-11-13", "2017-11-19"),
        ("Was geschah letzte Woche?", "de", "2017-11-13", "2017-11-19"),
        ("ماذا حدث الشهر الماضي؟", "ar", "2017-10-01", "2017-10-31"),
        ("Что было вчера?", "ru", "2017-11-21", "2017-11-21"),
        ("What happened in early 2014?", "en", "2014-01-01", "2014-05-01"),
        ("Was geschah Ende November 2017?", "de", "2017-11-21", "2017-11-30"),
        ("Was geschah im Herbst 2017?", "de", "2017-09-01", "2017-11-30"),
        # counted from today, with the words before it
        ("What has happened since last week?", "en", "2017-11-13", None),
        ("Was ist seit gestern passiert?", "de", "2017-11-21", None),
        ("Que s'est-il passé depuis hier ?", "fr", "2017-11-21", None),
        ("Что изменилось с прошлого года?", "ru", "2016-01-01", None),
        ("What happened before yesterday?", "en", None, "2017-11-20"),
        ("What happened last month?", "en", "2017-10-01", "2017-10-31"),
        ("What happened over the last month?", "en", "2017-10-22", "2017-11-22"),
        ("What happened in the past week?", "en", "2017-11-15", "2017-11-22"),
        ("What happened in the last 24 hours?", "en", "2017-11-21", "2017-11-22"),
        ("What happened in the last three days?", "en", "2017-11-19", "2017-11-22"),
        ("Was geschah in den letzten drei Tagen?", "de", "2017-11-19", "2017-11-22"),
        ("Was geschah in den letzten Tagen?", "de", "2017-11-15", "2017-11-22"),
        ("Was geschah im letzten Jahr?", "de", "2016-01-01", "2016-12-31"),
        ("Was geschah im vergangenen Monat?", "de", "2017-10-01", "2017-10-31"),
        ("Was geschah in diesem Jahr?", "de", "2017-01-01", "2017-12-31"),
        ("Was geschah in dieser Woche?", "de", "2017-11-20", "2017-11-26"),
        ("ماذا حدث العام الماضي؟", "ar", "2016-01-01", "2016-12-31"),
        ("ماذا حدث هذا الأسبوع؟", "ar", "2017-11-20", "2017-11-26"),
        ("ماذا حدث هذا الشهر؟", "ar", "2017-11-01", "2017-11-30"),
        ("ماذا حدث هذا العام؟", "ar", "2017-01-01", "2017-12-31"),
        ("ماذا حدث اليوم؟", "ar", "2017-11-22", "2017-11-22"),
        ("Что произошло на этой неделе?", "ru", "2017-11-20", "2017-11-26"),
        ("Что произошло в этом месяце?", "ru", "2017-11-01", "2017-11-30"),
        ("Что произошло в этом году?", "ru", "2017-01-01", "2017-12-31"),
        ("Что произошло за последнюю неделю?", "ru", "2017-11-15", "2017-11-22"),
        ("Что произошло за последние три дня?", "ru", "2017-11-19", "2017-11-22"),
        ("Que s'est-il passé l'an dernier ?", "fr", "2016-01-01", "2016-12-31"),
        ("Que s'est-il passé la semaine passée ?", "fr", "2017-11-13", "2017-11-19"),
        ("Que s'est-il passé ces derniers jours ?", "fr", "2017-11-15", "2017-11-22"),
        ("Que s'est-il passé ces trois derniers jours ?", "fr", "2017-11-19", "2017-11-22"),
        # a year with nothing before it
        ("Was geschah 2014 in Kobane?", "de", "2014-01-01", "2014-12-31"),
        ("Wer kontrollierte Aleppo 2016?", "de", "2016-01-01", "2016-12-31"),
        ("Wer kontrollierte 2016 Aleppo?", "de", "2016-01-01", "2016-12-31"),
        ("Schlacht um Mossul 2017", "de", "2017-01-01", "2017-12-31"),
        ("Was geschah 2014 bis 2016 in Kobane?", "de", "2014-01-01", "2016-12-31"),
        ("What happened in Aleppo 2016?", "en", "2016-01-01", "2016-12-31"),
        # a year before a name or a verb
        ("Wer hielt in 2017 Rakka?", "de", "2017-01-01", "2017-12-31"),
        ("Кто в 2017 контролировал Ракку?", "ru", "2017-01-01", "2017-12-31"),
        ("Кто в 2017 Ракку контролировал?", "ru", "2017-01-01", "2017-12-31"),
        ("Что было к концу 2017 года?", "ru", None, "2017-12-31"),
        ("Что было к началу 2018?", "ru", None, "2018-05-01"),
        # years from and to
        ("What happened in 2014-2016?", "en", "2014-01-01", "2016-12-31"),
        ("What happened during 2014–2016?", "en", "2014-01-01", "2016-12-31"),
        ("Que s'est-il passé en 2014-2016 ?", "fr", "2014-01-01", "2016-12-31"),
        ("Что произошло между 2014 и 2016?", "ru", "2014-01-01", "2016-12-31"),
        ("Что произошло в 2014-2016 годах?", "ru", "2014-01-01", "2016-12-31"),
        ("ماذا حدث بين عامي 2014 و2016؟", "ar", "2014-01-01", "2016-12-31"),
        ("ماذا حدث من عام 2014 حتى عام 2016؟", "ar", "2014-01-01", "2016-12-31"),
        ("ماذا حدث من عام 2014 إلى عام 2016؟", "ar", "2014-01-01", "2016-12-31"),
        ("ماذا حدث في العام 2016؟", "ar", "2016-01-01", "2016-12-31"),
        ("ماذا تغير منذ العام 2011؟", "ar", "2011-01-01", None),
        # months as people type them
        ("What happened on Sept. 20, 2017?", "en", "2017-09-20", "2017-09-20"),
        ("ماذا حدث في اكتوبر 2023؟", "ar", "2023-10-01", "2023-10-31"),
        ("ماذا حدث في ابريل 2017؟", "ar", "2017-04-01", "2017-04-30"),
        ("ماذا حدث في تشرين الاول 2017؟", "ar", "2017-10-01", "2017-10-31"),
        ("ماذا حدث في ايلول 2017؟", "ar", "2017-09-01", "2017-09-30"),
        ("ماذا حدث في اذار 2017؟", "ar", "2017-03-01", "2017-03-31"),
        ("Que s'est-il passé en fevrier 2017 ?", "fr", "2017-02-01", "2017-02-28"),
        ("Que s'est-il passé en aout 2017 ?", "fr", "2017-08-01", "2017-08-31"),
        ("Que s'est-il passé en decembre 2017 ?", "fr", "2017-12-01", "2017-12-31"),
        ("Qui tenait Raqqa jusqu’en 2016 ?", "fr", None, "2016-12-31"),
        ("Що сталося у 2022 році?", "uk", "2022-01-01", "2022-12-31"),
        ("Що змінилося з листопада 2022?", "uk", "2022-11-01", None),
        ("Хто тримав Херсон до 24 лютого 2022?", "uk", None, "2022-02-23"),
        ("Що було в лютому 2022 року?", "uk", "2022-02-01", "2022-02-28"),
        ("Що сталося минулого тижня?", "uk", "2017-11-13", "2017-11-19"),
        # "from" is "in" where nothing goes on, and "as of" tells how things stood
        ("What do the reports from March 2017 say?", "en", "2017-03-01", "2017-03-31"),
        ("casualty figures from 2015", "en", "2015-01-01", "2015-12-31"),
        ("Who held it from 2015 on?", "en", "2015-01-01", None),
        ("Who held it from March 2017 onwards?", "en", "2017-03-01", None),
        ("Who held Deir ez-Zor as of 1 September 2017?", "en", None, "2017-09-01"),
        # a part of a month or of a year
        ("What happened in the first week of November 2017?", "en", "2017-11-01", "2017-11-07"),
        ("What happened in the last week of February 2016?", "en", "2016-02-23", "2016-02-29"),
        ("What happened in the third quarter of 2015?", "en", "2015-07-01", "2015-09-30"),
        ("What happened in Q1 2016?", "en", "2016-01-01", "2016-03-31"),
        ("What has happened since the second half of 2016?", "en", "2016-07-01", None),
        ("What happened before the second half of May 2016?", "en", None, "2016-05-15"),
        (
            "What came from the last week of May 2016 to the first week of July 2016?",
            "en",
            "2016-05-25",
            "2016-07-07",
        ),
        ("Was geschah in der zweiten Woche des August 2016?", "de", "2016-08-08", "2016-08-14"),
        ("Was geschah in der letzten Woche im Mai 2016?", "de", "2016-05-25", "2016-05-31"),
        ("Was geschah im dritten Quartal 2015?", "de", "2015-07-01", "2015-09-30"),
        ("Was geschah in der ersten Hälfte des Jahres 2016?", "de", "2016-01-01", "2016-06-30"),
        ("Was geschah im zweiten Halbjahr 2016?", "de", "2016-07-01", "2016-12-31"),
        ("ماذا حدث في الأسبوع الأول من تشرين الثاني 2017؟", "ar", "2017-11-01", "2017-11-07"),
        ("ماذا حدث في الأسبوع الأخير من شهر شباط 2016؟", "ar", "2016-02-23", "2016-02-29"),
        ("ماذا حدث في الربع الثالث من عام 2015؟", "ar", "2015-07-01", "2015-09-30"),
        ("Что было в первую неделю ноября 2017 года?", "ru", "2017-11-01", "2017-11-07"),
        ("Что было в двадцатых числах сентября 2016 года?", "ru", "2016-09-20", "2016-09-30"),
        ("Что было в четвёртом квартале 2015 года?", "ru", "2015-10-01", "2015-12-31"),
        ("Что было во второй половине августа 2016 года?", "ru", "2016-08-16", "2016-08-31"),
        ("Що було в останньому тижні травня 2022 року?", "uk", "2022-05-25", "2022-05-31"),
        ("Que s'est-il passé dans la première semaine d'août 2016 ?", "fr", "2016-08-01", "2016-08-07"),
        ("Que s'est-il passé pendant la seconde quinzaine d’avril 2016 ?", "fr", "2016-04-16", "2016-04-30"),
        ("Que s'est-il passé au troisième trimestre 2015 ?", "fr", "2015-07-01", "2015-09-30"),
        ("Que s'est-il passé fin d'août 2016 ?", "fr", "2016-08-22", "2016-08-31"),
        # of several that are joined, the whole
        ("What happened in the first and second quarter of 2016?", "en", "2016-01-01", "2016-12-31"),
        ("What happened from Q1 to Q3 2016?", "en", "2016-01-01", "2016-12-31"),
        ("What happened in the second or third week of April 2016?", "en", "2016-04-01", "2016-04-30"),
        ("What has happened since the end of the first quarter of 2016?", "en", "2016-01-01", "2016-12-31"),
        ("Was geschah im ersten und zweiten Quartal 2016?", "de", "2016-01-01", "2016-12-31"),
        ("Que s'est-il passé au premier et au deuxième trimestre 2016 ?", "fr", "2016-01-01", "2016-12-31"),
        ("Что было в первом и втором квартале 2016 года?", "ru", "2016-01-01", "2016-12-31"),
        ("ماذا حدث من الأسبوع الأول إلى الأسبوع الثالث من أيار 2016؟", "ar", "2016-05-01", "2016-05-31"),
        # first and last days are no thirds of a year
        ("What happened in the last days of 2016?", "en", "2016-12-22", "2016-12-31"),
        ("Что было в первые дни 2016 года?", "ru", "2016-01-01", "2016-01-10"),
        # ends that are told with a negation, which is the other side of its adverb
        ("Who had died no later than 11 November 2017?", "en", None, "2017-11-11"),
        ("What happened no earlier than 9 November 2017?", "en", "2017-11-09", None),
        ("Wer war spätestens am 9. November 2017 gefallen?", "de", None, "2017-11-09"),
        ("Wie war die Lage mit Stand vom 9. November 2017?", "de", None, "2017-11-09"),
        ("Qui était mort au plus tard le 9 novembre 2017 ?", "fr", None, "2017-11-09"),
        ("Кто погиб не позднее 9 ноября 2017 года?", "ru", None, "2017-11-09"),
        ("Сколько погибло по состоянию на 09.11.2017?", "ru", None, "2017-11-09"),
        ("كم قُتل في موعد أقصاه 9 نوفمبر 2017؟", "ar", None, "2017-11-09"),
        ("How much of it was held as of the evening of 10 November 2017?", "en", None, "2017-11-10"),
        ("Was war bis zum Abend des 10. November 2017 bekannt?", "de", None, "2017-11-10"),
        ("What happened after midnight on 9 November 2017?", "en", "2017-11-09", None),
        ("Что было до вечера 9 ноября 2017 года?", "ru", None, "2017-11-09"),
        ("ماذا حدث قبل شهر آذار 2017؟", "ar", None, "2017-02-28"),
        ("ماذا حدث قبل عام 2017؟", "ar", None, "2016-12-31"),
        # as each country writes days, weeks and seasons
        ("Who died on 7/27/2016?", "en", "2016-07-27", "2016-07-27"),
        ("Wer starb am 19.11.17?", "de", "2017-11-19", "2017-11-19"),
        ("Que s'est-il passé les 21-22/07/2015 ?", "fr", "2015-07-21", "2015-07-22"),
        ("Was geschah vom 9.11. bis 12.11.2017?", "de", "2017-11-09", "2017-11-12"),
        ("Was geschah am 9.11.-12.11.2017?", "de", "2017-11-09", "2017-11-12"),
        ("Was geschah vom 9. bis 12.11.2017?", "de", "2017-11-09", "2017-11-12"),
        ("Was geschah zwischen dem 9.11. und dem 12.11.2017?", "de", "2017-11-09", "2017-11-12"),
        ("Welches Dorf stand im März 2014 unter Beschuss?", "de", "2014-03-01", "2014-03-31"),
        ("Who died on the ninth of November 2017?", "en", "2017-11-09", "2017-11-09"),
        ("Wer starb am einundzwanzigsten November 2017?", "de", "2017-11-21", "2017-11-21"),
        ("Кто погиб двадцать первого ноября 2017-го?", "ru", "2017-11-21", "2017-11-21"),
        ("Qui est mort le quinze novembre 2017 ?", "fr", "2017-11-15", "2017-11-15"),
        ("Welche Klinik wurde in KW 17/2017 getroffen?", "de", "2017-04-24", "2017-04-30"),
        ("Was war in der 17. Kalenderwoche 2017?", "de", "2017-04-24", "2017-04-30"),
        ("What happened in week 17 of 2017?", "en", "2017-04-24", "2017-04-30"),
        ("Was geschah in der ersten Novemberwoche 2017?", "de", "2017-11-01", "2017-11-07"),
        ("Was geschah im Juli/August 2015?", "de", "2015-07-01", "2015-08-31"),
        ("Was geschah im Dezember/Januar 2016?", "de", "2015-12-01", "2016-01-31"),
        ("Was geschah im Dezember/Januar 2017/18?", "de", "2017-12-01", "2018-01-31"),
        ("Who held checkpoint 5 until 12.11.2017?", "en", None, "2017-11-12"),
        ("Who died in the winter of 2015/16?", "en", "2015-12-01", "2016-02-29"),
        ("Qui est mort pendant l'hiver 2015-2016 ?", "fr", "2015-12-01", "2016-02-29"),
        ("Was galt zum Jahreswechsel 2017/18?", "de", "2017-12-15", "2018-01-15"),
        ("How many died in the first fortnight of September 2017?", "en", "2017-09-01", "2017-09-15"),
        ("How many died in the last ten days of August 2016?", "en", "2016-08-22", "2016-08-31"),
        ("Что было во второй декаде ноября 2017 года?", "ru", "2017-11-11", "2017-11-20"),
        ("Who fled on November 9-10, 2017?", "en", "2017-11-09", "2017-11-10"),
        ("Who fled on November 9 and 10, 2017?", "en", "2017-11-09", "2017-11-10"),
        ("Who fled on 2017/11/09?", "en", "2017-11-09", "2017-11-09"),
        ("What was reported in 11/2017?", "en", "2017-11-01", "2017-11-30"),
        ("Wer starb am 9./10. November 2017?", "de", "2017-11-09", "2017-11-10"),
        ("Wer starb in der Nacht vom 8. auf den 9. November 2017?", "de", "2017-11-08", "2017-11-09"),
        ("Кто погиб в ночь с 8 на 9 ноября 2017 года?", "ru", "2017-11-08", "2017-11-09"),
        ("Que s'est-il passé d'avril à juin 2017 ?", "fr", "2017-04-01", "2017-06-30"),
        ("How many died in the last 48 hours of 2016?", "en", "2016-01-01", "2016-12-31"),
        # so many days, weeks or months of a month or of a year
        ("How many died in the last two weeks of 2016?", "en", "2016-12-18", "2016-12-31"),
        ("How many died in the first three months of 2017?", "en", "2017-01-01", "2017-03-31"),
        ("What was lost before the final 10 days of March 2017?", "en", None, "2017-03-21"),
        ("Who died in the first days of May 2016?", "en", "2016-05-01", "2016-05-10"),
        ("Who died in the first few weeks of 2017?", "en", "2017-01-01", "2017-12-31"),
        ("Who died in the last 99999999999 months of 2017?", "en", "2017-01-01", "2017-12-31"),
        ("Who died in the first thirty weeks of August 2017?", "en", "2017-08-01", "2017-08-31"),
        ("Wie viele starben in den letzten zwei Wochen des Jahres 2016?", "de", "2016-12-18", "2016-12-31"),
        ("Wie viele starben in den ersten drei Monaten 2017?", "de", "2017-01-01", "2017-03-31"),
        ("Wer floh in den ersten fünf Tagen im Mai 2016?", "de", "2016-05-01", "2016-05-05"),
        ("Combien de morts au cours des trois premiers mois de 2017 ?", "fr", "2017-01-01", "2017-03-31"),
        ("Combien de morts dans les premiers six mois de l'année 2015 ?", "fr", "2015-01-01", "2015-06-30"),
        ("Qui a fui les deux dernières semaines d'avril 2017 ?", "fr", "2017-04-17", "2017-04-30"),
        ("كم قتيلاً سقط في الأشهر الثلاثة الأولى من عام 2017؟", "ar", "2017-01-01", "2017-03-31"),
        ("كم قتيلاً سقط خلال آخر 6 أشهر من سنة 2015؟", "ar", "2015-07-01", "2015-12-31"),
        ("Сколько погибло в первые три месяца 2017 года?", "ru", "2017-01-01", "2017-03-31"),
        ("Сколько погибло за последние две недели 2016 года?", "ru", "2016-12-18", "2016-12-31"),
        ("Скільки загинуло за останні десять днів січня 2016 року?", "uk", "2016-01-22", "2016-01-31"),
        ("What happened between last year and March 2018?", "en", "2016-01-01", "2018-03-31"),
        ("Wer starb am letzten Wochenende im März 2017?", "de", "2017-03-25", "2017-03-26"),
        ("Сколько альбомов выпустила Sum 41 на 1 января 2017?", "ru", "2017-01-01", "2017-01-01"),
        ("Who fled two days after 11 November 2017?", "en", "2017-11-12", "2017-11-21"),
        ("Wer floh kurz vor dem 11. November 2017?", "de", "2017-11-01", "2017-11-10"),
        ("Кто бежал на следующий день после 11 ноября 2017 года?", "ru", "2017-11-12", "2017-11-21"),
        ("Qui a fui juste après le 11 novembre 2017 ?", "fr", "2017-11-12", "2017-11-21"),
        ("How many strikes on the first weekend of July 2015?", "en", "2015-07-04", "2015-07-05"),
        ("Combien de morts le dernier week-end de mars 2016 ?", "fr", "2016-03-26", "2016-03-27"),
        ("Кто обстрелял Дамаск в первые выходные июля 2015 года?", "ru", "2015-07-04", "2015-07-05"),
        ("Was geschah am letzten Novemberwochenende 2017?", "de", "2017-11-25", "2017-11-26"),
        ("Was wurde in der ersten Septemberhälfte 2017 erreicht?", "de", "2017-09-01", "2017-09-15"),
        ("Wer hielt die Stadt in den letzten Augusttagen 2024?", "de", "2024-08-22", "2024-08-31"),
        ("Кто обстрелял Дамаск в минувшее воскресенье?", "ru", "2017-11-19", "2017-11-19"),
        ("Что Путин объявил неделю назад в Хмеймиме?", "ru", "2017-11-13", "2017-11-19"),
        # with the year first
        ("2017年11月阿布卡迈勒发生了什么？", "zh", "2017-11-01", "2017-11-30"),
        ("2017年11月9日谁占领了城市？", "zh", "2017-11-09", "2017-11-09"),
        ("2017年に何が起きたか", "ja", "2017-01-01", "2017-12-31"),
        ("2017년 11월 9일에 무슨 일이 있었나", "ko", "2017-11-09", "2017-11-09"),
        ("2018 Aralık ayında Hudeyde'de ne oldu?", "tr", "2018-12-01", "2018-12-31"),
        ("Mi történt 2017. november 9-én?", "hu", "2017-11-09", "2017-11-09"),
        # what only looks like a part of a month or of a year
        ("Was wurde letzte Woche von Jan Egeland gefordert?", "de", "2017-11-13", "2017-11-19"),
        ("Was wurde letzte Woche von 2000 Kämpfern erobert?", "de", "2017-11-13", "2017-11-19"),
        ("Was anyone killed last week in Mar Mattai?", "en", "2017-11-13", "2017-11-19"),
        ("Was geschah nach dem Ende des 2014 begonnenen Einsatzes?", "de", "2014-01-01", "2014-12-31"),
        ("За последнюю неделю 2000 человек покинули Алеппо?", "ru", "2017-11-15", "2017-11-22"),
        ("За последние две недели 2000 человек покинули Алеппо?", "ru", "2017-11-08", "2017-11-22"),
        ("Flohen in den letzten drei Tagen 2000 Menschen?", "de", "2017-11-19", "2017-11-22"),
        ("Combien de morts au cours des trois derniers mois ?", "fr", "2017-08-22", "2017-11-22"),
    ],
)
def test_a_question_asks_about_a_window(question: str, language: str, since: str | None, until: str | None) -> None:
    ((start, end, window),) = find_windows(question, language, TODAY)
    assert (window.since, window.until) == (day(since), day(until))
    assert not window.yearly
    assert 0 <= start < end <= len(question)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Who said that this may be the last march on the city?"),
        ("en", "Who was to be judged on Friday after the raid?"),
        ("en", "Who was leading up to 2000 fighters past March?"),
        ("en", "What does section 3.4.16 say?"),
        ("fr", "Quel accord a été passé entre l'armée et les rebelles ?"),
        ("en", "Which Friday prayers were held by the May family?"),
        ("de", "Wer hielt die Höhe 9.11 und die Straße 19.11.1.17?"),
        ("de", "Wer prüfte in Woche zwei das zweite Wochenende?"),
        ("ar", "ماذا حدث قبل أسبوع من سقوط المدينة؟"),
        ("fr", "Qui a tué les sept septuagénaires et neuf de leurs proches ?"),
        ("fr", "Qui a tiré le dix sept obus ?"),
        ("de", "Wer führte die zweite Mai-Offensive?"),
        ("ru", "Кто был третьим в этом городе и первым декадентом?"),
    ],
)
def test_what_only_looks_like_a_time_is_none(language: str, question: str) -> None:
    assert find_windows(question, language, TODAY) == []


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("from 9 to 11 November 2017", "en"),
        ("from 9 until 11 November 2017", "en"),
        ("between the 9th and the 11th of November 2017", "en"),
        ("vom 9. bis 11. November 2017", "de"),
        ("vom 9. bis zum 11. November 2017", "de"),
        ("zwischen dem 9. und dem 11. November 2017", "de"),
        ("من 9 إلى 11 نوفمبر 2017", "ar"),
        ("من 9 حتى 11 نوفمبر 2017", "ar"),
        ("من التاسع إلى الحادي عشر من نوفمبر 2017", "ar"),
        ("بين التاسع والحادي عشر من نوفمبر 2017", "ar"),
        ("с 9 по 11 ноября 2017", "ru"),
        ("с 9 до 11 ноября 2017", "ru"),
        ("du 9 au 11 novembre 2017", "fr"),
        ("entre le 9 et le 11 novembre 2017", "fr"),
    ],
)
def test_days_of_a_month_from_and_to_have_both_ends(phrase: str, language: str) -> None:
    text = f"Raqqa {phrase}?"
    ((start, end, window),) = find_windows(text, language, TODAY)
    assert (window.since, window.until) == (day("2017-11-09"), day("2017-11-11"))
    assert text[start:end] == phrase


@given(st.integers(1990, 2090), st.integers(1, 12))
def test_halves_and_quarters_and_weeks_lie_within_their_time(year: int, month: int) -> None:
    name = calendar.month_name[month]
    for whole, parts in ((str(year), ("half", "quarter")), (f"{name} {year}", ("half", "week"))):
        ((_, _, all_of_it),) = find_windows(f"What happened in {whole}?", "en", TODAY)
        assert all_of_it.since is not None
        assert all_of_it.until is not None
        for part in parts:
            ordinals = {"half": 2, "quarter": 4, "week": 4}[part]
            found = []
            for ordinal in ("first", "second", "third", "fourth")[:ordinals]:
                ((_, _, window),) = find_windows(f"What happened in the {ordinal} {part} of {whole}?", "en", TODAY)
                assert window.since is not None
                assert window.until is not None
                found.append((window.since, window.until))
            assert found[0][0] == all_of_it.since
            assert all(one[1] + dt.timedelta(days=1) == other[0] for one, other in itertools.pairwise(found))
            assert found[-1][1] == all_of_it.until if part != "week" else found[-1][1] <= all_of_it.until


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Between September and November 2017, who fled?", "en"),
        ("Wer floh zwischen September und November 2017?", "de"),
        ("من نزح بين أيلول وتشرين الثاني 2017؟", "ar"),
        ("من نزح بين سبتمبر ونوفمبر 2017؟", "ar"),
        ("Кто бежал между сентябрём и ноябрём 2017 года?", "ru"),
        ("Qui a fui entre septembre et novembre 2017 ?", "fr"),
    ],
)
def test_months_between_share_the_year_that_is_told_once(question: str, language: str) -> None:
    ((_, _, window),) = find_windows(question, language, TODAY)
    assert (window.since, window.until) == (day("2017-09-01"), day("2017-11-30"))


def test_a_range_of_days_is_no_end_of_another() -> None:
    windows = [window for _, _, window in find_windows("From 9 to 11 November and 15 November 2017?", "en", TODAY)]
    assert [window.until for window in windows] == [dt.date(2000, 11, 11), dt.date(2017, 11, 15)]


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Wer kam beim Angriff vom 9. November 2017 um?", "2017-11-09", "2017-11-09"),
        ("Was steht im Bericht von 2016?", "2016-01-01", "2016-12-31"),
        ("Wer hielt Rakka vom 9. November 2017 an?", "2017-11-09", None),
        ("Wer hielt Rakka von 2016 an?", "2016-01-01", None),
        ("Wer kam am 9. November 2017 an der Grenze um?", "2017-11-09", "2017-11-09"),
        ("Wer hielt Rakka ab 2016?", "2016-01-01", None),
        ("Wer griff Rakka am 9. November 2017 an?", "2017-11-09", "2017-11-09"),
        ("Was kündigte die SDF im Oktober 2017 an?", "2017-10-01", "2017-10-31"),
    ],
)
def test_von_is_since_only_where_an_follows(question: str, since: str | None, until: str | None) -> None:
    ((_, _, window),) = find_windows(question, "de", TODAY)
    assert (window.since, window.until) == (day(since), day(until))


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("from 2014 until today", "en"),
        ("from 2014 until now", "en"),
        ("between 2014 and today", "en"),
        ("von 2014 bis heute", "de"),
        ("seit 2014 bis jetzt", "de"),
        ("de 2014 jusqu'à aujourd'hui", "fr"),
        ("من 2014 حتى اليوم", "ar"),
        ("с 2014 года до сих пор", "ru"),
    ],
)
def test_today_and_now_close_the_window_that_is_open_there(phrase: str, language: str) -> None:
    text = f"Raqqa {phrase}?"
    ((start, end, window),) = find_windows(text, language, TODAY)
    assert window == Window(day("2014-01-01"), TODAY)
    assert text[start:end] == phrase


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("from November to February 2018", "en"),
        ("from November 2017 to February", "en"),
        ("zwischen November und Februar 2018", "de"),
        ("von November bis Februar 2018", "de"),
        ("من نوفمبر إلى فبراير 2018", "ar"),
        ("с ноября по февраль 2018", "ru"),
        ("de novembre à février 2018", "fr"),
    ],
)
def test_a_window_over_the_new_year_tells_one_year(phrase: str, language: str) -> None:
    text = f"Raqqa {phrase}?"
    ((start, end, window),) = find_windows(text, language, TODAY)
    assert window == Window(day("2017-11-01"), day("2018-02-28"))
    assert text[start:end] == phrase


def test_a_window_over_the_new_year_may_be_of_any_year() -> None:
    ((_, _, window),) = find_windows("What happens from November to February?", "en", TODAY)
    inside = [dt.date(2013, 11, 1), dt.date(2014, 1, 31), dt.date(2016, 2, 29)]
    assert [window.overlaps(day, day) for day in (*inside, dt.date(2014, 3, 1))] == [True, True, True, False]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who has controlled Raqqa since November?", "en"),
        ("Wer kontrolliert Rakka seit November?", "de"),
        ("من يسيطر على الرقة منذ نوفمبر؟", "ar"),
        ("Кто контролирует Ракку после ноября?", "ru"),
        ("Qui contrôle Raqqa depuis novembre ?", "fr"),
    ],
)
def test_since_a_month_without_a_year_is_up_to_today(question: str, language: str) -> None:
    ((_, _, window),) = find_windows(question, language, dt.date(2018, 1, 15))
    inside = [dt.date(2017, 12, 1), dt.date(2017, 12, 31), dt.date(2018, 1, 1), dt.date(2018, 1, 15)]
    assert all(window.overlaps(day, day) for day in inside)
    assert not any(window.overlaps(day, day) for day in (dt.date(2017, 10, 31), dt.date(2017, 3, 1)))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who held it before the end of 2017?", "en"),
        ("Who held it until the end of 2017?", "en"),
        ("Wer hielt sie vor Ende 2017?", "de"),
        ("Wer hielt sie vor Ende des Jahres 2017?", "de"),
        ("Wer hielt sie bis Ende 2017?", "de"),
        ("من سيطر قبل نهاية عام 2017؟", "ar"),
        ("من سيطر حتى نهاية 2017؟", "ar"),
        ("Кто держал её до конца 2017 года?", "ru"),
        ("Qui la tenait avant la fin de 2017 ?", "fr"),
        ("Qui la tenait jusqu'à la fin de 2017 ?", "fr"),
        ("Qui la tenait jusqu'à la fin de l'année 2017 ?", "fr"),
    ],
)
def test_before_and_until_the_end_of_a_year_are_up_to_its_last_day(question: str, language: str) -> None:
    ((_, _, window),) = find_windows(question, language, TODAY)
    assert window == Window(None, day("2017-12-31"))


def test_before_the_beginning_of_a_year_is_before_the_year() -> None:
    for question, language in (("Who held it before early 2017?", "en"), ("Кто держал её до начала 2017 года?", "ru")):
        ((_, _, window),) = find_windows(question, language, TODAY)
        assert window == Window(None, day("2016-12-31"))


@pytest.mark.parametrize(
    ("question", "language"),
    [("What happened on 9 November?", "en"), ("Was geschah am 9. November?", "de"), ("Что было 9 ноября?", "ru")],
)
def test_a_day_without_a_year_is_of_any_year(question: str, language: str) -> None:
    ((_, _, window),) = find_windows(question, language, TODAY)
    assert window.yearly
    for year in (2011, 2017):
        assert window.overlaps(dt.date(year, 11, 9), dt.date(year, 11, 9))
        assert not window.overlaps(dt.date(year, 11, 10), dt.date(year, 12, 1))


@pytest.mark.parametrize(
    "question",
    [
        "Who controls Abu Kamal?",
        "How many of the 2000 fighters may leave?",
        "May I ask who marched?",
        "Hat die 5. Brigade 1500 Mann?",
        "Combien d'immeubles ont été détruits ?",
        "What is resolution 2254?",
        "What is resolution 1973?",
        "Who were the 2014 fighters?",
        "Hatte die Resolution 2042 Folgen?",
        "Haben 2014 Kämpfer und 1987 Tote einen Namen?",
        "Hat die Stadt mehr als 2000?",
        "Where were over 2000 civilians killed?",
    ],
)
def test_a_question_without_a_time_has_no_window(question: str) -> None:
    for language in ("en", "de", "fr"):
        if language == "en" or question[0] in "HC":
            assert find_windows(question, language, TODAY) == []


def test_the_number_of_a_weekday_in_a_month_needs_a_year() -> None:
    """Without one, what is told is taken for the day."""
    for year, window in (("", Window(day("2000-03-01"), day("2000-03-01"), yearly=True)), (" 2017", None)):
        ((_, _, found),) = find_windows(f"ماذا حدث في الأحد الأول من آذار{year}؟", "ar", TODAY)
        assert found == (window or Window(day("2017-03-05"), day("2017-03-05")))


@given(
    st.text(alphabet="0123456789 .-/ofNovembrإلى٩ноября am", max_size=60),
    st.sampled_from(["en", "de", "ar", "ru", "xx"]),
)
def test_any_text_is_read_without_an_error(text: str, language: str) -> None:
    for dated in find_dates(text, language, PartialDate(2017, 11, 12)):
        assert 0 <= dated.start < dated.end <= len(text)
    for start, end, window in find_windows(text, language, TODAY):
        assert 0 <= start < end <= len(text)
        assert window.since is None or window.until is None or window.yearly or window.since <= window.until


days = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))


@given(days, days, days, days)
def test_windows_overlap_as_intervals_do(a: dt.date, b: dt.date, c: dt.date, d: dt.date) -> None:
    window, (first, last) = Window(min(a, b), max(a, b)), sorted((c, d))
    assert window.since is not None
    assert window.until is not None
    assert window.overlaps(first, last) == (max(window.since, first) <= min(window.until, last))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What was shelled on the eve of 9 November 2017?", "en"),
        ("Was wurde am Vorabend des 9. November 2017 beschossen?", "de"),
        ("ماذا قُصف عشية 9 نوفمبر 2017؟", "ar"),
        ("Что обстреляли накануне 9 ноября 2017 года?", "ru"),
        ("Qu'a-t-on bombardé à la veille du 9 novembre 2017 ?", "fr"),
    ],
)
def test_the_eve_of_a_day_is_within_days_before_it(question: str, language: str) -> None:
    ((_, _, window),) = find_windows(question, language, dt.date(2018, 1, 15))
    assert (window.since, window.until) == (dt.date(2017, 10, 30), dt.date(2017, 11, 8))
