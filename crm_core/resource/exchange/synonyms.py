"""What people and programs call the columns of their files, in both languages, by meaning.

A name is compared without case, width, spaces, marks and trailing ``__c``. The meanings are those of this module; which
field of which resource one goes to is said in :mod:`crm_core.resource.exchange.matching`.
"""

from __future__ import annotations

import re
from functools import cache

from crm_core.text.clean import fold
from crm_core.text.scripts import not_word

WORDS: dict[str, str] = {
    "company": """회사명 회사 상호 업체명 거래처 거래처명 客户名称 客户名 客户 公司名称 公司名 公司 公司全称 单位名称 单位名 单位 单位全称 工作单位 企业名称 企业名 企业 企业全称 商户名称
        商户 店铺名称 店名 门店名称 门店 厂名 厂商名称 机构名称 机构 组织名称 组织 开票名称 发票抬头 抬头 客户全称 客户单位 客户公司 往来单位 供应商名称
        甲方 甲方名称 经销商名称 经销商 代理商名称 公司中文名称 中文名称 会社名 公司名稱 客戶名稱 單位名稱 企業名稱
        company companyname accountname account customername customer organization organisation organizationname organisationname
        org orgname business businessname firm firmname employer client clientname companyen legalname tradename vendor vendorname
        accountaccountname companyororganization companyorganisation companyinstitution""",
    "name": "名称 名 全称 名稱 name fullname displayname 客户简称 简称 公司简称",
    "person": """담당자 이름 성명 姓名 联系人 联系人姓名 联系人名称 联络人 联络人姓名 联系人1 主要联系人 首要联系人 负责人姓名 经办人 对接人 客户联系人 收件人 收货人
        姓 名字 决策人 真实姓名 人员姓名 聯絡人 聯繫人 中文姓名 contact contactname contactperson contactfullname primarycontact
        maincontact person personname attn attention recipient firstnamelastname fnln keycontact""",
    "first name": "given givenname firstname first forename fname",
    "last name": "family familyname lastname surname last lname 姓氏",
    "legal": """法定代表人 法人 法人代表 法人姓名 法代 企业法人 法定代表人姓名 法定代表人或负责人 法人或负责人
        legalrepresentative legalperson legalrep""",
    "code": """编号 客户编号 客户编码 编码 代码 客户代码 单位编号 企业编号 公司编号 客户号 会员号 会员编号 卡号 档案号 序列号
        code customercode customerno customernumber customerid accountnumber accountno accountcode no number clientcode clientno
        clientid vendorcode memberno 客戶編號""",
    "foreign id": "id recordid sfid 外部编号 外部id 原系统编号 系统编号 源id externalid legacyid crmid accountid18 uuid guid 主键 uid",
    "public id": "publicid 我方编号 七巧板编号",
    "phone": """전화 전화번호 대표전화 电话 电话号码 联系电话 固定电话 固话 座机 座机号码 座机电话 办公电话 公司电话 单位电话 企业电话 总机 总机电话 电话1 电话一 服务电话
        热线 客服电话 传呼 联系方式 联络电话 联系电话1 公司座机 有效电话 電話 聯絡電話 電話號碼 phone phonenumber phoneno tel telephone
        telephonenumber telno telephoneno officephone workphone businessphone mainphone companyphone landline phone1 tel1
        primaryphone phonework directphone contactnumber contactno 企业联系电话""",
    "mobile": """휴대폰 휴대전화 핸드폰 手机 手机号 手机号码 移动电话 手机1 联系手机 手提电话 移动手机 手机电话 本人手机 大哥大 行动电话 手機 手機號碼 行動電話
        mobile mobilephone mobileno mobilenumber cell cellphone cellular cellno handphone mobile1 phonemobile""",
    "second phone": """电话2 电话二 其他电话 备用电话 更多电话 家庭电话 住宅电话 宅电 phone2 tel2 otherphone homephone altphone
        secondaryphone assistantphone""",
    "fax": "팩스 传真 传真号 传真号码 公司传真 传真电话 傳真 fax faxnumber faxno businessfax workfax officefax facsimile",
    "email": """이메일 메일 邮箱 电子邮箱 电子邮件 邮件 邮件地址 邮箱地址 电邮 电子信箱 信箱 联系邮箱 公司邮箱 企业邮箱 工作邮箱 邮箱1 電子郵件 電郵 信箱地址
        email emailaddress mail mailaddress emailid email1 workemail businessemail companyemail primaryemail contactemail emails""",
    "second email": "邮箱2 备用邮箱 其他邮箱 更多邮箱 email2 otheremail secondaryemail altemail",
    "website": """홈페이지 网址 网站 公司网址 公司网站 官网 官方网站 主页 企业网址 企业网站 企业官网 网页 網址 網站 website web url homepage webaddress
        webpage companywebsite internet www domain""",
    "hours": "营业时间 开放时间 工作时间 上班时间 办公时间 營業時間 openinghours hours businesshours officehours workinghours",
    "region": """地区 区域 所在地区 所属地区 所在地 省市 省市区 省份城市 省份地市 所在区域 行政区划 地域 省市县 省市区县 归属地 地區
        region area regionname location territory locality administrativeregion""",
    "city": """城市 市 所在城市 地市 所属城市 所在市 地级市 市区 城市名 billingcity shippingcity mailingcity city cityname town
        homecity workcity businesscity addresscity 所属地市""",
    "province": """省 省份 所在省份 所属省份 所在省 省自治区 省直辖市 州省 billingstate shippingstate mailingstate state province stateprovince
        provincename statename billingprovince businessstate billingstateprovince""",
    "district": "区县 县 区 县区 所属区县 所在区县 县市区 district county countyname 区 行政区",
    "country": "国家 国别 国家地区 所在国家 國家 billingcountry shippingcountry mailingcountry country countryname nation countryregion",
    "street": """주소 地址 详细地址 公司地址 单位地址 企业地址 联系地址 通讯地址 通信地址 街道 街道地址 办公地址 注册地址 客户地址 经营地址 邮寄地址 门牌号
        所在地址 地址1 营业地址 企业注册地址 住所 地址明细 最新年报地址 詳細地址 地址一 billingstreet mailingstreet street address streetaddress
        address1 addressline1 addr companyaddress businessaddress officeaddress fulladdress mailingaddress postaladdress
        billingaddress registeredaddress street1 businessstreet workstreet workaddress""",
    "other street": "收货地址 送货地址 发货地址 shippingstreet shippingaddress deliveryaddress otherstreet address2 addressline2 地址2 homestreet",
    "postcode": """우편번호 邮编 邮政编码 邮政区号 公司邮编 郵遞區號 billingpostalcode mailingpostalcode postcode postalcode zip zipcode
        postal zippostalcode billingzip businesspostalcode""",
    "other postcode": "shippingpostalcode otherpostalcode",
    "industry": """行业 所属行业 行业类别 行业分类 行业类型 客户行业 主营 主营行业 国标行业大类 国标行业门类 从事行业 industry industryname sector
        trade lineofbusiness industrytype""",
    "owner": """负责人 业务员 销售 销售员 销售人员 客户经理 所属人 归属人 跟进人 跟进业务员 责任人 客户负责人 所有人 归属业务员 业务人员 挂牌业务员
        销售负责人 客户归属 销售代表 擁有者 owner ownername accountowner salesrep salesperson salesman accountmanager assignedto ownerid
        responsible contactowner recordowner accountownername rep""",
    "department": "部门 所属部门 归属部门 业务部门 负责部门 客户所属部门 owningdepartment salesdepartment",
    "their department": "department 联系人部门 所在部门 dept departmentname",
    "standing": "状态 客户状态 客户考核 考核 跟进状态 合作状态 客户阶段 status customerstatus accountstatus standing lifecyclestage",
    "customer kind": "客户类型 客户类别 客户分类 客户性质 客户种类 客户级别分类 customertype accounttype customerkind customercategory",
    "source": "来源 客户来源 获客渠道 渠道来源 信息来源 线索来源 来源渠道 客户渠道 source leadsource customersource accountsource origin",
    "ownership": "企业性质 公司性质 单位性质 所有制 经济性质 经济类型 企业所有制 ownership ownershiptype companynature",
    "business kind": "企业类型 公司类型 经营类型 经营方式 经营性质 单位类型 企业机构类型 businesstype businesskind companytype",
    "size": "规模 企业规模 公司规模 单位规模 客户规模 size companysize scale employeesize",
    "employees": "员工人数 员工数 人数 人员规模 员工数量 参保人数 numberofemployees employees employeecount headcount noofemployees staff",
    "kind": "主体类型 企业或个人 kind recordtype",
    "sex": "性别 性別 sex gender",
    "salutation": "称谓 称呼 尊称 稱謂 salutation formofaddress honorific nameprefix mrms",
    "birth": "生日 出生日期 出生年月 出生年月日 出生 birthday birthdate dateofbirth dob birth bday",
    "age": "年龄 年紀 年龄段 age",
    "position": """职位 职务 职称 岗位 头衔 联系人职务 联系人职位 担任职务 現職 職稱 職務 position jobtitle title job role jobposition
        titleposition function designation occupation""",
    "bio": "个人简介 简历 个人介绍 bio biography",
    "purpose": "地址类型 地址用途 addresstype addresspurpose",
    "note": """비고 메모 备注 备注1 说明 描述 其他 其它 附注 备注说明 客户备注 简介 公司简介 企业简介 客户描述 备忘 注释 經營範圍 备注信息
        note notes remark remarks description comment comments memo info details about""",
    "im": "微信 微信号 qq qq号 wechat weixin im skype whatsapp 旺旺 钉钉",
    "tax": "税号 纳税人识别号 统一社会信用代码 信用代码 社会信用代码 taxno taxid taxnumber vat vatnumber creditcode",
    "opportunity": """商机 商机名称 商机编号 赢率 成功率 成交概率 预计成交日期 预计成交金额 销售阶段 商机阶段 商机金额 预计签单日期 预计金额 输单原因
        opportunity opportunityname opportunityid stagename salesstage probability closedate expectedclosedate expectedrevenue
        forecastcategory iswon isclosed dealname dealstage dealamount pipeline winprobability hasopportunitylineitem
        totalopportunityquantity expectedamount lostreason""",
    "order": """订单 订单号 订单编号 订单日期 下单时间 下单日期 订单金额 订单状态 商品名称 商品编码 商品 数量 单价 总价 发货日期 快递单号 物流单号
        运费 货号 sku 支付方式 收货人姓名 合计 小计 实付金额 order orderid orderno ordernumber orderdate orderstatus ordertotal invoiceid
        invoiceno invoicedate invoicelineid trackid quantity qty unitprice lineitem subtotal itemname productname productid
        shipdate trackingnumber paymentmethod discount""",
    "division": """行政区划代码 区划代码 区划名称 省代码 市代码 区县代码 上级代码 父级代码 统计用区划代码 城乡分类代码 区号 provincecode citycode areacode
        countycode districtcode streetcode parentcode adcode divisioncode townshipcode""",
    "time": """创建时间 创建日期 更新时间 修改时间 最后修改时间 最后跟进时间 录入时间 登记时间 建档日期 createddate createdat created
        lastmodifieddate modifieddate updatedat updated lastactivitydate systemmodstamp datecreated""",
    "system": """isdeleted masterrecordid parentid createdbyid lastmodifiedbyid sessionid oracleid 创建人 修改人 序号 行号 错误 error
        createdby modifiedby tickersymbol sic rating site index rownumber""",
}  # fmt: skip

