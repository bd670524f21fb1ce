//! Cumulative link models against R's `ordinal`, and what cannot be fitted.

use delos_harmonisation::ordinal::{Groups, Link, NoOrdinal, OrdinalFit, Ratings, fit};
use serde_json::Value;

use super::data::{at, close, json, near, numbers, table};

struct Wine {
    y: Vec<usize>,
    x: Vec<f64>,
    judges: Vec<usize>,
}

fn wine() -> Wine {
    let table = table("wine.csv");
    let number = |value: &str| value.parse::<usize>().unwrap() - 1;
    let indicator = |value: &str, of: &str| f64::from(u8::from(value == of));
    Wine {
        y: table.iter().map(|row| number(&row["rating"])).collect(),
        x: table
            .iter()
            .flat_map(|row| {
                [
                    indicator(&row["temp"], "warm"),
                    indicator(&row["contact"], "yes"),
                ]
            })
            .collect(),
        judges: table.iter().map(|row| number(&row["judge"])).collect(),
    }
}

impl Wine {
    fn fit(&self, link: Link, nodes: Option<usize>) -> OrdinalFit {
        let ratings = Ratings {
            levels: 5,
            y: &self.y,
            columns: 2,
            x: &self.x,
        };
        let groups = nodes.map(|nodes| Groups {
            of_rows: &self.judges,
            count: 9,
            nodes,
        });
        fit(&ratings, link, groups.as_ref()).unwrap()
    }
}

fn reference(name: &str) -> Value {
    let all = json("ordinal_wine.json");
    all.as_array()
        .unwrap()
        .iter()
        .find(|model| model["name"] == name)
        .unwrap()
        .clone()
}

/// How far numbers may be from the reference's, relative to the larger of 1 and the number.
struct Tolerance {
    log_likelihood: f64,
    estimates: f64,
    errors: f64,
    modes: f64,
}

fn compare(got: &OrdinalFit, name: &str, tolerance: &Tolerance) {
    let expected = reference(name);
    let names = ["1|2", "2|3", "3|4", "4|5", "tempwarm", "contactyes"];
    let mut farthest = [0.0_f64; 3];
    for (effect, key) in got.thresholds.iter().chain(&got.coefficients).zip(names) {
        let (estimate, se) = (expected["coef"][key].as_f64(), expected["se"][key].as_f64());
        farthest[0] = farthest[0].max((effect.estimate - estimate.unwrap()).abs());
        farthest[1] = farthest[1].max((effect.se - se.unwrap()).abs());
    }
    if let Some(random) = &got.random {
        farthest[0] = farthest[0].max((random.variance - at(&expected, "/var")).abs());
        farthest[0] = farthest[0].max((random.variance.sqrt() - at(&expected, "/stdDev")).abs());
        for (got, expected) in random.modes.iter().zip(numbers(&expected["ranef"])) {
            farthest[2] = farthest[2].max((got - expected).abs());
        }
        for (got, expected) in random.variances.iter().zip(numbers(&expected["condVar"])) {
            farthest[2] = farthest[2].max((got - expected).abs());
        }
    }
    println!(
        "{name}: log likelihood {:.12}, farthest {farthest:?}",
        got.log_likelihood
    );
    close(
        got.log_likelihood,
        at(&expected, "/logLik"),
        tolerance.log_likelihood,
    );
    assert!(farthest[0] <= tolerance.estimates, "estimates");
    assert!(farthest[1] <= tolerance.errors, "errors");
    assert!(farthest[2] <= tolerance.modes, "modes");
}

#[test]
fn models_without_groups_agree_with_clm() {
    let wine = wine();
    // Both climb to the top: 12 digits of the likelihood. Errors: our curvatures, by differences, keep 8 digits.
    let tolerance = Tolerance {
        log_likelihood: 1e-11,
        estimates: 1e-10,
        errors: 1e-8,
        modes: 0.0,
    };
    compare(&wine.fit(Link::Logit, None), "wine_clm_logit", &tolerance);
    compare(&wine.fit(Link::Probit, None), "wine_clm_probit", &tolerance);
}

