"""How good it is: retrieval figures, calibration and benchmarks against peers."""
