"""Several nodes behind a balancer that sends every request to the next one."""
