"""Where something that was written for operators stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file in the report bucket: its address, the version of it that was written, and its page in the console."""

    uri: str
    version_id: str
    console: str
