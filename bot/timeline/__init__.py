"""What one speaker has said, in the order of time: found, drawn as a page and as a picture."""
