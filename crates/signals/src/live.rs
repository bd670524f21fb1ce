//! What changed, told to whoever is looking: small events between processes, ids and nothing else.
//!
//! Invariant: an event carries no data. Whoever hears it reads again through his own scope; whoever does not hear it reads
//! again at his next look.
//! Invariant: telling never waits and never fails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;
use uuid::Uuid;

/// The same event is told at most so often: a thousand verdicts of one plan are one thing to read again.
const APART: Duration = Duration::from_secs(1);
/// Events that one listener may be behind before it is told that it missed some.
const BEHIND: usize = 256;
/// Events remembered to keep them apart; past it those of long ago are forgotten.
const REMEMBERED: usize = 4_096;

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Messages about a plan, an account or a candidate: the id is the plan's, the account's or the candidate's.
    Messages,
    /// Long work: the id is the task's.
    Tasks,
    /// Sittings of a plan, on a day where one is named: the id is the plan's.
    Sittings,
    /// What a candidate reads of his own exam: the id is his, or that of the plan in which he sits.
    Exams,
    /// What a commission enters of a sitting, or when its phases begin and end: the id is the sitting's.
    Assessments,
}

impl Topic {
    /// Every topic with its stable code.
    const ALL: [(Self, &'static str); 5] = [
        (Self::Messages, "messages"),
        (Self::Tasks, "tasks"),
        (Self::Sittings, "sittings"),
        (Self::Exams, "exams"),
        (Self::Assessments, "assessments"),
    ];

    fn code(self) -> &'static str {
        let found = Self::ALL.iter().find(|(topic, _)| *topic == self);
        found.map_or("", |(_, code)| code)
    }

    fn from_code(code: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, one)| *one == code);
        found.map(|(topic, _)| *topic)
    }
}

/// Something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// What kind of thing.
    pub topic: Topic,
    /// Which one.
    pub id: Uuid,
    /// On which day, where only one is meant.
    pub day: Option<NaiveDate>,
}

impl Event {
    /// As it travels: who tells, then topic, id and day, a space between them.
    pub(crate) fn written(&self, by: Uuid) -> String {
        let day = self.day.map(|day| day.to_string()).unwrap_or_default();
        format!("{by} {} {} {day}", self.topic.code(), self.id)
    }

    /// What was written, and by whom; none for anything else.
    pub(crate) fn read(text: &str) -> Option<(Uuid, Self)> {
        let mut words = text.split(' ');
        let by = words.next()?.parse().ok()?;
        let topic = Topic::from_code(words.next()?)?;
        let id = words.next()?.parse().ok()?;
        let day = match words.next()? {
            "" => None,
            day => Some(day.parse().ok()?),
        };
        words
            .next()
            .is_none()
            .then_some((by, Self { topic, id, day }))
    }
}

/// What a listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This changed.
    Changed(Event),
    /// Some events were not heard: anything may have changed.
    Missed,
}

/// Hears what changes from the moment it was made.
pub struct Listener(broadcast::Receiver<Heard>);

impl Listener {
    /// The next thing heard; none once nobody can tell anything any more.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// Tells listeners of this process, and those of others through a queue that is emptied elsewhere.
#[derive(Clone)]
pub(crate) struct Fan {
    here: broadcast::Sender<Heard>,
    elsewhere: Option<mpsc::Sender<Event>>,
    told: Arc<Mutex<HashMap<Event, Told>>>,
}

/// When an event was told last, and whether it waits to be told again.
#[derive(Clone, Copy)]
struct Told {
    at: Instant,
    waits: bool,
}

impl Fan {
    pub fn new(elsewhere: Option<mpsc::Sender<Event>>) -> Self {
        Self {
            here: broadcast::channel(BEHIND).0,
            elsewhere,
            told: Arc::default(),
        }
    }

    pub fn listen(&self) -> Listener {
        Listener(self.here.subscribe())
    }

    /// Passes on what another process told.
    pub fn pass(&self, heard: Heard) {
        // Nobody looks: nobody is told.
        let _ = self.here.send(heard);
    }

