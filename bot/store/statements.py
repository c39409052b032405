"""The statements of the one transaction: lock, read, write. $1 and $2 are always tenant and school (law 1)."""

# Locked in the order in which they are given, which is that of their keys: two transactions that share meetings never wait
# for each other in a ring. Each is looked up by itself, or a database without statistics would read through all of them.
LOCK_MEETINGS = """
SELECT m.* FROM unnest($3::text[], $4::text[]) AS w (thread, root) CROSS JOIN LATERAL (
    SELECT thread, root, teams_meeting_id, meeting_type, title, service_url, keep_until FROM meetings
    WHERE tenant = $1 AND school = $2 AND thread = w.thread AND root = w.root FOR UPDATE) AS m
"""

NEW_MEETINGS = """
INSERT INTO meetings (tenant, school, thread, root, keep_until)
SELECT $1, $2, m.thread, m.root, now() + $5::interval FROM unnest($3::text[], $4::text[]) AS m (thread, root)
ON CONFLICT DO NOTHING
"""

LOCK_SITTING = """
SELECT m.* FROM sittings s CROSS JOIN LATERAL (
    SELECT thread, root, teams_meeting_id, meeting_type, title, service_url, keep_until FROM meetings
    WHERE tenant = $1 AND school = $2 AND thread = s.thread AND root = s.root FOR UPDATE) AS m
WHERE s.tenant = $1 AND s.school = $2 AND s.id = $3
"""

_COLUMNS = "s.id, s.opened_at, s.last_number, s.look_at, s.look_job, s.look_job_at"

_EVENTS = """ARRAY(
    SELECT e.data FROM events e
    WHERE e.tenant = $1 AND e.school = $2 AND e.sitting = s.id
        AND e.number > CASE WHEN s.id = w.cached THEN w.cached_number ELSE 0 END
    ORDER BY e.number) AS events"""

# Asked by the first statement after the locks are held, so the clock is read then and not while waiting (law 9). What is of
# the whole school or of all that came together stands in the first row only.
_READ = f"""
SELECT clock_timestamp() AS now, now() AS began, {_COLUMNS}, {_EVENTS},
    CASE WHEN w.ord = 1 THEN ARRAY(
        SELECT d.digest FROM deliveries d
        WHERE d.tenant = $1 AND d.school = $2 AND d.digest = ANY ($3::bytea[])) END AS copies,
    CASE WHEN w.ord = 1 AND $4::text[] <> '{{}}' THEN (
        SELECT jsonb_agg(jsonb_build_array(p.person, p.kind, p.classes, p.as_of, (
            SELECT jsonb_build_array(a.until, a.by) FROM approvals a
            WHERE a.tenant = $1 AND a.school = $2 AND a.pupil = p.person
            ORDER BY a.at DESC, a.until DESC LIMIT 1), (
            SELECT h.since FROM holds h
            WHERE h.tenant = $1 AND h.school = $2 AND h.pupil = p.person AND h.released_at IS NULL
                AND (h.until IS NULL OR h.until > now() OR (h.ends = 'parents' AND NOT h.talked)))))
        FROM people p WHERE p.tenant = $1 AND p.school = $2 AND p.person = ANY ($4)) END AS people,
    CASE WHEN w.ord = 1 THEN (SELECT count(DISTINCT c.data ->> 'person') FROM events c
        WHERE c.tenant = $1 AND c.school = $2 AND c.type = 'corrected' AND c.at > now() - $5::interval) END AS corrected,
    CASE WHEN w.ord = 1 THEN coalesce((SELECT l.shrunk_since > now() - interval '24 hours' FROM lists l
        WHERE l.tenant = $1 AND l.school = $2 AND l.kind = 'staff' ORDER BY l.as_of DESC LIMIT 1), false) END AS shrunk,
    CASE WHEN w.ord = 1 AND $6::text IS NOT NULL THEN (
        SELECT count(*) FROM warnings w
        WHERE w.tenant = $1 AND w.school = $2 AND w.pupil = $6 AND w.expires > now()) ELSE 0 END AS warnings
FROM unnest($7::bigint[], $8::int[], $9::bigint[], $10::text[], $11::text[]) WITH ORDINALITY
    AS w (cached, cached_number, sitting, thread, root, ord)
LEFT JOIN LATERAL (SELECT * FROM sittings WHERE tenant = $1 AND school = $2 AND %s) AS s ON true
ORDER BY w.ord
"""  # noqa: S608 -- our own text

READ_SITTING = _READ % "id = w.sitting"
READ_NEWEST = _READ % "thread = w.thread AND root = w.root ORDER BY id DESC LIMIT 1"
READ_BEFORE = _READ % "thread = w.thread AND root = w.root AND id < w.sitting ORDER BY id DESC LIMIT 1"

NEW_ID = "SELECT nextval('sitting_ids')"

