"""What a venue may be, where its registration stands, and which way it goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class VenueKind(models.TextChoices):
    """Every kind of place that the plan names."""

    MUSEUM = "museum", _("science museum")  # 科技馆
    BASE = "base", _("kepu base")  # 科普基地
    RURAL_SCHOOL = "rural_school", _("rural-school museum")  # 农村中学科技馆
    VILLAGE_HALL = "village_hall", _("village hall")  # 乡村科普馆
    COMMUNITY = "community", _("community room or gallery")  # 社区科普室、科普画廊
    LIBRARY = "library", _("library or park that offers kepu")  # 开展科普的图书馆、公园
    DIGITAL = "digital", _("digital museum")  # 数字科技馆
    MOBILE_SET = "mobile_set", _("mobile set")  # 流动科技馆
    CARAVAN = "caravan", _("caravan")  # 科普大篷车
    CAMP = "camp", _("science camp")  # 科学营地
    INDUSTRY = "industry", _("industrial heritage")  # 工业遗产


class BaseCategory(models.TextChoices):
    """The five official categories of bases."""

    HALL = "hall", pgettext_lazy("category of a base", "venue")  # 场馆类
    SCENIC = "scenic", _("scenic area")  # 旅游景区类
    TRAINING = "training", _("education and training")  # 教育培训类
    MEDIA = "media", pgettext_lazy("category of a base", "media")  # 传媒类
    RESEARCH = "research", _("R&D and creation")  # 研发创作类


class BaseLevel(models.TextChoices):
    DISTRICT = "district", _("district base")  # 区县级
    MUNICIPAL = "municipal", _("municipal base")  # 市级
    NATIONAL = "national", _("national base")  # 国家级


class Admission(models.TextChoices):
    FREE = "free", _("free on every open day")
    PARTLY = "partly", _("free on some days")
    PAID = "paid", _("for a fee")


class VenueState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("venue", "draft")
    SUBMITTED = "submitted", _("to be confirmed")
    RETURNED = "returned", _("returned for mending")
    ACTIVE = "active", _("confirmed and at work")
    WARNED = "warned", _("warned")
    SUSPENDED = "suspended", pgettext_lazy("venue", "suspended")
    REVOKED = "revoked", _("registration revoked")
    CLOSED = "closed", pgettext_lazy("venue", "closed")
    LISTED = "listed", _("known from a report, not registered")


class ProposalState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("change of a venue", "to be looked at")
    ACCEPTED = "accepted", pgettext_lazy("change of a venue", "accepted")
    RETURNED = "returned", pgettext_lazy("change of a venue", "returned")


class FileKind(models.TextChoices):
    PHOTO = "photo", _("photograph")
    DOCUMENT = "document", pgettext_lazy("file of a venue", "document")


class MemberState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("member of an alliance", "asked to join")
    IN = "in", pgettext_lazy("member of an alliance", "member")
    DECLINED = "declined", pgettext_lazy("member of an alliance", "declined")
    LEFT = "left", pgettext_lazy("member of an alliance", "has left")


class FacilityPlanState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("plan of facilities", "draft")
    PUBLISHED = "published", pgettext_lazy("plan of facilities", "published")


class BuildKind(models.TextChoices):
    """What is done to a place so that it becomes a venue, or a larger one."""

    NEW = "new", pgettext_lazy("kind of works", "new building")  # 新建
    EXTENSION = "extension", pgettext_lazy("kind of works", "extension or renewal")  # 改扩建
    REUSE = "reuse", _("reuse of industrial heritage or idle works")  # 工业遗产利用


class Goal(models.TextChoices):
    """What a project is to become, by the words of the plan."""

    SCIENCE_MUSEUM = "museum", _("science museum")  # 科技馆
    TECHNOLOGY = "technology", _("museum of science and technology")  # 科技博物馆
    INDUSTRY = "industry", _("industrial museum")  # 工业博物馆
    SAFETY = "safety", _("safety experience hall")  # 安全体验馆
    CREATIVE = "creative", _("kepu creative park")  # 科普创意园
    SCIENCE_HALL = "hall", _("science hall")  # 科学会堂
    SCIENCE_PARK = "park", _("science park")  # 科学公园
    RURAL = "rural", _("village hall")  # 乡村科普馆
    COMMUNITY = "community", _("community room or gallery")  # 社区科普室、科普画廊
    OTHER = "other", _("another kepu facility")


class WorkState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("project of a facility", "planned")
    BUILDING = "building", pgettext_lazy("project of a facility", "under construction")
    FINISHED = "finished", pgettext_lazy("project of a facility", "finished")
    STOPPED = "stopped", pgettext_lazy("project of a facility", "stopped")


class GiftForm(models.TextChoices):
    """In which way means come to a facility."""

    BUDGET = "budget", _("public budget")  # 财政投入
    INVESTMENT = "investment", pgettext_lazy("way of giving", "investment")  # 社会投资
    DONATION = "donation", _("donation of money")  # 捐款
    IN_KIND = "in_kind", _("donation of things, at their value")  # 实物捐赠（折价）


PRIVATE = (GiftForm.INVESTMENT, GiftForm.DONATION, GiftForm.IN_KIND)  # social, not public, means


class HostType(models.TextChoices):
    """In which public place kepu is offered, by the words of the plan."""

    LIBRARY = "library", pgettext_lazy("public place", "library")  # 图书馆
    CULTURE = "culture", _("cultural hall")  # 文化馆
    MUSEUM = "museum", pgettext_lazy("public place", "museum")  # 博物馆
    PARK = "park", pgettext_lazy("public place", "park")  # 公园
    RESERVE = "reserve", _("nature reserve")  # 自然保护区
    SCENIC = "scenic", _("scenic spot")  # 风景名胜
    AIRPORT = "airport", _("airport")  # 机场
    STATION = "station", pgettext_lazy("public place", "railway or bus station")  # 车站
    CINEMA = "cinema", _("cinema")  # 电影院
    COMMUNITY = "community", _("community service centre")  # 城乡社区综合服务设施
    OTHER = "other", _("another public place")


class BaseSector(models.TextChoices):
    """The trade or department in which a base educates."""

    EDUCATION = "education", pgettext_lazy("sector", "education")
    HEALTH = "health", pgettext_lazy("sector", "health")
    FARMING = "farming", _("agriculture and rural affairs")
    WEATHER = "weather", _("meteorology")
    EMERGENCY = "emergency", _("emergency and earthquakes")
    RESOURCES = "resources", _("natural resources and forestry")
    ENVIRONMENT = "environment", _("ecology and environment")
    TRANSPORT = "transport", pgettext_lazy("sector", "transport")
    INDUSTRY = "industry", _("industry and information")
    CULTURE = "culture", _("culture and tourism")
    SCIENCE = "science", _("science and technology")
    OTHER = "other", pgettext_lazy("sector", "other")


class SubsidyStep(models.TextChoices):
    """A line of the ledger of free opening."""

    GRANTED = "granted", pgettext_lazy("subsidy", "granted")  # 核定
    PAID = "paid", pgettext_lazy("subsidy", "paid")  # 拨付
    RETURNED = "returned", pgettext_lazy("subsidy", "returned")  # 退回


# As which kind it goes on the register, and so which venues it is like.
KIND_OF_GOAL = {
    Goal.SCIENCE_MUSEUM: VenueKind.MUSEUM,
    Goal.TECHNOLOGY: VenueKind.MUSEUM,
    Goal.INDUSTRY: VenueKind.INDUSTRY,
    Goal.SAFETY: VenueKind.BASE,
    Goal.CREATIVE: VenueKind.BASE,
    Goal.SCIENCE_HALL: VenueKind.BASE,
    Goal.SCIENCE_PARK: VenueKind.BASE,
    Goal.RURAL: VenueKind.VILLAGE_HALL,
    Goal.COMMUNITY: VenueKind.COMMUNITY,
    Goal.OTHER: VenueKind.BASE,
}


S = VenueState
OPEN_TO_CHANGE = (S.DRAFT, S.RETURNED)
AT_WORK = (S.ACTIVE, S.WARNED)
STANDING = (*AT_WORK, S.SUSPENDED)  # registered, and not over
PUBLIC = (*STANDING, S.REVOKED, S.CLOSED, S.LISTED)
OVER = (S.REVOKED, S.CLOSED)
NAME_FREE = (*OVER, S.LISTED)  # whoever registers a venue takes the name

VENUE = Machine(
    start=S.DRAFT,
    moves=(
        Move("submit", OPEN_TO_CHANGE, S.SUBMITTED),
        Move("send_back", (S.SUBMITTED,), S.RETURNED),
        Move("confirm", (S.SUBMITTED,), S.ACTIVE),
        Move("warn", (S.ACTIVE,), S.WARNED),
        Move("suspend", AT_WORK, S.SUSPENDED),
        Move("reinstate", (S.WARNED, S.SUSPENDED), S.ACTIVE),
        Move("revoke", STANDING, S.REVOKED),
        Move("restore", (S.REVOKED,), S.ACTIVE),  # after an appeal that was upheld, by no page
        Move("close", (*STANDING, S.LISTED), S.CLOSED),
        # A venue that a public report names, whose unit has not registered it.
        Move("list", (S.DRAFT,), S.LISTED),
    ),
)
PLAN = Machine(
    start=FacilityPlanState.DRAFT,
    moves=(
        Move("publish", (FacilityPlanState.DRAFT,), FacilityPlanState.PUBLISHED),
        Move("take_back", (FacilityPlanState.PUBLISHED,), FacilityPlanState.DRAFT),
    ),
)
W = WorkState
WORKS = Machine(
    start=W.PLANNED,
    moves=(
        Move("begin", (W.PLANNED,), W.BUILDING),
        Move("finish", (W.BUILDING,), W.FINISHED),
        Move("stop", (W.PLANNED, W.BUILDING), W.STOPPED),
        Move("take_up", (W.STOPPED,), W.PLANNED),
    ),
)
UNDER_WAY = (W.PLANNED, W.BUILDING)  # milestones are due, and it counts against its like
VERBS = (
    gettext_noop("publish"),
    gettext_noop("take_back"),
    gettext_noop("begin"),
    gettext_noop("finish"),
    gettext_noop("stop"),
    gettext_noop("take_up"),
    gettext_noop("submit"),
    gettext_noop("send_back"),
    gettext_noop("confirm"),
    gettext_noop("warn"),
    gettext_noop("suspend"),
    gettext_noop("reinstate"),
    gettext_noop("revoke"),
    gettext_noop("restore"),
    gettext_noop("close"),
    gettext_noop("list"),
)

EXPLAINED = ("send_back", "warn", "suspend", "reinstate", "revoke", "close")  # with a reason
SIGNED = ("warn", "suspend", "reinstate", "revoke")  # with the number of the signed decision
MADE_PUBLIC = ("warn", "suspend", "revoke", "close")  # everybody reads the reason
