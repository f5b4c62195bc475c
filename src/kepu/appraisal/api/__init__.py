"""Appraisal at /api/, one file for each topic."""

from kepu.appraisal.api import (
    applications,
    ballots,
    calls,
    inspections,
    nominations,
    objections,
    office,
    standards,
    titles,
)

routers = (
    calls.router,
    applications.router,
    office.router,
    objections.router,
    nominations.router,
    ballots.router,
    inspections.router,
    titles.router,
    standards.router,
)
