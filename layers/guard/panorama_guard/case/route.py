"""Where a call says whom it was done to."""

from enum import Enum


class Route(Enum):
    """Where a call says whom it was done to."""

    ROLE = "role"
    INSTANCE_PROFILE = "instance profile"
    POLICY = "policy"
    SERVICE_LINKED = "service-linked role"
    ACCOUNT = "account"
    BUCKET = "bucket"
    BUCKET_POLICY = "bucket, and the roles to which its policy gives something"
    ACCESS_POINT = "access point"
    EVERY_BUCKET = "every bucket"
    FUNCTION = "function"
    FUNCTION_ROLE = "function, and the role that it runs as"
    SECRET = "secret"  # noqa: S105 - a word for one
    LOG_GROUP = "log group"
    LOG_POLICY = "resource policy of log groups"
    EVERY_LOG_GROUP = "every log group"
    IOT_POLICY = "policy of AWS IoT"
    IOT_ATTACHMENT = "policy of AWS IoT, and what has it"
    IOT_THING = "thing"
    IOT_CERTIFICATE = "certificate, by its things and policies"
    IOT_ALIAS = "role alias"
    IOT_RULE = "topic rule"
    IOT_TEMPLATE = "provisioning template"
    IOT_JOB = "job, and the things on which it runs"
    EVERY_THING = "every thing"
    GREENGRASS_GROUP = "group of Greengrass"
    GREENGRASS_DEPLOYMENT = "group or deployment of Greengrass"
    GREENGRASS_ACCOUNT = "service role of Greengrass"
    EVERY_GROUP = "every group of Greengrass"
    DASHBOARD = "dashboard"
    MODEL_WORK = "job, model or notebook"
    MODEL_LIFECYCLE = "lifecycle configuration, by its notebooks"
