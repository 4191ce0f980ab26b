"""What points to an incident of a member account that may be open: the incident itself says whether it is."""

from panorama_guard.policy.record import record


@record
class Pointer:
    """In which account an incident may be open, of which role or resource, and how urgent it was, the lowest first."""

    account: str
    role_name: str
    urgency: str
