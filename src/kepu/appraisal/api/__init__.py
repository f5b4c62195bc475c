"""Appraisal at /api/, one file for each topic."""

from kepu.appraisal.api import titles

routers = (titles.router,)
