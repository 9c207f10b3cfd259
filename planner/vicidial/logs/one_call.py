"""One call of VICIdial's logs as an attempt: which log tells what, and what none of them does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from planner.vicidial.logs.logs import Ended, Launch, Logged, Talk
from planner.vicidial.routes import MACHINE_DETECTING, plays_message
from planner.vicidial.settings import CampaignSettings

MACHINE_STATUSES = frozenset({"A", "AA", "AM", "AL", "AFAX"})
DROPPED = frozenset({"DROP", "XDROP"})
_NO_USER = frozenset({"", "VDAD", "VDCL"})
_OUTCOMES = {"NOANSWER": "no_answer", "CANCEL": "no_answer", "BUSY": "busy"}
_UNANSWERED = {"NA": "no_answer", "AB": "busy", "B": "busy"}
_FAILED = frozenset({"DC", "ADC", "ADCT"})


class Attempt(NamedTuple):
    """One attempt; times are epochs [s]."""

    campaign_id: str
    dialer_id: str
    launched: float
    ended: float | None
    answered: float | int | None  # its time where it is known, else 1 or 0
    human: int | None
    requested: float | None
    connected: float | None
    released: float | None
    outcome: str

    def cells(self) -> list[object]:
        """As a row of the table; times in ISO, UTC."""
        answered = self.answered if self.answered in (0, 1, None) else _iso(self.answered)
        return [
            self.campaign_id,
            self.dialer_id,
            _iso(self.launched),
            _iso(self.ended),
            answered,
            self.human,
            _iso(self.requested),
            _iso(self.connected),
            _iso(self.released),
            self.outcome,
        ]


class Statuses(NamedTuple):
    """What dispositions mean, by campaign where it has its own, else by (None, status)."""

    human: Mapping[tuple[str | None, str], bool]
    machine: Mapping[tuple[str | None, str], bool]

    def is_human(self, campaign: str, status: str) -> bool:
        """Whether a person answered, by the flag of the status."""
        return self.human.get((campaign, status), self.human.get((None, status), False))

    def is_machine(self, campaign: str, status: str) -> bool:
        """Whether a machine answered, by the flag of the status or by its meaning."""
        known = self.machine.get((campaign, status), self.machine.get((None, status), False))
        return known or status in MACHINE_STATUSES


class Call(NamedTuple):
    """All that is known of one attempt."""

    launch: Launch
    launched: float
    ended: Ended | None
    logged: Logged
    remote: float | None
    talk: Talk | None
    queued: Mapping[str, Any] | None

    @property
    def was_answered(self) -> bool:
        """By whomever; machines count."""
        if self.ended is not None:
            return self.ended.answered_seconds > 0 or self.ended.dial_status == "ANSWER"
        log = self.logged
        return log.seconds > 0 or self.connected is not None or log.status in DROPPED

    @property
    def connected(self) -> float | None:
        """When an agent took the call."""
        if self.remote is not None:
            return self.remote
        return self.talk.connected if self.talk is not None else None

    @property
    def answered_at(self) -> float | None:
        """When it was answered, where that is known."""
        if self.ended is not None and self.ended.answered_seconds > 0:
            ring = max(self.ended.dial_seconds - self.ended.answered_seconds, 0.0)
            return self.launched + ring
        return self.logged.started if self.logged.seconds > 0 else None

    def attempt(
        self, dialer: str, campaign: CampaignSettings | None, statuses: Statuses
    ) -> Attempt:
        """As the row of the table."""
        answered = self.was_answered
        requested = self._requested(campaign)
        outcome = self._outcome(answered)
        return Attempt(
            campaign_id=self.logged.campaign_id,
            dialer_id=dialer,
            launched=self.launched,
            ended=self._end(answered),
            answered=(self.answered_at or 1) if answered else 0,
            human=self._human(answered, requested, campaign, statuses),
            requested=requested,
            connected=self.connected,
            released=self.talk.released if self.talk is not None and self.remote is None else None,
            outcome=outcome,
        )

    def _end(self, answered: bool) -> float | None:
        """When the call ended; of an unanswered one without a carrier's word the ring limit."""
        if self.connected is not None:
            return self._end_of_talk(self.connected)
        if self.ended is not None and self.ended.dial_seconds > 0:
            return self.launched + self.ended.dial_seconds
        if self.ended is not None or answered:
            told = self.ended.ended if self.ended is not None else self.logged.ended
            return self._after(told, self.launched)
        rang_out = self.logged.status == "NA" and self.launch.ring_limit is not None
        return self.launched + (self.launch.ring_limit or 0.0) if rang_out else None

    def _end_of_talk(self, connected: float) -> float | None:
        if self.talk is not None and self.remote is None:
            return connected + max(self.talk.talk_seconds - self.talk.dead_seconds, 0.0)
        return self._after(self.logged.ended, connected)

    @staticmethod
    def _after(moment: float | None, start: float) -> float | None:
        return moment if moment is not None and moment >= start else None

    def _requested(self, campaign: CampaignSettings | None) -> float | None:
        """When an agent was asked for; with a message before, at the latest."""
        at_answer = campaign is not None and not plays_message(campaign)
        asked = self.connected is not None or self._gave_up or self.logged.status in DROPPED
        if not asked or not self.was_answered:
            return None
        if at_answer and self.answered_at is not None:
            return self.answered_at
        waited = self._waited(campaign)
        end = self.connected if self.connected is not None else self.logged.ended
        if end is None:
            return None
        return max(end - (waited or 0.0), self.launched)

    @property
    def _gave_up(self) -> bool:
        """Whether the callee hung up while waiting for an agent."""
        if self.connected is not None:
            return False
        if self.queued is not None:
            return str(self.queued["term_reason"]) == "ABANDON"
        return self.logged.reason == "ABANDON"

    def _waited(self, campaign: CampaignSettings | None) -> float | None:
        """How long the callee waited for an agent, where that is known [s]."""
        if self.queued is not None:
            return float(self.queued["queue_seconds"] or 0)
        if self.logged.reason == "QUEUETIMEOUT" and campaign is not None:
            return float(campaign.drop_seconds or 0)
        return None

    def _outcome(self, answered: bool) -> str:
        status = self.logged.status
        if self.connected is not None:
            found = "transferred"
        elif self._gave_up:
            found = "gave_up"
        elif status in DROPPED:
            found = "cut_off"
        elif answered:
            found = "machine" if status in MACHINE_STATUSES else "answered"
        elif status in _FAILED:
            found = "failed"
        elif self.ended is not None:
            found = _OUTCOMES.get(self.ended.dial_status, "failed")
        else:
            found = _UNANSWERED.get(status, "no_answer")
        return found

    def _human(
        self,
        answered: bool,
        requested: float | None,
        campaign: CampaignSettings | None,
        statuses: Statuses,
    ) -> int | None:
        """Whether a person answered; None where the logs cannot tell people from machines."""
        name, status = self.logged.campaign_id, self.logged.status
        if not answered or statuses.is_machine(name, status):
            return 0
        if requested is not None or statuses.is_human(name, status):
            return 1
        detects = campaign is not None and campaign.campaign_vdad_exten in MACHINE_DETECTING
        return 1 if detects and self.logged.user not in _NO_USER else None


def _iso(moment: float | int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()
