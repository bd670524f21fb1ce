//! The slip of a school or of a centre, what is sent to the jury, suspicions of fraud: what is asked of them, what is done.

use anyhow::{Context as _, Result};
use delos_domain::policy::OperationName as Op;
use serde_json::{Value, json};

use super::acts::Done;
use super::asks::{Ask, Probe};
use super::matters::{Matter, ask, words};
use super::requests::{act, among, named};
use delos_tests::http::Visitor;

/// The operations of whoever keeps and sends what commissions propose, and of who rules on a suspicion.
pub const OPERATIONS: [Op; 6] = [
    Op::ReadBordereau,
    Op::ConsignAssessment,
    Op::TransmitToJury,
    Op::ReadTransmissions,
    Op::SuspectFraud,
    Op::RuleOnFraud,
];

/// A code that no receipt bears.
const NO_CODE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The slip's routes, by its form.
fn files(m: &Matter) -> [&'static str; 2] {
    if m.form == "CCF" {
        ["/bordereau/ccf.csv", "/bordereau/ccf.pdf"]
    } else {
        ["/bordereau/ponctuelle.csv", "/bordereau/ponctuelle.pdf"]
    }
}

fn slip(m: &Matter) -> Ask {
    let document = "query A($form: Form!) { consignment(form: $form) { lines { number } } }";
    Ask::staff(document, json!({"form": m.form}))
}

fn consign(m: &Matter) -> Ask {
    act(
        "consign",
        "candidate: $candidate, form: $form",
        "$candidate: ID, $form: Form!",
        json!({"candidate": m.candidate, "form": m.form}),
    )
}

/// Sending: what a rule refuses is told by its code alone, as what is done is by the school's.
fn transmit(m: &Matter) -> Ask {
    let document = "mutation A($input: TransmitInput!) { transmit(input: $input) \
                    { ... on Consignment { uai } ... on Refusal { code } } }";
    let input = json!({"form": m.form, "confirmation": "2027"});
    Ask::staff(document, json!({"input": input}))
}

fn transmissions() -> Ask {
    Ask::staff(
        "{ transmissions { made { id } awaited { uai } } }",
        json!({}),
    )
}

fn check_receipt() -> Ask {
    let document = "query A($number: String!, $code: String!) { checkReceipt(number: $number, code: $code) \
                    { ... on AuthenticReceipt { __typename } ... on Refusal { code } } }";
    Ask::staff(document, json!({"number": "T-0000", "code": NO_CODE}))
}

fn suspect(m: &Matter) -> Ask {
    let document = "mutation A($sitting: ID!) { suspectFraud(sitting: $sitting, reason: \"Un téléphone.\") \
                    { ... on SuspicionNoted { __typename } ... on Refusal { code } } }";
    Ask::staff(document, json!({"sitting": m.sitting}))
}

fn suspicions() -> Ask {
    Ask::staff("{ suspicions { number } }", json!({}))
}

fn rule(suspicion: &Value) -> Ask {
    act(
        "ruleOnFraud",
        "suspicion: $id, found: NO_FRAUD, ruling: \"Rien.\"",
        "$id: ID!",
        json!({"id": suspicion}),
    )
}

/// The requests of these operations. The slip names nobody: it is that of one's own school, or centre.
pub fn probes(operation: Op, m: &Matter) -> Vec<Probe> {
    match operation {
        Op::ReadBordereau => {
            let mut all = vec![among("Query.consignment", slip(m), &m.number)];
            all.extend(files(m).map(|path| among(path, Ask::Get(path.to_owned()), &m.number)));
            all
        }
        Op::ConsignAssessment => vec![named("Mutation.consign", "", m, consign)],
        Op::TransmitToJury => vec![among("Mutation.transmit", transmit(m), &m.number)],
        Op::ReadTransmissions => vec![
            among("Query.transmissions", transmissions(), &m.number),
            among("Query.checkReceipt", check_receipt(), &m.number),
            named("/transmissions/{id}/receipt.pdf", "", m, |m| {
                Ask::Get(format!("/transmissions/{}/receipt.pdf", m.sitting))
            }),
        ],
        Op::SuspectFraud => vec![named("Mutation.suspectFraud", "", m, suspect)],
        _ => vec![
            among("Query.suspicions", suspicions(), &m.number),
            named("Mutation.ruleOnFraud", "", m, |m| rule(&json!(m.sitting))),
        ],
    }
}

/// What is allowed, really asked; what a rule of the exam refuses (the commission has not ended) is past the policy.
pub fn acts(operation: Op, person: &mut Visitor, m: &Matter) -> Result<Option<Done>> {
    let mut done = Vec::new();
    let mut note = |place, reply, mark: &str| done.push((place, reply, mark.to_owned()));
    match operation {
        Op::ReadBordereau => {
            note("Query.consignment", slip(m).of(person)?, &m.number);
            let [csv, pdf] = files(m);
            note(csv, Ask::Get(csv.to_owned()).of(person)?, &m.number);
            note(pdf, Ask::Get(pdf.to_owned()).of(person)?, "%PDF");
        }
        Op::ConsignAssessment => {
            let document = "mutation A($candidate: ID, $form: Form!) { consign(candidate: $candidate, form: $form) \
                            { ... on Consignment { uai } ... on Refusal { code } } }";
            let one = Ask::staff(document, json!({"candidate": m.candidate, "form": m.form}));
            note(
                "Mutation.consign",
                one.of(person)?,
                "assessment_visas_missing",
            );
        }
        Op::TransmitToJury => {
            let reply = transmit(m).of(person)?;
            note("Mutation.transmit", reply, "transmission_incomplete");
        }
        Op::ReadTransmissions => {
            note(
                "Query.transmissions",
                transmissions().of(person)?,
                "awaited",
            );
            note(
                "Query.checkReceipt",
                check_receipt().of(person)?,
                "receipt_unknown",
            );
        }
        // Who is suspected already is told so.
        Op::SuspectFraud => note("Mutation.suspectFraud", suspect(m).of(person)?, "uspect"),
        Op::RuleOnFraud => {
            note("Query.suspicions", suspicions().of(person)?, "suspicions");
            let all = ask(person, "{ suspicions { id found } }", &json!({}))?;
            let all = all["suspicions"].as_array().context("suspicions")?.clone();
            let open = all.iter().find(|one| one["found"].is_null());
            let id = words(&open.context("a suspicion")?["id"]);
            note("Mutation.ruleOnFraud", rule(&json!(id)).of(person)?, "");
        }
        _ => return Ok(None),
    }
    Ok(Some(done))
}
