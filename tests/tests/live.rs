//! What others do is seen: streams of changes through their guards and perimeters, from one gateway to another; how the mail
//! service is; how long a message waits for a worker, with the bell and without.

/// Scenarios.
mod live {
    mod bell;
    mod guards;
    mod health;
    mod people;
    mod perimeter;
    mod streams;

    use delos_tests::house::Engine;

    #[test]
    fn on_postgres_a_change_at_one_gateway_is_heard_at_another() -> anyhow::Result<()> {
        streams::a_change_at_one_gateway_is_heard_at_another()
    }

    #[test]
    fn on_postgres_without_redis_the_next_look_finds_what_was_not_heard() -> anyhow::Result<()> {
        streams::without_redis_the_next_look_finds_what_was_not_heard()
    }

    #[test]
    fn an_id_outside_the_perimeter_is_told_to_nobody() -> anyhow::Result<()> {
        perimeter::an_id_outside_the_perimeter_is_told_to_nobody()
    }

    #[test]
    fn a_stream_ends_with_its_session_and_with_its_mandate() -> anyhow::Result<()> {
        streams::a_stream_ends_with_its_session_and_with_its_mandate()
    }

    #[test]
    fn a_house_that_closes_waits_for_no_stream() -> anyhow::Result<()> {
        streams::a_house_that_closes_waits_for_no_stream()
    }

    #[test]
    fn a_stream_passes_the_guards_of_every_document() -> anyhow::Result<()> {
        guards::a_stream_passes_the_guards_of_every_document()
    }

    #[test]
    fn on_postgres_a_page_that_looks_by_itself_keeps_no_session_alive() -> anyhow::Result<()> {
        guards::a_page_that_looks_by_itself_keeps_no_session_alive()
    }

    #[test]
    fn the_mail_service_is_told_in_one_word() -> anyhow::Result<()> {
        health::the_mail_service_is_told_in_one_word(Engine::Sqlite)
    }

    #[test]
    fn machines_read_the_house_in_numbers_elsewhere_than_people() -> anyhow::Result<()> {
        health::machines_read_the_house_in_numbers_elsewhere_than_people()
    }

    #[test]
    fn on_postgres_the_bell_shortens_the_wait() -> anyhow::Result<()> {
        bell::the_bell_shortens_the_wait()
    }
}
