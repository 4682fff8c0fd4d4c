"""Samples of home, notices, imports, jobs and the other pages."""

from __future__ import annotations

from dataclasses import replace

from crm_core.web.viewmodels import (
    Act,
    AuthPage,
    Choice,
    Crumb,
    DeliveriesPage,
    Delivery,
    Fact,
    FactGroup,
    FirstStep,
    FormField,
    HelpPage,
    HelpPart,
    HomeNumber,
    HomePage,
    ImportCounts,
    ImportMatchPage,
    ImportRunPage,
    ImportUploadPage,
    JobPage,
    JobsPage,
    JobView,
    KeyGroup,
    KeyHint,
    MatchColumn,
    MendValue,
    Note,
    Notice,
    NoticePanel,
    NoticesPage,
    PanelRow,
    PanelView,
    PastImport,
    PreviewRow,
    PrintPage,
    PrintTable,
    RecyclePage,
    RecycleRow,
    RefusedRow,
    Status,
    Tab,
    ValueMap,
    Waiting,
    WaitRow,
)
from crm_core.web.viewmodels.plugins import PluginCard, PluginsPage
from crm_core.web.viewmodels.routes import RoutePage, RouteStop
from tests.browser.samples import chen, page, person, s
from tests.browser.samples_lists import ROWS
from tests.browser.samples_record import facts


def notices() -> tuple[Notice, ...]:
    """Three unread and one read."""
    wang, sun = person("王志强", "Wang Zhiqiang", 2, "x"), person("孙立", "Sun Li", 3)
    return (
        Notice(
            wang.name,
            s("@您 云岭春的展位图已更新", "@you: the stand plan of Yunlingchun is new"),
            "08:52",
            open_url="/customer",
            person=wang,
            unread=True,
        ),
        Notice(
            s("系统 · 导入", "System · Import"),
            s("名片导入完成：新增 38，存疑 2", "Cards imported: 38 new, 2 doubtful"),
            "08:30",
            open_url="/import_run",
            unread=True,
        ),
        Notice(
            s("孙立 · 总编室", "Sun Li · Editors"),
            s("公告：第 48 期截稿提前到周四", "Issue 48 closes on Thursday"),
            s("周五", "Fri"),
            open_url="/notices",
            person=sun,
            unread=True,
        ),
        Notice(
            s("系统 · 作业", "System · Jobs"),
            s("导出 1,204 行完成", "1,204 rows exported"),
            s("周四", "Thu"),
            url="/jobs",
        ),
    )


def notice_panel() -> NoticePanel:
    """The newest."""
    return NoticePanel(
        notices()[:3],
        3,
        s("3 条未读", "3 unread"),
        Act(s("全部标为已读", "Mark all as read"), "/read", "checks", "post"),
        "/notices",
    )


