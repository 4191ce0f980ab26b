"""Why an operator's command is not carried out, and what of the guard itself cannot be put back.

OperateError
├── TurnedAwayError     whoever calls may not give this command
├── NotFoundError       there is no such incident or waiver
└── NotNowError         as things stand, the command cannot be carried out
    └── GoneError       the role or resource was deleted
BrokenGuardError        rules of the guard are gone, or stay disabled
NoMembersError          something is asked of member accounts, and there is no organisation
"""


class OperateError(Exception):
    """A command that is not carried out; `status` is the HTTP status of the answer, `details` are lines beside it."""

    status = 500

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        """Say why, in one line, and keep what belongs to it."""
        super().__init__(message)
        self.details = details


class TurnedAwayError(OperateError):
    """Whoever calls may not give this command."""

    status = 403


class NotFoundError(OperateError):
    """There is no such incident or waiver."""

    status = 404


class NotNowError(OperateError):
    """As things stand, the command cannot be carried out; the message says what stands in its way."""

    status = 409


class GoneError(NotNowError):
    """The role or resource that an incident is about was deleted."""


class BrokenGuardError(Exception):
    """Rules of the guard are gone, or stay disabled: no event comes by them."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        """Take their names."""
        super().__init__(f"rules of the guard are gone or disabled: `{', '.join(rules)}`")


class NoMembersError(Exception):
    """Something is asked of member accounts, and the guard has no organisation."""
