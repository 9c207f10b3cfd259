"""VICIdial's logs as attempts: what each quantity can be known from, and where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from planner.vicidial.logs.logs import Day, Launch, Logged, code_key, read_day
from planner.vicidial.logs.one_call import Attempt, Call, Statuses
from planner.vicidial.reading.database import Database
from planner.vicidial.settings import Settings

#: First letter of the caller code of automatic dialing.
AUTOMATIC = "V"
#: The clocks of an attempt and of its channel's id agree that closely, but for whole hours [s].
_CLOSE, _HOUR = 300.0, 3600.0


class Counts:
    """What was found, and what the logs do not tell."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Count one more."""
        self.found[name] = self.found.get(name, 0) + 1

    def __getitem__(self, name: str) -> int:
        return self.found.get(name, 0)


def read_statuses(database: Database) -> Statuses:
    """The flags of the system's and of the campaigns' statuses."""
    human: dict[tuple[str | None, str], bool] = {}
    machine: dict[tuple[str | None, str], bool] = {}
    for table in ("vicidial_statuses", "vicidial_campaign_statuses"):
        columns = ("status", "human_answered", "answering_machine", "campaign_id")
        for row in database.select(table, columns):
            key = (row["campaign_id"], str(row["status"]).upper())
            human[key] = row["human_answered"] == "Y"
            machine[key] = row["answering_machine"] == "Y"
    return Statuses(human, machine)


def read_attempts(
    database: Database, settings: Settings, first: date, last: date, counts: Counts
) -> Iterator[Attempt]:
    """All attempts that were launched from the first to the last day, day by day.

    Parameters
    ----------
    first, last : on the clock of the database
    counts : is told what was found, and of what there is too little to use it
    """
    statuses = read_statuses(database)
    day = first
    while day <= last:
        logs = read_day(database, day)
        for launch in logs.launches.values():
            found = _attempt(launch, logs, settings, statuses, counts)
            if found is not None:
                yield found
        day += timedelta(days=1)


def _attempt(
    launch: Launch,
    logs: Day,
    settings: Settings,
    statuses: Statuses,
    counts: Counts,
) -> Attempt | None:
    key = (launch.server_ip, launch.caller_code)
    if not launch.caller_code.startswith(AUTOMATIC):
        counts.add("manual")
        return None
    dialer = settings.dialer_ids.get(launch.server_ip)
    if dialer is None:
        counts.add("unknown_server")
        return None
    ended = logs.ended.get(key)
    names = [logs.extended.get(key, ""), ended.uniqueid if ended else "", launch.uniqueid]
    logged = _log_of(logs, names, launch.lead_id)
    if logged is None:
        counts.add("without_log")
        return None
    if launch.launched is None:
        counts.add("without_launch")
        return None
    launched = corrected(launch.launched, names)
    campaign = settings.campaign_by_id.get(logged.campaign_id)
    talk = next(
        (
            logs.talks[name, launch.lead_id]
            for name in names
            if (name, launch.lead_id) in logs.talks
        ),
        None,
    )
    queued = next(
        (logs.queued[n, launch.lead_id] for n in names if (n, launch.lead_id) in logs.queued), None
    )
    call = Call(
        launch,
        launched,
        ended,
        logged,
        logs.remote.get(code_key(launch.caller_code, launch.lead_id)),
        talk,
        queued,
    )
    attempt = call.attempt(dialer, campaign, statuses)
    _count(attempt, call, counts)
    return attempt


def _count(attempt: Attempt, call: Call, counts: Counts) -> None:
    """Count what is known of an attempt."""
    counts.add("attempts")
    for name in ("ended", "human", "requested", "connected", "released"):
        if getattr(attempt, name) is not None:
            counts.add(name)
    if attempt.answered:
        counts.add("answered")
    if call.ended is not None:
        counts.add("carrier")
    elif attempt.answered == 0 and attempt.ended is not None:
        counts.add("ring_limit")


def _log_of(logs: Day, names: list[str], lead: int) -> Logged | None:
    """The log row of an attempt: by its id, or by the part before the dot, and the same lead."""
    for name in (*names, *(name.partition(".")[0] for name in names)):
        for item in logs.logged.get(name, ()) if name else ():
            if item.lead_id == lead or not lead:
                return item
    return None


def corrected(launched: float, names: list[str]) -> float:
    """A launch whose local time was read an hour off, as the clocks change, by its channel's id.

    The id begins with the epoch at which the channel was made.
    """
    for name in names:
        head = name.partition(".")[0]
        if head.isdecimal():
            off = float(head) - launched
            hours = round(off / _HOUR)
            if hours and abs(hours) <= 2 and abs(off - hours * _HOUR) <= _CLOSE:
                return launched + hours * _HOUR
            return launched
    return launched
