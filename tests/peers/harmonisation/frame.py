"""The grades as the Python peers read them: a data frame, the profile score and the columns of each grid."""

import pandas as pd


def read(path):
    """The file, its codes as text and its levels as numbers (an empty cell is « non évalué »)."""
    return pd.read_csv(path, dtype={name: str for name in ("candidate", "academy", "centre", "commission", "option", "mode")})


def grids(grades):
    """For each option its columns (`SISR_C1` …) that hold something, in the order of the file."""
    found = {}
    for option in sorted(grades["option"].unique()):
        columns = [name for name in grades.columns if name.startswith(option + "_")]
        rows = grades.loc[grades["option"] == option, columns]
        found[option] = [name for name in columns if rows[name].notna().any()]
    return found


def add_covariates(grades):
    """S of harmonisation by equal weights: 20 times the mean, over competences with a level, of the mean level over 3."""
    score = pd.Series(float("nan"), index=grades.index)
    for option, columns in grids(grades).items():
        rows = grades.loc[grades["option"] == option, columns]
        competence = {name: name[len(option) + 1] for name in columns}
        means = pd.DataFrame(
            {letter: rows[[n for n in columns if competence[n] == letter]].mean(axis=1) for letter in sorted(set(competence.values()))}
        )
        score[rows.index] = 20 * means.mean(axis=1) / 3
    grades["S"] = score
    grades["SLAM"] = (grades["option"] == "SLAM").astype(float)
    grades["CCF"] = (grades["mode"].str.lower() == "ccf").astype(float)
    return grades


def covariates(grades):
    """S, SLAM and CCF, without the constant ones."""
    return [name for name in ("S", "SLAM", "CCF") if grades[name].nunique() > 1]
