"""Cards of phones and mail programs (security M4)."""

import pytest

from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.reader import open_table


@pytest.fixture
def cards(tmp_path):
    def cards(text, encoding="utf-8"):
        path = tmp_path / "cards.vcf"
        path.write_bytes(text.encode(encoding))
        table = open_table(path)
        assert table.kind == "vcard"
        return [dict(zip(table.header, cells, strict=True)) for _, cells in table.rows()]

    return cards


def refused(tmp_path, text):
    path = tmp_path / "cards.vcf"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        open_table(path).check()
    assert str(caught.value)
    return caught.value.code


def test_an_iphone_card(cards):
    found = cards(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iPhone OS 18.0//EN\r\nN:李;娜;;;\r\nFN:李娜\r\n"
        "ORG:北京天地科技有限公司;市场部;\r\nTITLE:经理\r\nitem1.EMAIL;type=INTERNET;type=pref:li.na@example.com\r\n"
        "TEL;type=CELL;type=VOICE;type=pref:138 0013 8000\r\nTEL;type=WORK:010-65529988\r\n"
        "item2.ADR;type=WORK:;;中关村大街1号\\n3层;海淀区;北京市;100080;中国\r\nitem2.X-ABADR:cn\r\n"
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-03-21\r\nNOTE:喜欢\\, 喝茶\\n第二行\r\n"
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\r\n /4gIoSUNDX1BST0ZJTEUAAQEAAAIYAAAAAAQwAABt\r\n"
        "END:VCARD\r\n"
    )
    assert found == [
        {
            "name": "李娜", "family name": "李", "given name": "娜", "company": "北京天地科技有限公司", "company department": "市场部",
            "position": "经理", "mobile": "138 0013 8000", "phone": "010-65529988", "email": "li.na@example.com",
            "street": "中关村大街1号, 3层", "city": "海淀区", "region": "北京市", "postcode": "100080", "country": "中国",
            "note": "喜欢, 喝茶\n第二行\nBDAY: 03-21",
        }
    ]  # fmt: skip


def test_an_android_card_in_quoted_printable(cards):
    found = cards(
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=BC=9F;;;\n"
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E4=BC=9F=20=E5=BC=A0\nTEL;CELL;PREF:13800138000\nTEL;HOME:65529988\n"
        "ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=8C=97=E4=BA=AC=E5=A4=A9=E5=9C=B0=\n=E7=A7=91=E6=8A=80\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE:first=0D=0Asecond=3B=\n third\nX-QQ:10001\nEND:VCARD\n"
    )
    assert found[0]["name"] == "张伟"
    assert found[0]["company"] == "北京天地科技"
    assert found[0]["note"] == "first\nsecond;third"
    assert (found[0]["mobile"], found[0]["phone"], found[0]["im"]) == ("13800138000", "65529988", "QQ: 10001")


def test_gbk_raw_and_quoted(cards):
    raw = cards("BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=GB2312:欧阳;修\nORG:重庆银行股份有限公司\nEND:VCARD\n", "gbk")
    assert (raw[0]["name"], raw[0]["company"]) == ("欧阳修", "重庆银行股份有限公司")
    quoted = cards("BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=D5=C5;=CE=B0\nEND:VCARD\n")
    assert quoted[0]["name"] == "张伟"


def test_the_whole_name_in_one_box_is_taken_apart(cards):
    found = cards(
        "BEGIN:VCARD\nVERSION:3.0\nN:;欧阳修;;;\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Greg Dartmouth\nEND:VCARD\n"
    )
    assert [(card["family name"], card["given name"]) for card in found] == [("欧阳", "修"), ("Dartmouth", "Greg")]


def test_a_card_of_a_firm_has_its_name(cards):
    found = cards(
        "BEGIN:VCARD\nVERSION:3.0\nN:;;;;\nFN:天地科技\nORG:天地科技;\nX-ABShowAs:COMPANY\nTEL:4001234567\nEND:VCARD\n"
    )
    assert found == [{"name": "天地科技", "company": "天地科技", "phone": "4001234567"}]


def test_version_4(cards):
    found = cards(
        "BEGIN:VCARD\nVERSION:4.0\nFN:Simon Perreault\nN:Perreault;Simon;;;ing. jr,M.Sc.\nBDAY:19850203\nGENDER:M\n"
        'TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+1-418-555-1234;ext=12\nTEL;TYPE=cell;VALUE=uri:tel:+1-418-262-6501\n'
        "EMAIL;TYPE=work:a@example.com\nEMAIL;PREF=1:b@example.com\nEMAIL:c@example.com\nEND:VCARD\n"
    )
    assert found[0]["birthday"] == "1985-02-03"
    assert found[0]["sex"] == "male"
    assert (found[0]["phone"], found[0]["mobile"]) == ("+1-418-555-1234 ext. 12", "+1-418-262-6501")
    assert (found[0]["email"], found[0]["email 2"]) == ("b@example.com", "a@example.com; c@example.com")


def test_an_outlook_card_with_a_key_and_escapes_that_are_none(cards):
    found = cards(
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Doe;John;;Mr.;III\r\nORG:Company, The;Sales\r\nTEL;WORK;FAX:010-1\r\nADR;HOME:;;Home\r\n"
        "ADR;WORK:;Office;123 Main St;Austin;TX;12345;USA\r\nKEY;X509;ENCODING=BASE64:\r\n    MIIDITCCAoqgAwIBAgIQT52W2Waw\r\n\r\n"
        "URL:http\\://example.com\r\nEND:VCARD\r\n"
    )
    assert found[0]["street"] == "123 Main St, Office"
    assert (found[0]["company"], found[0]["company department"], found[0]["fax"]) == ("Company, The", "Sales", "010-1")
    assert found[0]["website"] == "http://example.com"


def test_a_long_picture_in_one_line_is_passed_over(cards):
    found = cards("BEGIN:VCARD\nVERSION:3.0\nFN:A B\nPHOTO;ENCODING=b:" + "A" * 3_000_000 + "\nTEL:123456\nEND:VCARD\n")
    assert found[0]["phone"] == "123456"


def test_a_card_within_a_card_is_left_out(cards):
    found = cards("BEGIN:VCARD\nVERSION:2.1\nN:A;B\nAGENT:\nBEGIN:VCARD\nN:C;D\nEND:VCARD\nTEL:1234567\nEND:VCARD\n")
    assert found == [{"name": "B A", "family name": "A", "given name": "B", "phone": "1234567"}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BEGIN:VCARD\nFN:A\n", "vcard"),
        ("BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\n", "vcard"),
        ("BEGIN:VCARD\n" + "AGENT:\nBEGIN:VCARD\n" * 2000, "vcard_deep"),
        ("BEGIN:VCARD\n" + "TEL:1\n" * 6000 + "END:VCARD\n", "vcard"),
        ("BEGIN:VCARD\nNOTE:" + "x" * 300_000 + "\nEND:VCARD\n", "cell_long"),
        ("BEGIN:VCARD\nNOTE:x\n" + " y" * 1 + ("\n " + "z" * 999) * 300 + "\nEND:VCARD\n", "cell_long"),
        ("BEGIN:VCARD\nEND:VCARD\n", "no_rows"),
    ],
)
def test_damaged_and_hostile_cards_are_refused(tmp_path, text, code):
    assert refused(tmp_path, text) == code
