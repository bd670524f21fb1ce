//! Files of grades, through the front door of the crate.

mod faults;
mod forms;
mod hostile;
mod samples;
