"""What administrators shape without code: fields of their own, and how forms are laid out."""
