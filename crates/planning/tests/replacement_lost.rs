//! Whoever is lost is replaced where he can be: a centre that closes, an examiner; on an academy each answer is judged by
//! the format's judge too.

mod annex;
mod corpus;
mod instances;
mod judge;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::{ExamOption, Form};
use delos_planning::check::violations;
use delos_planning::engine::propose;
use delos_planning::exchange::{Reading, read, solution};
use delos_planning::replacement::{
    Allowed, Closing, Index, Lost, MemberRule, Opens, Refusals, Wanted, close, lose,
};
use delos_planning::session::{Plan, Point, Problem};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::json;

use self::corpus::below;
use self::world::{candidate, examiner, problem};

/// Where and when each is heard.
fn sits(plan: &Plan) -> BTreeMap<usize, (usize, NaiveDate, Vec<u16>)> {
    let mut sits = BTreeMap::new();
    for one in &plan.commissions {
        for day in &one.days {
            for slot in &day.slots {
                sits.insert(slot.candidate, (one.centre, day.date, slot.starts.clone()));
            }
        }
    }
    sits
}

fn closing(problem: &Problem, centre: usize, opened: usize, retimes: bool, moves: u8) -> Closing {
    Closing {
        centre,
        days: BTreeSet::new(),
        first: problem.periods[0][0],
        last: None,
        opened,
        allowed: Allowed {
            retimes,
            moves,
            opens: Opens::Day,
        },
    }
}

/// The plan with a member for another.
fn replaced(plan: &Plan, lost: &Lost, examiner: usize) -> Plan {
    let mut plan = plan.clone();
    for (vacancy, by) in lost.vacancies.iter().zip(&lost.together) {
        for member in &mut plan.commissions[vacancy.commission].members {
            if let (true, Some(by)) = (*member == examiner, by) {
                *member = *by;
            }
        }
    }
    plan
}

