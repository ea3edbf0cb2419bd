-- On Record: views for DuckDB. Start it in this folder with `duckdb -init views.sql`, or run
-- this file in a session whose working directory is this folder.

CREATE OR REPLACE VIEW articles AS FROM 'articles*.parquet';
COMMENT ON VIEW articles IS 'News articles in normal form: the text every offset of the other tables points into, and what is known of its publication.';
COMMENT ON COLUMN articles.article_id IS 'Key of the article. Made from where the article came from and what it is called there, so it stays the same from release to release.';
COMMENT ON COLUMN articles.record_id IS 'The id the input record gave itself, else its path below the source.';
COMMENT ON COLUMN articles.source IS 'Name of the configured source the article was read from.';
COMMENT ON COLUMN articles.uri IS 'Where the bytes were read: a path below the source or a web address.';
COMMENT ON COLUMN articles.url IS 'Address under which the article was published, if known.';
COMMENT ON COLUMN articles.publisher IS 'Who printed the article.';
COMMENT ON COLUMN articles.publisher_domain IS 'Registered domain of the publisher''s site, in lower case.';
COMMENT ON COLUMN articles.title IS 'Headline as printed. It is not part of the text.';
COMMENT ON COLUMN articles.subtitle IS 'Standfirst printed under the headline, if it is set apart from the text.';
COMMENT ON COLUMN articles.authors IS 'People named in the byline, in its order; empty where none is named. A news agency stands in `agency` instead.';
COMMENT ON COLUMN articles.agency IS 'The wire service the article came from, as the byline or the text credits it.';
COMMENT ON COLUMN articles.dateline IS 'Place, and agency where given, printed before the first sentence.';
COMMENT ON COLUMN articles.section IS 'The part of the publication it appeared in.';
COMMENT ON COLUMN articles.published_at IS 'When the article was published. Read it together with `published_precision`: what is less precise stands at its first instant.';
COMMENT ON COLUMN articles.published_precision IS 'How much of `published_at` was actually given.';
COMMENT ON COLUMN articles.published_day IS 'The day it was published on, where it was published: in the zone the source gives, which `published_at` no longer shows. "Yesterday" in the text is the day before. Null where less than a day is known; the day in UTC where no zone is.';
COMMENT ON COLUMN articles.modified_at IS 'When the publisher says it last changed the article.';
COMMENT ON COLUMN articles.language IS 'Language of the text: ISO 639-1, `und` if unknown.';
COMMENT ON COLUMN articles.text IS 'What a reader reads: paragraphs and subheadings set apart by one blank line. Title, byline, dateline, credits, captions, navigation and footers are not in it. Unicode NFC. Under the `text_policy` excerpt it is its beginning, under none empty; offsets, counts and hash stay those of the whole text.';
COMMENT ON COLUMN articles.paragraph_starts IS 'Offset of the first character of each paragraph, subheadings included.';
COMMENT ON COLUMN articles.heading_starts IS 'Those of `paragraph_starts` at which a subheading stands.';
COMMENT ON COLUMN articles.n_chars IS 'Length of the text.';
COMMENT ON COLUMN articles.n_words IS 'Number of stretches of the text between white space.';
COMMENT ON COLUMN articles.text_sha256 IS 'SHA-256 of the text in UTF-8, hexadecimal.';
COMMENT ON COLUMN articles.raw_sha256 IS 'SHA-256 of the bytes received, hexadecimal.';
COMMENT ON COLUMN articles.revision IS '1 for the first text seen under this address, 2 and so on when the text changes.';
COMMENT ON COLUMN articles.duplicate_of IS 'The earliest copy of this text, exact or near; null for the first or only one. Copies keep their own rows in all tables.';
COMMENT ON COLUMN articles.story_id IS 'Articles telling the same story share it.';
COMMENT ON COLUMN articles.licence IS 'Licence or terms under which the text may be used, as far as known.';
COMMENT ON COLUMN articles.text_policy IS 'How much of the text its source allows a release to carry: full, excerpt (the beginning) or none.';
COMMENT ON COLUMN articles.retrieved_at IS 'When it was fetched; null for a local file.';
COMMENT ON COLUMN articles.found_in IS 'For web pages: the place each field was read from, a field and its place an item, in the order of the columns. Fields not named come from the record itself, from the text or from the address.';
COMMENT ON COLUMN articles.pipeline_version IS 'Version of On Record that made the row.';

