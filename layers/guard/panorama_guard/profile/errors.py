"""What can be wrong with a profile.

ProfileError        a data file is not a profile; the message names the field and its value
"""


class ProfileError(Exception):
    """A data file is not a profile."""
