//! What a person (or the clock) may ask the system to do: one file a command, a view, a task step.
//!
//! Invariant: a command takes its scope first, opens one transaction by `Database::write`, decides by a pure function of
//! the domain, saves, and commits; nothing slow happens inside the transaction.
//! Invariant: a refusal by the rules is a [`Refusal`], never an error of the store.

pub mod absence;
mod academies;
mod access_codes;
pub mod accounts;
pub mod acknowledge;
pub mod assessment;
pub mod attempts;
pub mod beat;
mod begun;
pub mod bounce_address;
mod cancel;
pub mod close_centre;
pub mod context;
pub mod convoke;
pub mod correct_address;
pub mod delivery;
pub mod error;
pub mod fraud;
pub mod import;
pub mod init_house;
pub mod invite_examiners;
pub mod lanes;
mod letters;
pub mod lift_pause;
pub mod live;
mod outgoing;
mod passwords;
pub mod plan_commands;
mod plan_problem;
pub mod proposal;
pub mod record_bounce;
pub mod remind;
pub mod renew_candidate_code;
pub mod replace_member;
pub mod reports;
pub mod reschedule;
pub mod resend_failed;
pub mod second_factor;
pub mod secrets;
pub mod session_file;
pub mod set_authority_contact;
pub mod set_rescheduling;
pub mod set_session_dates;
pub mod settle_message;
pub mod sign_in;
mod task_finished;
pub mod tasks;
mod tell;
pub mod texts;
mod tracks_of;
pub mod transmission;
pub mod views;

pub use context::{Clock, Context, Entropy, Ids, Settings};
pub use error::{CommandError, CommandResult, Refusal};
