//! What each operation comes to over HTTP: the requests that name a matter, or would show it.

use delos_domain::mandate::Role;
use delos_domain::policy::OperationName as Op;
use serde_json::{Value, json};

use super::asks::{Ask, Probe, Sight};
use super::commissions;
use super::days;
use super::laying::KINDS;
use super::matters::Matter;
use super::transmissions;

const REFUSAL: &str = "__typename ... on Refusal { code }";
/// Every mandate that the lines give ends so.
const UNTIL: &str = "2027-12-31";

/// A list's rows by id.
fn list(place: &'static str, field: &str, mark: &str) -> Probe {
    let document = format!("{{ {field}(first: 200) {{ edges {{ node {{ id }} }} }} }}");
    among(place, Ask::staff(&document, json!({})), mark)
}

/// One among others.
pub fn among(place: &'static str, ask: Ask, mark: &str) -> Probe {
    Probe {
        place,
        ask,
        mark: mark.to_owned(),
        sight: Sight::Among,
    }
}

/// A request that names a matter by its ids.
pub fn named(
    place: &'static str,
    mark: &str,
    about: &Matter,
    ask: impl Fn(&Matter) -> Ask,
) -> Probe {
    Probe {
        place,
        ask: ask(about),
        mark: mark.to_owned(),
        sight: Sight::Named(ask(&about.nowhere())),
    }
}

/// A field of one argument or two that answers a union.
pub fn act(field: &str, arguments: &str, parameters: &str, variables: Value) -> Ask {
    let document = format!("mutation A({parameters}) {{ {field}({arguments}) {{ {REFUSAL} }} }}");
    Ask::staff(&document, variables)
}

/// A plan at a version that was read.
pub fn of_plan(field: &str, matter: &Matter, version: i64) -> Ask {
    let variables = json!({"plan": matter.plan, "version": version});
    act(
        field,
        "plan: $plan, version: $version",
        "$plan: ID!, $version: Int!",
        variables,
    )
}

/// The role that such a person could give over such a perimeter.
pub fn role_below(asker: Role, about: &Matter) -> &'static str {
    match asker {
        Role::PlatformAdministrator => "AUTHORITY_OFFICER",
        Role::HeadOfSchool => "CENTRE_STAFF",
        _ if about.form == "CCF" => "HEAD_OF_SCHOOL",
        _ => "JURY_MEMBER",
    }
}

/// A new account with its first mandate.
pub fn create(role: &str, perimeter: &str, address: &str) -> Ask {
    let input = json!({
        "email": address, "familyName": "Rôle", "givenNames": "Nouveau",
        "role": role, "perimeter": perimeter, "validUntil": UNTIL,
    });
    act(
        "createAccount",
        "input: $input",
        "$input: CreateAccountInput!",
        json!({"input": input}),
    )
}

/// A mandate for an account.
pub fn grant(account: &str, role: &str, perimeter: &str) -> Ask {
    let input =
        json!({"account": account, "role": role, "perimeter": perimeter, "validUntil": UNTIL});
    act(
        "grantMandate",
        "input: $input",
        "$input: GrantMandateInput!",
        json!({"input": input}),
    )
}

/// What one may grant.
pub fn grantable(mark: &str) -> Probe {
    let document = "{ grantable { role perimeters { id } } }";
    among("Query.grantable", Ask::staff(document, json!({})), mark)
}

/// A field whose only argument is an id.
pub fn by_id(field: &str, argument: &str, id: &str) -> Ask {
    act(
        field,
        &format!("{argument}: $id"),
        "$id: ID!",
        json!({"id": id}),
    )
}

/// Dates of an authority, or of the session itself.
pub fn dates(authority: &Value, version: i64) -> Ask {
    let input = json!({
        "authority": authority, "version": version,
        "ponctuellePeriods": [], "transmission": "2027-05-27",
    });
    act(
        "setSessionDates",
        "input: $input",
        "$input: SessionDatesInput!",
        json!({"input": input}),
    )
}

