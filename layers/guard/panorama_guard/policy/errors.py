"""Errors of the policy room.

PolicyError
└── DocumentError      the text is not an IAM policy document that can be read without guessing
"""

import reprlib


class PolicyError(Exception):
    """The root of what reading a policy can raise."""


class DocumentError(PolicyError):
    """A document could not be read; it names the field and the value that stopped the reader."""

    def __init__(self, field: str, problem: str, value: object = None) -> None:
        """Keep the place, the problem and the value, and say them in one line."""
        self.field = field
        self.problem = problem
        self.value = value
        shown = value if isinstance(value, str) else reprlib.repr(value)
        super().__init__(_printable(f"{field}: {problem} `{shown[:120]}`"))


def _printable(text: str) -> str:
    """Return `text` in one line that every terminal and log takes: whoever wrote the value may be an attacker."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
