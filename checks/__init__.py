"""The rules of the notice: pure functions from a `Submission` to `Finding`s."""
