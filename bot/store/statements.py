"""The statements of the one transaction: lock, read, write. $1 and $2 are always tenant and school (law 1)."""

LOCK_MEETING = """
SELECT thread, root, teams_meeting_id, meeting_type, title, service_url, keep_until FROM meetings
WHERE tenant = $1 AND school = $2 AND thread = $3 AND root = $4 FOR UPDATE
"""

NEW_MEETING = """
INSERT INTO meetings (tenant, school, thread, root, keep_until) VALUES ($1, $2, $3, $4, now() + $5)
ON CONFLICT DO NOTHING
"""

LOCK_SITTING = """
SELECT m.thread, m.root, m.teams_meeting_id, m.meeting_type, m.title, m.service_url, m.keep_until
FROM sittings s JOIN meetings m USING (tenant, school, thread, root)
WHERE s.tenant = $1 AND s.school = $2 AND s.id = $3 FOR UPDATE OF m
"""

_COLUMNS = "s.id, s.opened_at, s.last_number, s.look_at, s.look_job, s.look_job_at"

_EVENTS = """ARRAY(
    SELECT e.data FROM events e
    WHERE e.tenant = $1 AND e.school = $2 AND e.sitting = s.id AND e.number > CASE WHEN s.id = $4 THEN $5::int ELSE 0 END
    ORDER BY e.number) AS events"""

# Asked by the first statement after the lock is held, so the clock is read then and not while waiting (law 9).
_READ = f"""
SELECT clock_timestamp() AS now, now() AS began, {_COLUMNS}, {_EVENTS},
    $3::bytea IS NOT NULL AND EXISTS (
        SELECT FROM deliveries d WHERE d.tenant = $1 AND d.school = $2 AND d.digest = $3) AS copy,
    CASE WHEN $6::text[] <> '{{}}' THEN (
        SELECT jsonb_agg(jsonb_build_array(p.person, p.kind, p.classes, p.as_of, (
            SELECT jsonb_build_array(a.until, a.by) FROM approvals a
            WHERE a.tenant = $1 AND a.school = $2 AND a.pupil = p.person
            ORDER BY a.at DESC, a.until DESC LIMIT 1), (
            SELECT h.since FROM holds h
            WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = p.person AND h.released_at IS NULL)))
        FROM people p WHERE p.tenant = $1 AND p.school = $2 AND p.person = ANY ($6)) END AS people,
    (SELECT count(DISTINCT c.data ->> 'person') FROM events c
        WHERE c.tenant = $1 AND c.school = $2 AND c.type = 'corrected' AND c.at > now() - $7::interval) AS corrected,
    coalesce((SELECT l.shrunk_since > now() - interval '24 hours' FROM lists l
        WHERE l.tenant = $1 AND l.school = $2 AND l.kind = 'staff' ORDER BY l.as_of DESC LIMIT 1), false) AS shrunk,
    CASE WHEN $8::text IS NOT NULL THEN (
        SELECT count(*) FROM warnings w
        WHERE w.tenant = $1 AND w.school = $2 AND w.pupil = $8 AND w.expires > now()) ELSE 0 END AS warnings
FROM (SELECT) AS one LEFT JOIN LATERAL (
    SELECT * FROM sittings WHERE tenant = $1 AND school = $2 AND %s) AS s ON true
"""  # noqa: S608 -- our own text

READ_SITTING = _READ % "id = $9"
READ_NEWEST = _READ % "thread = $9 AND root = $10 ORDER BY id DESC LIMIT 1"
READ_BEFORE = _READ % "thread = $9 AND root = $10 AND id < $11 ORDER BY id DESC LIMIT 1"

NEW_ID = "SELECT nextval('sitting_ids')"

DELIVERED = "INSERT INTO deliveries (tenant, school, digest, sitting, keep_until) VALUES ($1, $2, $3, $4, now() + $5)"

MEETING_KNOWN = """
UPDATE meetings SET teams_meeting_id = $5, meeting_type = $6, title = $7, service_url = $8, keep_until = now() + $9
WHERE tenant = $1 AND school = $2 AND thread = $3 AND root = $4
"""

