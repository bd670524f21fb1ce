alter table phase_event add column taken_back_key {uuid}

alter table phase_event add column taken_back_local text

alter table phase_event add column taken_back_by {uuid}

alter table phase_event add column taken_back_at {instant}

create unique index phase_event_taken_back on phase_event (sitting_id, taken_back_key)
