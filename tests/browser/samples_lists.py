"""Samples of lists, filters and bulk forms."""

from __future__ import annotations

from dataclasses import replace

from crm_core.web import cells
from crm_core.web.viewmodels import (
    Act,
    BulkFormPage,
    Chip,
    Choice,
    Column,
    ColumnChoice,
    Count,
    Empty,
    FilterField,
    FilterFormPage,
    FilterOp,
    FirstStep,
    FormField,
    ListPage,
    Picked,
    Row,
    Status,
    Tab,
    lay_cards,
)
from tests.browser.samples import chen, page, person, s


def standing(code: str) -> Status:
    """The six standings with their cues."""
    return {
        "key": Status(s("重点", "Key"), "star-f", "amber"),
        "customer": Status(s("客户", "Customer"), "circle-check", "green"),
        "potential": Status(s("潜在", "Potential"), "circle-dashed"),
        "partner": Status(s("合作伙伴", "Partner"), "heart-handshake", "teal"),
        "competitor": Status(s("竞争对手", "Competitor"), "swords", "red"),
        "lost": Status(s("流失", "Lost"), "circle-minus"),
    }[code]


PEOPLE = {
    1: ("陈晓燕", "Chen Xiaoyan"),
    2: ("王志强", "Wang Zhiqiang"),
    3: ("刘洋", "Liu Yang"),
    4: ("李娜", "Li Na"),
    5: ("张伟", "Zhang Wei"),
    6: ("周婷", "Zhou Ting"),
}
ROWS = [
    ("四川云岭春酒业有限公司", "Yunlingchun Spirits Co., Sichuan", "key", "白酒", "Spirits", "四川 · 宜宾", "Sichuan · Yibin", 1, "罗建国", "Luo Jianguo", "138 0831 2207", "今天 08:47", "Today 08:47"),
    ("贵州赤溪坊酒业股份有限公司", "Chixifang Distillery, Guizhou", "key", "白酒", "Spirits", "贵州 · 遵义", "Guizhou · Zunyi", 1, "杨秀兰", "Yang Xiulan", "139 8520 4416", "昨天", "Yesterday"),
    ("广西甘源糖业集团有限公司", "Ganyuan Sugar Group, Guangxi", "key", "制糖", "Sugar", "广西 · 崇左", "Guangxi · Chongzuo", 2, "韦国栋", "Wei Guodong", "136 7781 9032", "昨天", "Yesterday"),
    ("宁夏贺兰脊酒庄有限公司", "Helanji Winery, Ningxia", "customer", "葡萄酒", "Wine", "宁夏 · 银川", "Ningxia · Yinchuan", 4, "马晓梅", "Ma Xiaomei", "150 9510 3385", "3 天前", "3 days ago"),
    ("浙江古越泉黄酒有限公司", "Guyuequan Rice Wine, Zhejiang", "customer", "黄酒", "Rice wine", "浙江 · 绍兴", "Zhejiang · Shaoxing", 1, "沈国良", "Shen Guoliang", "137 5752 6148", "3 天前", "3 days ago"),
    ("云南红河谷制糖有限公司", "Red River Sugar, Yunnan", "customer", "制糖", "Sugar", "云南 · 红河", "Yunnan · Honghe", 2, "普丽华", "Pu Lihua", "138 8735 2290", "5 天前", "5 days ago"),
    ("安徽徽醇酒业有限公司", "Huichun Spirits, Anhui", "customer", "白酒", "Spirits", "安徽 · 亳州", "Anhui · Bozhou", 1, "曹明亮", "Cao Mingliang", "159 5672 8813", "11 月 17 日", "17 Nov"),
    ("山西汾水清酒业有限公司", "Fenshuiqing Spirits, Shanxi", "customer", "白酒", "Spirits", "山西 · 吕梁", "Shanxi · Lüliang", 3, "任志刚", "Ren Zhigang", "135 9358 7701", "11 月 16 日", "16 Nov"),
    ("山东海岱葡萄酒有限公司", "Haidai Wines, Shandong", "customer", "葡萄酒", "Wine", "山东 · 烟台", "Shandong · Yantai", 4, "于海燕", "Yu Haiyan", "186 5355 1924", "11 月 14 日", "14 Nov"),
    ("河南中州百川商贸有限公司", "Zhongzhou Baichuan Trading, Henan", "customer", "经销商", "Trader", "河南 · 郑州", "Henan · Zhengzhou", 5, "郭书林", "Guo Shulin", "138 3711 5562", "11 月 12 日", "12 Nov"),
    ("湖南湘水源酒业有限公司", "Xiangshuiyuan Spirits, Hunan", "potential", "白酒", "Spirits", "湖南 · 常德", "Hunan · Changde", 1, "彭立新", "Peng Lixin", "139 7365 8841", "11 月 11 日", "11 Nov"),
    ("上海海纳酒类进口有限公司", "Haina Wine Imports, Shanghai", "potential", "进口酒", "Imported wine", "上海 · 浦东", "Shanghai · Pudong", 6, "Laurent Petit", "Laurent Petit", "021-5882 3096", "11 月 9 日", "9 Nov"),
    ("成都锦里名酒商行", "Jinli Fine Spirits, Chengdu", "potential", "经销商", "Trader", "四川 · 成都", "Sichuan · Chengdu", 1, "唐小琴", "Tang Xiaoqin", "180 8196 2270", "11 月 6 日", "6 Nov"),
    ("天津渤海包装制品有限公司", "Bohai Packaging, Tianjin", "partner", "包装", "Packaging", "天津 · 滨海", "Tianjin · Binhai", 5, "崔志远", "Cui Zhiyuan", "136 0208 4431", "11 月 3 日", "3 Nov"),
    ("西部酒业观察传媒有限公司", "Western Spirits Observer Media", "competitor", "传媒", "Media", "四川 · 成都", "Sichuan · Chengdu", 5, "", "", "028-8612 7745", "10 月 28 日", "28 Oct"),
    ("陕西秦川凤鸣酒业有限公司", "Qinchuan Fengming Spirits, Shaanxi", "lost", "白酒", "Spirits", "陕西 · 宝鸡", "Shaanxi · Baoji", 3, "田玉芬", "Tian Yufen", "139 9171 3306", "7 月 22 日", "22 Jul"),
    ("新疆天池红葡萄酒业有限公司", "Tianchi Red Wines, Xinjiang", "potential", "葡萄酒", "Wine", "新疆 · 昌吉", "Xinjiang · Changji", 4, "阿依古丽", "Ayguli", "138 9941 7728", "7 月 15 日", "15 Jul"),
]  # fmt: skip


