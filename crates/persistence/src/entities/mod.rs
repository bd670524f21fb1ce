//! One entity a table; nothing outside this crate sees them.

pub mod absence;
pub mod academy;
pub mod access_code;
pub mod account;
pub mod assessment;
pub mod assessment_save;
pub mod authority;
pub mod candidate;
pub mod closure;
pub mod cohort;
pub mod commission;
pub mod commission_day;
pub mod commission_member;
pub mod declined_date;
pub mod examiner;
pub mod factor_reset;
pub mod identity;
pub mod journal;
pub mod left_out;
pub mod mail_bucket;
pub mod mail_pause;
pub mod mail_tally;
pub mod mail_text;
pub mod mandate;
pub mod occupancy;
pub mod outbox_message;
pub mod past_sitting;
pub mod phase_event;
pub mod plan;
<<<<<<< HEAD
pub mod reopening;
=======
pub mod recovery_code;
>>>>>>> second-factor
pub mod school;
pub mod second_factor;
pub mod session;
pub mod session_dates;
pub mod sitting;
pub mod staged_file;
pub mod task;
pub mod unplaced;
pub mod visa;
pub mod web_session;
pub mod worker;
