//! The checker, checked.

use crate::claims::{Claim, claims_in, comment, ids};
use crate::tables::{Table, cells, is_id};
use crate::{check, index};

pub(crate) fn run() {
    let split = |line| cells(line).map(|cells| cells.join("/"));
    assert_eq!(split("| a | `b` |  |").as_deref(), Some("a/`b`/"));
    assert_eq!(
        split(r"| a \| b | `c \| d` | `e | f` |").as_deref(),
        Some("a | b/`c | d`/`e/f`")
    );
    assert_eq!(split("| a | b").as_deref(), None);
    assert_eq!(split(r"| a \|").as_deref(), None);

    assert!(
        ["MSRP-9-23", "MSRP-7.1-03", "CPIM-P13-01", "WS-A-01", "DC-8864-01"]
            .into_iter()
            .all(is_id)
    );
    assert!(
        !["MSRP-7.1", "MSRP-9-1", "msrp-9-01", "MSRP-9-01..03", "R-01", ""]
            .into_iter()
            .any(is_id)
    );

    assert_eq!(ids("A-1-01"), Ok(vec!["A-1-01"]));
    assert_eq!(
        ids("A-1.2-01, B-1-02 (this, and that. Both). A, b"),
        Ok(vec!["A-1.2-01", "B-1-02"])
    );
    for unreadable in [
        "",
        "nothing.",
        "A-1-01 to A-1-03.",
        "A-1-01..03",
        "A-1-01,",
        "A-1-01 B-1-01",
        "A-1-01; A-1-02",
    ] {
        assert!(ids(unreadable).is_err(), "{unreadable}");
    }

    assert_eq!(comment("/// Shows: A-1-01."), Some(" Shows: A-1-01."));
    assert_eq!(
        comment("(\"//\\\"\", '\"'), // Shows: A-1-01."),
        Some(" Shows: A-1-01.")
    );
    assert_eq!(comment("let uri = \"msrp://a\";"), None);

    let lines = [
        "/// Shows: A-1-01,",
        "/// A-1-02 (one, or.",
        "/// half). Not (here,",
        "/// Shows: A-1-03",
        "/// A-1-04",
        "fn f() {} // Shows: B-1-01,",
        "let x;",
        "//! `Shows:`",
    ];
    let mut problems = Vec::new();
    let claims = claims_in("f", lines.into_iter().map(comment), false, &mut problems);
    let found: Vec<String> = claims
        .iter()
        .map(|claim| format!("{} {}", claim.id, claim.place))
        .collect();
    assert_eq!(found, ["A-1-01 f:1", "A-1-02 f:1", "A-1-03 f:4"]);
    assert_eq!(
        problems,
        ["f:6: no readable row ID in ``; a list is `ID, ID (remark).`"]
    );

    let head = "# Part 1: x\n## 1.2 y\n| ID | who | crate | shown by |\n|---|:-:|---|---|\n";
    let rows = [
        "| A-1-01 | parser, builder | proto, sdp | Documentation row. |",
        "| A-1-01 | x/y | sdp | `a|b` |",
        "",
        "| A-1-02 | p | q | r |",
        "| A-1-01 | p | q | r |",
    ]
    .join("\n");
    let mut problems = Vec::new();
    let table = Table::parse(
        "t.md".to_owned(),
        &format!("{head}{rows}\n{head}| A-1-01 | x/y | sdp | z |"),
        &mut problems,
    );
    assert_eq!(
        problems,
        [
            "t.md:6: 5 cells under a header of 4",
            "t.md:9: a table without header and rule"
        ]
    );
    let [row, twin] = &table.rows[..] else {
        panic!("two rows")
    };
    assert_eq!((&*row.part, &*row.section, row.documentation), ("1", "1.2", true));
    assert_eq!(
        (&row.who[..], &row.crates[..]),
        (
            &["parser", "builder"].map(String::from)[..],
            &["proto", "sdp"].map(String::from)[..]
        )
    );
    assert_eq!((&twin.who[1][..], twin.documentation), ("y", false));

    let tables = [table];
    problems.clear();
    let rows = index(&tables, &mut problems);
    let claim = |id: &str, in_docs| Claim {
        id: id.to_owned(),
        place: "f:1".to_owned(),
        in_docs,
    };
    let shown = check(
        &rows,
        &[claim("A-1-01", true), claim("A-9-01", false)],
        &mut problems,
    );
    assert_eq!(
        problems,
        [
            "t.md:14: A-1-01 is a row already, at t.md:5",
            "f:1: A-9-01 is in no table"
        ]
    );
    assert_eq!(shown.len(), 1);
}
