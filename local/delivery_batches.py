"""Reads a function's answer to a batch: which records failed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from local.hooks import InvokeResult


def failed_records(result: InvokeResult, ids: Iterable[str], *, reports_failures: bool) -> frozenset[str]:
    """Return the ids of the records that are to be delivered again.

    An error fails the whole batch, and so does an answer that is not valid:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    all_ids = frozenset(ids)
    if result.function_error:
        return all_ids
    if not reports_failures:
        return frozenset()
    named = _named_failures(result.payload)
    return all_ids if named is None or not named <= all_ids else named


def _named_failures(payload: bytes) -> frozenset[str] | None:
    """Return the reported ids, none for an empty answer, or None when the answer is not valid."""
    try:
        answer: Any = json.loads(payload or b"null")
    except ValueError:
        return None
    if answer is None:
        return frozenset()
    if not isinstance(answer, dict):
        return None
    failures = answer.get("batchItemFailures")
    if failures is None:
        return frozenset()
    if not isinstance(failures, list):
        return None
    ids = [each.get("itemIdentifier") if isinstance(each, dict) else None for each in failures]
    named = frozenset(each for each in ids if isinstance(each, str) and each)
    return named if len(named) == len(set(ids)) else None
