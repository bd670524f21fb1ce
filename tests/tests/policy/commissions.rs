//! Commissions and what they enter: what is asked of it, what is done, and who is asked for a second factor.

use anyhow::{Context as _, Result, ensure};
use delos_domain::mandate::Role;
use delos_domain::policy::OperationName as Op;
use delos_domain::regulation::Grid;
use delos_domain::tracks::Phase;
use serde_json::{Value, json};
use uuid::Uuid;

use super::acts::Done;
use super::asks::{Ask, Probe, Reply};
use super::matters::{Matter, NOWHERE, Whose, ask, words};
use super::requests::{act, among, named};
use super::world::{HOSTED_EXAMINER, World};
use delos_tests::factor::Telephone;
use delos_tests::house::REGULATION;
use delos_tests::http::Visitor;
use delos_tests::people::account;
use delos_tests::plans::view;

/// The operations of a commission and of whoever keeps what it entered.
pub const OPERATIONS: [Op; 6] = [
    Op::ReadCommissionDay,
    Op::ReadAssessment,
    Op::EditAssessment,
    Op::RecordPhase,
    Op::GiveVisa,
    Op::ReopenAssessment,
];

/// A mutation about a sitting.
fn of_sitting(field: &str, more: (&str, &str), sitting: &str, variables: Value) -> Ask {
    let mut variables = variables;
    variables["sitting"] = json!(sitting);
    act(
        field,
        &format!("sitting: $sitting{}", more.0),
        &format!("$sitting: ID!{}", more.1),
        variables,
    )
}

fn exam_day(day: &str) -> Ask {
    let document = "query A($date: NaiveDate!) \
                    { examDay(date: $date) { commissions { passages { sitting assessment { sitting } } } } }";
    Ask::staff(document, json!({"date": day}))
}

fn assessment(sitting: &str) -> Ask {
    let document = "query A($sitting: ID!) { assessment(sitting: $sitting) { sitting state version content } }";
    Ask::staff(document, json!({"sitting": sitting}))
}

/// A save of these entries; each has an answer of its own.
fn save(sitting: &str, entries: &[Value]) -> Ask {
    let input = json!({"sitting": sitting, "key": Uuid::now_v7(), "entries": entries});
    let document = "mutation A($input: SaveAssessmentInput!) { saveAssessment(input: $input) \
                    { __typename ... on Refusal { code } ... on SavedAssessment { assessment { version } } } }";
    Ask::staff(document, json!({"input": input}))
}

fn validate(sitting: &str, version: i64) -> Ask {
    let more = (", version: $version", ", $version: Int!");
    of_sitting(
        "validateAssessment",
        more,
        sitting,
        json!({"version": version}),
    )
}

fn give_visa(sitting: &str, content: &str) -> Ask {
    let more = (", content: $content", ", $content: String!");
    of_sitting("giveVisa", more, sitting, json!({"content": content}))
}

fn ask_reopening(sitting: &str) -> Ask {
    let more = (", reason: $reason", ", $reason: String!");
    of_sitting(
        "askReopening",
        more,
        sitting,
        json!({"reason": "Une ligne oubliée"}),
    )
}

fn confirm_reopening(sitting: &str) -> Ask {
    of_sitting("confirmReopening", ("", ""), sitting, json!({}))
}

/// The first phase begins, at eight.
fn record(sitting: &str, day: &str) -> Ask {
    let event =
        json!({"key": Uuid::nil(), "phase": 0, "act": "START", "at": format!("{day}T08:00:00")});
    of_phases(sitting, &event)
}

fn of_phases(sitting: &str, event: &Value) -> Ask {
    let input = json!({"sitting": sitting, "events": [event]});
    let document = "mutation A($input: RecordPhasesInput!) { recordPhases(input: $input) \
                    { __typename ... on Refusal { code } ... on RecordedPhases { answers { refusal { code } } } } }";
    Ask::staff(document, json!({"input": input}))
}

/// It was a mistake, and is taken back a minute later.
fn take_back(sitting: &str, day: &str) -> Ask {
    let event = json!({
        "key": Uuid::max(), "phase": 0, "act": "START", "at": format!("{day}T08:01:00"), "takesBack": Uuid::nil(),
    });
    of_phases(sitting, &event)
}

