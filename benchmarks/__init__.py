"""What the SDK and the sandbox cost, measured side by side with what else there is.

``python -m benchmarks`` is all there is to run. It needs nothing but Python and, once, the network:
whatever it measures goes into virtual environments of its own.

What is compared is CPU time: the network and the service take the rest, whoever calls. A server in
a process of its own answers at once over the loopback interface, with what the real service would
say and no more headers than HTTP demands. Each contender sits in a process of its own, connected
and warm, and is asked in turn, so that whatever slows the machine down slows down all of them.

What a figure may be at most, or at least, is in `benchmarks.limits`.
"""
