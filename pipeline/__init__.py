"""The flow and its jobs: the only room that calls the others in order."""
