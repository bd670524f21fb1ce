//! Courses of absences, errors, closures and lost members drawn at random over a house: whatever comes after what, a
//! candidate declared absent is given no other date, and whoever has a date has exactly one convocation that holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Days, Duration, Utc};
use delos_application::absence::{self, About, NewAbsence};
use delos_application::close_centre::{self, NewClosure};
use delos_application::{Clock, CommandError, Context, replace_member, reschedule, tasks};
use delos_documents::mail::Payload;
use delos_domain::absence::OtherDate;
use delos_domain::actor::Actor;
use delos_domain::calendar::{at_minute, local};
use delos_domain::ids::{AccountId, CandidateId, MandateId, PlanId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::regulation::AbsenceKind;
use delos_domain::scope::{ReadDay, ReadMessages};
use delos_domain::tracks::sitting::State;
use delos_persistence::absences::{self, AbsenceRecord, AbsenceState};
use delos_persistence::candidates::{self, CandidateFilter};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::sittings::{self, DatedSitting, SittingFilter};
use delos_persistence::{outbox, plans, waiting};
use delos_tests::campaign::laying::{Ground, context, head_of, house, sqlite_in};
use delos_tests::services;
use uuid::Uuid;

/// Acts of one course.
const ACTS: usize = 60;
/// Candidates: one school's.
const CANDIDATES: usize = 24;

#[tokio::test]
async fn on_sqlite() -> Result<()> {
    for seed in [7, 2026, 90_210] {
        course(false, seed).await?;
    }
    Ok(())
}

#[tokio::test]
async fn on_postgresql() -> Result<()> {
    for seed in [11, 1789] {
        course(true, seed).await?;
    }
    Ok(())
}

/// A clock that the course moves.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::minutes(self.0.load(Ordering::Relaxed))
    }
}

/// Draws of one course (xorshift64): the same seed draws the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap_or(0)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

/// What a candidate was told last of his date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    NoDate,
    Date(chrono::NaiveDate, u16),
}

/// Who acts on what.
struct World {
    context: Context,
    clock: Arc<Moved>,
    school: SchoolRecord,
    head: Actor,
    officer: Actor,
    dice: Dice,
    /// Centres closed and members lost so far: a course that loses everything shows nothing more.
    losses: usize,
}

