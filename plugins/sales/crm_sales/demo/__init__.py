"""The demo company's two years of business."""