CREATE OR REPLACE VIEW entities AS FROM 'entities*.parquet';
COMMENT ON VIEW entities IS 'The people, organisations, places and things that the articles name, one row each.';
COMMENT ON COLUMN entities.entity_id IS 'Key of the entity: its Wikidata id where it is linked, else a stable local id.';
COMMENT ON COLUMN entities.name IS 'The fullest usual form of its name.';
COMMENT ON COLUMN entities.type IS 'Person, organisation, state or place with a government (GPE), other place (LOC), building or site (FAC), people, religion or party members (NORP), product (weapons, vehicles and models too), event, law, or work.';
COMMENT ON COLUMN entities.aliases IS 'The other forms under which the articles name it, sorted.';
COMMENT ON COLUMN entities.wikidata_id IS 'Its item in Wikidata; null where it is not linked.';
COMMENT ON COLUMN entities.wikipedia_title IS 'Title of its article in the English Wikipedia.';
COMMENT ON COLUMN entities.country IS 'The state it belongs to. ISO 3166-1 alpha-3, with PLOVER''s additions (UNO, EUR, IGO, NGO, ISM, IMG, MNC; KOS for Kosovo).';
COMMENT ON COLUMN entities.sector IS 'Its part in society, as a PLOVER sector code.';
COMMENT ON COLUMN entities.geonames_id IS 'Its id in GeoNames, for places.';
COMMENT ON COLUMN entities.latitude IS 'Latitude of the place.';
COMMENT ON COLUMN entities.longitude IS 'Longitude of the place.';
COMMENT ON COLUMN entities.description IS 'A few words that tell it from others of its name.';
COMMENT ON COLUMN entities.n_mentions IS 'Number of its rows in `mentions`.';
COMMENT ON COLUMN entities.n_articles IS 'Number of articles that mention it.';
COMMENT ON COLUMN entities.first_published_at IS 'Publication of the earliest article that mentions it.';
COMMENT ON COLUMN entities.last_published_at IS 'Publication of the latest article that mentions it.';

CREATE OR REPLACE VIEW mentions AS FROM 'mentions*.parquet';
COMMENT ON VIEW mentions IS 'Every place where an article names an entity or refers to it.';
COMMENT ON COLUMN mentions.mention_id IS 'Key of the mention; it stays while the words and their place among equal words stay.';
COMMENT ON COLUMN mentions.article_id IS 'The article all offsets of the row point into.';
COMMENT ON COLUMN mentions.entity_id IS 'The thing in the world that is meant.';
COMMENT ON COLUMN mentions.char_start IS 'Offset of the first character.';
COMMENT ON COLUMN mentions.char_end IS 'Offset after the last character.';
COMMENT ON COLUMN mentions.text IS 'The words as written: `articles.text` from start to end.';
COMMENT ON COLUMN mentions.kind IS 'A name ("Erdogan"), a noun phrase ("the president") or a pronoun ("he").';
COMMENT ON COLUMN mentions.type IS 'What kind of thing is named; the values are those of `entities.type`.';
COMMENT ON COLUMN mentions.sentence_start IS 'Offset of the first character of the sentence it stands in.';
COMMENT ON COLUMN mentions.sentence_end IS 'Offset after the last character of that sentence.';

