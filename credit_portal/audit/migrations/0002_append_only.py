from django.db import migrations

# Nobody rewrites the past, not even with replication triggers off (ENABLE ALWAYS). TRUNCATE is a matter of
# database roles (docs/operations.md): a trigger against it would stop the flush between transactional tests.
SQL = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
ALTER TABLE audit_auditevent ENABLE ALWAYS TRIGGER append_only;
"""

UNDO = """
DROP TRIGGER append_only ON audit_auditevent;
DROP FUNCTION audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
