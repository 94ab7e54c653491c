"""Documents become `Form`s with `Field`s, and `Submission`s put together from them."""
