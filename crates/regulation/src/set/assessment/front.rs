//! `[assessment.front]`: the recto of the grids.

use delos_domain::regulation::{CrossReference, GridFront, PenaltyLine, PenaltyRule};

use super::Rest;
use crate::reader::{Item, Table, fill};

/// The recto before it is that of one grid: its title waits for the annex number.
pub(super) struct Front {
    title: String,
    rest: GridFront,
}

impl Front {
    /// The recto of the grid of this annex.
    pub(super) fn of(&self, annex: &str) -> GridFront {
        GridFront {
            title: fill(&self.title, &[("annexe", annex)]),
            ..self.rest.clone()
        }
    }
}

pub(super) fn read(table: Table<'_>, rest: &Rest<'_>) -> Option<Front> {
    // Filled in for each grid; here its placeholders alone are looked at.
    let title = table.item("title").and_then(|item| {
        item.filled_in(&[("annexe", Some(""))])?;
        item.text()
    });
    let members = table.text("members");
    let proposal = table.text("proposal");
    let proposal_notices = super::super::texts(&table, "proposal_notices");
    let penalties_title = table.text("penalties_title");
    let penalty_notices = super::super::texts(&table, "penalty_notices");
    let penalties = penalties(&table, rest);
    let final_mark = table.text("final_mark");
    let report = table.text("report");
    let notices: Option<Vec<&String>> = proposal_notices
        .as_ref()
        .zip(penalty_notices.as_ref())
        .map(|(some, others)| some.iter().chain(others).collect());
    let references = table.maybe("references").map_or(Some(Vec::new()), |item| {
        let references: Vec<_> = item
            .list()?
            .iter()
            .map(|item| reference(item, notices.as_deref(), rest))
            .collect();
        references.into_iter().collect()
    });
    table.finish();
    Some(Front {
        title: title?,
        rest: GridFront {
            title: String::new(),
            members: members?,
            proposal: proposal?,
            proposal_notices: proposal_notices?,
            penalties_title: penalties_title?,
            penalty_notices: penalty_notices?,
            penalties: penalties?,
            final_mark: final_mark?,
            report: report?,
            references: references?,
        },
    })
}

/// The penalties of `[mark]` as the grid prints them. How points are printed must be said only where a penalty needs it.
fn penalties(table: &Table<'_>, rest: &Rest<'_>) -> Option<Vec<PenaltyLine>> {
    let printed = |key| {
        let item = table.maybe(key);
        let sound = item
            .as_ref()
            .is_none_or(|item| item.filled_in(&[("points", Some(""))]).is_some());
        sound.then_some(item)
    };
    let (fixed, up_to) = (printed("penalty_fixed"), printed("penalty_up_to"));
    let (fixed, up_to) = (fixed?, up_to?);
    let line = |rule: &PenaltyRule| {
        let (fewest, most) = rule.points;
        let (item, key) = if fewest == most {
            (&fixed, "penalty_fixed")
        } else {
            (&up_to, "penalty_up_to")
        };
        if item.is_none() {
            table.item(key);
        }
        let points = item
            .as_ref()?
            .filled_in(&[("points", Some(&most.to_string()))])?;
        Some(PenaltyLine {
            code: rule.code.clone(),
            text: format!("{} {points}", rule.label),
        })
    };
    rest.mark?.penalties.iter().map(line).collect()
}

fn reference(
    item: &Item<'_>,
    notices: Option<&[&String]>,
    rest: &Rest<'_>,
) -> Option<CrossReference> {
    let table = item.table()?;
    let printed_item = table.item("printed");
    let printed = printed_item.as_ref().and_then(Item::text);
    if let (Some(item), Some(printed), Some(notices)) = (&printed_item, &printed, notices)
        && !notices
            .iter()
            .any(|notice| notice.contains(printed.as_str()))
    {
        item.fault("aucun paragraphe du recto ne porte ces mots");
    }
    let document = table.item("document").and_then(|item| item.code());
    let annex = document
        .as_ref()
        .and_then(|document| rest.annex(&table, document));
    table.finish();
    Some(CrossReference {
        printed: printed?,
        document: document?,
        annex: annex?,
    })
}
