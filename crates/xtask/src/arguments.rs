//! The words after `cargo xtask`.

use anyhow::{Context, Result, bail};

/// What is left to read of the command line.
pub struct Arguments {
    words: Vec<String>,
}

impl Arguments {
    pub fn from_command_line() -> Self {
        Self {
            words: std::env::args().skip(1).collect(),
        }
    }

    /// Takes the next word, when there is one.
    pub fn word(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// Takes `name` wherever it stands.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// Takes `name VALUE` or `name=VALUE`.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        if let Some(at) = self.words.iter().position(|word| word.starts_with(&joined)) {
            return Ok(Some(self.words.remove(at)[joined.len()..].to_owned()));
        }
        let Some(at) = self.words.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.words.remove(at);
        if at >= self.words.len() {
            bail!("{name} needs a value");
        }
        Ok(Some(self.words.remove(at)))
    }

    /// Takes `name N`.
    pub fn number(&mut self, name: &str) -> Result<Option<u64>> {
        self.value(name)?
            .map(|text| {
                text.parse()
                    .with_context(|| format!("{name} {text}: not a whole number"))
            })
            .transpose()
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> Result<()> {
        match self.words.first() {
            Some(word) => bail!("unexpected {word}; see cargo xtask help"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(line: &str) -> Arguments {
        Arguments {
            words: line.split_whitespace().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn values_stand_after_their_name_or_an_equals_sign() {
        let mut line = arguments("--messages 5 --kills=7 --self-check");
        assert_eq!(line.number("--kills").unwrap(), Some(7));
        assert_eq!(line.number("--messages").unwrap(), Some(5));
        assert_eq!(line.number("--port").unwrap(), None);
        assert!(line.flag("--self-check"));
        line.finish().unwrap();
    }

    #[test]
    fn a_missing_value_a_word_for_a_number_and_a_stray_word_are_refused() {
        assert!(arguments("--port").value("--port").is_err());
        assert!(arguments("--port many").number("--port").is_err());
        assert!(arguments("--prot 80").finish().is_err());
    }
}
