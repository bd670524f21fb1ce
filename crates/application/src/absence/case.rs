//! What is known of an absence when it is ruled on: the sitting, the candidate, his earlier absences, the dates.

use chrono::NaiveDate;
use delos_domain::absence::{Case, OtherDate, Ruling, rule};
use delos_domain::actor::Actor;
use delos_domain::calendar::{at_minute, local};
use delos_domain::candidate::Form;
use delos_domain::mandate::Role;
use delos_domain::regulation::{AbsenceConsequence, AbsenceKind, AbsenceRule, Regulation};
use delos_domain::scope::{EstablishForceMajeure, Operation, RecordAbsence, Scope};
use delos_domain::session::SessionDates;
use delos_domain::tracks::sitting::State;
use delos_domain::tracks::{Refused, Tracks};
use delos_persistence::absences::{self, AbsenceRecord, AbsenceState};
use delos_persistence::authorities::{self, AuthorityRecord};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::plans::{self, PlanRecord};
use delos_persistence::sittings::{self, DatedSitting, Ended, PastSitting};
use delos_persistence::{Access, Transaction, sessions, waiting};

use super::About;
use crate::begun;
use crate::context::Context;
use crate::convoke::ABSENCE_REVIEWED;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_problem;
use crate::tracks_of;

/// All that a ruling depends on, and all that it changes.
pub(super) struct Known {
    pub plan: PlanRecord,
    pub person: CandidateRecord,
    /// The sitting from which he was absent.
    pub sitting: DatedSitting,
    /// Its place among those that are over, when the ruling before put it there.
    pub past: Option<PastSitting>,
    /// The sitting that he has since.
    pub since: Option<DatedSitting>,
    /// Whether he was told, before its hour, not to come to the sitting.
    pub told_not_to_come: bool,
    /// The absence that stands, when it is looked at anew.
    pub absence: Option<AbsenceRecord>,
    tracks: Tracks,
    previous: u32,
    regulation: Regulation,
    dates: SessionDates,
    authority: AuthorityRecord,
    zone: chrono_tz::Tz,
    /// Whether the hour of the sitting that he has since has not come.
    since_is_ahead: bool,
}

/// Where somebody stands whose absence is looked at anew.
pub(super) struct Reopened {
    /// His absence waits for a ruling.
    pub tracks: Tracks,
    /// The date to which he was convoked since, which is over: he is to be told, and so is whoever expected him.
    pub given_back: Option<DatedSitting>,
}

impl Known {
    /// Reads what the scope reaches.
    pub async fn read<O: Operation>(
        context: &Context,
        access: &impl Access,
        scope: &Scope<O>,
        about: About,
    ) -> CommandResult<Self> {
        let (sitting, past, absence) = match about {
            About::Sitting(id) => {
                let sitting = sittings::one(access, scope, id).await?;
                (sitting.ok_or(CommandError::NotFound)?, None, None)
            }
            About::Absence(id) => {
                let absence = absences::one(access, scope, id)
                    .await?
                    .ok_or(CommandError::NotFound)?;
                if absence.state != AbsenceState::Standing {
                    return Err(Refusal::new("absence_over").into());
                }
                let (sitting, past) = sitting_of(access, &absence).await?;
                (sitting, past, Some(absence))
            }
        };
        let person = candidates::named(access, &[sitting.candidate])
            .await?
            .pop()
            .ok_or(CommandError::NotFound)?;
        let plan = plans::of_sitting(access, &sitting)
            .await?
            .ok_or(CommandError::NotFound)?;
        let current = sittings::of_candidate(access, person.candidate.id).await?;
        let since = current.filter(|one| one.id != sitting.id);
        let revision = match (&past, &since) {
            (_, Some(since)) => since.revision,
            (Some(_), None) => 0,
            (None, None) => sitting.revision,
        };
        // A later ruling than the one that freed his seat is of a sitting that is over: its number went with it.
        let over = past.as_ref().map_or(revision, |one| one.sitting.revision);
        let tracks = tracks_of::of(&person, revision).or_else(|| tracks_of::of(&person, over));
        let tracks = tracks.ok_or_else(|| {
            CommandError::Broken(format!(
                "the states of candidate {} contradict each other",
                person.candidate.id
            ))
        })?;
        let all = absences::of_candidates(access, &[person.candidate.id]).await?;
        let previous = all
            .values()
            .flatten()
            .filter(|one| one.state == AbsenceState::Standing && one.sitting != sitting.id);
        let previous = u32::try_from(previous.count()).unwrap_or(u32::MAX);
        let authority = authorities::all(access)
            .await?
            .into_iter()
            .find(|one| one.id == plan.authority)
            .ok_or(CommandError::NotFound)?;
        let centres: Vec<_> = since
            .iter()
            .chain([&sitting])
            .map(|one| one.centre)
            .collect();
        let zones = begun::zones(access, &centres).await?;
        let zone = |one: &DatedSitting| {
            let zone = zones.get(&one.centre).copied();
            zone.unwrap_or(chrono_tz::Europe::Paris)
        };
        // What was recorded and withdrawn before that was followed by a convocation.
        let hour = at_minute(
            sitting.day,
            sitting.starts.first().copied().unwrap_or_default(),
        );
        let told_not_to_come = all
            .values()
            .flatten()
            .filter(|one| one.sitting == sitting.id)
            .take_while(|one| one.state != AbsenceState::Withdrawn)
            .any(|one| local(one.recorded_at, zone(&sitting)) < hour);
        Ok(Self {
            told_not_to_come,
            regulation: plan_problem::regulation(context, access, &plan).await?,
            dates: sessions::dates_for(access, plan.session, Some(plan.authority)).await?,
            zone: zone(&sitting),
            since_is_ahead: since
                .as_ref()
                .is_some_and(|one| begun::is_ahead(context, one, zone(one))),
            plan,
            person,
            sitting,
            past,
            since,
            absence,
            tracks,
            previous,
            authority,
        })
    }

