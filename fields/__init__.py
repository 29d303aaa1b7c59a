"""The mathematics of reparameterized training: losses, parameterizations, flows and motions.

    Loss × Parameterization → Flow → (starts, duration) → Motion

Everything is a frozen value; arrays batch over leading axes, the last being (w₁, w₂, …).
Source: D. Gissin, "A Primer on Implicit Regularization".
"""

from fields.flow import Flow, GradientFlow, MorphingFlow, ParameterFlow, Slide, Turns
from fields.loss import LineLoss, Loss, PointLoss, TargetLoss
from fields.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from fields.optimizers.base import Optimizer
from fields.optimizers.descent import Clipped, GradientDescent, SignDescent
from fields.optimizers.training import Training, train
from fields.pace import EvenPace, Frozen, HeldFlow
from fields.parameterization.base import Elementwise, Parameterization
from fields.parameterization.custom import Own
from fields.parameterization.difference import Difference
from fields.parameterization.formula import Equation, equation, formula
from fields.parameterization.matrix_product import MatrixProduct
from fields.parameterization.polar import Polar
from fields.parameterization.power import Deep, InversePower, Log, Monomial, Power
from fields.particles.hold import HeldStream, moving
from fields.particles.projection import AffinePlane, OfWeights, Projection, TwoWeights
from fields.particles.stream import Motion, Stream
from fields.particles.streamline import Streamlines, streamlines
from fields.solve.integrate import DRAWN, integrate
from fields.solve.trajectory import Trajectory, follow
from fields.theory.descent import gradient_descent, stability_threshold
from fields.theory.family import paths_by_depth, races_by_depth, share_at_half
from fields.theory.limit import field_distance
from fields.theory.line.arrival import arrival_time, exit_time
from fields.theory.line.conserved import conserved_curve, landing_path
from fields.theory.line.invariant import line_invariant
from fields.theory.line.landing import landing, landing_condition
from fields.theory.mirror import divergence, dual, least_norm, norm_order, potential, primal
from fields.theory.point.elapsed import learned
from fields.theory.point.learning import learning_time, point_invariant, point_solution
from fields.theory.rate import even_rate, post_rate, reference_weight

__all__ = [
    "DRAWN",
    "AdaGrad",
    "Adam",
    "AdamW",
    "AffinePlane",
    "Clipped",
    "Deep",
    "Difference",
    "Elementwise",
    "Equation",
    "EvenPace",
    "Flow",
    "Frozen",
    "GradientDescent",
    "GradientFlow",
    "HeldFlow",
    "HeldStream",
    "InversePower",
    "LineLoss",
    "Log",
    "Loss",
    "MatrixProduct",
    "Monomial",
    "MorphingFlow",
    "Motion",
    "OfWeights",
    "Optimizer",
    "Own",
    "ParameterFlow",
    "Parameterization",
    "PointLoss",
    "Polar",
    "Power",
    "Projection",
    "RMSProp",
    "SignDescent",
    "Slide",
    "Stream",
    "Streamlines",
    "TargetLoss",
    "Training",
    "Trajectory",
    "Turns",
    "TwoWeights",
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
    "landing_condition",
    "landing_path",
    "learned",
    "learning_time",
    "least_norm",
    "line_invariant",
    "moving",
    "norm_order",
    "paths_by_depth",
    "point_invariant",
    "point_solution",
    "post_rate",
    "potential",
    "primal",
    "races_by_depth",
    "reference_weight",
    "share_at_half",
    "stability_threshold",
    "streamlines",
    "train",
]