def columns(sorted_by: str = "contacted") -> tuple[Column, ...]:
    """Columns of the customer list."""

    def col(name: str, zh: str, en: str, kind: str = "text", sortable: bool = True) -> Column:
        return Column(
            name,
            s(zh, en),
            kind,  # type: ignore[arg-type]
            sort_url=f"/customers?sort={name}" if sortable else "",
            add_sort_url=f"/customers?sort={sorted_by},{name}" if sortable else "",
            sorted="descending" if name == sorted_by else "",
            unsorted=""
            if sortable
            else s("行数超过 10,000 时不能按此列排序", "No sorting by this while over 10,000 rows"),
        )

    return lay_cards(
        (
            col("name", "名称", "Name"),
            col("standing", "状态", "Standing", "status"),
            col("industry", "行业", "Industry", sortable=False),
            col("region", "地区", "Region", sortable=False),
            col("owner", "负责人", "Owner", "person"),
            col("contact", "联系人", "Contact", sortable=False),
            col("phone", "电话", "Phone", "phone", sortable=False),
            col("contacted", "最近联系", "Last contact", "date"),
        )
    )


def rows() -> tuple[Row, ...]:
    """The seventeen companies of the picture."""
    return tuple(
        Row(
            f"c{at}",
            "/customer",
            s(r[0], r[1]),
            (
                s(r[0], r[1]),
                cells.status(standing(r[2])),
                s(r[3], r[4]),
                s(r[5], r[6]),
                cells.who(person(*PEOPLE[r[7]], r[7])),
                s(r[8], r[9]),
                r[10],
                cells.moment(s(r[11], r[12]), "2026-11-23T08:47", "2026-11-23 08:47:12"),
            ),
        )
        for at, r in enumerate(ROWS)
    )


