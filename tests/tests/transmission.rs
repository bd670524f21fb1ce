//! From the last visa to the jury, and whatever may go wrong on the way: incomplete, altered, late, forged, twice, twenty
//! at once, by somebody who is no head; on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use delos_application::absence::{self, About, NewAbsence};
use delos_application::assessment::{self, NewEntry, Save};
use delos_application::transmission::{self, Transmit, check_receipt, consign, transmit};
use delos_application::views::{self, consignment, forms::filled, todo, transmissions};
use delos_application::{Clock, CommandError, Context, Refusal, fraud};
use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::bordereau::Blocking;
use delos_domain::candidate::Form;
use delos_domain::email::EmailAddress;
use delos_domain::fraud::Outcome;
use delos_domain::ids::{AccountId, ExaminerId, IdentityId, MandateId, SessionId, SittingId};
use delos_domain::mandate::{Mandate, Perimeter, Role};
use delos_domain::regulation::AbsenceKind;
use delos_domain::scope::{ReadDay, ReadMessages};
use delos_domain::tracks::assessment::State;
use delos_persistence::accounts::{self, AccountRecord};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::outbox::{self, MessageFilter};
use delos_persistence::schools::{self, PageRequest, SchoolRecord};
use delos_persistence::sittings::{self, DatedSitting, SittingFilter};
use delos_persistence::{envelope, journal, plans};
use delos_tests::campaign::laying::{Ground, context, house, sqlite_in};
use delos_tests::papers::{letters, text_layer};
use delos_tests::services;
use uuid::Uuid;

/// Candidates: one school's.
const CANDIDATES: usize = 24;
/// What a commission writes of everybody.
const WRITTEN: [(&str, &str); 3] = [
    (
        "text.phase1",
        "La démarche est posée, les choix d’Île-de-Ré sont justifiés.",
    ),
    (
        "text.phase2",
        "=La recette passe ; #set text(red) reste du texte.",
    ),
    (
        "text.appreciation",
        "Un travail sûr, à l’écoute, ʻOkina et Ÿ compris.",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_sqlite() -> Result<()> {
    run(false).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_postgresql() -> Result<()> {
    run(true).await
}

/// A clock that the test moves.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::minutes(self.0.load(Ordering::Relaxed))
    }
}

struct World {
    context: Context,
    clock: Arc<Moved>,
    school: SchoolRecord,
    session: SessionId,
    head: Actor,
    officer: Actor,
    sittings: Vec<DatedSitting>,
}

async fn run(on_postgresql: bool) -> Result<()> {
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
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("transmission-{engine}"));
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
    let place = Perimeter::School(school.school.id, school.school.authority);
    let authority = Perimeter::Authority(school.school.authority);
    let mut world = World {
        head: person(&context, laid.session, Role::HeadOfSchool, place, "Boëlle").await?,
        officer: person(
            &context,
            laid.session,
            Role::AuthorityOfficer,
            authority,
            "Noël",
        )
        .await?,
        context,
        clock,
        school,
        session: laid.session,
        sittings: Vec::new(),
    };
    world.sittings = world.all_sittings().await?;
    world.nothing_goes_before_its_time().await?;
    world.the_commissions_end().await?;
    world.the_head_consigns().await?;
    world.papers_say_what_was_typed().await?;
    world.a_suspicion_withholds().await?;
    world.what_is_altered_late_or_not_his_is_refused().await?;
    world.of_twenty_at_once_one_goes().await?;
    world.a_receipt_is_held_against_what_is_kept().await?;
    world.afterwards_nothing_changes().await?;
    Ok(())
}

/// Somebody with an account, an address and a mandate.
async fn person(
    context: &Context,
    session: SessionId,
    role: Role,
    perimeter: Perimeter,
    name: &str,
) -> Result<Actor> {
    let address = format!("{}@transmission.example", role.code().replace('_', "-"));
    let today = context.today();
    let account = AccountId(Uuid::now_v7());
    let record = AccountRecord {
        id: account,
        login: address.clone(),
        identity: IdentityRecord {
            id: IdentityId(Uuid::now_v7()),
            family_name: name.to_owned(),
            usage_name: None,
            given_names: "Victoire".to_owned(),
            birth_date: None,
            national_number: None,
            email: EmailAddress::parse(&address).ok(),
        },
        candidate: None,
        password_hash: None,
        disabled: false,
        failures: 0,
        failed_at: None,
        version: 1,
    };
    let mandate = Mandate {
        id: MandateId(Uuid::now_v7()),
        account,
        role,
        perimeter,
        session,
        valid_from: today,
        valid_until: today + Days::new(300),
        revoked: false,
    };
    let tx = context.db.write().await?;
    let key = envelope::session_key(&tx, session.0).await?;
    accounts::insert(&tx, key.id, &record).await?;
    accounts::insert_mandates(&tx, std::slice::from_ref(&mandate), None).await?;
    tx.commit(()).await?.into_inner();
    Ok(Actor::Person {
        account,
        mandate,
        strong: true,
    })
}

