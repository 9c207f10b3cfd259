"""What floating-point rounding is allowed, by use: who changes one must see the others."""

from __future__ import annotations

#: A limit is broken beyond this relative excess.
LIMIT_ROUNDING = 1e-9
#: A share is met, and nothing is missing, where less than this share of it is (a
#: millionth of a per cent).
PER_CENT_ROUNDING = 1e-8
#: The search keeps its plans this close within limits, so that whoever adds up in another order
#: finds none broken.
SEARCH_ROUNDING = 1e-10
#: Sums of calls that are made in different orders differ by less, relatively.
SUM_ROUNDING = 1e-12
#: Shares and lines closer than this are equal.
SHARE_ROUNDING = 1e-9
#: Values and reduced costs of the master closer than this are equal, relatively.
MASTER_ROUNDING = 1e-9
