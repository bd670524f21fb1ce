use super::*;
use crate::regulation::Coverage;
use crate::regulation::example::forms;
use proptest::prelude::*;

/// Everything a content is made of, owned.
#[derive(Clone, PartialEq, Debug)]
struct Parts {
    regulation: String,
    assessment: u128,
    texts: Vec<(String, String)>,
    boxes: Vec<String>,
    penalties: Vec<(String, u8, String)>,
    quarters: u8,
}

impl Parts {
    fn bytes(&self) -> Vec<u8> {
        let forms = forms(Coverage::Nothing);
        let texts = self.texts.iter().map(|(c, t)| (c.as_str(), t.as_str()));
        let boxes = self.boxes.iter().map(String::as_str);
        let written = Written::new(&forms.appreciation, texts, boxes).unwrap();
        let penalties: Vec<_> = self
            .penalties
            .iter()
            .map(|(code, points, reason)| Penalty {
                code,
                points: *points,
                reason,
            })
            .collect();
        VisaContent {
            regulation: &self.regulation,
            assessment: Uuid::from_u128(self.assessment),
            written: &written,
            penalties: &penalties,
            proposed: Mark::from_quarters(self.quarters).unwrap(),
        }
        .bytes()
    }

    /// The same content has the same canonical parts.
    fn canonical(&self) -> Self {
        let mut one = self.clone();
        let texts: std::collections::BTreeMap<_, _> = one.texts.into_iter().collect();
        one.texts = texts.into_iter().filter(|(_, t)| !t.is_empty()).collect();
        one.boxes.sort();
        one.boxes.dedup();
        one.penalties.sort();
        one
    }
}

fn example() -> Parts {
    Parts {
        regulation: "r".to_owned(),
        assessment: 7,
        texts: vec![
            ("phase1".to_owned(), "Clair.".to_owned()),
            ("appreciation".to_owned(), "Été".to_owned()),
        ],
        boxes: vec!["one_missing".to_owned()],
        penalties: vec![("one".to_owned(), 10, "perdu".to_owned())],
        quarters: 54,
    }
}

/// Planted once and for ever: another making must bear another number, or every visa given before is void.
#[test]
fn the_bytes_of_the_first_version_stay_as_they_are() {
    let hex: String = example()
        .bytes()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| char::from_digit(u32::from(half), 16).unwrap())
        .collect();
    let length = |n: u8| format!("{n:016x}");
    let text = |text: &str| {
        let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("{:016x}{}", text.len(), bytes.concat())
    };
    let expected = [
        text("delos.visa.1"),
        text("r"),
        length(16),
        format!("{:032x}", 7),
        length(2),
        text("appreciation"),
        text("Été"),
        text("phase1"),
        text("Clair."),
        length(1),
        text("one_missing"),
        length(1),
        text("one"),
        text("\u{a}"),
        text("perdu"),
        length(1),
        "36".to_owned(),
    ];
    assert_eq!(hex, expected.concat());
}

#[test]
fn any_change_changes_the_bytes() {
    let before = example().bytes();
    let changes: [fn(&mut Parts); 12] = [
        |one| one.regulation.push('x'),
        |one| one.assessment = 8,
        |one| one.texts[0].1.push(' '),
        |one| one.texts[1].1 = "E\u{301}te\u{301}".to_owned(),
        |one| one.texts[0].0 = "phase2".to_owned(),
        |one| drop(one.texts.pop()),
        |one| one.boxes.clear(),
        |one| one.boxes.push("none".to_owned()),
        |one| one.penalties[0].1 = 9,
        |one| one.penalties[0].2.clear(),
        |one| one.penalties.clear(),
        |one| one.quarters = 53,
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut after = example();
        change(&mut after);
        assert_ne!(after.bytes(), before, "change {i}");
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let texts = prop::collection::vec(
        (
            prop::sample::select(vec!["phase1", "phase2", "appreciation"]),
            "[ab\u{0}]{0,3}",
        ),
        0..4,
    );
    let boxes = prop::collection::vec(prop::sample::select(vec!["one_missing", "none"]), 0..3);
    let penalties = prop::collection::vec(("[ab]{0,2}", 0_u8..3, "[ab\u{0}]{0,2}"), 0..3);
    (texts, boxes, penalties, 0_u8..3, 0_u128..2).prop_map(
        |(texts, boxes, penalties, quarters, assessment)| Parts {
            regulation: String::new(),
            assessment,
            texts: texts.into_iter().map(|(c, t)| (c.to_owned(), t)).collect(),
            boxes: boxes.into_iter().map(str::to_owned).collect(),
            penalties,
            quarters,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_contents_have_the_same_bytes_when_they_are_the_same(one in parts(), other in parts()) {
        prop_assert_eq!(one.bytes() == other.bytes(), one.canonical() == other.canonical());
        prop_assert_eq!(one.bytes(), one.canonical().bytes());
    }
}

fn member(n: u128) -> ExaminerId {
    ExaminerId(Uuid::from_u128(n))
}

fn digest(n: u8) -> ContentDigest {
    ContentDigest([n; 32])
}

#[test]
fn a_visa_is_given_by_a_member_who_saw_what_stands_there() {
    let (one, two, other) = (member(1), member(2), member(3));
    let members = [one, two];
    let (old, new) = (digest(1), digest(2));
    let first = Visa {
        member: one,
        content: old,
    };
    for (visas, who, seen, expected) in [
        (
            vec![],
            one,
            new,
            Ok(Visa {
                member: one,
                content: new,
            }),
        ),
        // To an earlier content: it is given again.
        (
            vec![first],
            one,
            new,
            Ok(Visa {
                member: one,
                content: new,
            }),
        ),
        (vec![], other, new, Err("visa_not_member")),
        (vec![], other, old, Err("visa_not_member")),
        (vec![first], two, old, Err("visa_content_changed")),
        (
            vec![Visa {
                member: one,
                content: new,
            }],
            one,
            new,
            Err("visa_given"),
        ),
        (
            vec![Visa {
                member: one,
                content: new,
            }],
            two,
            new,
            Ok(Visa {
                member: two,
                content: new,
            }),
        ),
    ] {
        let given = give(&members, &visas, who, seen, new);
        assert_eq!(given.map_err(Refused::code), expected);
    }
}

#[test]
fn the_visas_are_complete_when_each_member_gave_his_to_this_content() {
    let (one, two, other) = (member(1), member(2), member(3));
    let visa = |member, n| Visa {
        member,
        content: digest(n),
    };
    for (members, visas, missing) in [
        (vec![one, two], vec![visa(one, 1), visa(two, 1)], vec![]),
        (
            vec![one, two],
            vec![visa(two, 1), visa(one, 1), visa(one, 9)],
            vec![],
        ),
        (vec![one, two], vec![visa(one, 1)], vec![two]),
        (vec![one, two], vec![visa(one, 1), visa(one, 1)], vec![two]),
        // A change voids.
        (vec![one, two], vec![visa(one, 1), visa(two, 2)], vec![two]),
        // A replaced member's visa is not his successor's.
        (
            vec![one, other],
            vec![visa(one, 1), visa(two, 1)],
            vec![other],
        ),
        (vec![one, two], vec![], vec![one, two]),
    ] {
        assert_eq!(visas_missing(&members, &visas, digest(1)), missing);
        assert_eq!(
            visas_complete(&members, &visas, digest(1)),
            missing.is_empty()
        );
    }
    assert!(!visas_complete(&[], &[], digest(1)));
}
