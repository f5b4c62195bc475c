"""Reads of what runs of fieldwork taught of items."""

from __future__ import annotations

from django.db.models import QuerySet

from kepu.literacy.models import Calibration, Fieldwork, Item, Run


def wave(run: Run) -> str:
    """The name under which a run's item figures stand in the bank: no other run has it."""
    return f"{run.title[:48]} #{run.pk}"


def fieldworks(run: Run) -> QuerySet[Fieldwork]:
    """The fieldwork that a run was estimated from, if it was."""
    found: QuerySet[Fieldwork] = Fieldwork.objects.filter(estimates__run=run).distinct()
    return found.select_related("booklets").order_by("pk")


def items(of: Fieldwork) -> QuerySet[Item]:
    """The items that stood in the booklets of a fieldwork."""
    found: QuerySet[Item] = Item.objects.filter(booklet_places__of=of.booklets_id).distinct()
    return found.order_by("code")


def taught_before(of: Fieldwork, run: Run) -> bool:
    """Whether another run of the fieldwork was published already."""
    others = Run.objects.filter(estimates__fieldwork=of, published_at__isnull=False)
    return others.exclude(pk=run.pk).exists()


def entered(run: Run) -> int:
    """How many items took their difficulty from a run."""
    return Calibration.objects.filter(wave=wave(run)).count()
