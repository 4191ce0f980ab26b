"""Asks for every guarded role and resource to be judged, and sends the alerts that were missed."""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from panorama_guard.case.dossier import Archivable, Dossier
from panorama_guard.case.ending import is_told_open
from panorama_guard.case.errors import StaleRecordError, UnlistedError
from panorama_guard.case.incident import Incident
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.resource import is_resource_key
from panorama_guard.case.sweeping import BEGINNING, ROLES, Place, Stretch, parse_place
from panorama_guard.case.telling import why_silent
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.policy.record import record, replace
from panorama_guard.service.errors import BrokenGuardError
from panorama_guard.service.sweeper import WITHOUT_END, Ground, Pace, Sweeper
from panorama_guard.service.walking import walk

TELLING_TAKES = timedelta(minutes=5)  # an alert that is older and was not sent was missed by the stream


@record
class SweepResult:
    """What a sweep saw, for the log; and where it is to go on, if its time was up."""

    roles_read: int
    roles_asked_for: tuple[str, ...]
    alerts_sent_again: tuple[str, ...]
    rules_enabled: tuple[str, ...]
    rest: Place | None = None


def sweep_for(bodies: Iterable[str], sweeper: Sweeper, *, now: str, pace: Pace) -> SweepResult:
    """Sweep once for all requests that came together, or go on with a sweep whose time was up.

    Who asks for a sweep meanwhile is not answered by the rest of one: that is asked for once more.
    """
    places = [parse_place(body) for body in bodies]
    begin = next((place for place in places if place), BEGINNING)
    if begin != BEGINNING and None in places:
        sweeper.sweeps.sweep(now)
    return sweep(sweeper, now=now, begin=begin, pace=pace)


def sweep(sweeper: Sweeper, *, now: str, begin: Place = BEGINNING, pace: Pace = WITHOUT_END) -> SweepResult:
    """Ask for all that is guarded to be judged and for the report of it, and wake the alerts that were missed.

    The guard's own rules come first: who disabled one is told of past the functions, and it is enabled again. When the
    time is up the rest is asked for, and whoever takes that up goes on there. The canary is sent last. Raises
    UnlistedError where AWS does not let the resources of some type be listed, and BrokenGuardError where a rule is gone
    or stays disabled, once all else is done.
    """
    enabled = sweeper.rules.enable()
    ground = sweeper.ground
    known = frozenset(ground.ledger.resources_on_record(ground.account))
    walked, rest = ask_for_all(begin, ground, known, pace, now=now)
    if rest:
        sweeper.sweeps.go_on(rest, now)
    else:
        sweeper.reports.report(now)
        sweeper.canary.send(now)
    if unlisted := [stretch.unlisted for stretch, _ in walked if stretch.unlisted]:
        raise UnlistedError("; ".join(unlisted))
    if broken := sweeper.rules.broken():
        raise BrokenGuardError(broken)
    return SweepResult(
        sum(stretch.looked_at for stretch, _ in walked if stretch.kind == ROLES),
        tuple(name for stretch, _ in walked for name in stretch.names),
        tuple(incident for _, sent in walked for incident in sent),
        enabled,
        rest,
    )


Walked = list[tuple[Stretch, tuple[str, ...]]]  # each stretch, with what was told again


def ask_for_all(
    begin: Place, ground: Ground, known: frozenset[str], pace: Pace, *, now: str
) -> tuple[Walked, Place | None]:
    """Ask for all of an account that is guarded to be judged, stretch by stretch.

    It goes on until the end, or until the time is up after a stretch; where to go on then is returned.
    """
    walked: Walked = []
    for stretch in walk(begin, ground, known, now=now):
        walked.append((stretch, tuple(_ask(stretch.names, ground, known, now=now))))
        pace.reached(stretch)
        if pace.is_over():
            return walked, stretch.end
    return walked, None


def _ask(names: tuple[str, ...], ground: Ground, known: frozenset[str], *, now: str) -> Iterator[str]:
    """Ask for these to be judged; yield the records of them whose alerts were missed, and are sent again."""
    ground.inspections.inspect(tuple(InspectionRequest(name, now, Origin.SWEEP) for name in names))
    for name in names:
        if not is_resource_key(name) or name in known:  # a resource has an incident only where it is on record
            dossier = ground.ledger.read(ground.account, name)
            _find_again(dossier, ground)
            for missed in _missed(dossier, now):
                # Writing it again puts it on the stream again; whoever was quicker has done that.
                with contextlib.suppress(StaleRecordError):
                    _put_again(missed, ground)
                    yield missed.id


def _find_again(dossier: Dossier, ground: Ground) -> None:
    """Have what is open in a member account found, also what was on record before anything pointed to it."""
    for incident in dossier.incidents:
        if is_told_open(incident):
            ground.ledger.point_to(incident)


def _put_again(missed: Archivable, ground: Ground) -> None:
    match missed:
        case Incident():
            ground.ledger.put_incident(replace(missed, revision=missed.revision + 1))
        case Undo():
            ground.ledger.put_undo(replace(missed, revision=missed.revision + 1))
        case Waiver():
            ground.ledger.put_waiver(replace(missed, revision=missed.revision + 1))


def _missed(dossier: Dossier, now: str) -> Iterator[Archivable]:
    """Yield what operators were not told of: how incidents stand, and what one of them did about one."""
    told = dict(dossier.told)
    timed: tuple[tuple[str, Archivable], ...] = (
        *((incident.updated_at, incident) for incident in dossier.incidents),
        *((undo.at, undo) for undo in dossier.undos),
        *((waiver.created_at, waiver) for waiver in dossier.waivers),
    )
    for at, one in timed:
        is_old = datetime.fromisoformat(now) - datetime.fromisoformat(at) > TELLING_TAKES
        if is_old and not why_silent(one) and told.get(one.id, 0) < one.transition:
            yield one
