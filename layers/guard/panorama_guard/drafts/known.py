"""The documents of AWS managed policies that are known without an account: those of the profile, and a dated few.

AWS may change its policies; the few are those of which a change would be news.
"""

import json
from importlib import resources

from panorama_guard.policy.write import write_document
from panorama_guard.profile import Profile

_FILE = "aws_managed_policies.json"


def known_documents(profile: Profile) -> dict[str, str]:
    """Return the text of each managed policy that is known, by ARN; the profile's word comes first."""
    text = (resources.files("panorama_guard.drafts") / "data" / _FILE).read_text(encoding="utf-8")
    few = {one["arn"]: json.dumps(one["document"]) for one in json.loads(text)["policies"]}
    pinned = [policy for role in (*profile.roles, *profile.watched) for policy in role.policies]
    return few | {policy.arn: write_document(policy.document.statements) for policy in pinned}
