"""The words every choice list begins with: (code, English, Chinese[, icon, colour]). Administrators change them on a screen."""

from babel import Locale

from crm_core.kernel.i18n import _

Words = tuple[tuple[str, ...], ...]

# Where the house's customers come from, the nearest first; any other is added on the screen of choice lists.
_COUNTRIES = ["CN", "HK", "MO", "TW", "JP", "KR", "MN", "VN", "LA", "KH", "TH", "MM", "MY", "SG", "ID", "PH", "BN", "IN", "PK", "BD", "LK", "NP", "KZ", "UZ", "RU", "UA", "BY", "PL", "CZ", "SK", "HU", "RO", "BG", "GR", "TR", "IL", "SA", "AE", "EG", "ZA", "KE", "NG", "ET", "FR", "IT", "ES", "PT", "DE", "AT", "CH", "BE", "NL", "LU", "DK", "SE", "NO", "FI", "IE", "GB", "GE", "AM", "MD", "US", "CA", "MX", "CU", "BR", "AR", "CL", "PE", "CO", "EC", "AU", "NZ"]


def countries() -> Words:
    """The words of core.country; asked for when a site is made, for Babel takes its time."""
    english, chinese = Locale("en").territories, Locale.parse("zh_Hans_CN").territories
    return tuple((code, english[code], chinese[code]) for code in _COUNTRIES)


