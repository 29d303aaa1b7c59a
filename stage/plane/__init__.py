"""The weight plane and what stands on it: axes, grids, paths, marks, streamlines."""
