"""Rows of the bank -> arrays -> engine. The engine is asked late: starting the server does not load it."""