LISTS: dict[str, Words] = {
    "core.credit": (
        ("good", "Good", "良好", "circle-check", "green"), ("fair", "Fair", "一般", "circle-dot", "amber"),
        ("poor", "Poor", "较差", "alert-triangle", "red"), ("unknown", "Unknown", "不详", "help-circle", ""),
    ),
    "core.trade_position": (("leader", "Leader", "领导者"), ("imitator", "Imitator", "模仿者"), ("newcomer", "Newcomer", "新进入者")),
    "core.capital_band": (
        ("b1", "¥0.1–0.5 million", "10–50 万元"), ("b2", "¥0.5–1 million", "50–100 万元"), ("b3", "¥1–5 million", "100–500 万元"),
        ("b4", "¥5–10 million", "500–1000 万元"), ("b5", "over ¥10 million", "1000 万元以上"),
    ),
    "core.headcount_band": (
        ("h1", "under 50", "50 人以下"), ("h2", "50–100", "50–100 人"), ("h3", "100–500", "100–500 人"), ("h4", "500–1,000", "500–1000 人"),
        ("h5", "over 1,000", "1000 人以上"),
    ),
    "core.channel": (
        ("phone", "Phone", "电话"), ("sms", "SMS", "短信"), ("email", "E-mail", "邮件"), ("wechat", "WeChat", "微信"), ("letter", "Letter", "信函"),
        ("fax", "Fax", "传真"), ("visit", "Visit", "拜访"),
    ),
    "core.contact_time": (
        ("morning", "Mornings", "上午"), ("afternoon", "Afternoons", "下午"), ("evening", "Evenings", "晚上"), ("weekend", "Weekends", "周末"),
    ),
    "core.language": (("zh", "Chinese", "中文"), ("en", "English", "英文"), ("other", "Other", "其他")),
    "core.topic": (
        ("news", "Trade news", "行业资讯"), ("events", "Fairs and events", "展会活动"), ("offers", "Offers", "优惠信息"), ("new", "New products", "新品"),
        ("greetings", "Greetings", "节日问候"),
    ),
    "core.contact_role": (
        ("decides", "Decides", "决策人"), ("influences", "Has influence", "影响人"), ("buys", "Buys", "采购"), ("uses", "Uses", "使用人"),
        ("pays", "Pays", "财务"), ("liaison", "Liaison", "联络人"), ("receives", "Receives deliveries", "收件人"),
    ),
    "core.family_role": (
        ("head", "Head of the household", "户主"), ("spouse", "Spouse", "配偶"), ("child", "Child", "子女"), ("parent", "Parent", "父母"), ("other", "Other", "其他"),
    ),
    "core.ethnicity": (
        ("han", "Han", "汉族"), ("zhuang", "Zhuang", "壮族"), ("hui", "Hui", "回族"), ("manchu", "Manchu", "满族"), ("uyghur", "Uyghur", "维吾尔族"),
        ("miao", "Miao", "苗族"), ("yi", "Yi", "彝族"), ("tujia", "Tujia", "土家族"), ("tibetan", "Tibetan", "藏族"), ("mongol", "Mongol", "蒙古族"),
        ("dong", "Dong", "侗族"), ("buyei", "Buyei", "布依族"), ("yao", "Yao", "瑶族"), ("bai", "Bai", "白族"), ("korean", "Korean", "朝鲜族"),
        ("hani", "Hani", "哈尼族"), ("li", "Li", "黎族"), ("kazakh", "Kazakh", "哈萨克族"), ("dai", "Dai", "傣族"), ("she", "She", "畲族"),
        ("lisu", "Lisu", "傈僳族"), ("dongxiang", "Dongxiang", "东乡族"), ("gelao", "Gelao", "仡佬族"), ("lahu", "Lahu", "拉祜族"), ("wa", "Wa", "佤族"),
        ("sui", "Sui", "水族"), ("naxi", "Naxi", "纳西族"), ("qiang", "Qiang", "羌族"), ("tu", "Tu", "土族"), ("mulao", "Mulao", "仫佬族"),
        ("xibe", "Xibe", "锡伯族"), ("kyrgyz", "Kyrgyz", "柯尔克孜族"), ("jingpo", "Jingpo", "景颇族"), ("daur", "Daur", "达斡尔族"), ("salar", "Salar", "撒拉族"),
        ("blang", "Blang", "布朗族"), ("maonan", "Maonan", "毛南族"), ("tajik", "Tajik", "塔吉克族"), ("pumi", "Pumi", "普米族"), ("achang", "Achang", "阿昌族"),
        ("nu", "Nu", "怒族"), ("ewenki", "Ewenki", "鄂温克族"), ("gin", "Gin", "京族"), ("jino", "Jino", "基诺族"), ("deang", "De'ang", "德昂族"),
        ("bonan", "Bonan", "保安族"), ("russian", "Russian", "俄罗斯族"), ("yugur", "Yugur", "裕固族"), ("uzbek", "Uzbek", "乌孜别克族"), ("monba", "Monba", "门巴族"),
        ("oroqen", "Oroqen", "鄂伦春族"), ("derung", "Derung", "独龙族"), ("hezhen", "Hezhen", "赫哲族"), ("gaoshan", "Gaoshan", "高山族"),
        ("lhoba", "Lhoba", "珞巴族"), ("tatar", "Tatar", "塔塔尔族"), ("other", "Other", "其他"),
    ),
    "core.schooling": (
        ("junior", "Junior school", "初中及以下"), ("senior", "Senior school", "高中/中专"), ("college", "College", "大专"), ("bachelor", "Bachelor", "本科"),
        ("master", "Master", "硕士"), ("doctor", "Doctorate", "博士"),
    ),
    "core.household": (
        ("single", "Single", "单身"), ("couple", "Couple without children", "二人世界"), ("three", "Three", "三口之家"), ("generations", "Three generations", "三代同堂"),
    ),
    "core.income": (
        ("i1", "under ¥100,000", "10 万元以下"), ("i2", "¥100,000–300,000", "10–30 万元"), ("i3", "¥300,000–1 million", "30–100 万元"),
        ("i4", "over ¥1 million", "100 万元以上"),
    ),
    "core.character": (
        ("merchant", "Merchant", "商人型"), ("entrepreneur", "Entrepreneur", "企业家型"), ("official", "Official", "官员型"), ("expert", "Expert", "专家型"),
        ("scholar", "Scholar", "学者型"), ("accountant", "Accountant", "会计型"), ("other", "Other", "其他"),
    ),
    "core.grade": (("high", "High", "强"), ("good", "Good", "较强"), ("fair", "Fair", "一般"), ("low", "Low", "较弱")),
    "core.need": (
        ("publish", "Publishing information", "信息发布", "speakerphone", "teal"), ("media", "Media advertising", "媒体广告", "photo", "violet"),
        ("fair", "The fair", "糖酒会", "building-community", "amber"), ("journal", "The journal", "半月刊", "book", "acc"),
    ),
    "core.offering_category": (("product", "Product", "产品"), ("service", "Service", "服务"), ("project", "Project", "项目"), ("other", "Other", "其他")),
    "core.profile_topic": (
        ("strategy", "Strategy", "经营战略"), ("strengths", "Core strengths", "核心优势"), ("supply", "Supply chain", "供应链"), ("market", "Market", "市场"),
        ("economy", "Economic state", "经济状况"), ("scale", "Production scale", "生产规模"), ("research", "Research and quality", "研发与质量"),
        ("service", "Service level", "服务水平"), ("bottlenecks", "Bottlenecks", "瓶颈"), ("satisfaction", "Satisfaction", "满意度"),
    ),
    "core.relation": (
        ("partner", "Partner", "合作伙伴"), ("competitor", "Competitor", "竞争对手"), ("supplier", "Supplier", "供应商"), ("buyer", "Buyer", "采购方"),
        ("agent", "Agent", "代理商"), ("principal", "Principal", "委托方"), ("referrer", "Referred it to us", "介绍人"), ("referred", "Was referred by it", "被介绍方"),
        ("investor", "Investor", "投资方"), ("holding", "Holding", "被投资方"), ("other", "Other", "其他"),
    ),
}
# What the customer is to the other one, where it is not the same word.
INVERSE = {
    "supplier": "buyer", "buyer": "supplier", "agent": "principal", "principal": "agent", "referrer": "referred", "referred": "referrer",
    "investor": "holding", "holding": "investor",
}
# What a list is called on its screen, where the label of a field that offers its words would not tell.
TITLES = {
    "core.channel": _("Channels"), "core.grade": _("Grades of an appraisal"), "core.relation": _("Kinds of relations"), "core.need": _("Kinds of needs"),
    "core.contact_role": _("Roles of contacts"), "core.address_purpose": _("Purposes of addresses"), "core.profile_topic": _("Topics of a profile"),
    "core.offering_category": _("Categories of customers’ products"),
}