@page("home", "home.html")
def home() -> HomePage:
    """Picture 01 with the numbers of customers and tasks."""

    def wait(zh: str, en: str, sub: tuple[str, str], sender: tuple[str, str], due: Status | None) -> WaitRow:
        return WaitRow(s(zh, en), "/tasks", s(*sub), s(*sender), due, "/tick", "/untick")

    late, soon = ("alarm", "red"), ("clock", "amber")
    return HomePage(
        s("早上好，陈晓燕", "Good morning, Chen Xiaoyan"),
        s(
            "11 月 23 日 星期一 · 今天有 5 件事等您处理，2 件已逾期",
            "Monday 23 November · 5 things wait for you today, 2 are late",
        ),
        Waiting(
            (
                wait(
                    "续订提醒：2026 年周刊 20 份即将到期",
                    "20 copies of the weekly for 2026 end soon",
                    ("浙江古越泉黄酒有限公司", "Guyuequan Rice Wine"),
                    ("系统 · 订阅", "System · Subscriptions"),
                    Status(s("逾期 2 天", "2 days late"), *late),
                ),
                wait(
                    "催收 2026-0131 号合同尾款 ¥12,000",
                    "Ask for the last ¥12,000 of contract 2026-0131",
                    ("四川云岭春酒业有限公司", "Yunlingchun Spirits"),
                    ("王志强", "Wang Zhiqiang"),
                    Status(s("逾期 1 天", "1 day late"), *late),
                ),
                wait(
                    "致电确认春糖会展位尺寸",
                    "Call about the size of the stand",
                    ("贵州赤溪坊酒业股份有限公司", "Chixifang Distillery"),
                    ("我", "me"),
                    Status(s("今天 10:30", "Today 10:30"), *soon),
                ),
                replace(
                    wait(
                        "3 条新客户待初审",
                        "3 new customers to review",
                        ("信息中心提交", "from the information desk"),
                        ("吴佳琪", "Wu Jiaqi"),
                        None,
                    ),
                    tick_url="",
                    icon="checklist",
                ),
                wait(
                    "拜访：洽谈 2027 年封底广告",
                    "Visit: the back cover of 2027",
                    ("贵州赤溪坊酒业股份有限公司", "Chixifang Distillery"),
                    ("我", "me"),
                    Status("11-25"),
                ),
                wait(
                    "整理秋糖会回访名单",
                    "Tidy the call-back list of the autumn fair",
                    ("市场活动 · 2026 秋糖会", "Campaign · Autumn fair 2026"),
                    ("李娜", "Li Na"),
                    Status("11-27"),
                ),
            ),
            "12",
            (
                Tab(s("全部", "All"), "/home", True),
                Tab(s("逾期", "Late"), "/home?late=1", count="2"),
                Tab(s("今天", "Today"), "/home?today=1", count="3"),
            ),
            Act(s("全部任务", "All tasks"), "/tasks"),
            s("本周已完成 23 项", "23 done this week"),
        ),
        notice_panel(),
        (
            HomeNumber(
                s("我的客户", "My customers"),
                "186",
                "/customers",
                s("本月新增 12", "12 new this month"),
                "trending-up",
                "green",
            ),
            HomeNumber(
                s("联系过的客户", "Customers contacted"),
                "64",
                "/customers",
                s("较上周 +12", "+12 on last week"),
                "trending-up",
                "green",
            ),
            HomeNumber(
                s("未完成任务", "Open tasks"), "7", "/tasks", s("今天到期 3 项", "3 due today"), "clock", "amber"
            ),
            HomeNumber(
                s("三个月未联系", "Silent for three months"),
                "23",
                "/customers",
                s("最长 124 天", "longest 124 days"),
                "alarm",
                "red",
            ),
        ),
        side=("messages",
            PanelView(
                s("最近看过", "Lately seen"),
                "clock",
                rows=tuple(PanelRow(s(r[0], r[1]), s(r[5], r[6]), url="/customer") for r in ROWS[:3]),
            ),
        ),
    )


@page("first_home", "home.html")
def first_home() -> HomePage:
    """A new user."""
    return replace(
        home(),
        sentence=s("11 月 23 日 星期一", "Monday 23 November"),
        numbers=(),
        firsts=(
            FirstStep(
                s("导入名单", "Import a list"), s("表格或名片文件", "Sheets or cards"), "/import_upload", "file-import"
            ),
            FirstStep(
                s("录入第一家", "Enter the first one"),
                s("只需名称、地区、来源", "Name, region and source"),
                "/new_customer",
                "pencil-plus",
            ),
            FirstStep(
                s("邀请同事", "Invite colleagues"),
                s("建账号、分部门", "Accounts and departments"),
                "/new_customer",
                "user-plus",
            ),
        ),
        waiting=Waiting((), empty=s("都处理完了。", "All done.")),
        notices=NoticePanel((), all_url="/notices"),
    )


@page("notices", "notices.html")
def notices_page() -> NoticesPage:
    """All messages."""
    return NoticesPage(
        s("消息", "Messages"),
        notices() * 4,
        (Tab(s("全部", "All"), "/notices", True), Tab(s("未读", "Unread"), "/notices?unread=1", count="3")),
        Act(s("全部标为已读", "Mark all as read"), "/read", "checks", "post"),
        next_url="/notices?after=x",
    )


@page("bell", "bell.html")
def bell() -> NoticePanel:
    """What the bell shows."""
    return notice_panel()


def customers_crumb() -> tuple[Crumb, ...]:
    """Back to the list."""
    return (Crumb(s("客户", "Customers"), "/customers"),)


