//! What a plan is held to between the hand that makes it and the day that it is published.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use delos_tests::files::{import, import_academy};
use delos_tests::house::{Engine, House, REGULATION, SESSION, sample, text};
use delos_tests::http::Visitor;
use delos_tests::people::{administrator, heads, officer};
use delos_tests::plans::{propose, version, view};
use delos_tests::post;

/// A school that is a centre of eight environments; its candidates come from its Cyclades list.
const OF_EIGHT: &str = "0213430P";
/// A school whose candidates come from the list of the authority.
const OF_LIST: &str = "0717061P";

/// Dijon with its people and candidates, and days that are of the CCF period and of the session's at once.
struct Dijon {
    house: House,
    officer: Visitor,
    head: Visitor,
}

impl Dijon {
    fn open(engine: Engine, name: &str, school: &str) -> Result<Option<Self>> {
        if !post::readers() {
            return Ok(None);
        }
        let Some(house) = House::open(engine, name, REGULATION)? else {
            return Ok(None);
        };
        let dates = std::fs::read_to_string(sample("session-2027.toml"))?;
        let file = house.folder.join("longer.toml");
        let longer = dates.replace(
            "last = 2027-05-07, cut_off = 2027-05-12",
            "last = 2027-05-25, cut_off = 2027-05-26",
        );
        assert_ne!(longer, dates);
        std::fs::write(&file, longer)?;
        house.run(&["session", "set", text(&file)?, "--session", SESSION])?;
        let mut admin = administrator(&house)?;
        let mut officer = officer(&house, &mut admin, "07")?;
        import_academy(&mut officer, "Dijon")?;
        let mut head = heads(&house, &mut officer)?
            .remove(school)
            .context("the head")?;
        if school == OF_EIGHT {
            let list = std::fs::read_to_string(sample("candidats-cyclades.csv"))?;
            let complement = std::fs::read_to_string(sample("complements.csv"))?;
            let complement = Some(("complements.csv", complement.as_str()));
            import(
                &mut head,
                "candidates",
                ("candidats-cyclades.csv", &list),
                complement,
            )?;
        }
        Ok(Some(Self {
            house,
            officer,
            head,
        }))
    }
}

/// What can be chosen for a plan.
fn choices(visitor: &mut Visitor, plan: &Value) -> Result<Value> {
    let mut data = visitor.staff("PlanChoices", &json!({"plan": plan}))?;
    Ok(data["planChoices"].take())
}

/// The id of whoever has this name among what can be chosen.
fn named(all: &Value, name: &str) -> Result<Value> {
    all.as_array()
        .into_iter()
        .flatten()
        .find(|one| one["name"].as_str().is_some_and(|full| full.contains(name)))
        .map(|one| one["id"].clone())
        .with_context(|| format!("nobody is called {name}"))
}

/// Adds a commission by hand; the code of the refusal, if it is refused.
fn add(
    visitor: &mut Visitor,
    plan: &Value,
    (option, template): (&str, &str),
    centre: &Value,
    members: &[Value],
    days: &[&str],
) -> Result<Option<String>> {
    let input = json!({
        "plan": plan, "version": version(visitor, plan)?, "option": option, "centre": centre,
        "members": members, "days": days, "template": template,
    });
    let outcome = visitor.act("AddCommission", &json!({"input": input}))?;
    Ok(outcome
        .err()
        .map(|refusal| refusal["code"].as_str().unwrap_or_default().to_owned()))
}

/// One act on a plan at the version that a screen shows; the refusal, if it is refused.
fn act(visitor: &mut Visitor, operation: &str, plan: &Value) -> Result<Option<Value>> {
    let read = version(visitor, plan)?;
    Ok(visitor
        .act(operation, &json!({"plan": plan, "version": read}))?
        .err())
}

