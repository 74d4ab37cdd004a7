"""Deciding what holds for the country: one module for each section of the page of settings."""
