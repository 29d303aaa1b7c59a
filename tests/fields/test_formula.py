"""A parameterization from text: read by a grammar, never run."""

import math

import numpy as np
import pytest
import typst

from fields import Deep, GradientFlow, LineLoss, Own, PointLoss, Polar, equation, formula, integrate
from fields.parameterization.formula import expression

U = np.array([[0.7, 1.3], [2.0, 0.4]])


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("u^3 + u", lambda u: u**3 + u),
        ("2u^2 - 3 u/4", lambda u: 2 * u**2 - 3 * u / 4),
        ("-u^2", lambda u: -(u**2)),
        ("2^-u", lambda u: 2**-u),
        ("u^2^3", lambda u: u**8),
        ("exp(-u) + ln(u) sqrt(u)", lambda u: np.exp(-u) + np.log(u) * np.sqrt(u)),
        ("(u + 1)(u − 1)", lambda u: (u + 1) * (u - 1)),
        ("1 - 2 - u", lambda u: 1 - 2 - u),
        ("8 / 2 / u", lambda u: 8 / 2 / u),
        ("pi u ** .5 · e", lambda u: math.pi * u**0.5 * math.e),
        ("tanh((u))", np.tanh),
    ],
)
def test_what_is_written_is_what_is_meant(text, exact):
    np.testing.assert_allclose(formula(text).weights(U), exact(U), rtol=1e-14)


def test_two_formulas_share_two_names():
    own = formula("r cos(t), r sin(t)", guess=(3.0, 0.8))
    np.testing.assert_allclose(own.weights(U), Polar().weights(U), rtol=1e-15)
    w = np.array([(1.0, 2.0), (6.0, 0.5), (0.2, 7.0)])
    np.testing.assert_allclose(own.jacobian(w), Polar().jacobian(w), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "u" + ")" * 3000,
        "-" * 3000 + "u",
        "u" + "^u" * 3000,
        "sin " * 3000 + "u",
        " + ".join(["u"] * 3000),
        " ".join(["u"] * 3000),
    ],
    ids=["brackets", "signs", "powers", "functions", "terms", "factors"],
)
def test_what_is_too_deep_is_refused(text):
    for read in (formula, expression):
        with pytest.raises(ValueError, match="goes more than 200 deep, in brackets or in terms"):
            read(text)


def test_what_is_long_is_read():
    long = formula(" + ".join(["u/190"] * 190))
    np.testing.assert_allclose(long.weights(U), U, rtol=1e-13)
    np.testing.assert_allclose(long.jacobian(U), np.broadcast_to(np.eye(2), (2, 2, 2)), rtol=1e-13)
    assert long.function.typst.count("190") == 190


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os')", "at character 1, '_' is not known"),
        ("u.real", r"'.' is not known|is not expected"),
        ("u[0]", "at character 2, '\\[' is not known"),
        ("u +", "something is missing"),
        ("(u", "a bracket is not closed"),
        ("u)", "'\\)' is not expected"),
        ("u + v", "1 formulas of 2 names"),
        ("a b, b c, c a", "3 formulas of 3 names"),
        ("3", "1 formulas of 0 names"),
        ("lambda: u", "':' is not known"),
        ("u * / 2", "'/' is not expected"),
        ("", "something is missing"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text, words):
    with pytest.raises(ValueError, match=words):
        formula(text)


def test_equations_for_the_screen():
    assert equation("u^3 + u").typst == "w_i = u_i^(3) + u_i"
    assert equation("-(u - 1)/2").typst == "w_i = -frac(u_i - 1, 2)"
    assert equation("2(u + 1)^-2").typst == "w_i = 2 (u_i + 1)^(-2)"
    assert equation("r cos(t), r sin(t)").typst == ("w_1 = r cos(theta), quad w_2 = r sin(theta)")


def test_typst_can_set_them():
    text = ", ".join(equation(one).typst for one in ("u^3 + u", "exp(-u)/sqrt(u)", "2u(u - 1)"))
    assert typst.compile(f"$ {text} $".encode(), format="svg")


