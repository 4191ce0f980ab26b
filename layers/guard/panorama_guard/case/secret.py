"""What a secret is made of, as far as it decides who reaches it and who else holds it.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access.html
"""

TYPE = "secret"

POLICY = "resource policy"
ROTATION = "rotation"
REPLICATION = "replication"
KEY = "encryption key"
