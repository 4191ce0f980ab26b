"""Holds the records of one incident, frozen."""
