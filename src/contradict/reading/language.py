"""The language of an article: as given, or else detected."""

from __future__ import annotations

import re
from functools import lru_cache

_EXCERPT_CHARACTERS = 1000
_MIN_LETTERS = 20
_CODE = re.compile(r"[a-z]{2,3}(?![^-_])")
_UNKNOWN = frozenset(["und", "mul", "mis", "zxx"])

# ISO 639-2 and 639-3 codes of the languages that the detector knows, and three withdrawn two-letter codes.
_CODES = """
in:id iw:he jw:jv afr:af amh:am arg:an ara:ar arb:ar asm:as aze:az azj:az bel:be bul:bg ben:bn bre:br bos:bs cat:ca
ces:cs cze:cs cym:cy wel:cy dan:da deu:de ger:de dzo:dz ell:el gre:el eng:en epo:eo spa:es est:et ekk:et eus:eu
baq:eu fas:fa per:fa pes:fa fin:fi fao:fo fra:fr fre:fr gle:ga glg:gl guj:gu heb:he hin:hi hrv:hr hat:ht hun:hu
hye:hy arm:hy ind:id isl:is ice:is ita:it jpn:ja jav:jv kat:ka geo:ka kaz:kk khm:km kan:kn kor:ko kur:ku kmr:ku
kir:ky lat:la ltz:lb lao:lo lit:lt lav:lv lvs:lv mlg:mg plt:mg mkd:mk mac:mk mal:ml mon:mn khk:mn mar:mr msa:ms
may:ms zsm:ms mlt:mt nob:nb nep:ne npi:ne nld:nl dut:nl nno:nn nor:no oci:oc ori:or ory:or pan:pa pol:pl pus:ps
pbt:ps por:pt que:qu ron:ro rum:ro rus:ru kin:rw sme:se sin:si slk:sk slo:sk slv:sl sqi:sq alb:sq als:sq srp:sr
swe:sv swa:sw swh:sw tam:ta tel:te tha:th tgl:tl tur:tr uig:ug ukr:uk urd:ur vie:vi vol:vo wln:wa xho:xh zho:zh
chi:zh cmn:zh zul:zu
"""
_TWO_LETTERS = dict(pair.split(":") for pair in _CODES.split())


def language_of(given: str | None, text: str) -> str | None:
    """Language code of a text.

    Args:
        given: what the input says: a code with or without region or script, in any case (`ID`, `id-ID`, `ind_Latn`).
            Anything that is no code is taken as not given.
        text: the text, from whose first 1,000 characters the language is detected where it is not given.

    Returns:
        ISO 639-1 code; the three-letter code for a language that is given and known to have no other; None where the
        text has fewer than 20 letters to tell it by.
    """
    code = _CODE.match((given or "").strip().lower())
    if code is not None and code[0] not in _UNKNOWN:
        return _TWO_LETTERS.get(code[0], code[0])
    excerpt = text.lstrip()[:_EXCERPT_CHARACTERS]
    return _detect(excerpt) if sum(map(str.isalpha, excerpt)) >= _MIN_LETTERS else None


@lru_cache(maxsize=1024)
def _detect(excerpt: str) -> str:
    import py3langid

    language, _ = py3langid.classify(excerpt)
    return str(language)
