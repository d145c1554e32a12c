"""What a sandbox starts from: the account, prices, numbers on offer, how phones behave."""
