"""The coefficients of the explicit method are those that SciPy has, to the last bit."""

import numpy as np
from scipy.integrate._ivp import dop853_coefficients as scipy_dop853

from fields.solve.methods.dop853 import DENSE, ERROR_3, ERROR_5, MATRIX, NODES, STAGES


def dense(row, columns):
    """A row with its zeros."""
    full = np.zeros(columns)
    for k, coefficient in row.items():
        full[k] = coefficient
    return full


def test_nodes_and_stages():
    assert STAGES == scipy_dop853.N_STAGES
    np.testing.assert_array_equal(NODES, scipy_dop853.C)
    ours = np.array([dense(row, len(MATRIX)) for row in MATRIX])
    np.testing.assert_array_equal(ours, scipy_dop853.A)
    np.testing.assert_array_equal(dense(MATRIX[STAGES], STAGES), scipy_dop853.B)


def test_error_estimates_and_dense_output():
    np.testing.assert_array_equal(dense(ERROR_3, STAGES + 1), scipy_dop853.E3)
    np.testing.assert_array_equal(dense(ERROR_5, STAGES + 1), scipy_dop853.E5)
    ours = np.array([dense(row, len(MATRIX)) for row in DENSE])
    np.testing.assert_array_equal(ours, scipy_dop853.D)
