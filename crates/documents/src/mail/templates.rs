//! The templates of mails: a folder a kind, a page that all share.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, Value};

use crate::{DocumentError, french};

macro_rules! templates {
    ($($folder:literal),+) => {
        [
            ("page.html", include_str!("../../templates/page.html")),
            ("page.txt", include_str!("../../templates/page.txt")),
            $(
                (concat!($folder, "/subject.txt"), include_str!(concat!("../../templates/", $folder, "/subject.txt"))),
                (concat!($folder, "/text.txt"), include_str!(concat!("../../templates/", $folder, "/text.txt"))),
                (concat!($folder, "/html.html"), include_str!(concat!("../../templates/", $folder, "/html.html"))),
            )+
        ]
    };
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if std::path::Path::new(name)
            .extension()
            .is_some_and(|kind| kind == "html")
        {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("date", |text: String| -> String {
        text.parse().map_or(text, french::date)
    });
    environment.add_filter("moment", |text: String| -> String {
        text.parse().map_or(text, french::moment)
    });
    environment.add_filter("hour", french::hour);
    environment.add_filter("minutes", french::minutes);
    environment.add_filter("hours_of", |zone: String| french::hours_of(&zone));
    environment.add_filter("paragraphs", |text: String| -> Vec<String> {
        paragraphs(&text).map(str::to_owned).collect()
    });
    for (name, source) in templates!(
        "convocation_candidat",
        "annulation_candidat",
        "convocation_examinateur",
        "annulation_examinateur",
        "decision_absence",
        "avis_centre",
        "rappel",
        "accuse_transmission",
        "tache_terminee",
        "premier_acces",
        "code_candidat",
        "second_facteur"
    ) {
        // The templates are part of the program; a test composes every one of them.
        let added = environment.add_template(name, source);
        debug_assert!(added.is_ok(), "{name}: {added:?}");
    }
    environment
});

/// What blank lines part.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
}

/// One part of a message.
pub(super) fn render(
    folder: &str,
    part: &str,
    value: &Value,
    subject: &str,
) -> Result<String, DocumentError> {
    Ok(TEMPLATES
        .get_template(&format!("{folder}/{part}"))?
        .render(minijinja::context! { c => value, subject => subject })?)
}
