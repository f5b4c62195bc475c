"""Numerics of Kepu: arrays in, frozen results out; no web framework and no clock."""
