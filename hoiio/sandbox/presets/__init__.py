"""The initial state of a sandbox: account, prices, numbers on offer and behaviour of phones."""
