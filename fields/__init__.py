"""The mathematics of reparameterized training: losses, parameterizations, flows and motions.

    Loss × Parameterization → Flow → (starts, duration) → Motion

Everything is a frozen value; arrays batch over leading axes, the last being (w₁, w₂).
Source: D. Gissin, "A Primer on Implicit Regularization".
"""

from fields.arrival import arrival_time, exit_time
from fields.conserved import conserved_curve, landing_path
from fields.descent import gradient_descent, stability_threshold
from fields.family import paths_by_depth, share_at_half
from fields.flow import Flow, GradientFlow, MorphingFlow, Slide, Turns
from fields.formula import Equation, equation, formula
from fields.integrate import DRAWN, integrate
from fields.landing import landing, line_invariant
from fields.learning import learned, learning_time, point_invariant, point_solution
from fields.limit import field_distance
from fields.loss import LineLoss, Loss, PointLoss
from fields.mirror import divergence, dual, norm_order, potential, primal
from fields.motion import Motion, Stream
from fields.norm import least_norm
from fields.own import Own
from fields.pace import EvenPace, Frozen
from fields.parameterization import (
    Deep,
    Elementwise,
    InversePower,
    Log,
    Parameterization,
    Power,
)
from fields.polar import Polar
from fields.rate import even_rate, post_rate, reference_weight
from fields.streamline import Streamlines, streamlines
from fields.trajectory import Trajectory, follow

__all__ = [
    "DRAWN",
    "Deep",
    "Elementwise",
    "Equation",
    "EvenPace",
    "Flow",
    "Frozen",
    "GradientFlow",
    "InversePower",
    "LineLoss",
    "Log",
    "Loss",
    "MorphingFlow",
    "Motion",
    "Own",
    "Parameterization",
    "PointLoss",
    "Polar",
    "Power",
    "Slide",
    "Stream",
    "Streamlines",
    "Trajectory",
    "Turns",
    "arrival_time",
    "conserved_curve",
    "divergence",
    "dual",
    "equation",
    "even_rate",
    "exit_time",
    "field_distance",
    "follow",
    "formula",
    "gradient_descent",
    "integrate",
    "landing",
    "landing_path",
    "learned",
    "learning_time",
    "least_norm",
    "line_invariant",
    "norm_order",
    "paths_by_depth",
    "point_invariant",
    "point_solution",
    "post_rate",
    "potential",
    "primal",
    "reference_weight",
    "share_at_half",
    "stability_threshold",
    "streamlines",
]
