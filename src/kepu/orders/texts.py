"""What this room tells people, in two languages."""

from __future__ import annotations

from kepu.kernel.notices.texts import Text, Words

TEXTS = (
    Text(
        "order_to_dispatch",
        Words("有新订单待派", "{number}“{title}”待派单。"),
        Words("An order waits to be dispatched", "{number} “{title}” waits at your desk."),
    ),
    Text(
        "order_to_accept",
        Words("有新订单待接", "{number}“{title}”已派给您的部门，请接单。"),
        Words("An order waits to be accepted", "{number} “{title}” was sent to your department."),
    ),
    Text(
        "order_declined",
        Words("订单被退回", "{number}“{title}”被退回，请改派其他部门。"),
        Words("An order was declined", "{number} “{title}” came back; dispatch it elsewhere."),
    ),
    Text(
        "order_claimed",
        Words("有服务队接了您的订单", "{team}接了您的订单“{title}”，会与您约定时间。"),
        Words("A team has claimed your order", "{team} will come for “{title}” and set a time."),
    ),
    Text(
        "order_scheduled",
        Words("上门时间已约定", "“{title}”的上门时间是 {when}，届时请出示签到码。"),
        Words("The visit is set", "“{title}” takes place {when}; show the code when they come."),
    ),
    Text(
        "order_delivered",
        Words("请评价服务", "“{title}”已完成，请您评价，并确认志愿时长。"),
        Words("Please rate the visit", "“{title}” has taken place; please rate it."),
    ),
    Text(
        "order_released",
        Words("服务队放弃了订单", "“{title}”重新放开，正在寻找其他服务队。"),
        Words("The team let go of your order", "“{title}” is open again to other teams."),
    ),
    Text(
        "order_ended",
        Words("订单已结束", "“{title}”{state}。"),
        Words("Your order has ended", "“{title}”: {state}."),
    ),
    Text(
        "order_joined",
        Words(
            "订单已合并", "您的“{title}”已并入同类订单 {into}，合在一次服务中，约好时间后通知您。"
        ),
        Words(
            "Your order was joined with another",
            "“{title}” joined {into}: one visit is made for both. You are told when its time is set.",
        ),
    ),
    Text(
        "joined_scheduled",
        Words("上门时间已约定", "您的订单并入的“{title}”，服务时间是 {when}；具体地点请问社区。"),
        Words(
            "The visit is set",
            "“{title}”, which your order joined, takes place {when}; ask your community where.",
        ),
    ),
    Text(
        "joined_moved",
        Words("上门时间有变", "您的订单并入的“{title}”要另约时间，约好后通知您。"),
        Words(
            "The visit is put off",
            "“{title}”, which your order joined, gets another time; you are told when it is set.",
        ),
    ),
    Text(
        "joined_no_show",
        Words(
            "未按约上门",
            "您的订单并入的“{title}”，居民反映无人上门；是否另行安排由社区决定，如仍需要，请联系社区。",
        ),
        Words(
            "Nobody came",
            "Nobody came to “{title}”, which your order joined. Your community decides whether there is "
            "another visit; ask there if you still need it.",
        ),
    ),
    Text(
        "joined_delivered",
        Words("服务已完成", "您的订单并入的“{title}”已完成。"),
        Words("The visit has taken place", "“{title}”, which your order joined, has taken place."),
    ),
    Text(
        "joined_ended",
        Words("合并的订单已结束", "您的订单并入的“{title}”{state}；如仍需要，请重新点单。"),
        Words(
            "The order yours had joined has ended",
            "“{title}”, which your order joined: {state}. Order anew if you still need it.",
        ),
    ),
    Text(
        "order_withdrawn",
        Words("居民撤回了订单", "{number}“{title}”已撤回或取消，不必再上门。"),
        Words("An order was withdrawn", "{number} “{title}” needs no visit any more."),
        urgent=True,
    ),
    Text(
        "order_rated",
        Words("收到新评价", "居民评价了“{title}”，您可以答复。"),
        Words("A visit was rated", "The resident rated “{title}”; you may answer."),
    ),
    Text(
        "order_answered",
        Words("服务队答复了您的评价", "“{title}”：服务队已答复您的评价。"),
        Words("The team has answered", "“{title}”: the team has answered your rating."),
    ),
    Text(
        "order_reopened",
        Words("订单重新派单", "{number}“{title}”已重新派单，将另行安排上门。"),
        Words(
            "An order was reopened", "{number} “{title}” was reopened; another visit is arranged."
        ),
    ),
    Text(
        "order_open",
        Words("有订单可以接", "{number}“{title}”已向服务队放开，贵队可以接单。"),
        Words("An order can be claimed", "{number} “{title}” is open; your team can claim it."),
    ),
    Text(
        "order_offered",
        Words("邀请贵队接单", "{number}“{title}”：{reason}。"),
        Words("Your team is asked", "{number} “{title}”: {reason}."),
    ),
    Text(
        "roster_put",
        Words("您有一次上门服务", "{team}安排您参加“{title}”，{when}，{where}。同去的有：{who}。"),
        Words("You go to a visit", "{team} put you down for “{title}”, {when}, {where}: {who}."),
    ),
    Text(
        "roster_put_before_time",
        Words(
            "您有一次上门服务",
            "{team}安排您参加“{title}”，{where}，时间约定后再告诉您。同去的有：{who}。",
        ),
        Words(
            "You go to a visit",
            "{team} put you down for “{title}”, {where}: {who}. You are told when the time is set.",
        ),
    ),
    Text(
        "roster_time",
        Words("上门时间已约定", "您参加的“{title}”上门时间是 {when}。"),
        Words("The time of your visit is set", "“{title}”, for which you are put down: {when}."),
    ),
    Text(
        "roster_off",
        Words("您不必参加这次上门服务", "“{title}”的上门名单有变，您不必前往。"),
        Words("You need not go to a visit", "You are no longer put down for “{title}”."),
        urgent=True,
    ),
    Text(
        "roster_shorter",
        Words("上门名单少了一人", "{team}有一名队员不能再参加“{title}”，请查看上门名单。"),
        Words(
            "One less goes to a visit",
            "Somebody of {team} goes no more to “{title}”; look at the roster.",
        ),
        urgent=True,
    ),
    Text(
        "roster_guardian_no",
        Words("您不必参加这次上门服务", "监护人已替您告知队长，您不能参加“{title}”。您不必前往。"),
        Words(
            "You need not go to a visit",
            "Your guardian told the leaders that you cannot come to “{title}”. You need not go.",
        ),
        urgent=True,
    ),
    Text(
        "roster_excused",
        Words(
            "有队员不能参加上门服务",
            "{who}提前告知不能参加“{title}”，按管理制度已准假，不计缺席。"
            "现有 {going} 人前往，请查看上门名单。",
        ),
        Words(
            "Somebody cannot come to a visit",
            "{who} cannot come to “{title}” and said so early enough: excused by the rules. People who "
            "go: {going}. Look at the roster.",
        ),
        urgent=True,
    ),
    Text(
        "roster_no_late",
        Words(
            "有队员不能参加上门服务",
            "{who}告知不能参加“{title}”，已晚于管理制度要求的时间，是否准假请在服务后登记。"
            "现有 {going} 人前往，请查看上门名单。",
        ),
        Words(
            "Somebody cannot come to a visit",
            "{who} cannot come to “{title}” and said so later than the rules ask: you say after the "
            "visit whether it is excused. People who go: {going}. Look at the roster.",
        ),
        urgent=True,
    ),
    Text(
        "roster_fewer",
        Words(
            "上门服务少了一人",
            "{team}有一名队员告知不能参加“{title}”，现有 {going} 人前往，队长会另作安排。",
        ),
        Words(
            "One less goes to a visit",
            "Somebody of {team} cannot come to “{title}”. People who go: {going}; its leaders see to it.",
        ),
    ),
    Text(
        "roster_came",
        Words(
            "已记录您到场，但没有计入时长",
            "{team}记录您参加了“{title}”（{when}）。没有签到，所以没有计入时长，您可以手工申报。",
        ),
        Words(
            "You were there, but no hours were counted",
            "{team} says you were at “{title}”, {when}. Without a check-in no hours were counted; "
            "you can ask for them by hand.",
        ),
    ),
    Text(
        "order_escalated",
        Words("订单超时提级", "{number}“{title}”在上一环节超时，请督办。"),
        Words("An order ran out of time", "{number} “{title}” was not handled in time below you."),
    ),
    Text(
        "order_overdue",
        Words("订单已超时", "{number}“{title}”已超时，并已提级到上一级。"),
        Words("An order is overdue", "{number} “{title}” is overdue and went one level up."),
    ),
    Text(
        "orders_to_rehome",
        Words("有订单需要改换场馆", "“{venue}”不能使用，{orders}个订单由您改换场馆或取消。"),
        Words(
            "Orders need another venue",
            "{venue} cannot be used: please find another venue for {orders} orders, or cancel them.",
        ),
        urgent=True,
    ),
    Text(
        "order_venue_lost",
        Words(
            "请先不要前往场馆",
            "“{title}”的场馆“{venue}”暂时不能使用，正在为您另找地点，请先不要前往。",
        ),
        Words(
            "Please do not go to the venue yet",
            "{venue}, where “{title}” was to take place, cannot be used. Another place is looked for.",
        ),
        urgent=True,
    ),
    Text(
        "order_venue_back",
        Words("场馆可以使用了", "“{title}”仍在“{venue}”进行。"),
        Words("The venue can be used again", "“{title}” takes place at {venue} as agreed."),
    ),
    Text(
        "order_rehomed",
        Words("服务地点改了", "“{title}”改在“{venue}”进行，时间不变。"),
        Words("Another place", "“{title}” takes place at {venue}; the time stays."),
        urgent=True,
    ),
)