/// Which of the three kinds of files an operation takes.
pub fn kind(operation: Op) -> usize {
    match operation {
        Op::ImportSchools => 0,
        Op::ImportExaminers => 1,
        _ => 2,
    }
}

/// The requests of an operation that name a matter, or that would show it. What no field and no route offers is asked
/// for all the same, by its name.
pub fn probes(operation: Op, asker: Role, about: &Matter, own: &Matter) -> Vec<Probe> {
    let m = about;
    match operation {
        // Marks of a session are not of one matter: see `session`.
        Op::ReadSession => vec![session(&m.authority)],
        Op::ReadAuthorities => vec![authorities(&m.authority)],
        Op::SetSessionDates => vec![named("Mutation.setSessionDates", "", m, |m| {
            dates(&m.dated, 1)
        })],
        Op::ReadAccounts => vec![list("Query.accounts", "accounts", &m.account)],
        Op::GrantMandate => grant_mandate(asker, m, own),
        Op::ReadSchools => vec![list("Query.schools", "schools", &m.school)],
        Op::ReadExaminers => vec![list("Query.examiners", "examiners", &m.examiner)],
        Op::ReadCandidates => vec![list("Query.candidates", "candidates", &m.candidate)],
        Op::ImportSchools | Op::ImportExaminers | Op::ImportCandidates => {
            import(kind(operation), m)
        }
        Op::ReadPlan => vec![
            among(
                "Query.plans",
                Ask::staff("{ plans { id } }", json!({})),
                &m.plan,
            ),
            named("Query.plan", &m.plan, m, |m| {
                Ask::staff(
                    "query A($id: ID!) { plan(id: $id) { id } }",
                    json!({"id": m.plan}),
                )
            }),
            named("Query.planReport", "candidates", m, |m| {
                Ask::staff(
                    "query A($id: ID!) { planReport(plan: $id) { candidates } }",
                    json!({"id": m.plan}),
                )
            }),
            named("Query.planProposal", &m.plan, m, |m| {
                Ask::staff(
                    "query A($id: ID!) { planProposal(plan: $id) { id } }",
                    json!({"id": m.plan}),
                )
            }),
        ],
        Op::EditPlan => edit_plan(m),
        Op::PublishPlan => {
            vec![named("Mutation.publishPlan", "", m, |m| {
                of_plan("publishPlan", m, 1)
            })]
        }
        Op::ReadConvocation => read_convocation(m),
        Op::Convoke => {
            let mut all = days::seats(m);
            all.push(named("Mutation.convoke", "", m, |m| {
                of_plan("convoke", m, 1)
            }));
            all
        }
        Op::ReadMessages => read_messages(m),
        Op::ResendMessage => vec![named("Mutation.resendFailed", "", m, resend)],
        Op::RenewCandidateCode => vec![named("Mutation.renewCandidateCode", "Resent", m, |m| {
            by_id("renewCandidateCode", "candidate", &m.candidate)
        })],
        Op::ReadTasks => vec![
            among(
                "Query.tasks",
                Ask::staff("{ tasks { id } }", json!({})),
                &m.task,
            ),
            named("Query.task", &m.task, m, |m| {
                Ask::staff(
                    "query A($id: ID!) { task(id: $id) { id } }",
                    json!({"id": m.task}),
                )
            }),
        ],
        Op::ReadOwnExam => vec![own_exam(m)],
        Op::ReadOwnConvocation => {
            let file = |end: &str| Ask::Get(format!("/candidate/convocation.{end}"));
            vec![
                among("/candidate/convocation.pdf", file("pdf"), &m.number),
                among("/candidate/convocation.ics", file("ics"), &m.number),
                own_exam(m),
            ]
        }
        Op::InitHouse => vec![not_offered("initHouse")],
        Op::RunTask => vec![not_offered("runTask")],
        Op::DeliverMessage => vec![not_offered("deliverMessage")],
        Op::ExportPlan => vec![not_offered("exportPlan")],
        Op::ReadDay => days::read_day(m),
        Op::RecordAbsence => days::absences(m, asker, "JUSTIFIED"),
        Op::EstablishForceMajeure => days::absences(m, asker, "FORCE_MAJEURE"),
        Op::ReadAbsencePiece => days::pieces(m),
        Op::CloseCentre => days::closures(m),
        Op::ReplaceMember => days::replacements(m),
        Op::SetRescheduling => days::rescheduling(),
        Op::Reschedule => vec![not_offered("reschedule")],
        Op::ReadWorker => vec![mail_service(m)],
        // One queue for the whole house; the session acted in is told.
        Op::LiftPause => vec![among(
            "Mutation.liftPause",
            Ask::staff("mutation { liftPause { session } }", json!({})),
            &m.perimeter,
        )],
        Op::RecordBounce => vec![not_offered("recordBounce")],
        Op::AcknowledgeConvocation => vec![acknowledge(&m.number)],
        Op::AcknowledgeByLink => vec![not_offered("acknowledgeByLink")],
        Op::RemindRecipients => vec![named("Mutation.remindRecipients", "Resent", m, |m| {
            by_id("remindRecipients", "plan", &m.plan)
        })],
        Op::SettleMessage => vec![named("Mutation.settleMessages", "", m, settle)],
        Op::CorrectAddress => vec![named("Mutation.correctAddress", "", m, correct_address)],
        Op::ReadTexts => mail_texts(&m.authority),
        Op::EditTexts => vec![among(
            "Mutation.editMailText",
            edit_text("nowhere", 0),
            &m.authority,
        )],
        Op::SendReminders => vec![not_offered("sendReminders")],
        Op::ReadUnreached => unreached(&m.number),
        Op::ReadCommissionDay
        | Op::ReadAssessment
        | Op::EditAssessment
        | Op::RecordPhase
        | Op::GiveVisa
        | Op::ReopenAssessment => commissions::probes(operation, asker, m),
        Op::ReadBordereau
        | Op::ConsignAssessment
        | Op::TransmitToJury
        | Op::ReadTransmissions
        | Op::SuspectFraud
        | Op::RuleOnFraud => transmissions::probes(operation, m),
        Op::ResetSecondFactor => vec![
            named("Mutation.askFactorReset", "", m, |m| {
                by_id("askFactorReset", "account", &m.account)
            }),
            named("Mutation.confirmFactorReset", "", m, |m| {
                by_id("confirmFactorReset", "account", &m.account)
            }),
        ],
    }
}

