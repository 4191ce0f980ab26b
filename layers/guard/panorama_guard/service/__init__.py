"""Calls the rooms in order, through ports."""
