"""Each setting of the functions, by the environment variable of its name."""

from collections.abc import Mapping

from panorama_guard.profile.posture import Posture
from panorama_guard.service.settings import CustomerPolicies, InMembers, Kind, Mode, Modes, SessionNames
from panorama_guard.settings.environment import Environment, choice

LONGEST_DELAY = 900  # seconds; SQS delays a queue's messages no longer


class Settings(Environment):
    """How this deployment is set. Each property is the environment variable of its name in capital letters.

    A function is given only the variables that it uses; asking for another one is an error, never a silent default.
    """

    @property
    def account_id(self) -> str:
        """Return the account whose roles are guarded."""
        return self._matching("ACCOUNT_ID", r"\d{12}", "12 digits")

    @property
    def home_region(self) -> str:
        """Return the region that the guard runs in: what happens elsewhere says where."""
        return self._matching("HOME_REGION", r"[a-z0-9-]{4,32}", "the name of a region")

    @property
    def other_regions(self) -> tuple[str, ...]:
        """Return the other regions in which sweeps look."""
        regions = self._matching(
            "OTHER_REGIONS", r"([a-z0-9-]{4,32}(,[a-z0-9-]{4,32})*)?", "names of regions, or empty"
        )
        return tuple(region for region in regions.split(",") if region)

    @property
    def member_external_id(self) -> str:
        """Return what is said where the role of a member account is assumed; empty where there are no members."""
        return self._matching("MEMBER_EXTERNAL_ID", r"([A-Za-z0-9+=,.@:/-]{16,128})?", "an external id, or empty")

    @property
    def hub_account(self) -> str:
        """Return the guard's own account, in whose place of the ledger it is said what is open in members.

        It is empty where there is no organisation.
        """
        return self._matching("HUB_ACCOUNT", r"(\d{12})?", "an account of 12 digits, or empty")

    @property
    def remediate_members(self) -> InMembers:
        """Return whether the guard may write in member accounts."""
        return self._choice("REMEDIATE_MEMBERS", InMembers)

    @property
    def members(self) -> tuple[str, ...]:
        """Return the member accounts that sweeps look at; nothing where those are all of the organisation."""
        words = "`organization`, or accounts of 12 digits with commas"
        value = self._matching("MEMBERS", r"organization|\d{12}(,\d{12})*", words)
        return () if value == "organization" else tuple(value.split(","))

    @property
    def members_queue_url(self) -> str:
        """Return where sweeps of member accounts are asked for; empty where there is no organisation."""
        return self._matching("MEMBERS_QUEUE_URL", r"(https?://\S+)?", "the URL of a queue, or empty")

    @property
    def looks_queue_url(self) -> str:
        """Return where what is to be judged in member accounts is asked for."""
        return self._matching("LOOKS_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def ledger_table(self) -> str:
        """Return the name of the ledger."""
        return self._matching("LEDGER_TABLE", r"[A-Za-z0-9_.-]{3,255}", "the name of a table")

    @property
    def mode(self) -> Modes:
        """Return how far the guard goes: `observe`, or with exceptions `enforce,trust-escape=approve`."""
        default, *exceptions = self._value("MODE").split(",")
        pairs = (exception.partition("=")[::2] for exception in exceptions)
        return Modes(
            choice("MODE", Mode, default),
            tuple((choice("MODE", Kind, kind), choice("MODE", Mode, mode)) for kind, mode in pairs),
        )

    @property
    def posture(self) -> Posture:
        """Return whether the guarded service still runs."""
        return self._choice("POSTURE", Posture)

    @property
    def customer_policies(self) -> CustomerPolicies:
        """Return whether a customer's managed policy may be set back to another of its versions."""
        return self._choice("CUSTOMER_POLICIES", CustomerPolicies)

    @property
    def changes_queue_url(self) -> str:
        """Return where roles to judge are sent."""
        return self._matching("CHANGES_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def rechecks_queue_url(self) -> str:
        """Return where roles to judge again later are sent."""
        return self._matching("RECHECKS_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def remediations_queue_url(self) -> str:
        """Return where remediations are ordered."""
        return self._matching("REMEDIATIONS_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def sweeps_queue_url(self) -> str:
        """Return where sweeps are asked for."""
        return self._matching("SWEEPS_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def sweep_window_seconds(self) -> int:
        """Return the seconds within which requests for a sweep become one sweep."""
        return self._number("SWEEP_WINDOW_SECONDS", 0, LONGEST_DELAY)

    @property
    def remediate_role_arn(self) -> str:
        """Return the ARN of the role that `remediate` writes with: its own writes come back as events."""
        return self._matching("REMEDIATE_ROLE_ARN", r"arn:[a-z-]+:iam::\d{12}:role/\S+", "the ARN of a role")

    @property
    def breaker_reopenings(self) -> int:
        """Return how often an escape may come back to a role before the guard changes its ways."""
        return self._number("BREAKER_REOPENINGS", 1, 20)

    @property
    def breaker_window_minutes(self) -> int:
        """Return the minutes in which re-openings are counted."""
        return self._number("BREAKER_WINDOW_MINUTES", 1, 1440)

    @property
    def approval_minutes(self) -> int:
        """Return for how many minutes an operator's approval of a plan holds."""
        return self._number("APPROVAL_MINUTES", 1, 1440)

    @property
    def maximum_waiver_days(self) -> int:
        """Return for how many days a waiver may last."""
        return self._number("MAXIMUM_WAIVER_DAYS", 1, 365)

    @property
    def maximum_pause_minutes(self) -> int:
        """Return for how many minutes a pause may last."""
        return self._number("MAXIMUM_PAUSE_MINUTES", 1, 1440)

    @property
    def operator_identity(self) -> SessionNames:
        """Return whether the sessions of one role are one operator, or each session's name is one."""
        return self._choice("OPERATOR_IDENTITY", SessionNames)

    @property
    def operator_account(self) -> tuple[str, ...]:
        """Return the other account whose operators may give commands, if there is one."""
        account = self._matching("OPERATOR_ACCOUNT", r"(\d{12})?", "12 digits, or empty")
        return (account,) if account else ()

    @property
    def guard_role_arns(self) -> tuple[str, ...]:
        """Return the ARNs of the roles of the guard's own functions, which give it no commands."""
        role = r"arn:[a-z-]+:iam::\d{12}:role/[^\s,]+"
        return tuple(self._matching("GUARD_ROLE_ARNS", f"{role}(,{role})*", "ARNs of roles").split(","))

    @property
    def stack_name(self) -> str:
        """Return the name of the guard's own deployment, whose functions it does not judge."""
        return self._matching("STACK_NAME", r"[A-Za-z][A-Za-z0-9-]{0,127}", "the name of a stack")

    @property
    def canary_role(self) -> str:
        """Return the name of the role that sweeps change and nobody uses: each change has to come back as an event."""
        return self._matching("CANARY_ROLE", r"[\w+=,.@-]{1,64}", "the name of a role")

    @property
    def topic_arn(self) -> str:
        """Return where alerts are published."""
        return self._matching("TOPIC_ARN", r"arn:\S+", "an ARN")

    @property
    def alerts_per_minute(self) -> int:
        """Return how many alerts of one minute are told one by one."""
        return self._number("ALERTS_PER_MINUTE", 1, 9999)

    @property
    def summaries_queue_url(self) -> str:
        """Return where summaries of alerts are asked for."""
        return self._matching("SUMMARIES_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def reports_queue_url(self) -> str:
        """Return where reports are asked for."""
        return self._matching("REPORTS_QUEUE_URL", r"https?://\S+", "the URL of a queue")

    @property
    def report_role_arn(self) -> str:
        """Return the ARN of the role that `report` reads with: the page says as whom it was read."""
        return self._matching("REPORT_ROLE_ARN", r"arn:[a-z-]+:iam::\d{12}:role/\S+", "the ARN of a role")

    @property
    def report_bucket(self) -> str:
        """Return the bucket in which the report stands."""
        return self._matching("REPORT_BUCKET", r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket")

    @property
    def dead_letter_queue_urls(self) -> tuple[str, ...]:
        """Return the queues of what was not handled."""
        url = r"https?://[^\s,]+"
        return tuple(self._matching("DEAD_LETTER_QUEUE_URLS", f"{url}(,{url})*", "URLs of queues").split(","))

    @property
    def event_rules(self) -> Mapping[str, str]:
        """Return the name of the rule that sends each service's events: `iam=...,s3=...`."""
        pair = r"[a-z0-9]+=[A-Za-z0-9._-]{1,64}"
        pairs = self._matching("EVENT_RULES", f"{pair}(,{pair})*", "services with their rules").split(",")
        return {service: rule for service, _, rule in (one.partition("=") for one in pairs)}

    @property
    def own_rules(self) -> tuple[str, ...]:
        """Return the names of the guard's own rules, which it enables again."""
        rule = r"[A-Za-z0-9._-]{1,64}"
        return tuple(self._matching("OWN_RULES", f"{rule}(,{rule})*", "names of rules").split(","))

    @property
    def chat_topic_arn(self) -> str:
        """Return where what is for a chat is published; empty where it is off."""
        return self._matching("CHAT_TOPIC_ARN", r"(arn:\S+)?", "an ARN, or empty")

    @property
    def event_bus(self) -> str:
        """Return the bus that takes events; empty where it is off."""
        return self._matching("EVENT_BUS", r"[A-Za-z0-9._/-]{0,256}", "the name of a bus, or empty")

    @property
    def security_hub_product_arn(self) -> str:
        """Return as whose findings incidents are imported into Security Hub; empty where it is off."""
        return self._matching("SECURITY_HUB_PRODUCT_ARN", r"(arn:\S+)?", "an ARN, or empty")
