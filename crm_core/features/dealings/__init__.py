"""What customers are worth: the stage of each, how likely he is to come again, what he will bring; reckoned from the fact table of dealings."""
