use delos_harmonisation::ability::{Population, measures, reliability, warm};
use delos_harmonisation::partial_credit::{
    Curves, Line, PartialCredit, Standing, conditional, pairwise,
};
use delos_harmonisation::responses::Responses;

use super::data::{json, levels, near, number, numbers};

fn columns(rows: &[Vec<Option<u8>>], chosen: &[usize]) -> Responses {
    let rows: Vec<Vec<Option<u8>>> = rows
        .iter()
        .map(|row| chosen.iter().map(|item| row[*item]).collect())
        .collect();
    Responses::observed(chosen.len(), &rows)
}

/// As eRm normalises them: Σβ = 0 over all cumulative thresholds (`Δ_jk` + c·k).
fn as_erm(model: &PartialCredit) -> Vec<f64> {
    let values = |model: &PartialCredit| -> Vec<f64> {
        model
            .lines
            .iter()
            .flat_map(|line| line.cumulative().unwrap()[1..].to_vec())
            .collect()
    };
    let steps: f64 = model
        .lines
        .iter()
        .flat_map(|line| 1..line.cumulative().unwrap().len())
        .map(|level| level as f64)
        .sum();
    let total: f64 = values(model).iter().sum();
    values(&model.clone().shifted(-total / steps))
}

fn erm(set: &str) -> (f64, Vec<f64>) {
    let oracle = &json("erm_pcm_cml.json")[set];
    let names = ["c1", "c2", "c3"];
    let thresholds = oracle["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|item| {
            names
                .iter()
                .map(|name| format!("beta {}.{name}", item.as_str().unwrap()))
                .collect::<Vec<_>>()
        })
        .map(|key| number(&oracle["cum_thresholds"][key]))
        .collect();
    (number(&oracle["cll"]), thresholds)
}

/// eRm's optimiser (`nlm`) stops where the likelihood is flat: its parameters are within 2e-5 of the maximum, its likelihood
/// within 1e-8, and never above ours.
const ERM: f64 = 2e-5;

#[test]
fn conditional_likelihood_of_three_lines_is_what_erm_prints() {
    let rows = levels("tam_data_gpcm.csv");
    for (set, chosen) in [
        ("1_2", vec![0, 1]),
        ("2_3", vec![1, 2]),
        ("1_2_3", vec![0, 1, 2]),
    ] {
        let (likelihood, thresholds) = erm(set);
        let model = conditional(&columns(&rows, &chosen)).unwrap();
        near(model.log_likelihood, likelihood, 1e-8);
        assert!(model.log_likelihood >= likelihood - 1e-11);
        for (found, expected) in as_erm(&model).iter().zip(&thresholds) {
            near(*found, *expected, ERM);
        }
    }
}

#[test]
fn the_pairwise_likelihood_of_two_lines_is_the_conditional_one() {
    let rows = levels("tam_data_gpcm.csv");
    for (set, chosen) in [("1_2", vec![0, 1]), ("2_3", vec![1, 2])] {
        let (likelihood, thresholds) = erm(set);
        let responses = columns(&rows, &chosen);
        let model = pairwise(&responses);
        near(model.log_likelihood, likelihood, 1e-8);
        assert!(model.log_likelihood >= likelihood - 1e-11);
        for (found, expected) in as_erm(&model).iter().zip(&thresholds) {
            near(*found, *expected, ERM);
        }
        let whole = conditional(&responses).unwrap();
        for (one, other) in model.lines.iter().zip(&whole.lines) {
            for (a, b) in one
                .cumulative()
                .unwrap()
                .iter()
                .zip(other.cumulative().unwrap())
            {
                near(*a, *b, 1e-9);
            }
        }
    }
}

