"""Which column goes where, how sure that is, and what a file seems to be of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.resource.exchange.matching import Match, Target, guess_thing, match_columns
from crm_core.resource.exchange.synonyms import WORDS, meaning, plain


def target(name, *labels, kind="line", synonyms=()):
    return Target(name, labels, synonyms, kind)


CUSTOMERS = [
    target("name", "Name", "名称", kind="name"), target("kind", "Kind", "类别", kind="enum"),
    target("standing", "Standing", "状态", kind="choice"), target("source", "Source", "来源", kind="choice"),
    target("code", "Code", "编号"), target("owner", "Owner", "负责人", kind="ref"),
    target("department", "Department", "部门", kind="ref"), target("region", "Region", "地区", kind="ref"),
    target("postcode", "Postcode", "邮编"), target("phone", "Phone", "电话", kind="phone"),
    target("mobile", "Mobile", "手机", kind="phone"), target("fax", "Fax", "传真", kind="phone"),
    target("email", "E-mail", "电子邮箱", kind="email"), target("website", "Web site", "网站", kind="url"),
    target("industry", "Industry", "行业", kind="ref"), target("ownership", "Ownership", "企业性质", kind="choice"),
    target("legal_representative", "Legal representative", "法定代表人"), target("note", "Remark", "备注", kind="note"),
    target("addresses.street", "Street address", "街道地址"), target("contact.name", "Contact: Name", "联系人：姓名"),
    target("contact.position", "Contact: Position", "联系人：职位", kind="ref"),
    target("contact.phone", "Contact: Office phone", "联系人：办公电话", kind="phone"),
    target("contact.mobile", "Contact: Mobile", "联系人：手机", kind="phone"),
    target("contact.email", "Contact: E-mail", "联系人：电子邮箱", kind="email"),
    target("contact.birth_date", "Contact: Birth date", "联系人：出生日期", kind="date"),
    target("public_id", "Our id (from an export)", kind="public_id"),
    target("foreign_id", "Id in the other system", kind="foreign_id"),
]  # fmt: skip
CONTACTS = [
    target("customer", "Customer", "客户", kind="ref"), target("name", "Name", "姓名", kind="name"),
    target("position", "Position", "职位", kind="ref"), target("phone", "Office phone", "办公电话", kind="phone"),
    target("mobile", "Mobile", "手机", kind="phone"), target("email", "E-mail", "电子邮箱", kind="email"),
    target("birth_date", "Birth date", "出生日期", kind="date"), target("bio", "Short bio", "个人简介", kind="note"),
]  # fmt: skip


def table(*lines):
    return [line.split("|") for line in lines]


SALESFORCE = table(
    "ID|ISDELETED|NAME|TYPE|BILLINGSTREET|BILLINGCITY|BILLINGSTATE|BILLINGPOSTALCODE|PHONE|FAX|ACCOUNTNUMBER|WEBSITE|INDUSTRY|"
    "ANNUALREVENUE|NUMBEROFEMPLOYEES|DESCRIPTION|OWNERID|CREATEDDATE|ORACLE_ID__C",
    "001x0000002abCVAA2|false|Harbour Tools|Customer|1 Quay Road|PORTLAND|OR|97201|(503) 555-0100|||http://example.com/|"
    "Manufacturing|6.0E7|350|Makes tools.|005x0000000fNSiAAM|2006-04-15T03:23:15.000Z|4-1",
    "001x0000002abCWAA2|false|Bright Video|||CARNEGIE|PA|15106||||||||||005x0000000fNSiAAM|2006-04-15T03:23:15.000Z|4-2",
)
OPPORTUNITIES = table(
    "ID|ACCOUNTID|NAME|DESCRIPTION|STAGENAME|AMOUNT|PROBABILITY|CLOSEDATE|TYPE|LEADSOURCE|ISWON|OWNERID|STATUS",
    "006x0000001YtCrAAK|001x0000002xLD0AAM|Foundation - 5000 Tools|Initial deal|Closed Won|500000.0|100.0|2005-11-09|x|Web|true|005x|ok",
)
DIVISIONS = table("code|name|provinceCode", "1301|石家庄市|13", "1302|唐山市|13", "1303|秦皇岛市|13")
PROVINCES = table("code|name", "11|北京市", "12|天津市", "13|河北省")
BUSINESS_CARDS = table(
    "企业名称|法人|省份 / 地市|主营|联系电话|手机|业务员|备注2",
    "四川云岭春酒业有限公司|罗建国|四川宜宾|白酒|0831-8235566|13808312207|晓燕|2024春糖",
    "江苏淮水清酒业有限公司|王强|江苏淮安|白酒|0517-83912204|13912345678|小李|",
)
PERSONS = table(
    "姓名|手机|邮箱|公司|职务", "张伟|13800138000|zw@example.com|天地科技|经理", "李娜|13900139000|ln@example.com|博雅|"
)
CARDS = table(
    "name|family name|given name|company|mobile|email|birthday",
    "李娜|李|娜|天地科技|13800138000|a@example.com|1980-03-21",
)
NAMELESS = table(
    "a|b|c|d|e|f",
    "北京天地科技有限公司|张伟|13800138000|zw@tiandi.com|北京市|http://example.com/a",
    "上海博雅教育咨询有限公司|李娜|13900139000|ln@boya.cn|上海市|www.example.cn",
    "重庆银行股份有限公司|王强|13700137000|wq@cqb.cn|重庆|https://example.org/x",
)


def found(rows, targets=CUSTOMERS):
    matches = match_columns(rows[0], rows[1:], targets)
    assert [match.column for match in matches] == rows[0]
    return {match.column: (match.target, match.reason, match.certainty) for match in matches if match.target}


def test_an_export_of_salesforce_accounts():
    assert found(SALESFORCE) == {
        "ID": ("foreign_id", "synonym", "sure"),
        "NAME": ("name", "name", "sure"),
        "BILLINGSTREET": ("addresses.street", "synonym", "sure"),
        "BILLINGPOSTALCODE": ("postcode", "synonym", "sure"),
        "PHONE": ("phone", "name", "sure"),
        "FAX": ("fax", "name", "sure"),
        "ACCOUNTNUMBER": ("code", "synonym", "sure"),
        "WEBSITE": ("website", "name", "sure"),
        "INDUSTRY": ("industry", "name", "sure"),
        "DESCRIPTION": ("note", "synonym", "sure"),
    }


def test_a_list_of_business_cards():
    assert found(BUSINESS_CARDS) == {
        "企业名称": ("name", "synonym", "sure"),
        "法人": ("legal_representative", "synonym", "sure"),
        "省份 / 地市": ("region", "synonym", "look"),
        "主营": ("industry", "synonym", "look"),
        "联系电话": ("phone", "synonym", "sure"),
        "手机": ("mobile", "name", "sure"),
        "业务员": ("owner", "synonym", "look"),
    }


def test_persons_go_to_contacts_and_to_customers_with_a_contact():
    assert found(PERSONS, CONTACTS) == {
        "姓名": ("name", "name", "sure"),
        "手机": ("mobile", "name", "sure"),
        "邮箱": ("email", "synonym", "sure"),
        "公司": ("customer", "synonym", "look"),
        "职务": ("position", "synonym", "look"),
    }
    customers = found(PERSONS)
    assert customers["公司"] == ("name", "synonym", "sure")
    assert customers["姓名"] == ("contact.name", "synonym", "sure")
    assert customers["手机"] == ("contact.mobile", "synonym", "sure")


def test_the_name_on_a_card_is_the_persons():
    assert found(CARDS)["name"][0] == "contact.name"
    assert found(CARDS)["company"][0] == "name"
    assert found(CARDS, CONTACTS)["name"] == ("name", "name", "sure")


def test_cells_tell_where_names_do_not():
    assert found(NAMELESS) == {
        "a": ("name", "content", "look"),
        "b": ("contact.name", "content", "look"),
        "c": ("mobile", "content", "look"),
        "d": ("email", "content", "look"),
        "e": ("region", "content", "look"),
        "f": ("website", "content", "look"),
    }


def test_columns_of_the_contact_are_told_from_those_of_the_firm():
    rows = table(
        "公司名称|公司电话|联系人姓名|联系人电话|联系人：手机|Contact E-mail|公司邮箱",
        "A公司|010-65529988|张伟|010-65529989|13800138000|a@b.cn|c@d.cn",
    )
    assert [match.target for match in match_columns(rows[0], rows[1:], CUSTOMERS)] == [
        "name", "phone", "contact.name", "contact.phone", "contact.mobile", "contact.email", "email",
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [OPPORTUNITIES, DIVISIONS, PROVINCES], ids=["opportunities", "divisions", "provinces"])
@pytest.mark.parametrize("targets", [CUSTOMERS, CONTACTS], ids=["customers", "contacts"])
def test_nothing_is_taken_unasked_from_a_file_of_another_thing(rows, targets):
    assert {match.certainty for match in match_columns(rows[0], rows[1:], targets)} == {"unknown"}


def test_accounts_are_no_contacts():
    assert {certainty for _, _, certainty in found(SALESFORCE, CONTACTS).values()} == {"unknown"}


@pytest.mark.parametrize(
    ("rows", "thing"),
    [
        (SALESFORCE, "customers"),
        (BUSINESS_CARDS, "customers"),
        (NAMELESS, "customers"),
        (PERSONS, "customers"),
        (CARDS, "contacts"),
        (OPPORTUNITIES, "opportunities"),
        (table("客户名称|商机名称|预计成交金额|赢率", "天地|采购|1000|50%"), "opportunities"),
        (DIVISIONS, "divisions"),
        (PROVINCES, "divisions"),
        (table("区划代码|区划名称", "110101|东城区"), "divisions"),
        (table("订单号|商品名称|数量|单价|收货人|电话", "1|苹果|2|3.5|张三|13800138000"), "orders"),
        (table("InvoiceId|CustomerId|InvoiceDate|BillingCity|Total", "1|2|2009-01-01|Paris|3.96"), "orders"),
        (table("FirstName|LastName|Email|Phone", "Greg|Dart|g@example.com|1"), "contacts"),
        (table("date|weekday|is_workday", "2025-01-01|Wed|0"), "unknown"),
        (table("surname|pinyin", "南宫|nán gōng", "陈|chén"), "unknown"),
        (table("address|province|city|note", "柳州地区忻城县|广西|来宾市|x"), "unknown"),
        (table("name", "x"), "unknown"),
        ([[]], "unknown"),
    ],
)
def test_what_a_file_seems_to_be_of(rows, thing):
    assert guess_thing(rows[0], rows[1:]) == thing


def test_keys_of_another_system_are_no_owners():
    rows = table("NAME|OWNERID|PHONE", "A Ltd|005x0000000fNSiAAM|1", "B Ltd|005x0000000fNSiAAM|2")
    assert "OWNERID" not in found(rows)
    rows = table("NAME|OWNER|PHONE", "A Ltd|Li Na|1")
    assert found(rows)["OWNER"] == ("owner", "name", "sure")


def test_an_id_that_is_not_one_a_row_is_no_id():
    assert "ID" not in found(table("ID|NAME|PHONE", "7|A|1", "7|B|2"))


def test_each_target_is_taken_once():
    rows = table("电话|联系电话|办公电话|公司", "010-1|010-2|010-3|A公司")
    targets = [match.target for match in match_columns(rows[0], rows[1:], CUSTOMERS) if match.target]
    assert len(targets) == len(set(targets))
    assert targets[0] == "phone"


def test_words_of_a_plugin_are_heard():
    targets = [*CUSTOMERS, target("visits.level", "Level", synonyms=("拜访等级",))]
    rows = table("公司|拜访等级", "A公司|高")
    assert found(rows, targets)["拜访等级"] == ("visits.level", "synonym", "sure")


def test_another_resource_is_matched_by_its_labels():
    rows = table("Title|Due|Name", "x|y|z")
    assert found(rows, [target("title", "Title", "标题"), target("due", "Due")]) == {
        "Title": ("title", "name", "sure"),
        "Due": ("due", "name", "sure"),
    }


@pytest.mark.parametrize(
    ("column", "means"),
    [
        ("*客户名称（必填）", "company"),
        ("BILLINGSTREET", "street"),
        ("Billing Street", "street"),
        ("E-mail", "email"),
        ("手机号码(11位)", "mobile"),
        ("电话1", "phone"),
        ("客户公司地址", "street"),
        ("ＰＨＯＮＥ", "phone"),
        ("Account Name", "company"),
        ("Account_Number__c", "code"),
        ("", ""),
        ("备注2", ""),
    ],
)
def test_names_are_compared_without_marks_hints_and_width(column, means):
    assert meaning(column)[0] == means


def test_no_word_has_two_meanings():
    seen = {}
    for said, words in WORDS.items():
        for word in words.split():
            assert seen.setdefault(plain(word), said) == said, word


@given(
    st.lists(st.text(max_size=12), max_size=8),
    st.lists(st.lists(st.text(max_size=12), max_size=10), max_size=4),
    st.sampled_from([CUSTOMERS, CONTACTS, []]),
)
def test_any_file_has_an_answer(header, samples, targets):
    matches = match_columns(header, samples, targets)
    assert [match.column for match in matches] == header
    assert all(isinstance(match, Match) for match in matches)
    assert guess_thing(header, samples)


def test_a_field_with_fixed_words_takes_no_column_of_other_words():
    kinds = Target("kind", ("Kind", "客户类型"), kind="enum", words=frozenset({"company", "person", "企业", "个人"}))
    targets = [kinds if one.name == "kind" else one for one in CUSTOMERS] + [target("customer_kind", "Customer kind", "客户类别", kind="choice")]
    rows = table("甲公司|老客户|1", "乙公司|目标客户|2")
    assert {m.column: m.target for m in match_columns(["客户名称", "客户类型", "电话"], rows, targets)}["客户类型"] == "customer_kind"
    rows = table("甲公司|企业|1", "乙公司|个人|2")
    assert {m.column: m.target for m in match_columns(["客户名称", "客户类型", "电话"], rows, targets)}["客户类型"] == "kind"
