"""How long the state machines run: the same steps each time, so that a red test stays red."""

from hypothesis import HealthCheck, settings

SETTINGS = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