    /// The ruling of the regulation's table.
    pub fn rule(
        &self,
        context: &Context,
        kind: AbsenceKind,
        role: Option<Role>,
    ) -> Result<Ruling<'_>, Refusal> {
        self.check_established(role)?;
        let case = Case {
            form: self.plan.form,
            kind,
            previous: self.previous,
            start: at_minute(self.sitting.day, self.start()),
            now: local(context.now(), self.zone),
            last_day: last_day(self.plan.form, &self.dates),
            notice: self.authority.notice_days,
            by_authority: role == Some(Role::AuthorityOfficer),
        };
        rule(case, &self.regulation.absences).map_err(|refused| Refusal::new(refused.code()))
    }

    /// Force majeure that the authority established is the authority's to look at anew, or to withdraw.
    pub fn check_established(&self, role: Option<Role>) -> Result<(), Refusal> {
        let established = self
            .absence
            .as_ref()
            .is_some_and(|one| one.ruled_as == AbsenceKind::ForceMajeure);
        if established && role != Some(Role::AuthorityOfficer) {
            let refused = delos_domain::absence::Refused::NotEstablished;
            return Err(Refusal::new(refused.code()));
        }
        Ok(())
    }

    fn start(&self) -> u16 {
        self.sitting.starts.first().copied().unwrap_or_default()
    }

    /// Whether the hour of the sitting has not come.
    pub fn is_ahead(&self, context: &Context) -> bool {
        begun::is_ahead(context, &self.sitting, self.zone)
    }

    /// The regulation's sentence for what was ruled.
    pub fn sentence(&self, record: &AbsenceRecord) -> String {
        let line = |one: &&AbsenceRule| one.form == self.plan.form && one.kind == record.ruled_as;
        let found = self.regulation.absences.iter().find(line);
        found.map(|one| one.sentence.clone()).unwrap_or_default()
    }

    /// A refusal of the tracks, with whose they are.
    pub fn refused(&self, refused: Refused) -> Refusal {
        Refusal::new(refused.code())
            .with("candidate", &self.person.candidate.number)
            .with("name", self.person.identity.full_name())
    }

    /// Brings him to the point of an absence that waits for a ruling: nothing of a former ruling stays.
    ///
    /// # Errors
    /// Refuses with `absence_followed` when the sitting that he has since has begun, or as his tracks do.
    pub async fn open_again(&self, context: &Context, tx: &Transaction) -> CommandResult<Reopened> {
        let told = |refused| CommandError::from(self.refused(refused));
        let Some(absence) = &self.absence else {
            return Ok(Reopened {
                tracks: self.tracks.miss().map_err(told)?,
                given_back: None,
            });
        };
        let (tracks, given_back) = match &self.since {
            None => (self.tracks, None),
            Some(since) => self.give_back(context, tx, since).await?,
        };
        let tracks = tracks
            .reconsider_absence(self.sitting.revision)
            .map_err(told)?;
        if let Some(past) = &self.past {
            sittings::restore(tx, past).await?;
            waiting::remove(tx, &[self.person.candidate.id]).await?;
        }
        absences::end(tx, absence.id, AbsenceState::Replaced).await?;
        tracing::debug!(absence = %absence.id, at = %context.now(), "looked at anew");
        Ok(Reopened { tracks, given_back })
    }

    /// Gives back the date that he has since: nothing stays of one that nobody was told of.
    async fn give_back(
        &self,
        context: &Context,
        tx: &Transaction,
        since: &DatedSitting,
    ) -> CommandResult<(Tracks, Option<DatedSitting>)> {
        let told = |refused| CommandError::from(self.refused(refused));
        let standing = self.tracks.sitting();
        if standing.state() == State::Planned && standing.revision() == 0 {
            sittings::take_back(tx, since).await?;
            return Ok((self.tracks.defer_sitting().map_err(told)?, None));
        }
        let open = matches!(standing.state(), State::Planned | State::Convoked);
        if !(open && self.since_is_ahead && since.plan == self.plan.id) {
            return Err(Refusal::new("absence_followed")
                .with("day", since.day)
                .into());
        }
        let tracks = self.tracks.cancel_sitting().map_err(told)?;
        sittings::end(tx, since, Ended::Cancelled, ABSENCE_REVIEWED, context.now()).await?;
        Ok((tracks, Some(since.clone())))
    }
}

