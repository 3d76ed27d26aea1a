"""What a person keeps on the desk."""