CREATE OR REPLACE VIEW quotes AS FROM 'quotes*.parquet';
COMMENT ON VIEW quotes IS 'Words or thoughts that an article attributes to someone, verbatim or in its own words.';
COMMENT ON COLUMN quotes.quote_id IS 'Key of the quote; it stays while its words stay.';
COMMENT ON COLUMN quotes.article_id IS 'The article all offsets of the row point into.';
COMMENT ON COLUMN quotes.char_start IS 'Offset of the first character of the content, quotation mark included.';
COMMENT ON COLUMN quotes.char_end IS 'Offset after the last character of the content, quotation mark included.';
COMMENT ON COLUMN quotes.text IS 'The content as it stands in the article, from start to end, with what interrupts it.';
COMMENT ON COLUMN quotes.kind IS 'Direct: verbatim, in quotation marks; indirect: in the article''s words; mixed: both.';
COMMENT ON COLUMN quotes.piece_starts IS 'Offsets at which the pieces of the content start: more than one where the cue interrupts it.';
COMMENT ON COLUMN quotes.piece_ends IS 'Offsets after the pieces, paired with `piece_starts`.';
COMMENT ON COLUMN quotes.cue_text IS 'The words that signal the attribution, from the start to the end of the cue.';
COMMENT ON COLUMN quotes.cue_lemma IS 'Dictionary form of the cue.';
COMMENT ON COLUMN quotes.cue_start IS 'Offset of the first character of the cue.';
COMMENT ON COLUMN quotes.cue_end IS 'Offset after the last character of the cue.';
COMMENT ON COLUMN quotes.speaker_text IS 'Who speaks, in the words next to the cue ("he").';
COMMENT ON COLUMN quotes.speaker_start IS 'Offset of the first character of the speaker.';
COMMENT ON COLUMN quotes.speaker_end IS 'Offset after the last character of the speaker.';
COMMENT ON COLUMN quotes.speaker_mention_id IS 'The mention that the speaker''s words are or contain.';
COMMENT ON COLUMN quotes.speaker_entity_id IS 'Who speaks, as an entity.';
COMMENT ON COLUMN quotes.speaker_name IS 'Who speaks, by name, also where the article says only "he".';
COMMENT ON COLUMN quotes.via_text IS 'The outlet between speaker and article: "RIA" in "RIA cited Mikheev as saying".';
COMMENT ON COLUMN quotes.via_entity_id IS 'That outlet as an entity.';
COMMENT ON COLUMN quotes.addressee_text IS 'To whom it was said.';
COMMENT ON COLUMN quotes.addressee_entity_id IS 'To whom it was said, as an entity.';
COMMENT ON COLUMN quotes.said_start IS 'First day on which it may have been said.';
COMMENT ON COLUMN quotes.said_end IS 'Last day on which it may have been said.';
COMMENT ON COLUMN quotes.attitude IS 'What the speaker does with the content.';
COMMENT ON COLUMN quotes.negated IS 'True where the attribution itself is negated: "have not confirmed that".';
COMMENT ON COLUMN quotes.confidence IS 'Estimated probability that content and speaker are right.';

