"""Labelled pairs → figures with confidence intervals."""
