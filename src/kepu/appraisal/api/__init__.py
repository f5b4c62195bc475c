"""Appraisal at /api/, one file for each topic."""

from kepu.appraisal.api import applications, calls, office, standards, titles

routers = (
    calls.router,
    applications.router,
    office.router,
    titles.router,
    standards.router,
)
