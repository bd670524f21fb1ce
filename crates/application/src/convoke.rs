//! Convokes candidates and members of a published plan: one outbox message a recipient, in one transaction.
//!
//! In CCF the head of school convokes (annexe 9, « Modalités d'organisation »), in the ponctuelle form the authority.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use delos_documents::convocation::Change;
use delos_documents::mail::{DayLine, Payload};
use delos_documents::sentences;
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{
    AccountId, CandidateId, CommissionId, MandateId, PlanId, SchoolId, SittingId,
};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::{Convoke, Operation, ReadConvocation, Scope};
use delos_domain::tracks::Tracks;
use delos_domain::tracks::sitting::State;
use delos_persistence::accounts::{self, AccountRecord};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::closures::{self, ClosureRecord};
use delos_persistence::outbox::NewMessage;
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::sittings::{self, CENTRE_CLOSED, PastSitting};
use delos_persistence::{Transaction, envelope, journal, waiting};

use crate::access_codes::{WITH_CONVOCATION, candidate_codes};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::letters::Letters;
use crate::sign_in::candidate_login;
use crate::tell::{Seat, Telling, next_revisions};
use crate::tracks_of::{self, TracksOf};
use crate::views::messages::{MessageView, compose};

/// Cause of a sitting that an absence ended.
pub(crate) const ABSENCE: &str = "absence";
/// Cause of a sitting that was given after an absence, which has another consequence by now.
pub(crate) const ABSENCE_REVIEWED: &str = "absence_reviewed";
/// Cause of a sitting whose commission lost a member.
pub(crate) const EXAMINER_LOST: &str = "examiner_lost";

/// What was convoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convoked {
    /// Candidates told.
    pub candidates: usize,
    /// Members told.
    pub members: usize,
    /// Candidates and members who have no address: their message waits on the list of failures, with its PDF to print,
    /// until there is one.
    pub without_address: usize,
}

