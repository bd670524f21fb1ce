//! What screens read: one file a subject. Every view takes the scope of its read operation first.

pub mod accounts;
pub mod assessment;
pub mod candidates;
pub mod commission_day;
pub mod consignment;
pub mod day;
pub mod forms;
pub mod me;
pub mod messages;
pub mod own_exam;
pub mod plan_report;
pub mod plans;
pub mod schools;
pub mod session;
pub mod tasks;
pub mod texts;
pub mod todo;
pub mod transmissions;
pub mod unreached;
pub mod worker;

pub use delos_documents::mail::Attachment;
pub use delos_persistence::Room;
pub use delos_persistence::candidates::{CandidateFilter, CandidateRecord};
pub use delos_persistence::outbox::{Counts, MessageFilter, MessageRecord, State};
pub use delos_persistence::plans::SittingRecord;
pub use delos_persistence::schools::SchoolRecord;
pub use delos_persistence::schools::{Page, PageRequest};
pub use delos_persistence::tasks::TaskRecord;