async fn course(on_postgresql: bool, seed: u64) -> Result<()> {
    if services::binary().is_none() {
        services::skip("no binary");
        return Ok(());
    }
    let engine = if on_postgresql {
        "postgresql"
    } else {
        "sqlite"
    };
    let folder =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("courses-{engine}-{seed}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let data = folder.join("house");
    std::fs::create_dir_all(&data)?;
    let url = if on_postgresql {
        let Some(url) = services::postgres_database().await? else {
            return Ok(());
        };
        url
    } else {
        sqlite_in(&data)
    };
    let ground = Ground {
        url,
        data: &data,
        folder: &folder,
        environment: Vec::new(),
    };
    let laid = house(ground, CANDIDATES).await?;
    let clock = Arc::new(Moved(AtomicI64::new(0)));
    let context = Context {
        clock: clock.clone(),
        ..context(laid.database)?
    };
    let school = schools::of_session(&context.db.read(), laid.session).await?;
    let school = school.into_iter().next().context("a school")?;
    let today = context.today();
    let mandate = Mandate {
        id: MandateId(Uuid::now_v7()),
        account: AccountId(Uuid::now_v7()),
        role: Role::AuthorityOfficer,
        perimeter: Perimeter::Authority(school.school.authority),
        session: laid.session,
        valid_from: today,
        valid_until: today + Days::new(300),
        revoked: false,
    };
    let mut world = World {
        head: head_of(&school, laid.session, today),
        officer: Actor::Person {
            account: mandate.account,
            mandate,
            strong: true,
        },
        context,
        clock,
        school,
        dice: Dice(seed),
        losses: 0,
    };
    // It begins the day before the first sitting.
    let first = world.sittings().await?.first().context("no sitting")?.day;
    let ahead = (first - today).num_minutes() - 24 * 60;
    world.clock.0.store(ahead, Ordering::Relaxed);
    let mut done = std::collections::BTreeMap::<&str, usize>::new();
    for act in 0..ACTS {
        let (what, outcome) = world.act().await?;
        match outcome {
            Ok(()) => *done.entry(what).or_default() += 1,
            Err(
                CommandError::Refused(_)
                | CommandError::Conflict
                | CommandError::Forbidden
                | CommandError::NotFound,
            ) => {}
            Err(error) => bail!("seed {seed}, act {act}, {what}: {error:?}"),
        }
        world
            .check()
            .await
            .with_context(|| format!("{engine}, seed {seed}, after act {act}, {what}"))?;
    }
    println!("{engine}, seed {seed}: {done:?}");
    ensure!(done.len() > 3, "the course did too little: {done:?}");
    Ok(())
}

impl World {
    /// One act of somebody, and how it ended.
    async fn act(&mut self) -> Result<(&'static str, Result<(), CommandError>)> {
        let all = self.sittings().await?;
        let absences = self.absences().await?;
        Ok(match self.dice.below(12) {
            0..4 => ("absence", self.miss(&all, &absences).await),
            4 => {
                let Some(one) = self.dice.one_of(&absences) else {
                    return Ok(("nothing", Ok(())));
                };
                let by = if one.ruled_as == AbsenceKind::ForceMajeure {
                    &self.officer
                } else {
                    &self.head
                };
                ("error", absence::withdraw(&self.context, by, one.id).await)
            }
            5..8 => {
                while tasks::run_next(&self.context).await? {}
                ("search", Ok(()))
            }
            8 => {
                let proposed: Vec<_> = all.iter().filter(|one| one.revision == 0).collect();
                let Some(one) = self.dice.one_of(&proposed) else {
                    return Ok(("nothing", Ok(())));
                };
                if self.dice.below(3) == 0 {
                    let declined = reschedule::decline(&self.context, &self.head, one.id).await;
                    ("decline", declined)
                } else {
                    let confirmed = reschedule::confirm(&self.context, &self.head, one.id).await;
                    ("confirm", confirmed)
                }
            }
            9 => ("place", self.place(&all).await?),
            10 if self.losses < 3 => {
                self.losses += 1;
                ("loss", self.lose(&all).await?)
            }
            _ => {
                let hours = i64::try_from(self.dice.below(60))?;
                self.clock.0.fetch_add(hours * 60, Ordering::Relaxed);
                ("time", Ok(()))
            }
        })
    }

    /// Somebody is absent, or his absence is looked at anew.
    async fn miss(
        &mut self,
        all: &[DatedSitting],
        absences: &[AbsenceRecord],
    ) -> Result<(), CommandError> {
        let about = if self.dice.below(3) == 0 {
            self.dice.one_of(absences).map(|one| About::Absence(one.id))
        } else {
            // Absences gather on a few candidates: what comes after one is what is looked at.
            let few = all.len().min(5);
            self.dice
                .one_of(&all[..few])
                .map(|one| About::Sitting(one.id))
        };
        let Some(about) = about else { return Ok(()) };
        let (kind, _) = AbsenceKind::ALL[self.dice.below(AbsenceKind::ALL.len())];
        let by = if kind == AbsenceKind::ForceMajeure {
            &self.officer
        } else {
            &self.head
        };
        let preview = absence::preview(&self.context, by, about, kind).await?;
        assert!(
            preview.date == OtherDate::None
                || preview.consequence == delos_domain::regulation::AbsenceConsequence::NewDate
        );
        let new = NewAbsence {
            about,
            kind,
            confirmed: preview.consequence,
            reason: Some("Grippe".to_owned()),
            piece: None,
            seat: None,
        };
        absence::record(&self.context, by, &new).await.map(drop)
    }

    /// A person gives a date to somebody who waits.
    async fn place(&mut self, all: &[DatedSitting]) -> Result<Result<(), CommandError>> {
        let waiting = waiting::of_plan(
            &self.context.db.read(),
            all.first().context("nobody has a date")?.plan,
        )
        .await?;
        let Some(one) = self.dice.one_of(&waiting) else {
            return Ok(Ok(()));
        };
        let found = reschedule::seats_for(&self.context, &self.head, one.candidate).await;
        let free = match found {
            Ok(found) => found.free,
            Err(error) => return Ok(Err(error)),
        };
        let Some(seat) = self.dice.one_of(&free) else {
            return Ok(Ok(()));
        };
        let (commission, day) = (seat.commission, seat.day);
        Ok(reschedule::place(&self.context, &self.head, one.candidate, commission, day).await)
    }

    /// The centre is closed for a day, or a commission loses a member.
    async fn lose(&mut self, all: &[DatedSitting]) -> Result<Result<(), CommandError>> {
        let Some(one) = self.dice.one_of(all).cloned() else {
            return Ok(Ok(()));
        };
        if self.dice.below(2) == 0 {
            let new = NewClosure {
                centre: self.school.school.id,
                first: one.day,
                last: one.day,
                reason: "Inondation".to_owned(),
            };
            let closed = close_centre::close(&self.context, &self.head, &new).await;
            return Ok(closed.map(drop));
        }
        let commissions = plans::commissions(&self.context.db.read(), one.plan).await?;
        let commission = commissions.iter().find(|c| c.id == one.commission);
        let members = commission.map(|c| c.members.clone()).unwrap_or_default();
        let Some(member) = self.dice.one_of(&members).copied() else {
            return Ok(Ok(()));
        };
        let others =
            replace_member::substitutes(&self.context, &self.head, one.commission, member).await;
        let others = others.unwrap_or_default();
        let by = self.dice.one_of(&others).map(|found| found.examiner);
        let lost =
            replace_member::replace(&self.context, &self.head, one.commission, member, by).await;
        Ok(lost.map(drop))
    }

    /// What holds whatever has happened.
    async fn check(&self) -> Result<()> {
        let reader = self.context.db.read();
        let school = &self.school.school;
        let filter = CandidateFilter::default();
        let people =
            candidates::of_authority(&reader, self.school.session, school.authority, &filter)
                .await?;
        ensure!(people.len() == CANDIDATES, "{} candidates", people.len());
        let ids: Vec<CandidateId> = people.iter().map(|one| one.candidate.id).collect();
        let all_absences = absences::of_candidates(&reader, &ids).await?;
        for person in &people {
            let id = person.candidate.id;
            let state = State::from_code(&person.states.sitting).context("a state")?;
            let sitting = sittings::of_candidate(&reader, id).await?;
            let waits = match &sitting {
                Some(one) => waiting::of_plan(&reader, one.plan).await?,
                None => waiting::of_plan(&reader, self.plan_of(id).await?).await?,
            };
            let waits = waits.iter().any(|one| one.candidate == id);
            let told = self.told(id).await?;
            let of = || format!("{id}: {state:?}, {sitting:?}, waits {waits}, told {told:?}");
            match state {
                State::DeclaredAbsent | State::ForceMajeure => {
                    ensure!(!waits, "another date is looked for: {}", of());
                    let standing = all_absences.get(&id).into_iter().flatten();
                    let missed: Vec<_> = standing
                        .filter(|one| one.state == AbsenceState::Standing)
                        .map(|one| one.sitting)
                        .collect();
                    let other = sitting
                        .as_ref()
                        .is_some_and(|one| !missed.contains(&one.id));
                    ensure!(!other, "he has another date: {}", of());
                }
                State::Convoked => {
                    let one = sitting.as_ref().with_context(of)?;
                    ensure!(one.revision > 0 && !waits, "{}", of());
                    let start = one.starts.first().copied().unwrap_or_default();
                    let hour = at_minute(one.day, start);
                    // Of one who was there, and was convoked elsewhere meanwhile, the other date is taken back.
                    let was_there = || {
                        let of_it = all_absences.get(&id).into_iter().flatten();
                        let mut of_it = of_it.filter(|absence| absence.sitting == one.id);
                        let error = of_it.next();
                        let before = of_it.take_while(|one| one.state == AbsenceState::Replaced);
                        error.is_some_and(|one| one.state == AbsenceState::Withdrawn)
                            && error
                                .into_iter()
                                .chain(before)
                                .all(|one| local(one.recorded_at, chrono_tz::Europe::Paris) >= hour)
                    };
                    let holds = match told {
                        Told::Date(day, at) => (day, at) == (one.day, start),
                        Told::NoDate => was_there(),
                        Told::Nothing => false,
                    };
                    ensure!(holds, "what holds is not what he was told: {}", of());
                }
                State::Planned => {
                    let one = sitting.as_ref().with_context(of)?;
                    ensure!(one.revision == 0 && !waits, "{}", of());
                    self.nothing_ahead(told).with_context(of)?;
                }
                State::Unplanned | State::NewSittingDue => {
                    ensure!(sitting.is_none() && waits, "{}", of());
                    self.nothing_ahead(told).with_context(of)?;
                }
                State::Sat | State::Absent | State::Closed => bail!("{}", of()),
            }
        }
        Ok(())
    }

    /// Whoever has no date that holds was told so, unless the one that he was told has come.
    fn nothing_ahead(&self, told: Told) -> Result<()> {
        if let Told::Date(day, start) = told {
            let now = local(self.context.now(), chrono_tz::Europe::Paris);
            ensure!(
                at_minute(day, start) <= now,
                "a convocation is left that holds no more"
            );
        }
        Ok(())
    }

    /// What a candidate was told last of his date.
    async fn told(&self, id: CandidateId) -> Result<Told> {
        let reader = self.context.db.read();
        let scope = self
            .head
            .scope::<ReadMessages>(self.context.today())
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let mut last: Option<(u32, Told)> = None;
        for kind in ["candidate_convocation", "candidate_cancellation"] {
            let found = outbox::latest_about_candidate(&reader, &scope, id, kind).await?;
            let told = match found.map(|bytes| Payload::from_bytes(&bytes)).transpose()? {
                Some(Payload::CandidateConvocation(letter)) => {
                    (letter.revision, Told::Date(letter.date, letter.start))
                }
                Some(Payload::CandidateCancellation(letter)) => (letter.revision, Told::NoDate),
                _ => continue,
            };
            if last.is_none_or(|(revision, _)| revision < told.0) {
                last = Some(told);
            }
        }
        Ok(last.map_or(Told::Nothing, |(_, told)| told))
    }

    /// The plan that heard a candidate.
    async fn plan_of(&self, id: CandidateId) -> Result<PlanId> {
        let history = sittings::history(&self.context.db.read(), &[id]).await?;
        let past = history.get(&id).and_then(|all| all.first());
        Ok(past.context("no history")?.sitting.plan)
    }

    /// Every sitting, in an order that a seed draws from.
    async fn sittings(&self) -> Result<Vec<DatedSitting>> {
        let scope = self
            .head
            .scope::<ReadDay>(self.context.today())
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let filter = SittingFilter::default();
        let mut all = sittings::list(&self.context.db.read(), &scope, &filter).await?;
        all.sort_by_key(|one| (one.day, one.starts.clone(), one.number, one.environment));
        Ok(all)
    }

    /// The absences that stand.
    async fn absences(&self) -> Result<Vec<AbsenceRecord>> {
        let reader = self.context.db.read();
        let school = &self.school.school;
        let filter = CandidateFilter::default();
        let people =
            candidates::of_authority(&reader, self.school.session, school.authority, &filter)
                .await?;
        let ids: Vec<CandidateId> = people.iter().map(|one| one.candidate.id).collect();
        let mut all: Vec<_> = absences::of_candidates(&reader, &ids)
            .await?
            .into_values()
            .flatten()
            .filter(|one| one.state == AbsenceState::Standing)
            .collect();
        all.sort_by_key(|one| (one.day, one.recorded_at));
        Ok(all)
    }
}
