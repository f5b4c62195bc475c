"""Appraisal at /api/, one file for each topic."""

from kepu.appraisal.api import standards, titles

routers = (titles.router, standards.router)
