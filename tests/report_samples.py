"""Reports made by hand for the tests of the HTML page."""

from __future__ import annotations

from contradict.marks import Mark, PairMarks
from contradict.records import (
    Article,
    Attribution,
    Contradiction,
    Dispute,
    Judgement,
    LeftOut,
    Place,
    Position,
    Probabilities,
    Report,
    SetResult,
    Side,
    Statement,
    Topic,
    Unreadable,
)

JUDGEMENT = Judgement(Probabilities(0.004, 0.026, 0.97), Probabilities(0.02, 0.08, 0.9))


def make_article(id, text, **about):
    return Article(id, text, **about)


def make_side(article, sentence, speaker=None, stance=None, claim=None, mode=None, also=()):
    start = article.text.index(sentence)
    statement = Statement(article.id, sentence, start, start + len(sentence), article.language, tuple(also))
    return Side(article, statement, Attribution(speaker, stance, claim, None, mode))


def make_contradiction(a, b, score=0.93, kind="denial", evidence="", topic=0):
    return Contradiction(a.article.set, score, kind, evidence, topic, a, b, JUDGEMENT)


def make_position(*sides, names=None):
    holder = sides[0].attribution.speaker
    return Position(holder, names if names is not None else (holder,) if holder else (), sides)


def make_marks(report, *words):
    """Marks where these words first stand in the statements of the contradictions."""

    def marks_in(text):
        starts = {text.find(word): word for word in words}
        return tuple(Mark(start, start + len(starts[start]), 0.5) for start in sorted(starts) if start >= 0)

    return [PairMarks(marks_in(found.a.statement.text), marks_in(found.b.statement.text)) for found in report]


def make_report():
    """Two ferries: one dispute in three languages, a difference in figures, two updates, and what was left out."""
    times = make_article(
        "times-1",
        "HARBOUR — Two ferries collided in fog on Monday night, the port authority said. Seven sailors were hurt.\n\n"
        "Read more: the harbour's long history",
        title="Ferries collide",
        source="Harbour Times",
        published="2024-05-06",
        language="en",
    )
    arab = make_article(
        "marsa-2",
        "نفت شركة العبارات وقوع أي تصادم يوم الاثنين. وقالت إن أحدا لم يصب.",
        title="الشركة تنفي التصادم",
        source="صحيفة المرسى",
        published="2024-05-07T08:15:00+03:00",
        language="ar",
    )
    news = "Two ferries collided in fog on Monday night, the port authority said."
    undated = make_article(
        "kabar-3", f"Sebelas pelaut terluka, kata rumah sakit. Polisi belum dapat memastikan.\n\n{news}"
    )
    reprint = undated.text.index(news)
    quiet = make_article("quiet-4", "Cuaca cerah sepanjang pekan ini di pelabuhan.", source="Kabar Timur")
    collided = make_side(
        times,
        news,
        "the port authority",
        "asserts",
        "Two ferries collided in fog on Monday night",
        also=[Place("kabar-3", reprint, reprint + len(news))],
    )
    hurt = make_side(times, "Seven sailors were hurt.", claim="Seven sailors were hurt.")
    denied = make_side(
        arab, "نفت شركة العبارات وقوع أي تصادم يوم الاثنين.", "شركة العبارات", "denies", "وقوع أي تصادم يوم الاثنين"
    )
    nobody = make_side(arab, "وقالت إن أحدا لم يصب.", "شركة العبارات", "asserts", "أحدا لم يصب")
    eleven = make_side(
        undated, "Sebelas pelaut terluka, kata rumah sakit.", "rumah sakit", "asserts", "Sebelas pelaut terluka"
    )
    police = make_side(undated, "Polisi belum dapat memastikan.", "Polisi", "open", "Two ferries collided")
    contradictions = (
        make_contradiction(collided, denied, 0.97, evidence="شركة العبارات denies: “نفت”"),
        make_contradiction(eleven, hurt, 0.61, "figure", "figures differ: Sebelas against Seven", 1),
    )
    updates = (
        make_contradiction(eleven, nobody, 0.8, "update", "order unknown: no date for kabar-3", 1),
        make_contradiction(nobody, hurt, 0.7, "update", "later", 1),
    )
    dispute = Dispute(
        None,
        0,
        "Two ferries collided in fog on Monday night",
        0.97,
        (make_position(collided, names=("the port authority", "port authority")),),
        (make_position(denied),),
        (make_position(police),),
    )
    statements = tuple(side.statement for side in (collided, hurt, denied, nobody, eleven, police))
    link = times.text.index("Read more")
    left_out = (
        LeftOut("times-1", "HARBOUR —", 0, 9, "dateline"),
        LeftOut("times-1", times.text[link:], link, len(times.text), "link"),
    )
    topics = (Topic(0, None, ("ferries", "تصادم"), (0, 2, 5)), Topic(1, None, ("sailors", "pelaut"), (1, 3, 4)))
    result = SetResult(None, (undated, arab, quiet, times), statements, left_out, topics, 15, 4)
    unreadable = (Unreadable("notes.docx", None, "a Word file"), Unreadable("rows.csv", 17, "the text is empty"))
    return Report(contradictions, (result,), unreadable, (dispute,), updates)


