//! Commissions compared: from files of grades to the report, as JSON, as a page, as a workbook. No database.

mod design;
mod intake;
mod page;
mod workbook;

use delos_harmonisation::report::Report;

pub use delos_harmonisation::analysis::Step;
pub use delos_harmonisation::report::Settings;
pub use design::{Design, design};
pub use intake::{Intake, RefusedFile, TextFault, read};
pub use page::page;
pub use workbook::workbook;

/// The report on what was read. `told` hears of each step as it begins.
pub fn report(intake: &Intake, settings: Settings, told: &dyn Fn(Step)) -> Report {
    let mut report =
        delos_harmonisation::analysis::analyse(&intake.session, &intake.anchors, settings, told);
    intake.count(&mut report.input);
    report
}

/// The report as it is written: indented, with a last line end.
///
/// # Errors
/// Never in practice: a report holds no key that JSON cannot write.
pub fn json(report: &Report) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(report)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What the terminal says of a report, in French.
pub fn summary(report: &Report) -> Vec<String> {
    let flagged = report
        .commissions
        .iter()
        .filter(|one| one.severity.is_some_and(|severity| severity.flagged))
        .count();
    let input = &report.input;
    let mut lines = vec![format!(
        "{} candidats, {} commissions ; {flagged} commissions hors de la tolérance.",
        input.candidates, input.commissions
    )];
    let without = input.without_note;
    let absent = without.absent + without.not_validated + without.exempt;
    if absent > 0 {
        lines.push(format!("{absent} candidats sans note (AB, NV, dispensés)."));
    }
    if input.left_out > 0 {
        lines.push(format!(
            "{} lignes fautives laissées de côté ; le rapport dit lesquelles.",
            input.left_out
        ));
    }
    lines
}
