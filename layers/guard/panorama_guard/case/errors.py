"""What can be wrong with the records of a case.

CaseError
├── EventError      an event is not a CloudTrail call in an EventBridge envelope
├── OrderError      a message to another function was not taken
├── RecordError     a stored record does not hold what this version writes
├── StaleRecordError    somebody else has written the record since it was read
└── WriteRefusedError   AWS refuses a step for good: denied, malformed, over a quota, not modifiable
"""


class CaseError(Exception):
    """A record of a case cannot be made from what was given."""


class EventError(CaseError):
    """An event lacks a field, or a field has a wrong type or form."""


class RecordError(CaseError):
    """A stored record lacks a field, has another one, or a value of a wrong type."""


class StaleRecordError(CaseError):
    """A record was written by somebody else since it was read; the message is to be delivered again."""


class WriteRefusedError(CaseError):
    """AWS refuses a step, and would refuse it again."""


class OrderError(CaseError):
    """A message to another function was not taken; the message that led to it is to be delivered again."""
