"""What Flowreel costs: ``python -m benchmarks`` measures it beside its peers and prints tables."""