fn refused<T>(done: Result<T, CommandError>) -> Result<Refusal> {
    match done {
        Err(CommandError::Refused(refusal)) => Ok(refusal),
        Err(other) => bail!("not refused: {other:?}"),
        Ok(_) => bail!("it was done"),
    }
}

fn code<T>(done: Result<T, CommandError>) -> Result<&'static str> {
    Ok(refused(done)?.code)
}

fn fact<'a>(refusal: &'a Refusal, name: &str) -> &'a str {
    let found = refusal.facts.iter().find(|(one, _)| *one == name);
    found.map_or("", |(_, value)| value)
}

fn weak(actor: &Actor) -> Actor {
    match actor.clone() {
        Actor::Person {
            account, mandate, ..
        } => Actor::Person {
            account,
            mandate,
            strong: false,
        },
        Actor::System => Actor::System,
    }
}

impl World {
    fn ask(typed: &str, late_reason: &str) -> Transmit {
        Transmit {
            form: Form::Ccf,
            typed: typed.to_owned(),
            late_reason: late_reason.to_owned(),
        }
    }

    async fn code_of_session(&self) -> Result<String> {
        let reader = self.context.db.read();
        let session = delos_persistence::sessions::by_id(&reader, self.session).await?;
        Ok(session.context("a session")?.code)
    }

    async fn all_sittings(&self) -> Result<Vec<DatedSitting>> {
        let scope = self
            .head
            .scope::<ReadDay>(self.context.today())
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        Ok(sittings::list(&self.context.db.read(), &scope, &SittingFilter::default()).await?)
    }

    /// The clock shows noon of a day.
    fn at(&self, day: NaiveDate) {
        let noon = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
        let ahead = (noon - Utc::now()).num_minutes();
        self.clock.0.store(ahead, Ordering::Relaxed);
    }

    fn examiner(&self, id: ExaminerId) -> Actor {
        let account = AccountId(Uuid::from_u128(id.0.as_u128() ^ 1));
        let today = self.context.today();
        Actor::Person {
            account,
            mandate: Mandate {
                id: MandateId(Uuid::now_v7()),
                account,
                role: Role::Examiner,
                perimeter: Perimeter::Examiner(id, self.school.school.authority),
                session: self.session,
                valid_from: today - Days::new(1),
                valid_until: today + Days::new(30),
                revoked: false,
            },
            strong: true,
        }
    }

    async fn members(&self, sitting: &DatedSitting) -> Result<Vec<Actor>> {
        let commissions = plans::commissions(&self.context.db.read(), sitting.plan).await?;
        let own = commissions
            .iter()
            .find(|one| one.id == sitting.commission)
            .context("a commission")?;
        Ok(own.members.iter().map(|id| self.examiner(*id)).collect())
    }

    async fn slip(&self) -> Result<consignment::ConsignmentView> {
        Ok(consignment::consignment(&self.context, &self.head, Form::Ccf).await?)
    }

    async fn marks_to_transmit(&self) -> Result<Option<i64>> {
        let lines = todo::todo(&self.context, &self.head).await?;
        let found = lines.iter().find(|one| one.code == "marks_to_transmit");
        Ok(found.map(|one| one.count))
    }

    async fn nothing_goes_before_its_time(&self) -> Result<()> {
        let slip = self.slip().await?;
        assert_eq!(slip.lines.len(), CANDIDATES);
        assert!(
            slip.lines
                .iter()
                .all(|one| one.blocking == [Blocking::NotInterrogated])
        );
        assert!(!slip.late && slip.transmission.is_none() && slip.to_consign == 0);
        assert!(slip.due.is_some());
        let year = self.code_of_session().await?;
        let refusal = refused(transmit(&self.context, &self.head, &Self::ask(&year, "")).await)?;
        assert_eq!(refusal.code, "transmission_incomplete");
        assert_eq!(fact(&refusal, "count"), "24");
        assert_eq!(fact(&refusal, "names").split(", ").count(), 5);
        let all = consign(&self.context, &self.head, Form::Ccf, None).await;
        assert_eq!(code(all)?, "nothing_to_consign");
        let one = self.sittings[0].candidate;
        let one = consign(&self.context, &self.head, Form::Ccf, Some(one)).await;
        assert_eq!(code(one)?, "not_interrogated");
        assert_eq!(self.marks_to_transmit().await?, None);
        Ok(())
    }

