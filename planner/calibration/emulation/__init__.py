"""Call logs of made-up days, attempt by attempt: for the example and for benchmarks."""