/// The session as it is shown.
pub fn session(mark: &str) -> Probe {
    let document =
        "{ session { id code general { transmission } overrides { authority { id } } } }";
    among("Query.session", Ask::staff(document, json!({})), mark)
}

/// The authorities as they are listed.
pub fn authorities(mark: &str) -> Probe {
    among(
        "Query.authorities",
        Ask::staff("{ authorities { id } }", json!({})),
        mark,
    )
}

/// How the mail service is: the queues of authorities, never a school's.
fn mail_service(m: &Matter) -> Probe {
    let mark = if m.form == "CCF" {
        &m.school
    } else {
        &m.authority
    };
    among(
        "Query.mailService",
        Ask::staff("{ mailService { authorities { id } } }", json!({})),
        mark,
    )
}

/// That one has one's convocation, of the candidates' schema.
pub fn acknowledge(mark: &str) -> Probe {
    let document = "mutation { acknowledgeConvocation(revision: 1) { __typename ... on MyExam { number } ... on Refusal { code } } }";
    let ask = Ask::Document("candidate", document.to_owned(), json!({}));
    among("Mutation.acknowledgeConvocation", ask, mark)
}

/// The texts of one's authority, and a kind as it would be sent: they name nobody.
pub fn mail_texts(mark: &str) -> Vec<Probe> {
    let all = "{ mailTexts { texts { kind versions { version } } } }";
    let preview = "{ mailTextPreview(kind: \"candidate_convocation\", intro: \"\", closing: \"\") { __typename } }";
    vec![
        among("Query.mailTexts", Ask::staff(all, json!({})), mark),
        among(
            "Query.mailTextPreview",
            Ask::staff(preview, json!({})),
            mark,
        ),
    ]
}

