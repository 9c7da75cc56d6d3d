//! What an administrator sets: that nobody undoes what a colleague has set meanwhile.

use crate::Refusal;
use crate::application::{Settings, Setup};
use crate::parameters::Parameters;

/// May this be kept over what there is? `read`: as it was before the asker's eyes; none: it was not there.
/// True: it is to be kept; false: it is so already, as when an answer was lost and the same is asked again.
/// Where somebody was faster it is refused, and whoever refuses puts his name in.
pub fn may_keep<T: PartialEq>(now: Option<&T>, read: Option<&T>, wanted: &T) -> Result<bool, Refusal> {
    match now {
        Some(now) if now == wanted => Ok(false),
        now if now == read => Ok(true),
        // It was there when it was read, and is no more.
        None => Err(Refusal::NotYours),
        Some(_) => Err(Refusal::Overtaken { by: String::new() }),
    }
}

/// Of one field, over what a colleague has set meanwhile: mine where I changed it, his where I only read it.
fn newer<T: PartialEq>(read: T, mine: T, theirs: T) -> T {
    if mine == read { theirs } else { mine }
}

impl Parameters {
    /// What was changed here since it was read, over what a colleague has set meanwhile.
    pub fn over(self, read: Parameters, theirs: Parameters) -> Parameters {
        Parameters {
            invite_customer: newer(read.invite_customer, self.invite_customer, theirs.invite_customer),
            invite_owner: newer(read.invite_owner, self.invite_owner, theirs.invite_owner),
            zone: newer(read.zone, self.zone, theirs.zone),
            organisation: newer(read.organisation, self.organisation, theirs.organisation),
            language: newer(read.language, self.language, theirs.language),
            minimum_wait: newer(read.minimum_wait, self.minimum_wait, theirs.minimum_wait),
            keep_messages: newer(read.keep_messages, self.keep_messages, theirs.keep_messages),
            keep_files: newer(read.keep_files, self.keep_files, theirs.keep_files),
            keep_tickets: newer(read.keep_tickets, self.keep_tickets, theirs.keep_tickets),
            keep_addresses: newer(read.keep_addresses, self.keep_addresses, theirs.keep_addresses),
            keep_people: newer(read.keep_people, self.keep_people, theirs.keep_people),
            customer_grace: newer(read.customer_grace, self.customer_grace, theirs.customer_grace),
            agent_grace: newer(read.agent_grace, self.agent_grace, theirs.agent_grace),
            unsaved_takes_room: newer(read.unsaved_takes_room, self.unsaved_takes_room, theirs.unsaved_takes_room),
            count_inner: newer(read.count_inner, self.count_inner, theirs.count_inner),
        }
    }

    /// The names of what another value has otherwise.
    pub fn changed(&self, after: &Parameters) -> Vec<&'static str> {
        let all = [
            ("invite_customer", self.invite_customer != after.invite_customer),
            ("invite_owner", self.invite_owner != after.invite_owner),
            ("zone", self.zone != after.zone),
            ("organisation", self.organisation != after.organisation),
            ("language", self.language != after.language),
            ("minimum_wait", self.minimum_wait != after.minimum_wait),
            ("keep_messages", self.keep_messages != after.keep_messages),
            ("keep_files", self.keep_files != after.keep_files),
            ("keep_tickets", self.keep_tickets != after.keep_tickets),
            ("keep_addresses", self.keep_addresses != after.keep_addresses),
            ("keep_people", self.keep_people != after.keep_people),
            ("customer_grace", self.customer_grace != after.customer_grace),
            ("agent_grace", self.agent_grace != after.agent_grace),
            ("unsaved_takes_room", self.unsaved_takes_room != after.unsaved_takes_room),
            ("count_inner", self.count_inner != after.count_inner),
        ];
        all.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect()
    }
}

