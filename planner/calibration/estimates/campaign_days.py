"""The sums of one campaign by cluster: its days, or the hours of the only day there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.calibration.attempts import Codes, Floats
from planner.calibration.tallies import SUMS, Cell


@dataclass(frozen=True)
class CampaignDays:
    """Sums of a campaign, [cluster] each by name; ``days`` that were seen, ``day`` of clusters."""

    campaign_id: str
    sums: dict[str, Floats]
    day: Codes
    days: int

    def __getitem__(self, name: str) -> Floats:
        return self.sums[name]

    def total(self, name: str) -> float:
        """A sum over all clusters."""
        return float(self.sums[name].sum())


def campaign_days(cells: Sequence[Cell], sums: Floats) -> list[CampaignDays]:
    """Group cells by campaign and day; by hour where a campaign has one day only."""
    found = []
    for campaign_id in dict.fromkeys(cell.campaign for cell in cells):
        rows = [place for place, cell in enumerate(cells) if cell.campaign == campaign_id]
        day = np.array([cells[row].day for row in rows], dtype=np.int64)
        keys = day
        if len(np.unique(day)) == 1:
            keys = np.array([cells[row].hour for row in rows], dtype=np.int64)
        clusters, place = np.unique(keys, return_inverse=True)
        grouped = np.zeros((len(clusters), len(SUMS)))
        np.add.at(grouped, place, sums[rows])
        named = {name: grouped[:, column] for column, name in enumerate(SUMS)}
        days = len(np.unique(day))
        of_cluster = clusters if days > 1 else np.full(len(clusters), day[0])
        found.append(CampaignDays(campaign_id, named, of_cluster, days))
    return found
