"""How good answers are: a small file each, registered in `evals.metrics.table`."""
