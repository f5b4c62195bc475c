"""Fields that choose one of some rows, for lists that are short and asked for on every page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator


class AtOnce(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices from one plain query. Django's own opens a cursor on PostgreSQL, three queries more."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for one in self.queryset:
            yield self.choice(one)


class OneOf(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of a short list."""

    iterator = AtOnce
