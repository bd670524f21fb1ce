//! The day of annexe 9-4, as the tests state it.

use delos_domain::regulation::{Course, DayRules, ExtraTime, Phase};

/// A phase of a course.
pub fn phase(
    code: &str,
    minutes: u16,
    margin: u16,
    extra_time: ExtraTime,
    busy: [bool; 3],
    floating: bool,
) -> Phase {
    Phase {
        code: code.to_owned(),
        name: code.to_owned(),
        explanation: String::new(),
        minutes,
        margin,
        extra_time,
        candidate: busy[0],
        commission: busy[1],
        environment: busy[2],
        floating,
    }
}

/// The course of annexe 9-4.
pub fn course() -> Course {
    Course {
        phases: vec![
            phase(
                "T",
                30,
                0,
                ExtraTime::Preparation,
                [true, false, false],
                false,
            ),
            phase(
                "E1",
                20,
                0,
                ExtraTime::Interview,
                [true, true, false],
                false,
            ),
            phase(
                "R",
                60,
                10,
                ExtraTime::Preparation,
                [true, false, true],
                false,
            ),
            phase("E2", 20, 0, ExtraTime::Interview, [true, true, true], false),
            phase("H", 10, 0, ExtraTime::None, [false, true, false], true),
        ],
    }
}

/// Its day.
pub fn rules() -> DayRules {
    DayRules {
        grid: 5,
        open: 480,
        close: 1020,
        lunch: 60,
        lunch_window: (660, 840),
        preparation: 180,
        environments: 2,
        arrival: 20,
    }
}
