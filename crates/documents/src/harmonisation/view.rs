//! The dossier as the page reads it: by academy, with what stands out.

use std::collections::BTreeMap;

use crate::charts::Mark;
use crate::charts::numbers::{counted, points};
use crate::harmonisation::dossier::{Commission, Dossier};
use crate::harmonisation::html::{details, name};
use crate::harmonisation::sentences;

/// Above so many commissions in several academies, each academy is folded.
const MOST_UNFOLDED: usize = 60;
/// Fewer candidates than this are too few to be judged (harmonisation.md §3).
const FEW: usize = 5;

/// Whether a commission has too few candidates to be judged.
pub(super) fn is_small(commission: &Commission) -> bool {
    commission.n < FEW
}

/// Whether the report asks to look at it.
pub(super) fn is_flagged(commission: &Commission) -> bool {
    commission.severity.is_some_and(|severity| severity.flagged)
}

/// How it stands out.
pub(super) fn mark(commission: &Commission) -> Mark {
    if is_flagged(commission) {
        Mark::Flagged
    } else if is_small(commission) {
        Mark::Faint
    } else {
        Mark::Plain
    }
}

/// Centre, option and form; or that it is too small.
pub(super) fn note(commission: &Commission) -> String {
    if is_small(commission) {
        return "effectif trop faible".to_owned();
    }
    let mut parts = Vec::new();
    parts.extend(
        commission
            .centre
            .clone()
            .filter(|centre| !centre.is_empty()),
    );
    parts.extend(kind(commission));
    parts.join(" · ")
}

/// Option and form, where they are known.
pub(super) fn kind(commission: &Commission) -> Option<String> {
    let mode = commission.mode.as_deref().map(sentences::mode);
    let parts: Vec<String> = commission.option.clone().into_iter().chain(mode).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A commission with its place in the dossier.
pub(super) type Numbered<'a> = (usize, &'a Commission);

/// One academy.
pub(super) struct Academy<'a> {
    /// Its name; nothing where the file has no academies.
    pub(super) name: &'a str,
    /// Its commissions.
    pub(super) commissions: Vec<Numbered<'a>>,
}

