//! Where one can ask: every field, every route, each with the operations that it is, or why everybody may.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use delos_domain::policy::OperationName::{self, *};

/// What stands behind a place to ask at.
pub enum Behind {
    /// These operations of the policy.
    Operations(&'static [OperationName]),
    /// None: everybody may, for this reason.
    Open(&'static str),
}
use Behind::{Open, Operations};

const IMPORTS: Behind = Operations(&[ImportSchools, ImportExaminers, ImportCandidates]);

/// Fields of the staff's schema.
pub const STAFF: &[(&str, Behind)] = &[
    (
        "Query.me",
        Open("one's own name and mandates, with what the active one allows"),
    ),
    (
        "Query.todo",
        Open(
            "lines about one's own perimeter, each counted under the scope of the list that it points to",
        ),
    ),
    ("Query.session", Operations(&[ReadSession])),
    ("Query.authorities", Operations(&[ReadAuthorities])),
    ("Query.accounts", Operations(&[ReadAccounts])),
    ("Query.grantable", Operations(&[GrantMandate])),
    ("Query.schools", Operations(&[ReadSchools])),
    ("Query.examiners", Operations(&[ReadExaminers])),
    ("Query.candidates", Operations(&[ReadCandidates])),
    ("Query.plans", Operations(&[ReadPlan])),
    ("Query.plan", Operations(&[ReadPlan])),
    ("Query.planChoices", Operations(&[EditPlan])),
    ("Query.messages", Operations(&[ReadMessages])),
    ("Query.message", Operations(&[ReadMessages])),
    ("Query.convocationPreview", Operations(&[ReadConvocation])),
    ("Query.task", Operations(&[ReadTasks])),
    ("Query.tasks", Operations(&[ReadTasks])),
    ("Mutation.setSessionDates", Operations(&[SetSessionDates])),
    ("Mutation.createAccount", Operations(&[GrantMandate])),
    ("Mutation.renewAccess", Operations(&[GrantMandate])),
    ("Mutation.grantMandate", Operations(&[GrantMandate])),
    ("Mutation.revokeMandate", Operations(&[GrantMandate])),
    ("Mutation.confirmImport", IMPORTS),
    ("Mutation.openPlan", Operations(&[EditPlan])),
    ("Mutation.proposePlan", Operations(&[EditPlan])),
    ("Mutation.addCommission", Operations(&[EditPlan])),
    ("Mutation.removeCommission", Operations(&[EditPlan])),
    ("Mutation.clearPlan", Operations(&[EditPlan])),
    ("Mutation.publishPlan", Operations(&[PublishPlan])),
    ("Mutation.convoke", Operations(&[Convoke])),
    ("Mutation.resendFailed", Operations(&[ResendMessage])),
    (
        "Mutation.renewCandidateCode",
        Operations(&[RenewCandidateCode]),
    ),
];

/// Fields of the candidates' schema.
pub const CANDIDATE: &[(&str, Behind)] = &[(
    "Query.myExam",
    Operations(&[ReadOwnExam, ReadOwnConvocation]),
)];

/// Routes of the router.
pub const ROUTES: &[(&str, Behind)] = &[
    (
        "/graphql/staff",
        Open("each field of the schema has its own entry"),
    ),
    (
        "/graphql/candidate",
        Open("each field of the schema has its own entry"),
    ),
    ("/auth/staff", Open("how one becomes somebody")),
    ("/auth/candidate", Open("how one becomes somebody")),
    ("/auth/first-access", Open("how one becomes somebody")),
    ("/auth/sign-out", Open("ends one's own session")),
    (
        "/auth/mandate",
        Open("takes up another of one's own mandates"),
    ),
    (
        "/auth/whoami",
        Open("says whether this browser is signed in, and at which door"),
    ),
    (
        "/auth/authorities",
        Open("the published list from which a candidate chooses before he signs in"),
    ),
    ("/imports/{kind}", IMPORTS),
    ("/imports/{staged}/bad-rows.csv", IMPORTS),
    (
        "/sittings/{id}/convocation.pdf",
        Operations(&[ReadConvocation]),
    ),
    (
        "/sittings/{id}/convocation.ics",
        Operations(&[ReadConvocation]),
    ),
    (
        "/messages/{id}/attachments/{place}",
        Operations(&[ReadMessages]),
    ),
    (
        "/candidate/convocation.pdf",
        Operations(&[ReadOwnConvocation]),
    ),
    (
        "/candidate/convocation.ics",
        Operations(&[ReadOwnConvocation]),
    ),
    ("/healthz", Open("whether the process lives")),
    ("/readyz", Open("whether the process can serve")),
];

/// What must have been asked once everything was: each operation at each place that it stands behind.
pub fn to_ask() -> BTreeSet<(OperationName, &'static str)> {
    let all = STAFF.iter().chain(CANDIDATE).chain(ROUTES);
    all.flat_map(|(place, behind)| match behind {
        Operations(all) => all.iter().map(|one| (*one, *place)).collect::<Vec<_>>(),
        Open(_) => Vec::new(),
    })
    .collect()
}

/// A field or a route without an entry, or an entry without a field or a route.
pub fn every_field_and_route_has_an_entry_and_every_entry_is_one() -> Result<()> {
    let fields = |name: &str| -> Result<BTreeSet<String>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/gateway/schema");
        Ok(root_fields(&std::fs::read_to_string(folder.join(name))?))
    };
    let routes: BTreeSet<String> = delos_gateway::ROUTES
        .iter()
        .map(|route| route.path.to_owned())
        .collect();
    for (what, there, entries) in [
        ("staff.graphql", fields("staff.graphql")?, STAFF),
        ("candidate.graphql", fields("candidate.graphql")?, CANDIDATE),
        ("the router", routes, ROUTES),
    ] {
        check(what, &there, entries)?;
    }
    Ok(())
}

/// Entries are what is there, each once and each with something to say.
pub fn check(what: &str, there: &BTreeSet<String>, entries: &[(&str, Behind)]) -> Result<()> {
    let named: BTreeSet<String> = entries.iter().map(|(name, _)| (*name).to_owned()).collect();
    let missing: Vec<_> = there.difference(&named).collect();
    assert!(missing.is_empty(), "{what} has no entry for {missing:?}");
    let gone: Vec<_> = named.difference(there).collect();
    assert!(gone.is_empty(), "{what} no longer has {gone:?}");
    assert_eq!(named.len(), entries.len(), "{what} has an entry twice");
    let said = entries.iter().all(|(_, behind)| match behind {
        Operations(all) => !all.is_empty(),
        Open(reason) => !reason.is_empty(),
    });
    said.then_some(())
        .with_context(|| format!("{what} has an empty entry"))
}

/// The fields of `Query` and `Mutation` in a schema as it is printed, a field a line.
fn root_fields(schema: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    let mut of = None;
    let mut in_words = false;
    for line in schema.lines() {
        match line {
            "type Query {" => of = Some("Query"),
            "type Mutation {" => of = Some("Mutation"),
            "}" => of = None,
            _ => {}
        }
        let text = line.trim();
        if text == "\"\"\"" {
            in_words = !in_words;
            continue;
        }
        let name = text.split(['(', ':']).next().unwrap_or_default();
        if let Some(of) = of
            && !in_words
            && text.contains(':')
        {
            fields.insert(format!("{of}.{name}"));
        }
    }
    fields
}
