//! The report as a page to read.

use delos_documents::harmonisation::{self, Dossier};
use delos_harmonisation::report::Report;

/// One HTML file.
///
/// # Errors
/// Never in practice: the page's fields are the report's, which a test holds.
pub fn page(report: &Report) -> Result<String, serde_json::Error> {
    // One mapping for this report and for one that is read again from its file: its JSON.
    let dossier: Dossier = serde_json::from_value(serde_json::to_value(report)?)?;
    Ok(harmonisation::page(&dossier))
}
