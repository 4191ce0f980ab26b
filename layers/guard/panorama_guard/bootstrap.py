"""Wires settings, adapters and service, once per execution environment; late what `inspect` does without."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from panorama_guard.aws.account import IamAccount
from panorama_guard.aws.clients import client, own_session
from panorama_guard.aws.ledger_hub import HubLedger
from panorama_guard.aws.ledger_members import DynamoMembers
from panorama_guard.aws.member_queues import LooksQueue, MembersQueue
from panorama_guard.aws.members import Members, RoleThere
from panorama_guard.aws.queues import ChangesQueue, RechecksQueue, RemediationsQueue, ReportsQueue, SweepsQueue
from panorama_guard.aws.readers import Scene, in_each_region, written_in_each_region
from panorama_guard.aws.roles import IamRoles
from panorama_guard.aws.subjects import Resources
from panorama_guard.profile import Profile, load_profile
from panorama_guard.service.fleet import Roll
from panorama_guard.service.look import Inspector
from panorama_guard.service.members import MemberGrounds, MemberInspectors
from panorama_guard.service.settings import BreakerLimit, OperatorLimits, Policy
from panorama_guard.settings import Settings

if TYPE_CHECKING:
    from panorama_guard.service.job import Remediator
    from panorama_guard.service.notify import Notifier
    from panorama_guard.service.operator import Operator
    from panorama_guard.service.relay import Relayer
    from panorama_guard.service.report import Reporter
    from panorama_guard.service.sweeper import Fleet, Ground, Sweeper


@cache
def inspector() -> Inspector:
    """Return what `inspect` works with."""
    own = _settings()
    hub = Inspector(
        _policy(),
        own.account_id,
        own.remediate_role_arn,
        IamRoles(client("iam")),
        IamAccount(client("iam")),
        _ledger(own.hub_account),
        RemediationsQueue(client("sqs"), own.remediations_queue_url),
        SweepsQueue(client("sqs"), own.sweeps_queue_url, own.sweep_window_seconds),
        RechecksQueue(client("sqs"), own.rechecks_queue_url),
        _resources(),
        own.canary_role,
        own.home_region,
    )
    if not own.member_external_id:
        return hub
    there = (load_profile(), _rechecks_of(), _member_sweeps(), _roll(), own.remediate_members)
    return replace(hub, members=MemberInspectors(hub, _members().reach, *there))


@cache
def remediator() -> "Remediator":
    """Return what `remediate` works with."""
    from panorama_guard.aws.writers import writer_in
    from panorama_guard.service.job import Remediator
    from panorama_guard.service.member_hands import MemberRemediators

    own, iam = _settings(), client("iam")
    hub = Remediator(
        _policy(),
        own.account_id,
        IamRoles(iam),
        IamAccount(iam),
        writer_in(client, own.account_id),
        _ledger(own.hub_account),
        RechecksQueue(client("sqs"), own.rechecks_queue_url),
        time.sleep,
        Resources(written_in_each_region(client, _scene())),
    )
    if not own.member_external_id:
        return hub
    reach = _members(RoleThere.REMEDIATION).reach
    return replace(hub, members=MemberRemediators(hub, reach, load_profile(), _rechecks_of(), own.remediate_members))


@cache
def operator() -> "Operator":
    """Return what `operate` works with."""
    from panorama_guard.service.member_hands import MemberOperators
    from panorama_guard.service.operator import Operator

    own = _settings()
    minute, day = timedelta(minutes=1), timedelta(days=1)
    longest = (own.approval_minutes * minute, own.maximum_waiver_days * day, own.maximum_pause_minutes * minute)
    limits = OperatorLimits(*longest, own.operator_identity, own.operator_account)
    hub = Operator(
        _policy(),
        limits,
        own.account_id,
        own.guard_role_arns,
        IamRoles(client("iam")),
        _ledger(own.hub_account),
        RemediationsQueue(client("sqs"), own.remediations_queue_url),
        RechecksQueue(client("sqs"), own.rechecks_queue_url),
        SweepsQueue(client("sqs"), own.sweeps_queue_url, own.sweep_window_seconds),
        _resources(),
        DynamoMembers(client("dynamodb"), own.ledger_table),
    )
    if not own.member_external_id:
        return hub
    there = (load_profile(), _rechecks_of(), _member_sweeps(), own.remediate_members)
    return replace(hub, member_sweeps=_member_sweeps(), elsewhere=MemberOperators(hub, _members().reach, *there))


@cache
def sweeper() -> "Sweeper":
    """Return what `sweep` works with."""
    from panorama_guard.aws.canary import IamCanary
    from panorama_guard.aws.own_rules import OwnRules
    from panorama_guard.service.sweeper import Ground, Sweeper

    own, iam = _settings(), client("iam")
    changes, ledger = ChangesQueue(client("sqs"), own.changes_queue_url), _ledger(own.hub_account)
    ground = Ground(_profile(), own.account_id, IamRoles(iam), ledger, changes, _resources(own.other_regions))
    return Sweeper(
        ground,
        ReportsQueue(client("sqs"), own.reports_queue_url),
        IamCanary(iam, own.canary_role),
        SweepsQueue(client("sqs"), own.sweeps_queue_url, own.sweep_window_seconds),
        OwnRules(client("events"), own.own_rules, own.stack_name),
        _fleet(ground) if own.member_external_id else None,
    )


def _fleet(hub: "Ground") -> "Fleet":
    from panorama_guard.aws.organization import OrganizationAccounts
    from panorama_guard.service.member_ports import NamedAccounts
    from panorama_guard.service.sweeper import Fleet

    own = _settings()
    looks = partial(LooksQueue, client("sqs"), own.looks_queue_url)
    return Fleet(
        NamedAccounts(own.members) if own.members else OrganizationAccounts(client("organizations")),
        MemberGrounds(hub, _members().reach, load_profile(), looks, own.other_regions),
        _member_sweeps(),
        _roll(),
    )


def _members(role: RoleThere = RoleThere.READ) -> Members:
    return Members(own_session(), _settings().member_external_id, role)


def _member_sweeps() -> MembersQueue:
    return MembersQueue(client("sqs"), _settings().members_queue_url, _settings().sweep_window_seconds)


def _rechecks_of() -> Callable[[str], RechecksQueue]:
    return partial(RechecksQueue, client("sqs"), _settings().rechecks_queue_url)


def _roll() -> Roll:
    return Roll(_settings().account_id, DynamoMembers(client("dynamodb"), _settings().ledger_table), _ledger())


@cache
def reporter() -> "Reporter":
    """Return what `report` works with."""
    from panorama_guard.aws.gauges import DeadLetters, RuleActivity
    from panorama_guard.aws.listing import AccountListing
    from panorama_guard.aws.report_bucket import ReportBucket
    from panorama_guard.aws.topic import SnsTopic
    from panorama_guard.service.report import Reporter

    own = _settings()
    return Reporter(
        _profile(),
        own.posture,
        own.account_id,
        own.report_role_arn,
        AccountListing(client("iam")),
        _resources(own.other_regions),
        _ledger(own.hub_account),
        DeadLetters(client("sqs"), own.dead_letter_queue_urls),
        RuleActivity(client("cloudwatch"), own.event_rules),
        ReportBucket(client("s3"), own.report_bucket),
        SnsTopic(client("sns"), own.topic_arn),
        DynamoMembers(client("dynamodb"), own.ledger_table),
    )


@cache
def notifier() -> "Notifier":
    """Return what `notify` works with."""
    from panorama_guard.aws.held_alerts import HeldAlerts, SummariesQueue
    from panorama_guard.aws.topic import SnsTopic
    from panorama_guard.service.notify import Notifier

    own = _settings()
    return Notifier(
        _ledger(),
        SnsTopic(client("sns"), own.topic_arn),
        HeldAlerts(client("dynamodb"), own.ledger_table),
        SummariesQueue(client("sqs"), own.summaries_queue_url),
        own.alerts_per_minute,
        lambda: datetime.now(UTC).isoformat(),
    )


@cache
def relayer() -> "Relayer":
    """Return what `relay` works with: the channels that are on."""
    from panorama_guard.aws.channels import ChatTopic, EventBus, SecurityHub
    from panorama_guard.service.channels import bus_channel, chat_channel, hub_channel
    from panorama_guard.service.relay import Relayer

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


def _resources(regions: tuple[str, ...] = ()) -> Resources:
    return Resources(in_each_region(client, _scene()), regions)


def _scene() -> Scene:
    return Scene(_settings().account_id, _profile(), _settings().stack_name)


def _ledger(hub: str = "") -> HubLedger:
    return HubLedger(client("dynamodb"), _settings().ledger_table, hub)
