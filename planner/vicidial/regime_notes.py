"""What is told beside figures of a site that VICIdial dials otherwise than the planner does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from planner.contracts.faults import InputError
from planner.vicidial.reading.regimes import Regime
from planner.vicidial.settings import SETTINGS_FILE, read_settings_file

_MOST_NAMED = 5
_WHY = {
    Regime.UPPER_BOUND: "their calls go to agents of any server: pauses and abandoned calls are at "
    "most what figures of the current lines say",
    Regime.LOWER_BOUND: "VICIdial dials them while their agents are busy, too: it does not pause, "
    "and abandoned calls are at least what figures of the current lines say",
    Regime.UNKNOWN: "their level changes every 15 seconds, or their agents are shared: figures of "
    "the current lines are not what VICIdial does",
}


def regime_sentences(regimes: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each way of dialing that is not the planner's."""
    for regime, why in _WHY.items():
        names = [name for name, value in regimes.items() if value == regime.value]
        if names:
            rest = len(names) - _MOST_NAMED
            named = ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
            yield (
                f"{named}: with the settings of today {why}. planner vicidial emulate shows what "
                "they do; a plan that is written changes these settings."
            )


def folder_sentences(folder: Path) -> list[str]:
    """The same of a planning folder; none where it was not read from VICIdial."""
    if not (folder / SETTINGS_FILE).is_file():
        return []
    try:
        return list(regime_sentences(read_settings_file(folder).regimes))
    except InputError:  # a damaged file is told where it is needed
        return []
