from django.db import migrations

# A search reads the token vectors of some hundred episodes. Kept in the row they cost one read a page; moved out of it,
# as PostgreSQL does with rows past 2 kB, they cost an index look-up each, and int8 does not compress.
INLINE = """
ALTER TABLE graphs_embedding SET (toast_tuple_target = 8160);
ALTER TABLE graphs_embedding ALTER COLUMN tokens SET STORAGE MAIN;
"""
DEFAULT = """
ALTER TABLE graphs_embedding RESET (toast_tuple_target);
ALTER TABLE graphs_embedding ALTER COLUMN tokens SET STORAGE EXTENDED;
"""


class Migration(migrations.Migration):
    dependencies = [("graphs", "0003_initial")]
    operations = [migrations.RunSQL(INLINE, DEFAULT)]
