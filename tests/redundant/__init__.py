"""The redundant store on real servers that are stopped, frozen, emptied and damaged."""
