"""On the road: visits logged and customers corrected from a phone, with a connection or without."""
