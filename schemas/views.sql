-- What was refused, and what this release changed against the one before.
CREATE OR REPLACE VIEW quarantine AS FROM 'quarantine*.parquet';
CREATE OR REPLACE VIEW changelog AS
SELECT parse_filename(filename, true) AS table_name, * EXCLUDE (filename)
FROM read_parquet('changelog/*.parquet', filename = true);

-- Every event once for each pair of an actor and a recipient. Events without a recipient stay,
-- with nulls: in mutual acts (two ministers meet) all sides are actors.
CREATE OR REPLACE VIEW dyads AS
SELECT
    e.event_id, e.article_id, e.event_group_id, e.type, e.status, e.plover_type, e.mode,
    e.quad_class, e.intensity, e.date_start, e.date_end, e.place_country,
    a.position AS actor_position, a.text AS actor_text, a.name AS actor_name,
    a.entity_id AS actor_entity_id, a.country AS actor_country, a.sector AS actor_sector,
    r.position AS recipient_position, r.text AS recipient_text, r.name AS recipient_name,
    r.entity_id AS recipient_entity_id, r.country AS recipient_country,
    r.sector AS recipient_sector,
    e.confidence
FROM events AS e
LEFT JOIN event_actors AS a ON a.event_id = e.event_id AND a.role = 'actor'
LEFT JOIN event_actors AS r ON r.event_id = e.event_id AND r.role = 'recipient';

-- The words behind every event (its sentence) and every quote (from the first to the last
-- character of content, cue and speaker).
CREATE OR REPLACE VIEW evidence AS
WITH passages AS (
    SELECT
        'event' AS kind, event_id AS id, article_id, plover_type AS label, status AS qualifier,
        actor_name AS name, sentence_start AS passage_start, sentence_end AS passage_end,
        confidence
    FROM events
    UNION ALL BY NAME
    SELECT
        'quote' AS kind, quote_id AS id, article_id, q.kind AS label, attitude AS qualifier,
        speaker_name AS name,
        least(char_start, cue_start, speaker_start) AS passage_start,
        greatest(char_end, cue_end, speaker_end) AS passage_end,
        confidence
    FROM quotes AS q
)
SELECT
    p.*, a.text[passage_start + 1:passage_end] AS passage,
    a.title, a.publisher, a.published_at, a.url
FROM passages AS p
JOIN articles AS a USING (article_id);
