"""Whether the archive is well: each run is measured, site by site, and judged by the runs before it.

`judge_run` measures a run, opens a finding for each figure that is out of its usual range and closes those that are
back within it; `judge_starts` does so for start pages that name no article any more, `judge_silence` for runs that
should have been, `judge_end` for one that died. `end_findings_but_of` ends those of sites that nobody crawls any more.
"""

from archive.health.checks import Finding, check_run
from archive.health.findings import (
    OpenFinding,
    end_findings_but_of,
    judge_run,
    mark_told,
    open_findings,
    untold_findings,
)
from archive.health.measures import SiteRun, measure_run, past_runs
from archive.health.silence import judge_end, judge_silence
from archive.health.starts import judge_starts
from archive.health.theme import judge_theme

__all__ = [
    "Finding",
    "OpenFinding",
    "SiteRun",
    "check_run",
    "end_findings_but_of",
    "judge_end",
    "judge_run",
    "judge_silence",
    "judge_starts",
    "judge_theme",
    "mark_told",
    "measure_run",
    "open_findings",
    "past_runs",
    "untold_findings",
]
