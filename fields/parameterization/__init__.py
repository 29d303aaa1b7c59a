"""What is trained (u), what the model is (w), and how u moves w: the base class and its kinds."""
