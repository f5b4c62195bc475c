"""Made-up people, orders and lists. The moment everything is relative to comes in as `now`."""

from datetime import datetime, timedelta

from kepu.ui.cards import (
    BoardColumn,
    Choice,
    Happening,
    Line,
    NumberTile,
    Order,
    Person,
    Step,
    Tag,
    Team,
    Venue,
)
from kepu.ui.charts import Spark
from kepu.ui.shell import NavItem, Place, Preferences, Shell
from kepu.ui.tables import Bar, Column, Export, Pager, Sorting, Table

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def shell(preferences: Preferences, path: str) -> Shell:
    """The frame an officer of a made-up district sees."""
    nav = (
        NavItem("今日待办", "#", "home", current=True, count=12),
        NavItem("订单", "#", "order", count=38),
        NavItem("活动", "#", "calendar"),
        NavItem("场馆基地", "#", "building"),
        NavItem("专家与队伍", "#", "people"),
        NavItem("素质监测", "#", "chart"),
        NavItem("应急科普", "#", "shield"),
        NavItem("规划任务", "#", "target"),
    )
    return Shell(
        user="张示例",
        role="示例区科协 · 派单员",
        places=(
            Place("0", "示例市", "#"),
            Place("1", "示例区", "#", current=True, level=1),
            Place("2", "样板街道", "#", level=2),
            Place("3", "模拟县", "#", level=1),
        ),
        nav=nav,
        side=True,
        unread=3,
        home_url="#",
        search_url="#",
        notices_url="#",
        account_url="#",
        sign_out_url="#",
        path=path,
        about_url="#",
        accessibility_url="#",
        sources_url="#",
        region="示例市科学技术协会",
        preferences=preferences,
    )


def numbers() -> tuple[NumberTile, ...]:
    return (
        NumberTile("待派订单", "12", "单", "最早一单还剩 2 小时", href="#"),
        NumberTile("本周活动", "26", "场", "比上周多 4 场", href="#"),
        NumberTile(
            "本月服务居民",
            "8,340",
            "人次",
            spark=Spark((31, 34, 30, 42, 48, 51, 60), "半年来持续上升"),
        ),
        NumberTile("居民满意度", "4.7", "星", "1,206 条评价", href="#"),
    )


def orders(now: datetime) -> dict[str, Order]:
    """Five orders whose clocks show five tones."""
    where = Line("pin", "样板街道示例社区 · 3.2 公里", "地点")
    return {
        "calm": Order(
            title="垃圾分类讲座，约 60 人",
            number="SL-0305-018",
            href="#",
            lines=(where, Line("calendar", "周六 9:30", "时间")),
            due=now + 3 * DAY,
        ),
        "amber": Order(
            title="青少年航模体验课",
            number="SL-0305-011",
            href="#",
            lines=(where, Line("people", "30 名学生", "人数")),
            due=now + 5 * HOUR,
        ),
        "red": Order(
            title="社区防溺水科普",
            number="SL-0304-047",
            href="#",
            state=Tag("应急", "danger"),
            lines=(where,),
            due=now + timedelta(minutes=50),
        ),
        "over": Order(
            title="老年人智能手机课堂",
            number="SL-0304-032",
            href="#",
            lines=(where,),
            due=now - 2 * HOUR,
        ),
        "done": Order(
            title="科学实验秀进校园",
            number="SL-0302-009",
            href="#",
            lines=(Line("building", "示例小学", "地点"),),
            due=now,
            done_at=now - HOUR,
        ),
    }


def board(now: datetime) -> tuple[BoardColumn, ...]:
    one = orders(now)
    return (
        BoardColumn("待派单", (one["red"], one["calm"]), total=12, more_href="#"),
        BoardColumn("待接单", (one["amber"],)),
        BoardColumn("服务中", (one["over"],)),
        BoardColumn("待评价", (one["done"],)),
        BoardColumn("已撤销", (), none="近 30 天没有撤销的订单"),
    )