@page("import_upload", "import_upload.html")
def import_upload() -> ImportUploadPage:
    """The first step, after a wrong file."""
    return ImportUploadPage(
        s("导入客户", "Import customers"),
        "/upload?then=import_match",
        ".csv,.txt,.tsv,.xlsx,.vcf",
        s(
            "CSV、TSV、Excel（.xlsx）或名片（.vcf），编码自动识别，最大 200 MB",
            "CSV, TSV, Excel (.xlsx) or cards (.vcf); the encoding is found; up to 200 MB",
        ),
        customers_crumb(),
        s("这个文件读不了：引号没有配对", "This file cannot be read: a quotation mark is never closed"),
        s(
            "第 218 行开始的引号到文件末尾都没有结束。没有写入任何数据。",
            "The mark opened in row 218 runs to the end of the file. Nothing was written.",
        ),
        past=(
            PastImport(
                "2026秋糖会名片.xlsx",
                "/import_run",
                s("昨天 16:20", "Yesterday 16:20"),
                chen().name,
                Status(s("已完成", "Done"), "circle-check", "green"),
                s("新增 1,016 · 错误行 24", "1,016 new · 24 refused"),
            ),
            PastImport(
                "accounts.csv",
                "/import_run",
                "11-12",
                s("李娜", "Li Na"),
                Status(s("已撤销", "Undone"), "arrow-back-up"),
                s("新增 38", "38 new"),
            ),
        ),
        template=Act(s("下载模板", "Download a template"), "/template", "download", download=True),
    )


