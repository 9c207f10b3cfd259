"""How VICIdial allots calls: what one step of its dialing and of its balance dialing launches.

Facts measured on the unmodified scripts of VICIdial 2.14, told in ``docs/vicidial.md``; the code is
ours. Numbers in, numbers out, in forms that can be compiled.
"""

from __future__ import annotations


def calls_wanted(level: float, counted_agents: int, calls_with_agents: int) -> int:
    """Calls that a campaign wants on a server: level times agents, a half to the even number.

    Parameters
    ----------
    level : auto_dial_level, or 1 below the dial level threshold [calls per agent]
    counted_agents : those that the tally counts, target difference included [agents]
    calls_with_agents : added where only available agents are counted, else 0 [calls]
    """
    return round(level * counted_agents + calls_with_agents)


def allot(
    wanted: int,
    existing: int,
    used: int,
    trunks: int,
    own_limit: int,
    dedicated_to_others: int,
) -> tuple[int, int]:
    """Calls that one step launches for one campaign on one server, and the shortage it notes.

    Parameters
    ----------
    wanted : :func:`calls_wanted`
    existing : the campaign's calls on the server, those in a call menu left out [calls]
    used : all calls on the server, and what this step allotted to earlier campaigns [calls]
    trunks : max_vicidial_trunks [calls]
    own_limit : of its row MAXIMUM_LIMIT; negative without such a row [calls]
    dedicated_to_others : sum of the rows of all other campaigns on the server [calls]

    Returns
    -------
    New calls and local_trunk_shortage, both at least 0.

    Notes
    -----
    A limit of its own replaces the cut at the trunks of the server: the sum of limits above them
    is launched all the same.
    """
    missing = wanted - existing
    new, shortage = missing, 0
    if used + missing > trunks:
        new, shortage = min(missing, trunks - used), min(used + missing - trunks, missing)
    if own_limit >= 0:
        if own_limit < wanted:
            new, shortage = own_limit - existing, min(wanted - own_limit, missing)
    else:
        allowed = trunks - dedicated_to_others
        if allowed < used + missing:
            new = min(new, allowed - used)
            shortage = min(used + missing - allowed, missing)
    return max(new, 0), max(shortage, 0)


def fill(
    needed: int,
    used: int,
    trunks: int,
    off_limits: int,
    own_limit: int,
    dedicated_to_others: int,
    own_balance_calls: int,
) -> int:
    """Calls that balance dialing places for a campaign on a server that has no shortage of it.

    Parameters
    ----------
    needed : shortage of all servers less balance calls in progress, and less what this step placed
        before [calls]
    used : all calls on the server [calls]
    trunks : max_vicidial_trunks [calls]
    off_limits : balance_trunks_offlimits [calls]
    own_limit : of the campaign's row MAXIMUM_LIMIT here; negative without such a row [calls]
    dedicated_to_others : sum of the rows of all other campaigns here [calls]
    own_balance_calls : balance calls of the campaign in progress here [calls]
    """
    room = own_limit if own_limit >= 0 else trunks - off_limits - dedicated_to_others
    return max(min(room - own_balance_calls, needed, trunks - used), 0)
