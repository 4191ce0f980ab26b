"""A bucket outside the naming pattern, as far as its policy lets a guarded role do something.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

TYPE = "s3-grantor"

POLICY = "bucket policy"
