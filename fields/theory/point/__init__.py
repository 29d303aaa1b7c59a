"""The point loss: each single weight in closed form, and the time that it takes."""
