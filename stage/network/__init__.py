"""What a small network is seen by: its answers over the plane, its units, its matrices."""
