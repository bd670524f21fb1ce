//! The systemd units, as they are written: their very commands, user and environment, on PostgreSQL, Redis and a relay, and a
//! convocation that arrives. What systemd itself adds (its sandbox) is for `systemd-analyze` in `cargo xtask lint`.

/// Units and what is done with them.
mod units {
    mod unit;

    use std::path::{Path, PathBuf};
    use std::process::Child;
    use std::time::{Duration, Instant};

    use anyhow::{Context as _, Result, bail, ensure};
    use delos_tests::files::{import, of_academy, rows};
    use delos_tests::house::{House, PUBLIC, Served, port};
    use delos_tests::people::{administrator, heads, officer};
    use delos_tests::plans::job;
    use delos_tests::relay::Relay;
    use delos_tests::{post, services};

    use unit::{Place, Unit};

    /// The school whose candidates are convoked.
    const SCHOOL: &str = "0717061P";
    /// Longest wait for a process to open.
    const PATIENCE: Duration = Duration::from_mins(1);

    #[test]
    fn on_postgres_the_units_as_written_convoke_a_candidate() -> Result<()> {
        let Some(ground) = Ground::lay("as-written")? else {
            return Ok(());
        };
        let (house, _worker) = ground.start(&Units::read()?)?;
        let mut admin = administrator(&house)?;
        let mut officer = officer(&house, &mut admin, "07")?;
        for (kind, name) in [
            ("schools", "etablissements.csv"),
            ("examiners", "examinateurs.csv"),
            ("candidates", "candidats.csv"),
        ] {
            let own = of_academy(name, "Dijon")?;
            import(&mut officer, kind, (name, &own), None)?;
        }
        let mut heads = heads(&house, &mut officer)?;
        let head = heads.get_mut(SCHOOL).context("the head")?;
        job(head, "CCF", ["--school", SCHOOL])?;
        let convoked = rows("candidats.csv")?
            .into_iter()
            .find(|row| {
                row["UAI"] == SCHOOL
                    && row["Forme"].to_lowercase() == "ccf"
                    && row["Note conservée"].is_empty()
                    && !row["Courriel"].is_empty()
            })
            .context("a candidate")?;
        let mail = post::to(&house, &convoked["Courriel"], 1)?;
        assert_eq!(mail["faults"], serde_json::json!([]));
        ensure!(
            mail["text"]
                .as_str()
                .is_some_and(|text| text.contains(PUBLIC))
        );
        Ok(())
    }

    /// A test that cannot fail is worse than none: a wrong option, an unknown setting, a user who is nobody's.
    #[test]
    fn on_postgres_a_unit_that_is_wrong_is_found() -> Result<()> {
        let Some(ground) = Ground::lay("wrong")? else {
            return Ok(());
        };
        let wrong: [fn(&mut Units); 5] = [
            |units| units.gateway.replace("--no-worker", "--no-workers"),
            |units| units.gateway.replace("serve", "server"),
            |units| units.worker.replace("--data", "--dat"),
            |units| units.migrate.replace("migrate", "migrates"),
            |units| {
                let one = ("DELOS_LOG__FORMT".to_owned(), "json".to_owned());
                units.worker.environment.push(one);
            },
        ];
        for (number, spoil) in wrong.into_iter().enumerate() {
            let mut units = Units::read()?;
            spoil(&mut units);
            let started = ground.start(&units);
            ensure!(started.is_err(), "fault {number} is not found");
        }
        Ok(())
    }

    /// The three units of a house.
    struct Units {
        migrate: Unit,
        gateway: Unit,
        worker: Unit,
    }

    impl Units {
        fn read() -> Result<Self> {
            Ok(Self {
                migrate: Unit::read("delos-migrate.service")?,
                gateway: Unit::read("delos-gateway.service")?,
                worker: Unit::read("delos-worker.service")?,
            })
        }
    }

    /// What stands before a unit starts: a laid house, its settings, a relay.
    struct Ground {
        place: Place,
        database: String,
        printed: String,
        folder: PathBuf,
    }

