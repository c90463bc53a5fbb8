"""The pages over what a plugin keeps for users, asked by HTTP, with the demo's mail behind them."""