    /// Everybody but two is assessed; one is declared absent, of one force majeure is established.
    async fn the_commissions_end(&self) -> Result<()> {
        // After the last day on which anybody may sit, and before the authority's date.
        let due = self.slip().await?.due.context("a date")?;
        self.at(due - Days::new(3));
        for (kind, by, at) in [
            (AbsenceKind::Unjustified, &self.head, 0),
            (AbsenceKind::ForceMajeure, &self.officer, 1),
        ] {
            let about = About::Sitting(self.sittings[at].id);
            let preview = absence::preview(&self.context, by, about, kind).await?;
            let new = NewAbsence {
                about,
                kind,
                confirmed: preview.consequence,
                reason: None,
                piece: None,
                seat: None,
            };
            absence::record(&self.context, by, &new).await?;
        }
        for (number, sitting) in self.sittings.iter().enumerate().skip(2) {
            self.assess(number, sitting).await?;
        }
        let slip = self.slip().await?;
        let settled = slip.lines.iter().filter(|one| one.blocking.is_empty());
        let settled: Vec<String> = settled.map(|one| one.row.outcome.printed()).collect();
        assert_eq!(settled.len(), 2, "{settled:?}");
        assert!(settled.contains(&"AB".to_owned()), "{settled:?}");
        assert_eq!(slip.to_consign, CANDIDATES - 2);
        assert_eq!(self.marks_to_transmit().await?, Some(22));
        Ok(())
    }

    async fn assess(&self, number: usize, sitting: &DatedSitting) -> Result<()> {
        let members = self.members(sitting).await?;
        let mut entries: Vec<(String, String)> = WRITTEN
            .iter()
            .map(|(field, text)| ((*field).to_owned(), (*text).to_owned()))
            .collect();
        let regulation = self
            .context
            .regulation("bts-sio-2024-e5")
            .context("a set")?;
        let person =
            delos_persistence::candidates::named(&self.context.db.read(), &[sitting.candidate])
                .await?
                .pop()
                .context("a candidate")?;
        let grid = regulation
            .assessment
            .grid(person.candidate.option)
            .context("a grid")?;
        let lines = grid.lines().enumerate();
        entries.extend(lines.map(|(place, (_, line))| {
            (format!("level.{}", line.code), (1 + place % 4).to_string())
        }));
        let mark = if number == 2 { "13,5" } else { "12" };
        entries.push(("mark".to_owned(), mark.to_owned()));
        if number == 2 {
            entries.push((
                "penalty.one_realisation_missing".to_owned(),
                "10".to_owned(),
            ));
        }
        let save = Save {
            sitting: sitting.id,
            key: Uuid::now_v7(),
            entries: entries
                .into_iter()
                .map(|(field, value)| NewEntry {
                    field,
                    value,
                    base: 0,
                })
                .collect(),
        };
        let saved = assessment::save(&self.context, &members[0], &save).await?;
        ensure!(
            saved
                .entries
                .iter()
                .all(|one| *one == assessment::EntryAnswer::Saved),
            "{:?}",
            saved.entries
        );
        if number == 2 {
            // What is not validated says so on paper.
            let draft = filled::appreciation(&self.context, &members[0], sitting.id).await?;
            assert!(text_layer(&draft.bytes)?.contains("PROJET"));
            let draft = filled::grid(&self.context, &members[0], sitting.id).await?;
            assert!(text_layer(&draft.bytes)?.contains("PROJET"));
        }
        assessment::validate(&self.context, &members[0], sitting.id, 1).await?;
        if number == 2 {
            let one = consign(
                &self.context,
                &self.head,
                Form::Ccf,
                Some(sitting.candidate),
            )
            .await;
            assert_eq!(code(one)?, "assessment_visas_missing");
        }
        for member in &members {
            let view = views::assessment::one(&self.context, member, sitting.id).await?;
            let content = view.content.context("a content")?;
            assessment::give_visa(&self.context, member, sitting.id, &content).await?;
        }
        Ok(())
    }

