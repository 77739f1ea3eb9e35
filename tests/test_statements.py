from __future__ import annotations

import random
import time
import tomllib
from importlib.resources import files

import pytest

from contradict.records import Article, Place
from contradict.statements import STATEMENT_LIMIT, split_article, split_articles

BODY = "Petani di lereng gunung memanen kopi lebih awal tahun ini karena hujan datang terlambat sekali."
END = "Harga di pasar kota belum berubah sejak pekan lalu, kata seorang pedagang kopi."
STORY_LANGUAGES = ["id", "en", "ko", "ja", "zh", "de", "fr", "es", "pt", "it"]
STORY_LANGUAGES += ["nl", "ru", "uk", "ar", "fa", "tr", "hi", "vi", "th", "pl"]


def split(text, language="id", title=None):
    article = Article("a", text, title=title, language=language)
    statements, left_out = split_article(article)
    check_places(article, statements, left_out)
    return [one.text for one in statements], [(one.text, one.reason) for one in left_out]


def check_places(article, statements, left_out):
    done = 0
    for part in sorted([*statements, *left_out], key=lambda part: part.start):
        assert done <= part.start < part.end
        assert article.text[part.start : part.end] == part.text
        assert article.text[done : part.start].strip() == ""
        done = part.end
    assert article.text[done:].strip() == ""
    assert [one.start for one in statements] == sorted(one.start for one in statements)
    assert [one.start for one in left_out] == sorted(one.start for one in left_out)


def statements_of(text, language="id"):
    return split(text, language)[0]


def reasons_between(line):
    """Reasons for a line that stands between two paragraphs of a story."""
    statements, left_out = split(f"{BODY}\n{line}\n{END}")
    assert [one for one in statements if one in (BODY, END)] == [BODY, END]
    return [reason for _, reason in left_out], statements[1:-1]


# Places


def test_places_hold_in_any_mixture_of_scripts_and_spaces():
    bits = [
        "Kapal tiba. ",
        "“Kami pergi.” ",
        ". .",
        "👩‍👩‍👧 ",
        "e\u0301\u0302 ",
        "\r\n",
        "\n\n",
        "\u00a0",
        "\u2028",
        "ذهب الوزير؟ ",
        "他说。",
        "เขาไป ",
        "वह गया। ",
        "JAKARTA (AFP) - ",
        "Baca juga: ",
        "(Foto: AP)",
        "(gambar dari kantor berita AFP yang dikirim semalam)",
        "• ",
        "\ufeff",
        "🇮🇩",
        "3.500 ",
        "Dr. ",
        "\u200f",
        "\x85",
        "… ",
        "x" * 900,
        "\u0301" * 5,
    ]
    chance = random.Random(7)
    for language in ("id", "zh", None) * 60:
        split("".join(chance.choices(bits, k=chance.randint(1, 25))), language)


def test_an_article_of_white_space_has_no_parts():
    assert split(" \n\u00a0\t") == ([], [])
    assert split("") == ([], [])


def test_statements_know_their_article_and_language():
    statements, left_out = split_article(Article("x7", f"{BODY}\nPasar Kopi", language="id"))
    assert [(one.article, one.language) for one in statements] == [("x7", "id")]
    assert [one.article for one in left_out] == ["x7"]


