"""Wires settings, adapters and service together, once per execution environment."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from panorama_guard.aws.access_points import S3AccessPoints
from panorama_guard.aws.account import IamAccount
from panorama_guard.aws.bucket_writer import S3PointWriter, S3Writer
from panorama_guard.aws.buckets import S3Buckets
from panorama_guard.aws.channels import ChatTopic, EventBus, SecurityHub
from panorama_guard.aws.clients import client
from panorama_guard.aws.dashboards import Dashboards
from panorama_guard.aws.function_writer import LambdaWriter
from panorama_guard.aws.functions import LambdaFunctions, Scope
from panorama_guard.aws.grantors import S3Grantors
from panorama_guard.aws.greengrass import GreengrassDevices, GreengrassGroups
from panorama_guard.aws.iot_policies import IotPolicies, IotPolicyWriter
from panorama_guard.aws.iot_things import IotJobs, IotThings
from panorama_guard.aws.iot_users import IotUsers
from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.aws.log_group_writer import LogGroupWriter
from panorama_guard.aws.log_groups import LogGroups
from panorama_guard.aws.model_work import ModelWork
from panorama_guard.aws.named_secrets import NamedSecrets
from panorama_guard.aws.queues import ChangesQueue, RechecksQueue, RemediationsQueue, ReportsQueue, SweepsQueue
from panorama_guard.aws.role_uses import IamRoleUses
from panorama_guard.aws.role_writer import IamWriter
from panorama_guard.aws.roles import IamRoles
from panorama_guard.aws.secret_writer import SecretWriter
from panorama_guard.aws.subjects import PartWriter, Reader, Resources, SubjectWriter
from panorama_guard.aws.topic import SnsTopic
from panorama_guard.profile import Profile, load_profile
from panorama_guard.service.channels import bus_channel, chat_channel, hub_channel
from panorama_guard.service.inspector import Inspector
from panorama_guard.service.job import Remediator
from panorama_guard.service.notify import Notifier
from panorama_guard.service.operator import Operator
from panorama_guard.service.relay import Relayer
from panorama_guard.service.settings import BreakerLimit, OperatorLimits, Policy
from panorama_guard.service.sweep import Sweeper
from panorama_guard.settings import Settings

if TYPE_CHECKING:
    from panorama_guard.service.report import Reporter


@cache
def inspector() -> Inspector:
    """Return what `inspect` works with."""
    own = _settings()
    return Inspector(
        _policy(),
        own.account_id,
        own.remediate_role_arn,
        IamRoles(client("iam")),
        IamAccount(client("iam")),
        _ledger(),
        RemediationsQueue(client("sqs"), own.remediations_queue_url),
        SweepsQueue(client("sqs"), own.sweeps_queue_url, own.sweep_window_seconds),
        RechecksQueue(client("sqs"), own.rechecks_queue_url),
        _resources(),
    )


@cache
def remediator() -> Remediator:
    """Return what `remediate` works with."""
    own, iam = _settings(), client("iam")
    return Remediator(
        _policy(),
        own.account_id,
        IamRoles(iam),
        IamAccount(iam),
        _writer(),
        _ledger(),
        RechecksQueue(client("sqs"), own.rechecks_queue_url),
        time.sleep,
        Resources(_written()),
    )


@cache
def operator() -> Operator:
    """Return what `operate` works with."""
    own = _settings()
    limits = OperatorLimits(
        approval=timedelta(minutes=own.approval_minutes),
        waiver=timedelta(days=own.maximum_waiver_days),
        pause=timedelta(minutes=own.maximum_pause_minutes),
        names=own.operator_identity,
        other_accounts=own.operator_account,
    )
    return Operator(
        _policy(),
        limits,
        own.account_id,
        own.guard_role_arns,
        IamRoles(client("iam")),
        _ledger(),
        RemediationsQueue(client("sqs"), own.remediations_queue_url),
        RechecksQueue(client("sqs"), own.rechecks_queue_url),
        SweepsQueue(client("sqs"), own.sweeps_queue_url, own.sweep_window_seconds),
        _resources(),
    )


@cache
def sweeper() -> Sweeper:
    """Return what `sweep` works with."""
    own = _settings()
    changes = ChangesQueue(client("sqs"), own.changes_queue_url)
    reports = ReportsQueue(client("sqs"), own.reports_queue_url)
    return Sweeper(_profile(), own.account_id, IamRoles(client("iam")), _ledger(), changes, _resources(), reports)


@cache
def reporter() -> "Reporter":
    """Return what `report` works with. Only here is it imported: no other function waits for the page."""
    from panorama_guard.aws.gauges import DeadLetters, RuleActivity  # noqa: PLC0415
    from panorama_guard.aws.listing import AccountListing  # noqa: PLC0415
    from panorama_guard.aws.report_bucket import ReportBucket  # noqa: PLC0415
    from panorama_guard.service.report import Reporter  # noqa: PLC0415

    own = _settings()
    return Reporter(
        _profile(),
        own.posture,
        own.account_id,
        own.report_role_arn,
        AccountListing(client("iam")),
        _resources(),
        _ledger(),
        DeadLetters(client("sqs"), own.dead_letter_queue_urls),
        RuleActivity(client("cloudwatch"), own.event_rules),
        ReportBucket(client("s3"), own.report_bucket),
        SnsTopic(client("sns"), own.topic_arn),
    )


@cache
def notifier() -> Notifier:
    """Return what `notify` works with."""
    return Notifier(_ledger(), SnsTopic(client("sns"), _settings().topic_arn))


@cache
def relayer() -> Relayer:
    """Return what `relay` works with: the channels that are on."""
    own = _settings()
    chat = (chat_channel(ChatTopic(client("sns"), own.chat_topic_arn)),) if own.chat_topic_arn else ()
    bus = (bus_channel(EventBus(client("events"), own.event_bus)),) if own.event_bus else ()
    product = own.security_hub_product_arn
    hub = (hub_channel(SecurityHub(client("securityhub"), product)),) if product else ()
    return Relayer(_ledger(), (*chat, *bus, *hub))


@cache
def _settings() -> Settings:
    return Settings(os.environ)


@cache
def _profile() -> Profile:
    return load_profile(own=f"{_settings().stack_name}-")


def _policy() -> Policy:
    own = _settings()
    breaker = BreakerLimit(own.breaker_reopenings, timedelta(minutes=own.breaker_window_minutes))
    return Policy(_profile(), own.mode, own.posture, breaker, own.customer_policies)


def _resources() -> Resources:
    account, profile = _settings().account_id, _profile()
    guards, guards_role = _guards(profile), _guards_role(profile)
    roles = tuple(role.name for role in (*profile.roles, *profile.watched))
    others: dict[str, Callable[[], Reader]] = {
        "iot-job": lambda: IotJobs(client("iot"), account, guards),
        "iot-alias": lambda: IotUsers(client("iot"), account, guards, guards_role),
        "iot-user": lambda: IotUsers(client("iot"), account, guards, guards_role),
        "iot": lambda: IotThings(client("iot"), account, guards),
        "s3-grantor": lambda: S3Grantors(client("s3"), account, guards, roles),
        "cloudwatch": lambda: Dashboards(client("cloudwatch"), account),
        "greengrass-group": lambda: GreengrassGroups(client("greengrass"), account, guards, guards_role),
        "greengrass": lambda: GreengrassDevices(client("greengrassv2"), account, guards),
        "iam": lambda: IamRoleUses(client("iam"), profile.role_names),
        "sagemaker": lambda: ModelWork(client("sagemaker"), account, guards, guards_role, _since),
    }
    return Resources({**_written(), **others})


def _written() -> dict[str, Callable[[], Reader]]:
    """Return what reads those resources to which the guard may write."""
    account, profile = _settings().account_id, _profile()
    scope = Scope(_settings().stack_name, _guards(profile), _guards_role(profile))
    return {
        "s3": lambda: S3Buckets(client("s3"), S3AccessPoints(client("s3control"), account), account),
        "lambda": lambda: LambdaFunctions(client("lambda"), account, scope),
        "secret": lambda: NamedSecrets(client("secretsmanager"), account),
        "log": lambda: LogGroups(client("logs"), account, profile.beginnings("log-group")),
        "iot-policy": lambda: IotPolicies(client("iot"), account),
    }


def _since() -> datetime:
    """Return since when a job was made that a sweep still looks for."""
    return datetime.now(UTC) - timedelta(days=1)


def _guards(profile: Profile) -> Callable[[str], bool]:
    return lambda key: profile.guarded(key) is not None


def _guards_role(profile: Profile) -> Callable[[str], bool]:
    return lambda role: profile.role_named(role) is not None


def _writer() -> SubjectWriter:
    account = _settings().account_id
    parts: dict[str, Callable[[], PartWriter]] = {
        "s3": lambda: S3Writer(client("s3"), S3PointWriter(client("s3control"), account), account),
        "lambda": lambda: LambdaWriter(client("lambda")),
        "secret": lambda: SecretWriter(client("secretsmanager")),
        "log": lambda: LogGroupWriter(client("logs")),
        "iot": lambda: IotPolicyWriter(client("iot")),
    }
    return SubjectWriter(IamWriter(client("iam"), time.sleep), parts)


def _ledger() -> DynamoLedger:
    return DynamoLedger(client("dynamodb"), _settings().ledger_table)
