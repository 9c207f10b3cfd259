"""What happens next to servers that dial in loops: a heap of events by time. Compiled."""

from __future__ import annotations

from typing import Any

from planner.compiling.compiled import lean

#: Scalars of a world: events, callers who wait, callers who ever waited, and whether there was no
#: room for an event.
EVENTS, HELD, EVER_HELD, OVERFLOWN = range(4)


@lean
def push(world: Any, time: float, event: tuple[int, int, int, int, int, int]) -> None:
    """Add an event."""
    times, events = world.times, world.events
    place = world.scalars[EVENTS]
    if place == times.size:
        world.scalars[OVERFLOWN] = 1
        return
    world.scalars[EVENTS] += 1
    while place > 0:
        above = (place - 1) >> 1
        if times[above] <= time:
            break
        times[place] = times[above]
        for column in range(6):
            events[place, column] = events[above, column]
        place = above
    times[place] = time
    for column in range(6):
        events[place, column] = event[column]


@lean
def drop_first(world: Any) -> None:
    """Take the earliest event out."""
    times, events = world.times, world.events
    world.scalars[EVENTS] -= 1
    last = world.scalars[EVENTS]
    time = times[last]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        if below + 1 < last and times[below + 1] < times[below]:
            below += 1
        if times[below] >= time:
            break
        times[place] = times[below]
        for column in range(6):
            events[place, column] = events[below, column]
        place = below
    times[place] = time
    for column in range(6):
        events[place, column] = events[last, column]
