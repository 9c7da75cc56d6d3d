//! The sign-in page: a plain form that posts to itself.

use super::{Mark, document};
use crate::words;
use domain::Trouble;
use leptos::prelude::*;

/// What the page shows.
pub struct SignIn<'a> {
    /// `es`, `pt` or `en`: what the browser prefers.
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style: &'a str,
    /// Where to go afterwards: a path of ours.
    pub next: &'a str,
    /// What was typed before.
    pub email: &'a str,
    /// Why it did not work.
    pub trouble: Option<&'a Trouble>,
}

/// The whole document.
pub fn sign_in(page: &SignIn<'_>) -> String {
    let words = words::of(page.lang);
    let trouble = page.trouble.map(|t| words.common.trouble(t));
    let failed = trouble.is_some();
    let (email, next) = (page.email.to_owned(), page.next.to_owned());
    document(words.common.lang, words.sign_in, page.style, || {
        view! {
            <main class="gate">
                <div class="gate__note">
                    <form class="gate__form" method="post" action="/sign-in">
                        <p class="gate__brand"><Mark class="icon icon--l"/><span>"Recado"</span></p>
                        <h1 class="gate__hello">{words.sign_in_hello}</h1>
                        {trouble.map(|text| view! { <p class="banner banner--bad" role="alert" id="trouble"><span class="banner__text">{text}</span></p> })}
                        <input type="hidden" name="next" value=next/>
                        <label class="field">
                            <span class="field__label">{words.email}</span>
                            <input
                                class="field__box" type="email" name="email" value=email autocomplete="username" required maxlength="254"
                                autofocus=!failed aria-describedby=failed.then_some("trouble")
                            />
                        </label>
                        <label class="field">
                            <span class="field__label">{words.password}</span>
                            <input
                                class="field__box" type="password" name="password" autocomplete="current-password" required maxlength="200"
                                autofocus=failed aria-describedby=failed.then_some("trouble")
                            />
                        </label>
                        <button class="button button--act button--wide" type="submit">{words.enter}</button>
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

    fn page(trouble: Option<&Trouble>) -> String {
        sign_in(&SignIn {
            lang: "es",
            style: "/assets/pages.css",
            next: "/chat\"><script>",
            email: "<b>@x.es",
            trouble,
        })
    }

    #[test]
    fn what_was_typed_comes_back_as_text() {
        let html = page(None);

        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("<b>@"), "{html}");
        assert!(html.starts_with("<!doctype html><html lang=\"es\""), "{html}");
    }

    #[test]
    fn a_wrong_password_is_said_in_words() {
        let html = page(Some(&Trouble::Refused(Refusal::WrongPassword)));

        assert!(html.contains("El correo o la contraseña no son correctos."), "{html}");
        assert!(html.contains("role=\"alert\""), "{html}");
    }
}
