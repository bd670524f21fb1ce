//! What no command can bring about yet, written in the rows.

use anyhow::{Context as _, Result};
use delos_domain::tracks::{Columns, Phase, Tracks, assessment, dossier, mark, sitting};
use delos_persistence::{Database, DatabaseAddress, MasterKey};

use delos_tests::house::House;

/// The house's database, behind its back.
pub struct Store {
    database: Database,
    runtime: tokio::runtime::Runtime,
}

impl Store {
    /// Opens the database of a house; what is enveloped in it stays shut.
    pub fn open(house: &House) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let text = std::fs::read_to_string(house.folder.join("house/delos.toml"))?;
        let configuration: toml::Value = toml::from_str(&text)?;
        let url = configuration["database"]["url"]
            .as_str()
            .context("a database")?;
        let address = DatabaseAddress::parse(url).context("an address")?;
        let database =
            runtime.block_on(Database::open(&address, MasterKey::new([0; 32]), false))?;
        Ok(Self { database, runtime })
    }

    /// Puts these candidates in a phase. Of the six only the convocation has a command so far; the states are such as a
    /// course of events leads to.
    pub fn put_in_phase(&self, numbers: &[String], phase: Phase) -> Result<()> {
        use {assessment::State as A, mark::State as M, sitting::State as S};
        let (sitting, assessment, mark) = match phase {
            // A justified absence in CCF: he has an account, and waits for another date.
            Phase::Preparation => (S::NewSittingDue, A::Open, M::None),
            Phase::Convoked => (S::Convoked, A::Open, M::None),
            Phase::Evaluated => (S::Sat, A::Open, M::None),
            Phase::Transmitted => (S::Sat, A::Transmitted, M::Proposed),
            Phase::Deliberated => (S::Sat, A::Transmitted, M::Adopted),
            Phase::Published => (S::Sat, A::Transmitted, M::Communicable),
        };
        assert_eq!(Phase::of_states(sitting, assessment, mark), phase);
        let tracks = Tracks::new(Columns {
            dossier: dossier::State::Compliant,
            sitting: sitting::Standing::new(sitting, u32::from(sitting != S::NewSittingDue))
                .context("a standing")?,
            assessment,
            mark,
            keeps_mark: false,
            withheld: false,
        })?;
        self.execute(&format!(
            "update candidate set sitting_state = '{}', assessment_state = '{}', mark_state = '{}' \
             where number in ('{}')",
            tracks.sitting().state().code(),
            tracks.assessment().code(),
            tracks.mark().code(),
            numbers.join("', '")
        ))
    }

    /// Makes the convocations that were sent to these addresses failed ones: the relay takes whatever it is given.
    pub fn fail_messages(&self, addresses: &[String]) -> Result<()> {
        self.execute(&format!(
            "update outbox_message set status = 'failed', last_error = '550 no such mailbox' \
             where status = 'sent' and address in ('{}')",
            addresses.join("', '")
        ))
    }

    /// The last message to an address: nobody is shown those that the session itself sends.
    pub fn message_to(&self, address: &str) -> Result<String> {
        let id = if self.database.is_sqlite() {
            "lower(hex(id))"
        } else {
            "id::text"
        };
        let sql = format!(
            "select {id} from outbox_message where address = '{address}' order by created_at desc limit 1"
        );
        let id = self.runtime.block_on(self.database.text_for_test(&sql))?;
        Ok(uuid::Uuid::parse_str(&id)?.to_string())
    }

    /// Gives everybody of the staff a second factor, whose reset somebody has asked who is nobody that confirms. Nobody
    /// shows it: what is kept in the place of its secret opens nothing.
    pub fn give_factors(&self) -> Result<()> {
        let bytes = if self.database.is_sqlite() {
            "blob"
        } else {
            "bytea"
        };
        self.execute(&format!(
            "insert into second_factor (account_id, secret, begun_at, confirmed_at, last_step, failures, version) \
             select id, cast('none' as {bytes}), (select max(at) from journal), (select max(at) from journal), 0, 0, 1 \
             from account where kind = 'staff' on conflict do nothing"
        ))?;
        self.execute(
            "insert into factor_reset (account_id, asked_by, asked_at) \
             select id, (select id from account where login = 'national-reader@delos.example'), \
             (select max(at) from journal) from account where kind = 'staff' on conflict do nothing",
        )
    }

    fn execute(&self, sql: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.database.execute_for_test(sql))?)
    }
}
