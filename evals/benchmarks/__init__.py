"""Speed, memory and disk, ours beside the LlamaIndex starter's: ``make bench`` and ``make bench-scale``."""
