"""One click, at most one message: from the draft to the copy in Sent."""