@page("customers", "list.html")
def customers() -> ListPage:
    """The picture 02 without views."""
    return ListPage(
        s("客户", "Customers"),
        "/customers",
        columns(),
        rows(),
        tabs=(
            Tab(s("全部客户", "All customers"), "/customers", True),
            Tab(s("我的客户", "My customers"), "/customers?own=1", count="186"),
            Tab(s("全公司客户摘要", "All customers in brief"), "/customers?brief=1"),
        ),
        acts=(Act(s("导入", "Import"), "/import_upload", "file-import"),),
        primary=Act(s("新建客户", "New customer"), "/new_customer", "plus", key="N"),
        more=(
            Act(s("导出全部", "Export all"), "/export", "download", download=True),
            Act(s("打印", "Print"), "/print", "printer"),
            Act(s("回收站", "Recycle bin"), "/recycle", "trash"),
        ),
        state=(("sort", "-contacted"),),
        chips=(
            Chip(
                s("行业", "Industry"),
                s("属于", "is any of"),
                s("白酒、葡萄酒、制糖 +6", "Spirits, wine, sugar +6"),
                "/filter_form",
                "/customers?x=1",
                "building-factory-2",
            ),
            Chip(
                s("最近联系", "Last contact"),
                s("晚于", "after"),
                "2026-07-01",
                "/filter_date",
                "/customers?x=2",
                "calendar",
            ),
        ),
        filters=(
            FilterField(s("状态", "Standing"), "/filter_form", "circle-dashed"),
            FilterField(s("地区", "Region"), "/filter_form", "map-pin"),
            FilterField(s("负责人", "Owner"), "/filter_form", "user"),
            FilterField(s("创建时间", "Created"), "/filter_date", "calendar"),
        ),
        clear_url="/customers?clear=1",
        choices=tuple(ColumnChoice(c.name, c.label, True, at == 0) for at, c in enumerate(columns()))
        + (
            ColumnChoice("website", s("网站", "Web site"), False),
            ColumnChoice("source", s("客户来源", "Source"), False),
        ),
        columns_url="/columns",
        bulk=(
            Act(s("分配", "Assign"), "/bulk_form", "user-share", dialog=True),
            Act(s("标签", "Tag"), "/bulk_form", "tag", dialog=True),
            Act(s("编辑字段", "Edit fields"), "/bulk_form", "edit", dialog=True),
            Act(s("打印", "Print"), "/print", "printer", download=True),
            Act(s("导出", "Export"), "/export", "download", download=True),
        ),
        bulk_more=(
            Act(
                s("加入目标名单", "Add to a list"),
                "/bulk_form",
                "list",
                disabled=s("您没有此权限", "You have no right to do this"),
            ),
            Act(s("删除", "Delete"), "/bulk_form", "trash", dialog=True, danger=True),
        ),
        count=Count("1,000+", 1, 50, "/json/count", True),
        next_url="/customers?after=x",
    )


@page("few_customers", "list.html")
def few_customers() -> ListPage:
    """No filter, few rows, nothing to tick."""
    whole = customers()
    return replace(
        whole, rows=whole.rows[:3], chips=(), bulk=(), bulk_more=(), count=Count("3", 1, 3), next_url="", tabs=()
    )