_HINT = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]|^[*＊•·\s]+|[*＊:：]+$")
# What stands before a word without changing what it means, and before those of a person at the customer.
_OWN = re.compile(
    "^(?:客户|公司|单位|企业|客戶|商户|主要|常用|办公|所属|所在|登记|填写|account|company|customer|client|billing|mailing|business|office|primary|"
    "main|work|default|organization)"
)
_PERSONS = re.compile(
    "^(?:主要|首要|第一|客户)?(?:联系人|联络人|联系|聯絡人|contact(?:person)?|primarycontact|决策人|决策者)"
)


def plain(name: str) -> str:
    """A name as it is compared: ``*客户名称（必填）`` is ``客户名称``, ``Oracle_Id__c`` is ``oracleid``."""
    folded = fold(name)
    bare = _HINT.sub("", folded) or folded
    squashed = not_word.sub("", re.sub("__c$", "", bare))
    return squashed or not_word.sub("", folded)


@cache
def _index() -> dict[str, str]:
    found: dict[str, str] = {}
    for meaning, words in WORDS.items():
        for word in words.split():
            found.setdefault(not_word.sub("", fold(word)), meaning)
    return found


def meaning(name: str) -> tuple[str, bool]:
    """(what a column means or ``""``, whether it is said of a person at the customer)."""
    word = plain(name)
    index = _index()
    if word in index:
        return index[word], False
    if (person := _PERSONS.match(word)) and (found := index.get(word[person.end() :])):
        return found, True
    rest = word
    for _ in range(2):  # 客户公司地址
        own = _OWN.match(rest)
        if not own:
            break
        rest = rest[own.end() :]
        if rest in index:
            return index[rest], False
    numbered = re.fullmatch(r"(.+?)[1１一]", word)
    if numbered and numbered.group(1) in index:
        return index[numbered.group(1)], False
    return "", False


_NUMBERED = re.compile("(联系人|联络人|聯絡人|contact(?:person)?)([2-5二三四五])(.*)")


def numbered(name: str) -> tuple[str, int]:
    """(a column without the number of the person it is of, that number): ``联系人2手机`` is (``联系人手机``, 2), others are (…, 1)."""
    found = _NUMBERED.fullmatch(plain(name))
    if found is None:
        return name, 1
    return found[1] + found[3], "12345".find(found[2]) + 1 or "一二三四五".find(found[2]) + 1