@page("import_match", "import_match.html")
def import_match() -> ImportMatchPage:
    """Picture 06, match."""
    targets = [
        ("客户名称", "Customer name"),
        ("法定代表人", "Legal representative"),
        ("地区（省、市、区县）", "Region"),
        ("行业", "Industry"),
        ("电话", "Phone"),
        ("联系人 · 手机", "Contact · Mobile"),
        ("负责人", "Owner"),
    ]

    def col(
        at: int,
        zh: str,
        en: str,
        sample: tuple[str, str],
        to: int,
        sure: str,
        reason: tuple[str, str],
        filled: str,
        values: tuple[ValueMap, ...] = (),
    ) -> MatchColumn:
        options = tuple(
            Choice(f"t{n}", s(*name), n == to, group=s("客户", "Customer") if n != 5 else s("联系人", "Contact"))
            for n, name in enumerate(targets)
        )
        return MatchColumn(f"col-{at}", s(zh, en), s(*sample), options, sure, s(*reason), filled, values)  # type: ignore[arg-type]

    same, synonym = ("名称相同", "same name"), ("同义词", "synonym")
    users = (Choice("u6", s("周婷", "Zhou Ting"), True), Choice("u1", s("陈晓燕", "Chen Xiaoyan")))
    return ImportMatchPage(
        s("导入客户", "Import customers"),
        "2026秋糖会名片.xlsx",
        "/match?then=import_run",
        (
            col(
                0,
                "企业名称",
                "Company",
                ("四川云岭春酒业有限公司", "Yunlingchun Spirits Co."),
                0,
                "sure",
                same,
                "1,268",
            ),
            col(1, "法人", "Legal rep.", ("罗建国", "Luo Jianguo"), 1, "sure", synonym, "1,190"),
            col(
                2,
                "省份 / 地市",
                "Province / city",
                ("四川宜宾", "Sichuan Yibin"),
                2,
                "sure",
                ("样例值拆分", "split from samples"),
                "1,254",
            ),
            col(
                3,
                "主营",
                "Trade",
                ("白酒；果露酒", "Spirits; liqueur"),
                3,
                "look",
                ("样例值，请看一眼", "by samples, take a look"),
                "1,203",
            ),
            col(4, "联系电话", "Telephone", ("0831-8235566", "0831-8235566"), 4, "sure", synonym, "1,102"),
            col(5, "手机", "Mobile", ("13808312207", "13808312207"), 5, "sure", same, "947"),
            col(
                6,
                "业务员",
                "Salesperson",
                ("晓燕", "Xiaoyan"),
                6,
                "bad",
                ("5 个名字，1 个未认出", "5 names, 1 unknown"),
                "1,268",
                (
                    ValueMap(s("老周", "Old Zhou"), s("×14 行", "×14 rows"), "val-6-0", users),
                    ValueMap(s("晓燕", "Xiaoyan"), "", done=s("陈晓燕", "Chen Xiaoyan")),
                    ValueMap(s("小李", "Little Li"), "", done=s("李娜", "Li Na")),
                ),
            ),
            col(7, "备注2", "Remark 2", ("2024春糖", "Spring 2024"), -1, "", ("", ""), ""),
        ),
        ImportCounts(1016, 192, 36, 24),
        s(
            "8 列中 6 列已自动认出，1 列要您确认，1 列不导入",
            "6 of 8 columns are known, 1 wants a look, 1 is not imported",
        ),
        s("开始导入 1,244 行", "Import 1,244 rows"),
        customers_crumb(),
        preview_columns=(
            s("客户名称", "Customer name"),
            s("地区", "Region"),
            s("行业", "Industry"),
            s("电话", "Phone"),
            s("负责人", "Owner"),
        ),
        preview=(
            PreviewRow(
                2,
                Status(s("更新", "Update"), "refresh", "acc"),
                (
                    s("四川云岭春酒业有限公司", "Yunlingchun Spirits Co."),
                    s("四川 · 宜宾", "Sichuan · Yibin"),
                    s("白酒、果露酒", "Spirits, liqueur"),
                    "0831-823 5566",
                    s("陈晓燕", "Chen Xiaoyan"),
                ),
            ),
            PreviewRow(
                3,
                Status(s("新增", "New"), "plus", "green"),
                (
                    s("江苏淮水清酒业有限公司", "Huaishuiqing Spirits, Jiangsu"),
                    s("江苏 · 淮安", "Jiangsu · Huai'an"),
                    s("白酒", "Spirits"),
                    "0517-8391 2204",
                    s("李娜", "Li Na"),
                ),
            ),
            PreviewRow(
                4,
                Status(s("存疑", "Doubtful"), "help-circle", "amber"),
                (
                    s("宜宾云岭春商贸", "Yunlingchun Trading, Yibin"),
                    s("四川 · 宜宾", "Sichuan · Yibin"),
                    s("经销商", "Trader"),
                    "",
                    s("周婷", "Zhou Ting"),
                ),
                s("与“四川云岭春酒业”相似", "like Yunlingchun Spirits"),
            ),
        ),
        fields=(
            FormField(
                "existing",
                s("更新已有客户时", "When a customer exists"),
                "choice",
                required=True,
                choices=(
                    Choice("fill", s("只补空白字段", "Fill empty fields only"), True),
                    Choice("over", s("覆盖", "Overwrite")),
                ),
            ),
            FormField(
                "doubtful",
                s("存疑的行", "Doubtful rows"),
                "choice",
                required=True,
                choices=(
                    Choice("skip", s("不导入，列出来", "Do not import, list them"), True),
                    Choice("new", s("当作新客户", "Import as new")),
                ),
            ),
            FormField("tag", s("打上标签", "Tag them"), value="2026秋糖会"),
        ),
        rows_text=s("1,268 行，还没有写入任何数据", "1,268 rows, nothing has been written yet"),
        back_url="/import_upload",
        last=Act(s("用上次的匹配", "As last time"), "/import_match?last=1"),
    )


@page("import_other", "import_match.html")
def import_other() -> ImportMatchPage:
    """A file of another thing: it says what it seems to be."""
    whole = import_match()
    return replace(
        whole,
        notes=(
            Note(
                s("这像是一份商机表", "This looks like a list of opportunities"),
                s(
                    "没有找到客户名称的列。请指定哪一列是名称，否则什么也不会导入。",
                    "No column holds a customer's name. Say which one does, or nothing is imported.",
                ),
                "amber",
            ),
        ),
        columns=whole.columns[7:],
        preview=(),
        counts=ImportCounts(0, 0, 0, 1268),
        can_start=False,
    )


def running_import() -> JobView:
    """A job in its middle."""
    return JobView(
        "j1",
        s("导入客户", "Import customers"),
        "running",
        812,
        1244,
        s("65% · 约 20 秒后完成", "65% · about 20 seconds left"),
        "/import_run",
        "/json/job",
        chen(),
        cancel=Act(s("停止", "Stop"), "/stop", "player-stop", "post"),
    )