@page("empty", "list.html")
def empty() -> ListPage:
    """The first day."""
    return replace(
        customers(),
        rows=(),
        chips=(),
        count=None,
        next_url="",
        empty=Empty(
            s("客户会列在这里", "Customers will be listed here"),
            s(
                "一家公司只建一份，全公司共用。先把手头的名单放进来吧。",
                "A company is kept once, for the whole firm. Start with the lists you have.",
            ),
            (
                FirstStep(
                    s("导入名单", "Import a list"),
                    s("表格或名片文件，自动认列、查重", "Sheets or cards; columns and doubles are found"),
                    "/import_upload",
                    "file-import",
                ),
                FirstStep(
                    s("录入第一家", "Enter the first one"),
                    s("只需名称、地区、来源三项", "Name, region and source will do"),
                    "/new_customer",
                    "pencil-plus",
                ),
                FirstStep(
                    s("先看示例数据", "Look at sample data"),
                    s("糖酒行业 200 家，可一键清除", "200 firms of the trade, removed by one click"),
                    "/customers",
                    "sparkles",
                ),
            ),
        ),
    )


@page("nothing", "list.html")
def nothing() -> ListPage:
    """Filters that leave nothing."""
    return replace(customers(), rows=(), count=Count("0"), find="甘源", next_url="")


@page("filter_form", "filter_form.html")
def filter_form() -> FilterFormPage:
    """Choices, and the empty ones."""
    names = [
        ("白酒", "Spirits"),
        ("葡萄酒", "Wine"),
        ("黄酒", "Rice wine"),
        ("制糖", "Sugar"),
        ("经销商", "Trader"),
        ("包装", "Packaging"),
    ]
    return FilterFormPage(
        s("行业", "Industry"),
        "/customers",
        "industry",
        (
            FilterOp("in", s("属于", "is any of"), "choices"),
            FilterOp("notin", s("不属于", "is none of"), "choices"),
            FilterOp("empty", s("为空", "is empty"), "none"),
        ),
        "in",
        choices=FormField(
            "v-choices",
            "",
            "choices",
            choices=tuple(Choice(f"i{at}", s(*n), at in (0, 1, 3)) for at, n in enumerate(names)),
        ),
        hidden=(("sort", "-contacted"),),
        old="industry.in",
        back_url="/customers",
        remove_url="/customers?x=1",
    )


@page("filter_date", "filter_form.html")
def filter_date() -> FilterFormPage:
    """A date with several operators."""
    return FilterFormPage(
        s("最近联系", "Last contact"),
        "/customers",
        "contacted",
        (
            FilterOp("after", s("晚于", "after"), "date"),
            FilterOp("before", s("早于", "before"), "date"),
            FilterOp("between", s("介于", "between"), "dates"),
            FilterOp("empty", s("为空", "is empty"), "none"),
        ),
        "after",
        ("2026-07-01",),
        back_url="/customers",
    )


@page("bulk_form", "bulk_form.html")
def bulk_form() -> BulkFormPage:
    """Give customers to a colleague."""
    return BulkFormPage(
        s("分配 4 个客户", "Assign 4 customers"),
        "/bulk",
        s("分配", "Assign"),
        s(
            "选中的客户连同联系人将由下面的同事负责。",
            "The colleague below becomes owner of these customers and their contacts.",
        ),
        s("其中 2 条您不能编辑，将跳过。", "2 of them are not yours to edit and will be skipped."),
        (
            FormField(
                "owner",
                s("新的负责人", "New owner"),
                "reference",
                required=True,
                lookup_url="/json/people",
                picked=(Picked("u1", chen().name, chen()),),
            ),
            FormField("why", s("说明", "Note"), "textarea", hint=s("会写入动态", "Goes into the time line"), rows=2),
        ),
        (("id", "c0"), ("id", "c1"), ("go", "1")),
        back_url="/customers",
    )
