"""Bytes to words, whatever the charset is called and whether it is true."""

import pytest

from channels_inbound.email.charsets import clean, codec_name, decode, guess
from channels_inbound.email.words import decode_words

SPOKEN = {
    "cp1252": "Não consigo abrir a aplicação desde terça-feira",
    "koi8_r": "Здравствуйте, приложение не открывается",
    "cp1251": "Здравствуйте, приложение не открывается",
    "cp932": "アプリが開きません、助けてください",
    "euc_jp": "アプリが動きません。助けてください。よろしく",
    "gb18030": "你好，我的应用程序无法打开，请帮忙",
    "cp950": "你好，我的應用程式無法打開，請幫忙",
    "cp949": "안녕하세요 앱이 열리지 않습니다 도와주세요",
    "cp1253": "Γεια σας, η εφαρμογή δεν ανοίγει",
    "cp1256": "مرحبا، التطبيق لا يفتح",
}


@pytest.mark.parametrize(("codec", "text"), SPOKEN.items())
def test_undeclared_bytes_are_guessed(codec, text):
    assert guess(text.encode(codec)) == codec


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“naïve” – 10 €"),
        ("US-ASCII", "utf-8", "naïve"),
        ("us-ascii", "cp1252", "naïve"),
        ('"UTF-8"', "utf-8", "naïve"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("gb2312", "gb18030", "朱镕基"),
        ("shift_jis", "cp932", "①高橋"),
        ("x-sjis", "cp932", "高橋"),
        ("iso-2022-jp", "iso2022_jp_ext", "高橋"),
        ("hz-gb-2312", "hz", "你好"),
        ("utf-7", "utf-7", "naïve ü"),
        ("utf-16", "utf-16", "naïve"),
        ("windows-874", "cp874", "สวัสดี"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("x-mac-roman", "mac_roman", "naïve"),
        ("", "utf-8", "naïve"),
        ("x-unknown", "utf-8", "naïve"),
        ("iso-8859-1;", "utf-8", "naïve"),
    ],
)
def test_charsets_are_read_as_mailers_mean_them(charset, codec, text):
    assert decode(text.encode(codec), charset)[0] == text


@pytest.mark.parametrize(
    "name",
    [
        "hex",
        "base64",
        "rot13",
        "zlib",
        "idna",
        "punycode",
        "unicode_escape",
        "undefined",
        "a" * 100,
        "../x",
        "\0",
    ],
)
def test_what_is_no_charset_is_not_used(name):
    assert codec_name(name) == ""


def test_a_few_broken_bytes_do_not_spoil_the_rest():
    text, problem = decode("olá olá ".encode() * 10 + b"\xff", "utf-8")

    assert (text, problem) == ("olá olá " * 10 + "\ufffd", "not really utf-8")


def test_latin_text_that_claims_to_be_utf8_is_read_as_latin():
    assert decode("A aplicação não abre".encode("latin-1"), "utf-8")[0] == "A aplicação não abre"


def test_what_cannot_be_shown_or_stored_is_left_out():
    assert clean("a\x00\x07b\x7f\x9b\ud800c\r\nd\re\tf") == "abc\nd\ne\tf"
    assert decode(b"+2AA-", "utf-7")[0] == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?caf=C3=A9?=", "café"),
        (b"=?UTF-8?B?Y2Fmw6k?=", "café"),
        (b"=?utf-8*pt?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?utf-8?b?Y2Fmw6k=?= =?utf-8?q?_da_Ana?=", "café da Ana"),
        (b"Re: =?iso-8859-1?q?caf=E9?= now", "Re: café now"),
        (b"a=?utf-8?q?b?=c", "abc"),
        (b"=?iso-8859-1?q?=A1?=\n =?utf-8?q?=C3=A9?=", "¡é"),
        (b"=?utf-8?q?with blanks inside?=", "with blanks inside"),
        (b"=?iso-8859-1?Q?Fr\xf6sche?=", "Frösche"),
        ("café".encode(), "café"),
        ("café".encode("latin-1"), "café"),
        (b"=?nonsense?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        (b"=?utf-8?x?what?=", "=?utf-8?x?what?="),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?utf-8?q??=", ""),
        (b"folded\n line", "folded line"),
    ],
)
def test_header_words_are_read_in_all_their_shapes(raw, text):
    assert decode_words(raw) == text


def test_bare_bytes_in_a_header_are_read_in_the_bodys_charset():
    assert decode_words("привет".encode("koi8-r"), "koi8-r") == "привет"
