//! Files handed in, through the front door of the crate.

mod faults;
mod formats;
mod hostile;
mod moves;
mod sample_files;
mod samples;
