
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import memos.ids
from django.db import migrations, models

# What `sealing.retention` deletes: entries in a seal that the same transaction has marked. Nothing else passes.
LET_RETENTION_DELETE = """
CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first uuid;
    pruned timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT s.first_id, s.pruned_at INTO first, pruned FROM projects_auditseal s
        WHERE s.project_id = OLD.project_id AND s.last_id >= OLD.id ORDER BY s.last_id LIMIT 1;
        IF first <= OLD.id AND pruned = CURRENT_TIMESTAMP THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log is append only.' USING ERRCODE = 'restrict_violation';
END $$;
"""
LET_NOTHING_BE_DELETED = """
CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append only.' USING ERRCODE = 'restrict_violation';
END $$;
"""

# A seal may only be marked as pruned: once, at the time of the transaction, and when it is older than its project keeps.
KEEP_SEALS = """
CREATE FUNCTION refuse_change_of_seals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marked projects_auditseal;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        marked := OLD;
        marked.pruned_at := NEW.pruned_at;
        marked.pruning := NEW.pruning;
        IF OLD.pruned_at IS NULL AND NEW.pruned_at = CURRENT_TIMESTAMP AND marked IS NOT DISTINCT FROM NEW AND EXISTS (
            SELECT FROM projects_project p WHERE p.id = OLD.project_id
            AND OLD.ends < CURRENT_TIMESTAMP - make_interval(days => p.audit_retention_days)
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'Seals of the audit log are append only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_seals_are_append_only BEFORE UPDATE OR DELETE ON projects_auditseal
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_seals();
"""
DROP_KEEPING_SEALS = """
DROP TRIGGER audit_seals_are_append_only ON projects_auditseal;
DROP FUNCTION refuse_change_of_seals();
"""

# Ids are made by the clocks of many machines. An entry whose id is not behind what is sealed (a clock that is slow, or
# one that was fast and is right again) gets the next millisecond behind it: a sealed range never grows.
STAY_BEHIND_SEALS = """
CREATE FUNCTION put_audit_behind_seals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed uuid;
    millisecond bigint;
BEGIN
    IF NEW.project_id IS NULL THEN
        SELECT s.last_id INTO sealed FROM projects_auditseal s WHERE s.project_id IS NULL ORDER BY s.number DESC LIMIT 1;
    ELSE
        SELECT s.last_id INTO sealed FROM projects_auditseal s
        WHERE s.project_id = NEW.project_id ORDER BY s.number DESC LIMIT 1;
    END IF;
    IF NEW.id <= sealed THEN
        millisecond := ('x' || left(replace(sealed::text, '-', ''), 12))::bit(48)::bigint + 1;
        NEW.id := (lpad(to_hex(millisecond), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_stays_behind_seals BEFORE INSERT ON projects_auditentry
    FOR EACH ROW EXECUTE FUNCTION put_audit_behind_seals();
"""
STAY_ANYWHERE = """
DROP TRIGGER audit_stays_behind_seals ON projects_auditentry;
DROP FUNCTION put_audit_behind_seals();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('seals', models.PositiveIntegerField(default=0)),
                ('entries', models.PositiveBigIntegerField(default=0)),
                ('number', models.PositiveIntegerField(default=0)),
                ('head', models.BinaryField(default=bytes, max_length=32)),
                ('broken', models.TextField(blank=True)),
                ('underway', models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.UUIDField(default=memos.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(editable=False)),
                ('first_id', models.UUIDField(editable=False)),
                ('last_id', models.UUIDField(editable=False)),
                ('starts', models.DateTimeField(editable=False)),
                ('ends', models.DateTimeField(editable=False)),
                ('count', models.PositiveIntegerField(editable=False)),
                ('total', models.PositiveBigIntegerField(editable=False)),
                ('entries', models.BinaryField()),
                ('key_id', models.CharField(editable=False, max_length=16)),
                ('previous', models.BinaryField(max_length=32)),
                ('digest', models.BinaryField(max_length=32)),
                ('sealed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('pruned_at', models.DateTimeField(editable=False, null=True)),
                ('pruning', models.BinaryField(max_length=32, null=True)),
            ],
            options={
                'verbose_name': 'audit seal',
            },
        ),
        migrations.AddField(
            model_name='project',
            name='audit_retention_days',
            field=models.PositiveIntegerField(blank=True, help_text='Sealed entries of the audit log that are older are deleted. Empty: kept for ever.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36500)]),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(models.F('actor_id'), models.OrderBy(models.F('id'), descending=True), name='audit_by_actor_id'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(models.F('request_id'), condition=models.Q(('request_id', ''), _negated=True), name='audit_by_request'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(models.OrderBy(models.F('id'), descending=True), condition=models.Q(('action__endswith', '.read'), ('action', 'search.performed'), _connector='OR', _negated=True), name='audit_changes'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('audit_retention_days__isnull', True), ('audit_retention_days__range', (1, 36500)), _connector='OR'), name='project_audit_retention_is_some_days'),
        ),
        migrations.AddField(
            model_name='auditcheck',
            name='project',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project'),
        ),
        migrations.AddField(
            model_name='auditseal',
            name='project',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project'),
        ),
        migrations.AddConstraint(
            model_name='auditcheck',
            constraint=models.UniqueConstraint(models.F('project'), name='audit_check_is_one_a_chain', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='auditseal',
            index=models.Index(models.F('project'), models.F('last_id'), name='audit_seal_by_range'),
        ),
        migrations.AddIndex(
            model_name='auditseal',
            index=models.Index(models.F('project'), models.F('number'), condition=models.Q(('pruned_at', None)), name='audit_seal_not_pruned'),
        ),
        migrations.AddConstraint(
            model_name='auditseal',
            constraint=models.UniqueConstraint(models.F('project'), models.F('number'), name='audit_seal_is_one_a_number', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='auditseal',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1), ('number__gte', 1)), name='audit_seal_counts'),
        ),
        migrations.AddConstraint(
            model_name='auditseal',
            constraint=models.CheckConstraint(condition=models.Q(('last_id__gte', models.F('first_id'))), name='audit_seal_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='auditseal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pruned_at', None), ('pruning', None)), models.Q(('pruned_at__isnull', False), ('pruning__isnull', False)), _connector='OR'), name='audit_seal_pruning_is_proven'),
        ),
        migrations.RunSQL(KEEP_SEALS, DROP_KEEPING_SEALS),
        migrations.RunSQL(LET_RETENTION_DELETE, LET_NOTHING_BE_DELETED),
        migrations.RunSQL(STAY_BEHIND_SEALS, STAY_ANYWHERE),
    ]