/// The requests of these operations. The days name nobody: they are those of one's own commissions.
pub fn probes(operation: Op, asker: Role, m: &Matter) -> Vec<Probe> {
    let whole_day = among("Query.examDay", exam_day(&m.day), &m.sitting);
    match operation {
        Op::ReadCommissionDay => {
            let days = Ask::staff("{ examDays { date } }", json!({}));
            vec![among("Query.examDays", days, NOWHERE), whole_day]
        }
        Op::ReadAssessment => {
            let mut all = vec![named("Query.assessment", &m.sitting, m, |m| {
                assessment(&m.sitting)
            })];
            for route in [
                "/sittings/{id}/grid-filled.pdf",
                "/sittings/{id}/appreciation-filled.pdf",
            ] {
                all.push(named(route, "%PDF", m, |m| {
                    Ask::Get(route.replace("{id}", &m.sitting))
                }));
            }
            // Whoever keeps what commissions enter has no commission's day.
            if asker != Role::HeadOfSchool {
                all.push(whole_day);
            }
            all
        }
        Op::EditAssessment => vec![
            named("Mutation.saveAssessment", "", m, |m| save(&m.sitting, &[])),
            named("Mutation.validateAssessment", "", m, |m| {
                validate(&m.sitting, 0)
            }),
        ],
        Op::RecordPhase => vec![
            named("Mutation.recordPhases", "", m, |m| {
                record(&m.sitting, &m.day)
            }),
            named("Mutation.recordPhases", "", m, |m| {
                take_back(&m.sitting, &m.day)
            }),
        ],
        Op::GiveVisa => vec![named("Mutation.giveVisa", "", m, |m| {
            give_visa(&m.sitting, "")
        })],
        _ => vec![
            named("Mutation.askReopening", "", m, |m| {
                ask_reopening(&m.sitting)
            }),
            named("Mutation.confirmReopening", "", m, |m| {
                confirm_reopening(&m.sitting)
            }),
        ],
    }
}

/// Everything that a sheet may hold, for either option: the lines of the other grid are refused one by one.
fn whole_sheet() -> Result<Vec<Value>> {
    let regulation = delos_regulation::load(REGULATION);
    let regulation = regulation.map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let forms = &regulation.assessment;
    let lines = forms.grids.iter().flat_map(Grid::lines);
    let mut all: Vec<(String, &str)> = lines
        .map(|(_, line)| (format!("level.{}", line.code), "3"))
        .collect();
    for (code, _) in forms.appreciation.texts() {
        all.push((format!("text.{code}"), "Un exposé clair."));
    }
    all.push(("mark".to_owned(), "12,5"));
    all.push(("coverage_stated".to_owned(), "1"));
    let entry = |(field, value)| json!({"field": field, "value": value, "base": 1_000});
    Ok(all.into_iter().map(entry).collect())
}

/// What is allowed to a commission, really done; none when the requests are all there is to it.
pub fn acts(operation: Op, person: &mut Visitor, about: &Matter) -> Result<Option<Done>> {
    let sitting = &about.sitting;
    Ok(Some(match operation {
        Op::EditAssessment => {
            let saved = save(sitting, &whole_sheet()?).of(person)?;
            let version = saved.field()["assessment"]["version"].as_i64();
            let ended = validate(sitting, version.unwrap_or_default()).of(person)?;
            vec![
                (
                    "Mutation.saveAssessment",
                    saved,
                    "SavedAssessment".to_owned(),
                ),
                (
                    "Mutation.validateAssessment",
                    ended,
                    "\"Assessment\"".to_owned(),
                ),
            ]
        }
        Op::RecordPhase => {
            let recorded = record(sitting, &about.day).of(person)?;
            let back = take_back(sitting, &about.day).of(person)?;
            let mark = "{\"refusal\":null}".to_owned();
            // Of an assessment that has ended nothing is taken back: the answer says so, to whoever may ask.
            let answered = "RecordedPhases".to_owned();
            vec![
                ("Mutation.recordPhases", recorded, mark),
                ("Mutation.recordPhases", back, answered),
            ]
        }
        Op::GiveVisa => {
            let content = words(&assessment(sitting).of(person)?.field()["content"]);
            let given = give_visa(sitting, &content).of(person)?;
            vec![("Mutation.giveVisa", given, "\"Assessment\"".to_owned())]
        }
        _ => return Ok(None),
    }))
}

impl World {
    /// The candidates who are asked about have been heard; somebody of the school's commission, and of the one that it
    /// hosts, acts as their member; and nobody opens what is sealed before he has shown a second factor.
    pub fn lay_commissions(&mut self) -> Result<()> {
        self.put_in_phase(Phase::Evaluated)?;
        let own = self.matter(Whose::School)?.clone();
        let hosted = self.matter(Whose::Hosted)?.clone();
        let plan = view(self.person("head_of_school")?, &json!(own.plan))?;
        let far_plan = view(self.person("authority_officer")?, &json!(hosted.plan))?;
        let near = commission_of(&plan, &own.sitting)?;
        let far = commission_of(&far_plan, &hosted.sitting)?;
        let of_far = members(far);
        let fresh = |one: &String| !of_far.contains(one) && *one != own.examiner;
        let member = members(near).into_iter().find(fresh);
        let member = member.context("every member sits in both commissions")?;
        let (day, sitting) = sittings(&plan)
            .into_iter()
            .find(|(of, ..)| !members(of).contains(&member))
            .map(|(_, day, sitting)| (day, sitting))
            .context("the member sits in every commission")?;
        let other = Matter {
            sitting,
            day,
            ..own.clone()
        };
        self.matters.insert(Whose::OtherCommission, other);

        let examiner = self.account_of("examiner@delos.example")?.0;
        let grant = json!({
            "account": examiner, "role": "EXAMINER", "perimeter": member, "validUntil": "2027-12-31",
        });
        let head = self.person("head_of_school")?;
        head.must("GrantMandate", &json!({"input": grant}))?;
        let person = self.person("examiner")?;
        let me = ask(
            person,
            "{ me { active { id } mandates { id } } }",
            &json!({}),
        )?["me"]
            .clone();
        let before = me["active"]["id"].clone();
        let mandates = me["mandates"].as_array().into_iter().flatten();
        let mandate = mandates.map(|one| &one["id"]).find(|id| **id != before);
        let mandate = json!({"mandate": mandate.context("a second mandate")?});
        person.post("/auth/mandate", &mandate)?.expect(200)?;

        let perimeter = json!(of_far.first().context("a member")?);
        let address = "hosted-examiner@delos.example";
        let grantor = self.people.get_mut("authority_officer");
        let grantor = grantor.context("a grantor")?;
        let name = ("Rôle", "hosted examiner");
        let person = account(&self.house, grantor, "EXAMINER", &perimeter, address, name)?;
        self.people.insert(HOSTED_EXAMINER, person);
        self.show_second_factors(&own)
    }