impl Settings {
    /// What was changed here since it was read, over what a colleague has set meanwhile: a list is one field.
    pub fn over(self, read: Settings, theirs: Settings) -> Settings {
        Settings {
            name: newer(read.name, self.name, theirs.name),
            accent: newer(read.accent, self.accent, theirs.accent),
            title: newer(read.title, self.title, theirs.title),
            expanded: newer(read.expanded, self.expanded, theirs.expanded),
            patience: newer(read.patience, self.patience, theirs.patience),
            sites: newer(read.sites, self.sites, theirs.sites),
            groups: newer(read.groups, self.groups, theirs.groups),
            form: newer(read.form, self.form, theirs.form),
            wait_shows: newer(read.wait_shows, self.wait_shows, theirs.wait_shows),
            setup: self.setup.over(read.setup, theirs.setup),
        }
    }
}

impl Setup {
    fn over(self, read: Setup, theirs: Setup) -> Setup {
        Setup {
            channels: newer(read.channels, self.channels, theirs.channels),
            hours: newer(read.hours, self.hours, theirs.hours),
            when_away: newer(read.when_away, self.when_away, theirs.when_away),
            wait_as: newer(read.wait_as, self.wait_as, theirs.wait_as),
            documents: newer(read.documents, self.documents, theirs.documents),
            kind: newer(read.kind, self.kind, theirs.kind),
            rating: newer(read.rating, self.rating, theirs.rating),
            transcript_by_mail: newer(read.transcript_by_mail, self.transcript_by_mail, theirs.transcript_by_mail),
            browser_notices: newer(read.browser_notices, self.browser_notices, theirs.browser_notices),
            identity_required: newer(read.identity_required, self.identity_required, theirs.identity_required),
            launcher: newer(read.launcher, self.launcher, theirs.launcher),
            files: newer(read.files, self.files, theirs.files),
            texts: newer(read.texts, self.texts, theirs.texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_keeps_his_own_over_a_colleagues_keeps_what_he_changed_and_nothing_that_he_only_read() {
        let read = Parameters { keep_messages: 30, keep_files: 30, ..Parameters::default() };
        let theirs = Parameters { keep_messages: 365, keep_files: 365, zone: "Europe/Madrid".into(), ..read.clone() };
        let mine = Parameters { keep_files: 90, language: "pt".into(), ..read.clone() };

        let kept = mine.clone().over(read.clone(), theirs.clone());

        assert_eq!(kept, Parameters { keep_files: 90, language: "pt".into(), ..theirs.clone() });
        assert_eq!(read.changed(&mine), ["language", "keep_files"]);
        assert_eq!(read.clone().over(read.clone(), theirs.clone()), theirs);
        assert_eq!(mine.clone().over(read.clone(), read), mine);
    }

    #[test]
    fn whatever_a_house_sets_of_its_agents_is_kept_over_a_colleagues_and_has_its_name() {
        type Set = fn(&mut Parameters);
        let each: [(&str, Set); 4] = [
            ("customer_grace", |mine| mine.customer_grace = 60),
            ("agent_grace", |mine| mine.agent_grace = 60),
            ("unsaved_takes_room", |mine| mine.unsaved_takes_room = true),
            ("count_inner", |mine| mine.count_inner = true),
        ];
        let read = Parameters::default();
        let theirs = Parameters { organisation: "Casa Nogal".into(), ..read.clone() };

        for (name, set) in each {
            let (mut mine, mut both) = (read.clone(), theirs.clone());
            set(&mut mine);
            set(&mut both);

            assert_eq!(read.changed(&mine), [name]);
            assert_eq!(mine.clone().over(read.clone(), theirs.clone()), both);
            assert_eq!(theirs.clone().over(read.clone(), mine), both);
        }
    }

    #[test]
    fn who_read_something_older_is_told_and_who_asks_twice_is_not() {
        let overtaken = Err(Refusal::Overtaken { by: String::new() });

        assert_eq!(may_keep(Some(&1), Some(&1), &2), Ok(true));
        assert_eq!(may_keep(None, None, &2), Ok(true));
        assert_eq!(may_keep(Some(&2), Some(&1), &2), Ok(false));
        assert_eq!(may_keep(Some(&3), Some(&1), &2), overtaken);
        assert_eq!(may_keep(Some(&3), None, &2), overtaken);
        assert_eq!(may_keep(None, Some(&1), &2), Err(Refusal::NotYours));
    }
}