#[test]
fn models_with_groups_agree_with_clmm() {
    let wine = wine();
    // clmm ends its search for the groups' modes at slopes of 1e-4. Laplace's approximation depends on them at the first order: its own
    // likelihood is off by 3.5e-6, its estimates by 2e-5. Ours is at the modes themselves: the next test.
    let tolerance = Tolerance {
        log_likelihood: 5e-6,
        estimates: 3e-5,
        errors: 4e-5,
        modes: 3e-5,
    };
    compare(
        &wine.fit(Link::Logit, Some(1)),
        "wine_clmm_laplace",
        &tolerance,
    );
    // With more nodes the likelihood hardly depends on where they are laid; clmm's quasi-Newton search ends where the likelihood still lacks
    // 1e-10, that is 1e-5 in the variance.
    let tolerance = Tolerance {
        log_likelihood: 1e-9,
        estimates: 2e-5,
        errors: 5e-6,
        modes: 2e-5,
    };
    compare(
        &wine.fit(Link::Logit, Some(10)),
        "wine_clmm_agq10",
        &tolerance,
    );
    compare(
        &wine.fit(Link::Logit, Some(31)),
        "wine_clmm_agq31",
        &tolerance,
    );
    compare(
        &wine.fit(Link::Probit, Some(31)),
        "wine_clmm_probit_agq31",
        &tolerance,
    );
}

/// The likelihood at our estimates again, otherwise: modes by thirds, curvatures by differences, integrals by a fine sum.
#[test]
fn likelihoods_of_groups_are_those_of_a_plain_computation() {
    let wine = wine();
    let again = |got: &OrdinalFit, laplace: bool| {
        let random = got.random.as_ref().unwrap();
        let sigma = random.variance.sqrt();
        let beta = [got.coefficients[0].estimate, got.coefficients[1].estimate];
        let below = |level: Option<usize>, eta: f64| match level.map(|l| got.thresholds.get(l)) {
            None => 0.0,
            Some(None) => 1.0,
            Some(Some(t)) => 1.0 / (1.0 + (eta - t.estimate).exp()),
        };
        let joint = |judge: usize, u: f64| -> f64 {
            let rows = (0..wine.y.len()).filter(|row| wine.judges[*row] == judge);
            let terms = rows.map(|row| {
                let eta = beta[0] * wine.x[2 * row] + beta[1] * wine.x[2 * row + 1] + sigma * u;
                let level = wine.y[row];
                (below(Some(level), eta) - below(level.checked_sub(1), eta)).ln()
            });
            terms.sum::<f64>() - u * u / 2.0
        };
        (0..9)
            .map(|judge| {
                let (mut low, mut high) = (-6.0_f64, 6.0_f64);
                while high - low > 1e-9 {
                    let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                    if joint(judge, a) < joint(judge, b) {
                        low = a;
                    } else {
                        high = b;
                    }
                }
                let (mode, h) = (0.5 * (low + high), 1e-3);
                close(sigma * mode, random.modes[judge], 1e-6);
                if laplace {
                    let curvature = (joint(judge, mode + h) - 2.0 * joint(judge, mode)
                        + joint(judge, mode - h))
                        / (h * h);
                    joint(judge, mode) - 0.5 * (-curvature).ln()
                } else {
                    let sum: f64 = (-1000..=1000)
                        .map(|i| joint(judge, f64::from(i) / 100.0).exp() / 100.0)
                        .sum();
                    (sum / (2.0 * std::f64::consts::PI).sqrt()).ln()
                }
            })
            .sum::<f64>()
    };
    let laplace = wine.fit(Link::Logit, Some(1));
    close(again(&laplace, true), laplace.log_likelihood, 1e-7);
    let exact = wine.fit(Link::Logit, Some(31));
    close(again(&exact, false), exact.log_likelihood, 1e-10);
}

