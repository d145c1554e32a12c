"""Benchmarks that compare the cost of the SDK and the sandbox with that of other clients.

Run ``python -m benchmarks``. It needs only Python, and the network for the first run. It installs
the contenders in virtual environments of its own.

The benchmarks compare CPU time, because the time of the network and the service is the same for
all clients. A server in a separate process answers at once over the loopback interface, with the
body of the real service and only the headers that HTTP requires. Each contender runs in a separate
process that is already connected and warmed up. The contenders take turns, so that a slow phase of
the machine affects all of them.

The limits of the figures are in `benchmarks.limits`.
"""
