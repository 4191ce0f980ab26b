"""The documents that shut a role: one that denies it everything, and a trust policy that lets nobody in."""

import json

DENY_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
# IAM takes no trust policy without a statement; one that only denies lets nobody in.
CLOSED_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    },
    separators=(",", ":"),
)
