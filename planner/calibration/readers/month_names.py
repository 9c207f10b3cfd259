"""Names of months in the languages of places where people dial."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

#: January to December, as dates are written; forms of one month are separated by ``/``. An
#: abbreviation has three letters at least, or all up to a ``-``.
_NAMES = {
    "Bulgarian": "ян-уари фев-руари март апр-ил май юни юли авг-уст септ-ември окт-омври ное-мври "
    "дек-ември",
    "Catalan": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "Croatian": "siječnja/siječanj veljače/veljača ožujka/ožujak travnja/travanj svibnja/svibanj "
    "lipnja/lipanj srpnja/srpanj kolovoza/kolovoz rujna/rujan listopada/listopad "
    "studenoga/studenog/studeni prosinca/prosinac",
    "Czech": "ledna/leden února/únor března/březen dubna/duben května/květen června/červen/čvn "
    "července/červenec/čvc srpna/srpen září/zář října/říjen listopadu/listopad prosince/prosinec",
    "Danish": "januar februar marts april maj juni juli august september oktober november december",
    "Dutch": "januari februari maart/mrt april mei juni juli augustus september oktober november "
    "december",
    "English": "january february march april may june july august september october november "
    "december",
    "Estonian": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november "
    "detsember",
    "Finnish": "tammi-kuuta helmi-kuuta maalis-kuuta huhti-kuuta touko-kuuta kesä-kuuta "
    "heinä-kuuta elo-kuuta syys-kuuta loka-kuuta marras-kuuta joulu-kuuta",
    "French": "janvier février mars avril mai juin-/jun juil-let/jul août/aout septembre octobre "
    "novembre décembre",
    "German": "januar/jänner februar/feber märz/maerz/mrz april mai juni juli august september "
    "oktober november dezember",
    "Greek": "ιανουαρίου/ιανουάριος φεβρουαρίου/φεβρουάριος μαρτίου/μάρτιος απριλίου/απρίλιος "
    "μαΐου/μάιος ιουνίου/ιούνιος ιουλίου/ιούλιος αυγούστου/αύγουστος σεπτεμβρίου/σεπτέμβριος "
    "οκτωβρίου/οκτώβριος νοεμβρίου/νοέμβριος δεκεμβρίου/δεκέμβριος",
    "Hungarian": "január február március április május június július augusztus szeptember október "
    "november december",
    "Indonesian": "januari februari maret april mei juni juli agustus/agt september oktober "
    "november desember",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "novembre dicembre",
    "Latvian": "janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris "
    "novembris decembris",
    "Lithuanian": "sausio/sausis vasario/vasaris kovo/kovas balandžio/balandis gegužės/gegužė "
    "birželio/birželis liepos/liepa rugp-jūčio/rugpjūtis rugs-ėjo/rugsėjis spalio/spalis "
    "lapkričio/lapkritis gruodžio/gruodis",
    "Norwegian": "januar februar mars april mai juni juli august september oktober november "
    "desember",
    "Polish": "stycznia/styczeń lutego/luty marca/marzec kwietnia/kwiecień maja/maj "
    "czerwca/czerwiec lipca/lipiec sierpnia/sierpień września/wrzesień października/październik "
    "listopada/listopad grudnia/grudzień",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro "
    "novembro dezembro",
    "Romanian": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie "
    "noiembrie/nov decembrie",
    "Russian": "янв-аря/январь фев-раля/февраль мар-та/март апр-еля/апрель мая/май июн-я/июнь "
    "июл-я/июль авг-уста/август сен-тября/сентябрь окт-ября/октябрь ноя-бря/ноябрь "
    "дек-абря/декабрь",
    "Serbian": "januara/januar februara/februar marta/mart aprila/april maja/maj juna/jun/juni "
    "jula/jul/juli avgusta/avgust septembra/septembar oktobra/oktobar novembra/novembar "
    "decembra/decembar",
    "Slovak": "januára/január februára/február marca/marec apríla/apríl mája/máj júna/jún "
    "júla/júl augusta/august septembra/september októbra/október novembra/november "
    "decembra/december",
    "Slovenian": "januarja/januar februarja/februar marca/marec aprila/april maja/maj "
    "junija/junij julija/julij avgusta/avgust septembra/september oktobra/oktober "
    "novembra/november decembra/december",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre "
    "noviembre diciembre",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november "
    "december",
    "Turkish": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "Ukrainian": "січня/січень лютого/лютий березня/березень квітня/квітень травня/травень "
    "червня/червень липня/липень серпня/серпень вересня/вересень жовтня/жовтень "
    "листопада/листопад грудня/грудень",
}
#: The languages that are known.
LANGUAGES = tuple(_NAMES)
_SHORTEST = 3


class Month(NamedTuple):
    """What a name of a month means in one of the languages that know it."""

    language: str
    number: int


class ManyMeanings(ValueError):
    """A name is one month in a language and another one in the next.

    Attributes
    ----------
    meanings : one month of each number
    """

    def __init__(self, meanings: tuple[Month, ...]) -> None:
        super().__init__("months of several languages")
        self.meanings = meanings


def month_number(name: str, languages: Iterable[str]) -> int:
    """The month that a name is in these languages, 0 where none knows it, or they disagree."""
    numbers = {month.number for month in _months(name) if month.language in languages}
    return numbers.pop() if len(numbers) == 1 else 0


def languages_of(names: Mapping[str, int], tolerated: float) -> tuple[str, ...]:
    """Languages in which a column may name its months.

    Those that know the most, if these are all but a few typing errors; else, as in logs put
    together from several places, all that know any.

    Parameters
    ----------
    names : how often each stands there
    tolerated : share that no language needs to know

    Raises
    ------
    ManyMeanings
        If a name means different months in these languages.
    """
    known = dict.fromkeys(LANGUAGES, 0)
    for name, count in names.items():
        for month in _months(name):
            known[month.language] += count
    most = max(known.values())
    nearly_all = most >= sum(names.values()) * (1 - tolerated)
    found = [name for name, count in known.items() if count == most or (count and not nearly_all)]
    if not most:
        return ()
    for name in names:
        meanings = {month.number: month for month in _months(name) if month.language in found}
        if len(meanings) > 1:
            raise ManyMeanings(tuple(meanings[number] for number in sorted(meanings)))
    return tuple(found)


@lru_cache(maxsize=1000)
def _months(name: str) -> tuple[Month, ...]:
    """What a name means in each language that knows it."""
    plain = _plain(name)
    found = []
    for language, forms in _forms().items():
        whole = {number for number, form, _ in forms if form == plain}
        short = {n for n, form, least in forms if len(plain) >= least and form.startswith(plain)}
        numbers = whole or short
        if len(numbers) == 1:
            found.append(Month(language, numbers.pop()))
    return tuple(found)


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[tuple[int, str, int]]]:
    """Number, plain name and least length of an abbreviation, of each form, by language."""
    return {
        language: [
            (number, _plain(form.replace("-", "")), form.find("-") if "-" in form else _SHORTEST)
            for number, month in enumerate(text.split(), start=1)
            for form in month.split("/")
        ]
        for language, text in _NAMES.items()
    }


def _plain(name: str) -> str:
    """A name without accents and capitals: programs leave both out at times."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
