"""What stands beside a plane: charts and the dial of depth."""