    async fn the_head_consigns(&self) -> Result<()> {
        let weak = consign(&self.context, &weak(&self.head), Form::Ccf, None).await;
        assert!(matches!(weak, Err(CommandError::SecondFactor)));
        let officer = consign(&self.context, &self.officer, Form::Ccf, None).await;
        assert!(matches!(officer, Err(CommandError::Forbidden)));
        let one = self.sittings[2].candidate;
        let first = consign(&self.context, &self.head, Form::Ccf, Some(one)).await?;
        assert_eq!(first, 1);
        let again = consign(&self.context, &self.head, Form::Ccf, Some(one)).await;
        assert_eq!(code(again)?, "assessment_already_consigned");
        let year = self.code_of_session().await?;
        let early = refused(transmit(&self.context, &self.head, &Self::ask(&year, "")).await)?;
        assert_eq!(early.code, "transmission_incomplete");
        assert_eq!(fact(&early, "count"), "21");
        let rest = consign(&self.context, &self.head, Form::Ccf, None).await?;
        assert_eq!(rest, 21);
        // Read-only from then on.
        let sitting = &self.sittings[2];
        let member = &self.members(sitting).await?[0];
        let reopening =
            assessment::ask_reopening(&self.context, member, sitting.id, "Une faute").await;
        assert_eq!(code(reopening)?, "assessment_already_consigned");
        assert_eq!(
            code(self.type_again(member, sitting.id).await)?,
            "assessment_already_consigned"
        );
        let slip = self.slip().await?;
        assert!(slip.lines.iter().all(|one| one.blocking.is_empty()));
        let kept = slip.lines.iter().filter(|one| one.keep_until.is_some());
        assert_eq!(kept.count(), 22);
        Ok(())
    }

    async fn type_again(
        &self,
        member: &Actor,
        sitting: SittingId,
    ) -> Result<assessment::Saved, CommandError> {
        let save = Save {
            sitting,
            key: Uuid::now_v7(),
            entries: vec![NewEntry {
                field: "mark".to_owned(),
                value: "20".to_owned(),
                base: 9,
            }],
        };
        assessment::save(&self.context, member, &save).await
    }

    async fn papers_say_what_was_typed(&self) -> Result<()> {
        let id = self.sittings[2].id;
        let sheet = filled::appreciation(&self.context, &self.head, id).await?;
        let text = text_layer(&sheet.bytes)?;
        for (_, written) in WRITTEN {
            assert!(text.contains(&letters(written)), "{written}\n{text}");
        }
        // Its mark is the final one; the proposal stands nowhere on it.
        assert!(!text.contains("13,5") && !text.contains("PROJET"), "{text}");
        assert!(text.contains("Visadonnéle"), "{text}");
        let grid = filled::grid(&self.context, &self.head, id).await?;
        let text = text_layer(&grid.bytes)?;
        let sentence = "13,5 arrondi au point supérieur : 14 ; pénalité de 10 points : il reste 4.";
        assert!(text.contains(&letters(sentence)), "{text}");
        assert!(text.contains("Retenue:10points"), "{text}");
        // Asked again it is the same, byte for byte.
        let again = filled::grid(&self.context, &self.head, id).await?;
        assert_eq!(again.bytes, grid.bytes);
        let slip = transmission::bordereau_pdf(&self.context, &self.head, Form::Ccf).await?;
        let text = text_layer(&slip.bytes)?;
        assert!(text.contains("Documentdetravail"), "{text}");
        assert!(
            text.contains(&letters("22 notes proposées, 0 NV, 1 AB"))
                || text.contains(&letters("23 notes proposées, 0 NV, 1 AB")),
            "{text}"
        );
        let csv = transmission::bordereau_csv(&self.context, &self.head, Form::Ccf).await?;
        let csv = String::from_utf8(csv.bytes)?;
        assert!(
            csv.starts_with('\u{feff}') && csv.lines().count() == CANDIDATES + 1,
            "{csv}"
        );
        assert!(
            csv.contains(";AB;") && csv.contains("Force majeure"),
            "{csv}"
        );
        Ok(())
    }