MEETING_KNOWN = """
UPDATE meetings SET teams_meeting_id = $5, meeting_type = $6, title = $7, service_url = $8, keep_until = now() + $9
WHERE tenant = $1 AND school = $2 AND thread = $3 AND root = $4
"""

WRITE = """
WITH delivery AS (
    INSERT INTO deliveries (tenant, school, digest, sitting, keep_until)
    SELECT $1, $2, d.digest, d.sitting, $3::timestamptz + $4::interval
    FROM unnest($6::bytea[], $7::bigint[]) AS d (digest, sitting)
), happened AS (
    INSERT INTO events (tenant, school, sitting, number, type, at, written_at, data, keep_until)
    SELECT $1, $2, e.sitting, e.number, e.type, e.at, $3, e.data::jsonb, $3 + $5::interval
    FROM unnest($8::bigint[], $9::int[], $10::text[], $11::timestamptz[], $12::text[])
        AS e (sitting, number, type, at, data)
), came AS (
    INSERT INTO attendance (tenant, school, sitting, person, keep_until)
    SELECT $1, $2, a.sitting, a.person, $3 + $5 FROM unnest($13::bigint[], $14::text[]) AS a (sitting, person)
    ON CONFLICT DO NOTHING
), met AS (
    INSERT INTO people (tenant, school, person, kind, name, classes, keep_until)
    SELECT $1, $2, p.person, 'unresolved', p.name, '{}', $3 + $5
    FROM unnest($15::text[], $16::text[]) AS p (person, name) ON CONFLICT DO NOTHING
)
INSERT INTO sittings AS s (tenant, school, id, thread, root, opened_at, closed_at, last_seen_at, last_number, organizer,
    look_at, look_job, look_job_at, keep_until)
SELECT $1, $2, n.id, n.thread, n.root, n.opened_at, n.closed_at, n.last_seen_at, n.last_number, n.organizer,
    n.look_at, n.look_job, n.look_job_at, $3 + $5
FROM unnest($17::bigint[], $18::text[], $19::text[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[],
    $23::int[], $24::text[], $25::timestamptz[], $26::bigint[], $27::timestamptz[])
    AS n (id, thread, root, opened_at, closed_at, last_seen_at, last_number, organizer, look_at, look_job, look_job_at)
ON CONFLICT (tenant, school, id) DO UPDATE SET closed_at = EXCLUDED.closed_at, last_seen_at = EXCLUDED.last_seen_at,
    last_number = EXCLUDED.last_number, organizer = EXCLUDED.organizer, look_at = EXCLUDED.look_at,
    look_job = EXCLUDED.look_job, look_job_at = EXCLUDED.look_job_at, keep_until = EXCLUDED.keep_until
"""

DECIDE = """
WITH input AS (
    SELECT * FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::bigint[],
        $12::text[], $13::text[], $14::text[], $15::text[], $16::bool[], $17::bool[], $18::text[]) WITH ORDINALITY
    AS t (sitting, rule, action, "to", about, episode, observation, mode, say, facts, choices, unconfirmed, over, status,
        ord)
), done AS (
    INSERT INTO decisions AS d (tenant, school, sitting, rule, action, "to", about, episode, observation, mode, say,
        facts, choices, unconfirmed, over, decided_as, status, decided_at, opened_at, keep_until)
    SELECT $1, $2, sitting, rule, action, "to", about, episode, observation, mode, say, facts::jsonb, choices::jsonb,
        unconfirmed, over, status, status, $3, $3, $3::timestamptz + $4::interval FROM input
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
SELECT coalesce(done.id, was.id) AS id, i.sitting, i.action, coalesce(done.status = 'due', false) AS carry
FROM input i
LEFT JOIN done USING (sitting, rule, action, "to", about, episode, observation)
LEFT JOIN decisions was ON was.tenant = $1 AND was.school = $2
    AND (was.sitting, was.rule, was.action, was."to", was.about, was.episode, was.observation)
    = (i.sitting, i.rule, i.action, i."to", i.about, i.episode, i.observation)
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

CAME = """
UPDATE holds SET came = came + 1, last_came = $4, news = news + 1
WHERE tenant = $1 AND school = $2 AND pupil = ANY ($6::text[]) AND released_at IS NULL
    AND $3::bigint IS NOT NULL AND $5::interval IS NOT NULL
"""

NOTE = """
INSERT INTO notes (tenant, school, sitting, by, text, alert, at, keep_until)
SELECT $1, $2, $3, by, text, alert, $4, $4::timestamptz + $5::interval
FROM unnest($6::text[], $7::text[], $8::bigint[]) AS t (by, text, alert)
"""

UNNOTE = """
UPDATE notes n SET taken_back = true FROM unnest($4::text[], $5::timestamptz[]) AS t (by, at)
WHERE n.tenant = $1 AND n.school = $2 AND n.sitting = $3 AND n.by = t.by AND n.at = t.at
"""