/// A day on which nobody may sit is refused with its reason: the Sunday on which the clocks change, outside the period,
/// after the cut-off.
pub fn a_day_on_which_nobody_may_sit_is_refused_with_its_reason(engine: Engine) -> Result<()> {
    let Some(mut dijon) = Dijon::open(engine, "days", OF_EIGHT)? else {
        return Ok(());
    };
    let head = &mut dijon.head;
    let opened = head.must("OpenPlan", &json!({"form": "CCF"}))?;
    let plan = &opened["id"];
    let offered = choices(head, plan)?;
    let centre = &offered["centres"][0]["id"];
    let members = [0, 1].map(|place| offered["examiners"][place]["id"].clone());
    for (day, code) in [
        ("2027-03-28", "no_working_day"),
        ("2027-03-15", "outside_ccf_period"),
        ("2027-05-27", "after_cut_off"),
        ("2027-03-23", ""),
    ] {
        let told = add(head, plan, ("SISR", "9-4"), centre, &members, &[day])?;
        let told = told.unwrap_or_default();
        // The last one is a day like another: whatever stops it, the day does not.
        let days = ["no_working_day", "outside_ccf_period", "after_cut_off"];
        assert!(
            told == code || (code.is_empty() && !days.contains(&told.as_str())),
            "{day}: {told}"
        );
    }
    let left = view(head, plan)?;
    assert!(
        left["commissions"]
            .as_array()
            .is_some_and(|all| all.len() <= 1)
    );
    Ok(())
}

/// Periods, days and examiners of a commission made by hand are refused at once, not when it is too late to say why.
pub fn a_commission_made_by_hand_is_held_to_the_rules_at_once(engine: Engine) -> Result<()> {
    let Some(mut dijon) = Dijon::open(engine, "by-hand", OF_EIGHT)? else {
        return Ok(());
    };
    let officer = &mut dijon.officer;
    let opened = officer.must("OpenPlan", &json!({"form": "PONCTUELLE"}))?;
    let plan = &opened["id"];
    let offered = choices(officer, plan)?;
    let one = named(&offered["examiners"], "Aïcha Müller")?;
    let two = named(&offered["examiners"], "Maël Noël")?;
    let three = named(&offered["examiners"], "Aloïs Jégou")?;
    let four = named(&offered["examiners"], "Noé Hénault")?;
    let here = named(&offered["centres"], "Joséphine")?;
    let there = named(&offered["centres"], "Val de Saône")?;
    let usual = ("SISR", "9-4");
    let mut says = |members: &[&Value], centre: &Value, template, days: &[&str]| {
        let members: Vec<Value> = members.iter().map(|one| (*one).clone()).collect();
        add(officer, plan, template, centre, &members, days)
    };
    let first = ["2027-05-10", "2027-05-11"];
    let third = ["2027-05-18", "2027-05-19"];
    assert_eq!(says(&[&one, &two], &here, usual, &first)?, None);
    // Aïcha Müller sits in one period at most.
    let too_many = says(&[&one, &three], &here, usual, &third)?;
    assert_eq!(too_many.as_deref(), Some("examiner_max_periods"));
    assert_eq!(says(&[&two, &three], &here, usual, &third[..1])?, None);
    let again = says(&[&two, &four], &there, usual, &third[1..])?;
    assert_eq!(again.as_deref(), Some("examiner_in_period"));
    let twice = says(&[&four, &four], &there, usual, &third[1..])?;
    assert_eq!(twice.as_deref(), Some("examiner_twice"));
    // A lot of ten has its preparation the working day before.
    let ten = ("SISR", "lot-de-dix");
    let days = ["2027-05-19", "2027-05-20", "2027-05-21"];
    assert_eq!(says(&[&four, &three], &there, ten, &days)?, None);
    let early = ["2027-05-14", "2027-05-20", "2027-05-21"];
    let refused = says(&[&four, &three], &here, ten, &early)?;
    assert_eq!(refused.as_deref(), Some("preparation_day"));
    assert_eq!(act(officer, "ProposePlan", plan)?, None);
    assert_eq!(act(officer, "PublishPlan", plan)?, None);

    let head = &mut dijon.head;
    let opened = head.must("OpenPlan", &json!({"form": "CCF"}))?;
    let plan = &opened["id"];
    let offered = choices(head, plan)?;
    let own = &offered["centres"][0]["id"];
    let team = [
        named(&offered["examiners"], "Aloïs Jégou")?,
        named(&offered["examiners"], "Noé Hénault")?,
    ];
    let apart = add(head, plan, usual, own, &team, &["2027-04-01", "2027-05-12"])?;
    assert_eq!(apart.as_deref(), Some("days_apart"));
    // Pairs that cross those of the period's own cutting can be written out.
    let others = [
        named(&offered["examiners"], "Aïcha Müller")?,
        named(&offered["examiners"], "Maël Noël")?,
    ];
    let (later, sooner) = (["2027-03-23", "2027-03-24"], ["2027-03-22", "2027-03-23"]);
    assert_eq!(add(head, plan, usual, own, &team, &later)?, None);
    assert_eq!(add(head, plan, usual, own, &others, &sooner)?, None);
    assert_eq!(act(head, "ProposePlan", plan)?, None);
    let placed = view(head, plan)?;
    let plan = delos_tests::plans::Published {
        owner: ["--school".to_owned(), OF_EIGHT.to_owned()],
        view: placed,
        examiners: Vec::new(),
    };
    delos_tests::plans::check(&dijon.house, &plan)
}