    async fn a_suspicion_withholds(&self) -> Result<()> {
        let sitting = &self.sittings[3];
        let member = weak(&self.members(sitting).await?[0]);
        let context = &self.context;
        let blank = fraud::suspect_fraud(context, &member, sitting.id, "  ").await;
        assert_eq!(code(blank)?, "suspicion_reason_missing");
        let long = "é".repeat(2_001);
        let long = fraud::suspect_fraud(context, &member, sitting.id, &long).await;
        assert_eq!(code(long)?, "text_too_long");
        let officer = fraud::suspect_fraud(context, &self.officer, sitting.id, "Vu").await;
        assert!(matches!(officer, Err(CommandError::Forbidden)));
        fraud::suspect_fraud(context, &member, sitting.id, "Un téléphone allumé").await?;
        let twice = fraud::suspect_fraud(context, &self.head, sitting.id, "Encore").await;
        assert_eq!(code(twice)?, "result_withheld");
        let slip = self.slip().await?;
        let one = slip
            .lines
            .iter()
            .find(|one| one.candidate == sitting.candidate);
        let one = one.context("he stays on the slip")?;
        assert!(one.withheld && one.blocking.is_empty());
        assert!(
            one.row
                .remark
                .as_ref()
                .is_some_and(|said| said.contains("suspicion de fraude"))
        );
        Ok(())
    }

    async fn what_is_altered_late_or_not_his_is_refused(&self) -> Result<()> {
        let (context, year) = (&self.context, self.code_of_session().await?);
        for typed in ["", "oui", "2020"] {
            let refusal = refused(transmit(context, &self.head, &Self::ask(typed, "")).await)?;
            assert_eq!(refusal.code, "transmission_not_confirmed");
            assert_eq!(fact(&refusal, "code"), year);
        }
        // Somebody wrote behind the house's back.
        context
            .db
            .execute_for_test("update consignment set digest = 'x' || digest")
            .await?;
        let altered = refused(transmit(context, &self.head, &Self::ask(&year, "")).await)?;
        assert_eq!(altered.code, "transmission_altered");
        assert_eq!(fact(&altered, "count"), "22");
        context
            .db
            .execute_for_test("update consignment set digest = substr(digest, 2)")
            .await?;

        let member = self.members(&self.sittings[2]).await?.remove(0);
        for other in [&self.officer, &member] {
            let done = transmit(context, other, &Self::ask(&year, "")).await;
            assert!(matches!(done, Err(CommandError::Forbidden)));
        }
        let done = transmit(context, &weak(&self.head), &Self::ask(&year, "")).await;
        assert!(matches!(done, Err(CommandError::SecondFactor)));

        // A day late.
        let due = self.slip().await?.due.context("a date")?;
        self.at(due);
        assert!(!self.slip().await?.late);
        self.at(due + Days::new(1));
        assert!(self.slip().await?.late);
        let late = refused(transmit(context, &self.head, &Self::ask(&year, " ")).await)?;
        assert_eq!(
            (late.code, fact(&late, "day")),
            ("transmission_late", due.to_string().as_str())
        );
        let long = "é".repeat(2_001);
        let long = transmit(context, &self.head, &Self::ask(&year, &long)).await;
        assert_eq!(code(long)?, "text_too_long");
        Ok(())
    }