CREATE OR REPLACE VIEW events AS FROM 'events*.parquet';
COMMENT ON VIEW events IS 'Acts that a sentence tells of: who did what to whom, whether it took place, and when and where.';
COMMENT ON COLUMN events.event_id IS 'Key of the event; it stays while its words stay.';
COMMENT ON COLUMN events.article_id IS 'The article all offsets of the row point into.';
COMMENT ON COLUMN events.type IS 'What kind of act it is, as if it took place: one of PLOVER''s 16 types.';
COMMENT ON COLUMN events.status IS 'Whether it happened, is ongoing, is planned, is possible (conditional, threatened, hoped for), or is denied (did not happen, has not yet). Count acts with `status IN (''happened'', ''ongoing'')`.';
COMMENT ON COLUMN events.plover_type IS 'The type PLOVER itself would give, which folds some statuses into the type: a planned visit is AGREE.';
COMMENT ON COLUMN events.mode IS 'How it was done, for the types that have modes; null rather than a guess.';
COMMENT ON COLUMN events.context IS 'Topics of the report around the event, not causes; empty where none is clear.';
COMMENT ON COLUMN events.quad_class IS 'Verbal or material, cooperation or conflict: the class of `type`.';
COMMENT ON COLUMN events.trigger_text IS 'The words that tell of the act.';
COMMENT ON COLUMN events.trigger_lemma IS 'Dictionary form of the trigger.';
COMMENT ON COLUMN events.trigger_start IS 'Offset of the first character of the trigger.';
COMMENT ON COLUMN events.trigger_end IS 'Offset after the last character of the trigger.';
COMMENT ON COLUMN events.status_cue_text IS 'The words that decided the status; null for plain statements.';
COMMENT ON COLUMN events.sentence_start IS 'Offset of the first character of the sentence that tells of it.';
COMMENT ON COLUMN events.sentence_end IS 'Offset after the last character of that sentence.';
COMMENT ON COLUMN events.actor_text IS 'The first of those who act; all of them are in `event_actors`.';
COMMENT ON COLUMN events.recipient_text IS 'The first of those acted upon.';
COMMENT ON COLUMN events.actor_name IS 'The first actor, by name.';
COMMENT ON COLUMN events.recipient_name IS 'The first recipient, by name.';
COMMENT ON COLUMN events.actor_entity_id IS 'The first actor as an entity.';
COMMENT ON COLUMN events.recipient_entity_id IS 'The first recipient as an entity.';
COMMENT ON COLUMN events.actor_country IS 'The state the first actor belongs to. ISO 3166-1 alpha-3, with PLOVER''s additions (UNO, EUR, IGO, NGO, ISM, IMG, MNC; KOS for Kosovo).';
COMMENT ON COLUMN events.recipient_country IS 'The state the first recipient belongs to. ISO 3166-1 alpha-3, with PLOVER''s additions (UNO, EUR, IGO, NGO, ISM, IMG, MNC; KOS for Kosovo).';
COMMENT ON COLUMN events.actor_sector IS 'The first actor''s PLOVER sector.';
COMMENT ON COLUMN events.recipient_sector IS 'The first recipient''s PLOVER sector.';
COMMENT ON COLUMN events.date_text IS 'The words that say when.';
COMMENT ON COLUMN events.date_start IS 'First day of the time when it happened or is to happen; never silently the day of printing.';
COMMENT ON COLUMN events.date_end IS 'Last day of that time.';
COMMENT ON COLUMN events.date_precision IS 'The unit the article gives the date in.';
COMMENT ON COLUMN events.date_basis IS 'Explicit: the words name the day by themselves; relative: they are read against another day; none: there is no date.';
COMMENT ON COLUMN events.place_text IS 'The words that say where it happened.';
COMMENT ON COLUMN events.place_entity_id IS 'Where it happened, as an entity.';
COMMENT ON COLUMN events.place_country IS 'The state the place lies in. ISO 3166-1 alpha-3, with PLOVER''s additions (UNO, EUR, IGO, NGO, ISM, IMG, MNC; KOS for Kosovo).';
COMMENT ON COLUMN events.latitude IS 'Latitude of the place.';
COMMENT ON COLUMN events.longitude IS 'Longitude of the place.';
COMMENT ON COLUMN events.attributed_to_quote_id IS 'The quote that tells of it, where the claim is a source''s and not the paper''s own.';
COMMENT ON COLUMN events.intensity IS 'Conflict-cooperation score of `type` after the codebook; null for ACCUSE, whose score the codebook misprints.';
COMMENT ON COLUMN events.event_group_id IS 'The same event told in several sentences or articles shares it.';
COMMENT ON COLUMN events.confidence IS 'Estimated probability that type and status are right.';

CREATE OR REPLACE VIEW event_actors AS FROM 'event_actors*.parquet';
COMMENT ON VIEW event_actors IS 'Every participant of every event, one a row; the columns in `events` show the first actor and the first recipient.';
COMMENT ON COLUMN event_actors.event_id IS 'The event it takes part in.';
COMMENT ON COLUMN event_actors.article_id IS 'The article all offsets of the row point into.';
COMMENT ON COLUMN event_actors.role IS 'Actor: who acts; recipient: who is acted upon. All sides of a mutual act are actors.';
COMMENT ON COLUMN event_actors.position IS 'Place in the list of the event''s actors or recipients, counted from 0.';
COMMENT ON COLUMN event_actors.text IS 'The participant as written.';
COMMENT ON COLUMN event_actors.char_start IS 'Offset of the first character.';
COMMENT ON COLUMN event_actors.char_end IS 'Offset after the last character.';
COMMENT ON COLUMN event_actors.mention_id IS 'The mention that these words are or contain.';
COMMENT ON COLUMN event_actors.entity_id IS 'The participant as an entity.';
COMMENT ON COLUMN event_actors.name IS 'The participant by name.';
COMMENT ON COLUMN event_actors.country IS 'The state it belongs to. ISO 3166-1 alpha-3, with PLOVER''s additions (UNO, EUR, IGO, NGO, ISM, IMG, MNC; KOS for Kosovo).';
COMMENT ON COLUMN event_actors.sector IS 'Its PLOVER sector.';

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
