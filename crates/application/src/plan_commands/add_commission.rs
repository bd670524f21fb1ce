//! Adds a commission by hand: what it must respect is said at once, before anybody is placed in it.

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::calendar::is_working_day;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::commission;
use delos_domain::ids::{CommissionDayId, CommissionId, ExaminerId, PlanId, SchoolId};
use delos_domain::regulation::{PeriodTemplate, Regulation};
use delos_domain::scope::EditPlan;
use delos_domain::session::SessionDates;
use delos_persistence::examiners::ExaminerRecord;
use delos_persistence::plans::{self, CommissionRecord, DayRecord, PlanRecord};
use delos_persistence::schools::SchoolRecord;
use delos_persistence::sessions;
use delos_planning::session::period_of;

use super::{check_draft, save};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_problem::{self, interrogation_days};

/// A commission to add by hand.
#[derive(Clone, Debug)]
pub struct NewCommission {
    /// The plan.
    pub plan: PlanId,
    /// Its version as read.
    pub version: i64,
    /// Option.
    pub option: ExamOption,
    /// Where it sits.
    pub centre: SchoolId,
    /// Members in order.
    pub members: Vec<ExaminerId>,
    /// Days.
    pub days: Vec<NaiveDate>,
    /// Template of the period.
    pub template: String,
}

/// Adds a commission by hand, empty: « Proposer » fills it.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`, `unknown_template`, `days_not_of_template`, `days_not_in_period`,
/// `days_apart`, `preparation_day`, `outside_ccf_period`, `after_cut_off`, `no_working_day`, `too_few_members`,
/// `too_few_of_option`, `too_few_teachers`, `too_few_professionals`, `examiner_unavailable`, `examiner_twice`,
/// `examiner_in_period`, `examiner_max_periods`, `centre_full`.
pub async fn add_commission(
    context: &Context,
    actor: &Actor,
    new: &NewCommission,
) -> CommandResult<PlanId> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let reader = context.db.read();
    let plan = plans::one(&reader, &scope, new.plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    check_draft(&plan, new.version)?;
    let mut commissions = plans::commissions(&reader, plan.id).await?;
    let regulation = plan_problem::regulation(context, &reader, &plan).await?;
    let dates = sessions::dates_for(&reader, plan.session, Some(plan.authority)).await?;
    let centre = plan_problem::centres(&reader, &plan)
        .await?
        .into_iter()
        .find(|one| one.school.id == new.centre)
        .ok_or(CommandError::NotFound)?;
    let all = plan_problem::examiners(context, &reader, &plan).await?;
    let members: Vec<_> = new
        .members
        .iter()
        .filter_map(|id| all.iter().find(|one| one.id == *id))
        .collect();
    if members.len() != new.members.len() {
        return Err(CommandError::NotFound);
    }
    let template = regulation
        .templates
        .iter()
        .find(|one| one.code == new.template)
        .ok_or_else(|| Refusal::new("unknown_template"))?;

    let days = days_of(plan.form, &dates, template, &new.days)?;
    check_composition(&regulation, plan.form, new.option, &members)?;
    check_members(
        &plan,
        &dates,
        &regulation,
        &commissions,
        template,
        &days,
        &members,
    )?;
    let held = held_by_others(&reader, &plan, &centre).await?;
    check_centre(&regulation, &commissions, &held, &centre, &days)?;

    let number = commissions.iter().map(|one| one.number).max().unwrap_or(0) + 1;
    commissions.push(CommissionRecord {
        id: CommissionId(context.ids.next()),
        number,
        option: new.option,
        centre: new.centre,
        template: new.template.clone(),
        by_hand: true,
        members: new.members.clone(),
        days: days
            .into_iter()
            .map(|day| DayRecord {
                id: CommissionDayId(context.ids.next()),
                day,
                preparation: None,
                lunch: regulation.day.lunch_window.0,
                sittings: Vec::new(),
            })
            .collect(),
    });
    let left = plans::left_out(&reader, plan.id).await?;
    save(context, &scope, &plan, &commissions, &left).await
}

/// The days in order, if a commission of this template can sit on them.
///
/// It interrogates on days of one period: of the session's in the ponctuelle form, on days that follow each other in CCF
/// (rules: periods of two days). A preparation half-day that has a day of its own (« lot de dix ») is on the working day
/// before: of the period, or just before it.
fn days_of(
    form: Form,
    dates: &SessionDates,
    template: &PeriodTemplate,
    asked: &[NaiveDate],
) -> Result<Vec<NaiveDate>, Refusal> {
    let mut days = asked.to_vec();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() || days.len() > template.days.len() || days.len() != asked.len() {
        return Err(Refusal::new("days_not_of_template").with("most", template.days.len()));
    }
    for day in &days {
        if form == Form::Ccf {
            dates
                .check_ccf_day(*day)
                .map_err(|refused| Refusal::new(refused.code()).with("day", day))?;
        }
        if !is_working_day(*day) {
            return Err(Refusal::new("no_working_day").with("day", day));
        }
    }
    let heard = interrogation_days(Some(template), &days);
    let Some(first) = heard.first() else {
        return Err(Refusal::new("days_not_of_template").with("most", template.days.len()));
    };
    if heard.len() < days.len() && working_day_before(*first) != Some(days[0]) {
        return Err(Refusal::new("preparation_day").with("day", first));
    }
    match form {
        Form::Ponctuelle if period_of(&dates.ponctuelle, &heard).is_none() => {
            Err(Refusal::new("days_not_in_period"))
        }
        Form::Ccf
            if heard
                .windows(2)
                .any(|pair| pair[0].succ_opt() != Some(pair[1])) =>
        {
            Err(Refusal::new("days_apart"))
        }
        _ => Ok(days),
    }
}