#[test]
fn the_pairwise_likelihood_of_three_lines_is_the_reference_one() {
    let oracle = json("pairwise_pcm.json");
    let model = pairwise(&columns(&levels("tam_data_gpcm.csv"), &[0, 1, 2]));
    // The reference stopped within 4e-7 of the maximum: its likelihood agrees to 1e-9 and is not above ours.
    let likelihood = number(&oracle["composite_loglik"]);
    near(model.log_likelihood, likelihood, 1e-9);
    assert!(model.log_likelihood >= likelihood - 1e-11);
    for (item, line) in model.lines.iter().enumerate() {
        assert_eq!(line.standing, Standing::Estimated);
        let expected = numbers(&oracle["pairwise_Delta"][item]);
        for (found, expected) in line.cumulative().unwrap().iter().zip(&expected) {
            near(*found, *expected, 1e-6);
        }
        near(
            line.difficulty().unwrap(),
            numbers(&oracle["delta"])[item],
            1e-6,
        );
        for (found, expected) in line
            .thresholds()
            .unwrap()
            .iter()
            .zip(numbers(&oracle["tau"][item]))
        {
            near(*found, expected, 1e-6);
        }
    }
}

fn tam() -> (serde_json::Value, Curves, Vec<Vec<(usize, usize)>>) {
    let oracle = json("tam_wle.json");
    let lines = oracle["Delta"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| Line::known(&numbers(line)))
        .collect();
    let curves = Curves::of(&PartialCredit::known(lines));
    let patterns = oracle["patterns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pattern| {
            ["Comfort", "Work", "Benefit"]
                .iter()
                .enumerate()
                .map(|(item, name)| {
                    (
                        item,
                        usize::try_from(pattern[name].as_u64().unwrap()).unwrap(),
                    )
                })
                .collect()
        })
        .collect();
    (oracle, curves, patterns)
}

#[test]
fn warm_estimates_and_their_errors_are_those_of_tam_at_its_parameters() {
    let (oracle, curves, patterns) = tam();
    let (estimates, errors) = (numbers(&oracle["wle"]), numbers(&oracle["wle_se"]));
    assert_eq!(patterns.len(), estimates.len());
    for (index, pattern) in patterns.iter().enumerate() {
        let found = warm(&curves, pattern).unwrap();
        near(found.estimate, estimates[index], 2e-9);
        near(found.se, errors[index], 2e-9);
    }
    let responses = columns(&levels("tam_data_gpcm.csv"), &[0, 1, 2]);
    let found = reliability(&measures(&curves, &responses)).unwrap();
    near(found, number(&oracle["wle_reliability"]), 1e-10);
}

/// TAM's posterior is that of the step before its last one (it stops at 1e-4 of its parameters): hence 1e-6, not 1e-9.
#[test]
fn expected_a_posteriori_of_tam_at_its_parameters_and_variance() {
    let (oracle, curves, patterns) = tam();
    let population = Population::normal(number(&oracle["variance"])).unwrap();
    let (means, sds) = (numbers(&oracle["eap"]), numbers(&oracle["eap_sd"]));
    for (index, pattern) in patterns.iter().enumerate() {
        let found = population.posterior(&curves, pattern);
        near(found.mean, means[index], 1e-6);
        near(found.sd, sds[index], 1e-6);
    }
    let responses = columns(&levels("tam_data_gpcm.csv"), &[0, 1, 2]);
    let (mut deviance, mut second, mut total, mut error) = (0.0, 0.0, 0.0, 0.0);
    for row in 0..responses.rows() {
        let cells: Vec<(usize, usize)> = responses.row(row).collect();
        let found = population.posterior(&curves, &cells);
        deviance -= 2.0 * found.log_likelihood;
        second += found.mean * found.mean;
        total += found.mean;
        error += found.sd * found.sd;
    }
    let count = responses.rows() as f64;
    let spread = second / count - (total / count) * (total / count);
    near(deviance, number(&oracle["deviance"]), 1e-5);
    // The population's variance is a fixed point of EM, whose mean is held at zero.
    near((second + error) / count, number(&oracle["variance"]), 1e-6);
    let reliability = spread / (spread + error / count);
    near(reliability, number(&oracle["eap_reliability"]), 1e-8);
}
