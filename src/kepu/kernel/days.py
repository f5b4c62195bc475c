"""Days that people type: of our time, so that a day before or after them is one as well."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.clock import EARLIEST, LATEST


class DayField(forms.DateField):
    """A day, chosen from the calendar of the telephone."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**options)
        words = lazy("choose a time between 2000 and 2100")
        self.validators += [
            MinValueValidator(EARLIEST.date(), words),
            MaxValueValidator(LATEST.date(), words),
        ]
