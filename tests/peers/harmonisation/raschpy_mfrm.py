"""The many-facet Rasch model by raschpy, where shared dossiers link the commissions; an option after another.

python raschpy_mfrm.py GRADES ANCHORS OUT: one line of JSON on the standard output; severities of the commissions in OUT.
The gradings are given as they are, a row a grading, not spread over every pair of a commission and a candidate.
"""

import json
import sys
import time
import warnings
from importlib.metadata import version

import pandas as pd
import raschpy

import frame

warnings.simplefilter("ignore")
grades = pd.concat([frame.read(sys.argv[1]), frame.read(sys.argv[2])], ignore_index=True)
spent, used = 0.0, 0.0
severities = []
for option, columns in frame.grids(grades).items():
    rows = grades.loc[grades["option"] == option]
    responses = rows.set_index(["commission", "candidate"])[columns].dropna(how="all")
    responses.index.names = ["Rater", "Person"]
    start, before = time.perf_counter(), time.process_time()
    model = raschpy.MFRM(responses, max_score=3, facet="commission")
    model.calibrate(model="global")
    spent += time.perf_counter() - start
    used += time.process_time() - before
    severities.append(pd.Series(model.raters_global, name="severity"))
pd.concat(severities).rename_axis("commission").to_csv(sys.argv[3])
print(
    json.dumps(
        {
            "peer": "raschpy",
            "version": version("raschpy"),
            "what": "many facets with shared dossiers",
            "seconds": [spent],
            "processor": [used],
            "commissions": int(sum(len(part) for part in severities)),
        }
    )
)
