"""From a record's change to the channels beside the operators' topic."""

from panorama_guard.case.errors import ChannelError
from panorama_guard.case.telling import Told, why_silent
from panorama_guard.policy.record import record
from panorama_guard.service.channels import Channel
from panorama_guard.service.ports import Ledger


@record
class Relayer:
    """What relaying needs: the ledger, and the channels that are on."""

    ledger: Ledger
    channels: tuple[Channel, ...]


def relay(record: Told, relayer: Relayer) -> tuple[str, ...]:
    """Tell each channel of what operators are told of, unless it had it; return the names of those that were told.

    One channel's failure keeps no other from being told. It is raised at the end, so that the record is delivered
    again; then only those are told that were not. A crash between telling and recording tells a channel twice.
    """
    if why_silent(record):
        return ()
    told, failed = [], []
    for channel in relayer.channels:
        try:
            told += [channel.name] if _relay(record, channel, relayer.ledger) else []
        except ChannelError as error:
            failed.append(f"{channel.name}: {error}")
    if failed:
        message = "; ".join(failed)
        raise ChannelError(message)
    return tuple(told)


def _relay(record: Told, channel: Channel, ledger: Ledger) -> bool:
    if ledger.told(record, channel.name) >= record.transition:
        return False
    channel.tell(record)
    ledger.put_told(record, channel.name)
    return True
