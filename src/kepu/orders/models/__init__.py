"""Tables of the orders room."""

from kepu.orders.models.announcement import Announcement
from kepu.orders.models.delivery import CheckIn, DeviceEvent, Evidence, Rating, RosterPlace
from kepu.orders.models.dispatch import Dispatch
from kepu.orders.models.menu import Contract, DepartmentTopic, DishVersion, Service, ServiceArea
from kepu.orders.models.order import Offer, Order, Step, Waiting
from kepu.orders.models.plan import AutoPlan, PlanLine
from kepu.orders.models.rehoming import Rehoming
from kepu.orders.models.report import MonthReport

__all__ = [
    "Announcement",
    "AutoPlan",
    "CheckIn",
    "Contract",
    "DepartmentTopic",
    "DeviceEvent",
    "DishVersion",
    "Dispatch",
    "Evidence",
    "MonthReport",
    "Offer",
    "Order",
    "PlanLine",
    "Rating",
    "Rehoming",
    "RosterPlace",
    "Service",
    "ServiceArea",
    "Step",
    "Waiting",
]
