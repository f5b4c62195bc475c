"""What every endpoint shares: who asks, how often, once only, in pages, and how a refusal looks.

Rooms have a router each (`<room>/api.py`); `kepu.web.api` joins them at `/api/`.
"""