/// A centre of eight environments, of which a school's published plan holds two, has six for the authority's plan.
pub fn environments_that_nobody_holds_are_given(engine: Engine) -> Result<()> {
    let Some(mut dijon) = Dijon::open(engine, "environments", OF_EIGHT)? else {
        return Ok(());
    };
    let days = ["2027-05-20", "2027-05-21"];
    let head = &mut dijon.head;
    let opened = head.must("OpenPlan", &json!({"form": "CCF"}))?;
    let plan = &opened["id"];
    let offered = choices(head, plan)?;
    let own = &offered["centres"][0]["id"];
    let team = [
        named(&offered["examiners"], "Aïcha Müller")?,
        named(&offered["examiners"], "Maël Noël")?,
    ];
    assert_eq!(add(head, plan, ("SISR", "9-4"), own, &team, &days)?, None);
    assert_eq!(act(head, "ProposePlan", plan)?, None);
    assert_eq!(act(head, "PublishPlan", plan)?, None);

    let officer = &mut dijon.officer;
    let opened = officer.must("OpenPlan", &json!({"form": "PONCTUELLE"}))?;
    let plan = &opened["id"];
    let offered = choices(officer, plan)?;
    let here = named(&offered["centres"], "Joséphine")?;
    let team: Vec<Value> = ["Victoire Nguyễn", "Kévin Payet"]
        .iter()
        .map(|name| named(&offered["examiners"], name))
        .collect::<Result<_>>()?;
    assert_eq!(
        add(officer, plan, ("SLAM", "9-4"), &here, &team, &days)?,
        None
    );
    assert_eq!(act(officer, "ProposePlan", plan)?, None);
    let proposed = view(officer, plan)?;
    let heard = proposed["commissions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["centre"]["id"] == here)
        .flat_map(|one| one["days"].as_array().into_iter().flatten())
        .filter(|day| days.contains(&day["date"].as_str().unwrap_or_default()))
        .map(|day| day["sittings"].as_array().map_or(0, Vec::len));
    assert!(heard.sum::<usize>() > 0, "the two meet: {proposed}");
    assert_eq!(act(officer, "PublishPlan", plan)?, None);
    Ok(())
}

/// Whoever left between the proposal and the publication is named; a new proposal is the way out.
///
/// An import takes whom it changes out of the drafts; what is written here is what one that commits meanwhile leaves.
pub fn a_candidate_who_left_is_named_when_the_plan_is_published(engine: Engine) -> Result<()> {
    let Some(mut dijon) = Dijon::open(engine, "who-left", OF_LIST)? else {
        return Ok(());
    };
    let plan = propose(&mut dijon.head, "CCF")?;
    let placed = view(&mut dijon.head, &plan)?;
    let sits: Vec<String> = placed["commissions"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|one| one["days"].as_array().into_iter().flatten())
        .flat_map(|day| day["sittings"].as_array().into_iter().flatten())
        .filter_map(|sitting| sitting["candidate"]["number"].as_str().map(str::to_owned))
        .collect();
    for (number, change, code) in [
        (&sits[0], "keeps_mark = true", "mark_kept"),
        (&sits[1], "form = 'ponctuelle'", "sitting_without_candidate"),
    ] {
        dijon.house.write(&format!(
            "update candidate set {change} where number = '{number}'"
        ))?;
        let refusal = act(&mut dijon.head, "PublishPlan", &plan)?.context("it is published")?;
        assert_eq!(refusal["code"], code);
        let told = refusal["facts"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|fact| fact["name"] == "candidate" && fact["value"] == number.as_str());
        assert!(told, "{refusal}");
        assert_eq!(act(&mut dijon.head, "ProposePlan", &plan)?, None);
    }
    assert_eq!(act(&mut dijon.head, "PublishPlan", &plan)?, None);
    let published = view(&mut dijon.head, &plan)?;
    assert_eq!(published["placedCount"], sits.len() - 2);
    assert_eq!(published["candidateCount"], sits.len() - 2);
    Ok(())
}
