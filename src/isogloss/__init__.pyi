# The public names with their types, for editors and type checkers; a test compares them with __init__.py.

from isogloss.analysis.correlate import correlate as correlate
from isogloss.api import distance_matrix as distance_matrix
from isogloss.api import load as load
from isogloss.api import power as power
from isogloss.api import predict as predict
from isogloss.api import report as report
from isogloss.api import run as run
from isogloss.api import train as train
from isogloss.distances import distance as distance
from isogloss.distances import distance_matrices as distance_matrices
from isogloss.distances import read_distances as read_distances
from isogloss.errors import IsoglossError as IsoglossError
from isogloss.evidence.claims.records import claims_on_record as claims_on_record
from isogloss.evidence.claims.records import read_claims as read_claims
from isogloss.evidence.claims.replication import join_runs as join_runs
from isogloss.evidence.investigation import investigate as investigate
from isogloss.evidence.search import search_papers as search_papers
from isogloss.languages import resolve as resolve
from isogloss.recommend.answer import recommend as recommend
from isogloss.scores.importing import read_scores as read_scores
from isogloss.scores.published.base import published_scores as published_scores

__version__: str
