"""Real servers, started privately for the tests, with the faults they can be given."""
