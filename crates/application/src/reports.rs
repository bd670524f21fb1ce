//! Engines' results as files and pages, without a screen: the command line and the screens both ask here.

pub mod harmonisation;
mod plan;

pub use plan::plan_export;
