"""Textures drawn by numpy and Pillow: everything tiles, nothing is downloaded."""
