//! One house with a candidate in every situation, laid by the doors that people use; what no command does yet is written
//! into its rows.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use delos_application::absence::{self, About, NewAbsence};
use delos_application::assessment::{NewEvent, record_phases};
use delos_application::close_centre::{self, NewClosure};
use delos_application::{CommandError, Context, acknowledge, reschedule, secrets, sign_in, tasks};
use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::exam_day::Act;
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, MandateId, MessageId, SessionId, SittingId,
};
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::regulation::AbsenceKind;
use delos_domain::scope::ReadOwnConvocation;
use delos_persistence::accounts::{self, WebSession};
use delos_persistence::envelope::AcknowledgementKey;
use delos_persistence::sittings::{self, DatedSitting};
use delos_persistence::{authorities, candidates, outbox, schools, sessions};
use delos_tests::campaign::laying::{self, Ground, context, head_of, sqlite_in};
use delos_tests::house::Engine;
use delos_tests::people::PASSWORD;
use delos_tests::services;
use uuid::Uuid;

use super::ground::{Base, Moved};
use super::people::{acting, all_sittings, examiner, id_in, instant, told};

/// Candidates of the house: one school's.
const CANDIDATES: usize = 24;

/// A candidate, and what he is signed in by.
#[derive(Clone)]
pub struct Case {
    /// His situation.
    pub what: &'static str,
    pub candidate: CandidateId,
    pub number: String,
    account: AccountId,
    mandate: MandateId,
    /// What his browser holds, and a second one whose session he ends.
    pub tokens: [String; 2],
    /// His sitting, where he has one.
    pub sitting: Option<SittingId>,
    /// The revision of his last convocation.
    pub revision: u32,
    /// The signed link of its mail.
    pub link: String,
}

/// The house, and who acts in it.
pub struct Situations {
    pub base: Base,
    pub session: SessionId,
    pub authority: AuthorityId,
    pub authority_code: String,
    pub head: Actor,
    /// The day that is looked at: some have been heard, others not yet.
    pub first: NaiveDate,
    /// The day of the next sittings.
    pub next: NaiveDate,
    pub cases: Vec<Case>,
    /// A sitting of nobody who asks.
    pub other: SittingId,
}

struct Laying {
    context: Context,
    clock: Arc<Moved>,
    head: Actor,
    session: SessionId,
    authority: AuthorityId,
    /// The hash of everybody's password.
    password: String,
    base: Base,
}

impl Situations {
    /// A copy in which everybody has just signed in at an instant.
    pub async fn at(&self, name: &str, now: DateTime<Utc>) -> Result<Base> {
        let base = self.base.copy(name).await?;
        let context = base.context(Moved::at(now)).await?;
        let tx = context.db.write().await?;
        for case in &self.cases {
            for token in &case.tokens {
                let session = WebSession {
                    id: Uuid::now_v7(),
                    token_hash: secrets::token_hash(token),
                    account: case.account,
                    mandate: Some(case.mandate),
                    created_at: now,
                    seen_at: now,
                    strong_at: None,
                };
                accounts::insert_session(&tx, &session).await?;
            }
        }
        tx.commit(()).await?.into_inner();
        Ok(base)
    }
}

/// What had to succeed did.
fn done(ended: Result<(), CommandError>) -> Result<()> {
    ended.map_err(told)
}

/// Lays it. Nothing when this machine lacks a service.
pub async fn lay(engine: Engine, name: &str) -> Result<Option<Situations>> {
    if services::binary().is_none() {
        services::skip("no binary");
        return Ok(None);
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("non-interference-{name}-{engine:?}").to_lowercase());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let data = folder.join("house");
    std::fs::create_dir_all(&data)?;
    let url = match engine {
        Engine::Sqlite => sqlite_in(&data),
        Engine::Postgres => {
            let Some(url) = services::postgres_database().await? else {
                services::skip("no PostgreSQL");
                return Ok(None);
            };
            url
        }
    };
    let base = Base {
        engine,
        url: url.clone(),
        data: data.clone(),
        folder: folder.clone(),
    };
    let ground = Ground {
        url,
        data: &data,
        folder: &folder,
        environment: Vec::new(),
    };
    let laid = laying::house(ground, CANDIDATES).await?;
    let clock = Moved::at(Utc::now());
    let context = Context {
        clock: clock.clone(),
        ..context(laid.database)?
    };
    let reader = context.db.read();
    let school = schools::of_session(&reader, laid.session).await?;
    let school = school.into_iter().next().context("a school")?;
    let password = secrets::hash_password(&context, PASSWORD.to_owned())
        .await
        .map_err(told)?;
    let laying = Laying {
        password,
        head: head_of(&school, laid.session, context.today()),
        authority: school.school.authority,
        session: laid.session,
        clock,
        context,
        base,
    };
    laying.situations(school.school.id).await.map(Some)
}

