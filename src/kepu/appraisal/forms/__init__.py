"""Shapes of input, one file for each topic."""