/// Convokes whoever of the plan is not convoked yet.
///
/// # Errors
/// Refuses with `plan_not_published`, `conflict` (the plan has another version now), `nobody_to_convoke`,
/// `outside_ccf_period`, `after_cut_off`, `day_past` (a date that has passed), `sitting_without_candidate` and
/// `member_gone` (somebody whom the plan names is no longer there); or as a candidate's tracks refuse to convoke him
/// (`mark_kept`, `not_valid`, …), with his number and name.
pub async fn convoke(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<Convoked> {
    retrying(|| convoke_all(context, actor, id, version)).await
}

async fn convoke_all(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<Convoked> {
    let scope = actor.scope::<Convoke>(context.today())?;
    let tx = context.db.write().await?;
    let plan = plans::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if plan.version != version {
        return Err(Refusal::new("conflict").into());
    }
    if !plan.is_published {
        return Err(Refusal::new("plan_not_published").into());
    }
    let commissions = plans::commissions(&tx, id).await?;
    let done = convoke_planned(context, &tx, &scope, &plan, &commissions, None).await?;
    plans::touch(&tx, &scope, &plan, None).await?;
    let done = tx.commit(done).await?.into_inner();
    context.dates_changed(id).await;
    Ok(done)
}

/// Convokes those of a published plan, among these candidates where they are named, who have a date of which nobody told
/// them; and tells the members whose days change by it, and the centres when somebody is convoked anew. The plan's version
/// is the caller's to move.
///
/// # Errors
/// As [`convoke`].
pub(crate) async fn convoke_planned<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
    only: Option<&[CandidateId]>,
) -> CommandResult<Convoked> {
    let letters = Letters::load(context, tx, plan, commissions).await?;
    let mut people = tracks_of::load(tx, plan, commissions).await?;
    people.retain(|one| {
        one.tracks.sitting().state() == State::Planned
            && only.is_none_or(|only| only.contains(&one.record.candidate.id))
    });
    if people.is_empty() {
        return Err(Refusal::new("nobody_to_convoke").into());
    }
    let moved = tracks_of::after(&people, Tracks::convoke)?;
    let seats = seats(plan, commissions, &people)?;
    check_days(&letters, plan, &seats, context)?;
    let waiting: Vec<&CandidateRecord> = people.iter().map(|one| &one.record).collect();
    let codes = open_accounts(context, tx, &letters, &waiting).await?;
    let ids: Vec<CandidateId> = moved.iter().map(|one| one.candidate).collect();
    let former = Former::read(tx, plan, &ids).await?;
    let revisions = next_revisions(tx, seats.iter().map(|seat| seat.sitting.series)).await?;

    let mut telling = Telling::new(context, plan, &letters);
    let mut again: BTreeMap<SchoolId, Vec<DayLine>> = BTreeMap::new();
    for seat in &seats {
        let id = seat.sitting.candidate;
        let revision = revisions.get(&seat.sitting.series).copied().unwrap_or(1);
        let changed = former.change(&letters, id);
        if changed.is_some() {
            let lines = again.entry(seat.commission.centre).or_default();
            lines.push(DayLine {
                date: seat.day.day,
                hour: seat.sitting.starts.first().copied(),
                commission: Some(seat.commission.number),
                candidate: Some(seat.person.candidate.number.to_string()),
                what: "nouvelle convocation".to_owned(),
            });
        }
        telling.convoke(*seat, revision, codes.get(&id).cloned(), changed);
    }
    let candidates_told = telling.messages.len();
    let touched: BTreeSet<CommissionId> = seats.iter().map(|seat| seat.commission.id).collect();
    telling
        .members(
            tx,
            commissions,
            &touched,
            &[],
            sentences::CANDIDATES_CHANGED,
        )
        .await?;
    let without_address = |messages: &[NewMessage]| {
        let none = messages.iter().filter(|one| one.address.is_none());
        none.count()
    };
    let (to_candidates, to_members) = telling.messages.split_at(candidates_told);
    let done = Convoked {
        candidates: to_candidates.len() - without_address(to_candidates),
        members: to_members.len() - without_address(to_members),
        without_address: without_address(&telling.messages),
    };
    let decision = context.ids.next();
    for (centre, lines) in &again {
        telling
            .centre(
                tx,
                *centre,
                lines,
                sentences::DATE_CHANGED_FOR_CENTRE,
                scope.account(),
                decision,
            )
            .await?;
    }
    telling.put(tx).await?;
    tracks_of::save(tx, plan, &moved).await?;
    let mut numbered: BTreeMap<u32, Vec<SittingId>> = BTreeMap::new();
    for seat in &seats {
        let after = moved
            .iter()
            .find(|one| one.candidate == seat.sitting.candidate)
            .map_or(1, |one| one.after.sitting().revision());
        numbered.entry(after).or_default().push(seat.sitting.id);
    }
    for (revision, sittings) in numbered {
        plans::number_revisions(tx, plan.id, &sittings, revision).await?;
    }
    waiting::remove(tx, &ids).await?;
    let mut subjects = vec![plan.id.0];
    subjects.extend(ids.iter().map(|id| id.0));
    journal::add(
        tx,
        journal::Line::done(decision, context.now(), scope, subjects),
    )
    .await?;
    Ok(done)
}

/// Where each of these people sits.
///
/// # Errors
/// Refuses with `sitting_without_candidate`: whoever left the plan's form or school since is not convoked unseen.
fn seats<'a>(
    plan: &PlanRecord,
    commissions: &'a [CommissionRecord],
    people: &'a [TracksOf],
) -> Result<Vec<Seat<'a>>, Refusal> {
    let records: HashMap<CandidateId, &CandidateRecord> = people
        .iter()
        .map(|one| (one.record.candidate.id, &one.record))
        .collect();
    let mut seats = Vec::new();
    for commission in commissions {
        for day in &commission.days {
            for sitting in &day.sittings {
                let Some(person) = records.get(&sitting.candidate).copied() else {
                    continue;
                };
                let left = person.candidate.form != plan.form
                    || (plan.school.is_some() && person.candidate.school != plan.school);
                if left {
                    return Err(Refusal::new("sitting_without_candidate")
                        .with("candidate", &person.candidate.number)
                        .with("name", person.identity.full_name())
                        .with("commission", commission.number)
                        .with("day", day.day));
                }
                seats.push(Seat {
                    commission,
                    day,
                    sitting,
                    person,
                });
            }
        }
    }
    Ok(seats)
}

/// The dates that candidates had before, and why they lost them.
struct Former {
    history: HashMap<CandidateId, Vec<PastSitting>>,
    closures: Vec<ClosureRecord>,
}

impl Former {
    async fn read(tx: &Transaction, plan: &PlanRecord, ids: &[CandidateId]) -> CommandResult<Self> {
        let history = sittings::history(tx, ids).await?;
        let closures = if history.is_empty() {
            Vec::new()
        } else {
            closures::of_authority(tx, plan.session, plan.authority).await?
        };
        Ok(Self { history, closures })
    }

    /// What a candidate's convocation said before.
    fn change(&self, letters: &Letters, id: CandidateId) -> Option<Change> {
        // A date of which nobody was told is no former date.
        let past = self
            .history
            .get(&id)?
            .iter()
            .find(|past| past.sitting.revision > 0)?;
        let closed = || {
            self.closures.iter().find(|one| {
                one.centre == past.sitting.centre
                    && one.first <= past.sitting.day
                    && past.sitting.day <= one.last
            })
        };
        let reason = match past.cause.as_str() {
            ABSENCE => sentences::NEW_DATE_AFTER_ABSENCE.to_owned(),
            CENTRE_CLOSED => closed().map_or_else(
                || sentences::DATE_CHANGED.to_owned(),
                |one| sentences::centre_closed(&one.reason),
            ),
            EXAMINER_LOST => sentences::EXAMINER_LOST.to_owned(),
            _ => sentences::DATE_CHANGED.to_owned(),
        };
        Some(letters.change(&past.sitting, &reason))
    }
}

