"""Says an outcome in words."""