def order_table(now: datetime) -> Table:
    """A list with every kind of cell; one title is hostile, to show that it does no harm."""
    one = orders(now)
    rows = [
        {
            "order": one["over"],
            "place": "样板街道示例社区",
            "people": 45,
            "tag": Tag("待接单", "warning"),
            "cost": 1600,
        },
        {
            "order": one["red"],
            "place": "滨江街道虚构社区",
            "people": 120,
            "tag": Tag("待派单", "accent"),
            "cost": 0,
        },
        {
            "order": one["amber"],
            "place": "示例小学",
            "people": 30,
            "tag": Tag("已派单", "information"),
            "cost": 2400,
        },
        {
            "order": one["calm"],
            "place": "模拟县假设镇",
            "people": 60,
            "tag": Tag("待派单", "accent"),
            "cost": 800,
        },
        {
            "order": one["done"],
            "place": "试验中学",
            "people": 210,
            "tag": Tag("已完成", "success"),
            "cost": 12800,
        },
    ]
    return Table(
        name="orders",
        caption="订单",
        columns=(
            Column("title", "订单", lead=True),
            Column("state", "状态", sortable=True),
            Column("place", "地点"),
            Column("people", "人数", number=True, sortable=True),
            Column("cost", "费用", number=True, sortable=True),
            Column("due", "时限", sortable=True),
            Column("number", "编号", spare=True),
        ),
        rows=rows,
        sort="due",
        path="",
        pager=Pager(next="#", shown=5, total=1238),
        exports=(Export("Excel 表格", "#"), Export("CSV 文本", "#")),
    )


def list_bar() -> Bar:
    return Bar(
        sorts=(Sorting("按名称", "#", current=True), Sorting("按地点", "#")),
        exports=(Export("Excel 表格", "#"), Export("CSV 文本", "#")),
    )


def timeline(now: datetime) -> tuple[Happening, ...]:
    return (
        Happening(
            "服务队接单", now - HOUR, "样板科普志愿服务队（李假设）", tone="accent", icon="check"
        ),
        Happening(
            "派给区卫生健康委", now - 5 * HOUR, "张示例", note="已电话说明场地需要无障碍坡道。"
        ),
        Happening("居民下单", now - DAY, "王样本", for_whom="陈奶奶（电话代下单）"),
        Happening(
            "第一次派单被退回",
            now - 2 * DAY,
            "区教委",
            note="当天没有讲师。",
            tone="danger",
            icon="undo",
        ),
        Happening("创建订单", now - 40 * DAY, "王样本", icon="plus"),
    )


def steps(now: datetime) -> tuple[Step, ...]:
    return (
        Step("居民下单", "done", "王样本", now - DAY),
        Step("部门接单", "done", "区卫生健康委", now - 5 * HOUR),
        Step("服务队接单", "now", "样板科普志愿服务队"),
        Step("上门服务", "todo"),
        Step("居民评价", "todo"),
    )


def stopped(now: datetime) -> tuple[Step, ...]:
    return (
        Step("申报", "done", "示例科技馆", now - 9 * DAY),
        Step("形式审查", "stopped", "材料缺一页", now - DAY),
        Step("专家评审"),
    )


def people() -> dict[str, object]:
    return {
        "person": Person(
            "李假设", "消防科普讲师 · 高级工程师", "示例区", "#", "13800000001",
            (Tag("可预约", "success"),), stars=4, hours=126,
        ),
        "team": Team(
            "样板科普志愿服务队", "青少年科学实验", "示例区样板街道", "#", "赵样本", 24,
            (Tag("五星队伍", "accent", "star"),), stars=5,
        ),
        "venue": Venue(
            "示例区科技馆", "市级科普基地", "样板街道示例路 1 号", "#",
            "周三至周日 9:00–17:00", 3240,
            (Tag("无障碍", "information"), Tag("今天开放", "success")),
        ),
    }  # fmt: skip


def choices() -> tuple[Choice, ...]:
    return (
        Choice("附近有什么活动", "#", "calendar", "样板街道本周 6 场"),
        Choice("请人来讲一课", "#", "order", "讲座、实验、义诊咨询，免费"),
        Choice("这个说法是真的吗", "#", "question", "把听到的说法发给专家"),
        Choice("测测我的科学素质", "#", "light", "20 题，约 8 分钟"),
    )
