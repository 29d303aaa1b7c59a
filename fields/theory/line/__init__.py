"""The line loss: what training conserves, where its path is, and where and when it arrives."""