impl Laying {
    async fn situations(self, centre: delos_domain::ids::SchoolId) -> Result<Situations> {
        let all = self.sittings().await?;
        ensure!(all.len() == CANDIDATES, "{} sittings", all.len());
        let last = all.last().context("a sitting")?.day;
        let of_day = |day: NaiveDate| all.iter().filter(move |one| one.day == day);
        // The first whole day: on the one before, a commission sits in the afternoon alone.
        let mut days = all.iter().map(|one| one.day);
        let first = days.find(|day| of_day(*day).count() >= 5);
        let first = first.context("no whole day")?;
        let middle: Vec<&DatedSitting> = all
            .iter()
            .filter(|one| one.day > first && one.day < last)
            .collect();
        ensure!(middle.len() >= 8, "{} in the middle", middle.len());
        // A month before: what was decided has left.
        self.clock.show(instant(first - Days::new(31), 600));
        self.all_has_left().await?;

        let (declared, [planned, again, kept, closed]) =
            (&all[1], [1, 2, 3, 4].map(|at| middle[at]));
        let [convoked, silent] = [5, 6].map(|at| middle[at]);
        self.miss(planned.id, AbsenceKind::Justified).await?;
        self.miss(again.id, AbsenceKind::Justified).await?;
        // A third of time more: what is not his to do without is on his convocation.
        self.base
            .execute(&format!(
                "update candidate set preparation_numerator = 4, preparation_denominator = 3 where id = {}",
                self.id(again.candidate.0)
            ))
            .await?;
        while tasks::run_next(&self.context).await? {}
        let reader = self.context.db.read();
        let other_date = sittings::of_candidate(&reader, again.candidate).await?;
        let other_date = other_date.context("no other date was found")?;
        done(reschedule::confirm(&self.context, &self.head, other_date.id).await)?;
        let closure = NewClosure {
            centre,
            first: last,
            last,
            reason: "Inondation".to_owned(),
        };
        let cancelled = of_day(last).next().context("the last day")?;
        close_centre::close(&self.context, &self.head, &closure)
            .await
            .map_err(told)?;
        self.all_has_left().await?;
        self.name_a_room(convoked.candidate).await?;
        self.rewrite(
            kept.candidate,
            "keeps_mark = true, sitting_state = 'unplanned'",
        )
        .await?;
        self.rewrite(
            closed.candidate,
            "dossier_state = 'nv_late', sitting_state = 'closed', assessment_state = 'closed', mark_state = 'closed'",
        )
        .await?;
        for one in [kept, closed] {
            let sql = format!("delete from sitting where id = {}", self.id(one.id.0));
            self.base.execute(&sql).await?;
        }
        self.clock.show(instant(first - Days::new(20), 600));
        self.acknowledge(convoked.candidate).await?;

        self.clock.show(instant(declared.day, 1_200));
        self.miss(declared.id, AbsenceKind::Unjustified).await?;
        let mut today = of_day(first);
        let mut next = || today.next().context("the first day");
        let (heard, under_way, unrecorded) = (next()?, next()?, next()?);
        let afternoon = of_day(first).next_back().context("the first day")?;
        for (one, phases) in [(heard, usize::MAX), (under_way, 2)] {
            self.record(one, phases).await?;
        }

        self.all_has_left().await?;
        let mut cases = Vec::new();
        for (what, one) in [
            ("interrogated", heard),
            ("being interrogated", under_way),
            ("come, nothing recorded", unrecorded),
            ("come the day before, nothing recorded", &all[0]),
            ("expected later on the day", afternoon),
            ("declared absent", declared),
            ("given another date that is not confirmed", planned),
            ("convoked again", again),
            ("without a date after a closure", cancelled),
            ("keeping a mark", kept),
            ("not valid", closed),
            ("convoked, acknowledged", convoked),
            ("convoked", silent),
        ] {
            cases.push(self.case(what, one).await?);
        }
        let code = {
            let all = authorities::all(&self.context.db.read()).await?;
            let own = all.into_iter().find(|one| one.id == self.authority);
            own.context("the authority")?.code
        };
        Ok(Situations {
            base: self.base,
            session: self.session,
            authority: self.authority,
            authority_code: code,
            head: self.head,
            first,
            next: middle[0].day,
            cases,
            other: middle[7].id,
        })
    }

    fn id(&self, id: Uuid) -> String {
        id_in(self.base.engine, id)
    }

    async fn sittings(&self) -> Result<Vec<DatedSitting>> {
        all_sittings(&self.context, &self.head).await
    }

    /// Every message that was decided is sent.
    async fn all_has_left(&self) -> Result<()> {
        let sql = "update outbox_message set status = 'sent', sent_at = created_at where status = 'ready'";
        self.base.execute(sql).await
    }

    async fn rewrite(&self, id: CandidateId, columns: &str) -> Result<()> {
        let sql = format!(
            "update candidate set {columns} where id = {}",
            self.id(id.0)
        );
        self.base.execute(&sql).await
    }

