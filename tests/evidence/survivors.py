"""Why changes of the code survive: what no test can see, or what makes no difference.

A rule is a module, a pattern of the line before the change and a reason; the first that fits explains a survivor.
"""

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A reason why changes of some lines are not seen."""

    module: str
    line: str
    why: str


RULES: tuple[Rule, ...] = (
    Rule(
        r".*",
        r".*(spend|_price|cost|budget|BUDGET|READ|WIDE|MANY\b|REPLAYED|GLANCES|FRONT|maxsize|MOST_).*",
        "only how much work is charged or tried, or remembered",
    ),
)


def explanation(module: str, before: str, after: str) -> str | None:
    """Return why the change from `before` to `after` survives, or None."""
    told = f"{before} -> {after}"
    fits = (rule.why for rule in RULES if re.fullmatch(rule.module, module) and re.fullmatch(rule.line, told))
    return next(fits, None)
