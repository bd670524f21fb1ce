//! « À faire »: five lines at most, each something that waits for this person.

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{
    ReadAccounts, ReadCandidates, ReadDay, ReadExaminers, ReadMessages, ReadPlan, ReadSchools,
    ReadTransmissions,
};
use delos_domain::session::SessionDates;
use delos_persistence::candidates::{self, CandidateFilter};
use delos_persistence::outbox::{self, MessageFilter};
use delos_persistence::schools::PageRequest;
use delos_persistence::sittings::{self, SittingFilter};
use delos_persistence::{accounts, examiners, plans, schools, sessions, transmissions};

use super::plans::own_form;
use super::session::authority_of;
use super::unreached;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodoLine {
    /// Stable code; the front words it.
    pub code: &'static str,
    /// How many.
    pub count: i64,
    /// By when.
    pub deadline: Option<NaiveDate>,
    /// Where to go.
    pub target: &'static str,
}

/// Most lines of a list.
const MOST: usize = 5;

/// What waits for this person.
pub async fn todo(context: &Context, actor: &Actor) -> CommandResult<Vec<TodoLine>> {
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let reader = context.db.read();
    let dates =
        sessions::dates_for(&reader, mandate.session, authority_of(mandate.perimeter)).await?;
    let mut lines = Vec::new();
    if mandate.role == Role::PlatformAdministrator || mandate.role == Role::AuthorityOfficer {
        let missing = missing_dates(&dates);
        if missing > 0 {
            lines.push(TodoLine {
                code: "session_dates_missing",
                count: missing,
                deadline: None,
                target: "/session",
            });
        }
    }
    if let Some(form) = own_form(actor) {
        lines.extend(imports(context, actor).await?);
        lines.extend(planning(context, actor, form, &dates).await?);
    }
    lines.truncate(MOST);
    Ok(lines)
}

async fn imports(context: &Context, actor: &Actor) -> CommandResult<Vec<TodoLine>> {
    let today = context.today();
    let reader = context.db.read();
    let one = PageRequest {
        limit: 1,
        ..PageRequest::default()
    };
    let line = |code, target| TodoLine {
        code,
        count: 0,
        deadline: None,
        target,
    };
    if schools::list(&reader, &actor.scope::<ReadSchools>(today)?, &one)
        .await?
        .total
        == 0
    {
        return Ok(vec![line("import_schools", "/import")]);
    }
    let mut lines = Vec::new();
    if examiners::list(&reader, &actor.scope::<ReadExaminers>(today)?, &one)
        .await?
        .total
        == 0
    {
        lines.push(line("import_examiners", "/import"));
    }
    if candidates::count(
        &reader,
        &actor.scope::<ReadCandidates>(today)?,
        &CandidateFilter::default(),
    )
    .await?
        == 0
    {
        lines.push(line("import_candidates", "/import"));
    }
    Ok(lines)
}

