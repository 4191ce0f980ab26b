"""Errors of the policy room.

PolicyError
└── DocumentError      the text is not an IAM policy document that can be read without guessing
"""


class PolicyError(Exception):
    """The root of what reading a policy can raise."""


class DocumentError(PolicyError):
    """A document could not be read; it names the field and the value that stopped the reader."""

    def __init__(self, field: str, problem: str, value: object = None) -> None:
        """Keep the place, the problem and the value, and say them in one line."""
        self.field = field
        self.problem = problem
        self.value = value
        shown = repr(value) if not isinstance(value, str) else value
        super().__init__(f"{field}: {problem} `{shown[:120]}`".replace("\n", " "))
