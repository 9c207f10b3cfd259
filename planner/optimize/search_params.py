"""What a search may spend, and which of its parts take part; a benchmark switches one off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchParams:
    """Limits of work, which decide before the clock does so that results repeat, and parts."""

    #: Fleets of up to so many cells (campaign and dialer) are also improved and proven by methods
    #: that look at each pair of dialers and at every column.
    small: int = 400
    #: Fleets of so few, priced exactly, are left to splitting boxes.
    few_cells: int = 100
    #: Fleets of more cells get their bound in two steps.
    large: int = 2500
    #: Fleets of more cells are improved before they are bound closely.
    huge: int = 50_000

    #: Boxes relaxed, and rounds of rebuilding in a row that may find nothing.
    most_boxes: int = 4000
    most_stale: int = 5
    #: Boxes split between two such rounds, more after rounds that found nothing; they end earlier
    #: once so many buckets of calls were evaluated on the way.
    boxes_per_round: int = 60
    evaluations_per_round: int = 6_000
    #: Boxes after which one is followed down to a plan.
    boxes_per_plunge: int = 30
    #: Boxes split by what the worst failure takes after a round, at most; what that may differ by
    #: in a mix, as a share of the gap asked for, on all fleets and on small ones.
    loss_splits_per_round: int = 8
    loss_precision: float = 0.05
    least_loss_share: float = 0.25

    #: Relaxations need not be solved closer than this share of the gap asked for.
    root_precision: float = 0.05
    #: Larger fleets begin to look for plans once the relaxation is this share of the gap from its
    #: end, and take a near bound after so many rounds in a row without a lower one.
    first_precision: float = 0.3
    patience: int = 10

    #: Ways to better plans: agents moved between dialers, cells changed while limits may break, an
    #: integer master over the columns.
    agent_annealing: bool = True
    cell_annealing: bool = True
    restricted_master: bool = True
    #: Comparisons in an annealing of cells at most, between which it cools.
    most_chunks: int = 10_000
    #: Whether boxes are split, on small fleets.
    splits: bool = True
    #: Whether the relaxation is solved; else, where a search goes on from another one, its first
    #: bound is taken, and the plan to begin with is improved campaign by campaign so many times.
    relax: bool = True
    glance_sweeps: int = 3
    #: Whether plans are sought for as long as rounds find some, beginning hotter where nothing near
    #: is better; else boxes are split after each round.
    thorough: bool = True
    #: Whether among plans within the gap the evenest, with the fewest moves, is looked for.
    polish: bool = True
    #: Steps of an annealing run between comparisons, at most, where limits tie the dialers of
    #: campaigns together.
    tied_steps: int = 16_000


#: What every command and page searches with.
DEFAULT = SearchParams()
