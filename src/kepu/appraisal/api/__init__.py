"""Appraisal at /api/, one file for each topic."""

from kepu.appraisal.api import applications, calls, objections, office, standards, titles

routers = (
    calls.router,
    applications.router,
    office.router,
    objections.router,
    titles.router,
    standards.router,
)
