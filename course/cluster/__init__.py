"""Grading on many machines: the batch of one machine, handed out to the workers of a Dask cluster.

Three processes take part. `crew` is with the one that reads and writes: it hands submissions out
and takes results. `worker` is what Dask's workers call; it keeps grading processes. `process` is
such a process: it holds the grader, and a submission that takes it down takes nothing else along.
"""
