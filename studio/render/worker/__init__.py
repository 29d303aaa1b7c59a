"""In a worker process: it reads tasks, runs the scenes that they ask for, and answers."""
