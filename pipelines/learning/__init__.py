"""Learning a site: where its template puts things, and which lines are on all of its pages.

`learn` makes the record from the first pages, a `KnownSite` reads by it. The record is data: it can be shown, kept
in a database and thrown away.
"""

from pipelines.learning.learn import Sample, learn
from pipelines.learning.reading import KnownSite, Mismatch
from pipelines.learning.record import Learned
from pipelines.learning.sharing import SharedRecord, Shelf, load_site

__all__ = ["KnownSite", "Learned", "Mismatch", "Sample", "SharedRecord", "Shelf", "learn", "load_site"]
