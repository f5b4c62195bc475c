"""Reads of appraisal, topic by topic."""