    /// Whoever may open what is sealed, and signed in with a password alone, is asked for more; then he shows it.
    fn show_second_factors(&mut self, own: &Matter) -> Result<()> {
        let mut asked = 0;
        for (who, role) in [
            ("examiner", Role::Examiner),
            ("head_of_school", Role::HeadOfSchool),
        ] {
            let person = self.person(who)?;
            for operation in OPERATIONS.into_iter().filter(|one| one.opens_sealed()) {
                let refused = Some("second_factor_needed");
                let never = role == Role::HeadOfSchool
                    && !matches!(operation, Op::ReadAssessment | Op::ReopenAssessment);
                let refused = if never { Some("forbidden") } else { refused };
                for probe in probes(operation, role, own) {
                    let reply = probe.ask.of(person)?;
                    ensure!(
                        reply.code().as_deref() == refused && reply.field().is_null(),
                        "{who}, {}, no second factor: {}",
                        probe.place,
                        reply.shown()
                    );
                    asked += 1;
                }
            }
        }
        println!("without a second factor: {asked} requests refused");
        for who in ["examiner", "head_of_school", HOSTED_EXAMINER] {
            let person = self.person(who)?;
            let code = json!({"code": Telephone::begin(person)?.fresh()?});
            person
                .post("/auth/second-factor/confirm", &code)?
                .expect(200)?;
        }
        Ok(())
    }

    /// Two persons open an assessment again, twice: one confirms what another asked, then asks himself.
    pub fn reopen(&mut self, who: &'static str, whose: Whose) -> Result<Done> {
        let sitting = self.matter(whose)?.sitting.clone();
        let examiner = match whose {
            Whose::Hosted => HOSTED_EXAMINER,
            _ => "examiner",
        };
        let other = if who == "head_of_school" {
            examiner
        } else {
            "head_of_school"
        };
        self.end(examiner, &sitting)?;
        let asked = ask_reopening(&sitting).of(self.person(other)?)?;
        ensure!(asked.succeeds(), "{}", asked.shown());
        let confirmed = confirm_reopening(&sitting).of(self.person(who)?)?;
        self.end(examiner, &sitting)?;
        let asked = ask_reopening(&sitting).of(self.person(who)?)?;
        let mark = || "\"Assessment\"".to_owned();
        Ok(vec![
            ("Mutation.confirmReopening", confirmed, mark()),
            ("Mutation.askReopening", asked, mark()),
        ])
    }

    /// The commission ends an assessment, if it is open.
    fn end(&mut self, examiner: &str, sitting: &str) -> Result<()> {
        let person = self.person(examiner)?;
        let document = "query A($sitting: ID!) { assessment(sitting: $sitting) { state } }";
        let seen = ask(person, document, &json!({"sitting": sitting}))?;
        if seen["assessment"]["state"] == "OPEN" {
            let saved = save(sitting, &whole_sheet()?).of(person)?;
            let version = saved.field()["assessment"]["version"].as_i64();
            let version = version.with_context(|| saved.shown())?;
            let ended: Reply = validate(sitting, version).of(person)?;
            ensure!(ended.succeeds(), "{}", ended.shown());
        }
        Ok(())
    }
}

fn members(commission: &Value) -> Vec<String> {
    let all = commission["members"].as_array().into_iter().flatten();
    all.map(|one| words(&one["id"])).collect()
}

/// Every sitting of a plan with its commission and day.
fn sittings(plan: &Value) -> Vec<(&Value, String, String)> {
    let mut all = Vec::new();
    for commission in plan["commissions"].as_array().into_iter().flatten() {
        for day in commission["days"].as_array().into_iter().flatten() {
            for sitting in day["sittings"].as_array().into_iter().flatten() {
                all.push((commission, words(&day["date"]), words(&sitting["id"])));
            }
        }
    }
    all
}

fn commission_of<'a>(plan: &'a Value, sitting: &str) -> Result<&'a Value> {
    let mut all = sittings(plan).into_iter();
    let found = all.find(|(_, _, id)| id == sitting);
    Ok(found.context("the commission of a sitting")?.0)
}
