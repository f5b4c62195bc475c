"""Numerics of Kepu: arrays in, frozen results out; no web framework and no clock."""

import os

# Threads of a kernel that wait for one another sleep: one that turns in circles takes the core from those
# it waits for, and from the server beside it. Read when the first such kernel is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
