//! `delos harmonise`, as somebody types it: what it reads, what it writes, what it refuses.

/// What is read of the reports, and the files that are given.
mod harmonise {
    pub mod files;
    pub mod truth;

    mod intake;
    mod national;
    mod page;
    mod planner;
}
