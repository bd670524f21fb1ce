//! Where one can ask: every field, every route, each with the operations that it is, or why everybody may.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use delos_domain::policy::OperationName as Op;

/// What stands behind a place to ask at.
pub enum Behind {
    /// These operations of the policy.
    Operations(&'static [Op]),
    /// None: everybody may, for this reason.
    Open(&'static str),
}
use Behind::{Open, Operations};

const IMPORTS: Behind = Operations(&[Op::ImportSchools, Op::ImportExaminers, Op::ImportCandidates]);

/// Force majeure is the authority's, every other absence is recorded where it is seen.
const ABSENCES: Behind = Operations(&[Op::RecordAbsence, Op::EstablishForceMajeure]);

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
    ("Query.session", Operations(&[Op::ReadSession])),
    ("Query.authorities", Operations(&[Op::ReadAuthorities])),
    ("Query.accounts", Operations(&[Op::ReadAccounts])),
    ("Query.grantable", Operations(&[Op::GrantMandate])),
    ("Query.schools", Operations(&[Op::ReadSchools])),
    ("Query.examiners", Operations(&[Op::ReadExaminers])),
    ("Query.candidates", Operations(&[Op::ReadCandidates])),
    ("Query.plans", Operations(&[Op::ReadPlan])),
    ("Query.plan", Operations(&[Op::ReadPlan])),
    ("Query.planReport", Operations(&[Op::ReadPlan])),
    ("Query.planProposal", Operations(&[Op::ReadPlan])),
    ("Query.planChoices", Operations(&[Op::EditPlan])),
    ("Query.messages", Operations(&[Op::ReadMessages])),
    ("Query.message", Operations(&[Op::ReadMessages])),
    ("Query.unreached", Operations(&[Op::ReadUnreached])),
    ("Query.mailTexts", Operations(&[Op::ReadTexts])),
    ("Query.mailTextPreview", Operations(&[Op::ReadTexts])),
    (
        "Query.convocationPreview",
        Operations(&[Op::ReadConvocation]),
    ),
    ("Query.task", Operations(&[Op::ReadTasks])),
    ("Query.tasks", Operations(&[Op::ReadTasks])),
    ("Query.mailService", Operations(&[Op::ReadWorker])),
    ("Query.dayDates", Operations(&[Op::ReadDay])),
    ("Query.day", Operations(&[Op::ReadDay])),
    ("Query.waiting", Operations(&[Op::ReadDay])),
    ("Query.closures", Operations(&[Op::ReadDay])),
    ("Query.absencePreview", ABSENCES),
    ("Query.absencePapers", Operations(&[Op::ReadAbsencePiece])),
    ("Query.freeSeats", Operations(&[Op::Convoke])),
    ("Query.closurePreview", Operations(&[Op::CloseCentre])),
    ("Query.substitutes", Operations(&[Op::ReplaceMember])),
    ("Query.rescheduling", Operations(&[Op::SetRescheduling])),
    ("Query.examDays", Operations(&[Op::ReadCommissionDay])),
    (
        "Query.examDay",
        Operations(&[Op::ReadCommissionDay, Op::ReadAssessment]),
    ),
    ("Query.assessment", Operations(&[Op::ReadAssessment])),
    ("Mutation.saveAssessment", Operations(&[Op::EditAssessment])),
    (
        "Mutation.validateAssessment",
        Operations(&[Op::EditAssessment]),
    ),
    ("Mutation.giveVisa", Operations(&[Op::GiveVisa])),
    ("Mutation.askReopening", Operations(&[Op::ReopenAssessment])),
    (
        "Mutation.confirmReopening",
        Operations(&[Op::ReopenAssessment]),
    ),
    ("Mutation.recordPhases", Operations(&[Op::RecordPhase])),
    ("Query.consignment", Operations(&[Op::ReadBordereau])),
    ("Query.transmissions", Operations(&[Op::ReadTransmissions])),
    ("Query.checkReceipt", Operations(&[Op::ReadTransmissions])),
    ("Query.suspicions", Operations(&[Op::RuleOnFraud])),
    ("Mutation.consign", Operations(&[Op::ConsignAssessment])),
    ("Mutation.transmit", Operations(&[Op::TransmitToJury])),
    ("Mutation.suspectFraud", Operations(&[Op::SuspectFraud])),
    ("Mutation.ruleOnFraud", Operations(&[Op::RuleOnFraud])),
    (
        "Subscription.changed",
        Open(
            "ids alone, each told only to whom the view that reads it again would show it (live.rs)",
        ),
    ),
    (
        "Mutation.setSessionDates",
        Operations(&[Op::SetSessionDates]),
    ),
    ("Mutation.createAccount", Operations(&[Op::GrantMandate])),
    ("Mutation.renewAccess", Operations(&[Op::GrantMandate])),
    (
        "Mutation.askFactorReset",
        Operations(&[Op::ResetSecondFactor]),
    ),
    (
        "Mutation.confirmFactorReset",
        Operations(&[Op::ResetSecondFactor]),
    ),
    ("Mutation.grantMandate", Operations(&[Op::GrantMandate])),
    ("Mutation.revokeMandate", Operations(&[Op::GrantMandate])),
    ("Mutation.inviteExaminers", Operations(&[Op::GrantMandate])),
    ("Mutation.confirmImport", IMPORTS),
    ("Mutation.openPlan", Operations(&[Op::EditPlan])),
    ("Mutation.searchPlan", Operations(&[Op::EditPlan])),
    ("Mutation.stopSearch", Operations(&[Op::EditPlan])),
    ("Mutation.proposePlan", Operations(&[Op::EditPlan])),
    ("Mutation.addCommission", Operations(&[Op::EditPlan])),
    ("Mutation.removeCommission", Operations(&[Op::EditPlan])),
    ("Mutation.clearPlan", Operations(&[Op::EditPlan])),
    ("Mutation.publishPlan", Operations(&[Op::PublishPlan])),
    ("Mutation.convoke", Operations(&[Op::Convoke])),
    ("Mutation.resendFailed", Operations(&[Op::ResendMessage])),
    ("Mutation.liftPause", Operations(&[Op::LiftPause])),
    (
        "Mutation.remindRecipients",
        Operations(&[Op::RemindRecipients]),
    ),
    ("Mutation.settleMessages", Operations(&[Op::SettleMessage])),
    ("Mutation.correctAddress", Operations(&[Op::CorrectAddress])),
    ("Mutation.editMailText", Operations(&[Op::EditTexts])),
    ("Mutation.recordAbsence", ABSENCES),
    ("Mutation.withdrawAbsence", ABSENCES),
    ("Mutation.closeCentre", Operations(&[Op::CloseCentre])),
    ("Mutation.replaceMember", Operations(&[Op::ReplaceMember])),
    ("Mutation.placeCandidate", Operations(&[Op::Convoke])),
    ("Mutation.confirmSeat", Operations(&[Op::Convoke])),
    ("Mutation.declineSeat", Operations(&[Op::Convoke])),
    (
        "Mutation.setRescheduling",
        Operations(&[Op::SetRescheduling]),
    ),
    (
        "Mutation.renewCandidateCode",
        Operations(&[Op::RenewCandidateCode]),
    ),
];

/// Fields of the candidates' schema.
pub const CANDIDATE: &[(&str, Behind)] = &[
    (
        "Query.myExam",
        Operations(&[Op::ReadOwnExam, Op::ReadOwnConvocation]),
    ),
    (
        "Subscription.myExamChanged",
        Open("says that one's own exam may have changed, and nothing of it (live.rs)"),
    ),
    (
        "Mutation.acknowledgeConvocation",
        Operations(&[Op::AcknowledgeConvocation]),
    ),
];

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
    (
        "/graphql/staff/live",
        Open("each field of the schema has its own entry"),
    ),
    (
        "/graphql/candidate/live",
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
        "/auth/second-factor/begin",
        Open("begins to add a second factor to one's own account of staff, which has none"),
    ),
    (
        "/auth/second-factor/confirm",
        Open("ends it by a right code: one's own account, and one's own recovery codes"),
    ),
    (
        "/auth/second-factor/prove",
        Open("shows one's own second factor: what it opens is each operation's to say"),
    ),
    (
        "/auth/second-factor/recovery-codes",
        Open("replaces one's own recovery codes, in a session where the factor was shown"),
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
    ("/absences/pieces", ABSENCES),
    ("/absences/{id}/piece", Operations(&[Op::ReadAbsencePiece])),
    (
        "/sittings/{id}/convocation.pdf",
        Operations(&[Op::ReadConvocation]),
    ),
    (
        "/sittings/{id}/convocation.ics",
        Operations(&[Op::ReadConvocation]),
    ),
    ("/sittings/{id}/grid.pdf", Operations(&[Op::ReadDay])),
    (
        "/sittings/{id}/appreciation.pdf",
        Operations(&[Op::ReadDay]),
    ),
    (
        "/sittings/{id}/grid-filled.pdf",
        Operations(&[Op::ReadAssessment]),
    ),
    (
        "/sittings/{id}/appreciation-filled.pdf",
        Operations(&[Op::ReadAssessment]),
    ),
    ("/bordereau/ccf.pdf", Operations(&[Op::ReadBordereau])),
    ("/bordereau/ccf.csv", Operations(&[Op::ReadBordereau])),
    (
        "/bordereau/ponctuelle.pdf",
        Operations(&[Op::ReadBordereau]),
    ),
    (
        "/bordereau/ponctuelle.csv",
        Operations(&[Op::ReadBordereau]),
    ),
    (
        "/transmissions/{id}/receipt.pdf",
        Operations(&[Op::ReadTransmissions]),
    ),
    (
        "/messages/{id}/attachments/{place}",
        Operations(&[Op::ReadMessages]),
    ),
    ("/messages/list.csv", Operations(&[Op::ReadMessages])),
    ("/messages/unreached.pdf", Operations(&[Op::ReadUnreached])),
    (
        "/acknowledgements/{token}",
        Open("whoever holds the signed link of a mail, and it tells a date only"),
    ),
    (
        "/acknowledgements",
        Open("whoever holds the signed link of a mail: the system records it as AcknowledgeByLink"),
    ),
    (
        "/candidate/convocation.pdf",
        Operations(&[Op::ReadOwnConvocation]),
    ),
    (
        "/candidate/convocation.ics",
        Operations(&[Op::ReadOwnConvocation]),
    ),
    ("/healthz", Open("whether the process lives")),
    ("/readyz", Open("whether the process can serve")),
];

/// What must have been asked once everything was: each operation at each place that it stands behind.
pub fn to_ask() -> BTreeSet<(Op, &'static str)> {
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

/// The fields of `Query`, `Mutation` and `Subscription` in a schema as it is printed, a field a line.
fn root_fields(schema: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    let mut of = None;
    let mut in_words = false;
    for line in schema.lines() {
        match line {
            "type Query {" => of = Some("Query"),
            "type Mutation {" => of = Some("Mutation"),
            "type Subscription {" => of = Some("Subscription"),
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