@page("import_run", "import_run.html")
def import_run() -> ImportRunPage:
    """Picture 06, run."""

    def bad(row: int, zh: str, en: str, column: tuple[str, str], value: str, why: tuple[str, str], fix: str = "") -> RefusedRow:
        return RefusedRow(row, row, s(zh, en), (MendValue(s(*column), value, s(*why), "cell-1", value, fix),), "/mend")

    return ImportRunPage(
        s("导入客户", "Import customers"),
        "2026秋糖会名片.xlsx",
        running_import(),
        ImportCounts(668, 121, 23, 24),
        customers_crumb(),
        refused=(
            bad(
                47,
                "贵州赤溪坊酒业",
                "Chixifang",
                ("电话", "Phone"),
                "0852-86l2 3307",
                ("含有字母 “l”，可能是数字 1", "holds the letter “l”, maybe the digit 1"),
                "0852-8612 3307",
            ),
            bad(
                63,
                "河北冀中糖烟酒公司",
                "Jizhong Supplies",
                ("地区", "Region"),
                "河北 白沟",
                ("“白沟”不是区县名，属于保定市高碑店市", "“Baigou” is no district; it is in Gaobeidian, Baoding"),
            ),
            bad(
                118,
                "青岛海之润进出口",
                "Haizhirun Trading",
                ("统一社会信用代码", "Credit code"),
                "91370200MA3C9",
                ("只有 13 位，应为 18 位", "only 13 characters, 18 expected"),
            ),
            bad(266, "", "", ("客户名称", "Customer name"), "", ("没有名称", "no name")),
            RefusedRow(
                301, 301, s("长沙岳麓春酒业", "Yuelu Spirits"), (MendValue("", "", s("有同名客户", "a customer of this name is there")),),
                "/mend", doubtful=True, candidate=s("长沙岳麓春酒业有限公司", "Yuelu Spirits Ltd"), candidate_url="/customer"),
        ),
        use_all=Act(s("采用全部建议（14）", "Use all 14 suggestions"), "/mend", "checks", "post"),
        refused_tabs=(
            Tab(s("全部", "All"), "/import_run", True, "24"),
            Tab(s("电话", "Phone"), "/import_run", count="11"),
            Tab(s("地区", "Region"), "/import_run", count="8"),
        ),
        refused_count=24,
        download_url="/refused",
        refused_next_url="/import_run?after=x",
    )


@page("import_done", "import_run.html")
def import_done() -> ImportRunPage:
    """Its result."""
    return replace(
        import_run(),
        job=replace(running_import(), state="done", done=1244, text=s("用时 52 秒", "took 52 seconds"), cancel=None),
        counts=ImportCounts(1016, 192, 12, 24),
        undo=Act(
            s("撤销整批", "Undo the import"),
            "/undo",
            "arrow-back-up",
            "post",
            confirm=s("撤销这次导入？", "Undo this import?"),
        ),
        undo_text=s("30 天内可整批撤销", "can be undone for 30 days"),
        open_list=Act(s("查看导入的客户", "Show the customers"), "/customers"),
    )


@page("jobs", "jobs.html")
def jobs() -> JobsPage:
    """Each state."""
    me = chen()
    job = running_import()
    return JobsPage(
        s("作业", "Jobs"),
        (
            replace(job, url="/job", poll_url="", started="09:11"),
            JobView(
                "j2",
                s("导出客户", "Export customers"),
                "done",
                1204,
                1204,
                s("1,204 行", "1,204 rows"),
                "/job",
                person=me,
                ended="08:12",
            ),
            JobView(
                "j3",
                s("重建搜索", "Rebuild the search"),
                "failed",
                12,
                0,
                url="/job",
                ended="07:00",
                error=s("磁盘空间不足：还需要 1.2 GB", "Disk full: 1.2 GB are missing"),
                rerun=Act(s("重新运行", "Run again"), "/rerun", "refresh", "post"),
            ),
            JobView(
                "j4",
                s("分配 30 个客户", "Assign 30 customers"),
                "done",
                30,
                30,
                person=me,
                ended="06:40",
                undo=Act(s("撤销", "Undo"), "/undo", "arrow-back-up", "post"),
            ),
            JobView(
                "j5",
                s("清空回收站", "Empty the bin"),
                "parked",
                0,
                0,
                s("等管理员处理", "waits for an administrator"),
                ended="03:00",
            ),
        ),
        (
            Tab(s("全部", "All"), "/jobs", True),
            Tab(s("失败", "Failed"), "/jobs?failed=1", count="1"),
            Tab(s("投递", "Deliveries"), "/deliveries"),
        ),
        schedules=(
            (s("清理会话", "Clear sessions"), s("每小时", "every hour"), "09:00", "10:00"),
            (s("备份", "Backup"), s("每天 02:00", "every day at 02:00"), "02:00", ""),
        ),
    )


