"""Speaks to AWS and translates its errors; the only room with boto3."""
