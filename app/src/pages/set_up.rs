//! The set-up page of the first start: makes the first administrator, once.

use super::{Mark, document};
use crate::words;
use crate::words::join;
use domain::{Refusal, Trouble};
use leptos::prelude::*;

/// What the page shows.
pub struct SetUp<'a> {
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style: &'a str,
    /// The secret of the one-time link: the form posts to where the page is. None: it was used.
    pub link: Option<&'a str>,
    pub name: &'a str,
    pub email: &'a str,
    pub trouble: Option<&'a Trouble>,
}

/// The whole document.
pub fn set_up(page: &SetUp<'_>) -> String {
    let words = words::of(page.lang);
    let trouble = page.trouble.map(|t| words.common.trouble(t));
    // Whoever was not first finds the way in.
    let begun = page.trouble == Some(&Trouble::Refused(Refusal::LinkUsed));
    let begun = begun.then_some(join::of(page.lang).begun);
    let link = page.link.map(str::to_owned);
    let (name, email) = (page.name.to_owned(), page.email.to_owned());
    document(words.common.lang, words.set_up, page.style, || {
        view! {
            <main class="gate">
                <div class="gate__note">
                    <form class="gate__form" method="post" action=link.as_ref().map(|link| ["/set-up/", link].concat())>
                        <p class="gate__brand"><Mark class="icon icon--l"/><span>"Recado"</span></p>
                        <h1 class="gate__hello">{words.set_up_hello}</h1>
                        {trouble.map(|text| view! { <p class="banner banner--bad" role="alert"><span class="banner__text">{text}</span></p> })}
                        {begun.map(|begun| view! { <p class="gate__foot">{begun}" "<a href="/sign-in">{words.sign_in}</a></p> })}
                        {link.as_ref().map(|_| view! {
                            <p class="gate__foot">{words.set_up_say}</p>
                            <label class="field">
                                <span class="field__label">{words.your_name}</span>
                                <input class="field__box" type="text" name="name" value=name autocomplete="name" required maxlength="80" autofocus/>
                            </label>
                            <label class="field">
                                <span class="field__label">{words.email}</span>
                                <input class="field__box" type="email" name="email" value=email autocomplete="username" required maxlength="254"/>
                            </label>
                            <label class="field">
                                <span class="field__label">{words.password}" "<span class="field__hint">{words.password_hint}</span></span>
                                <input class="field__box" type="password" name="password" autocomplete="new-password" required minlength="8" maxlength="200"/>
                            </label>
                            <button class="button button--act button--wide" type="submit">{words.begin}</button>
                        })}
                    </form>
                </div>
            </main>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_link_shows_no_form() {
        let used = Trouble::Refused(Refusal::LinkUsed);

        let html =
            set_up(&SetUp { lang: "en", style: "/s.css", link: None, name: "", email: "", trouble: Some(&used) });

        assert!(html.contains("This link was used already"), "{html}");
        assert!(html.contains("somebody works here already") && html.contains("href=\"/sign-in\""), "{html}");
        assert!(!html.contains("<input"), "{html}");
    }
}
