use delos_harmonisation::facets::{Element, NoFacets, rating_scale};

use super::data::{json, near, number, numbers};

#[test]
fn three_mile_island_is_what_facets_prints_and_more_digits() {
    let oracle = json("tmi_facets.json");
    let elements: Vec<Element> = oracle["sufficient"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Element {
            score: number(&one["score"]),
            count: number(&one["count"]),
            squares: None,
        })
        .collect();
    let totals = numbers(&oracle["category_totals"]);
    let found = rating_scale(&elements, 1.0, &totals).unwrap();
    let expected = oracle["measures"].as_array().unwrap();
    for (one, expected) in found.elements.iter().zip(expected) {
        let one = one.unwrap();
        near(one.measure, number(&expected["measure"]), 1e-9);
        near(one.se, number(&expected["se"]), 1e-9);
        // FACETS prints two decimals; .1427 and .1428 are printed .14 (it cuts).
        near(one.measure, number(&expected["published"]), 0.0051);
        near(one.se, number(&expected["published_se"]), 0.0051);
    }
    for (one, expected) in found.thresholds.iter().zip(numbers(&oracle["thresholds"])) {
        near(*one, expected, 1e-9);
    }
    for (one, expected) in found
        .thresholds
        .iter()
        .zip(numbers(&oracle["published_thresholds"]))
    {
        near(*one, expected, 0.0051);
    }
    for (one, expected) in found.expected_totals.iter().zip(&totals) {
        near(*one, *expected, 1e-8);
    }
    for (one, element) in found.elements.iter().zip(&elements) {
        near(
            one.unwrap().fair_average,
            element.score / element.count,
            1e-9,
        );
    }
    near(found.fixed_chi_square, number(&oracle["fixed_chi2"]), 1e-8);
    near(
        found.fixed_chi_square,
        number(&oracle["published_fixed_chi2"]),
        0.051,
    );
    assert_eq!(found.degrees, 7);
    let separation = found.population.unwrap();
    near(
        separation.reliability,
        separation.separation.powi(2) / (1.0 + separation.separation.powi(2)),
        1e-12,
    );
}

#[test]
fn fit_is_one_where_the_ratings_vary_as_the_model_says() {
    // Two elements whose ratings are exactly as spread as expected: Σx² = n(E² + V).
    let bare = [
        Element {
            score: 10.0,
            count: 10.0,
            squares: None,
        },
        Element {
            score: 14.0,
            count: 10.0,
            squares: None,
        },
    ];
    let totals = [3.0, 10.0, 7.0];
    let first = rating_scale(&bare, 0.0, &totals).unwrap();
    let full: Vec<Element> = bare
        .iter()
        .zip(&first.elements)
        .map(|(element, found)| {
            let found = found.unwrap();
            let variance = 1.0 / (found.se * found.se * element.count);
            let mean = found.fair_average;
            Element {
                squares: Some(element.count * (mean * mean + variance)),
                ..*element
            }
        })
        .collect();
    for one in rating_scale(&full, 0.0, &totals).unwrap().elements {
        near(one.unwrap().fit.unwrap(), 1.0, 1e-9);
    }
}

#[test]
fn what_has_no_measure_is_said() {
    let extreme = [Element {
        score: 0.0,
        count: 4.0,
        squares: None,
    }];
    assert_eq!(
        rating_scale(&extreme, 0.0, &[1.0, 1.0]),
        Err(NoFacets::Extreme)
    );
    assert_eq!(
        rating_scale(&extreme, 0.0, &[4.0, 0.0]),
        Err(NoFacets::Categories)
    );
    assert_eq!(rating_scale(&[], 0.0, &[]), Err(NoFacets::Categories));
    let middle = [Element {
        score: 2.0,
        count: 4.0,
        squares: None,
    }];
    assert_eq!(
        rating_scale(&middle, 0.0, &[1.0, 4.0]),
        Err(NoFacets::Totals)
    );
}
