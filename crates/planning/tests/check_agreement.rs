//! The checker and the format's judge, which share nothing, say the same of ten thousand plans with faults in them: the
//! rules that are broken, and every term of the objective.

mod corpus;
mod instances;
mod judge;
mod mutation;

use std::collections::{BTreeMap, BTreeSet};

use delos_planning::check::{RULES, Terms, objective, violations};
use delos_planning::exchange::{Reading, Unreadable, read};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};

/// Rules that the format cannot break, or that its reader enforces.
const OURS: [&str; 5] = ["C4", "M8", "D1", "O2", "S0"];

/// Problems made of an instance, the first as it stands; and faulty plans of each. A longer campaign has bigger numbers.
const CAMPAIGN: [(&str, usize, usize); 3] = [
    ("commission", 75, 110),
    ("mini", 20, 80),
    ("academy", 5, 32),
];

#[test]
fn the_checker_and_the_format_s_judge_say_the_same_of_ten_thousand_plans() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut asked = Vec::new();
    let mut ours = Vec::new();
    for (name, variants, plans) in CAMPAIGN {
        let (instance, plan) = corpus::written(name);
        for variant in 0..variants {
            let mut problem = instance.clone();
            if variant > 0 {
                mutation::problem(&mut rng, &mut problem);
            }
            let on = format!("{name} {variant}");
            let text = serde_json::to_vec(&problem).unwrap();
            let reading = read::problem(&text).unwrap_or_else(|why| panic!("{on}: {why}"));
            asked.push(json!({"instance": on, "value": problem}));
            for place in 0..plans {
                let mut plan = plan.clone();
                if place > 0 {
                    mutation::plan(&mut rng, &problem, &mut plan);
                }
                let judged = judged(&reading, &plan);
                if judged.is_ok() {
                    strip(&mut plan);
                }
                ours.push(judged);
                asked.push(json!({"on": on, "plan": plan}));
            }
        }
    }
    assert!(ours.len() >= 10_000, "{}", ours.len());
    let Some(theirs) = judge::ask(&asked) else {
        return;
    };
    assert_eq!(theirs.len(), ours.len());
    let mut plans = asked.iter().filter(|one| one.get("plan").is_some());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let plan = plans.next().unwrap();
        let codes: BTreeSet<String> = serde_json::from_value(theirs["codes"].clone())
            .unwrap_or_else(|_| panic!("{theirs} {plan}"));
        for code in &codes {
            *seen.entry(code.clone()).or_default() += 1;
        }
        match ours {
            Ok((found, terms)) => {
                assert_eq!(found, &codes, "{theirs} {plan}");
                agree(terms, theirs, plan);
            }
            // A commission at no centre is not looked at further.
            Err(Unreadable::Unknown { list: "day", .. }) => {
                assert!(codes.contains("D1") || codes.contains("C1"), "{theirs}");
            }
            Err(other) => panic!("{other}: {plan}"),
        }
    }
    println!("{seen:?}");
    let never = RULES
        .iter()
        .filter(|rule| rule.code == "D1" || !OURS.contains(&rule.code))
        .find(|rule| !seen.contains_key(rule.code));
    assert!(never.is_none(), "{never:?} was never broken");
}

/// A day on which nobody is heard is as though it were not written.
fn strip(plan: &mut Value) {
    for one in plan["commissions"].as_array_mut().expect("a list") {
        let days = one["days"].as_array_mut().expect("a list");
        days.retain(|day| day["slots"].as_array().is_some_and(|it| !it.is_empty()));
    }
}

type Judged = Result<(BTreeSet<String>, Terms), Unreadable>;

fn judged(reading: &Reading, plan: &Value) -> Judged {
    let plan = read::plan(&serde_json::to_vec(plan).expect("JSON"), reading)?;
    let broken = violations(&reading.problem, &plan);
    let codes = broken.iter().filter(|one| !OURS.contains(&one.code));
    let codes = codes.map(|one| one.code.to_owned()).collect();
    Ok((codes, objective(&reading.problem, &plan)))
}

/// The judge rounds kilometres to a tenth.
fn agree(ours: &Terms, theirs: &Value, plan: &Value) {
    let number = |name: &str| theirs["terms"][name].as_f64().expect("a number");
    let counts = [
        ("unassigned", ours.unassigned),
        ("commission", ours.commission),
        ("centre", ours.centre),
        ("overload", ours.overload),
        ("load_sq", ours.load_sq),
        ("spread", ours.spread),
        ("component", ours.component),
    ];
    for (name, count) in counts {
        assert_eq!(theirs["terms"][name], count, "{name}: {theirs} {plan}");
    }
    assert!((number("cand_km") - ours.cand_km).abs() < 0.051, "{plan}");
    assert!((number("exam_km") - ours.exam_km).abs() < 0.051, "{plan}");
    let total = theirs["objective"].as_f64().expect("a number");
    assert!((total - ours.total).abs() < 0.07, "{theirs} {plan}");
}