# Sentences


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("id", "Dr. Budi membayar Rp. 1.500 untuk kopi. Ia pulang pukul 10.30 WIB.", 2),
        ("id", "Menurut Ir. Joko harga naik 2,5 persen. Pada 21/10/2024 pasar sepi.", 2),
        ("en", "The U.S. Navy sent No. 3 frigate at 9 a.m. on Friday. Mr. Hill was glad.", 2),
        ("de", "Am 3. Oktober kam der Minister. Er blieb z.B. im Hotel der Stadt.", 2),
        ("es", "El Sr. López llegó el lunes. ¡Nadie lo esperaba en casa!", 2),
        ("ru", "Министр приехал в Казань в 2020 г. в мае. Его никто не ждал.", 2),
        ("zh", "部长星期一到达了北京。他没有回答任何问题！", 2),
        ("ja", "大臣は月曜日に東京へ到着した。「何も知らない。」と述べた。", 2),
        ("ko", '장관은 월요일에 서울에 도착했다. "아무것도 모른다."라고 그는 기자들에게 말했다.', 2),
        ("hi", "मंत्री सोमवार को दिल्ली पहुँचे। उन्होंने कोई जवाब नहीं दिया।", 2),
        ("ar", "وصل الوزير إلى العاصمة يوم الاثنين. لم يجب عن أي سؤال.", 2),
        ("th", "รัฐมนตรีเดินทางถึงกรุงเทพเมื่อวันจันทร์ เขาไม่ตอบคำถามใด", 1),
    ],
)
def test_sentences_are_parted_at_their_ends_only(language, text, sentences):
    statements, left_out = split(text, language)
    assert len(statements) == sentences
    assert "".join("".join(statements).split()) == "".join(text.split())
    assert left_out == []


@pytest.mark.parametrize(
    "text",
    [
        "The bridge closed at 3 a.m. Monday and reopened at 5 p.m. Tuesday after checks.",
        "The game began at 8 p.m. ET and was over by 11 P.M. EST in New York.",
        "Polls close at 8 p.m. (PDT) in the city and at 9 p.m. Eastern time in the east.",
        "The ferry sank at 5 a.m. Sept. 8 and was raised at 4 p.m. May 5 by the navy.",
    ],
)
def test_a_day_or_time_zone_behind_the_time_belongs_to_the_sentence(text):
    assert statements_of(text, "en") == [text]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The bridge closed at 3 a.m.", "Police reopened it on Monday."],
        ["The vote was over by 5 p.m.", "May said she would resign."],
        ["The gates opened at 5 p.m.", "Sunday's game began an hour later."],
        ["The game began at 8 p.m. ET.", "Monday was a day of rest."],
    ],
)
def test_a_time_may_end_a_sentence(sentences):
    assert statements_of(" ".join(sentences), "en") == sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["He drove at 100 km/h.", "The driver denied it."]),
        (None, ["He drove at 100 km/h.", "The driver denied it."]),
        ("id", ["Ia mengemudi dengan kecepatan 100 km/h.", "Sopir itu membantah."]),
        ("vi", ["Hồ chứa xả 6.900 m3/s.", "Bà Diệp bác bỏ tin nhắn đó."]),
        ("en", ["The crash was in Albany, NY.", "Police said two died."]),
        (None, ["The crash was in Albany, NY.", "Police said two died."]),
        ("en", ["The concert begins at 10 AM PT.", "The tickets are sold out."]),
        ("es", ["El ministro no quiso ir.", "Nadie lo esperaba en casa."]),
        ("sv", ["Bilen som han körde var ny.", "Han köpte den i maj."]),
    ],
)
def test_units_and_abbreviations_that_are_no_titles_end_sentences(language, sentences):
    assert statements_of(" ".join(sentences), language) == sentences


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("id", "Rumah H. Ahmad dan Ny. Rina di Jl. Merdeka terbakar pada Senin."),
        ("id", "Menurut ny. Rina dan KH. Maimun, PT. Kopi Jaya menolak pajak itu."),
        ("id", "Menurut DR. Budi dan IR. H. Joko Widodo, panen kopi gagal total."),
        (None, "Rumah H. Ahmad dan Ny. Rina di Jl. Merdeka terbakar pada Senin."),
        ("en", "Mr. Hill, Ms. Lee and Dr. Ray met Sen. Smith, Gen. Gray and H. Ahmad in St. Paul."),
        ("en", "The minister met KH. Maimun and Brigjen. Ahmad at noon."),
        ("es", "El Sr. López y la Sra. Díaz llegaron el lunes con el Gen. Ruiz."),
        ("fr", "Le ministre a vu Mme. Dupont et H. Ahmad lundi à Paris."),
        ("pl", "Minister spotkał gen. Nowaka i prof. Lisa w poniedziałek."),
        ("vi", "Bệnh viện ở TP. Huế do TS. Nam và GS. Hoa điều hành."),
    ],
)
def test_titles_end_no_sentences(language, text):
    assert statements_of(text, language) == [text]


