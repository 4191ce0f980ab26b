"""Says a condition of a policy, in words and as values."""

from typing import Any

from panorama_guard.containment import Condition


def condition_words(condition: Condition) -> str:
    """Return a condition as operator, key and values."""
    return f"{condition.operator} {condition.spelled or condition.key} {', '.join(condition.values)}"


def condition_body(condition: Condition) -> dict[str, Any]:
    """Return a condition as the values of a JSON answer."""
    key = condition.spelled or condition.key
    return {"operator": condition.operator, "key": key, "values": list(condition.values)}
