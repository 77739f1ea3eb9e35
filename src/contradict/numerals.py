"""Numbers as they are written → their values, with the words and characters by which they are multiplied."""

from __future__ import annotations

import re
from decimal import Decimal

# By these letters, of Latin, Greek and Cyrillic, a number is part of a word; other scripts write words and units
# directly beside their numbers.
LETTER = "[A-Za-zÀ-ԯ]"
# Groups of three digits can be parted by spaces and apostrophes, too.
NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3}(?!\d))+|\d++)(?:[.,٫٬]\d++)*+"

# Powers of ten of the words by which a number is multiplied.
_SPACED_POWERS = {
    word: power
    for power, words in {
        3: "thousand ribu rb mil mille mila tausend tys tysiąc tysiące tysięcy тыс тысяча тысячи тысяч тис тисяча"
        " тисячі тисяч хиляда хиляди duizend tusen bin nghìn ngàn พัน هزار ألف ألفا آلاف الف الفا हजार हज़ार ہزار"
        " χιλιάδα χιλιάδες אלף אלפים",
        4: "หมื่น",
        5: "lakh lakhs लाख لاکھ แสน",
        6: "million millions juta jt millón millones milhão milhões milione milioni mio millionen mln milion miliony"
        " milionů milionów milioane млн миллион миллиона миллионов мільйон мільйона мільйонів miljoen miljon miljoner"
        " milyon triệu ล้าน مليون مليونا ملايين میلیون"
        " εκατ εκατομμύριο εκατομμύρια מיליון מיליוני милион милиона милиони",
        7: "crore crores करोड़ करोड کروڑ",
        9: "billion billions bn miliar milyar milliard milliards milliarde milliarden mrd bilhão bilhões miliardo"
        " miliardi mld miliard miliardy miliardů miliardów млрд миллиард миллиарда миллиардов мільярд мільярда"
        " мільярдів miljard miljarder tỷ tỉ مليار مليارا مليارات میلیارد"
        " अरब ارب δισ δισεκατομμύριο δισεκατομμύρια מיליארד מיליארדי милиард милиарда милиарди",
        11: "खरब کھرب",
        12: "trillion trillions triliun billón billones billionen trilhão trilhões трлн триллион триллиона триллионов"
        " trilyon bilion biliony bilionów biljoen biljoner τρισεκατομμύριο τρισεκατομμύρια",
    }.items()
    for word in words.split()
}
_JOINED_POWERS = {
    character: power
    for power, characters in {2: "백百", 3: "천千", 4: "만万萬", 8: "억亿億", 12: "조兆"}.items()
    for character in characters
}
_SHORT_POWERS = {"k": 3, "m": 6, "mn": 6, "b": 9, "tn": 12}  # read only of money
_POWERS = {word.casefold(): power for word, power in (_SPACED_POWERS | _JOINED_POWERS | _SHORT_POWERS).items()}
_LONG_SCALE = {"billion": 12, "billions": 12, "trillion": 18, "trillions": 18, "trillionen": 18}
_LONG_SCALE_LANGUAGES = ("da", "de", "fr", "no", "sv")
_SECTION = 4  # powers below multiply within a section: of 2천500만, 2천500 are multiplied by 만

END = r"(?![^\W\u0e00-\u0e7f])"  # Thai is written without spaces
_JOINED = f"[{''.join(_JOINED_POWERS)}]"
_SPACED = rf"(?!พันธ|अरब\s+(?:देश|राष्ट्र|लीग))(?:{'|'.join(_SPACED_POWERS)}){END}"
_SHORT = rf"(?:{'|'.join(_SHORT_POWERS)})(?!\w)"
MULTIPLIER = rf"(?:{_JOINED}|\s?{_SPACED})"
_WORD = re.compile(rf"{_JOINED}|{_SPACED}|{_SHORT}", re.IGNORECASE)
_TERM = re.compile(rf"(?P<number>{NUMBER})(?P<multipliers>{MULTIPLIER}{{0,3}}+(?:{_SHORT})?)", re.IGNORECASE)
FIGURE = rf"""
    {NUMBER} (?: {_JOINED}{{1,3}}+ \s? {NUMBER} )*+ {MULTIPLIER}{{0,3}}+ (?: (?(currency) {_SHORT} | (?!) ) )?
"""


def value_of(written: str, language: str) -> Decimal:
    """The value of a figure, as `FIGURE` finds it; the language tells a billion from a milliard."""
    total = section = Decimal(0)
    for term in _TERM.finditer(written):
        powers = [_power(word, language) for word in _WORD.findall(term["multipliers"])]
        section += _read_number(term["number"]).scaleb(sum(power for power in powers if power < _SECTION))
        if large := sum(power for power in powers if power >= _SECTION):
            total += section.scaleb(large)
            section = Decimal(0)
    return total + section


def _power(word: str, language: str) -> int:
    """Of ten; the dot that is left of the Turkish capital of "i" is part of that letter."""
    folded = word.casefold().replace("\u0307", "")
    return (language in _LONG_SCALE_LANGUAGES and _LONG_SCALE.get(folded)) or _POWERS[folded]


def _read_number(written: str) -> Decimal:
    """The last separator is a decimal one unless exactly three digits follow and the number does not begin with 0."""
    *whole, last = re.split(r"\D", written)
    if not whole or (len(last) == 3 and int(whole[0])):
        return Decimal("".join([*whole, last]))
    return Decimal(f"{''.join(whole)}.{last}")


def ends_of(low: str, high: str, language: str) -> tuple[Decimal, Decimal]:
    """The values of both; in "10-20 million", the word is for both."""
    least, most = value_of(low, language), value_of(high, language)
    if not _WORD.search(low):
        shared = value_of(low + _TERM.sub(r"\g<multipliers>", high, count=1), language)
        least = shared if shared < most else least
    return least, most
