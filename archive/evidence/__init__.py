"""Raw responses, kept as WARC files in `evidence/` of the data folder; the captures table says where each is.

Never served, never exported: a page may hold what was removed from its article.
"""

from archive.evidence.captures import Evidence, read_record, save_capture
from archive.evidence.errors import DamagedEvidence, EvidenceError
from archive.evidence.files import evidence_files, evidence_folder
from archive.evidence.recovery import index_file, recover_evidence

__all__ = [
    "DamagedEvidence",
    "Evidence",
    "EvidenceError",
    "evidence_files",
    "evidence_folder",
    "index_file",
    "read_record",
    "recover_evidence",
    "save_capture",
]
