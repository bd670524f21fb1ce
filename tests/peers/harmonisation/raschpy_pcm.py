"""The partial credit model by raschpy: pairwise, its adaptive constant, its log-likelihood method; an option after another.

python raschpy_pcm.py GRADES RUNS: one line of JSON on the standard output. Calibration alone, then also the candidates'
estimates (Warm) and the fit statistics.
"""

import json
import statistics
import sys
import time
import warnings
from importlib.metadata import version

import raschpy

import frame

warnings.simplefilter("ignore")
grades = frame.read(sys.argv[1])
runs = int(sys.argv[2])
models = {}
calibration = []
processor = []
for _ in range(runs):
    spent, used = 0.0, 0.0
    for option, columns in frame.grids(grades).items():
        rows = grades.loc[grades["option"] == option].set_index("candidate")[columns]
        rows = rows.dropna(how="all")
        start, before = time.perf_counter(), time.process_time()
        model = raschpy.PCM(rows, max_score_vector=[3] * len(columns))
        model.calibrate()
        spent += time.perf_counter() - start
        used += time.process_time() - before
        models[option] = model
    calibration.append(spent)
    processor.append(used)
difficulties = {name: float(value) for model in models.values() for name, value in model.items.items()}
start = time.perf_counter()
for model in models.values():
    model.person_estimates()
persons = time.perf_counter() - start
print(
    json.dumps(
        {
            "peer": "raschpy",
            "version": version("raschpy"),
            "what": "partial credit alone",
            "seconds": calibration,
            "processor": processor,
            "persons_seconds": persons,
            "difficulty_sd": statistics.pstdev(difficulties.values()),
            "difficulties": difficulties,
        }
    )
)
