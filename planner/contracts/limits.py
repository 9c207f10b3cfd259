"""What may be asked for, said once; imports nothing, so that the command line starts at once."""

#: Moments and dates outside these years are typing errors, and would overflow in time zones.
YEARS = range(1970, 2200)
#: Larger counts of lines are typing errors, and would only exhaust memory.
MAX_LINES = 100_000
#: A value per call, a cost or the price of a move beyond this is a typing error.
MAX_VALUE = 1e12
#: Failures at once in the worst case.
MAX_FAILURES = 2
#: Start of the random numbers.
MAX_SEED = 2**31 - 1
#: Longest search [s]: eleven days.
MAX_SEARCH_SECONDS = 1e6
#: A projection further ahead than a month [h] says nothing that its first weeks do not.
MAX_HOURS = 31 * 24
#: Simulated runs; more only repeat each other.
MAX_REPLICATIONS = 10_000
#: Plans along a frontier; points and levels beyond these only repeat each other.
MAX_POINTS, MAX_LEVELS = 201, 10
#: Processes of one machine that plan the problems of a batch.
MAX_WORKERS = 1024
