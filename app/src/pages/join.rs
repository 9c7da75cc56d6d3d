//! The page behind a one-time link: somebody chooses his password.

use super::{Mark, document};
use crate::words;
use crate::words::join;
use domain::Trouble;
use leptos::prelude::*;

/// What the page shows.
pub struct Join<'a> {
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style: &'a str,
    /// The secret of the link, and whom it is for: name and address. None: it is nobody's.
    pub link: Option<(&'a str, &'a str, &'a str)>,
    pub trouble: Option<&'a Trouble>,
}

/// The whole document.
pub fn join(page: &Join<'_>) -> String {
    let words = words::of(page.lang);
    let says = join::of(page.lang);
    let trouble = page.trouble.filter(|_| page.link.is_some()).map(|t| words.common.trouble(t));
    let link = page.link.map(|(link, name, email)| (link.to_owned(), name.to_owned(), email.to_owned()));
    let action = link.as_ref().map(|(link, ..)| ["/join/", link].concat());
    document(words.common.lang, says.title, page.style, || {
        view! {
            <main class="gate">
                <div class="gate__note">
                    <form class="gate__form" method="post" action=action>
                        <p class="gate__brand"><Mark class="icon icon--l"/><span>"Recado"</span></p>
                        {trouble.map(|text| view! { <p class="banner banner--bad" role="alert" id="trouble"><span class="banner__text">{text}</span></p> })}
                        {match link {
                            None => view! { <h1 class="gate__hello">{says.over}</h1><p class="gate__foot" role="alert">{says.over_say}</p> }.into_any(),
                            Some((_, name, email)) => view! {
                                <h1 class="gate__hello">{(says.hello)(&name)}</h1>
                                <p class="gate__foot">{(says.say)(&email)}</p>
                                // For the keeper of passwords, which wants to know whose it is.
                                <input type="hidden" name="email" value=email autocomplete="username"/>
                                <label class="field">
                                    <span class="field__label">{words.password}" "<span class="field__hint">{words.password_hint}</span></span>
                                    <input class="field__box" type="password" name="password" autocomplete="new-password" required minlength="8" maxlength="200" autofocus/>
                                </label>
                                <button class="button button--act button--wide" type="submit">{says.enter}</button>
                            }.into_any(),
                        }}
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
    use domain::Refusal;

    #[test]
    fn a_name_is_text_and_a_link_that_is_nobody_s_shows_no_form() {
        let over = Trouble::Refused(Refusal::LinkUsed);
        let page = |link, trouble| join(&Join { lang: "es", style: "/s.css", link, trouble });

        let html = page(Some(("abc", "<b>Noa", "noa@casa.example")), None);
        assert!(html.contains("action=\"/join/abc\"") && html.contains("noa@casa.example"), "{html}");
        assert!(!html.contains("<b>Noa") && !html.contains("<script"), "{html}");
        let html = page(None, Some(&over));
        assert!(html.contains("Este enlace ya no sirve") && !html.contains("<input"), "{html}");
    }
}
