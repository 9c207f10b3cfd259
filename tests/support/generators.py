"""Brute-force generator matrices of one campaign on one dialer, and their exponentials.

Written from the rules of dialing, state by state, independently of the package.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def drop_generator(N: int, A: int, tau: float, q: float, s: float) -> Matrix:
    """States 0..A-1 (busy agent lines), then i = N-A..0 attempts in progress in a pause."""
    n = N - A
    Q = np.zeros((N + 1, N + 1))
    for k in range(A):
        Q[k, k + 1] += (N - k) * q / tau  # k + 1 = A is the state with all n in progress
        if k > 0:
            Q[k, k - 1] += k / s
    for i in range(n + 1):
        here = A + n - i
        Q[here, A - 1] += A / s
        if i > 0:
            Q[here, here + 1] += i / tau
    return _with_diagonal(Q)


def absorbing_generator(N: int, A: int, tau: float, q: float, s: float) -> Matrix:
    """States 0..A-1 and the absorbing state A."""
    Q = np.zeros((A + 1, A + 1))
    Q[:A] = drop_generator(N, A, tau, q, s)[:A, : A + 1]
    return Q


def hold_states(N: int, A: int) -> list[tuple[int, int, int]]:
    """(busy agent lines, attempts in progress, held callers)."""
    dialing = [(k, N - k, 0) for k in range(A)]
    return dialing + [(A, i, h) for i in range(N - A, -1, -1) for h in range(N - A - i + 1)]


def hold_generator(N: int, A: int, tau: float, q: float, s: float, patience: float) -> Matrix:
    states = hold_states(N, A)
    index = {state: j for j, state in enumerate(states)}
    Q = np.zeros((len(states), len(states)))

    def add(source: tuple[int, int, int], target: tuple[int, int, int], rate: float) -> None:
        Q[index[source], index[target]] += rate

    for state in states:
        k, i, h = state
        if k < A:
            add(state, (k + 1, i - 1, 0), i * q / tau)
            if k > 0:
                add(state, (k - 1, i + 1, 0), k / s)
            continue
        if i > 0:
            add(state, (A, i - 1, h + 1), i * q / tau)
            add(state, (A, i - 1, h), i * (1 - q) / tau)
        if h > 0:
            add(state, (A, i, h - 1), h / patience)
            add(state, (A, i, h - 1), A / s)
        else:
            add(state, (A - 1, N - A + 1, 0), A / s)
    return _with_diagonal(Q)


def stationary_vector(Q: Matrix) -> Matrix:
    """Stationary distribution by elimination without subtraction (Grassmann, Taksar, Heyman)."""
    P = Q.copy()
    size = len(P)
    for k in range(size - 1, 0, -1):
        P[:k, k] /= P[k, :k].sum()
        P[:k, :k] += np.outer(P[:k, k], P[k, :k])
    weights = np.ones(size)
    for k in range(1, size):
        weights[k] = weights[:k] @ P[:k, k]
    return weights / weights.sum()


def transition_matrix(Q: Matrix, seconds: float) -> Matrix:
    """exp(Q * seconds): a short Taylor series of non-negative terms, then repeated squaring."""
    rate = -Q.diagonal().min()
    squarings = max(0, int(np.ceil(np.log2(2 * rate * seconds))))
    x = rate * seconds / 2**squarings
    V = np.maximum(Q / rate + np.eye(len(Q)), 0.0)
    term = np.eye(len(Q)) * np.exp(-x)
    P = term.copy()
    for n in range(1, 20):
        term = term @ V * (x / n)
        P += term
    for _ in range(squarings):
        P = P @ P
        P /= P.sum(axis=1, keepdims=True)
    return P


def _with_diagonal(Q: Matrix) -> Matrix:
    np.fill_diagonal(Q, 0.0)
    np.fill_diagonal(Q, -Q.sum(axis=1))
    return Q
