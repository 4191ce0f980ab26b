"""What IAM Roles Anywhere knows: profiles, which name roles, and trust anchors, whose certificates get these roles.

https://docs.aws.amazon.com/rolesanywhere/latest/userguide/introduction.html
"""

import re

PROFILE = "rolesanywhere-profile"
ANCHORS_KEY = "rolesanywhere-anchor"  # the key of a call on a trust anchor: every profile is behind it

ROLES = "roles"
ANCHORS = "trust anchors"
STATE = "state"  # a fact: whether the profile is enabled
NAME = "name"  # a fact
ENABLED, DISABLED = "enabled", "disabled"
UNLISTED = "*"

ID = re.compile(r"[a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}", re.ASCII)  # botocore asks AWS about no other
