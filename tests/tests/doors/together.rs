//! Two who do the same thing at the same moment: one does it, the other is told.

use std::sync::Barrier;

use anyhow::{Context as _, Result};
use delos_tests::files::import_academy;
use delos_tests::house::{Engine, House, REGULATION};
use delos_tests::http::Visitor;
use delos_tests::people::{account, administrator, officer};
use delos_tests::plans::{propose, version, view};
use delos_tests::post;
use serde_json::{Value, json};

use super::letters::words;
use super::mailboxes::until_sent;

/// Two officers of one authority, each with the plan on his screen.
pub fn of_two_officers_who_publish_at_once_one_is_refused(engine: Engine) -> Result<()> {
    if !post::readers() {
        return Ok(());
    }
    let Some(house) = House::open(engine, "together", REGULATION)? else {
        return Ok(());
    };
    let mut admin = administrator(&house)?;
    let mut one = officer(&house, &mut admin, "28")?;
    let session = admin.staff("Session", &json!({}))?;
    let all = session["authorities"].as_array().context("authorities")?;
    let authority = all
        .iter()
        .find(|one| one["code"] == "28")
        .context("the authority")?;
    let name = ("Bureau", "Deuxième");
    let email = "deuxieme28@academie.example";
    let mut other = account(
        &house,
        &mut admin,
        "AUTHORITY_OFFICER",
        &authority["id"],
        email,
        name,
    )?;
    import_academy(&mut one, "La Réunion")?;
    let plan = propose(&mut one, "PONCTUELLE")?;
    assert_eq!(
        propose(&mut other, "PONCTUELLE")?,
        plan,
        "one authority, one plan"
    );

    for operation in ["PublishPlan", "Convoke"] {
        let read = version(&mut one, &plan)?;
        let variables = json!({"plan": plan, "version": read});
        let refusal = at_once(&mut one, &mut other, operation, &variables)?;
        let told = ["conflict", "plan_published"].contains(&words(&refusal["code"]));
        assert!(told, "{operation}: {refusal}");
        assert_eq!(
            version(&mut other, &plan)?,
            read + 1,
            "{operation} was done once"
        );
    }
    until_sent(&mut one)?;
    let mut recipients: Vec<_> = house
        .relay
        .accepted()?
        .into_iter()
        .flat_map(|mail| mail.recipients)
        .collect();
    let mails = recipients.len();
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), mails, "everybody has one mail");
    let invitations = 2;
    let view = view(&mut one, &plan)?;
    assert_eq!(view["published"], 1);
    assert_eq!(view["convocations"]["sent"], mails - invitations);
    Ok(())
}

/// The refusal of the one who came second; the other's act was done.
fn at_once(
    one: &mut Visitor,
    other: &mut Visitor,
    operation: &str,
    variables: &Value,
) -> Result<Value> {
    let gate = Barrier::new(2);
    let go = |visitor: &mut Visitor| {
        gate.wait();
        visitor.act(operation, variables)
    };
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| go(one));
        let second = go(other);
        (first.join(), second)
    });
    let first = first.map_err(|_| anyhow::anyhow!("a thread died"))??;
    match (first, second?) {
        (Ok(_), Err(refusal)) | (Err(refusal), Ok(_)) => Ok(refusal),
        both => anyhow::bail!("{operation}: {both:?}"),
    }
}
