"""Says which call led to an incident, for a person and for a machine."""

from panorama_guard.case.incident import Cause, Incident
from panorama_guard.case.times import shown_time
from panorama_guard.reporting.plain import field_line, plain

AGENT_WORDS = 2
SUSPECTS = 3
_OPERATORS = "operator's command"  # what it is called in the cause of what was come upon after one


def call_lines(cause: Cause) -> list[str]:
    """Return who called what, when, from where and with what."""
    if not cause.event_id:
        return [
            *field_line("After call", f"not known: no event told of it, {_look(cause)} found it"),
            *field_line("At", shown_time(cause.event_time)),
        ]
    return [
        *field_line("After call", f"{cause.event_name} by {cause.actor}"),
        *field_line("At, from", f"{shown_time(cause.event_time)} {cause.source_address}"),
        *field_line(
            "With", _tool(cause.user_agent) + (f" (invoked by {cause.invoked_by})" if cause.invoked_by else "")
        ),
        *field_line("MFA", cause.mfa),
    ]


def suspect_lines(incident: Incident) -> list[str]:
    """Return whose earlier calls may have led to what a look came upon: it names nobody, and the record does."""
    names = tuple(dict.fromkeys(one.actor for one in incident.suspects))
    if incident.cause.is_named or not names:
        return []
    more = f" and {len(names) - SUSPECTS} more" if len(names) > SUSPECTS else ""
    return field_line("Suspects", f"earlier calls that may have led to it: by {', '.join(names[:SUSPECTS])}{more}")


def call_body(cause: Cause) -> dict[str, object]:
    """Return the call as the values of a JSON answer."""
    return {
        "event_id": plain(cause.event_id),
        "event": plain(f"{cause.event_source} {cause.event_name}"),
        "time": plain(cause.event_time),
        "region": plain(cause.region),
        "actor": plain(cause.actor),
        "session_issuer": plain(cause.session_issuer),
        "source_address": plain(cause.source_address),
        "user_agent": plain(cause.user_agent),
        "mfa": plain(cause.mfa),
        "invoked_by": plain(cause.invoked_by),
    }


def _look(cause: Cause) -> str:
    """Return which look came upon what no event told of: a sweep, a re-check, or one after somebody's word."""
    return "a look after an operator's command" if cause.event_name == _OPERATORS else f"a {cause.event_name}"


def _tool(user_agent: str) -> str:
    """Return what a user agent begins with: the tool and its version; the whole stands in the last line."""
    words = user_agent.split()
    return " ".join(words[:AGENT_WORDS]) + (" ..." if len(words) > AGENT_WORDS else "")
