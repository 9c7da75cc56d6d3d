//! What an administrator sets: that nobody undoes what a colleague has set meanwhile.

use crate::Refusal;

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

#[cfg(test)]
mod tests {
    use super::*;

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
