"""What a calibration finds: estimates with intervals, and why others cannot be known."""

from __future__ import annotations

from dataclasses import dataclass, field

#: The product of both rates, where humans and machines cannot be told apart.
REQUEST_RATE = "answer_rate*transfer_rate"
#: Coefficients of variation that differ by less come to the same.
_NO_DIFFERENCE = 0.02


@dataclass(frozen=True)
class Estimate:
    """One figure of a campaign, with its 95 % interval; ``value`` None where it is not known.

    ``figure`` is the column of ``campaigns.csv`` that it is for; ``note`` says what to beware of,
    or why it is not known.
    """

    campaign_id: str
    figure: str
    value: float | None
    low: float | None
    high: float | None
    attempts: int
    days: int
    method: str
    note: str = ""

    @property
    def is_one(self) -> bool:
        """Whether 1 explains the log or makes no difference: lengths are exponential then."""
        if self.value is None or self.low is None or self.high is None:
            return False
        return self.low <= 1 <= self.high or abs(self.value - 1) < _NO_DIFFERENCE

    @property
    def trust(self) -> str:
        """How much to rely on it, in a word."""
        if self.value is None:
            return "not known"
        if self.days < 2 or self.low is None or self.high is None:
            return "one day only" if self.days < 2 else "low end only"
        if self.figure.endswith("_day_cv"):
            return "good" if self.days >= 20 else "fair" if self.days >= 8 else "rough"
        reach = (self.high - self.low) / 2 / self.value if self.value > 0 else self.high
        if reach <= 0.1 and self.days >= 5:
            return "good"
        return "fair" if reach <= 0.25 and self.days >= 3 else "rough"


@dataclass(frozen=True)
class HourEstimate:
    """A figure of a campaign in one hour of the day, shrunk towards that of all hours."""

    campaign_id: str
    days: tuple[int, ...]  # weekdays seen, 0 = Monday
    from_minute: int
    to_minute: int
    figure: str
    value: float
    low: float
    high: float
    attempts: int


@dataclass(frozen=True)
class WaitCurve:
    """Share of callees still willing to wait after so many seconds (Kaplan and Meier)."""

    campaign_id: str
    seconds: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class LogReading:
    """How one file was read: what it was taken for, its mapping, and what was left out.

    ``lines`` are those of a mapping file with which it is read in the same way.
    """

    file: str
    format: str
    mapping: tuple[tuple[str, str], ...]  # field, column
    rows: int
    attempts: int
    warnings: tuple[str, ...] = ()
    lines: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Estimates:
    """All that was estimated from the logs."""

    figures: tuple[Estimate, ...] = ()
    hours: tuple[HourEstimate, ...] = ()
    waits: tuple[WaitCurve, ...] = ()
    attempts: int = 0
    first_day: str = ""
    last_day: str = ""

    def of(self, campaign_id: str, figure: str) -> Estimate | None:
        """The estimate of a figure of a campaign, None where there is none."""
        for found in self.figures:
            if (found.campaign_id, found.figure) == (campaign_id, figure):
                return found
        return None

    @property
    def campaign_ids(self) -> tuple[str, ...]:
        """The campaigns of the logs, in order."""
        return tuple(dict.fromkeys(item.campaign_id for item in self.figures))


@dataclass(frozen=True)
class Calibration:
    """Readings of the logs and what follows from them."""

    readings: tuple[LogReading, ...]
    estimates: Estimates
    warnings: tuple[str, ...] = field(default=())