@page("job", "job.html")
def job() -> JobPage:
    """One of them, failed."""
    return JobPage(
        replace(jobs().rows[2], text=s("第 12 步停下", "stopped at step 12")),
        (Crumb(s("作业", "Jobs"), "/jobs"),),
        (
            FactGroup(
                s("资料", "Facts"), (Fact(s("开始", "Started"), "2026-11-23 06:58"), Fact(s("尝试", "Tries"), "3"))
            ),
        ),
        (("06:58:01", s("开始", "started")), ("07:00:12", s("磁盘空间不足", "disk full"))),
    )


@page("deliveries", "deliveries.html")
def deliveries() -> DeliveriesPage:
    """Waiting and parked."""
    again = Act(s("重新投递", "Deliver again"), "/rerun", "refresh", "post")
    return DeliveriesPage(
        s("投递", "Deliveries"),
        (
            Delivery(
                "d1",
                s("密码重置邮件", "Password reset mail"),
                "mail.send",
                Status(s("已搁置", "Parked"), "player-pause-f", "amber"),
                "08:50",
                5,
                error="SMTP 550 5.1.1 user unknown",
                rerun=again,
                cancel=Act(s("放弃", "Drop"), "/drop", "x", "post", danger=True),
            ),
            Delivery(
                "d2",
                s("客户已分配", "Customers assigned"),
                "search.refresh",
                Status(s("等待", "Waiting"), "clock"),
                "09:11",
                1,
                s("09:13", "09:13"),
                rerun=again,
            ),
            Delivery(
                "d3",
                s("客户已创建", "Customer created"),
                "timeline.write",
                Status(s("已送达", "Delivered"), "check", "green"),
                "09:10",
            ),
        ),
        (Tab(s("全部", "All"), "/deliveries", True), Tab(s("已搁置", "Parked"), "/deliveries?parked=1", count="1")),
        rerun_all=Act(s("全部重新投递", "Deliver all again"), "/rerun", "refresh", "post"),
    )


@page("plugins", "plugins.html")
def plugins() -> PluginsPage:
    """One of each standing, and the server starting anew."""
    off = Act(s("停用", "Switch off"), "/plugins/sales/disable", method="post", confirm=s("停用？", "Switch it off?"))
    on = Act(s("启用", "Switch on"), "/plugins/x/enable", method="post")
    return PluginsPage(
        s("插件", "Plugins"), s("在这里决定启用哪些。", "Decide which are used."),
        (Tab(s("全部", "All"), "/plugins", True, count="4"), Tab(s("需处理", "Needs attention"), "/plugins?show=attention", count="2")),
        (
            PluginCard("sales", s("销售", "Sales"), "1.0.0", "cash", Status(s("已启用", "Active"), "circle-check-f", "green"),
                       s("线索、商机、报价单。", "Leads, opportunities, quotes."), (("menu-2", s("5 个菜单", "5 menu entries")),), act=off),
            PluginCard("shop", s("电子商务", "Shop"), "1.0.0", "puzzle", Status(s("已停用", "Switched off"), "player-pause-f"),
                       dormant=s("数据休眠中：12,408 条记录。", "Data sleeps: 12,408 records."), foot=s("今天停用", "Switched off today"), act=on, dim=True),
            PluginCard("visits", s("拜访", "Visits"), "1.0", "map-pin", Status(s("失败", "Failed"), "alert-triangle-f", "red"),
                       reason="RuntimeError: boom", trace="Traceback (most recent call last):\n  …\nRuntimeError: boom", act=on, dim=True),
            PluginCard("routes", s("线路", "Routes"), "0.4.2", "map-pin-check", Status(s("受阻", "Blocked"), "lock", "amber"),
                       needs=(("sales ≥ 1.0", True), ("visits ≥ 1.0", False)), reason=s("需要“visits”。", "It requires visits."), dim=True),
        ),
        Note(s("服务器正在重新启动", "The server is starting anew"), s("约需几秒钟。", "Some seconds."), "acc", "refresh"), True,
    )