    async fn of_twenty_at_once_one_goes(&self) -> Result<()> {
        let year = self.code_of_session().await?;
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (context, head) = (self.context.clone(), self.head.clone());
            let asked = Self::ask(&year, "Panne du réseau de l’établissement");
            all.spawn(async move { transmit(&context, &head, &asked).await });
        }
        let (mut gone, mut told) = (0, 0);
        while let Some(done) = all.join_next().await {
            match done? {
                Ok(_) => gone += 1,
                other => {
                    assert_eq!(code(other)?, "transmission_done");
                    told += 1;
                }
            }
        }
        println!("20 at once: {gone} went, {told} were told that it had");
        assert_eq!((gone, told), (1, 19));
        Ok(())
    }

    async fn a_receipt_is_held_against_what_is_kept(&self) -> Result<()> {
        let context = &self.context;
        let slip = self.slip().await?;
        let sent = slip.transmission.context("a transmission")?;
        assert!(sent.late && sent.counts.candidates == 24 && sent.counts.absent == 1);
        assert_eq!((sent.counts.proposed, sent.counts.withheld), (23, 1));
        assert_eq!(sent.files, 2 + 2 * 22);
        for reader in [&self.head, &weak(&self.head), &self.officer] {
            let checked = check_receipt(context, reader, &sent.number, &sent.code).await?;
            assert_eq!((checked.candidates, checked.files), (24, 46));
            assert!(checked.late_since.is_some());
        }
        let typed = sent.code.to_lowercase().replace(' ', "-");
        check_receipt(
            context,
            &self.head,
            &format!(" n° {} ", sent.number.to_lowercase()),
            &typed,
        )
        .await?;
        for forged in ["", "0000 0000 0000 0000", &sent.code[..18]] {
            let done = check_receipt(context, &self.head, &sent.number, forged).await;
            assert_eq!(code(done)?, "receipt_forged", "{forged}");
        }
        let done = check_receipt(context, &self.head, "T-0000000A-2027-CCF", &sent.code).await;
        assert_eq!(code(done)?, "receipt_unknown");

        let receipt = transmission::receipt_pdf(context, &self.officer, sent.id).await?;
        let text = text_layer(&receipt.bytes)?;
        for said in [
            &sent.number,
            &sent.code,
            "Transmis en retard",
            "Panne du réseau",
        ] {
            assert!(text.contains(&letters(said)), "{said}\n{text}");
        }
        assert!(!text.contains("13,5"), "a mark in a receipt");

        // A file that is downloaded is the one that the receipt knows.
        let key = envelope::session_key(&context.db.read(), self.session.0).await?;
        for file in [
            filled::grid(context, &self.head, self.sittings[2].id).await?,
            filled::appreciation(context, &self.head, self.sittings[4].id).await?,
            transmission::bordereau_pdf(context, &self.head, Form::Ccf).await?,
            transmission::bordereau_csv(context, &self.head, Form::Ccf).await?,
        ] {
            let print = key.digest("delos-transmitted-file-v1", &file.bytes);
            let print = delos_persistence::consignments::hexadecimal(&print);
            assert!(text.contains(&print), "{}: {print}\n{text}", file.name);
        }
        Ok(())
    }

    async fn afterwards_nothing_changes(&self) -> Result<()> {
        let (context, year) = (&self.context, self.code_of_session().await?);
        let twice = refused(transmit(context, &self.head, &Self::ask(&year, "Encore")).await)?;
        assert_eq!(twice.code, "transmission_done");
        assert!(fact(&twice, "number").starts_with("T-"));
        let sitting = &self.sittings[2];
        let member = &self.members(sitting).await?[0];
        assert_eq!(
            code(self.type_again(member, sitting.id).await)?,
            "assessment_already_transmitted"
        );
        let reopening = assessment::ask_reopening(context, &self.head, sitting.id, "Faute").await;
        assert_eq!(code(reopening)?, "assessment_already_transmitted");
        let slip = self.slip().await?;
        let states = slip
            .lines
            .iter()
            .filter(|one| one.state == State::Transmitted);
        assert_eq!(states.count(), 22);
        assert_eq!(self.marks_to_transmit().await?, None);

        let seen = transmissions::transmissions(context, &self.officer).await?;
        assert_eq!((seen.made.len(), seen.awaited.len()), (1, 0));
        let open = transmissions::suspicions_of(context, &self.officer).await?;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].reason, "Un téléphone allumé");
        let head = transmissions::suspicions_of(context, &self.head).await;
        assert!(matches!(head, Err(CommandError::Forbidden)));
        let rule = |text: &'static str| {
            fraud::rule_on_fraud(context, &self.officer, open[0].id, Outcome::NoFraud, text)
        };
        assert_eq!(code(rule(" ").await)?, "suspicion_ruling_missing");
        rule("Relaxe : le téléphone était éteint.").await?;
        assert_eq!(code(rule("Encore").await)?, "suspicion_ruled");
        assert!(self.slip().await?.lines.iter().all(|one| !one.withheld));

        // The receipt by mail, to the head and to the officer: no mark in it.
        let scope = self
            .officer
            .scope::<ReadMessages>(context.today())
            .map_err(|_| anyhow::anyhow!("forbidden"))?;
        let reader = context.db.read();
        let filter = MessageFilter {
            kind: Some("transmission_receipt".to_owned()),
            ..MessageFilter::default()
        };
        let page = PageRequest {
            limit: 50,
            ..PageRequest::default()
        };
        let mails = outbox::list(&reader, &scope, &filter, &page).await?.items;
        assert_eq!(mails.len(), 2);
        for mail in mails {
            let (_, bytes) = outbox::one(&reader, &scope, mail.id)
                .await?
                .context("a mail")?;
            let Payload::TransmissionReceipt(told) = Payload::from_bytes(&bytes)? else {
                bail!("another kind");
            };
            assert!(told.late_since.is_some() && told.candidates == 24);
            let said = String::from_utf8(bytes)?;
            assert!(!said.contains("13,5") && !said.contains("note"), "{said}");
        }
        assert_eq!(journal::count(&reader, "TransmitToJury").await?, 1);
        assert_eq!(journal::count(&reader, "RuleOnFraud").await?, 1);
        Ok(())
    }
}