def test_words_behind_a_stop_that_go_on_in_small_letters_belong_to_the_sentence():
    text = "“Panen kami rusak,” demikian Dewan Petani. dikatakan lagi."
    assert statements_of(text) == [text]
    assert len(statements_of("harga kopi naik lagi. pasar kota tetap sepi.")) == 2


def test_a_closing_quotation_mark_belongs_to_its_sentence():
    text = "Ia berkata: “Panen kami rusak semua.” Pasar kota tetap buka."
    assert statements_of(text) == ["Ia berkata: “Panen kami rusak semua.”", "Pasar kota tetap buka."]


def test_a_long_quotation_is_parted_at_its_sentences():
    sentences = [
        f"Panen kami di lereng utara rusak berat karena hujan yang datang pada bulan ke-{i}." for i in range(5)
    ]
    text = f"Ketua dewan mengatakan: “{' '.join(sentences)}”"
    assert len(statements_of(text)) == 5


@pytest.mark.parametrize(
    "text",
    [
        "Harga kopi naik tajam.Pedagang mengeluh tentang pajak.",
        "“Harga kopi naik.”Pedagang mengeluh tentang pajak.",
        "Harga naik pada 2022.Pedagang mengeluh tentang pajak.",
        "Harga kopi naik tajam. .Pedagang mengeluh tentang pajak.",
        "Benarkah harga kopi naik?Pedagang mengeluh tentang pajak.",
    ],
)
def test_glued_sentences_are_parted(text):
    assert statements_of(text)[-1] == "Pedagang mengeluh tentang pajak."


@pytest.mark.parametrize(
    "text",
    [
        "Menurut KabarKopi.co harga kopi naik tajam.",
        "Menurut KABARKOPI.COM harga kopi naik tajam.",
        "Menurut Kabarkopi.Com harga kopi naik tajam.",
        "Gelar Ph.D dari U.S.A itu ia raih tahun lalu.",
        "Aplikasi itu memakai Node.js versi 3.5 di https://contoh.id/Berita.Utama sejak Mei.",
    ],
)
def test_addresses_and_initials_are_not_parted(text):
    assert statements_of(text) == [text]


def test_stray_marks_and_bullets_are_left_out():
    statements, left_out = split("• Harga kopi naik tajam. .” Pedagang kota mengeluh. (*)")
    assert statements == ["Harga kopi naik tajam.", "Pedagang kota mengeluh."]
    assert {reason for _, reason in left_out} == {"punctuation"}
    assert statements_of("-5 derajat tercatat di puncak gunung itu.")[0].startswith("-5")


def test_long_sentences_are_parted_at_clauses_and_lose_nothing():
    clause = "hujan turun di lereng gunung dan petani menunggu di rumah"
    statements = statements_of(", ".join([clause] * 60) + ".")
    assert all(len(one) <= STATEMENT_LIMIT for one in statements)
    assert all(one.endswith(("rumah,", "rumah.")) for one in statements)
    assert len(statements_of("kata " * 10_000)) >= 10_000 * 5 / STATEMENT_LIMIT


def test_long_text_without_spaces_is_never_parted_within_a_letter():
    for grapheme in ("e\u0301\u0302", "👩‍👩", "क\u093f"):
        statements, left_out = split(f"{'tiga kata ini '}{grapheme * 500}")
        assert all(not one.startswith(("\u0301", "\u0302", "\u200d", "\u093f")) for one in statements)
        assert len(statements) + len(left_out) > 1


# Datelines


