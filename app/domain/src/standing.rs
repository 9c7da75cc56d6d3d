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

/// The rows of one group, by their keys, below its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub group: String,
    pub rows: Vec<String>,
}

/// Groups as they stand one below the other, each with one heading: `at` are those in which somebody points or has the
/// focus. What is new joins its own group; above the lowest of `at` it would push rows away, and waits. A group that is
/// new itself comes below all others.
pub fn standing_runs(before: &[Run], now: Vec<Run>, held: Held, at: &[String]) -> Vec<Run> {
    match held {
        Held::Nothing => return now,
        Held::Below => return before.to_vec(),
        Held::Here => {}
    }
    let lowest = before.iter().rposition(|run| at.contains(&run.group)).unwrap_or(0);
    let stands = |(n, run): (usize, &Run)| {
        let fresh = now.iter().find(|fresh| fresh.group == run.group).map_or(Vec::new(), |fresh| fresh.rows.clone());
        let held = if n < lowest { Held::Below } else { Held::Here };
        Run { group: run.group.clone(), rows: standing(&run.rows, fresh, held) }
    };
    let mut runs: Vec<Run> = before.iter().enumerate().map(stands).collect();
    runs.extend(now.into_iter().filter(|run| before.iter().all(|old| old.group != run.group)));
    runs
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
    fn run(group: &str, rows: &[&str]) -> Run {
        Run { group: group.into(), rows: keys(rows) }
    }

    #[test]
    fn whoever_comes_under_a_pointer_joins_his_own_group_and_no_heading_is_there_twice() {
        let before = [run("orders", &["ana"]), run("returns", &["bruno"])];
        let now = vec![run("orders", &["carla"]), run("parts", &["dario"]), run("returns", &["bruno", "elena"])];
        let stand = |at: &str| standing_runs(&before, now.clone(), Held::Here, &keys(&[at]));

        let (elena, dario) = (run("returns", &["bruno", "elena"]), run("parts", &["dario"]));
        assert_eq!(stand("orders"), [run("orders", &["ana", "carla"]), elena.clone(), dario.clone()]);
        // Carla would push away the row that somebody points at.
        assert_eq!(stand("returns"), [run("orders", &["ana"]), elena, dario]);
        assert_eq!(standing_runs(&before, now.clone(), Held::Below, &[]), before);
        assert_eq!(standing_runs(&before, now.clone(), Held::Nothing, &[]), now);
    }

    #[test]
    fn of_pointer_and_focus_the_lower_one_counts() {
        let before = [run("orders", &["ana"]), run("returns", &["bruno"])];
        let now = vec![run("orders", &["ana", "carla"]), run("returns", &["bruno"])];

        assert_eq!(standing_runs(&before, now, Held::Here, &keys(&["returns", "orders"])), before);
    }
}
