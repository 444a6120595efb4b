"""Bringing the contents of other data folders in: articles with their history, pages, evidence, tombstones."""

from archive.merging.merge import CannotMerge, Merged, merge_folder

__all__ = ["CannotMerge", "Merged", "merge_folder"]
