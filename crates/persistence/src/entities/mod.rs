//! One entity a table; nothing outside this crate sees them.

pub mod academy;
pub mod access_code;
pub mod account;
pub mod authority;
pub mod candidate;
pub mod cohort;
pub mod commission;
pub mod commission_day;
pub mod commission_member;
pub mod examiner;
pub mod identity;
pub mod journal;
pub mod left_out;
pub mod mail_text;
pub mod mandate;
pub mod occupancy;
pub mod outbox_message;
pub mod plan;
pub mod school;
pub mod session;
pub mod session_dates;
pub mod sitting;
pub mod staged_file;
pub mod task;
pub mod web_session;