async fn planning(
    context: &Context,
    actor: &Actor,
    form: Form,
    dates: &SessionDates,
) -> CommandResult<Vec<TodoLine>> {
    let today = context.today();
    let reader = context.db.read();
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let (authority, school) = match mandate.perimeter {
        Perimeter::Authority(authority) => (authority, None),
        Perimeter::School(school, authority) => (authority, Some(school)),
        _ => return Ok(Vec::new()),
    };
    let deadline = match form {
        Form::Ccf => dates.ccf.map(|ccf| ccf.first),
        Form::Ponctuelle => dates.ponctuelle.iter().flatten().min().copied(),
    };
    let mut lines = Vec::new();
    let failing = outbox::counts(
        &reader,
        &actor.scope::<ReadMessages>(today)?,
        &MessageFilter::default(),
    )
    .await?;
    for (code, count) in [
        ("messages_failed", failing.failed + failing.bounced),
        ("messages_doubtful", failing.doubtful),
    ] {
        if count > 0 {
            lines.push(TodoLine {
                code,
                count,
                deadline: None,
                target: "/messages",
            });
        }
    }
    // The sittings of these are near: they stand before the rest of the list.
    let near = unreached::count(context, actor).await?;
    if near > 0 {
        lines.insert(
            0,
            TodoLine {
                code: "candidates_unreached",
                count: count(near),
                deadline: None,
                target: "/non-joints",
            },
        );
    }
    lines.extend(to_transmit(context, actor, dates).await?);
    for (code, number) in super::day::to_decide(context, actor).await? {
        lines.push(TodoLine {
            code,
            count: count(number),
            deadline: None,
            target: "/passages",
        });
    }
    let filter = CandidateFilter {
        form: Some(form),
        school,
        ..CandidateFilter::default()
    };
    let scope = actor.scope::<ReadCandidates>(today)?;
    let waiting = candidates::all(&reader, &scope, &filter).await?;
    let waiting: Vec<_> = waiting
        .into_iter()
        .filter(|one| !one.candidate.keeps_mark)
        .collect();
    let plan =
        plans::of_owner(&reader, &actor.scope::<ReadPlan>(today)?, authority, school).await?;
    match plan {
        None if !waiting.is_empty() => lines.push(TodoLine {
            code: "plan_missing",
            count: count(waiting.len()),
            deadline,
            target: "/planning",
        }),
        Some(plan) => {
            let placed = plans::commissions(&reader, plan.id)
                .await?
                .iter()
                .flat_map(|one| &one.days)
                .map(|day| day.sittings.len())
                .sum::<usize>();
            if placed < waiting.len() {
                lines.push(TodoLine {
                    code: "plan_left_out",
                    count: count(waiting.len() - placed),
                    deadline,
                    target: "/planning",
                });
            }
            if !plan.is_published && placed > 0 {
                lines.push(TodoLine {
                    code: "plan_unpublished",
                    count: count(placed),
                    deadline,
                    target: "/planning",
                });
            }
            let planned = waiting
                .iter()
                .filter(|one| one.states.sitting == "planned")
                .count();
            if plan.is_published && planned > 0 {
                lines.push(TodoLine {
                    code: "convocations_to_send",
                    count: count(planned),
                    deadline,
                    target: "/convocations",
                });
            }
        }
        None => {}
    }
    if mandate.role == Role::AuthorityOfficer {
        let all = schools::all(&reader, &actor.scope::<ReadSchools>(today)?).await?;
        let with_head =
            accounts::schools_with_head(&reader, &actor.scope::<ReadAccounts>(today)?).await?;
        let without = all
            .iter()
            .filter(|one| one.school.ccf_habilitated && !with_head.contains(&one.school.id))
            .count();
        if without > 0 {
            lines.push(TodoLine {
                code: "heads_without_account",
                count: count(without),
                deadline: None,
                target: "/comptes",
            });
        }
    }
    Ok(lines)
}

/// Marks that a head of school has to transmit: of his school in CCF, of the centre in the ponctuelle form.
async fn to_transmit(
    context: &Context,
    actor: &Actor,
    dates: &SessionDates,
) -> CommandResult<Option<TodoLine>> {
    let today = context.today();
    let Some(Perimeter::School(school, _)) = actor.mandate().map(|mandate| mandate.perimeter)
    else {
        return Ok(None);
    };
    let reader = context.db.read();
    let sent = transmissions::list(&reader, &actor.scope::<ReadTransmissions>(today)?).await?;
    let was_sent = |form| {
        sent.iter()
            .any(|one| one.centre == school && one.form == form)
    };
    let day = actor.scope::<ReadDay>(today)?;
    let sat: Vec<_> = sittings::list(&reader, &day, &SittingFilter::default())
        .await?
        .into_iter()
        .filter(|one| {
            !was_sent(if one.school.is_some() {
                Form::Ccf
            } else {
                Form::Ponctuelle
            })
        })
        .map(|one| one.candidate)
        .collect();
    let waiting = candidates::named(&reader, &sat)
        .await?
        .iter()
        .filter(|one| one.states.sitting == "sat" && one.states.assessment != "transmitted")
        .count();
    Ok((waiting > 0).then(|| TodoLine {
        code: "marks_to_transmit",
        count: count(waiting),
        deadline: dates.transmission,
        target: "/bordereau",
    }))
}

fn missing_dates(dates: &SessionDates) -> i64 {
    let given = [
        dates.deposit.is_some(),
        dates.ccf.is_some(),
        !dates.ponctuelle.is_empty(),
        dates.transmission.is_some(),
        dates.harmonisation.is_some(),
        dates.deliberation.is_some(),
    ];
    count(given.iter().filter(|one| !**one).count())
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
