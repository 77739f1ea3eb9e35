import pytest

from contradict.training.denial_words import find_stance

DENIALS = {
    "ar": "نفت الوزارة وجود أي اتفاق مع الشركة.",
    "de": "Der Sprecher bestritt, dass es ein Treffen gab.",
    "en": "The mayor denied that the bridge had been closed.",
    "es": "El gobierno negó que hubiera un acuerdo.",
    "fr": "Le ministre a démenti toute négociation.",
    "hi": "मंत्री ने इस खबर का खंडन किया।",
    "id": "Wali kota membantah kabar penutupan jembatan itu.",
    "it": "Il sindaco ha smentito la chiusura del ponte.",
    "ja": "市長は橋の閉鎖を否定した。",
    "ko": "시장은 다리 폐쇄 사실을 부인했다.",
    "nl": "De burgemeester ontkende dat de brug dicht was.",
    "pl": "Burmistrz zaprzeczył zamknięciu mostu.",
    "pt": "O prefeito negou o fechamento da ponte.",
    "ru": "Мэр опроверг сообщения о закрытии моста.",
    "tr": "Belediye başkanı köprünün kapatıldığını yalanladı.",
    "uk": "Мер заперечив закриття мосту.",
    "vi": "Thị trưởng phủ nhận việc đóng cầu.",
    "zh": "市长否认大桥关闭。",
}
PLAIN = {
    "de": "Die Brücke wurde am Montag geschlossen.",
    "en": "The undeniable success of the denim fair drew crowds.",
    "es": "La nieve cubrió las calles negras.",
    "fr": "Les jeunes nièces du maire ont ouvert le pont.",
    "id": "Warga memberi bantuan untuk korban banjir.",
    "ko": "시장은 월요일 다리를 열었다.",
    "zh": "市长周一开放了大桥。",
}
NOT_DENIED = {
    "ar": "لم تنكر الوزارة وجود اتفاق.",
    "de": "Der Sprecher bestritt nicht, dass es ein Treffen gab.",
    "en": "The mayor didn’t deny that the bridge had been closed.",
    "es": "El gobierno no negó que hubiera un acuerdo.",
    "fr": "Le ministre n'a pas nié la négociation et ne dément pas le chiffre.",
    "hi": "मंत्री ने इस खबर का खंडन नहीं किया।",
    "id": "Wali kota tidak membantah kabar penutupan jembatan itu.",
    "it": "Il sindaco non ha smentito la chiusura del ponte.",
    "ja": "市長は橋の閉鎖を否定しなかった。",
    "ko": "시장은 다리 폐쇄 사실을 부인하지 않았다.",
    "nl": "De burgemeester ontkende niet dat de brug dicht was.",
    "pl": "Burmistrz nie zaprzeczył zamknięciu mostu.",
    "pt": "O prefeito não negou o fechamento da ponte.",
    "ru": "Мэр не опроверг сообщения о закрытии моста.",
    "tr": "Belediye başkanı köprünün kapatıldığını inkâr etmedi.",
    "uk": "Мер не заперечив закриття мосту.",
    "vi": "Thị trưởng không phủ nhận việc đóng cầu.",
    "zh": "市长没有否认大桥关闭。",
}
OPEN = [
    ("de", "Das Ministerium hat den Bericht weder bestätigt noch dementiert."),
    ("en", "The ministry neither confirmed nor denied the report."),
    ("en", "The ministry would not confirm or deny the report."),
    ("en", "The report was not confirmed or denied by the ministry."),
    ("fr", "Le ministère n'a ni confirmé ni démenti cette information."),
    ("id", "Kementerian belum mengonfirmasi laporan itu."),
    ("id", "Kementerian tidak membenarkan maupun membantah laporan itu."),
    ("ko", "국방부는 보도 내용을 확인할 수 없다고 밝혔다."),
    ("pt", "O ministério não confirmou nem negou a notícia."),
    ("ru", "Губернатор не подтвердил и не опроверг это сообщение."),
    ("zh", "该部既不证实也不否认这一报道。"),
]


@pytest.mark.parametrize(("language", "text"), DENIALS.items())
def test_a_denial_is_seen(language, text):
    assert find_stance(text, language) == "denies"
    assert find_stance(text, None) == "denies"


@pytest.mark.parametrize(("language", "text"), PLAIN.items())
def test_other_sentences_have_no_known_stance(language, text):
    assert find_stance(text, language) is None


@pytest.mark.parametrize(("language", "text"), NOT_DENIED.items())
def test_a_denial_that_is_negated_is_none(language, text):
    assert find_stance(text, language) is None
    assert find_stance(text, None) is None


def test_a_denial_beside_a_negated_one_is_seen():
    assert find_stance("The mayor did not deny the talks, but denied any agreement.", "en") == "denies"


def test_words_of_one_language_tell_nothing_in_another():
    assert find_stance("Polícia most v pondelok nie je ochotná otvoriť.", "sk") is None
    assert find_stance("Za bolnike skrbi nega na domu.", "sl") is None


@pytest.mark.parametrize(("language", "text"), OPEN)
def test_a_claim_left_open_is_seen(language, text):
    assert find_stance(text, language) == "open"


def test_a_denial_beside_a_doubt_is_a_denial():
    assert (
        find_stance("Wali kota membantah tuduhan itu, dan polisi masih menyelidiki laporan tersebut.", "id") == "denies"
    )
