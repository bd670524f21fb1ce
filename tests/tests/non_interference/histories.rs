//! What commissions enter and decide in one world, drawn at random: everything of it is sealed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use delos_application::assessment::{self, NewEntry, NewEvent, Save};
use delos_application::{CommandError, Context, views};
use delos_domain::actor::Actor;
use delos_domain::calendar::at_minute;
use delos_domain::exam_day::Act;
use delos_domain::regulation::Regulation;
use delos_persistence::candidates;
use delos_persistence::sittings::DatedSitting;
use uuid::Uuid;

use super::ground::{Base, Moved};
use super::people::{all_sittings, examiner, id_in, instant, members, told};
use super::situations::Situations;

/// Draws (xorshift64): the same seed draws the same.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap_or(0)
    }
}

/// One world's.
pub struct History<'a> {
    situations: &'a Situations,
    base: Base,
    context: Context,
    clock: Arc<Moved>,
    dice: Dice,
    until: DateTime<Utc>,
    sittings: Vec<DatedSitting>,
    /// What was done, and how often.
    pub done: BTreeMap<&'static str, usize>,
}

/// Texts that would be recognised where they do not belong.
const TEXTS: [&str; 4] = [
    "SCELLÉ : exposé confus",
    "",
    "SCELLÉ – très bonne maîtrise de l’environnement, « rien à redire »",
    "SCELLÉ\n\u{202e}אבג 🙂 #let x = 1",
];

impl<'a> History<'a> {
    /// Nothing has been entered; everything that will be is until an instant.
    pub async fn new(
        situations: &'a Situations,
        base: &Base,
        seed: u64,
        until: DateTime<Utc>,
    ) -> Result<Self> {
        let clock = Moved::at(until);
        let context = base.context(clock.clone()).await?;
        let sittings = all_sittings(&context, &situations.head).await?;
        Ok(Self {
            situations,
            base: base.clone(),
            sittings,
            context,
            clock,
            dice: Dice::new(seed),
            until,
            done: BTreeMap::new(),
        })
    }

    /// From here on what is done is told to other processes.
    pub fn signal_by(&mut self, signals: delos_signals::Signals) {
        self.context.signals = signals;
    }

    /// So many acts.
    pub async fn act(&mut self, times: usize) -> Result<()> {
        for _ in 0..times {
            // Of a day to come a sheet may be begun, and nothing else.
            let all = match self.dice.below(4) {
                0 => self.sittings.clone(),
                _ => self.come(),
            };
            let one = all[self.dice.below(all.len())].clone();
            self.move_clock();
            match self.dice.below(11) {
                0..3 => self.type_some(&one).await?,
                3..6 => self.end(&one).await?,
                6 | 7 => self.give_visas(&one).await?,
                8 => self.open_again(&one).await?,
                9 => self.begin_by_mistake(&one).await?,
                _ => self.keep(&one).await?,
            }
        }
        self.clock.show(self.until);
        Ok(())
    }

    /// One candidate's assessment from the first key to the jury.
    pub async fn whole(&mut self, one: &DatedSitting) -> Result<()> {
        self.type_some(one).await?;
        self.end(one).await?;
        self.give_visas(one).await?;
        self.keep(one).await
    }

    /// Most of those whose day has come are assessed to some point; of some, a wrong one had been begun.
    pub async fn most(&mut self) -> Result<()> {
        for one in self.come() {
            if self.dice.below(3) == 0 {
                self.begin_by_mistake(&one).await?;
                self.clock.show(self.until);
            }
            match self.dice.below(4) {
                0 => self.type_some(&one).await?,
                1 | 2 => self.end(&one).await?,
                _ => self.whole(&one).await?,
            }
        }
        Ok(())
    }

    /// The sittings that have come.
    pub fn come(&self) -> Vec<DatedSitting> {
        let has_come = |one: &&DatedSitting| instant(one.day, 0) <= self.until;
        self.sittings.iter().filter(has_come).cloned().collect()
    }

    /// Saves come whenever, in any order.
    fn move_clock(&mut self) {
        let start = instant(self.situations.first, 480);
        let most = usize::try_from((self.until - start).num_seconds()).unwrap_or(1);
        let seconds = i64::try_from(self.dice.below(most)).unwrap_or(0);
        self.clock.show(start + TimeDelta::seconds(seconds));
    }

    fn note(
        &mut self,
        what: &'static str,
        ended: std::result::Result<(), CommandError>,
    ) -> Result<()> {
        match ended {
            Ok(()) => *self.done.entry(what).or_default() += 1,
            Err(CommandError::Refused(_)) => *self.done.entry("refused").or_default() += 1,
            Err(error) => bail!("{what}: {error:?}"),
        }
        Ok(())
    }

    async fn member(&self, one: &DatedSitting, place: usize) -> Result<Actor> {
        let of = (self.situations.session, self.situations.authority);
        examiner(&self.context, of, one, place).await
    }

    fn regulation(&self) -> Result<&Regulation> {
        self.context
            .regulation("bts-sio-2024-e5")
            .context("the regulation")
    }