@pytest.mark.parametrize(
    "dateline",
    [
        "KABARKOPI.COM – ",
        "KABARKOPI.COM -- ",
        "KabarKopi.co - ",
        "JAKARTA, KABARKOPI.com - ",
        "KABARKOPI.CO, Jakarta - ",
        "Jakarta - ",
        "SEOUL (Reuters) - ",
        "SEOUL, Oct. 21 (Yonhap) -- ",
        "MOSKOW — ",
        "Berlin (dpa) – ",
        "PARIS, 21 octobre (AFP) - ",
        "МОСКВА, 21 окт — РИА Новости. ",
        "МОСКВА, 21 октября. /ТАСС/. ",
        "(ANSA) - ROMA, 21 OTT - ",
        "Madrid, 21 oct (EFE).- ",
        "موسكو (رويترز) - ",
        "(서울=연합뉴스) 홍길동 기자 = ",
        "【东京】",
        "新华社北京10月21日电（记者 张三）",
        "（中央社記者張三台北21日電）",
        "[ソウル 21日 ロイター] - ",
    ],
)
def test_a_dateline_is_cut_off(dateline):
    statements, left_out = split(f"{dateline}{BODY} {END}")
    assert statements == [BODY, END]
    assert left_out == [(dateline.strip(), "dateline")]


@pytest.mark.parametrize(
    "text",
    [
        "Sri Lestari - seorang petani kopi - menolak rencana itu.",
        "Kyiv — and not Moscow — decided to close the border.",
        "Pemerintah kota menolak rencana itu - tanpa alasan yang jelas.",
        "Al-Zahra menolak rencana pemerintah kota itu.",
    ],
)
def test_dashes_within_sentences_are_no_datelines(text):
    assert statements_of(text) == [text]


def test_a_dateline_may_follow_a_summary():
    assert reasons_between("MOSKOW — Partai Hijau menolak usul pajak kopi.")[0] == ["dateline"]


def test_later_paragraphs_have_datelines_of_agencies_only():
    assert reasons_between("Walikota - Partai Hijau menolak usul pajak kopi yang baru.") == (
        [],
        ["Walikota - Partai Hijau menolak usul pajak kopi yang baru."],
    )
    assert reasons_between("SEOUL (Reuters) - Partai Hijau menolak usul pajak.")[0] == ["dateline"]


# Headings, captions, credits


def test_short_lines_without_a_final_mark_are_headings():
    for heading in (
        "Harga Kopi Naik Lagi",
        "# Harga Kopi",
        "Ketua dewan menambahkan dalam pidatonya:",
        "咖啡价格再次上涨",
    ):
        assert reasons_between(heading) == (["heading"], [])


@pytest.mark.parametrize("behind", ["\u200b", "\u200f", "\ufeff", "[1]", "[2][13]", "[a]", "”\u200f", "[1]\u200b"])
def test_invisible_and_footnote_marks_may_stand_behind_the_final_mark(behind):
    for line in ("Jembatan kota ditutup pada Senin.", "أُغلق الجسر يوم الاثنين."):
        left_out, statements = reasons_between(line + behind)
        assert [one.startswith(line) for one in statements] == [True]
        assert set(left_out) <= {"punctuation"}
    assert reasons_between("Mengapa jembatan kota ditutup?" + behind)[0][:1] == ["question"]
    assert reasons_between("Jembatan kota ditutup" + behind)[0] == ["heading"]


def test_a_line_with_an_invisible_mark_behind_a_sentence_is_no_heading():
    line = "Jembatan kota ditutup.\u200b Penutupan berlaku sampai Senin"
    assert reasons_between(line)[1][0] == "Jembatan kota ditutup."


def test_a_paragraph_that_lacks_its_final_mark_is_a_statement():
    long = BODY.rstrip(".") + " dan para pedagang di kota belum mau menaikkan harga jualnya"
    assert reasons_between(long) == ([], [long])