    async fn miss(&self, sitting: SittingId, kind: AbsenceKind) -> Result<()> {
        let about = About::Sitting(sitting);
        let preview = absence::preview(&self.context, &self.head, about, kind)
            .await
            .map_err(told)?;
        let new = NewAbsence {
            about,
            kind,
            confirmed: preview.consequence,
            reason: Some("Grippe".to_owned()),
            piece: None,
            seat: None,
        };
        let recorded = absence::record(&self.context, &self.head, &new).await;
        done(recorded.map(drop))
    }

    fn own(&self, id: CandidateId) -> Actor {
        acting(
            Role::Candidate,
            Perimeter::Candidate(id, self.authority),
            (self.session, self.context.today()),
            id.0,
        )
    }

    async fn acknowledge(&self, id: CandidateId) -> Result<()> {
        done(acknowledge::own(&self.context, &self.own(id), 1).await)
    }

    /// No command gives a room yet: the convocation of one candidate is rewritten as if one had.
    async fn name_a_room(&self, id: CandidateId) -> Result<()> {
        let (message, payload) = self.convocation(id).await?.context("a convocation")?;
        let Payload::CandidateConvocation(mut letter) = Payload::from_bytes(&payload)? else {
            anyhow::bail!("no convocation")
        };
        letter.centre.room = Some("B 204".to_owned());
        let payload = Payload::CandidateConvocation(letter).to_bytes();
        let tx = self.context.db.write().await?;
        outbox::keep_after_end(&tx, MessageId(message), &payload).await?;
        tx.commit(()).await?.into_inner();
        Ok(())
    }

    async fn convocation(&self, id: CandidateId) -> Result<Option<(Uuid, Vec<u8>)>> {
        let scope = self
            .own(id)
            .scope::<ReadOwnConvocation>(self.context.today())?;
        let reader = self.context.db.read();
        let found = outbox::in_force_about_candidate(&reader, &scope, id).await?;
        Ok(found.map(|one| (one.id.0, one.payload)))
    }

    /// The commission records when the first phases begin and end, at the hours of the plan.
    async fn record(&self, one: &DatedSitting, phases: usize) -> Result<()> {
        let examiner = examiner(&self.context, (self.session, self.authority), one, 0).await?;
        for (phase, start) in one.starts.iter().enumerate().take(phases) {
            self.clock.show(instant(one.day, *start));
            let at = at_minute(one.day, *start);
            let mut events = Vec::new();
            for (act, at) in [(Act::Start, at), (Act::Stop, at + TimeDelta::minutes(1))] {
                events.push(NewEvent {
                    key: Uuid::now_v7(),
                    phase,
                    act,
                    at,
                    takes_back: None,
                });
            }
            let recorded = record_phases(&self.context, &examiner, one.id, &events)
                .await
                .map_err(told)?;
            ensure!(recorded.iter().all(Option::is_none), "{recorded:?}");
        }
        Ok(())
    }

    /// Somebody, with the password of everybody and without a session.
    async fn case(&self, what: &'static str, one: &DatedSitting) -> Result<Case> {
        let reader = self.context.db.read();
        let person = candidates::named(&reader, &[one.candidate]).await?;
        let person = person.into_iter().next().context("a candidate")?;
        let session = sessions::by_id(&reader, self.session).await?;
        let session = session.context("the session")?.code;
        let all = authorities::all(&reader).await?;
        let authority = all.iter().find(|one| one.id == self.authority);
        let code = &authority.context("the authority")?.code;
        let login = sign_in::candidate_login(&session, code, &person.candidate.number);
        let account = accounts::by_login(&reader, &login).await?;
        let account = account.with_context(|| login.clone())?;
        let mandates = accounts::mandates_of(&reader, &[account.id]).await?;
        let mandate = mandates.first().context("a mandate")?.id;
        let tx = self.context.db.write().await?;
        accounts::set_password(&tx, &account, &self.password).await?;
        tx.commit(()).await?.into_inner();
        let (revision, link) = match self.convocation(one.candidate).await? {
            Some((message, payload)) => {
                let signature = AcknowledgementKey::of(&reader).sign(message);
                let link = format!("{message}.{signature}");
                match Payload::from_bytes(&payload)? {
                    Payload::CandidateConvocation(letter) => (letter.revision, link),
                    _ => (0, link),
                }
            }
            None => (0, String::new()),
        };
        let sitting = sittings::of_candidate(&reader, one.candidate).await?;
        Ok(Case {
            what,
            candidate: one.candidate,
            number: person.candidate.number.to_string(),
            account: account.id,
            mandate,
            tokens: [Uuid::new_v4(), Uuid::new_v4()].map(|one| one.simple().to_string()),
            sitting: sitting.map(|one| one.id),
            revision,
            link,
        })
    }
}