def test_your_own_in_three_lines():
    cube = Own(lambda u: u**3)
    w = integrate(GradientFlow(PointLoss(), cube), [1.0, 2.0], np.linspace(0, 0.1, 5))
    deep = GradientFlow(PointLoss(), Deep(3), rate=9)
    np.testing.assert_allclose(w, integrate(deep, [1.0, 2.0], np.linspace(0, 0.1, 5)), rtol=1e-9)
    polar = formula("r cos(t), r sin(t)", guess=(3.0, 0.8))
    line, times = LineLoss(-1, -2, 15), np.linspace(0, 1, 5)
    np.testing.assert_allclose(
        integrate(GradientFlow(line, polar), [4.0, 1.0], times),
        integrate(GradientFlow(line, Polar()), [4.0, 1.0], times),
        rtol=1e-9,
    )


def test_a_place_without_parameters_is_none():
    square = formula("u^2")
    assert np.all(np.isnan(square.parameters([-1.0, 2.0])))
    np.testing.assert_allclose(square.parameters([1.0, 2.0]), [1.0, 2**0.5], rtol=1e-15)
    with pytest.raises(ValueError, match="which no parameters reach"):
        integrate(GradientFlow(PointLoss(), square), [-1.0, 2.0], [0, 1])


@pytest.mark.parametrize("text", ["u^3 + u", "u^2", "r cos(t), r sin(t)"])
def test_parameters_are_the_same_in_any_company(text):
    """To the last bit: one place that takes longer moves no other."""
    own = formula(text)
    places = np.random.default_rng(0).uniform(0.0, 9.0, (60, 2))
    one_by_one = np.array([own.parameters(place) for place in places])
    assert np.array_equal(own.parameters(places), one_by_one)
    assert np.array_equal(own.parameters(places.reshape(3, 20, 2)), one_by_one.reshape(3, 20, 2))
    assert len(np.unique(one_by_one)) > 100


def test_parameters_are_found_where_their_formula_is_singular_at_equal_ones():
    """w₁ = u₁u₂, w₂ = u₁ + u₂: roots of x² − w₂x + w₁, which are real for w₂² ≥ 4w₁."""
    found = formula("u1 u2, u1 + u2").parameters([[3.0, 4.0], [2.0, 9.0], [5.0, 4.0]])
    np.testing.assert_allclose(np.sort(found[0]), [1.0, 3.0], rtol=1e-13)
    np.testing.assert_allclose(np.sort(found[1]), [(9 - 73**0.5) / 2, (9 + 73**0.5) / 2])
    assert np.isnan(found[2]).all()


def test_an_inverse_and_a_derivative_may_be_given():
    own = Own(
        lambda u: np.abs(u) ** 3,
        derivative=lambda u: (3 * u**2)[..., None] * np.eye(2),
        inverse=np.cbrt,
    )
    np.testing.assert_allclose(own.parameters([8.0, 27.0]), [2, 3], rtol=1e-15)
    np.testing.assert_allclose(own.precondition([8.0, 27.0], [1, 1]), [144.0, 729.0], rtol=1e-14)


def test_numbers_may_have_a_power_of_ten() -> None:
    small = formula("1e-3 u + 2.5E1")
    np.testing.assert_allclose(small.weights([2.0, 4.0]), [25.002, 25.004])
    assert formula("2e3 u").function.typst == "w_i = 2 dot 10^(3) u_i"
    np.testing.assert_allclose(formula("e^u").weights([1.0, 1.0]), [np.e, np.e])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("u1^3 + u1", "w_i = u_(1,i)^(3) + u_(1,i)"),
        ("x1 + x_2, x1 - x_2", "w_1 = x_1 + x_2, quad w_2 = x_1 - x_2"),
        ("alpha^2", "w_i = alpha_i^(2)"),
        ("scale^2 + 1", 'w_i = "scale"_i^(2) + 1'),
        ("sum + hat, hat", 'w_1 = "sum" + "hat", quad w_2 = "hat"'),
        ("t + theta, t", "w_1 = t + theta, quad w_2 = t"),
        ("2*3 u", "w_i = 2 dot 3 u_i"),
    ],
)
def test_names_and_numbers_are_shown_as_what_they_are(text, shown):
    assert equation(text).typst == shown
    assert typst.compile(f"$ {shown} $".encode(), format="svg")


@pytest.mark.parametrize(
    ("text", "weights"),
    [("u^3 - 3u", [[4.0, 9.0], [18.0, 2.5]]), ("u v, u + v", [[2.0, 3.0], [4.0, 5.0]])],
)
def test_parameters_are_found_though_the_guess_is_where_no_step_leads_away(text, weights):
    made = formula(text)
    np.testing.assert_allclose(made.weights(made.parameters(weights)), weights, rtol=1e-12)
