"""Everybody an order meets, who stand throughout a file; what a test does to them is undone."""

from __future__ import annotations

from tests.worlds import loop, standing_loop

__all__ = ["loop", "standing_loop"]  # fixtures
