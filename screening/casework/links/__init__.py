"""Links between mentions: what people judged, read and parted."""
