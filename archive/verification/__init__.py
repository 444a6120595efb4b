"""Checking everything in a data folder against everything else, and mending what can be made anew."""

from archive.verification.checks import Unproven, count_unproven, verify_archive
from archive.verification.problems import Problem
from archive.verification.repair import repair_archive

__all__ = ["Problem", "Unproven", "count_unproven", "repair_archive", "verify_archive"]
