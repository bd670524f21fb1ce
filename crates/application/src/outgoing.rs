//! What every message is given when it is decided: its authority's words, and the link by which its recipient says that
//! he has it. Both are frozen in the payload: the same payload gives the same bytes whenever it leaves.

use std::collections::HashMap;

use delos_documents::convocation::Words;
use delos_documents::mail::Payload;
use delos_documents::words;
use delos_domain::ids::{AuthorityId, MessageId};
use delos_persistence::envelope::AcknowledgementKey;
use delos_persistence::mail_texts::{self, MailTextRecord};
use delos_persistence::{Access, StoreError};

use crate::context::Context;

/// What messages decided in the name of one authority are given.
pub struct Outgoing {
    texts: HashMap<String, MailTextRecord>,
    key: AcknowledgementKey,
    public_url: String,
}

impl Outgoing {
    /// Reads it; without an authority there are no words to add.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(
        context: &Context,
        access: &impl Access,
        authority: Option<AuthorityId>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            texts: match authority {
                Some(authority) => mail_texts::current(access, authority).await?,
                None => HashMap::new(),
            },
            key: AcknowledgementKey::of(access),
            public_url: context.settings.public_url.clone(),
        })
    }

    /// Freezes both in a payload, once the id of its message is known and before it is serialised.
    pub fn freeze(&self, payload: &mut Payload, id: MessageId) {
        self.word(payload);
        self.sign(payload, id);
    }

    /// The authority's words alone: for a preview, which nobody acknowledges.
    pub fn word(&self, payload: &mut Payload) {
        if let Some(text) = self.texts.get(payload.kind()) {
            let filled = Words {
                intro: words::fill(&text.intro, payload),
                closing: words::fill(&text.closing, payload),
                version: text.version,
            };
            *payload.words_mut() = filled;
        }
    }

    /// The link alone: a message sent again keeps its words, and acknowledges itself.
    pub fn sign(&self, payload: &mut Payload, id: MessageId) {
        if let Some(place) = payload.acknowledge_mut() {
            let signature = self.key.sign(id.0);
            *place = Some(format!(
                "{}/accuse-reception/{id}.{signature}",
                self.public_url
            ));
        }
    }
}
