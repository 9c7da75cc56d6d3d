//! What somebody points at does not move: else he presses what has just slid under his pointer.

/// What keeps rows where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Nothing,
    /// Somebody points at one of them, or has the focus there.
    Here,
    /// Somebody points at rows that stand below these: they may not push them away.
    Below,
}

/// The rows as they stand, by their keys: `now` is how they would stand if nobody pointed at anything. While they are
/// held those that went keep their places, and new ones come last; above the pointer they wait until it has left.
pub fn standing(before: &[String], now: Vec<String>, held: Held) -> Vec<String> {
    match held {
        Held::Nothing => now,
        Held::Below => before.to_vec(),
        Held::Here => {
            let mut keys = before.to_vec();
            keys.extend(now.into_iter().filter(|key| !before.contains(key)));
            keys
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(all: &[&str]) -> Vec<String> {
        all.iter().map(|key| key.to_string()).collect()
    }

    #[test]
    fn who_leaves_from_under_the_pointer_leaves_his_place_to_nobody() {
        let before = keys(&["ana", "bruno"]);

        assert_eq!(standing(&before, keys(&["bruno", "carla"]), Held::Here), keys(&["ana", "bruno", "carla"]));
        assert_eq!(standing(&before, keys(&["bruno", "carla"]), Held::Below), before);
        assert_eq!(standing(&before, keys(&["bruno", "carla"]), Held::Nothing), keys(&["bruno", "carla"]));
    }
}
