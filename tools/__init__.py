"""What is typed while working on satchel: pages, the frozen contract, wheels."""
