"""Where something that was written for operators stands."""

from panorama_guard.policy.record import record


@record
class Shelved:
    """A file in the report bucket: its address, the version of it that was written, and its page in the console."""

    uri: str
    version_id: str
    console: str