def test_where_nothing_ends_in_a_final_mark_nothing_is_taken_for_a_heading():
    assert statements_of("Russia denies sending troops", "en") == ["Russia denies sending troops"]
    assert len(statements_of("Petani kopi menolak pajak baru\nPemerintah membela pajak baru itu")) == 2


def test_the_title_is_left_out_where_it_is_repeated():
    title = "Petani Kopi: “Kami Menolak Pajak.”"
    assert split(f"{title}\n{BODY}", title=title) == ([BODY], [(title, "heading")])


def test_a_heading_behind_the_last_sentence_of_a_paragraph_is_cut_off():
    statements, left_out = split(f"{BODY} Petani Menolak Pajak\n{END}")
    assert statements == [BODY, END]
    assert left_out == [("Petani Menolak Pajak", "heading")]
    assert statements_of(f"{BODY} Petani menolak pajak") == [BODY, "Petani menolak pajak"]


def test_a_heading_glued_to_a_word_of_the_story_is_cut_off():
    statements, left_out = split(
        f"Fakta PentingPetani kopi di lereng menolak pajak baru itu. Petani juga rugi.\n{BODY}"
    )
    assert statements[0] == "Petani kopi di lereng menolak pajak baru itu."
    assert left_out == [("Fakta Penting", "heading")]


@pytest.mark.parametrize("brand", ["McDonald", "WhatsApp", "YouTube", "KabarKopi", "GoPay"])
def test_brands_are_not_taken_for_glued_headings(brand):
    text = f"{brand} menolak pajak baru itu. Kedai itu tetap buka."
    assert statements_of(text)[0] == f"{brand} menolak pajak baru itu."


def test_captions_and_their_twins_are_left_out():
    caption = "Dua petani memeriksa biji kopi di gudang desa"
    statements, left_out = split(f"{BODY}\n{caption}\n{caption} (AFP melalui Getty)\n{END}")
    assert statements == [BODY, END]
    assert [reason for _, reason in left_out] == ["caption", "caption"]


def test_a_credit_or_caption_behind_a_sentence_is_cut_off():
    assert split(f"{BODY} Sumber: AP/Rina Dewi\n{END}") == ([BODY, END], [("Sumber: AP/Rina Dewi", "credit")])
    assert split(f"{BODY} Gudang kopi (AFP melalui KCNA)\n{END}")[1] == [("Gudang kopi (AFP melalui KCNA)", "caption")]
    assert split(f"{BODY} (rin/bud)\n{END}") == ([BODY, END], [("(rin/bud)", "credit")])
    authors = "(Reporting by Ann Lee in Rome; Additional reporting by Jo Day and Ed Wu in Bonn; Editing by Mia Roth.)"
    assert split(f"{BODY} {authors}\n{END}") == ([BODY, END], [(authors, "credit")])
    assert split(f"{BODY} (by the way; reporting by Ann.)\n{END}")[1] == []


def test_questions_assert_nothing():
    for question in ("Mengapa harga kopi naik?", "为什么咖啡价格上涨？", "لماذا ارتفعت أسعار القهوة؟"):
        assert reasons_between(question) == (["question"], [])
    reported = "“Mengapa harga kopi naik?” tanya seorang petani kepada wartawan."
    assert reasons_between(reported) == ([], [reported])


def test_fragments_are_too_short():
    for fragment in ("Benar sekali.", "他走了。", "Pak Budi."):
        assert reasons_between(fragment) == (["too short"], [])
    assert reasons_between("他星期一走了。")[0] == []