@page("route", "route.html")
def route() -> RoutePage:
    """Two stops in their order, one that does not fit."""

    def boxes(key: str) -> tuple[FormField, ...]:
        return (FormField(f"at.{key}", s("约定时间", "Appointment"), placeholder=s("不限", "any time"), error=s("时间应为 10:30 的样子。", "A time such as 10:30.") if key == "2" else ""),
                FormField(f"stay.{key}", s("分钟数", "Minutes"), "number", placeholder="30", unit=s("分钟", "min")))

    out = Act(s("去掉", "Take out"), "/routes", "x")
    return RoutePage(
        s("路线", "Route"), "/routes",
        (FormField("day", s("日期", "Day"), "date", "2026-11-23", required=True), FormField("begin", s("出发时间", "Leave at"), value="09:00", required=True),
         FormField("finish", s("终点", "End"), "choice", "back", required=True, choices=(Choice("back", s("回到出发地", "Back to the start"), True),))),
        (("stop", "1"), ("stop", "2"), ("stop", "3")), (s("2 站", "2 stops"), s("直线距离 42.0 公里", "42.0 km in straight lines")),
        s("距离是地图上的直线距离。", "Distances are straight lines on the map."), ("09:00", s("营销中心", "Marketing centre"), ""),
        (RouteStop(s("四川云岭春酒业有限公司", "Yunling Spring Spirits of Sichuan"), "/1", s("四川省宜宾市翠屏区", "Cuiping, Yibin, Sichuan"), s("营业时间 09:00–12:00", "Open 09:00–12:00"),
                   (s("按地区中心估算", "Taken at the middle of the region"),), "09:42", "10:12", waits=s("09:30 到达，等候 12 分钟", "there at 09:30, 12 min of waiting"),
                   way=s("12.4 公里", "12.4 km"), boxes=boxes("1"), remove=out),
         RouteStop(s("成都锦里名酒商行", "Jinli Fine Spirits"), "/2", arrives="11:00", leaves="11:30", way=s("8.0 公里", "8.0 km"), boxes=boxes("2"), remove=out)),
        ("12:05", s("返回：营销中心", "Back: Marketing centre"), s("21.6 公里", "21.6 km")),
        (RouteStop(s("青岛海岸啤酒厂", "Coast Brewery of Qingdao"), "/3", why=s("当天不营业。", "Not open on this day."), boxes=boxes("3"), remove=out),),
        (Act(s("打印", "Print"), "/routes/print", "printer"), Act(s("放入我的任务", "Put into my tasks"), "/routes", "calendar-plus", "post")),
    )


@page("recycle", "recycle.html")
def recycle() -> RecyclePage:
    """Two deletions."""
    undo = Act(s("恢复", "Restore"), "/undo", "arrow-back-up", "post")
    return RecyclePage(
        s("回收站", "Recycle bin"),
        (
            RecycleRow(
                s("成都锦里名酒商行", "Jinli Fine Spirits, Chengdu"),
                s("客户", "Customer"),
                "building",
                s("今天 08:40", "Today 08:40"),
                chen(),
                s("连同 2 位联系人、5 条动态", "with 2 contacts and 5 entries"),
                s("12 月 23 日清除", "purged on 23 Dec"),
                undo,
            ),
            RecycleRow(
                s("30 个客户", "30 customers"),
                s("批量删除", "Deleted together"),
                "building",
                "11-20",
                person("李娜", "Li Na", 4),
                until=s("12 月 20 日清除", "purged on 20 Dec"),
                undo=undo,
            ),
        ),
        s(
            "删除的记录保留 30 天。恢复会连同一起删除的内容一并找回。",
            "What was deleted stays for 30 days. Restoring brings back all that went with it.",
        ),
        (Tab(s("全部", "All"), "/recycle", True), Tab(s("客户", "Customers"), "/recycle?kind=customer")),
    )


