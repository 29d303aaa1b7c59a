"""Many particles that respawn, and streamlines: motions that are only looked up."""
