import pytest

from contradict.attribution.holders import clean_name, holder_name, is_pronoun, same_holder

SAME = [
    ("Kim", "Kim Jong Un"),
    ("Xi", "Xi Jinping"),
    ("Yang", "Yang Jiechi"),  # "yang" is a small word in Indonesian
    ("김", "김"),
    ("US", "US"),
    ("the mayor", "The Mayor"),
    ("the minister", "a minister of health"),
    ("Ministry of Health", "the health ministry"),
    ("Badan Intelijen Nasional Korea Selatan", "Badan Intelijen Nasional"),
    ("Wali Kota Rahmat Hidayat", "Rahmat"),
    ("وزارة الصحة المصرية", "وزارة الصحة"),
    ("मोदी", "नरेंद्र मोदी"),
    ("Владимир Орлов", "Орлов"),
    ("国防部", "韩国国防部"),
    ("한국 국방부 대변인", "국방부"),
    ("소방청 관계자", "소방청"),
    ("山田", "山田知事"),
    ("한국국방부", "한국 국방부"),
    ("이 사무국장", "이 사무국장은 조합"),
    ("桐原晶子", "観光社会学が専門の桐原晶子教授"),
    ("インド", "インド外務省"),
    ("东京都", "东京都知事"),
    ("인도네시아", "인도네시아 정부"),
    # Initials, and what stands in brackets
    ("NIS", "National Intelligence Service (NIS)"),
    ("the NIS", "National Intelligence Service (NIS)"),
    ("NIS", "National Intelligence Service"),
    ("N.I.S.", "NIS"),
    ("US", "The United States"),
    ("LAPD", "Los Angeles Police Department"),
    ("BIN", "Badan Intelijen Nasional"),
    ("국정원", "국가정보원(국정원)"),
    ("NIS", "国家情報院（NIS）"),
    # One name encoded in two ways
    ("Jose\u0301 Rioja", "José Rioja"),
    ("ＮＩＳ", "NIS"),
]
DIFFERENT = [
    ("Ministry of Health", "Ministry of Defence"),
    ("Kementerian Kesehatan", "Kementerian Pertahanan"),
    ("وزارة الصحة", "وزارة الدفاع"),
    ("국방부", "외교부"),
    ("国防部", "外交部"),
    ("मोदी", "मादा"),  # the same consonants
    ("John Reed", "Mary Reed"),
    ("Kim Jong Un", "Kim Yo Jong"),
    ("Ali", "Alibaba"),
    ("김", "김정은"),  # a family name of many
    ("한국", "북한 국방부"),  # letters of two words
    ("한국", "북한국방부"),
    ("미국", "한미국방당국"),
    ("인도", "인도네시아 정부"),
    ("俄罗斯", "白俄罗斯国防部"),
    ("京都", "東京都知事"),
    ("インド", "インドネシア"),
    ("マリ", "ソマリア"),
    ("K", "K Park"),
    ("UN", "UNICEF"),
    ("WHO", "the doctor who examined her"),
    ("the US", "one of us"),
    ("Công an", "Công ty"),
    ("NIS", "National Health Service"),
    ("the spokesman", ""),
    ("", ""),
    ("—", "the spokesman"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_names_of_one_holder(a, b):
    assert same_holder(a, b)
    assert same_holder(b, a)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_names_of_two_holders(a, b):
    assert not same_holder(a, b)
    assert not same_holder(b, a)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (" “the mayor,”\n", "the mayor"),
        ("juru bicara\n  kementerian", "juru bicara kementerian"),
        ("「山田知事」、", "山田知事"),
        ("وزير الصحة،", "وزير الصحة"),
        ("(the minister", "the minister"),
        ("(NIS)", "NIS"),
        ("National Intelligence Service (NIS)", "National Intelligence Service (NIS)"),
        ("国家情報院（NIS）、", "国家情報院（NIS）"),
        ("the National Intelligence Service (NIS", "the National Intelligence Service (NIS)"),
        ("国家情報院（NIS、", "国家情報院（NIS）"),
        ("“”", ""),
    ],
)
def test_a_name_is_freed_of_the_marks_around_it(words, name):
    assert clean_name(words) == name


@pytest.mark.parametrize(
    ("name", "language"),
    [("He", "en"), ("Dia", "id"), ("그는", "ko"), ("هو", "ar"), ("Quest’ultimo", "it"), ("उन्होंने", "hi"), ("他", "zh")],
)
def test_a_pronoun_is_no_name(name, language):
    assert is_pronoun(name, language)


@pytest.mark.parametrize(("name", "language"), [("Herr Meyer", "de"), ("the mayor", "en"), ("Dia", "en"), ("He", None)])
def test_a_name_is_no_pronoun_nor_is_that_of_another_language(name, language):
    assert not is_pronoun(name, language)


@pytest.mark.parametrize(
    ("words", "name"),
    [("누리조선 관계자는", "누리조선 관계자"), ("“시장은", "시장은"), ("김정은", "김정은"), ("나는", "나는")],
)
def test_a_holder_is_named_without_the_particle_that_can_be_no_part_of_a_name(words, name):
    assert holder_name(words) == name
