//! What is said in a conversation: words and files, said otherwise and taken back, and what staff says among itself.

#[cfg(feature = "staff")]
use super::is_among;
use super::{Chat, Decided, RECENT, Recent, STAFF, Scene, Stage, WORDS_SHOWN, checked};
use crate::amend::AMEND_FOR;
use crate::file::{CHAT_LIMIT, FILES_LIMIT};
#[cfg(feature = "staff")]
use crate::mention::{self, MENTIONS_LIMIT};
use crate::{Event, Face, File, Refusal, Seat, Time};

impl Chat {
    pub(super) fn post(&self, by: Option<&Seat>, text: &str) -> Decided {
        self.may_speak(by)?;
        Ok(vec![Event::Posted { by: by.map(|s| s.face.clone()), text: checked(text)? }])
    }

    /// Two agents who answer at once would say the same twice, or two things: whoever has not seen what a
    /// colleague just said is told so. What the customer wrote meanwhile holds nobody up, he waits for an answer.
    #[cfg(feature = "staff")]
    pub(super) fn answer(&self, seat: &Seat, text: &str, seen: u32) -> Decided {
        let said = self.post(Some(seat), text)?;
        // Among themselves everybody is a colleague, and nobody is answered twice.
        let overtakes = |recent: &&Recent| recent.seq > seen && recent.by.id != seat.face.id && !self.is_inner();
        match self.recent.iter().rfind(overtakes) {
            Some(recent) => Err(Refusal::Overtaken { by: recent.by.name.clone() }),
            None => Ok(said),
        }
    }

    /// His own words, lately, while he is in the conversation; which of these fails is not told apart.
    #[cfg(feature = "staff")]
    pub(super) fn amend(&self, seat: &Seat, seq: u32, text: Result<String, Refusal>, now: Time) -> Decided {
        self.may_speak(Some(seat))?;
        let text = text?;
        if !self.may_amend(&seat.face.id, seq, now) {
            return Err(Refusal::TooLate);
        }
        Ok(vec![Event::Amended { seq, text }])
    }

    /// May this agent still say otherwise, or take back, what he said with the event of this number?
    pub fn may_amend(&self, agent: &str, seq: u32, now: Time) -> bool {
        let his = |recent: &&Recent| recent.seq == seq && recent.words && recent.by.id == agent;
        !self.is_over()
            && self.is_inside(agent)
            && self.recent.iter().find(his).is_some_and(|r| now - r.at <= AMEND_FOR)
    }

    /// Whoever may write may attach, up to a limit that all of the conversation share (S39).
    pub(super) fn attach(&self, by: Option<&Seat>, file: &File) -> Decided {
        self.may_speak(by)?;
        if !self.terms.files {
            return Err(Refusal::NoFiles);
        }
        if file.kind.is_document() && !self.terms.documents {
            return Err(Refusal::FileKind);
        }
        if self.files >= FILES_LIMIT || self.file_bytes.saturating_add(file.size) > CHAT_LIMIT {
            return Err(Refusal::TooManyFiles { files: FILES_LIMIT, bytes: CHAT_LIMIT });
        }
        Ok(vec![Event::Attached { by: by.map(|s| s.face.clone()), file: file.clone() }])
    }

    fn may_speak(&self, by: Option<&Seat>) -> Result<(), Refusal> {
        self.running()?;
        if by.is_some_and(|seat| !self.is_inside(&seat.face.id)) { Err(Refusal::NotInside) } else { Ok(()) }
    }

    pub(super) fn aside(&self, seat: &Seat, whisper: bool, text: &str, scene: &Scene) -> Decided {
        self.running()?;
        if !seat.administrator && !self.is_inside(&seat.face.id) {
            return Err(Refusal::NotInside);
        }
        let by = seat.face.clone();
        if whisper {
            return Ok(vec![Event::Whispered { by, text: checked(text)? }]);
        }
        let text = as_note(text, scene)?;
        let mentioned = self.mentioned(seat, &text, scene)?;
        Ok([Event::Noted { by, text }].into_iter().chain(mentioned).collect())
    }

    /// Whoever is named hears of it. Who may not read what is said here is not named: a mention gives no right.
    #[cfg(feature = "staff")]
    fn mentioned(&self, seat: &Seat, text: &str, scene: &Scene) -> Result<Option<Event>, Refusal> {
        let named = mention::named(text);
        let mut agents: Vec<Face> = Vec::new();
        for other in scene.named.iter().filter(|other| named.contains(&other.face.id.as_str())) {
            if !self.may_see(other) {
                return Err(Refusal::NoReader { name: other.face.name.clone() });
            }
            if other.face.id != seat.face.id && !is_among(&agents, &other.face) {
                agents.push(other.face.clone());
            }
        }
        if agents.len() > MENTIONS_LIMIT {
            return Err(Refusal::Full { limit: MENTIONS_LIMIT as u32 });
        }
        Ok((!agents.is_empty()).then(|| Event::Mentioned { by: seat.face.clone(), agents }))
    }

    #[cfg(not(feature = "staff"))]
    fn mentioned(&self, _: &Seat, _: &str, _: &Scene) -> Result<Option<Event>, Refusal> {
        Ok(None)
    }

    pub(super) fn posted(&mut self, at: Time, by: Option<&Face>, text: &str, words: bool) {
        self.last_words = text.chars().take(WORDS_SHOWN).collect();
        if STAFF {
            self.last_said = self.seq;
        }
        if let Some(by) = by {
            self.first_reply_at.get_or_insert(at);
            self.assigned = None;
            if STAFF {
                self.recently(at, by, words);
            }
            return;
        }
        if self.first_words.is_empty() {
            self.first_words = self.last_words.clone();
        }
        if self.stage == Stage::Waiting && self.attended_at.is_none() {
            self.waiting_messages += 1;
        }
    }

    fn recently(&mut self, at: Time, by: &Face, words: bool) {
        self.recent.push(Recent { seq: self.seq, by: by.clone(), at, words });
        if self.recent.iter().filter(|recent| recent.by.id == by.id).count() > RECENT
            && let Some(first) = self.recent.iter().position(|recent| recent.by.id == by.id)
        {
            self.recent.remove(first);
        }
    }

    /// Lists show what stands. What was taken back is nobody's to see or to change.
    pub(super) fn amended(&mut self, seq: u32, text: &str) {
        self.amended = true;
        if self.last_said == seq {
            self.last_words = text.chars().take(WORDS_SHOWN).collect();
        }
        if text.is_empty() {
            self.recent.retain(|recent| recent.seq != seq);
        }
    }
}

/// A note with its marks, as it is kept.
#[cfg(feature = "staff")]
fn as_note(text: &str, scene: &Scene) -> Result<String, Refusal> {
    let faces: Vec<Face> = scene.named.iter().map(|seat| seat.face.clone()).collect();
    mention::checked(text, &faces)
}

#[cfg(not(feature = "staff"))]
fn as_note(text: &str, _: &Scene) -> Result<String, Refusal> {
    checked(text)
}
