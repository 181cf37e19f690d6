//! Figures, their limits, and how they are shown.

use msrp_benches::baseline::{Baseline, Verdict};

/// All that was measured, in order.
#[derive(Default)]
pub(crate) struct Table {
    figures: Vec<Figure>,
    growth: Vec<Growth>,
}

/// Something measured.
pub(crate) struct Figure {
    name: String,
    value: u64,
    unit: String,
    /// More than this fails, whatever the baseline says.
    limit: Option<u64>,
    /// It is the same everywhere, and compared with the one committed.
    committed: bool,
}

/// One figure against another, which differs in one number only.
struct Growth {
    small: String,
    large: String,
}

/// How many times as much each of many may cost, in percent.
const PERCENT: u64 = 150;

impl Table {
    /// Adds a figure.
    ///
    /// # Panics
    ///
    /// If there is one of that name.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        value: u64,
        unit: impl Into<String>,
    ) -> &mut Figure {
        let name = name.into();
        assert!(
            self.figures.iter().all(|figure| figure.name != name),
            "{name} twice"
        );
        self.figures.push(Figure {
            name,
            value,
            unit: unit.into(),
            limit: None,
            committed: true,
        });
        self.figures.last_mut().expect("the one just added")
    }

    /// Demands that one figure is not much more than another.
    pub(crate) fn compare(&mut self, small: &str, large: &str) {
        self.growth.push(Growth {
            small: small.to_owned(),
            large: large.to_owned(),
        });
    }

    /// The figures that are committed.
    pub(crate) fn committed(&self) -> Vec<(String, u64)> {
        let figures = self.figures.iter().filter(|figure| figure.committed);
        figures
            .map(|figure| (figure.name.clone(), figure.value))
            .collect()
    }

    /// Shows all, and says whether all is as it should be.
    pub(crate) fn print(&self, baseline: &Baseline) -> bool {
        // All of them, also after one that fails.
        let mut holds = true;
        for figure in &self.figures {
            holds &= figure.print(baseline);
        }
        for growth in &self.growth {
            holds &= growth.print(self);
        }
        holds
    }

    fn value(&self, name: &str) -> u64 {
        let figure = self.figures.iter().find(|figure| figure.name == name);
        figure.expect("a figure of that name").value
    }
}

impl Figure {
    /// The most that it may be.
    pub(crate) fn limit(&mut self, most: u64) -> &mut Self {
        self.limit = Some(most);
        self
    }

    /// It depends on the machine, and is not committed.
    pub(crate) fn of_the_machine(&mut self) {
        self.committed = false;
    }

    fn print(&self, baseline: &Baseline) -> bool {
        let Self {
            name, value, unit, ..
        } = self;
        let old = baseline.figure(name).filter(|_| self.committed);
        let worse = old.is_some() && baseline.compare(name, *value) == Verdict::Worse;
        let over = self.limit.is_some_and(|limit| *value > limit);
        let against = match (old, worse) {
            (Some(old), true) => format!("baseline {old}, MORE THAN 5 % MORE"),
            (Some(old), false) => format!("baseline {old}"),
            (None, _) if self.committed => "no baseline".to_owned(),
            (None, _) => "not committed".to_owned(),
        };
        let limit = match (self.limit, over) {
            (Some(limit), true) => format!(", OVER THE LIMIT of {limit}"),
            (Some(limit), false) => format!(", limit {limit}"),
            (None, _) => String::new(),
        };
        println!("{name:56} {value:>11} {unit:28} {against}{limit}");
        !worse && !over
    }
}

impl Growth {
    fn print(&self, table: &Table) -> bool {
        let Self { small, large } = self;
        let [one, many] = [small, large].map(|name| table.value(name));
        let holds = many * 100 <= one * PERCENT;
        println!(
            "{:.2} times as much for each: {large}, against {small} (at most {:.2}){}",
            many as f64 / one as f64,
            PERCENT as f64 / 100.0,
            if holds { "" } else { ", OVER THE LIMIT" },
        );
        holds
    }
}

/// A number with a blank before each three digits.
pub(crate) fn spaced(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{} {:03}", spaced(number / 1000), number % 1000),
    }
}
