"""What the post points to: linear networks and small ones of ReLU, regimes, margins in log time."""
