//! A school whose candidates are convoked, on the day of its first sitting; and the examiners of the commission.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use delos_application::assessment::{self, EntryAnswer, NewEntry, Save, Saved};
use delos_application::views::assessment::{self as views, AssessmentView};
use delos_application::{Clock, CommandError, Context};
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::ids::{AccountId, AuthorityId, ExaminerId, MandateId, SessionId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::scope::ReadDay;
use delos_persistence::sittings::{self, DatedSitting, SittingFilter};
use delos_persistence::{plans, schools};
use delos_tests::campaign::laying::{Ground, context, head_of, house, sqlite_in};
use delos_tests::services;
use uuid::Uuid;

#[derive(Clone, Copy, Debug)]
pub enum Engine {
    Sqlite,
    Postgresql,
}

/// A clock that the test sets.
pub struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::minutes(self.0.load(Ordering::Relaxed))
    }
}

pub struct World {
    pub context: Context,
    pub head: Actor,
    /// The commission's members, each with his account.
    pub members: Vec<Actor>,
    /// An examiner who is in no commission of that day.
    pub stranger: Actor,
    /// Sittings of the commission, by hour.
    pub sittings: Vec<DatedSitting>,
}

impl World {
    pub async fn lay(engine: Engine, name: &str) -> Result<Option<Self>> {
        if services::binary().is_none() {
            services::skip("no binary");
            return Ok(None);
        }
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("assessment-{name}-{engine:?}"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let data = folder.join("house");
        std::fs::create_dir_all(&data)?;
        let url = match engine {
            Engine::Sqlite => sqlite_in(&data),
            Engine::Postgresql => match services::postgres_database().await? {
                Some(url) => url,
                None => return Ok(None),
            },
        };
        let ground = Ground {
            url,
            data: &data,
            folder: &folder,
            environment: Vec::new(),
        };
        let laid = house(ground, 24).await?;
        let clock = Arc::new(Set(AtomicI64::new(0)));
        let context = Context {
            clock: clock.clone(),
            ..context(laid.database)?
        };
        let reader = context.db.read();
        let school = schools::of_session(&reader, laid.session)
            .await?
            .into_iter()
            .next()
            .context("a school")?;
        let today = context.today();
        let head = head_of(&school, laid.session, today);
        let scope = head
            .scope::<ReadDay>(today)
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let all = sittings::list(&reader, &scope, &SittingFilter::default()).await?;
        let first = all.first().context("a sitting")?.clone();
        // Nine in the morning of that day, more or less, wherever the centre is.
        let nine = at_minute(first.day, 9 * 60).and_utc();
        clock
            .0
            .store((nine - Utc::now()).num_minutes(), Ordering::Relaxed);
        let commissions = plans::commissions(&reader, first.plan).await?;
        let own = commissions.iter().find(|one| one.id == first.commission);
        let own = own.context("its commission")?;
        let authority = school.school.authority;
        let today = first.day;
        let of = |id: ExaminerId| examiner(id, authority, laid.session, today);
        let others = commissions.iter().flat_map(|one| one.members.iter());
        let stranger = others
            .copied()
            .find(|id| !own.members.contains(id))
            .unwrap_or(ExaminerId(Uuid::now_v7()));
        let sittings = all
            .into_iter()
            .filter(|one| one.commission == first.commission && one.day == first.day)
            .collect();
        Ok(Some(Self {
            head,
            members: own.members.iter().map(|id| of(*id)).collect(),
            stranger: of(stranger),
            sittings,
            context,
        }))
    }

    /// Saves entries, each `(field, value, base)`.
    pub async fn save(
        &self,
        who: &Actor,
        sitting: usize,
        entries: &[(&str, &str, i64)],
    ) -> Result<Vec<EntryAnswer>, CommandError> {
        let saved = self.save_as(who, sitting, Uuid::now_v7(), entries).await?;
        Ok(saved.entries)
    }

    pub async fn save_as(
        &self,
        who: &Actor,
        sitting: usize,
        key: Uuid,
        entries: &[(&str, &str, i64)],
    ) -> Result<Saved, CommandError> {
        let save = Save {
            sitting: self.sittings[sitting].id,
            key,
            entries: entries
                .iter()
                .map(|(field, value, base)| NewEntry {
                    field: (*field).to_owned(),
                    value: (*value).to_owned(),
                    base: *base,
                })
                .collect(),
        };
        assessment::save(&self.context, who, &save).await
    }

    pub async fn view(&self, who: &Actor, sitting: usize) -> Result<AssessmentView> {
        Ok(views::one(&self.context, who, self.sittings[sitting].id).await?)
    }

    /// The codes of the lines of a sitting's grid.
    pub async fn lines(&self, sitting: usize) -> Result<Vec<String>> {
        let one = &self.sittings[sitting];
        let reader = self.context.db.read();
        let person = delos_persistence::candidates::named(&reader, &[one.candidate])
            .await?
            .pop()
            .context("somebody")?;
        let regulation = self
            .context
            .regulation("bts-sio-2024-e5")
            .context("a regulation")?;
        let grid = regulation.assessment.grid(person.candidate.option);
        let grid = grid.context("a grid")?;
        Ok(grid
            .lines()
            .map(|(_, line)| format!("level.{}", line.code))
            .collect())
    }
}

fn examiner(id: ExaminerId, authority: AuthorityId, session: SessionId, today: NaiveDate) -> Actor {
    let account = AccountId(Uuid::now_v7());
    let mandate = Mandate {
        id: MandateId(Uuid::now_v7()),
        account,
        role: Role::Examiner,
        perimeter: Perimeter::Examiner(id, authority),
        session,
        valid_from: today - Days::new(300),
        valid_until: today + Days::new(300),
        revoked: false,
    };
    Actor::Person {
        account,
        mandate,
        strong: true,
    }
}

/// The code of a refusal.
pub fn refused<T>(outcome: Result<T, CommandError>) -> Result<String> {
    match outcome {
        Err(CommandError::Refused(refusal)) => Ok(refusal.code.to_owned()),
        Err(CommandError::NotFound) => Ok("not_found".to_owned()),
        Err(CommandError::Forbidden) => Ok("forbidden".to_owned()),
        Err(CommandError::SecondFactor) => Ok("second_factor_needed".to_owned()),
        Err(error) => bail!("{error:?}"),
        Ok(_) => bail!("not refused"),
    }
}
