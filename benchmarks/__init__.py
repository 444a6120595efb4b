"""Measurements against named rivals, as ratios in one run: these machines are noisy, seconds alone say little."""