#[test]
fn each_answer_on_an_academy_breaks_no_rule_of_ours_nor_of_the_judge_s() {
    let (stated, plan) = corpus::written("academy");
    let reading = read::problem(&serde_json::to_vec(&stated).unwrap()).unwrap();
    let plan = read::plan(&serde_json::to_vec(&plan).unwrap(), &reading).unwrap();
    let Reading { problem, names } = reading;
    let mut asked = vec![json!({"instance": "academy", "value": stated})];
    let written = |on: &str, problem: &Problem, plan: &Plan| {
        let mut value = serde_json::to_value(solution(problem, &names, plan).unwrap()).unwrap();
        for one in value["commissions"].as_array_mut().unwrap() {
            let days = one["days"].as_array_mut().unwrap();
            days.retain(|day| !day["slots"].as_array().unwrap().is_empty());
        }
        json!({"on": on, "plan": value})
    };

    // Sittings that need another seat, at each level; whoever is alone on the day of the preparation keeps his.
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut index = Index::new(&problem, &plan);
    let mut found = 0;
    for turn in 0..60 {
        let place = below(&mut rng, plan.commissions.len());
        let one = &plan.commissions[place];
        let day = &one.days[below(&mut rng, one.days.len())];
        if day.slots.len() < 2 {
            continue;
        }
        let wanted = Wanted {
            candidate: day.slots[below(&mut rng, day.slots.len())].candidate,
            former: Some(place),
            first: problem.periods[0][0],
            last: None,
            declined: BTreeSet::from([day.date]),
        };
        let allowed = Allowed {
            retimes: turn % 3 == 1,
            moves: u8::from(turn % 3 == 2) * 2,
            opens: Opens::Period,
        };
        let ways = index.ways(&wanted, allowed);
        assert_eq!(index.plan(), &plan);
        for way in ways.iter().take(3) {
            found += 1;
            let after = way.applied_to(&plan);
            assert_eq!(violations(&problem, &after), []);
            asked.push(written("academy", &problem, &after));
            assert!(allowed.retimes || way.retimed.is_empty());
            assert!(way.moved.len() <= usize::from(allowed.moves));
        }
        let counted = index.seats(&wanted, allowed, Refusals::Counted);
        let named = index.seats(&wanted, allowed, Refusals::Named);
        assert_eq!(counted.free, named.free);
        let mut rules = BTreeMap::new();
        for one in &named.refused {
            *rules.entry(one.rule).or_insert(0) += 1;
        }
        assert_eq!(rules, counted.counted);
    }
    assert!(found > 30, "{found}");

    // Centres that close.
    let centres: BTreeSet<usize> = plan.commissions.iter().map(|one| one.centre).collect();
    for (turn, centre) in centres.iter().take(6).enumerate() {
        let asks = closing(
            &problem,
            *centre,
            [0, 2, 50][turn % 3],
            turn % 2 == 1,
            u8::from(turn > 2),
        );
        let closed = close(&problem, &plan, &asks);
        assert_eq!(violations(&closed.problem, &closed.plan), []);
        let on = format!("centre {centre} closed");
        let mut value = stated.clone();
        for one in value["establishments"].as_array_mut().unwrap() {
            if one["id"] == *centre {
                one["closed_days"] = stated["days"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|day| day["id"].clone())
                    .collect();
            }
        }
        asked.push(json!({"instance": on, "value": value}));
        asked.push(written(&on, &closed.problem, &closed.plan));
        assert!(
            closed.left_out.len() >= closed.bound.left_out,
            "{:?}",
            closed.bound
        );
        assert!(closed.opened <= asks.opened);
        if turn % 3 == 2 {
            assert_eq!(closed.left_out, []);
            assert!(closed.opened >= closed.bound.opened);
        }
        let (before, after) = (sits(&plan), sits(&closed.plan));
        for (key, (at, date, starts)) in &before {
            if closed.displaced.contains(key) {
                assert_eq!(at, centre);
                continue;
            }
            let (now, now_date, now_starts) = &after[key];
            let moved = (at, date) != (now, now_date);
            assert!(!moved || closed.moved.contains(key));
            let same = starts == now_starts;
            assert!(same || closed.moved.contains(key) || closed.retimed.contains(key));
        }
        for (key, why) in &closed.left_out {
            assert!(!after.contains_key(key) && why.free.is_empty() && !why.counted.is_empty());
        }
    }

    // Examiners who are lost.
    let members: BTreeSet<usize> = plan
        .commissions
        .iter()
        .flat_map(|one| one.members.clone())
        .collect();
    for examiner in members.iter().take(4) {
        let lost = lose(&problem, &plan, *examiner, problem.periods[0][0]);
        assert!(lost.together.iter().all(Option::is_some));
        let on = format!("examiner {examiner} lost");
        let mut value = stated.clone();
        for one in value["examiners"].as_array_mut().unwrap() {
            if one["id"] == *examiner {
                one["days"] = json!([]);
            }
        }
        asked.push(json!({"instance": on, "value": value}));
        let after = replaced(&plan, &lost, *examiner);
        assert_eq!(violations(&problem, &after), []);
        asked.push(written(&on, &problem, &after));
        for vacancy in &lost.vacancies {
            assert!(
                vacancy
                    .ranked
                    .is_sorted_by(|a, b| a.kilometres <= b.kilometres)
            );
            for stand in vacancy.ranked.iter().take(3) {
                let one = Lost {
                    vacancies: vec![vacancy.clone()],
                    together: vec![Some(stand.examiner)],
                    kilometres: 0.0,
                };
                assert_eq!(violations(&problem, &replaced(&plan, &one, *examiner)), []);
            }
            // Whoever is not named would break a rule.
            for other in &problem.examiners {
                let named = vacancy
                    .ranked
                    .iter()
                    .any(|stand| stand.examiner == other.key);
                let member = plan.commissions[vacancy.commission]
                    .members
                    .contains(&other.key);
                if !named && !member {
                    let one = Lost {
                        vacancies: vec![vacancy.clone()],
                        together: vec![Some(other.key)],
                        kilometres: 0.0,
                    };
                    assert!(!violations(&problem, &replaced(&plan, &one, *examiner)).is_empty());
                }
            }
        }
    }

    let Some(answers) = judge::ask(&asked) else {
        return;
    };
    for answer in answers {
        assert_eq!(answer["codes"], json!([]), "{answer}");
    }
}

