"""Dishes as lists: what narrows them, which come first, and how they were rated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    Avg,
    Case,
    Count,
    FloatField,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.search import queries as search
from kepu.orders import queries
from kepu.orders.models import Rating, Service
from kepu.orders.schemas import CLAIMS

SIDES = ("team__name", "department__name")
SEARCHED = ("title", "description", "needs", "topic__title_zh", "topic__title_en", *SIDES)
EQUAL = {"topic": "topic__key", "audience": "audience", "state": "state"}


class Rated(NamedTuple):
    """The mean of a dish's ratings, and how many there are."""

    stars: float
    ratings: int


def narrowed(found: QuerySet[Service], asked: Mapping[str, Any]) -> QuerySet[Service]:
    """Those of the dishes that fit what is asked: every word, and every filter that is set."""
    found = found.filter(search.in_columns(asked.get("q", ""), SEARCHED))
    for name, column in EQUAL.items():
        if asked.get(name):
            found = found.filter(**{column: asked[name]})
    if asked.get("district"):
        found = found.filter(path__within=asked["district"])
    return found.filter(search.in_columns(asked.get("by", ""), SIDES))


def nearest_first(found: QuerySet[Service], path: str) -> QuerySet[Service]:
    """The same dishes, first those whose side is at home closest to `path`."""
    steps = [When(path__within=near, then=far) for far, near in enumerate(ancestors(path))]
    far = Case(*steps, default=len(steps), output_field=IntegerField())
    return found.annotate(far=far).order_by("far", "topic__rank", "title", "pk")


def weighed(found: QuerySet[Service], now: datetime) -> QuerySet[Service]:
    """The same dishes, each with its `worth`: mean stars, drawn toward the prior the fewer there are."""
    rules = rulebooks.in_force(CLAIMS, now).rules
    given = Rating.objects.filter(order__service=OuterRef("pk")).order_by().values("order__service")
    drawn = queries.shrink(Avg("stars"), Count("pk"), rules)  # type: ignore[arg-type]
    worth = Subquery(given.annotate(worth=drawn).values("worth"), output_field=FloatField())
    return found.annotate(
        worth=Coalesce(worth, Value(rules.rating_prior), output_field=FloatField())
    )


def rated(dishes: Iterable[Service]) -> dict[int, Rated]:
    """How the dishes were rated, by their ids; those nobody rated are left out. One query."""
    given = Rating.objects.filter(order__service__in=list(dishes)).order_by()
    means = given.values_list("order__service").annotate(mean=Avg("stars"), n=Count("pk"))
    return {pk: Rated(mean, n) for pk, mean, n in means}