/// A text of one's authority, written.
pub fn edit_text(kind: &str, version: i64) -> Ask {
    let input =
        json!({"kind": kind, "version": version, "intro": "Bonjour {{ nom }}.", "closing": ""});
    act(
        "editMailText",
        "input: $input",
        "$input: EditTextForm!",
        json!({"input": input}),
    )
}

/// Whom no mail has reached, on the screen and on paper.
pub fn unreached(mark: &str) -> Vec<Probe> {
    let document = "{ unreached { lines { number } } }";
    vec![
        among("Query.unreached", Ask::staff(document, json!({})), mark),
        among(
            "/messages/unreached.pdf",
            Ask::Get("/messages/unreached.pdf".to_owned()),
            mark,
        ),
    ]
}

/// A message that failed, taken off the list.
pub fn settle(m: &Matter) -> Ask {
    let last = m.failed.last().cloned().unwrap_or_default();
    act(
        "settleMessages",
        "messages: $ids, how: \"phoned\"",
        "$ids: [ID!]!",
        json!({"ids": [last]}),
    )
}

/// The address of a message that failed, put right.
pub fn correct_address(m: &Matter) -> Ask {
    let last = m.failed.last().cloned().unwrap_or_default();
    act(
        "correctAddress",
        "message: $id, address: \"corrige@ecole.example\"",
        "$id: ID!",
        json!({"id": last}),
    )
}

/// One's own exam, of the candidates' schema.
fn own_exam(m: &Matter) -> Probe {
    let document = "{ myExam { number convocation { date } } }";
    let ask = Ask::Document("candidate", document.to_owned(), json!({}));
    among("Query.myExam", ask, &m.number)
}

/// What only the system does has no field: the schema does not understand the question, whoever asks.
fn not_offered(field: &str) -> Probe {
    let ask = Ask::staff(&format!("mutation {{ {field} }}"), json!({}));
    among("", ask, field)
}

/// The requests that give a mandate, or take one back.
fn grant_mandate(asker: Role, m: &Matter, own: &Matter) -> Vec<Probe> {
    let role = role_below(asker, m);
    let own_role = role_below(asker, own);
    let mut all = vec![
        grantable(&m.perimeter),
        named("Mutation.createAccount", "", m, |m| {
            create(role, &m.perimeter, "nobody@delos.example")
        }),
        named("Mutation.grantMandate", "", m, |m| {
            grant(&m.account, own_role, &own.perimeter)
        }),
        named("Mutation.grantMandate", "", m, |m| {
            grant(&own.account, role, &m.perimeter)
        }),
        named("Mutation.renewAccess", "", m, |m| {
            by_id("renewAccess", "account", &m.account)
        }),
        named("Mutation.revokeMandate", "", m, |m| {
            by_id("revokeMandate", "mandate", &m.mandate)
        }),
    ];
    // Whoever acts for the whole house reads no plan.
    if asker != Role::PlatformAdministrator {
        all.push(named("Mutation.inviteExaminers", "", m, |m| {
            by_id("inviteExaminers", "plan", &m.plan)
        }));
    }
    all
}

/// The requests that hand a kind of file in.
fn import(place: usize, m: &Matter) -> Vec<Probe> {
    let upload = |m: &Matter| Ask::Upload(KINDS[place].0, m.files[place].clone());
    vec![
        Probe {
            place: "/imports/{kind}",
            ask: upload(m),
            mark: "\"staged\":\"".to_owned(),
            sight: Sight::InFile(upload(&m.nowhere())),
        },
        named("/imports/{staged}/bad-rows.csv", "", m, |m| {
            Ask::Get(format!("/imports/{}/bad-rows.csv", m.staged[place]))
        }),
        named("Mutation.confirmImport", "", m, |m| {
            by_id("confirmImport", "staged", &m.staged[place])
        }),
    ]
}