    /// Tells now what was not told within the last second; else once that second is over.
    pub fn tell(&self, event: Event) {
        let Some(wait) = self.wait(event) else { return };
        let runtime = tokio::runtime::Handle::try_current();
        match runtime {
            Ok(runtime) if !wait.is_zero() => {
                let fan = self.clone();
                runtime.spawn(async move {
                    tokio::time::sleep(wait).await;
                    fan.is_told(event);
                    fan.send(event);
                });
            }
            _ => {
                self.is_told(event);
                self.send(event);
            }
        }
    }

    /// How long to wait before the event is told; none when it waits already.
    fn wait(&self, event: Event) -> Option<Duration> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= REMEMBERED {
            told.retain(|_, one| one.waits || one.at.elapsed() < APART);
        }
        match told.get_mut(&event) {
            Some(one) if one.waits => None,
            Some(one) if one.at.elapsed() < APART => {
                one.waits = true;
                Some(APART.saturating_sub(one.at.elapsed()))
            }
            _ => Some(Duration::ZERO),
        }
    }

    fn is_told(&self, event: Event) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Told {
            at: Instant::now(),
            waits: false,
        };
        told.insert(event, now);
    }

    fn send(&self, event: Event) {
        self.pass(Heard::Changed(event));
        if let Some(elsewhere) = &self.elsewhere
            && elsewhere.try_send(event).is_err()
        {
            tracing::debug!("a change is not told elsewhere; the next look will find it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u128) -> Event {
        Event {
            topic: Topic::Messages,
            id: Uuid::from_u128(id),
            day: None,
        }
    }

    async fn heard_within(listener: &mut Listener, limit: Duration) -> Option<Heard> {
        tokio::time::timeout(limit, listener.next())
            .await
            .ok()
            .flatten()
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else_is() {
        let by = Uuid::from_u128(7);
        for (topic, _) in Topic::ALL {
            for day in [None, NaiveDate::from_ymd_opt(2027, 5, 11)] {
                let event = Event {
                    topic,
                    id: Uuid::from_u128(9),
                    day,
                };
                assert_eq!(Event::read(&event.written(by)), Some((by, event)));
            }
        }
        for wrong in [
            "",
            "ring",
            "a b c d",
            "00000000-0000-0000-0000-000000000007 messages",
            "00000000-0000-0000-0000-000000000007 other 00000000-0000-0000-0000-000000000009 ",
            "00000000-0000-0000-0000-000000000007 tasks 00000000-0000-0000-0000-000000000009 demain",
            "00000000-0000-0000-0000-000000000007 tasks 00000000-0000-0000-0000-000000000009  more",
        ] {
            assert_eq!(Event::read(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_thousand_of_one_event_are_two_a_second_apart() {
        let fan = Fan::new(None);
        let mut listener = fan.listen();
        let begun = Instant::now();
        for _ in 0..1_000 {
            fan.tell(event(1));
        }
        fan.tell(event(2));
        let long = Duration::from_secs(5);
        let first = heard_within(&mut listener, long).await;
        assert_eq!(first, Some(Heard::Changed(event(1))));
        assert_eq!(
            heard_within(&mut listener, long).await,
            Some(Heard::Changed(event(2)))
        );
        assert_eq!(
            heard_within(&mut listener, long).await,
            Some(Heard::Changed(event(1)))
        );
        assert!(begun.elapsed() >= APART);
        assert_eq!(heard_within(&mut listener, APART).await, None);
    }

    #[tokio::test]
    async fn whoever_is_too_far_behind_is_told_so() {
        let fan = Fan::new(None);
        let mut listener = fan.listen();
        for id in 0..u128::try_from(BEHIND).unwrap() + 10 {
            fan.tell(event(id));
        }
        assert_eq!(listener.next().await, Some(Heard::Missed));
        assert!(matches!(listener.next().await, Some(Heard::Changed(_))));
    }

    #[tokio::test]
    async fn a_queue_that_nobody_empties_holds_nobody_up() {
        let (elsewhere, _kept) = mpsc::channel(1);
        let fan = Fan::new(Some(elsewhere));
        let mut listener = fan.listen();
        for id in 0..100 {
            fan.tell(event(id));
        }
        for id in 0..100 {
            assert_eq!(listener.next().await, Some(Heard::Changed(event(id))));
        }
    }
}