#[test]
fn two_who_are_lost_together_are_replaced_by_the_nearest_assignment() {
    // One commission a period of the same two members; four others, of whom some accept one period only.
    let mut problem = problem(Form::Ponctuelle);
    problem.examiners = (0..6)
        .map(|key| examiner(key, Some(1), &[ExamOption::Sisr]))
        .collect();
    for (key, x) in [(2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0)] {
        problem.examiners[key].at = Point { x, y: 0.0 };
        problem.examiners[key].max_periods = Some(if key < 4 { 1 } else { 3 });
    }
    for key in 2..6 {
        problem.examiners[key].unavailable = problem.periods.iter().flatten().copied().collect();
    }
    problem.candidates = (0..24)
        .map(|key| candidate(key, Some(2), ExamOption::Sisr))
        .collect();
    let plan = propose(&problem).plan;
    assert_eq!(plan.commissions.len(), 3);
    for key in 2..6 {
        problem.examiners[key].unavailable.clear();
    }
    let first = problem.periods[0][0];
    let lost = lose(&problem, &plan, 0, first);
    assert_eq!(lost.vacancies.len(), 3);
    let given: BTreeSet<_> = lost.together.iter().flatten().copied().collect();
    assert_eq!(given, BTreeSet::from([2, 3, 4]));
    assert!((lost.kilometres - 14.0).abs() < 1e-9);
    // Each rule is named.
    problem.examiners[2].unavailable = problem.periods.iter().flatten().copied().collect();
    problem.examiners[3].school = Some(2);
    problem.examiners[4].zone = 1;
    problem.examiners[5].options = vec![ExamOption::Slam];
    let lost = lose(&problem, &plan, 0, first);
    assert_eq!(lost.together, [None, None, None]);
    let expected = [
        MemberRule::OtherZone,
        MemberRule::Composition,
        MemberRule::Unavailable,
        MemberRule::OwnSchool,
    ];
    for vacancy in &lost.vacancies {
        assert_eq!(vacancy.refused, expected.map(|rule| (rule, 1)).into());
    }
}

#[test]
fn in_ccf_a_school_that_closes_for_a_day_hears_its_candidates_on_others() {
    let mut problem = problem(Form::Ccf);
    problem.examiners = (0..4)
        .map(|key| examiner(key, Some(0), &[ExamOption::Sisr]))
        .collect();
    problem.candidates = (0..8)
        .map(|key| candidate(key, Some(0), ExamOption::Sisr))
        .collect();
    let plan = propose(&problem).plan;
    let second = plan.commissions[0].days[1].date;
    let asks = Closing {
        days: BTreeSet::from([second]),
        ..closing(&problem, 0, 1, false, 0)
    };
    let closed = close(&problem, &plan, &asks);
    assert_eq!(violations(&closed.problem, &closed.plan), []);
    assert_eq!(
        (closed.displaced.len(), closed.left_out.len(), closed.opened),
        (5, 0, 1)
    );
    assert_eq!(closed.gone, Vec::<usize>::new());
    // With the day of the preparation the whole commission is dissolved; without a new one nobody has a seat.
    let asks = Closing {
        days: BTreeSet::from([plan.commissions[0].days[0].date]),
        opened: 0,
        ..asks
    };
    let closed = close(&problem, &plan, &asks);
    assert_eq!(violations(&closed.problem, &closed.plan), []);
    assert_eq!(
        (
            closed.displaced.len(),
            closed.left_out.len(),
            closed.gone.len()
        ),
        (8, 8, 1)
    );
    assert_eq!(closed.bound.left_out, 8);
}