    impl Drop for Ground {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    impl Ground {
        fn lay(name: &str) -> Result<Option<Self>> {
            let (Some(binary), Some(redis)) = (services::binary(), services::redis()) else {
                services::skip("no binary or no Redis");
                return Ok(None);
            };
            if !post::readers() {
                return Ok(None);
            }
            let Some(database) = database()? else {
                services::skip("no PostgreSQL");
                return Ok(None);
            };
            // Where the units' account is let in: a checkout need not be.
            let folder =
                std::env::temp_dir().join(format!("delos-units-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder)?;
            let data = folder.join("var-lib-delos");
            std::fs::create_dir(&data)?;
            unit::give(&folder, &data)?;
            let mut place = Place {
                binary: unit::within_reach(&folder, &binary)?,
                data,
                environment: folder.join("delos.env"),
                listen: format!("127.0.0.1:{}", port()?),
            };
            let settings = [
                ("DELOS_PUBLIC_URL", PUBLIC.to_owned()),
                ("DELOS_DATABASE__URL", database.clone()),
                ("DELOS_REDIS__URL", redis),
                ("DELOS_MAIL__RELAY", "smtp://127.0.0.1:1".to_owned()),
                // The relay is on this machine and has no certificate; required TLS is tried in the notifier's own cases.
                ("DELOS_MAIL__TLS", "opportunistic".to_owned()),
            ];
            unit::write_environment(&place.environment, &settings)?;
            let init = Unit::read("delos-migrate.service")?.with(&[
                "init",
                "--data",
                "/var/lib/delos",
                "--database",
                &database,
                "--session",
                delos_tests::house::SESSION,
                "--regulation",
                delos_tests::house::REGULATION,
                "--admin-email",
                delos_tests::house::ADMIN,
            ]);
            let printed = init.run(&place)?;
            let dates = delos_tests::house::sample("session-2027.toml");
            let dates = unit::within_reach(&folder, &dates)?;
            let set = Unit::read("delos-migrate.service")?.with(&[
                "session",
                "set",
                delos_tests::house::text(&dates)?,
                "--session",
                delos_tests::house::SESSION,
                "--data",
                "/var/lib/delos",
            ]);
            set.run(&place)?;
            place.listen = format!("127.0.0.1:{}", port()?);
            Ok(Some(Self {
                place,
                database,
                printed,
                folder,
            }))
        }

        /// Starts the units in the order that they ask for; an error when one does not stand.
        fn start(&self, units: &Units) -> Result<(House, Running)> {
            let relay = Relay::start(&self.folder.join("relay"), &[])?.context("no SMTP relay")?;
            unit::set(&self.place.environment, "DELOS_MAIL__RELAY", &relay.url())?;
            units.migrate.run(&self.place)?;
            let mut worker = Running(units.worker.start(&self.place, &self.folder, "worker")?);
            let served = units.gateway.start(&self.place, &self.folder, "gateway")?;
            let port = self.place.listen.rsplit(':').next().unwrap_or_default();
            let house = House::around(Served {
                folder: self.folder.clone(),
                data: self.place.data.clone(),
                relay,
                printed: self.printed.clone(),
                port: port.parse()?,
                binary: self.place.binary.clone(),
                database: self.database.clone(),
                served,
            })?;
            // Whatever is wrong with a worker is said at its start.
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE {
                if let Some(status) = worker.0.try_wait()? {
                    bail!("the worker ended with {status}");
                }
                if read(&self.folder.join("worker.log")).contains("the worker begins")
                    && house.read("select count(*)::text from worker")? != "0"
                {
                    return Ok((house, worker));
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            bail!(
                "the worker does not begin; its log is in {}",
                self.folder.display()
            )
        }
    }

    /// A process that is killed when dropped.
    struct Running(Child);

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn read(file: &Path) -> String {
        std::fs::read_to_string(file).unwrap_or_default()
    }

    fn database() -> Result<Option<String>> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(services::postgres_database())
    }
}
