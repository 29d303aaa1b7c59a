"""The equations of a page, by the names that its script has for them: in Typst, and as said."""

from __future__ import annotations

from fields import Loss, Own, Parameterization
from fields.data.custom import CustomLoss
from fields.parameterization.formula import Equation, Expression
from stage.text.language import gettext, gettext_noop

_PULL = "g = minimizer(w^*) - w"

FIXED = {
    "w1": ("w_1", "w 1"),
    "w2": ("w_2", "w 2"),
    "w*": ("w^*", gettext_noop("w star")),
    "6": ("6", "6"),
    "10": ("10", "10"),
    "law depth": (
        "dot(w)_i prop w_i^(2 - 2 slash N) g_i",
        gettext_noop("w dot is in proportion to w^(2-2/N) g"),
    ),
    "law depth plain": ("dot(w)_i = g_i", gettext_noop("w dot is g")),
    "law depth limit": (
        "dot(w)_i prop w_i^2 g_i",
        gettext_noop("w dot is in proportion to w squared g"),
    ),
    "model depth": ("w_i = (1 + u_i slash N)^N", gettext_noop("w is (1 + u/N)^N")),
    "model depth plain": ("w_i = 1 + u_i", gettext_noop("w is 1 + u")),
    "model depth limit": ("w_i = e^(u_i)", gettext_noop("w is e^u")),
    "law polar": (
        "dot(w) = g_parallel + r^2 g_perp",
        gettext_noop("w dot is the radial part of g plus r squared times the rest"),
    ),
    "model polar": (
        "w = (r cos theta, r sin theta)",
        gettext_noop("w is (r cos theta, r sin theta)"),
    ),
    "law log": ("dot(w)_i = e^(-2 w_i) g_i", gettext_noop("w dot is e^(-2w) g")),
    "model log": ("w_i = ln u_i", gettext_noop("w is ln u")),
    "law difference": (
        "dot(w)_i = 4 sqrt(w_i^2 + 4 alpha^4) thin g_i",
        gettext_noop("w dot is 4 times the root of w squared plus 4 alpha^4, times g"),
    ),
    "model difference": ("w_i = u_i^2 - v_i^2", gettext_noop("w is u squared minus v squared")),
    "loss point": (_PULL, gettext_noop("g is w star minus w")),
    "loss line": ("g = -(n dot w - d) n", gettext_noop("g is minus (n dot w minus d) n")),
}


def equations(parameterization: Parameterization, loss: Loss) -> dict[str, tuple[str, str]]:
    """All that a page of these may show."""
    found = dict(FIXED)
    if isinstance(parameterization, Own) and isinstance(parameterization.function, Equation):
        found["law own"] = ("dot(w) = J J^T g", gettext_noop("w dot is J J transposed g"))
        found["model own"] = (
            parameterization.function.typst,
            gettext_noop("w is your formula of u"),
        )
    found["loss own"] = ("g = -nabla L", gettext_noop("g is minus the gradient of the loss"))
    if isinstance(loss, CustomLoss) and isinstance(loss.function, Expression):
        found["loss own"] = (f"L = {loss.function.typst}", gettext_noop("the loss is your formula"))
    return {name: (source, gettext(said)) for name, (source, said) in found.items()}
