"""What AWS's error codes mean to the guard. Codes are compared for equality, here and nowhere else."""

import contextlib
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from panorama_guard.case.errors import DocumentRefusedError, StaleRecordError, WriteRefusedError

# What botocore raises where it gets no answer of AWS's: no network or credentials, an endpoint that is none (it says
# so in a mere ValueError), or somebody else's answer, as of a proxy or of the page before an open network.
UNANSWERED = (BotoCoreError, ResponseParserError, ValueError)
NO_CREDENTIALS = (  # what a person at the command line is told
    "there are no AWS credentials: set AWS_PROFILE, name one with --profile, or sign in (`aws login`, `aws sso login`)"
)
NOT_FOUND = frozenset({"NoSuchEntity", "NoSuchEntityException"})
DONE_BEFORE = frozenset({"EntityAlreadyExists", "LimitExceeded"})  # what a repeated call may meet of its own effect
LOST_RACE = frozenset({"ConditionalCheckFailedException"})
# What S3 says of a part that a bucket does not have, and Lambda of one that a function does not.
NO_PART = frozenset(
    {
        "NoSuchAccessPoint",
        "NoSuchAccessPointPolicy",
        "NoSuchBucketPolicy",
        "NoSuchCORSConfiguration",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchWebsiteConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
        "OwnershipControlsNotFoundError",
        "ReplicationConfigurationNotFoundError",
    }
)
NO_BUCKET = frozenset({"NoSuchBucket"})
NOT_THERE = frozenset({"ResourceNotFoundException"})  # the resource, or what is called by name in it
NOT_SET = frozenset({"NotConfiguredException"})  # what AWS IoT says of logging that nobody has set up
NO_WORK = frozenset({"ResourceNotFound", "ValidationException"})  # SageMaker says the second of most that is not there
# What Greengrass says of a group, a deployment or a role that there is not.
NO_GROUP = frozenset({"404", "IdNotFoundException", "NotFoundException", "ResourceNotFoundException"})
NO_DASHBOARD = frozenset({"ResourceNotFound", "ResourceNotFoundException", "DashboardNotFoundError"})
FAILED_IN_AWS = 500  # and above: the status of an answer
THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
# What S3, DynamoDB, SNS and others say instead; botocore tries again what they say it to.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
THROTTLED_IN_OTHER_WORDS = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "ThrottledException",
    }
)
# What a region says whose use the account has not opted in to: its keys are not known there.
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
NOT_OPTED_IN = frozenset({"UnrecognizedClientException", "InvalidClientTokenId"})
NO_ORGANIZATION = frozenset({"AWSOrganizationsNotInUseException"})
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "UnauthorizedException"})
# What AWS says to a step that it would refuse again. Everything else, throttling first, is retried by the queue.
REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccessControlListNotSupported",
        "DeleteConflict",
        "EntityAlreadyExists",
        "InvalidInput",
        "InvalidOperationException",
        "InvalidParameterException",
        "InvalidParameterValueException",
        "InvalidRequest",
        "InvalidRequestException",
        "LimitExceeded",
        "LimitExceededException",
        "MalformedACLError",
        "MalformedPolicy",
        "MalformedPolicyDocument",
        "MalformedPolicyDocumentException",
        "NoSuchAccessPoint",
        "NoSuchBucket",
        "NoSuchEntity",
        "PolicyLengthExceededException",
        "PolicyNotAttachable",
        "PublicPolicyException",
        "ResourceConflictException",
        "ResourceNotFoundException",
        "UnauthorizedException",
        "UnmodifiableEntity",
        "ValidationError",
    }
)
# Of these, what it says of the document: that it names somebody who was deleted, say, whom IAM stores as an id.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
MALFORMED = frozenset({"MalformedPolicy", "MalformedPolicyDocument", "MalformedPolicyDocumentException"})


def code_of(error: ClientError) -> str:
    """Return the error code that AWS gave."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    """Return AWS's code and message, on one line."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    return f"{code_of(error)}: `{' '.join(message.split())}`"


def raise_refusal(error: ClientError, what: str) -> None:
    """Raise WriteRefusedError where AWS refuses a step for good: DocumentRefusedError if it may take another text."""
    if code_of(error) in REFUSED:
        kind = DocumentRefusedError if code_of(error) in MALFORMED else WriteRefusedError
        message = f"{what}: {message_of(error)}"
        raise kind(message) from error


def may_pass(error: ClientError) -> bool:
    """Say whether AWS may answer the same call later: one that was throttled, or that failed on AWS's side."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in THROTTLED or status >= FAILED_IN_AWS


@contextlib.contextmanager
def races_for(what: str) -> Iterator[None]:
    """Raise StaleRecordError where a conditional write comes too late."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in LOST_RACE:
            message = f"written by somebody else since it was read: `{what}`"
            raise StaleRecordError(message) from error
        raise
