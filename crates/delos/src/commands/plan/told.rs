//! What a plan costs, said in lines.

use std::collections::BTreeMap;

use delos_planning::bound::{Bound, Lack, Shortage, ZoneBound, gap};
use delos_planning::check::{Term, Terms};
use delos_planning::helps::{Change, Help};
use delos_planning::session::{LeftOutReason, Plan, Weights};

/// The objective, a line a term, in the order in which a planner weighs them.
pub fn terms(weights: &Weights, terms: &Terms) -> Vec<String> {
    let mut lines: Vec<String> = terms.each(weights).iter().map(line).collect();
    lines.push(format!("{:<48}{:>33}", "objectif", points(terms.total)));
    lines
}

fn line(term: &Term) -> String {
    let amount = format!("{:.*}", usize::from(term.measured), term.amount);
    format!(
        "{:<48}{:>10} × {:>8} = {:>9}",
        term.says,
        amount.replace('.', ","),
        term.weight.to_string().replace('.', ","),
        points(term.points())
    )
}

fn points(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}

/// What two plans cost, a line a term that differs, then the sums.
pub fn change(weights: &Weights, before: &Terms, after: &Terms) -> Vec<String> {
    let (before_each, after_each) = (before.each(weights), after.each(weights));
    let differ = before_each.iter().zip(&after_each);
    let differ = differ.filter(|(one, other)| one.points().to_bits() != other.points().to_bits());
    let line = |name: &str, one: f64, other: f64| {
        format!("{name:<48}{:>12} → {:>12}", points(one), points(other))
    };
    differ
        .map(|(one, other)| line(one.says, one.points(), other.points()))
        .chain([line("objectif", before.total, after.total)])
        .collect()
}

/// How many, and the first of them.
pub fn people(keys: &[usize], what: &str) -> String {
    if keys.is_empty() {
        return format!("0 {what}");
    }
    let shown: Vec<String> = keys.iter().take(10).map(ToString::to_string).collect();
    let more = if keys.len() > 10 { "…" } else { "" };
    format!("{} {what} : {}{more}", keys.len(), shown.join(", "))
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
        .map(|(why, keys)| people(&keys, &format!("sans place, {}", sentence(why))))
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

/// What would give everybody a place, a line a help.
pub fn helps(helps: &[Help]) -> Vec<String> {
    let line = |help: &Help| {
        let changes: Vec<String> = help.changes.iter().map(more).collect();
        format!(
            "zone {} : tout le monde serait placé avec {}",
            help.zone,
            changes.join(" et ")
        )
    };
    helps.iter().map(line).collect()
}

fn more(change: &Change) -> String {
    match *change {
        Change::Examiners {
            option,
            period,
            count,
            ..
        } => {
            let when = match period {
                Some(place) => format!("à la période {}", place + 1),
                None => "à chaque période".to_owned(),
            };
            format!(
                "{count} examinateur(s) {} de plus, enseignant(s), {when}",
                option.code()
            )
        }
        Change::Environments { centre, count } => {
            format!("{count} environnement(s) de plus au centre {centre}")
        }
        Change::Periods { count } => format!("{count} période(s) de plus après la dernière"),
        Change::Access { centre } => format!("le centre {centre} accessible"),
    }
}
