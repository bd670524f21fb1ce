//! The files of a simulated session: `grades.csv`, `anchors.csv`, `truth.csv`, `truth_items.csv`, in the columns of the
//! reference sessions. No cell needs quotes.

use std::fmt::Write as _;

use delos_harmonisation::session::{Commission, Mode, Session};

use super::Simulated;
use super::places::Truth;

/// `grades.csv`: the candidates.
pub fn grades(simulated: &Simulated) -> String {
    let session = &simulated.session;
    let mut text = header(session);
    for candidate in &session.candidates {
        row(
            &mut text,
            session,
            &candidate.code,
            &simulated.truth[candidate.commission],
            &candidate.levels,
            candidate.note,
            candidate.penalty.unwrap_or(0.0),
        );
    }
    text
}

/// `anchors.csv`: the shared dossiers, in the same columns.
pub fn anchors(simulated: &Simulated) -> String {
    let session = &simulated.session;
    let mut text = header(session);
    for grading in &simulated.anchors {
        row(
            &mut text,
            session,
            &grading.dossier,
            &simulated.truth[grading.commission],
            &grading.levels,
            grading.note.unwrap_or(0.0),
            0.0,
        );
    }
    text
}

/// `truth.csv`: what is true of each commission.
pub fn truth(simulated: &Simulated) -> String {
    let mut text = String::from(
        "commission,academy,centre,option,n,note_severity,note_sev_academy,note_sev_centre,note_sev_commission,\
         planted_note,grid_severity,grid_sev_commission,planted_grid,kind,omega,halo,total_effect_points,\
         ability_centre,ability_academy\n",
    );
    for t in &simulated.truth {
        let (academy, centre, code) = place(&t.commission);
        let option = &simulated.session.grids[t.grid].code;
        let _ = writeln!(
            text,
            "{code},{academy},{centre},{option},{},{:.6},{:.6},{:.6},{:.6},{},{:.6},{:.6},{},{},{:.1},{:.2},{:.6},{:.6},{:.6}",
            t.n,
            t.note_severity,
            t.note_academy,
            t.note_centre,
            t.note_commission,
            u8::from(t.planted_note),
            t.grid_severity,
            t.grid_commission,
            u8::from(t.planted_grid),
            t.kind.code(),
            t.kind.stretch(),
            t.kind.halo(),
            t.total_effect,
            t.ability_centre,
            t.ability_academy,
        );
    }
    text
}

/// `truth_items.csv`: the true lines.
pub fn truth_items(simulated: &Simulated) -> String {
    let mut text = String::from("option,item,competence,delta,tau1,tau2,tau3\n");
    for (grid, lines) in simulated.session.grids.iter().zip(&simulated.lines) {
        for (item, line) in grid.items.iter().zip(lines) {
            let [one, two, three] = line.thresholds;
            let _ = writeln!(
                text,
                "{},{},{},{:.6},{one:.6},{two:.6},{three:.6}",
                grid.code, item.code, line.competence, line.difficulty
            );
        }
    }
    text
}

fn header(session: &Session) -> String {
    let mut text = String::from("candidate,academy,centre,commission,option,mode");
    for item in session.grids.iter().flat_map(|grid| &grid.items) {
        text.push(',');
        text.push_str(&item.code);
    }
    text.push_str(",note,penalty,note_final\n");
    text
}

fn row(
    text: &mut String,
    session: &Session,
    code: &str,
    truth: &Truth,
    levels: &[Option<u8>],
    note: f64,
    penalty: f64,
) {
    let (academy, centre, commission) = place(&truth.commission);
    let option = &session.grids[truth.grid].code;
    let mode = match truth.mode {
        Mode::Ponctuel => "ponctuel",
        Mode::Ccf => "CCF",
    };
    let _ = write!(
        text,
        "{code},{academy},{centre},{commission},{option},{mode}"
    );
    for (index, grid) in session.grids.iter().enumerate() {
        for line in 0..grid.items.len() {
            text.push(',');
            let level = levels.get(line).copied().flatten();
            if let (true, Some(level)) = (index == truth.grid, level) {
                let _ = write!(text, "{level}");
            }
        }
    }
    let last = (note - penalty).max(0.0);
    let _ = writeln!(text, ",{note},{penalty},{last}");
}

fn place(commission: &Commission) -> (&str, &str, &str) {
    (
        commission.academy.as_deref().unwrap_or_default(),
        commission.centre.as_deref().unwrap_or_default(),
        &commission.code,
    )
}