# Furniture


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("BACA JUGA: \u00a0Petani Menolak Pajak Baru", "link"),
        ("Baca juga: Benarkah petani kopi menolak pajak yang baru?", "link"),
        ("Read more: Coffee growers say no", "link"),
        ("관련기사", "link"),
        ("Lire aussi : Les planteurs refusent l’impôt", "link"),
        ("相关阅读：咖啡农拒绝新税", "link"),
        ("Читайте также: Фермеры против налога", "link"),
        ("https://contoh.id/kopi", "link"),
        ("Silakan baca konten menarik lainnya dari KabarKopi", "link"),
        ("Support our journalism with a small gift.", "appeal"),
        ("Sign up for our daily newsletter.", "subscription"),
        ("BERITA TERPOPULER", "navigation"),
        ("Leave a Reply", "navigation"),
        ("kopi   petani   pajak   gunung", "tags"),
        ("#kopi #petani #pajak", "tags"),
        ("Tags: kopi, petani", "tags"),
        ("28 Mei 2023 12:40", "date"),
        ("Editor: Rina Dewi", "by-line"),
        ("By Jane Doe", "by-line"),
        ("홍길동 기자", "by-line"),
        ("(KabarKopi.com, Rina Dewi)", "by-line"),
        ("Jane Doe and the news desk contributed to this report.", "by-line"),
        ("Foto: AFP/Rina Dewi", "credit"),
        ("Copyright © 2023 by KabarKopi", "copyright"),
        ("Konten ini disempurnakan menggunakan Kecerdasan Buatan (AI).", "notice"),
    ],
)
def test_furniture_is_left_out_with_its_reason(line, reason):
    assert reasons_between(line) == ([reason], [])


@pytest.mark.parametrize(
    "sentence",
    [
        "The newspaper's editor said on Monday that the strike was over.",
        "Editor in chief Jane Doe denied the report on Monday.",
        "Subscriber numbers fell by a third last year.",
        "Subscribe numbers fell sharply after the strike.",
        "He asked readers to support the strike.",
        "“Your support makes a difference,” the mayor told the strikers.",
        "Photos show that the bridge is still standing.",
        "Sources: the army has crossed the border at night.",
        "Read more books, the minister told pupils on Friday.",
        "Comments by the minister angered the farmers.",
        "The copyright law was passed in 1999 by parliament.",
        "Editornya membantah laporan tentang pajak kopi itu.",
        "Sumber tersebut mengatakan bahwa panen gagal total.",
        "Foto satelit menunjukkan dua kapal di pelabuhan itu.",
        "Komentar menteri itu membuat petani marah sekali.",
        "Tag itu dipasang pada burung oleh para peneliti.",
        "اشترك الجنود في القتال قرب الحدود يوم الأحد.",
        "图片显示这座桥仍然没有倒塌。",
    ],
)
def test_sentences_with_the_words_of_furniture_are_kept(sentence):
    assert reasons_between(sentence) == ([], [sentence])


def test_an_appeal_takes_its_paragraphs_with_it_but_not_the_story():
    appeal = "Pemilu masih sengit. Kami perlu wartawan di lapangan. Dukungan Anda membuat perbedaan."
    between = "Koran ini dipercaya oleh banyak orang. Kami menolak memungut bayaran."
    statements, left_out = split("\n".join([appeal, between, appeal, BODY, END]))
    assert statements == [BODY, END]
    assert left_out == [(appeal, "appeal"), (between, "appeal"), (appeal, "appeal")]


def test_a_story_in_one_line_loses_only_the_furniture():
    statements, left_out = split(f"{BODY} Dukungan Anda membuat perbedaan. Baca juga: Harga naik? {END}")
    assert statements == [BODY, END]
    assert [reason for _, reason in left_out] == ["appeal", "link"]


def test_a_sentence_glued_to_a_link_is_not_lost_with_it():
    link = "Baca juga: Harga Kopi Naik"
    story = (
        f"{BODY.rstrip('.')} dan para pedagang di pasar kota belum mau menaikkan harga jual mereka sampai tahun depan."
    )
    assert statements_of(f"{END} {link}.") == [END]
    assert statements_of(f"{END} {link} {story}") == [END, f"{link} {story}"]


def test_lines_broken_for_their_width_are_put_together():
    wrapped = "Petani di lereng gunung memanen kopi lebih awal\n"
    wrapped += "tahun ini karena hujan turun terlambat, kata\nDewan Kopi dalam laporan yang terbit di kota\npada Senin."
    assert statements_of(wrapped) == [wrapped]
    assert (
        len(statements_of("Petani kopi di lereng gunung menolak pajak baru itu.\npemerintah membela pajak itu.")) == 2
    )


