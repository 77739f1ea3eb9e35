import pytest

from contradict.attribution import attribute
from contradict.records import Statement

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
OPEN = {
    "en": "The ministry neither confirmed nor denied the report.",
    "id": "Kementerian belum mengonfirmasi laporan itu.",
    "ko": "국방부는 보도 내용을 확인할 수 없다고 밝혔다.",
}


def stance(text, language):
    return attribute(Statement(article="a", text=text, start=0, end=len(text), language=language)).stance


@pytest.mark.parametrize(("language", "text"), DENIALS.items())
def test_a_denial_is_seen(language, text):
    assert stance(text, language) == "denies"
    assert stance(text, None) == "denies"


@pytest.mark.parametrize(("language", "text"), PLAIN.items())
def test_other_sentences_have_no_known_stance(language, text):
    assert stance(text, language) is None


@pytest.mark.parametrize(("language", "text"), OPEN.items())
def test_a_claim_left_open_is_seen(language, text):
    assert stance(text, language) == "open"


def test_holder_and_claim_are_not_guessed():
    found = attribute(Statement(article="a", text=DENIALS["en"], start=0, end=5, language="en"))
    assert (found.speaker, found.claim) == (None, None)