WRITE = """
WITH delivery AS (
    INSERT INTO deliveries (tenant, school, digest, sitting, keep_until)
    SELECT $1, $2, $3::bytea, $4, $5::timestamptz + $6::interval WHERE $3 IS NOT NULL
), happened AS (
    INSERT INTO events (tenant, school, sitting, number, type, at, written_at, data, keep_until)
    SELECT $1, $2, $4, $7::int + e.ord, e.type, e.at, $5, e.data::jsonb, $5 + $8::interval
    FROM unnest($9::text[], $10::timestamptz[], $11::text[]) WITH ORDINALITY AS e (type, at, data, ord)
), came AS (
    INSERT INTO attendance (tenant, school, sitting, person, keep_until)
    SELECT $1, $2, $4, a.person, $5 + $8 FROM unnest($12::text[]) AS a (person) ON CONFLICT DO NOTHING
), met AS (
    INSERT INTO people (tenant, school, person, kind, name, classes, keep_until)
    SELECT $1, $2, p.person, 'unresolved', p.name, '{}', $5 + $8
    FROM unnest($13::text[], $14::text[]) AS p (person, name) ON CONFLICT DO NOTHING
)
INSERT INTO sittings AS s (tenant, school, id, thread, root, opened_at, closed_at, last_seen_at, last_number, organizer,
    look_at, look_job, look_job_at, keep_until)
VALUES ($1, $2, $4, $15, $16, $17, $18, $19, $7::int + cardinality($9), $20, $21, $22, $23, $5 + $8)
ON CONFLICT (tenant, school, id) DO UPDATE SET closed_at = EXCLUDED.closed_at, last_seen_at = EXCLUDED.last_seen_at,
    last_number = EXCLUDED.last_number, organizer = EXCLUDED.organizer, look_at = EXCLUDED.look_at,
    look_job = EXCLUDED.look_job, look_job_at = EXCLUDED.look_job_at, keep_until = EXCLUDED.keep_until
"""

DECIDE = """
WITH input AS (
    SELECT * FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::bigint[], $12::text[],
        $13::text[], $14::text[], $15::text[], $16::bool[], $17::bool[], $18::text[]) WITH ORDINALITY
    AS t (rule, action, "to", about, episode, observation, mode, say, facts, choices, unconfirmed, over, status, ord)
), done AS (
    INSERT INTO decisions AS d (tenant, school, sitting, rule, action, "to", about, episode, observation, mode, say,
        facts, choices, unconfirmed, over, decided_as, status, decided_at, opened_at, keep_until)
    SELECT $1, $2, $3, rule, action, "to", about, episode, observation, mode, say, facts::jsonb, choices::jsonb,
        unconfirmed, over, status, status, $4, $4, $4::timestamptz + $5::interval FROM input
    ON CONFLICT (tenant, school, sitting, rule, action, "to", about, episode, observation) DO UPDATE SET
        mode = EXCLUDED.mode, say = EXCLUDED.say, facts = EXCLUDED.facts, choices = EXCLUDED.choices,
        unconfirmed = EXCLUDED.unconfirmed, over = EXCLUDED.over, decided_as = EXCLUDED.decided_as,
        status = EXCLUDED.status, keep_until = EXCLUDED.keep_until,
        revision = d.revision + 1, attempts_before = d.attempts, decided_at = EXCLUDED.decided_at
    WHERE (d.mode, d.say, d.facts, d.choices, d.unconfirmed, d.over, d.decided_as) IS DISTINCT FROM
        (EXCLUDED.mode, EXCLUDED.say, EXCLUDED.facts, EXCLUDED.choices, EXCLUDED.unconfirmed, EXCLUDED.over,
        EXCLUDED.decided_as)
    RETURNING d.*
)
SELECT coalesce(done.id, was.id) AS id, i.action, coalesce(done.status = 'due', false) AS carry
FROM input i
LEFT JOIN done ON (done.rule, done.action, done."to", done.about, done.episode, done.observation)
    = (i.rule, i.action, i."to", i.about, i.episode, i.observation)
LEFT JOIN decisions was ON was.tenant = $1 AND was.school = $2 AND was.sitting = $3
    AND (was.rule, was.action, was."to", was.about, was.episode, was.observation)
    = (i.rule, i.action, i."to", i.about, i.episode, i.observation)
ORDER BY i.ord
"""

WARN = """
INSERT INTO warnings (tenant, school, sitting, pupil, by, reason, at, expires, key, keep_until)
SELECT $1, $2, $3, pupil, by, reason, $4, expires, key, greatest(expires, $4::timestamptz + $5::interval)
FROM unnest($6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[]) AS t (pupil, by, reason, expires, key)
"""

# It stays in the record; $5 is given to all statements of a ruling.
TAKE_BACK = """
UPDATE warnings SET taken_back = true, expires = least(expires, $4::timestamptz)
WHERE $5::interval IS NOT NULL AND (tenant, school, id) IN (
    SELECT w.tenant, w.school, max(w.id) FROM warnings w
    JOIN unnest($6::text[], $7::text[]) AS t (pupil, by) ON (t.pupil, t.by) = (w.pupil, w.by)
    WHERE w.tenant = $1 AND w.school = $2 AND w.sitting = $3 AND NOT w.taken_back
    GROUP BY w.tenant, w.school, w.pupil, w.by)
"""

HOLD = """
INSERT INTO holds (tenant, school, sitting, pupil, by, reason, since, key, ends, keep_until)
SELECT $1, $2, $3, pupil, by, reason, $4, key, ends, 'infinity'
FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) AS t (pupil, by, reason, key, ends)
WHERE $5::interval IS NOT NULL
ON CONFLICT DO NOTHING
"""

NOTE = """
INSERT INTO notes (tenant, school, sitting, by, text, alert, at, keep_until)
SELECT $1, $2, $3, by, text, alert, $4, $4::timestamptz + $5::interval
FROM unnest($6::text[], $7::text[], $8::bigint[]) AS t (by, text, alert)
"""
