"""Item response theory: what answers say of items and of people."""