/// The sitting of an absence: his current one, or one that is over.
async fn sitting_of(
    access: &impl Access,
    absence: &AbsenceRecord,
) -> CommandResult<(DatedSitting, Option<PastSitting>)> {
    if let Some(current) = sittings::of_candidate(access, absence.candidate).await?
        && current.id == absence.sitting
    {
        return Ok((current, None));
    }
    let mut history = sittings::history(access, &[absence.candidate]).await?;
    let past = history
        .remove(&absence.candidate)
        .unwrap_or_default()
        .into_iter()
        .find(|one| one.sitting.id == absence.sitting)
        .ok_or_else(|| Refusal::new("absence_over"))?;
    Ok((past.sitting.clone(), Some(past)))
}

/// The last day on which a candidate of a form may sit.
pub(crate) fn last_day(form: Form, dates: &SessionDates) -> Option<NaiveDate> {
    match form {
        Form::Ccf => dates.ccf.map(|ccf| ccf.last.min(ccf.cut_off)),
        Form::Ponctuelle => dates.ponctuelle.iter().flatten().max().copied(),
    }
}

/// What an absence would entail, said before it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// What it counts as.
    pub ruled_as: AbsenceKind,
    /// What follows.
    pub consequence: AbsenceConsequence,
    /// In a French sentence.
    pub sentence: String,
    /// The text that founds it.
    pub source: String,
    /// Whether, and between which days, another date is looked for.
    pub date: OtherDate,
}

/// What an absence of this kind would entail.
///
/// # Errors
/// As [`super::record`].
pub async fn preview(
    context: &Context,
    actor: &Actor,
    about: About,
    kind: AbsenceKind,
) -> CommandResult<Preview> {
    let reader = context.db.read();
    let today = context.today();
    let (known, role) = if kind == AbsenceKind::ForceMajeure {
        let scope = actor.scope::<EstablishForceMajeure>(today)?;
        (
            Known::read(context, &reader, &scope, about).await?,
            scope.role(),
        )
    } else {
        let scope = actor.scope::<RecordAbsence>(today)?;
        (
            Known::read(context, &reader, &scope, about).await?,
            scope.role(),
        )
    };
    // What the tracks refuse is said before anybody confirms.
    if known.absence.is_none() {
        known
            .tracks
            .miss()
            .map_err(|refused| known.refused(refused))?;
    }
    let ruling = known.rule(context, kind, role)?;
    Ok(Preview {
        ruled_as: ruling.rule.kind,
        consequence: ruling.rule.consequence,
        sentence: ruling.rule.sentence.clone(),
        source: ruling.rule.source.clone(),
        date: ruling.date,
    })
}
