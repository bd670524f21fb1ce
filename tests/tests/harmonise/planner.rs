//! `delos harmonise --design`.

use anyhow::Result;

use super::files::desk;

#[test]
fn a_design_says_who_can_be_compared_and_what_two_more_dossiers_would_give() -> Result<()> {
    let Some(desk) = desk("design")? else {
        return Ok(());
    };
    let file = desk.write(
        "design.csv",
        "commission;dossier\nK1;D1\nK2;D1\nK2;D2\nK3;D2\nK4;D3\nK5;D3\n",
    )?;
    desk.run(&["harmonise", "--design", &file])?.ends(
        0,
        &[
            "2 groupes",
            "5 commissions",
            "Avec 2 dossiers communs de plus",
        ],
    );
    let empty = desk.write("empty.csv", "")?;
    desk.run(&["harmonise", "--design", &empty])?
        .ends(2, &["vide"]);
    let without = desk.write("without.csv", "commission\nK1\n")?;
    desk.run(&["harmonise", "--design", &without])?
        .ends(2, &["dossier"]);
    desk.run(&["harmonise"])?.ends(2, &["--grades"]);
    Ok(())
}