/// The dossier, read.
pub(super) struct View<'a> {
    /// The dossier.
    pub(super) dossier: &'a Dossier,
    /// By academy, in the dossier's order.
    pub(super) academies: Vec<Academy<'a>>,
    /// Whether each academy is folded.
    pub(super) folded: bool,
    /// Whether the file had grids.
    pub(super) profile: bool,
    /// Whether the file had academies.
    pub(super) has_academies: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(dossier: &'a Dossier) -> Self {
        let has_academies = dossier.commissions.iter().any(|c| c.academy.is_some());
        let mut academies: Vec<Academy> = Vec::new();
        let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for numbered in dossier.commissions.iter().enumerate() {
            let key = numbered.1.academy.as_deref();
            let place = *places.entry(key).or_insert_with(|| {
                let missing = if has_academies {
                    "Académie non précisée"
                } else {
                    ""
                };
                academies.push(Academy {
                    name: key.unwrap_or(missing),
                    commissions: Vec::new(),
                });
                academies.len() - 1
            });
            academies[place].commissions.push(numbered);
        }
        Self {
            dossier,
            folded: academies.len() > 1 && dossier.commissions.len() > MOST_UNFOLDED,
            academies,
            profile: dossier.commissions.iter().any(|c| c.mean_score.is_some()),
            has_academies,
        }
    }

    /// What stands over the page.
    pub(super) fn title(&self) -> &str {
        let given = self.dossier.title.as_deref();
        given
            .filter(|title| !title.trim().is_empty())
            .unwrap_or("Comparaison des commissions")
    }

    /// The tolerance in words: « 1 point ».
    pub(super) fn tolerance(&self) -> String {
        points(self.dossier.settings.tolerance)
    }

    /// Commissions to look at.
    pub(super) fn flagged(&self) -> Vec<Numbered<'a>> {
        self.numbered().filter(|(_, c)| is_flagged(c)).collect()
    }

    /// All of them, in order, academy by academy.
    pub(super) fn numbered(&self) -> impl Iterator<Item = Numbered<'a>> {
        self.academies
            .iter()
            .flat_map(|academy| academy.commissions.iter().copied())
    }

    /// Whether any commission is in CCF.
    pub(super) fn any_ccf(&self) -> bool {
        self.dossier.commissions.iter().any(|c| {
            c.mode.as_deref() == Some("ccf")
                || c.warnings.iter().any(|code| code == "ccf_confounded")
        }) || self
            .dossier
            .warnings
            .iter()
            .any(|code| code == "ccf_session")
    }

    /// Whether a caution concerns the whole session.
    pub(super) fn warns(&self, code: &str) -> bool {
        self.dossier.warnings.iter().any(|warning| warning == code)
    }

    /// The head of an academy among others; nothing where there are no academies.
    pub(super) fn group(&self, commission: &'a Commission) -> String {
        match &commission.academy {
            Some(academy) => academy.clone(),
            None if self.has_academies => "Académie non précisée".to_owned(),
            None => String::new(),
        }
    }

    /// « , Dijon » where these rows are one academy among others: what tells one caption from the next.
    pub(super) fn place(&self, rows: &[Numbered<'a>]) -> String {
        let first = rows.first().map(|(_, c)| c.academy.as_deref());
        let one = rows
            .iter()
            .all(|(_, c)| Some(c.academy.as_deref()) == first);
        if one && self.academies.len() > 1 {
            rows.first()
                .map_or_else(String::new, |(_, c)| format!(", {}", self.group(c)))
        } else {
            String::new()
        }
    }

    /// All commissions at once; or academy by academy, each folded, the first one open.
    /// `inside` is given a key that is its own in the page, and the rows.
    pub(super) fn in_parts(
        &self,
        out: &mut String,
        panel: &str,
        mut inside: impl FnMut(&mut String, &str, &[Numbered<'a>]),
    ) {
        if self.folded {
            self.by_academy(out, panel, inside);
        } else {
            let all: Vec<Numbered> = self.numbered().collect();
            inside(out, panel, &all);
        }
    }

    /// Academy by academy: folded where there are many, else under a head each.
    pub(super) fn by_academy(
        &self,
        out: &mut String,
        panel: &str,
        mut inside: impl FnMut(&mut String, &str, &[Numbered<'a>]),
    ) {
        self.parts(out, panel, true, &mut inside);
    }

    /// All commissions in one table; or academy by academy, all of it folded under one head.
    pub(super) fn in_tables(
        &self,
        out: &mut String,
        panel: &str,
        words: &str,
        mut inside: impl FnMut(&mut String, &str, &[Numbered<'a>]),
    ) {
        let lines = counted(self.dossier.commissions.len(), "ligne", "lignes");
        details(
            out,
            "",
            false,
            &format!("{words} en tableau ({lines})"),
            |out| {
                if self.folded {
                    self.parts(out, panel, false, &mut inside);
                } else {
                    let all: Vec<Numbered> = self.numbered().collect();
                    inside(out, panel, &all);
                }
            },
        );
    }

    fn parts(
        &self,
        out: &mut String,
        panel: &str,
        first_open: bool,
        inside: &mut impl FnMut(&mut String, &str, &[Numbered<'a>]),
    ) {
        if self.folded {
            out.push_str("<div class=\"academies\">\n");
        }
        for (index, academy) in self.academies.iter().enumerate() {
            let key = format!("{panel}-{index}");
            let rows = &academy.commissions;
            if self.folded {
                let flagged = rows.iter().filter(|(_, c)| is_flagged(c)).count();
                let many = counted(rows.len(), "commission", "commissions");
                let mut summary = format!("{}\u{a0}: {many}", name(academy.name));
                if flagged > 0 {
                    crate::charts::put!(summary, ", dont <strong>{flagged} à relire</strong>");
                }
                let summary = format!("<span>{summary}</span>");
                let open = first_open && index == 0;
                details(out, "academie", open, &summary, |out| {
                    inside(out, &key, rows);
                });
            } else {
                if !academy.name.is_empty() {
                    crate::charts::put!(out, "<h3>{}</h3>\n", name(academy.name));
                }
                inside(out, &key, rows);
            }
        }
        if self.folded {
            out.push_str("</div>\n");
        }
    }
}