fn working_day_before(day: NaiveDate) -> Option<NaiveDate> {
    std::iter::successors(day.pred_opt(), NaiveDate::pred_opt)
        .take(14)
        .find(|day| is_working_day(*day))
}

/// Annexe II.D: how many members, of the option, teachers, professionals.
fn check_composition(
    regulation: &Regulation,
    form: Form,
    option: ExamOption,
    members: &[&ExaminerRecord],
) -> CommandResult<()> {
    let composition = regulation
        .composition
        .get(&form)
        .ok_or(CommandError::NotFound)?;
    let together: Vec<_> = members
        .iter()
        .map(|one| commission::Member {
            of_option: one.options.contains(&option),
            professional: one.professional,
        })
        .collect();
    commission::decide(composition, &together).map_err(|refused| {
        let refusal = Refusal::new(refused.code())
            .with("option", option.code())
            .with("least", refused.least());
        refusal.into()
    })
}

/// Each member is there, sits in no other commission of the period, and has periods left.
fn check_members(
    plan: &PlanRecord,
    dates: &SessionDates,
    regulation: &Regulation,
    commissions: &[CommissionRecord],
    template: &PeriodTemplate,
    days: &[NaiveDate],
    members: &[&ExaminerRecord],
) -> Result<(), Refusal> {
    let periods = plan_problem::periods(plan.form, dates);
    let period = period_of(&periods, &interrogation_days(Some(template), days));
    for (place, member) in members.iter().enumerate() {
        let name = member.identity.full_name();
        if let Some(day) = days.iter().find(|day| member.unavailable.contains(day)) {
            return Err(Refusal::new("examiner_unavailable")
                .with("name", name)
                .with("day", day));
        }
        let sits: Vec<&CommissionRecord> = commissions
            .iter()
            .filter(|one| one.members.contains(&member.id))
            .collect();
        let same_day = sits
            .iter()
            .any(|one| one.days.iter().any(|day| days.contains(&day.day)));
        if same_day || members[..place].iter().any(|other| other.id == member.id) {
            return Err(Refusal::new("examiner_twice").with("name", name));
        }
        let same_period = sits.iter().any(|one| {
            let template = regulation
                .templates
                .iter()
                .find(|template| template.code == one.template);
            let days: Vec<NaiveDate> = one.days.iter().map(|day| day.day).collect();
            period.is_some() && period_of(&periods, &interrogation_days(template, &days)) == period
        });
        if same_period {
            return Err(Refusal::new("examiner_in_period").with("name", name));
        }
        // The column counts the ponctuelle form only; a head of school plans his own teachers freely.
        if let Some(most) = member.max_periods.filter(|_| plan.form == Form::Ponctuelle)
            && sits.len() >= usize::from(most)
        {
            return Err(Refusal::new("examiner_max_periods")
                .with("name", name)
                .with("most", most));
        }
    }
    Ok(())
}

/// Days on which other published plans hold environments of a centre, as many times as they hold one.
async fn held_by_others(
    reader: &delos_persistence::Reader,
    plan: &PlanRecord,
    centre: &SchoolRecord,
) -> CommandResult<Vec<NaiveDate>> {
    let names: Vec<String> = plan_problem::environments(centre)
        .map(|(_, name)| name)
        .collect();
    let held = plans::held_by_others(reader, plan.id, &names).await?;
    Ok(held.into_iter().map(|(_, day)| day).collect())
}

/// The centre has environments left on each day.
fn check_centre(
    regulation: &Regulation,
    commissions: &[CommissionRecord],
    held: &[NaiveDate],
    centre: &SchoolRecord,
    days: &[NaiveDate],
) -> Result<(), Refusal> {
    for day in days {
        let there = commissions
            .iter()
            .filter(|one| {
                one.centre == centre.school.id && one.days.iter().any(|other| other.day == *day)
            })
            .count();
        let elsewhere = held.iter().filter(|other| *other == day).count();
        if (there + 1) * usize::from(regulation.day.environments) + elsewhere
            > usize::from(centre.school.environments)
        {
            return Err(Refusal::new("centre_full")
                .with("day", day)
                .with("environments", centre.school.environments));
        }
    }
    Ok(())
}
