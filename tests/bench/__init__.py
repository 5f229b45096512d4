"""The benchmarks: the whole path of the assistant beside a bare Rasa server, and the search."""
