"""What the post points to: linear networks, the kernel and rich regimes, margins in log time."""