def test_phrases_cover_the_languages_and_none_is_so_short_that_it_fits_all():
    table = tomllib.loads(files("contradict.statements").joinpath("furniture.toml").read_text("utf-8"))
    table.pop("agencies")
    for reason in ("link", "navigation", "tags", "by-line", "credit"):
        assert set(STORY_LANGUAGES) <= {language for kind in table[reason].values() for language in kind}
    for kinds in table.values():
        for kind, languages in kinds.items():
            if kind in ("openings", "phrases"):
                assert all(len(phrase) > 2 or phrase == "©" for listed in languages.values() for phrase in listed)


# Repeats


def test_repeated_statements_are_merged_in_order_of_article_and_place():
    articles = [
        Article("b", f"{BODY} {END}", language="id"),
        Article("a", f"{END}\n{BODY.upper()}", language="id"),
        Article("c", f"“{BODY}”\u00a0{END} {END}", language="id"),
    ]
    statements, left_out = split_articles(articles)
    assert [one.article for one in statements] == ["b", "b"]
    assert left_out == ()
    texts = {article.id: article.text for article in articles}
    assert [place.article for place in statements[0].also] == ["a", "c"]
    assert [place.article for place in statements[1].also] == ["a", "c", "c"]
    assert statements[1].also[0] == Place("a", 0, len(END))
    assert {texts[place.article][place.start : place.end] for place in statements[1].also} == {END}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5 ton kopi", "35 ton kopi"),
        ("3,5 ton kopi", "35 ton kopi"),
        ("50% petani kopi", "50 petani kopi"),
        ("$50 bagi petani", "€50 bagi petani"),
        ("suhu -5 derajat", "suhu 5 derajat"),
        ("skor 5-3 akhirnya", "skor 53 akhirnya"),
        ("petani kopi menolak", "petani kopi tidak menolak"),
        ("दिन तीन बजे", "दान तीन बजे"),
    ],
)
def test_what_may_change_the_meaning_keeps_statements_apart(one, other):
    articles = [Article(str(i), f"Tercatat {text} itu.", language="id") for i, text in enumerate([one, other])]
    assert len(split_articles(articles)[0]) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PETANI kopi - menolak", "petani kopi – menolak"),
        ("petani’s kopi menolak", "petani's kopi menolak"),
        ("ｐｅｔａｎｉ kopi menolak", "petani\u00a0kopi  menolak"),
        ("suhu −5 derajat", "suhu -5 derajat"),
    ],
)
def test_spelling_alone_keeps_no_statements_apart(one, other):
    articles = [Article(str(i), f"Tercatat {text} itu.", language="id") for i, text in enumerate([one, other])]
    assert len(split_articles(articles)[0]) == 1


# Speed


def test_copies_are_split_once():
    text = f"JAKARTA (AFP) - {BODY} {END}\n" * 20
    begin = time.perf_counter()
    statements, left_out = split_articles([Article(str(i), text, language="id") for i in range(3_000)])
    assert time.perf_counter() - begin < 10
    assert [len(one.also) for one in statements] == [3_000 * 20 - 1] * 2
    assert len(left_out) == 3_000 * 20


@pytest.mark.parametrize(
    "text",
    [
        "a " * 100_000,
        "." * 200_000,
        "A." * 100_000,
        "“" * 200_000,
        "(" * 200_000,
        " -" * 100_000,
        ". .” " * 40_000,
        "e" + "\u0301" * 200_000,
        "[a](" * 50_000,
        "他说了很多话。" * 20_000,
        "“Ia pergi. " * 20_000,
        "KataKota " * 20_000,
        " \t" * 100_000,
    ],
)
def test_no_text_takes_more_than_linear_time(text):
    begin = time.perf_counter()
    split(text)
    assert time.perf_counter() - begin < 5