/// The convocation of one sitting as it would leave: without a code, which is made when it leaves.
pub async fn preview(
    context: &Context,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<Option<MessageView>> {
    let scope = actor.scope::<ReadConvocation>(context.today())?;
    let reader = context.db.read();
    let Some((plan, candidate)) = plans::plan_of_sitting(&reader, &scope, id).await? else {
        return Ok(None);
    };
    let Some(plan) = plans::one(&reader, &scope, plan).await? else {
        return Ok(None);
    };
    let Some(person) = candidates::one(&reader, &scope, candidate).await? else {
        return Ok(None);
    };
    let commissions = plans::commissions(&reader, plan.id).await?;
    let letters = Letters::load(context, &reader, &plan, &commissions).await?;
    let found = commissions
        .iter()
        .flat_map(|commission| commission.days.iter().map(move |day| (commission, day)))
        .find_map(|(commission, day)| {
            day.sittings
                .iter()
                .find(|sitting| sitting.id == id)
                .map(|sitting| (commission, day, sitting))
        });
    let Some((commission, day, sitting)) = found else {
        return Ok(None);
    };
    let letter = letters.candidate(
        &person,
        commission,
        day,
        sitting,
        sitting.revision.max(1),
        None,
    );
    let mut payload = Payload::CandidateConvocation(Box::new(letter));
    letters.outgoing.word(&mut payload);
    let content = compose(context, payload).await?;
    Ok(Some(MessageView {
        record: None,
        content,
    }))
}

/// A date that the form does not allow, or that has passed, is refused with its reason.
fn check_days(
    letters: &Letters,
    plan: &PlanRecord,
    seats: &[Seat<'_>],
    context: &Context,
) -> Result<(), Refusal> {
    for seat in seats {
        let day = seat.day.day;
        if plan.form == Form::Ccf {
            letters
                .dates
                .check_ccf_day(day)
                .map_err(|refused| Refusal::new(refused.code()).with("day", day))?;
        }
        if day < context.today() {
            return Err(Refusal::new("day_past").with("day", day));
        }
    }
    Ok(())
}

/// Gives every candidate an account under his own mandate, and a one-time code to those who have no password yet.
async fn open_accounts(
    context: &Context,
    tx: &Transaction,
    letters: &Letters,
    people: &[&CandidateRecord],
) -> CommandResult<HashMap<CandidateId, String>> {
    let ids: Vec<CandidateId> = people.iter().map(|one| one.candidate.id).collect();
    let existing = accounts::of_candidates(tx, &ids).await?;
    let mut new_accounts = Vec::new();
    let mut mandates = Vec::new();
    for person in people
        .iter()
        .filter(|one| !existing.contains_key(&one.candidate.id))
    {
        let account = AccountRecord {
            id: AccountId(context.ids.next()),
            login: candidate_login(
                &letters.session.code,
                &letters.authority.code,
                &person.candidate.number,
            ),
            identity: person.identity.clone(),
            candidate: Some(person.candidate.id),
            password_hash: None,
            disabled: false,
            failures: 0,
            failed_at: None,
            version: 1,
        };
        mandates.push(Mandate {
            id: MandateId(context.ids.next()),
            account: account.id,
            role: Role::Candidate,
            perimeter: Perimeter::Candidate(person.candidate.id, person.candidate.authority),
            session: person.session,
            valid_from: context.today(),
            valid_until: accounts::end_of_session_year(&letters.session.code)
                .unwrap_or_else(|| context.today()),
            revoked: false,
        });
        new_accounts.push(account);
    }
    accounts::insert_candidates(tx, &new_accounts).await?;
    accounts::insert_mandates(tx, &mandates, None).await?;

    // Whoever has chosen a password needs no code; whoever has no address gets one when his message is sent.
    let mut waiting: HashMap<AccountId, CandidateId> = HashMap::new();
    for person in people.iter().filter(|one| one.identity.email.is_some()) {
        let id = person.candidate.id;
        let opened = new_accounts.iter().find(|one| one.candidate == Some(id));
        match (existing.get(&id), opened) {
            (Some((account, false)), _) => waiting.insert(*account, id),
            (None, Some(account)) => waiting.insert(account.id, id),
            _ => None,
        };
    }
    let key = envelope::session_key(tx, letters.session.id.0).await?;
    let of: Vec<AccountId> = waiting.keys().copied().collect();
    let codes = candidate_codes(context, tx, &key, &of, WITH_CONVOCATION).await?;
    Ok(codes
        .into_iter()
        .filter_map(|(account, code)| Some((*waiting.get(&account)?, code)))
        .collect())
}
