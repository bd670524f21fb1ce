"""The nested mixed model by statsmodels: academies as groups, centres and commissions as variance components.

python statsmodels_mixed.py GRADES: one line of JSON on the standard output.
"""

import json
import math
import sys
import time
import warnings

import statsmodels
from statsmodels.regression.mixed_linear_model import MixedLM

import frame

grades = frame.add_covariates(frame.read(sys.argv[1]))
names = frame.covariates(grades)
seen = []
start, used = time.perf_counter(), time.process_time()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model = MixedLM.from_formula(
        "note ~ " + " + ".join(names),
        data=grades,
        groups="academy",
        re_formula="1",
        vc_formula={"centre": "0 + C(centre)", "commission": "0 + C(commission)"},
        use_sparse=True,
    )
    fit = model.fit(reml=True, method=["lbfgs"])
    seen = sorted({str(w.category.__name__) for w in caught})
seconds, processor = time.perf_counter() - start, time.process_time() - used
print(
    json.dumps(
        {
            "peer": "statsmodels",
            "version": statsmodels.__version__,
            "what": "REML alone",
            "seconds": [seconds],
            "processor": [processor],
            "criterion": round(-2 * fit.llf, 6) if math.isfinite(fit.llf) else None,
            "variances": {
                "academy": float(fit.cov_re.iloc[0, 0]),
                **{name: float(value) for name, value in zip(model.exog_vc.names, fit.vcomp)},
                "residual": float(fit.scale),
            },
            "fixed": {name: float(value) for name, value in fit.fe_params.items()},
            "converged": bool(fit.converged),
            "warnings": seen,
        }
    )
)
