"""What things cost: guest (boots and reads), table, baseline, breakdown, and pages about them."""
