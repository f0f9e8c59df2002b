"""What the registers mean: addresses to BAG objects, mentions of people and organisations to parties."""
