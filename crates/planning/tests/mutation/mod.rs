//! Faults put into problems and plans of the exchange format.

use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::corpus::below;

/// One of them.
fn pick<T: Clone>(rng: &mut ChaCha8Rng, from: &[T]) -> T {
    from[below(rng, from.len())].clone()
}

fn list<'a>(value: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    value[name].as_array_mut().expect("a list")
}

/// One line of a list, if it has any.
fn line<'a>(rng: &mut ChaCha8Rng, value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let lines = list(value, name);
    let place = below(rng, lines.len());
    lines.get_mut(place)
}

fn ids(value: &Value, name: &str) -> Vec<Value> {
    let lines = value[name].as_array().expect("a list");
    lines.iter().map(|one| one["id"].clone()).collect()
}

/// Changes a problem in a few places; it stays one that can be read.
pub fn problem(rng: &mut ChaCha8Rng, problem: &mut Value) {
    if below(rng, 4) == 0 {
        let zone = json!({"id": 77, "name": "autre"});
        list(problem, "zones").push(zone);
    }
    for _ in 0..below(rng, 3) {
        parameter(rng, &mut problem["params"]);
    }
    let size = problem["candidates"].as_array().expect("a list").len();
    for _ in 0..=below(rng, size / 6) {
        person(rng, problem);
    }
}

fn parameter(rng: &mut ChaCha8Rng, params: &mut Value) {
    let (name, values) = match below(rng, 12) {
        0 => ("env_mode", vec![json!("R"), json!("E1RE2"), json!("RE2")]),
        1 => ("own_school", vec![json!(true), json!(false)]),
        2 => ("option_members", vec![json!(0), json!(1), json!(2)]),
        3 => ("force_own_centre", vec![json!(false), json!(true)]),
        4 => ("min_members", vec![json!(1), json!(2), json!(3)]),
        5 => ("grid", vec![json!(1), json!(7), json!(10), json!(15)]),
        6 => ("cap_rank1", vec![json!(2), json!(1)]),
        7 => ("cap_rank2", vec![json!(3), json!(4)]),
        8 => ("close", vec![json!(960), json!(1015)]),
        9 => ("margin", vec![json!(0), json!(5)]),
        10 => ("lunch", vec![json!(30), json!(90)]),
        _ => ("prep", vec![json!(120), json!(200)]),
    };
    params[name] = pick(rng, &values);
}

fn person(rng: &mut ChaCha8Rng, problem: &mut Value) {
    let (days, zones) = (ids(problem, "days"), ids(problem, "zones"));
    let (schools, people) = (ids(problem, "establishments"), ids(problem, "examiners"));
    let candidates = ids(problem, "candidates");
    let (day, zone) = (pick(rng, &days), pick(rng, &zones));
    match below(rng, 5) {
        0 => {
            let one = line(rng, problem, "establishments").expect("a line");
            match below(rng, 4) {
                0 => list(one, "closed_days").push(day),
                1 => one["pmr"] = json!(below(rng, 2) == 0),
                2 => one["environments"] = json!(below(rng, 5)),
                _ => one["zone"] = zone,
            }
        }
        1 | 2 => {
            let one = line(rng, problem, "examiners").expect("a line");
            match below(rng, 6) {
                0 => one["days"] = json!([day]),
                1 => one["max_periods"] = json!(below(rng, 3)),
                2 => list(one, "conflicts").push(pick(rng, &candidates)),
                3 => one["options"] = json!([pick(rng, &["SISR", "SLAM"])]),
                4 => one["est"] = Value::Null,
                _ => one["zone"] = zone,
            }
        }
        _ => {
            let one = line(rng, problem, "candidates").expect("a line");
            match below(rng, 8) {
                0 => one["pmr"] = json!(true),
                1 => list(one, "unavailable").push(day),
                2 => list(one, "teachers").push(pick(rng, &people)),
                3 => one["est"] = pick(rng, &schools),
                4 => one["est"] = Value::Null,
                5 => one["option"] = json!(pick(rng, &["SISR", "SLAM"])),
                6 => {
                    let ratio = pick(rng, &[[4, 3], [1, 1], [3, 2]]);
                    one["accommodation"] = json!({"prep": ratio, "interview": ratio});
                }
                _ => one["zone"] = zone,
            }
        }
    }
}

/// Puts one to three faults into a plan.
pub fn plan(rng: &mut ChaCha8Rng, problem: &Value, plan: &mut Value) {
    for _ in 0..=below(rng, 3) {
        match below(rng, 8) {
            0 | 1 => commission(rng, problem, plan),
            2 => whole(rng, plan),
            3 => {
                let one = line(rng, plan, "commissions");
                if let Some(day) = one.and_then(|one| line(rng, one, "days")) {
                    half_day(rng, day);
                }
            }
            _ => seat(rng, problem, plan),
        }
    }
}

