//! Commands against a small house of one's own: what stands between two instants, which no scenario through the front
//! door can hold.

#[cfg(test)]
mod house {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use chrono::{DateTime, TimeDelta, Utc};
    use delos_application::attempts::Attempts;
    use delos_application::init_house::{House, InitHouseInput, init_house};
    use delos_application::lanes::Lanes;
    use delos_application::sign_in::{FirstAccess, Login, SignedIn, first_access, resume, sign_in};
    use delos_application::tasks::run_next;
    use delos_application::{
        Clock, CommandError, CommandResult, Context, Entropy, Ids, Refusal, Settings,
    };
    use delos_domain::email::EmailAddress;
    use delos_domain::ids::TaskId;
    use delos_persistence::tasks::{self, TaskRecord};
    use delos_persistence::{Database, DatabaseAddress, MasterKey, accounts};
    use delos_signals::Signals;
    use uuid::Uuid;

    const ADMIN: &str = "admin@delos.example";
    const PASSWORD: &str = "quatre mots au hasard";

    /// Time that passes when it is told to, ids and bytes that only have to differ.
    #[derive(Default)]
    struct Hands {
        seconds: AtomicI64,
        next: AtomicU64,
    }

    impl Clock for Hands {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(1_804_147_200 + self.seconds.load(Ordering::SeqCst), 0)
                .unwrap_or_default()
        }
    }

    impl Ids for Hands {
        fn next(&self) -> Uuid {
            Uuid::from_u128(u128::from(self.next.fetch_add(1, Ordering::SeqCst)) + 1)
        }
    }

    impl Entropy for Hands {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = (self.next.fetch_add(1, Ordering::SeqCst) % 251) as u8;
            }
        }
    }

    struct Bench {
        context: Context,
        hands: Arc<Hands>,
        laid: House,
        _folder: tempfile::TempDir,
    }

    impl Bench {
        async fn lay() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let context_and_hands = context(&folder.path().join("house.sqlite")).await;
            let (context, hands) = context_and_hands;
            let input = InitHouseInput {
                admin_email: EmailAddress::parse(ADMIN).unwrap(),
                session: "2027".to_owned(),
                regulation: "bts-sio-2024-e5".to_owned(),
            };
            let laid = init_house(&context, &input).await.unwrap();
            Self {
                context,
                hands,
                laid,
                _folder: folder,
            }
        }

        fn pass(&self, seconds: i64) {
            self.hands.seconds.fetch_add(seconds, Ordering::SeqCst);
        }

        async fn enter(&self, password: &str) -> CommandResult<SignedIn> {
            let proof = FirstAccess::Link {
                token: self.laid.token.clone(),
            };
            first_access(&self.context, &proof, password.to_owned()).await
        }

        async fn sign_in(&self, password: &str) -> CommandResult<SignedIn> {
            let login = Login::Staff {
                email: ADMIN.to_owned(),
            };
            sign_in(&self.context, &login, password.to_owned()).await
        }

        /// Whatever is written to a table fails, as on a full disk.
        async fn close(&self, table: &str, what: &str) {
            let trigger = format!(
                "create trigger closed_{table} before {what} on {table} begin select raise(abort, 'full'); end"
            );
            self.context.db.execute_for_test(&trigger).await.unwrap();
        }

        /// A task that waits.
        async fn put(&self) -> TaskId {
            let record = TaskRecord {
                id: TaskId(self.context.ids.next()),
                session: self.laid.session,
                authority: None,
                school: None,
                account: None,
                mandate: None,
                kind: "import".to_owned(),
                input: format!("{{\"staged\":\"{}\"}}", Uuid::from_u128(7)),
                state: "ready".to_owned(),
                done: 0,
                total: 0,
                detail: None,
                created_at: self.context.now(),
                ended_at: None,
                version: 1,
            };
            let tx = self.context.db.write().await.unwrap();
            tasks::insert(&tx, &record).await.unwrap();
            tx.commit(()).await.unwrap().into_inner();
            record.id
        }

        async fn task(&self, id: TaskId) -> (String, Option<String>) {
            let found = tasks::state_of(&self.context.db.read(), id).await.unwrap();
            let found = found.unwrap();
            (found.state, found.detail)
        }
    }

    async fn context(file: &Path) -> (Context, Arc<Hands>) {
        let hands = Arc::new(Hands::default());
        let address = DatabaseAddress::Sqlite(file.to_owned());
        let db = Database::open(&address, MasterKey::new([7; 32]), true)
            .await
            .unwrap();
        let id = "bts-sio-2024-e5";
        let regulation = delos_regulation::load(id).unwrap_or_else(|faults| panic!("{faults:?}"));
        let context = Context {
            db,
            clock: hands.clone(),
            ids: hands.clone(),
            entropy: hands.clone(),
            regulations: Arc::new(BTreeMap::from([(id.to_owned(), regulation)])),
            signals: Signals::local(),
            lanes: Lanes::new(2),
            attempts: Attempts::default(),
            settings: Arc::new(Settings {
                public_url: "https://delos.example".to_owned(),
            }),
        };
        (context, hands)
    }

    fn code<T: std::fmt::Debug>(result: CommandResult<T>) -> &'static str {
        match result {
            Err(CommandError::Refused(Refusal { code, .. })) => code,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn whoever_only_reads_is_served_when_nothing_can_be_written() {
        let bench = Bench::lay().await;
        let signed = bench.enter(PASSWORD).await.unwrap();
        bench.close("web_session", "update").await;
        bench.pass(120);
        let person = resume(&bench.context, &signed.token).await.unwrap();
        assert!(person.is_some());

        // Nor does he wait for a writer that is long at work.
        let tx = bench.context.db.write().await.unwrap();
        let waited = resume(&bench.context, &signed.token);
        let person = tokio::time::timeout(Duration::from_secs(10), waited).await;
        assert!(person.unwrap().unwrap().is_some());
        drop(tx);
    }

    /// The password is changed while the old one, right until then, is being checked.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_sign_in_is_decided_on_the_account_as_it_stands() {
        let bench = Bench::lay().await;
        bench.enter(PASSWORD).await.unwrap();
        let reader = bench.context.db.read();
        let account = accounts::by_login(&reader, ADMIN).await.unwrap().unwrap();

        // Two long checks keep the lane; this one is read, and waits.
        let mut holders = Vec::new();
        for _ in 0..2 {
            let (holder, held) = mpsc::channel::<()>();
            let lanes = bench.context.lanes.clone();
            let (begun, begins) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                lanes
                    .password(move || {
                        let _ = begun.send(());
                        held.recv().is_ok()
                    })
                    .await
            });
            begins.await.unwrap();
            holders.push(holder);
        }
        let change = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let tx = bench.context.db.write().await.unwrap();
            accounts::set_password(&tx, &account, "changed")
                .await
                .unwrap();
            tx.commit(()).await.unwrap().into_inner();
            drop(holders);
        };
        let (signed, ()) = tokio::join!(bench.sign_in(PASSWORD), change);
        assert_eq!(code(signed), "bad_credentials");
    }

    /// What is known about a person is refused once it is known who he is, and the link serves again.
    #[tokio::test]
    async fn ones_own_name_is_no_password() {
        let bench = Bench::lay().await;
        for own in ["Administration-27", "admin@delos.example"] {
            assert_eq!(code(bench.enter(own).await), "password_too_common", "{own}");
        }
        bench.enter(PASSWORD).await.unwrap();
        assert_eq!(code(bench.enter(PASSWORD).await), "bad_code");
    }

    #[tokio::test]
    async fn a_task_that_fails_for_a_reason_that_may_pass_is_tried_three_times() {
        let bench = Bench::lay().await;
        let task = bench.put().await;
        let hide = "alter table staged_file rename to hidden";
        bench.context.db.execute_for_test(hide).await.unwrap();
        for wait in [30, 60] {
            assert!(run_next(&bench.context).await.unwrap());
            assert_eq!(bench.task(task).await, ("running".to_owned(), None));
            bench.pass(wait);
            assert!(!run_next(&bench.context).await.unwrap(), "too early");
            bench.pass(1);
        }
        assert!(run_next(&bench.context).await.unwrap());
        let failed = ("failed".to_owned(), Some("unavailable".to_owned()));
        assert_eq!(bench.task(task).await, failed);

        // What will never pass is not tried again: nobody handed that file in.
        let show = "alter table hidden rename to staged_file";
        bench.context.db.execute_for_test(show).await.unwrap();
        let task = bench.put().await;
        assert!(run_next(&bench.context).await.unwrap());
        assert_eq!(bench.task(task).await.0, "failed");
    }

    #[tokio::test]
    async fn a_task_whose_runners_died_ends() {
        let bench = Bench::lay().await;
        let task = bench.put().await;
        for _ in 0..3 {
            let (now, lease) = (bench.context.now(), TimeDelta::minutes(10));
            let tx = bench.context.db.write().await.unwrap();
            let claimed = tasks::claim(&tx, tasks::Wanted::Any, now, now + lease)
                .await
                .unwrap();
            assert_eq!(claimed.map(|claimed| claimed.id), Some(task));
            tx.commit(()).await.unwrap().into_inner();
            bench.pass(601);
        }
        assert!(run_next(&bench.context).await.unwrap());
        let failed = ("failed".to_owned(), Some("unavailable".to_owned()));
        assert_eq!(bench.task(task).await, failed);
    }
}
