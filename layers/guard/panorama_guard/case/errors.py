"""What can be wrong with the records of a case.

CaseError
└── EventError      an event is not a CloudTrail call in an EventBridge envelope
"""


class CaseError(Exception):
    """A record of a case cannot be made from what was given."""


class EventError(CaseError):
    """An event lacks a field, or a field has a wrong type or form."""
