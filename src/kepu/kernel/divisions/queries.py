"""Reads of divisions."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from kepu.kernel.divisions.fields import ancestors, parts
from kepu.kernel.divisions.models import Division, Zone
from kepu.kernel.divisions.states import Level


def standing(on: date) -> QuerySet[Division]:
    """Divisions that stood on the day `on`, in the order of their paths."""
    return Division.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
    )


def current() -> QuerySet[Division]:
    """Divisions that have not ended."""
    return Division.objects.filter(valid_to__isnull=True)


def at(path: str) -> Division:
    """The division whose path is `path`; raises Division.DoesNotExist."""
    return Division.objects.get(path=path)


def below(path: str, level: Level) -> QuerySet[Division]:
    """Current divisions of one level inside `path`, in the order of their names."""
    return current().filter(path__within=path, level=level).order_by("sort_key", "path")


def lineage(path: str) -> list[Division]:
    """The division at `path` and all above it, widest first. One query."""
    return list(Division.objects.filter(path__in=ancestors(path)).order_by("path"))


def full_name(path: str) -> str:
    """The name in full, such as 重庆市渝中区七星岗街道."""
    return "".join(division.name for division in lineage(path))


def district_path(path: str) -> str | None:
    """The path of the district that `path` lies in, or None when it lies above districts."""
    district = Division.objects.filter(path__in=ancestors(path), level=Level.DISTRICT).first()
    return district.path if district else None


def parent_path(path: str) -> str | None:
    """One level up, or None at the top."""
    above = ancestors(path)
    return above[1] if len(above) > 1 else None


def zones_holding(path: str, on: date) -> QuerySet[Zone]:
    """Zones that hold `path` on the day `on`."""
    return Zone.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        parts__path__in=ancestors(path),
    ).distinct()


def depth(path: str) -> int:
    return len(parts(path))