    /// Entries of a sheet: all that a validation asks for, or some.
    async fn entries(&mut self, one: &DatedSitting, all: bool) -> Result<Vec<NewEntry>> {
        let person = candidates::named(&self.context.db.read(), &[one.candidate]).await?;
        let option = person.first().context("a candidate")?.candidate.option;
        let mut fields: Vec<(String, String)> = Vec::new();
        let regulation = self.regulation()?.clone();
        let forms = &regulation.assessment;
        let grid = forms.grid(option).context("a grid")?;
        let keep = |dice: &mut Dice| all || dice.below(4) == 0;
        for (_, line) in grid.lines() {
            if keep(&mut self.dice) {
                fields.push((
                    format!("level.{}", line.code),
                    self.dice.below(5).to_string(),
                ));
            }
        }
        if keep(&mut self.dice) {
            let quarters = self.dice.below(81);
            let mut mark = (quarters / 4).to_string();
            let _ = write!(mark, ",{}", ["0", "25", "5", "75"][quarters % 4]);
            fields.push(("mark".to_owned(), mark));
        }
        for (code, _) in forms.appreciation.texts() {
            if keep(&mut self.dice) {
                let text = TEXTS[self.dice.below(TEXTS.len())];
                let text = if all && text.is_empty() {
                    TEXTS[0]
                } else {
                    text
                };
                fields.push((format!("text.{code}"), text.to_owned()));
            }
        }
        fields.push(("coverage_stated".to_owned(), "1".to_owned()));
        fields.push((
            "note".to_owned(),
            TEXTS[self.dice.below(TEXTS.len())].to_owned(),
        ));
        if let Some(rule) = regulation.mark.penalties.get(self.dice.below(4)) {
            let points = rule.points.0.to_string();
            fields.push((format!("penalty.{}", rule.code), points));
            fields.push((format!("penalty_reason.{}", rule.code), TEXTS[0].to_owned()));
        }
        let entry = |(field, value)| NewEntry {
            field,
            value,
            base: i64::MAX,
        };
        Ok(fields.into_iter().map(entry).collect())
    }

    async fn save(&mut self, one: &DatedSitting, all: bool) -> Result<()> {
        let place = self.dice.below(4);
        let by = self.member(one, place).await?;
        let save = Save {
            sitting: one.id,
            key: Uuid::now_v7(),
            entries: self.entries(one, all).await?,
        };
        let saved = assessment::save(&self.context, &by, &save).await;
        self.note("save", saved.map(drop))
    }

    async fn type_some(&mut self, one: &DatedSitting) -> Result<()> {
        for _ in 0..=self.dice.below(3) {
            self.save(one, false).await?;
        }
        Ok(())
    }

    /// Everything is entered, and the commission ends.
    async fn end(&mut self, one: &DatedSitting) -> Result<()> {
        self.save(one, true).await?;
        let by = self.member(one, 0).await?;
        let seen = views::assessment::one(&self.context, &by, one.id)
            .await
            .map_err(told)?;
        let ended = assessment::validate(&self.context, &by, one.id, seen.version).await;
        self.note("validation", ended)
    }

    async fn give_visas(&mut self, one: &DatedSitting) -> Result<()> {
        for place in 0..members(&self.context, one).await?.len() {
            let by = self.member(one, place).await?;
            let seen = views::assessment::one(&self.context, &by, one.id)
                .await
                .map_err(told)?;
            let content = seen.content.unwrap_or_default();
            let given = assessment::give_visa(&self.context, &by, one.id, &content).await;
            self.note("visa", given)?;
        }
        Ok(())
    }

    async fn open_again(&mut self, one: &DatedSitting) -> Result<()> {
        self.end(one).await?;
        let by = self.member(one, 0).await?;
        let asked = assessment::ask_reopening(&self.context, &by, one.id, TEXTS[0]).await;
        self.note("reopening asked", asked)?;
        let head = self.situations.head.clone();
        let confirmed = assessment::confirm_reopening(&self.context, &head, one.id).await;
        self.note("reopening", confirmed)
    }

    /// A first interview is begun at its hour on the wrong candidate, and taken back: refused where something is entered.
    async fn begin_by_mistake(&mut self, one: &DatedSitting) -> Result<()> {
        let start = one.starts.get(1).copied().context("a first interview")?;
        let now = instant(one.day, start);
        if now > self.until {
            return Ok(());
        }
        self.clock.show(now);
        let place = self.dice.below(4);
        let by = self.member(one, place).await?;
        let begun = NewEvent {
            key: Uuid::now_v7(),
            phase: 1,
            act: Act::Start,
            at: at_minute(one.day, start),
            takes_back: None,
        };
        let mistake = NewEvent {
            key: Uuid::now_v7(),
            takes_back: Some(begun.key),
            ..begun
        };
        match assessment::record_phases(&self.context, &by, one.id, &[begun, mistake]).await {
            Ok(told) if told == [None, None] => self.note("taken back", Ok(())),
            Ok(_) => self.note("refused", Ok(())),
            Err(error) => self.note("taken back", Err(error)),
        }
    }

    /// The head of school keeps it, sends it to the jury; a suspicion withholds the result.
    async fn keep(&mut self, one: &DatedSitting) -> Result<()> {
        let id = id_in(self.base.engine, one.candidate.0);
        for (from, to) in [
            ("visas_complete", "consigned"),
            ("consigned", "transmitted"),
        ] {
            let held =
                format!("id = {id} and assessment_state = '{from}' and mark_state = 'proposed'");
            let count = format!("select cast(count(*) as text) from candidate where {held}");
            if self.base.read(&count).await? == "1" {
                let sql = format!(
                    "update candidate set assessment_state = '{to}', withheld = {}, version = version + 1 where {held}",
                    self.dice.below(2) == 0
                );
                self.base.execute(&sql).await?;
                self.note(to, Ok(()))?;
            }
        }
        Ok(())
    }

    /// Tells whoever looks at a candidate's exam that it changed: nothing of it is sealed.
    pub fn tell_exam(&self, id: delos_domain::ids::CandidateId) {
        self.context
            .told(&[delos_application::live::Change::Exam(id)]);
    }
}
