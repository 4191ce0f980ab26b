"""What can be wrong with the records of a case.

CaseError
├── ChannelError    a channel beside the topic did not take what operators are told of
├── CallerError     a request has no identity that AWS has proved
├── CommandError    an operator's request is not one of the commands
├── EventError      an event is not a CloudTrail call in an EventBridge envelope
├── OrderError      a message to another function was not taken
├── RecordError     a stored record does not hold what this version writes
├── StaleRecordError    somebody else has written the record since it was read
├── UnlistedError   AWS does not let the guard list the resources of a type
├── UnreachableError    a deployed guard cannot be asked: no credentials, no permission, no answer
└── WriteRefusedError   AWS refuses a step for good: denied, malformed, over a quota, not modifiable
"""

import reprlib


class CaseError(Exception):
    """A record of a case cannot be made from what was given."""


class CallerError(CaseError):
    """Nobody knows who sent a request."""


class CommandError(CaseError):
    """An operator's request lacks a field, has another one, or a value that is not taken; it names both."""

    def __init__(self, field: str, problem: str, value: object = None) -> None:
        """Keep field and value, and say them with the problem in one line."""
        shown = value if isinstance(value, str) else reprlib.repr(value)
        self.field = field
        self.value = ascii(shown)[1:-1][:120]
        super().__init__(f"{field} is {problem}: `{self.value}`" if self.value else f"{field} is {problem}")


class EventError(CaseError):
    """An event lacks a field, or a field has a wrong type or form."""


class RecordError(CaseError):
    """A stored record lacks a field, has another one, or a value of a wrong type."""


class StaleRecordError(CaseError):
    """A record was written by somebody else since it was read; the message is to be delivered again."""


class WriteRefusedError(CaseError):
    """AWS refuses a step, and would refuse it again."""


class DocumentRefusedError(WriteRefusedError):
    """AWS refuses the document of a step, and may take another one in its place."""


class UnreachableError(CaseError):
    """A deployed guard cannot be asked; the message says what to do."""


class UnlistedError(CaseError):
    """AWS does not let the guard list the resources of a type: what there is of it, nobody knows."""


class ChannelError(CaseError):
    """A channel did not take what it was sent; the record that led to it is to be delivered again."""


class OrderError(CaseError):
    """A message to another function was not taken; the message that led to it is to be delivered again."""
