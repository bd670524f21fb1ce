//! What a plan costs, said in lines.

use std::collections::BTreeMap;

use delos_planning::bound::{Bound, Lack, Shortage, ZoneBound};
use delos_planning::check::Terms;
use delos_planning::session::{LeftOutReason, Plan, Weights};

/// The objective, a line a term, in the order in which a planner weighs them.
pub fn terms(weights: &Weights, terms: &Terms) -> Vec<String> {
    let counts: [(&str, usize, f64); 7] = [
        ("sans place", terms.unassigned, weights.unassigned),
        ("commissions", terms.commission, weights.commission),
        ("centres ouverts", terms.centre, weights.centre),
        ("sixièmes candidats", terms.overload, weights.overload),
        (
            "périodes des examinateurs, au carré",
            terms.load_sq,
            weights.load_sq,
        ),
        (
            "équipes que des candidats ne rencontrent pas",
            terms.spread,
            weights.spread,
        ),
        (
            "commissions sans lien entre elles",
            terms.component,
            weights.component,
        ),
    ];
    let kilometres = [
        ("kilomètres des candidats", terms.cand_km, weights.cand_km),
        (
            "kilomètres des examinateurs",
            terms.exam_km,
            weights.exam_km,
        ),
    ];
    #[expect(clippy::cast_precision_loss, reason = "counts of a plan")]
    let counted = counts
        .map(|(name, count, weight)| line(name, &count.to_string(), weight, count as f64 * weight));
    let measured =
        kilometres.map(|(name, km, weight)| line(name, &format!("{km:.1}"), weight, km * weight));
    let mut lines: Vec<String> = counted.into_iter().chain(measured).collect();
    lines.push(format!("{:<48}{:>33}", "objectif", points(terms.total)));
    lines
}

fn line(name: &str, amount: &str, weight: f64, cost: f64) -> String {
    format!(
        "{name:<48}{:>10} × {:>8} = {:>9}",
        amount.replace('.', ","),
        weight.to_string().replace('.', ","),
        points(cost)
    )
}

fn points(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}

/// Who has no place, by the rule that stops them.
pub fn left_out(plan: &Plan) -> Vec<String> {
    let mut by_rule: BTreeMap<&'static str, (LeftOutReason, Vec<usize>)> = BTreeMap::new();
    for (key, why) in &plan.left_out {
        by_rule
            .entry(why.code())
            .or_insert((*why, Vec::new()))
            .1
            .push(*key);
    }
    by_rule
        .into_values()
        .map(|(why, keys)| {
            let shown: Vec<String> = keys.iter().take(10).map(ToString::to_string).collect();
            let more = if keys.len() > 10 { "…" } else { "" };
            format!(
                "{} sans place, {} : {}{more}",
                keys.len(),
                sentence(why),
                shown.join(", ")
            )
        })
        .collect()
}

fn sentence(why: LeftOutReason) -> &'static str {
    match why {
        LeftOutReason::NoPeriod => "la session n’a pas de période",
        LeftOutReason::NoCentre => "aucun centre ne leur est ouvert",
        LeftOutReason::NoAccessibleCentre => "aucun centre n’est accessible",
        LeftOutReason::TooFewEnvironments => "leurs centres ont trop peu d’environnements",
        LeftOutReason::DayTooShort => "leurs phases ne tiennent dans aucune journée",
        LeftOutReason::TooFewExaminers => "trop peu d’examinateurs ont l’option",
        LeftOutReason::OwnSchoolExaminers => {
            "les examinateurs de l’option sont de leur établissement"
        }
        LeftOutReason::ExaminersTaken => "les examinateurs sont pris ou absents à chaque période",
        LeftOutReason::CentreFull => "leurs centres sont pleins à chaque période",
        LeftOutReason::OnlySecondDay => {
            "ils ne tiennent pas après la préparation, et personne n’ouvre la commission pour eux"
        }
    }
}

/// The part of the bound by which a plan may be above the best.
pub fn gap(objective: f64, bound: f64) -> f64 {
    if bound > 0.0 {
        (objective / bound - 1.0).max(0.0)
    } else {
        0.0
    }
}

/// What the bound says of a plan, or what it says of those who cannot be placed.
pub fn bound(bound: &Bound, terms: &Terms) -> Vec<String> {
    let mut lines = Vec::new();
    match bound.total {
        Some(total) if terms.unassigned == 0 => {
            let gap = format!("{:.2}", gap(terms.total, total) * 100.0).replace('.', ",");
            lines.push(format!(
                "borne prouvée {} : ce planning est au plus {gap} % au-dessus du meilleur possible",
                points(total)
            ));
            lines.push("la borne laisse de côté :".to_owned());
            lines.extend(bound.leaves_out.iter().map(|one| format!("  — {one}")));
        }
        Some(_) => lines.push(
            "rien ne prouve que tout le monde ne peut pas être placé : donnez plus de temps, ou déplacez ce qui est gardé"
                .to_owned(),
        ),
        None => {
            for zone in bound.zones.iter().filter(|zone| zone.value.is_none()) {
                lines.extend(short(zone));
            }
        }
    }
    lines
}

/// Why a zone cannot place everybody.
fn short(zone: &ZoneBound) -> Vec<String> {
    if zone.short.is_empty() {
        return vec![format!(
            "zone {} : aucun planning ne peut placer tout le monde, même sans regarder les dates",
            zone.zone
        )];
    }
    let said = zone.short.iter().map(|one| lacking(zone.zone, one));
    said.collect()
}

fn lacking(zone: usize, one: &Shortage) -> String {
    let missing = one.needed - one.available;
    let option = one
        .option
        .map_or(String::new(), |option| format!(" {}", option.code()));
    let place = match one.centre {
        Some(centre) => format!("zone {zone}, centre {centre}"),
        None => format!("zone {zone}"),
    };
    let what = match one.lack {
        Lack::Centres => format!("{missing} candidat(s){option} n’ont aucun centre"),
        Lack::Seats => format!("il manque {missing} place(s){option} dans le modèle de période"),
        Lack::Rooms => format!(
            "il manque de quoi tenir {missing} commission(s){option} : environnements ou périodes"
        ),
        Lack::Examiners => format!("il manque {missing} période(s) d’examinateur(s){option}"),
        Lack::Members => {
            format!("il manque {missing} examinateur(s){option} qui puissent y siéger")
        }
    };
    format!(
        "{place} : {what} (il en faut {}, il y en a {})",
        one.needed, one.available
    )
}
