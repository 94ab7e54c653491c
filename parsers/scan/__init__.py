"""PDF and pictures: pages upright, ruled grids, seals, OCR."""
