//! Logs: pretty for people, JSON for machines, always on standard error; fields are ids.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::configuration::{LogFormat, LogSettings};

/// Begins logging; a second call changes nothing.
pub fn begin(settings: &LogSettings) {
    // The configuration has refused what is no filter.
    let filter = filter(&settings.level).unwrap_or_default();
    let registry = tracing_subscriber::registry().with(filter);
    let begun = match settings.format {
        LogFormat::Json => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .with_writer(std::io::stderr),
            )
            .try_init(),
        LogFormat::Pretty => registry
            .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
            .try_init(),
    };
    drop(begun);
}

/// The filter of a setting, when it is one.
pub fn filter(level: &str) -> Option<EnvFilter> {
    EnvFilter::try_new(level).ok()
}