fn commission(rng: &mut ChaCha8Rng, problem: &Value, plan: &mut Value) {
    let (people, schools) = (ids(problem, "examiners"), ids(problem, "establishments"));
    let periods = problem["days"].as_array().expect("a list");
    let Some(one) = line(rng, plan, "commissions") else {
        return;
    };
    match below(rng, 9) {
        0 => one["members"] = json!([pick(rng, &people), pick(rng, &people)]),
        1 => {
            let place = below(rng, 2);
            if let Some(member) = one["members"].get_mut(place) {
                *member = pick(rng, &people);
            }
        }
        2 => list(one, "members").push(json!(99_999)),
        3 => {
            list(one, "members").pop();
        }
        4 => one["centre"] = pick(rng, &schools),
        5 => one["centre"] = json!(99_999),
        6 => {
            let other = if one["option"] == "SISR" {
                "SLAM"
            } else {
                "SISR"
            };
            one["option"] = json!(other);
        }
        7 => one["period"] = pick(rng, periods)["period"].clone(),
        _ => {
            // To another period with its days.
            let period = pick(rng, periods)["period"].clone();
            let days: Vec<Value> = periods
                .iter()
                .filter(|day| day["period"] == period)
                .map(|day| day["id"].clone())
                .collect();
            one["period"] = period;
            for (day, id) in list(one, "days").iter_mut().zip(days) {
                day["day"] = id;
            }
        }
    }
}

/// Commissions and days that are lost or stand twice.
fn whole(rng: &mut ChaCha8Rng, plan: &mut Value) {
    let commissions = list(plan, "commissions");
    if commissions.is_empty() {
        return;
    }
    let place = below(rng, commissions.len());
    match below(rng, 4) {
        0 => {
            commissions.remove(place);
        }
        1 => commissions.push(commissions[place].clone()),
        two_days => {
            let days = list(&mut commissions[place], "days");
            if !days.is_empty() {
                let at = below(rng, days.len());
                if two_days == 2 {
                    days.remove(at);
                } else {
                    days.push(days[at].clone());
                }
            }
        }
    }
}

fn half_day(rng: &mut ChaCha8Rng, day: &mut Value) {
    match below(rng, 7) {
        0 => day["lunch"] = json!(pick(rng, &[655, 660, 700, 780, 785, 0])),
        1 => shift(rng, &mut day["lunch"]),
        2 => {
            day.as_object_mut().expect("an object").remove("prep");
        }
        3 => day["prep"] = json!(pick(rng, &[450, 475, 480, 485, 600])),
        4 if day["prep"].is_u64() => shift(rng, &mut day["prep"]),
        5 => list(day, "slots").clear(),
        _ => list(day, "slots").truncate(1),
    }
}

/// A few minutes sooner or later.
fn shift(rng: &mut ChaCha8Rng, minute: &mut Value) {
    let by = pick(rng, &[-60, -30, -10, -5, -1, 1, 5, 10, 30, 60]);
    *minute = json!((minute.as_i64().expect("a number") + by).max(0));
}

fn seat(rng: &mut ChaCha8Rng, problem: &Value, plan: &mut Value) {
    let candidates = ids(problem, "candidates");
    let Some(slots) = slots(rng, plan) else {
        return;
    };
    let place = below(rng, slots.len());
    let Some(slot) = slots.get_mut(place) else {
        return;
    };
    match below(rng, 10) {
        0 => slot["candidate"] = pick(rng, &candidates),
        1 => slot["candidate"] = json!(99_999),
        2 => slot["env"] = json!(below(rng, 4)),
        3 => {
            let phase = pick(rng, &["T", "E1", "R", "E2", "H"]);
            shift(rng, &mut slot[phase]);
        }
        4 => {
            let phase = pick(rng, &["T", "E1", "R", "E2", "H"]);
            slot[phase] = json!(below(rng, 1500));
        }
        5 => {
            // The whole chain.
            let by = pick(rng, &[-30, -5, -1, 1, 5, 30]);
            for phase in ["T", "E1", "R", "E2", "H"] {
                slot[phase] = json!((slot[phase].as_i64().expect("a number") + by).max(0));
            }
        }
        6 => {
            slots.remove(place);
        }
        7 => {
            let again = slots[place].clone();
            slots.push(again);
        }
        8 => {
            // To another day, at the same hours.
            let moved = slots.remove(place);
            if let Some(other) = self::slots(rng, plan) {
                other.push(moved);
            }
        }
        _ => {
            // Two change places.
            let one = slots[place]["candidate"].clone();
            if let Some(other) = self::slots(rng, plan)
                && let Some(slot) = other.first_mut()
            {
                slot["candidate"] = one;
            }
        }
    }
}

fn slots<'a>(rng: &mut ChaCha8Rng, plan: &'a mut Value) -> Option<&'a mut Vec<Value>> {
    let one = line(rng, plan, "commissions")?;
    let day = line(rng, one, "days")?;
    day["slots"].as_array_mut()
}