@page("help", "help.html")
def help_page() -> HelpPage:
    """Help for the list."""
    return HelpPage(
        s("客户列表", "The customer list"),
        (
            HelpPart(
                s("这里有什么", "What is here"),
                (
                    s("您能看到的客户，按最近联系排序。", "The customers you may see, last contact first."),
                    s(
                        "点“筛选”按条件缩小范围；条件可以逐个修改。",
                        "“Filter” narrows the list; each part of a filter can be pressed.",
                    ),
                ),
            ),
            HelpPart(
                s("多条一起处理", "Several at once"),
                (
                    s(
                        "勾选几行，下方出现批量操作；按住 Shift 选一段。",
                        "Tick rows and the bar appears below; Shift ticks a range.",
                    ),
                ),
            ),
        ),
        (
            KeyGroup(
                s("快捷键", "Keys"),
                (KeyHint(s("在列表中查找", "Find in list"), ("F",)), KeyHint(s("搜索", "Search"), ("Ctrl", "K"))),
            ),
        ),
        "/customers",
    )


@page("print", "print.html")
def print_page() -> PrintPage:
    """A list and facts on paper."""
    return PrintPage(
        s("客户清单", "Customers"),
        s("糖酒纵横传媒", "Sweet & Spirits Media"),
        s("陈晓燕 打印于 2026-11-23 09:12", "Printed by Chen Xiaoyan, 2026-11-23 09:12"),
        facts(),
        (
            PrintTable(
                (s("名称", "Name"), s("地区", "Region"), s("电话", "Phone")),
                tuple((s(r[0], r[1]), s(r[5], r[6]), r[10]) for r in ROWS),
            ),
        ),
        filters=(s("行业 属于 白酒", "Industry is any of spirits"),),
        foot=s("共 17 条", "17 rows"),
        back_url="/customers",
    )


@page("password", "password.html")
def password() -> AuthPage:
    """Change one's own."""
    return AuthPage(
        s("修改密码", "Change the password"),
        s("其他设备上的登录会全部退出。", "All other devices will be signed out."),
        "/password",
        (
            FormField(
                "old",
                s("现在的密码", "Present password"),
                "password",
                required=True,
                autocomplete="current-password",
                error=s("密码不对", "Wrong password"),
            ),
            FormField(
                "new",
                s("新密码", "New password"),
                "password",
                required=True,
                autocomplete="new-password",
                hint=s("至少 10 个字符，长比花样重要", "At least 10 characters; length counts more than variety"),
            ),
        ),
        s("修改密码", "Change the password"),
    )


@page("reset_request", "reset_request.html", inside=False)
def reset_request() -> AuthPage:
    """Forgot it."""
    return AuthPage(
        s("忘记密码", "Forgot the password"),
        s("填写账号或邮箱，我们把重置链接发到您的邮箱。", "Give your account or e-mail; a link goes to your mailbox."),
        "/reset",
        (FormField("name", s("账号或邮箱", "Account or e-mail"), required=True, autocomplete="username"),),
        s("发送链接", "Send the link"),
        info=s(
            "如果账号存在，链接已经发出，30 分钟内有效。",
            "If the account exists, the link is on its way; it works for 30 minutes.",
        ),
        back=Act(s("返回登录", "Back to sign-in"), "/sign_in"),
    )


@page("reset", "reset.html", inside=False)
def reset() -> AuthPage:
    """The link was opened."""
    return replace(
        reset_request(),
        title=s("设置新密码", "Set a new password"),
        text="",
        info="",
        fields=(password().fields[1],),
        submit=s("保存", "Save"),
    )


@page("setup", "setup.html", inside=False)
def setup() -> AuthPage:
    """The very first start."""
    return AuthPage(
        s("欢迎使用七巧板", "Welcome to Tangram CRM"),
        s("建立第一个账号。它能做一切，请妥善保管。", "Make the first account. It may do everything, so keep it well."),
        "/setup",
        (
            FormField("company", s("公司名称", "Company"), required=True),
            FormField("name", s("账号", "Account"), required=True, autocomplete="username"),
            password().fields[1],
        ),
        s("开始使用", "Begin"),
    )
