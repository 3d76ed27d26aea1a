from django.db import migrations

# System, security and audit administrators hold one role and no business. A unique constraint keeps the three
# apart; business roles need a look at the other rows of the person, under a lock on the person.
SQL = """
CREATE FUNCTION accounts_administrators_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    administrators CONSTANT text[] := ARRAY['system_admin', 'security_admin', 'audit_admin'];
BEGIN
    IF NEW.ended_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_rolemembership
        WHERE user_id = NEW.user_id AND ended_at IS NULL AND id <> NEW.id
          AND (role = ANY (administrators) OR NEW.role = ANY (administrators))
    ) THEN
        RAISE EXCEPTION 'an administrator holds one role only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'administrators_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER administrators_alone BEFORE INSERT OR UPDATE ON accounts_rolemembership
    FOR EACH ROW EXECUTE FUNCTION accounts_administrators_alone();
ALTER TABLE accounts_rolemembership ENABLE ALWAYS TRIGGER administrators_alone;
"""

UNDO = """
DROP TRIGGER administrators_alone ON accounts_rolemembership;
DROP FUNCTION accounts_administrators_alone();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
