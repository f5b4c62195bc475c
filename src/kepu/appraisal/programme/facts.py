"""What a form may take from a venue's registration, so that nobody types it twice."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FACTS = {
    "floor_area": _("Floor area (m²)"),
    "hall_area": _("Area of halls (m²)"),
    "halls": _("Number of halls"),
    "open_days": _("Open days a year"),
    "youth_free_days": _("Days a year free or cheaper for minors"),
    "full_time": _("Full-time staff"),
    "part_time": _("Part-time staff"),
    "guides": _("Kepu guides among them"),
    "scenic_grade": _("Grade of a scenic area (A)"),
    "safety_checked_on": _("Last safety check"),
    "accessibility": _("Accessible facilities"),
    "about": _("What visitors find"),
    "visits_last_year": _("Visits of the last calendar year, as counted day by day"),
}
