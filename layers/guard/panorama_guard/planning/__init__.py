"""Chooses steps and proves them on the hypothetical snapshot."""
