//! What is allowed is really done: each act once, by who may, about what is his.

use anyhow::{Context as _, Result, bail};
use delos_domain::mandate::Role;
use delos_domain::policy::OperationName as Op;
use serde_json::{Value, json};

use super::asks::{Ask, Reply};
use super::commissions;
use super::days;
use super::laying::KINDS;
use super::matters::{Matter, all, ask, words};
use super::requests::{
    add_commission, by_id, correct_address, create, dates, edit_plan, edit_text, grant, grantable,
    kind, of_plan, remove_commission, resend, role_below, search_plan, settle,
};
use super::transmissions;
use delos_tests::files::ended;
use delos_tests::http::Visitor;
use delos_tests::plans::{searched, version, view};

/// What was done, where, and what says so.
pub type Done = Vec<(&'static str, Reply, String)>;

/// What is allowed is really done, each act once; none when the requests that name the matter are all there is to it.
pub fn acts(
    operation: Op,
    asker: Role,
    person: &mut Visitor,
    about: &mut Matter,
    own: &Matter,
) -> Result<Option<Done>> {
    Ok(Some(match operation {
        Op::SetSessionDates => {
            let seen = ask(person, "{ session { version } }", &json!({}))?;
            let version = seen["session"]["version"].as_i64().context("a version")?;
            let reply = dates(&about.dated, version).of(person)?;
            vec![("Mutation.setSessionDates", reply, "Session".to_owned())]
        }
        Op::GrantMandate => grant_and_revoke(asker, person, about, own)?,
        Op::ImportSchools | Op::ImportExaminers | Op::ImportCandidates => {
            hand_in_and_confirm(kind(operation), person, about)?
        }
        Op::EditPlan => change_plan(person, about)?,
        Op::PublishPlan => {
            let version = version(person, &json!(about.plan))?;
            let reply = of_plan("publishPlan", about, version).of(person)?;
            vec![("Mutation.publishPlan", reply, "\"Plan\"".to_owned())]
        }
        Op::Convoke => {
            let version = version(person, &json!(about.plan))?;
            let reply = of_plan("convoke", about, version).of(person)?;
            let mut done = vec![("Mutation.convoke", reply, "Convoked".to_owned())];
            done.extend(days::give_dates(person, about)?);
            done
        }
        Op::ResendMessage => {
            let reply = resend(about).of(person)?;
            about.failed.pop();
            vec![("Mutation.resendFailed", reply, "Resent".to_owned())]
        }
        Op::SettleMessage => {
            let reply = settle(about).of(person)?;
            about.failed.pop();
            vec![("Mutation.settleMessages", reply, "Settled".to_owned())]
        }
        Op::CorrectAddress => {
            let reply = correct_address(about).of(person)?;
            about.failed.pop();
            vec![("Mutation.correctAddress", reply, "Resent".to_owned())]
        }
        Op::EditTexts => {
            let reply = edit_text("reminder", 0).of(person)?;
            vec![("Mutation.editMailText", reply, "MailTexts".to_owned())]
        }
        Op::LiftPause => {
            let document = "mutation { liftPause { __typename session } }";
            let reply = Ask::staff(document, json!({})).of(person)?;
            vec![("Mutation.liftPause", reply, "PauseLifted".to_owned())]
        }
        // Somebody else has asked already: the first request stands, and this one may confirm it.
        Op::ResetSecondFactor => {
            let mut done = Vec::new();
            for (place, field) in [
                ("Mutation.askFactorReset", "askFactorReset"),
                ("Mutation.confirmFactorReset", "confirmFactorReset"),
            ] {
                let reply = by_id(field, "account", &about.account).of(person)?;
                done.push((place, reply, "Account".to_owned()));
            }
            done
        }
        other if commissions::OPERATIONS.contains(&other) => {
            return commissions::acts(other, person, about);
        }
        other if transmissions::OPERATIONS.contains(&other) => {
            return transmissions::acts(other, person, about);
        }
        other => return days::acts(other, person, about),
    }))
}

/// Somebody is appointed, given a second mandate, sent a new link, and loses his mandate.
fn grant_and_revoke(
    asker: Role,
    person: &mut Visitor,
    about: &Matter,
    own: &Matter,
) -> Result<Done> {
    let address = format!(
        "{}.{}@delos.example",
        asker.code().replace('_', "-"),
        about.perimeter
    );
    let role = role_below(asker, about);
    let mut done = Vec::new();
    let mut note = |place, reply, mark: &str| done.push((place, reply, mark.to_owned()));
    let probe = grantable(&about.perimeter);
    note(probe.place, probe.ask.of(person)?, &probe.mark);
    let reply = create(role, &about.perimeter, &address).of(person)?;
    note("Mutation.createAccount", reply, "Account");

    let accounts = all(person, "accounts", "id email mandates { id }")?;
    let made = accounts.iter().find(|one| one["email"] == address.as_str());
    let made = made.with_context(|| format!("{address} is not listed"))?;
    let (second, over) = match asker {
        Role::PlatformAdministrator => ("NATIONAL_READER", &own.perimeter),
        Role::HeadOfSchool => ("EXAMINER", &about.examiner),
        _ if about.form == "CCF" => ("JURY_MEMBER", &own.authority),
        _ => ("JURY_PRESIDENT", &own.authority),
    };
    let account = words(&made["id"]);
    note(
        "Mutation.grantMandate",
        grant(&account, second, over).of(person)?,
        "Account",
    );
    let reply = by_id("renewAccess", "account", &account).of(person)?;
    note("Mutation.renewAccess", reply, "Account");
    // The second first: whoever has none of one's perimeter any more is nobody to look at.
    let accounts = all(person, "accounts", "id mandates { id }")?;
    let made = accounts.iter().find(|one| one["id"] == account.as_str());
    let mandates = made.context("the account")?["mandates"].clone();
    let mandates = mandates.as_array().context("mandates")?;
    if mandates.len() != 2 {
        bail!("not two mandates: {mandates:?}");
    }
    for mandate in mandates {
        let reply = by_id("revokeMandate", "mandate", &words(&mandate["id"])).of(person)?;
        note("Mutation.revokeMandate", reply, "Account");
    }
    if asker != Role::PlatformAdministrator {
        let reply = by_id("inviteExaminers", "plan", &about.plan).of(person)?;
        note("Mutation.inviteExaminers", reply, "Invited");
    }
    Ok(done)
}

/// A file is checked, its rows to correct are taken home, and it is written.
fn hand_in_and_confirm(place: usize, person: &mut Visitor, about: &Matter) -> Result<Done> {
    let checked = Ask::Upload(KINDS[place].0, about.files[place].clone()).of(person)?;
    let staged = words(&checked.json()["staged"]);
    let rows = Ask::Get(format!("/imports/{staged}/bad-rows.csv")).of(person)?;
    let confirmed = by_id("confirmImport", "staged", &staged).of(person)?;
    let done = vec![
        ("/imports/{kind}", checked, "\"staged\":\"".to_owned()),
        (
            "/imports/{staged}/bad-rows.csv",
            rows,
            "lignes-a-corriger".to_owned(),
        ),
        ("Mutation.confirmImport", confirmed, "Task".to_owned()),
    ];
    if done.iter().all(|(_, reply, _)| reply.succeeds()) {
        // The task is the file's: it does the work under the mandate of who confirmed.
        let (state, task) = ended(person, &json!(staged))?;
        if state != "DONE" {
            bail!("the task ended otherwise: {task}");
        }
    }
    Ok(done)
}

/// A draft is opened, looked at, changed by hand, emptied and proposed again.
fn change_plan(person: &mut Visitor, about: &Matter) -> Result<Done> {
    let mut done = Vec::new();
    let mut note = |place, reply, mark: &str| done.push((place, reply, mark.to_owned()));
    let id = json!(about.plan);
    for probe in edit_plan(about) {
        if let "Mutation.openPlan" | "Query.planChoices" = probe.place {
            note(probe.place, probe.ask.of(person)?, &probe.mark);
        }
    }
    let choices = ask(
        person,
        "query A($plan: ID!) { planChoices(plan: $plan) { templates { code days { max } } } }",
        &json!({"plan": id}),
    )?;
    let seen = view(person, &id)?;
    let one = &seen["commissions"][0];
    let days: Vec<&Value> = one["days"]
        .as_array()
        .context("days")?
        .iter()
        .map(|day| &day["date"])
        .collect();
    let members: Vec<&Value> = one["members"]
        .as_array()
        .context("members")?
        .iter()
        .map(|one| &one["id"])
        .collect();
    let templates = choices["planChoices"]["templates"]
        .as_array()
        .context("templates")?;
    let template = templates
        .iter()
        .find(|one| {
            one["days"]
                .as_array()
                .is_some_and(|all| all.len() >= days.len())
        })
        .context("a template")?;
    let now = version(person, &id)?;
    let reply = remove_commission(&words(&one["id"]), now).of(person)?;
    note("Mutation.removeCommission", reply, "\"Plan\"");
    let input = json!({
        "plan": id, "version": now + 1, "option": one["option"], "centre": one["centre"]["id"],
        "members": members, "days": days, "template": template["code"],
    });
    note(
        "Mutation.addCommission",
        add_commission(&input).of(person)?,
        "\"Plan\"",
    );
    let now = version(person, &id)?;
    note(
        "Mutation.clearPlan",
        of_plan("clearPlan", about, now).of(person)?,
        "\"Plan\"",
    );
    let now = version(person, &id)?;
    note(
        "Mutation.proposePlan",
        of_plan("proposePlan", about, now).of(person)?,
        "\"Plan\"",
    );
    let now = version(person, &id)?;
    note(
        "Mutation.searchPlan",
        search_plan(about, now).of(person)?,
        "\"Task\"",
    );
    note(
        "Mutation.stopSearch",
        by_id("stopSearch", "plan", &about.plan).of(person)?,
        "\"Task\"",
    );
    searched(person, &id)?;
    Ok(done)
}
