"""What other apps' pages mix in to keep things on the desk of the person."""
