"""Whom to ask: how many where, drawn how, and with which chance."""