/// The requests that change a plan, or serve to.
pub fn edit_plan(m: &Matter) -> Vec<Probe> {
    let open = act(
        "openPlan",
        "form: $form",
        "$form: Form!",
        json!({"form": m.form}),
    );
    // The answer has the id of the plan, which is one's own or none.
    let open = match open {
        Ask::Document(schema, document, variables) => {
            let document = document.replace("... on Refusal", "... on Plan { id } ... on Refusal");
            Ask::Document(schema, document, variables)
        }
        other => other,
    };
    let choices = "query A($plan: ID!) { planChoices(plan: $plan) { templates { code } } }";
    vec![
        among("Mutation.openPlan", open, &m.plan),
        named("Query.planChoices", "templates", m, |m| {
            Ask::staff(choices, json!({"plan": m.plan}))
        }),
        named("Mutation.proposePlan", "", m, |m| {
            of_plan("proposePlan", m, 1)
        }),
        named("Mutation.searchPlan", "", m, |m| search_plan(m, 1)),
        named("Mutation.stopSearch", "", m, |m| {
            by_id("stopSearch", "plan", &m.plan)
        }),
        named("Mutation.clearPlan", "", m, |m| of_plan("clearPlan", m, 1)),
        named("Mutation.addCommission", "", m, |m| {
            let input = json!({
                "plan": m.plan, "version": 1, "option": "SISR", "centre": m.school,
                "members": [m.examiner], "days": ["2027-04-01"], "template": "any",
            });
            add_commission(&input)
        }),
        named("Mutation.removeCommission", "", m, |m| {
            remove_commission(&m.commission, 1)
        }),
    ]
}

/// A second's search of a plan at a version that was read.
pub fn search_plan(matter: &Matter, version: i64) -> Ask {
    act(
        "searchPlan",
        "plan: $plan, version: $version, seconds: 1",
        "$plan: ID!, $version: Int!",
        json!({"plan": matter.plan, "version": version}),
    )
}

/// A commission added by hand.
pub fn add_commission(input: &Value) -> Ask {
    let variables = json!({"input": input});
    act(
        "addCommission",
        "input: $input",
        "$input: AddCommissionInput!",
        variables,
    )
}

/// A commission taken out.
pub fn remove_commission(commission: &str, version: i64) -> Ask {
    act(
        "removeCommission",
        "commission: $id, version: $version",
        "$id: ID!, $version: Int!",
        json!({"id": commission, "version": version}),
    )
}

fn read_convocation(m: &Matter) -> Vec<Probe> {
    let document = "query A($sitting: ID!) { convocationPreview(sitting: $sitting) { text attachments { href } } }";
    let file =
        |m: &Matter, end: &str| Ask::Get(format!("/sittings/{}/convocation.{end}", m.sitting));
    vec![
        named("Query.convocationPreview", &m.sitting, m, |m| {
            Ask::staff(document, json!({"sitting": m.sitting}))
        }),
        named("/sittings/{id}/convocation.pdf", "%PDF", m, |m| {
            file(m, "pdf")
        }),
        named(
            "/sittings/{id}/convocation.ics",
            "BEGIN:VCALENDAR",
            m,
            |m| file(m, "ics"),
        ),
    ]
}

fn read_messages(m: &Matter) -> Vec<Probe> {
    let of_address =
        "query A($filter: MessageFilter) { messages(filter: $filter) { edges { node { id } } } }";
    let one = "query A($id: ID!) { message(id: $id) { subject message { id } } }";
    vec![
        among(
            "Query.messages",
            Ask::staff(of_address, json!({"filter": {"search": m.address}})),
            &m.message,
        ),
        among(
            "/messages/list.csv",
            Ask::Get(format!("/messages/list.csv?q={}", m.address)),
            &m.address,
        ),
        named("Query.message", &m.message, m, |m| {
            Ask::staff(one, json!({"id": m.message}))
        }),
        named("/messages/{id}/attachments/{place}", "%PDF", m, |m| {
            Ask::Get(format!("/messages/{}/attachments/0", m.message))
        }),
    ]
}

/// A message that failed, sent again.
pub fn resend(m: &Matter) -> Ask {
    let last = m.failed.last().cloned().unwrap_or_default();
    act(
        "resendFailed",
        "messages: $ids",
        "$ids: [ID!]!",
        json!({"ids": [last]}),
    )
}