def make_large_report(contradictions=10_000, articles=2_000):
    """A report of so many contradictions, two to a dispute, and a tenth as many updates."""
    sources = [f"Gazette {n}" for n in range(60)]
    texts = [
        make_article(
            f"article-{n}",
            "\n\n".join(
                f"The office of district {n} said on day {line} that {line * 7 + n} households had no water."
                f" An engineer denied it, and called the report of day {line} an error of measurement."
                for line in range(12)
            ),
            title=f"Water in district {n}",
            source=sources[n % len(sources)],
            published=f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}",
            language=("en", "id", "ar", "ko")[n % 4],
        )
        for n in range(articles)
    ]

    def side(n, line, denies):
        sentence = (
            f"An engineer denied it, and called the report of day {line} an error of measurement."
            if denies
            else f"The office of district {n} said on day {line} that {line * 7 + n} households had no water."
        )
        claim = f"{line * 7 + n} households had no water"
        holder = "An engineer" if denies else f"The office of district {n}"
        return make_side(texts[n], sentence, holder, "denies" if denies else "asserts", claim)

    pairs = [
        (side(n % articles, n // articles, False), side((n * 7 + 1) % articles, n // articles, True))
        for n in range(contradictions)
    ]
    found = tuple(
        make_contradiction(a, b, 1 - 0.7 * n / contradictions, topic=n % 200) for n, (a, b) in enumerate(pairs)
    )
    disputes = tuple(
        Dispute(
            None,
            n // 2,
            f"District {n}: households had no water",
            found[n].score,
            tuple(make_position(pair[0]) for pair in pairs[n : n + 2]),
            tuple(make_position(pair[1]) for pair in pairs[n : n + 2]),
            (),
        )
        for n in range(0, contradictions, 2)
    )
    updates = tuple(make_contradiction(a, b, kind="update") for a, b in pairs[: contradictions // 10])
    statements = tuple(dict.fromkeys(side.statement for pair in pairs for side in pair))
    topics = tuple(Topic(n, None, ("water", f"word{n}"), tuple(range(n, n + 300 - n))) for n in range(200))
    return Report(found, (SetResult(None, tuple(texts), statements, (), topics, 50_000, 9_000),), (), disputes, updates)


ATTACKS = [
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "</SCRIPT ><script>window.hacked = 1</script>",
    "<!--<script>window.hacked = 1</script>",
    "--><script>window.hacked = 1</script>",
    "<!-- never closed",
    "<![CDATA[<script>window.hacked = 1</script>]]>",
    "]]><script>window.hacked = 1</script>",
    "<?xml version='1.0'?><x/>",
    "<!DOCTYPE html><html><body onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://attacker.example/x.png'>",
    "<svg onload=alert(1)>",
    "<svg><script>window.hacked = 1</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='https://attacker.example/'>",
    "<link rel=stylesheet href='https://attacker.example/x.css'>",
    "<style>@import 'https://attacker.example/x.css';</style>",
    "<style>* { display: none }</style>",
    "</style><script>window.hacked = 1</script>",
    "<base href='https://attacker.example/'>",
    "<meta http-equiv='refresh' content='0; url=https://attacker.example/'>",
    "<form action='https://attacker.example/'><button>Close</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<a href='javascript:alert(1)'>click</a>",
    "javascript:alert(1)",
    "JaVaScRiPt&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "</template><script>window.hacked = 1</script>",
    "</textarea></title></select></option><script>window.hacked = 1</script>",
    "</details></article></main></body></html><h1>The end</h1>",
    "</bdi></p></blockquote><table><tr><td>",
    "<plaintext>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<select><template><script>window.hacked = 1</script></template></select>",
    "<x-frame is=a data-text=issue data-each=parts data-href=place>",
    "<dialog open id=reader>",
    "<div id=data>{}</div>",
    '" onmouseover="alert(1)" x="',
    "' onmouseover='alert(1)' x='",
    "` onmouseover=alert(1) x=`",
    '"><script>window.hacked = 1</script>',
    "'><script>window.hacked = 1</script>",
    "&lt;script&gt;window.hacked = 1&lt;/script&gt;",
    "&#60;script&#62;window.hacked = 1&#60;/script&#62;",
    "\\u003cscript\\u003ewindow.hacked = 1\\u003c/script\\u003e",
    '\\"}]}</script><script>window.hacked = 1</script>',
    "{{ 7 * 7 }} {% raw %} {# x #} ${7 * 7} <%= 7 %>",
    "__proto__ constructor toString hidden",
    "\u202etxt.exe\u202c \u2066left\u2069 \u200fright",
    "\u2067\u202e\u2067\u202e never ended",
    "zero\u200bwidth\ufeff\u2060\u00ad",
    "\x00\x01\x08\x0b\x0c\x1b[31mred\x7f\x9b\x85next\u2028line\u2029end",
    "half \ud83d a pair \udc00 and \uffff",
    "a\r\nb\rc\td",
    "Z\u0351\u034b\u0352\u0325\u0353a\u0310\u0311l\u0334\u0335g\u0336o",
    "#source=x&topic=1&place=p0-0 %3Cscript%3E %00",
    "../../etc/passwd\\..\\x.html?<b>&amp;",
]


def make_hostile_report(attack):
    """A report that holds the string wherever it takes text from outside."""
    sentence = f"It is so, said {attack} at noon."
    denial = f"It is not so, said {attack} later."
    about = {"title": f"t {attack}", "source": f"s {attack}", "language": f"en{attack}", "set": f"set {attack}"}
    one = make_article(f"one {attack}", f"{attack} {sentence}\n\n{attack}", published=f"2024-05-06{attack}", **about)
    other = make_article(f"other {attack}", f"{denial}\n{attack}", published="2024-05-07", **about)
    unlinked = make_article(f"quiet {attack}", attack, language=about["language"], set=about["set"])
    a = make_side(
        one, sentence, f"h {attack}", "asserts", f"It is so, said {attack}", also=[Place(other.id, 0, len(denial))]
    )
    b = make_side(other, denial, f"g {attack}", "denies", f"c {attack}")
    found = make_contradiction(a, b, 0.9, evidence=f"e {attack}")
    update = make_contradiction(a, b, 0.5, "update", f"u {attack}")
    names = (f"h {attack}", f"n {attack}")
    dispute = Dispute(
        one.set, 0, f"i {attack}", 0.9, (make_position(a, names=names),), (make_position(b),), (make_position(b),)
    )
    left_out = (LeftOut(one.id, f"{attack} ", 0, len(attack) + 1, f"r {attack}"),)
    topic = Topic(0, one.set, (f"k {attack}", f"l {attack}"), (0, 1))
    result = SetResult(one.set, (one, other, unlinked), (a.statement, b.statement), left_out, (topic,), 1, 0)
    empty = SetResult(f"empty {attack}", (), (), (), (), 0, 0)
    unreadable = (Unreadable(f"f {attack}.html", 1, f"w {attack}"),)
    return Report((found,), (result, empty), unreadable, (dispute,), (update,))
