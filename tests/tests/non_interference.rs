//! What is sealed changes nothing that a candidate is told: worlds that differ only in what their commissions enter and
//! when they end are asked everything that a candidate can ask, and must answer alike to the last byte.

/// One house a database, its copies, what happens in them, what a candidate asks of them.
mod non_interference {
    mod asking;
    mod ground;
    mod histories;
    mod leaks;
    mod people;
    mod sdl;
    mod situations;
    mod walls;
    mod worlds;

    use delos_tests::house::Engine;

    #[test]
    fn the_candidates_schema_has_no_word_of_an_assessment() -> anyhow::Result<()> {
        walls::the_candidates_schema_has_no_word_of_an_assessment()
    }

    #[test]
    fn what_answers_a_candidate_imports_nothing_sealed() -> anyhow::Result<()> {
        walls::what_answers_a_candidate_imports_nothing_sealed()
    }

    #[test]
    fn what_is_sealed_is_neither_shown_nor_serialised() -> anyhow::Result<()> {
        walls::what_is_sealed_is_neither_shown_nor_serialised()
    }

    mod sqlite {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn worlds_that_differ_in_what_is_sealed_answer_alike() -> anyhow::Result<()> {
            Box::pin(super::worlds::answer_alike(super::Engine::Sqlite)).await
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_leak_that_is_planted_is_caught() -> anyhow::Result<()> {
            Box::pin(super::leaks::are_caught(super::Engine::Sqlite)).await
        }
    }

    mod postgres {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn worlds_that_differ_in_what_is_sealed_answer_alike() -> anyhow::Result<()> {
            Box::pin(super::worlds::answer_alike(super::Engine::Postgres)).await
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn a_leak_that_is_planted_is_caught() -> anyhow::Result<()> {
            Box::pin(super::leaks::are_caught(super::Engine::Postgres)).await
        }
    }
}