#[test]
fn published_figures_are_met_to_their_digits() {
    let wine = wine();
    // The tutorial prints 6 decimals of Laplace's approximation, which is off as above, and 4 decimals of the quadrature.
    for (nodes, name, tolerance) in [
        (1, "wine_clmm_laplace", 2e-5),
        (10, "wine_clmm_agq10", 5.1e-5),
    ] {
        let got = wine.fit(Link::Logit, Some(nodes));
        let published = &reference(name)["published"];
        let random = got.random.as_ref().unwrap();
        close(random.variance, at(published, "/var"), 3e-5);
        close(random.variance.sqrt(), at(published, "/sd"), 2e-5);
        close(
            got.coefficients[0].estimate,
            at(published, "/tempwarm"),
            tolerance,
        );
        close(
            got.coefficients[1].estimate,
            at(published, "/contactyes"),
            tolerance,
        );
        for (got, expected) in got.thresholds.iter().zip(numbers(&published["thresholds"])) {
            close(got.estimate, expected, tolerance);
        }
        close(got.log_likelihood, at(published, "/logLik"), 5e-6);
        if nodes == 10 {
            close(got.coefficients[0].se, at(published, "/se_tempwarm"), 5e-5);
            close(
                got.coefficients[1].se,
                at(published, "/se_contactyes"),
                5e-5,
            );
        }
    }
}

#[test]
fn groups_that_do_not_differ_have_no_variance() {
    // Each group was given the same levels.
    let y: Vec<usize> = (0..40).map(|row| [0, 1, 1, 2][row % 4]).collect();
    let groups: Vec<usize> = (0..40).map(|row| row / 4).collect();
    let ratings = Ratings {
        levels: 3,
        y: &y,
        columns: 0,
        x: &[],
    };
    let got = fit(
        &ratings,
        Link::Logit,
        Some(&Groups {
            of_rows: &groups,
            count: 10,
            nodes: 10,
        }),
    );
    let got = got.unwrap();
    assert!(got.random.unwrap().variance == 0.0);
    // Thresholds are the logits of 1/4 and 3/4.
    near(got.thresholds[1].estimate, 3.0_f64.ln(), 1e-9);
    near(got.thresholds[0].estimate, -(3.0_f64.ln()), 1e-9);
    // −2·(10·ln ¼ + …): the shares themselves.
    near(
        got.log_likelihood,
        20.0 * 0.25_f64.ln() + 20.0 * 0.5_f64.ln(),
        1e-12,
    );
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let y = [0, 0, 1, 1, 2, 2];
    let of = |y: &[usize], x: &[f64], columns: usize, levels: usize| {
        fit(
            &Ratings {
                levels,
                y,
                columns,
                x,
            },
            Link::Logit,
            None,
        )
        .unwrap_err()
    };
    let x = [0.0, 1.0, 0.5, 1.5, 1.0, 0.0];
    assert_eq!(of(&y, &x, 1, 4), NoOrdinal::UnusedLevel { level: 3 });
    assert_eq!(of(&y, &x, 1, 2), NoOrdinal::BadRow { row: 4 });
    assert_eq!(of(&y, &x[..5], 1, 3), NoOrdinal::Shape);
    assert_eq!(of(&[], &[], 0, 1), NoOrdinal::Shape);
    assert_eq!(of(&[], &[], 1, 3), NoOrdinal::UnusedLevel { level: 0 });
    assert_eq!(
        of(&y, &[1.0; 6], 1, 3),
        NoOrdinal::ConstantColumn { column: 0 }
    );
    // The column tells the levels apart wholly.
    assert_eq!(
        of(&y, &[1.0, 1.5, 3.0, 3.5, 7.0, 8.0], 1, 3),
        NoOrdinal::Unidentified
    );
    let twice: Vec<f64> = x.iter().flat_map(|x| [*x, 2.0 * x]).collect();
    assert_eq!(of(&y, &twice, 2, 3), NoOrdinal::Unidentified);
}
