"""Compares a snapshot with the profile and yields findings."""
